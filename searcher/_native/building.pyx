# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, freethreading_compatible=True
"""What the dictionary file consists of: the nodes of the trie, and the parts of its words."""

from libc.math cimport exp, log
from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memchr, memset

from searcher._native.cutting cimport Trie

from searcher._native.cutting import MAX_PARTS_LENGTH, UNKNOWN_PARTS

cdef enum:
    _ROOT = 1
    # As MAX_PARTS_LENGTH; one more for the end of a word.
    _LENGTH = 32
    _MAX_RATIO = 100
    MAX_TRIED = 32


cdef class _DoubleArray:
    """A double array that grows: its nodes, and which of them are in use."""

    cdef uint64_t* nodes
    cdef unsigned char* used
    cdef Py_ssize_t capacity
    cdef Py_ssize_t size
    # No node below this one is free.
    cdef Py_ssize_t first_free
    # Where to look for room for a node, by its number of children.
    cdef Py_ssize_t first
    cdef Py_ssize_t count

    def __cinit__(self):
        self.nodes = NULL
        self.used = NULL
        self.capacity = 0
        self.size = self.first_free = _ROOT + 1
        self.first = 0
        self.count = 0x10000

    def __dealloc__(self):
        free(self.nodes)
        free(self.used)

    cdef int grow(self, Py_ssize_t wanted) except -1:
        cdef Py_ssize_t capacity = max(self.capacity, 1 << 17)
        cdef void* moved
        while capacity < wanted:
            capacity *= 2
        if capacity == self.capacity:
            return 0
        if capacity > 1 << 25:
            raise ValueError("too many words")
        moved = realloc(self.nodes, capacity * sizeof(uint64_t))
        if moved == NULL:
            raise MemoryError
        self.nodes = <uint64_t*> moved
        moved = realloc(self.used, capacity)
        if moved == NULL:
            raise MemoryError
        self.used = <unsigned char*> moved
        memset(self.nodes + self.capacity, 0, (capacity - self.capacity) * sizeof(uint64_t))
        memset(self.used + self.capacity, 0, capacity - self.capacity)
        self.capacity = capacity
        return 0

    cdef Py_ssize_t find_base(self, const uint16_t* codes, Py_ssize_t count) except -1:
        """A base that leaves the nodes of some codes free, at least 1.

        Nodes with more children have to come first.
        """
        cdef Py_ssize_t slot, base, i, tried = 0
        while self.used[self.first_free]:
            self.first_free += 1
            self.grow(self.first_free + 0x10000)
        if count <= self.count:
            # Far fewer children may fit where more did not.
            self.count = 7 * count // 8
            self.first = self.first_free
        slot = self.first
        while True:
            if slot + 0x10000 > self.capacity:
                self.grow(slot + 0x10000)
            # The next one that is free; the last 65,536 always are.
            slot = <unsigned char*> memchr(self.used + slot, 0, self.capacity - slot) - self.used
            if slot + 0x10000 > self.capacity:
                continue
            base = slot - codes[0]
            tried += 1
            if base >= 1:
                for i in range(1, count):
                    if self.used[base + codes[i]]:
                        break
                else:
                    break
            slot += 1
        # Trying the same places again for as many children takes long.
        if count == 1 or tried > MAX_TRIED:
            self.first = slot
        return base


def make_nodes(const uint16_t[::1] codes, const int64_t[::1] ends, const uint16_t[::1] classes):
    """The nodes of the trie of some words, as bytes, and the node of each word.

    ``codes``: those of all words, one word after another, the words in ascending order and each
    once, none empty; ``ends``: where each word ends in ``codes``; ``classes``: of each word, 1 or
    more.
    """
    cdef Py_ssize_t count = ends.shape[0], most = codes.shape[0] + 1
    cdef Py_ssize_t found = 1, number, word, high, depth, children, base, child, i
    cdef uint16_t code
    # Nodes by their numbers, which are in the order of their depths: the words below them, from
    # first to stop - 1, their depths, their codes, and their children.
    cdef int32_t[::1] first = _numbers(most), stop = _numbers(most), depths = _numbers(most)
    cdef int32_t[::1] first_child = _numbers(most), child_count = _numbers(most)
    cdef int32_t[::1] word_of = _numbers(most), place = _numbers(most)
    cdef uint16_t[::1] code_of = memoryview(bytearray(2 * most)).cast("H")
    cdef int32_t[::1] nodes = _numbers(max(1, count))
    cdef _DoubleArray array = _DoubleArray()
    if classes.shape[0] != count or (count and ends[count - 1] != codes.shape[0]):
        raise ValueError("the words do not fit together")
    array.grow(1)
    stop[0] = <int32_t> count
    number = 0
    while number < found:
        word, high, depth = first[number], stop[number], depths[number]
        word_of[number] = -1
        if depth and ends[word] - (ends[word - 1] if word else 0) == depth:
            word_of[number] = <int32_t> word
            word += 1
        first_child[number] = <int32_t> found
        while word < high:
            code = codes[(ends[word - 1] if word else 0) + depth]
            first[found] = <int32_t> word
            depths[found] = <int32_t> depth + 1
            code_of[found] = code
            while word < high and codes[(ends[word - 1] if word else 0) + depth] == code:
                word += 1
            stop[found] = <int32_t> word
            found += 1
            child_count[number] += 1
        number += 1
    # Those with many children are the hardest to find a base for; the others fill the gaps.
    order = sorted([i for i in range(found) if child_count[i]], key=lambda i: -child_count[i])
    place[0] = _ROOT
    for number in order:
        child, children = first_child[number], child_count[number]
        base = array.find_base(&code_of[child], children)
        first[number] = <int32_t> base
        for i in range(children):
            place[child + i] = <int32_t> (base + code_of[child + i])
            array.used[place[child + i]] = 1
            array.size = max(array.size, place[child + i] + 1)
    for number in range(found):
        if child_count[number]:
            array.nodes[place[number]] |= <uint64_t> first[number]
            for i in range(child_count[number]):
                child = place[first_child[number] + i]
                array.nodes[child] |= <uint64_t> place[number] << 24
        word = word_of[number]
        if word >= 0:
            array.nodes[place[number]] |= <uint64_t> classes[word] << 48
            nodes[word] = place[number]
    if array.size > 1 << 24:
        raise ValueError("too many words")
    return (<char*> array.nodes)[: array.size * sizeof(uint64_t)], bytes(nodes)


def _numbers(count):
    return memoryview(bytearray(4 * count)).cast("i")


def derive_parts(
    Trie trie, list words, const int32_t[::1] nodes, dict given, uint16_t[::1] patterns
):
    """Find the parts of words as :meth:`searcher.text.segmenter.Segmenter.parts` does.

    ``words``: in an order in which shorter ones come first, with their ``nodes``; ``given``: for
    some words their parts, a tuple of (start, end), ascending. ``patterns``: for each node of the
    trie the number of a pattern, which is put there. Returns the patterns by their numbers, each a
    tuple of (start, end), ascending.
    """
    cdef dict number_of = {(): 0}
    cdef list all_patterns = [()]
    cdef Py_ssize_t i
    cdef str word
    for i in range(len(words)):
        word = words[i]
        found = given.get(word)
        if found is None:
            found = _parts(trie, word, patterns, all_patterns)
        number = UNKNOWN_PARTS
        if found is not None:
            number = number_of.setdefault(found, len(number_of))
            if number >= UNKNOWN_PARTS:
                raise ValueError("too many patterns of parts")
            if number == len(all_patterns):
                all_patterns.append(found)
        patterns[nodes[i]] = number
    return all_patterns


cdef object _parts(Trie trie, str word, uint16_t[::1] patterns, list all_patterns):
    """The parts of one word, or None where they are not to be known."""
    cdef Py_ssize_t size = len(word), i, a, b, start, end, part_node
    cdef uint16_t[_LENGTH + 1] units
    cdef double[_LENGTH + 1] scores
    # For each end of a piece of the word: the segmentation of the piece, by where it begins.
    cdef int32_t[_LENGTH + 1][_LENGTH + 1] lengths
    cdef int32_t[_LENGTH + 1][_LENGTH + 1] piece_nodes
    cdef unsigned char[_LENGTH + 1][_LENGTH + 1] is_part
    cdef unsigned char[_LENGTH + 1][_LENGTH + 1] is_after
    cdef unsigned char[_LENGTH + 1][_LENGTH + 1] is_before
    cdef Py_UCS4 character
    cdef list first_ends = [], last_starts = [], parts
    if size > _LENGTH:
        return None
    i = 0
    for character in word:
        if character > 0xFFFF:
            return None
        units[i] = <uint16_t> character
        i += 1
    for end in range(1, size + 1):
        trie.best_words(units, end, scores, &lengths[end][0], &piece_nodes[end][0])
    # What is cut in two is no token, and its tag is that of its first word.
    if lengths[size][0] != size:
        return None
    if size <= 2:
        return ()
    memset(is_part, 0, sizeof(is_part))
    for end in range(2, size):
        # The rest is one character, or begins with a word of two.
        if lengths[end][0] == end and (size - end == 1 or lengths[size][end] > 1):
            first_ends.append(end)
            is_part[0][end] = 1
            if not _add_inner(patterns, all_patterns, piece_nodes[end][0], 0, is_part):
                return None
    for start in range(1, size - 1):
        if lengths[size][start] == size - start:
            last_starts.append(start)
            is_part[start][size] = 1
            if not _add_inner(patterns, all_patterns, piece_nodes[size][start], start, is_part):
                return None
    if size > 3:
        memset(is_after, 0, sizeof(is_after))
        memset(is_before, 0, sizeof(is_before))
        for start in first_ends or [1]:
            _add_pieces(lengths[size], start, size, is_after)
        for end in last_starts or [size - 1]:
            _add_pieces(lengths[end], 0, end, is_before)
        for a in range(size):
            for b in range(a + 2, size + 1):
                if is_after[a][b] and is_before[a][b]:
                    is_part[a][b] = 1
    parts = [(a, b) for a in range(size) for b in range(a + 2, size + 1) if is_part[a][b]]
    if len(parts) > 1:
        frequencies = [
            _frequency(trie, a, b, &lengths[b][0], &piece_nodes[b][0]) for a, b in parts
        ]
        parts = [
            part
            for part, frequency in zip(parts, frequencies)
            if not _is_crossed(part, <double> frequency * _MAX_RATIO, parts, frequencies)
        ]
    return tuple(parts)


cdef bint _add_inner(
    uint16_t[::1] patterns,
    list all_patterns,
    int32_t node,
    Py_ssize_t start,
    unsigned char[_LENGTH + 1][_LENGTH + 1] is_part,
):
    """Add the parts of a part that is a word; False where they are not known."""
    cdef Py_ssize_t a, b
    if patterns[node] == UNKNOWN_PARTS:
        return False
    for a, b in all_patterns[patterns[node]]:
        is_part[start + a][start + b] = 1
    return True


cdef void _add_pieces(
    int32_t* lengths,
    Py_ssize_t start,
    Py_ssize_t end,
    unsigned char[_LENGTH + 1][_LENGTH + 1] pieces,
):
    """Add the words of two characters or more of the segmentation of a piece."""
    while start < end:
        if lengths[start] > 1:
            pieces[start][start + lengths[start]] = 1
        start += lengths[start]


cdef double _frequency(
    Trie trie, Py_ssize_t start, Py_ssize_t end, int32_t* lengths, int32_t* nodes
):
    """How often a piece occurs, as jieba-rs suggests it from the words that it is cut into."""
    cdef double total = -trie._weights[0], sum_of_logs = 0, frequency = 1
    cdef Py_ssize_t at = start
    while at < end:
        frequency = trie._frequencies[trie._class_of(nodes[at])] if nodes[at] else 1
        sum_of_logs = sum_of_logs + log(frequency) - total
        at += lengths[at]
    if lengths[start] != end - start:
        frequency = 1
    return max(<double> <uint64_t> exp(sum_of_logs + total) + 1, frequency)


cdef bint _is_crossed(tuple part, double limit, list parts, list frequencies):
    """Whether a part overlaps one that is more frequent than a limit and does not contain it."""
    cdef Py_ssize_t start = part[0], end = part[1], a, b
    for (a, b), frequency in zip(parts, frequencies):
        if (a < start < b < end or start < a < end < b) and <double> frequency > limit:
            return True
    return False

# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, freethreading_compatible=True
"""jieba's dictionary as a double-array trie, and the segmentation without the HMM by it.

A node of the trie stands for the beginning of a word. It is one number of 64 bits: in the low 24
the base, in the next 24 the node of which it is a child, in the highest 16 the class of the word
that ends there, 0 where none does. The child of a node for the code of a unit is at base + code,
where that node is its child. (Aoe, An Efficient Digital Search Algorithm by Using a Double-Array
Structure, 1989.) Words of one frequency have one class.

The arrays may come from a file that is damaged or hostile. So every number that is read from them
is compared with the length of the array that it leads to.
"""

cimport cython
from libc.math cimport INFINITY
from libc.stdint cimport int32_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc

ROOT = 1
"""The node of the empty word."""

UNKNOWN_PARTS = 0xFFFF
"""The pattern of a word whose parts are not in the file."""

MAX_PARTS_LENGTH = 32
"""Of longer words the parts are not in the file."""

cdef enum:
    _ROOT = 1
    _BASE = 0xFFFFFF
    _UNKNOWN_PARTS = 0xFFFF


cdef inline bint is_han(Py_UCS4 unit) noexcept nogil:
    """Whether jieba-rs looks a character up in the dictionary, as part of a Han run."""
    return (
        0x4E00 <= unit <= 0x9FFF or 0x3400 <= unit <= 0x4DBF or 0xF900 <= unit <= 0xFAFF
    )


cdef class Trie:
    """The words of a dictionary, with their weights and parts.

    ``nodes``: uint64 (n,); ``weights``: float64 (c,), for each class the logarithm of the share of
    its frequency, for class 0 that of an unknown character; ``frequencies``: uint64 (c,);
    ``codes``: uint16 (65536,), the code of each unit, 0 for none; ``patterns``: uint16 (n,), for
    each node the number of the pattern of its word's parts; ``pattern_ends``: uint32 (p,) and
    ``spans``: bytes, start and end of the parts of each pattern. ``folding`` and ``classes``, tables
    of units, and ``key``, what names the file, are kept.

    Raises ValueError where the lengths of the arrays do not fit.
    """

    def __init__(
        self,
        nodes,
        weights,
        frequencies,
        codes,
        patterns,
        pattern_ends,
        spans,
        folding=None,
        classes=None,
        str key="",
    ):
        self._nodes = nodes
        self._weights = weights
        self._frequencies = frequencies
        self._codes = codes
        self._patterns = patterns
        self._pattern_ends = pattern_ends
        self._spans = spans
        self.folding = folding
        self.classes = classes
        self.key = key
        if (
            len(codes) != 0x10000
            or not 2 <= len(nodes) <= 1 << 24
            or len(patterns) != len(nodes)
            or not 1 <= len(weights) <= 0x10000
            or len(frequencies) != len(weights)
        ):
            raise ValueError("the arrays of a dictionary do not fit together")

    def cut(self, str text):
        """The words of a text in order, or None where it has anything but Han characters.

        The two signs 々 and 〇 are words of one character, as for jieba-rs.
        """
        cdef Py_ssize_t size = len(text), at = 0, end
        cdef Py_UCS4 character
        cdef list words = []
        cdef uint16_t* units = <uint16_t*> malloc(max(1, size) * sizeof(uint16_t))
        cdef double* scores = <double*> malloc((size + 1) * sizeof(double))
        cdef int32_t* lengths = <int32_t*> malloc(max(1, size) * sizeof(int32_t))
        cdef int32_t* nodes = <int32_t*> malloc(max(1, size) * sizeof(int32_t))
        try:
            if units == NULL or scores == NULL or lengths == NULL or nodes == NULL:
                raise MemoryError
            for character in text:
                if not is_han(character) and character not in (0x3005, 0x3007):
                    return None
                units[at] = <uint16_t> character
                at += 1
            at = 0
            while at < size:
                end = at
                while end < size and is_han(units[end]):
                    end += 1
                if end == at:
                    words.append(text[at])
                    at += 1
                    continue
                with nogil:
                    self.best_words(units + at, end - at, scores, lengths + at, nodes + at)
                while at < end:
                    words.append(text[at : at + lengths[at]])
                    at += lengths[at]
            return words
        finally:
            free(units)
            free(scores)
            free(lengths)
            free(nodes)

    def parts(self, str word):
        """The parts of a word, as a tuple of (start, end), or None where they are not known."""
        cdef Py_ssize_t node = self.node(word)
        cdef const unsigned char* spans
        cdef int count
        if node < 0:
            return None
        count = self.pattern(node, len(word), &spans)
        if count < 0:
            return None
        return tuple([(spans[2 * i], spans[2 * i + 1]) for i in range(count)])

    def node(self, str word):
        """The number of the node of a word, or -1 where it is none."""
        cdef Py_ssize_t node = _ROOT, i
        cdef Py_UCS4 character
        if len(word) == 0:
            return -1
        for character in word:
            if character > 0xFFFF:
                return -1
            node = self._child(node, <uint16_t> character)
            if node < 0:
                return -1
        return node if self._class_of(node) > 0 else -1

    cdef Py_ssize_t _child(self, Py_ssize_t node, uint16_t unit) noexcept nogil:
        cdef uint64_t value = self._nodes[node]
        cdef uint16_t code = self._codes[unit]
        cdef Py_ssize_t child = <Py_ssize_t> (value & _BASE) + code
        if code == 0 or child >= self._nodes.shape[0]:
            return -1
        return child if <Py_ssize_t> (self._nodes[child] >> 24 & _BASE) == node else -1

    cdef uint16_t _class_of(self, Py_ssize_t node) noexcept nogil:
        """The class of the word of a node, 0 where it has none."""
        cdef uint16_t number = <uint16_t> (self._nodes[node] >> 48)
        return number if number < self._weights.shape[0] else 0

    cdef Py_ssize_t find(self, const uint16_t* units, Py_ssize_t size) noexcept nogil:
        """The node of a word of units, or -1."""
        cdef Py_ssize_t node = _ROOT, i
        for i in range(size):
            node = self._child(node, units[i])
            if node < 0:
                return -1
        return node if size and self._class_of(node) > 0 else -1

    cdef int pattern(
        self, Py_ssize_t node, Py_ssize_t size, const unsigned char** spans
    ) noexcept nogil:
        """How many parts the word of a node has, -1 where that is not known; ``size``: its units.

        Their starts and ends are put into ``spans``; all lie in the word.
        """
        cdef uint16_t number = self._patterns[node]
        cdef Py_ssize_t start, end, i
        if number >= self._pattern_ends.shape[0] or size > 255:
            return -1
        start = self._pattern_ends[number - 1] if number else 0
        end = self._pattern_ends[number]
        if not start <= end <= self._spans.shape[0] or (end - start) & 1:
            return -1
        for i in range(start, end, 2):
            if not self._spans[i] < self._spans[i + 1] <= size:
                return -1
        if end > start:
            spans[0] = &self._spans[start]
        return <int> ((end - start) // 2)

    # Without checks: units[0] to units[size - 1], lengths and nodes there and scores[size], too,
    # are given; a unit is an index of the 65,536 codes; child is compared with the number of
    # nodes, number with that of weights.
    @cython.boundscheck(False)
    @cython.initializedcheck(False)
    cdef void best_words(
        self,
        const uint16_t* units,
        Py_ssize_t size,
        double* scores,
        int32_t* lengths,
        int32_t* nodes,
    ) noexcept nogil:
        """Segment a run of Han units: for each place the best word that begins there.

        ``lengths``: its length; ``nodes``: its node, or 0 for a character that is no word;
        ``scores``: the weight of the best segmentation from there on. What jieba-rs computes, in
        the same order: a sum of the weight of a word and the score behind it, the highest one, of
        equal ones the one with the longer word; a character alone is a word in any case.
        """
        cdef const uint64_t* all_nodes = &self._nodes[0]
        cdef const uint16_t* codes = &self._codes[0]
        cdef const double* weights = &self._weights[0]
        cdef Py_ssize_t node_count = self._nodes.shape[0], weight_count = self._weights.shape[0]
        cdef Py_ssize_t place, at, child, parent
        cdef uint64_t value
        cdef uint16_t code, number
        cdef double score, best
        cdef int32_t length, node
        cdef bint is_word
        scores[size] = 0.0
        for place in range(size - 1, -1, -1):
            best = -INFINITY
            length = 1
            node = 0
            is_word = False
            parent = _ROOT
            value = all_nodes[_ROOT]
            for at in range(place, size):
                code = codes[units[at]]
                child = <Py_ssize_t> (value & _BASE) + code
                if code == 0 or child >= node_count:
                    break
                value = all_nodes[child]
                if <Py_ssize_t> (value >> 24 & _BASE) != parent:
                    break
                parent = child
                number = <uint16_t> (value >> 48)
                if 0 < number < weight_count:
                    if at == place:
                        is_word = True
                    score = weights[number] + scores[at + 1]
                    if score >= best:
                        best = score
                        length = <int32_t> (at + 1 - place)
                        node = <int32_t> child
            if not is_word:
                score = weights[0] + scores[place + 1]
                if score > best:
                    best = score
                    length = 1
                    node = 0
            scores[place] = best
            lengths[place] = length
            nodes[place] = node

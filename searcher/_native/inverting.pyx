# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, freethreading_compatible=True
"""Inverting a batch of texts: what :mod:`searcher.write.invert` does, in loops over its units.

Each step is one pass over arrays whose lengths are checked, or were made here, before it begins; it
runs without the interpreter's lock. Only words and runs that are met for the first time need
Python.
"""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, qsort, realloc
from libc.string cimport memcmp, memcpy, memset

import os

from searcher._native.cutting cimport Trie

cdef enum:
    _HAN = 1
    _ALPHANUMERIC = 2
    _NEAR_RUNS = 4
    _TITLE_END = 1
    _TEXT_END = 2
    # The units that are segmented at a time, few enough for the processor's caches.
    _PIECE = 1 << 14
    # As searcher.text.runs.MAX_RUN.
    _MAX_SIMPLE = 250


cdef class _Numbers:
    """Numbers that are appended, 32 bits each."""

    cdef int32_t* data
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity

    def __dealloc__(self):
        free(self.data)

    cdef int append(self, int32_t value) except -1 nogil:
        cdef void* moved
        if self.size == self.capacity:
            moved = realloc(self.data, max(1024, 2 * self.capacity) * sizeof(int32_t))
            if moved == NULL:
                with gil:
                    raise MemoryError
            self.data = <int32_t*> moved
            self.capacity = max(1024, 2 * self.capacity)
        self.data[self.size] = value
        self.size += 1
        return 0


cdef class _Rows:
    """Rows of numbers: the values of all rows one after another, and where each row ends."""

    cdef _Numbers values
    cdef int64_t* ends
    cdef Py_ssize_t count
    cdef Py_ssize_t capacity

    def __cinit__(self):
        self.values = _Numbers()

    def __dealloc__(self):
        free(self.ends)

    cdef int end_row(self) except -1:
        """End the row of the values that were appended last."""
        cdef void* moved
        if self.count == self.capacity:
            moved = realloc(self.ends, max(1024, 2 * self.capacity) * sizeof(int64_t))
            if moved == NULL:
                raise MemoryError
            self.ends = <int64_t*> moved
            self.capacity = max(1024, 2 * self.capacity)
        self.ends[self.count] = self.values.size
        self.count += 1
        return 0

    cdef inline int64_t start(self, Py_ssize_t row) noexcept nogil:
        return self.ends[row - 1] if row else 0


cdef class _Strings:
    """Strings of UTF-16 units, numbered in the order in which they are met.

    A hash table with linear probing; a slot is the hash and the number plus 1, or 0. The hash has
    a secret, so that nobody can write articles all of whose words share a slot.
    """

    cdef uint16_t* units
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity
    cdef int64_t* ends
    cdef Py_ssize_t count
    cdef Py_ssize_t ends_capacity
    cdef uint64_t* slots
    cdef uint64_t mask
    cdef uint64_t secret

    def __cinit__(self):
        self.mask = (1 << 12) - 1
        self.slots = <uint64_t*> malloc((self.mask + 1) * sizeof(uint64_t))
        if self.slots == NULL:
            raise MemoryError
        memset(self.slots, 0, (self.mask + 1) * sizeof(uint64_t))
        self.secret = int.from_bytes(os.urandom(8), "little")

    def __dealloc__(self):
        free(self.units)
        free(self.ends)
        free(self.slots)

    cdef inline uint32_t hash_of(self, const uint16_t* units, Py_ssize_t size) noexcept nogil:
        cdef uint64_t found = self.secret ^ <uint64_t> size
        cdef Py_ssize_t i
        for i in range(size):
            found = (found ^ units[i]) * <uint64_t> 0x9E3779B97F4A7C15ull
            found ^= found >> 29
        return <uint32_t> (found >> 32)

    cdef int32_t find(self, const uint16_t* units, Py_ssize_t size) noexcept nogil:
        """The number of a string, or -1."""
        cdef uint32_t hash_ = self.hash_of(units, size)
        cdef uint64_t slot = hash_ & self.mask
        cdef Py_ssize_t number, start
        while self.slots[slot]:
            if <uint32_t> (self.slots[slot] >> 32) == hash_:
                number = <Py_ssize_t> <uint32_t> self.slots[slot] - 1
                start = self.ends[number - 1] if number else 0
                if self.ends[number] - start == size and (
                    memcmp(self.units + start, units, size * sizeof(uint16_t)) == 0
                ):
                    return <int32_t> number
            slot = (slot + 1) & self.mask
        return -1

    cdef int32_t add(self, const uint16_t* units, Py_ssize_t size) except -1:
        """Add a string that is not there; returns its number."""
        cdef void* moved
        cdef Py_ssize_t wanted
        if self.size + size > self.capacity:
            wanted = max(1 << 14, 2 * self.capacity, self.size + size)
            moved = realloc(self.units, wanted * sizeof(uint16_t))
            if moved == NULL:
                raise MemoryError
            self.units = <uint16_t*> moved
            self.capacity = wanted
        if self.count == self.ends_capacity:
            wanted = max(1024, 2 * self.ends_capacity)
            moved = realloc(self.ends, wanted * sizeof(int64_t))
            if moved == NULL:
                raise MemoryError
            self.ends = <int64_t*> moved
            self.ends_capacity = wanted
        if 2 * <uint64_t> (self.count + 1) > self.mask:
            self.grow()
        memcpy(self.units + self.size, units, size * sizeof(uint16_t))
        self.size += size
        self.ends[self.count] = self.size
        self.put(self.hash_of(units, size), self.count)
        self.count += 1
        return <int32_t> (self.count - 1)

    cdef int32_t number(self, const uint16_t* units, Py_ssize_t size) except -1:
        """The number of a string, which is added where it is not there."""
        cdef int32_t found = self.find(units, size)
        return self.add(units, size) if found < 0 else found

    cdef int32_t number_of_str(self, str text) except -1:
        cdef bytes encoded = text.encode("utf-16-le", "surrogatepass")
        return self.number(<const uint16_t*> <const char*> encoded, len(encoded) // 2)

    cdef void put(self, uint32_t hash_, Py_ssize_t number) noexcept nogil:
        cdef uint64_t slot = hash_ & self.mask
        while self.slots[slot]:
            slot = (slot + 1) & self.mask
        self.slots[slot] = (<uint64_t> hash_ << 32) | <uint64_t> (number + 1)

    cdef int grow(self) except -1:
        cdef uint64_t* old = self.slots
        cdef uint64_t old_size = self.mask + 1, i
        cdef uint64_t* new = <uint64_t*> malloc(4 * old_size * sizeof(uint64_t))
        if new == NULL:
            raise MemoryError
        memset(new, 0, 4 * old_size * sizeof(uint64_t))
        self.slots = new
        self.mask = 4 * old_size - 1
        for i in range(old_size):
            if old[i]:
                self.put(<uint32_t> (old[i] >> 32), <Py_ssize_t> <uint32_t> old[i] - 1)
        free(old)
        return 0


cdef class BatchInverter:
    """Inverts batches and keeps what it has met: terms, entries and stretches, by their numbers.

    The entry of a word or run is the list of its term numbers: its own, then those of its parts. A
    stretch is a piece of text with runs in it.

    ``trie``: of the dictionary; ``folding``: uint16 (65536,); ``classes``: uint8 (65536,), for each
    folded unit 1 if it is Han, plus 2 if a letter or digit, plus 4 if near runs; ``read_stretch``:
    a function from a stretch to its runs, (start, end, term, parts, inner boundaries) each;
    ``read_parts``: one from a word to its parts, (start, end) each, for words whose parts the trie
    does not know; ``limit``: the number of units of a title or body that words are made of.
    """

    cdef Trie _trie
    cdef const uint16_t[::1] _folding
    cdef const uint8_t[::1] _classes
    cdef object _read_stretch
    cdef object _read_parts
    cdef Py_ssize_t _limit
    cdef _Strings _terms
    cdef _Rows _entries
    cdef _Strings _runs
    cdef _Numbers _run_entries
    cdef _Strings _stretches
    # For each stretch start, end and entry of its runs; and its inner boundaries.
    cdef _Rows _runs_of
    cdef _Rows _boundaries_of
    cdef int32_t[::1] _entry_of_node
    cdef int32_t[::1] _entry_of_unit

    def __init__(self, Trie trie, folding, classes, read_stretch, read_parts, Py_ssize_t limit):
        if len(folding) != 0x10000 or len(classes) != 0x10000:
            raise ValueError("a table of units has 65,536 entries")
        self._trie = trie
        self._folding = folding
        self._classes = classes
        self._read_stretch = read_stretch
        self._read_parts = read_parts
        self._limit = limit
        self._terms = _Strings()
        self._entries = _Rows()
        self._stretches = _Strings()
        self._runs_of = _Rows()
        self._boundaries_of = _Rows()
        self._entry_of_node = _filled(trie._nodes.shape[0])
        self._entry_of_unit = _filled(0x10000)

    def __len__(self):
        """How much is known: entries and stretches; a long stretch counts as several."""
        return self._entries.count + self._stretches.count + self._stretches.size // 64

    @property
    def term_count(self):
        """The number of terms."""
        return self._terms.count

    def terms(self, Py_ssize_t first):
        """The terms from a number on: their units as bytes, and where each ends, int64."""
        cdef Py_ssize_t start
        if not 0 <= first <= self._terms.count:
            raise ValueError("there are not so many terms")
        start = self._terms.ends[first - 1] if first else 0
        units = (<char*> (self._terms.units + start))[: 2 * (self._terms.size - start)]
        ends = (<char*> (self._terms.ends + first))[: 8 * (self._terms.count - first)]
        return units, ends

    def invert(self, const uint16_t[::1] units, Py_ssize_t texts):
        """Invert texts, each ``title TITLE_END body TEXT_END``, given as units one after another.

        Returns (term numbers int32, counts uint32, docs uint16, freqs uint8) of the words; the
        folded units, uint16 (u,); the document of each unit, uint16 (u,); where titles and texts
        end, int64 (n,) each; the number of tokens of each text, uint32 (n,); and for each unit
        whether it continues a token, uint8 (u,). As bytearrays. Raises ValueError where there is
        another number of texts, or more than 65,536.
        """
        cdef Py_ssize_t size = units.shape[0], i, found, run_count, token_count, entry_count
        cdef Py_ssize_t total
        if size == 0 or size >= 1 << 31 or not 1 <= texts <= 0x10000:
            raise ValueError("a batch has 1 to 65,536 texts and less than 2^31 units")
        folded_, docs_ = bytearray(2 * size), bytearray(2 * size)
        title_ends_, ends_ = bytearray(8 * texts), bytearray(8 * texts)
        lengths_, inside_ = bytearray(4 * texts), bytearray(size)
        cdef uint16_t[::1] folded = memoryview(folded_).cast("H")
        cdef uint16_t[::1] docs = memoryview(docs_).cast("H")
        cdef int64_t[::1] title_ends = memoryview(title_ends_).cast("q")
        cdef int64_t[::1] ends = memoryview(ends_).cast("q")
        cdef uint32_t[::1] lengths = memoryview(lengths_).cast("I")
        cdef uint8_t[::1] inside = inside_
        cdef uint8_t[::1] is_han = bytearray(size)
        cdef _Numbers stretches = _Numbers(), tokens = _Numbers()

        with nogil:
            found = self._prepare(units, folded, docs, title_ends, ends, is_han, stretches)
        if found != texts:
            raise ValueError("the texts do not have the marks of their ends")
        self._find_runs(folded, is_han, stretches, tokens, inside)
        run_count = tokens.size // 2
        self._find_words(folded, is_han, tokens, inside)
        words = self._invert_tokens(tokens, run_count, docs, title_ends, lengths)
        return *words, folded_, docs_, title_ends_, ends_, lengths_, inside_

    # Without checks: i is below the number of units, for which each array has room; a unit is an
    # index of the tables; doc is compared with the number of texts.
    @cython.boundscheck(False)
    @cython.initializedcheck(False)
    cdef Py_ssize_t _prepare(
        self,
        const uint16_t[::1] units,
        uint16_t[::1] folded,
        uint16_t[::1] docs,
        int64_t[::1] title_ends,
        int64_t[::1] ends,
        uint8_t[::1] is_han,
        _Numbers stretches,
    ) except -1 nogil:
        """Fold, and find texts, Han characters and stretches; returns the number of texts."""
        cdef Py_ssize_t size = units.shape[0], texts = ends.shape[0], doc = 0, i, begin = 0
        cdef Py_ssize_t stretch = -1
        cdef bint is_near = False, has_title = False
        cdef uint16_t unit
        cdef uint8_t class_
        for i in range(size):
            unit = self._folding[units[i]]
            folded[i] = unit
            if doc >= texts:
                return -2
            docs[i] = <uint16_t> doc
            class_ = self._classes[unit] if i - begin < self._limit else 0
            is_han[i] = class_ & _HAN
            if class_ & _NEAR_RUNS:
                if not is_near:
                    is_near = True
                    stretch = -1
                if stretch < 0 and class_ & _ALPHANUMERIC:
                    stretch = i
            elif is_near:
                is_near = False
                if stretch >= 0:
                    stretches.append(<int32_t> stretch)
                    stretches.append(<int32_t> i)
            if unit == _TITLE_END:
                if has_title:
                    return -2
                has_title = True
                title_ends[doc] = i
                begin = i + 1
            elif unit == _TEXT_END:
                if not has_title:
                    return -2
                has_title = False
                ends[doc] = i + 1
                doc += 1
                begin = i + 1
        # Behind the last end is nothing.
        return doc if begin == size else -2

    cdef int _find_runs(
        self,
        const uint16_t[::1] folded,
        uint8_t[::1] is_han,
        _Numbers stretches,
        _Numbers tokens,
        uint8_t[::1] inside,
    ) except -1:
        """Find the tokens that are runs: start and entry of each are appended to ``tokens``."""
        cdef Py_ssize_t i, start, stop, begin, end
        cdef int64_t place
        cdef int32_t number
        for i in range(0, stretches.size, 2):
            start = stretches.data[i]
            stop = _without_rest(folded, start, stretches.data[i + 1])
            number = self._stretches.find(&folded[start], stop - start)
            if number < 0:
                number = self._enter_stretch(&folded[start], stop - start)
            for place in range(self._runs_of.start(number), self._runs_of.ends[number], 3):
                begin = start + self._runs_of.values.data[place]
                end = start + self._runs_of.values.data[place + 1]
                # They are what read_stretch said.
                if not start <= begin < end <= stop:
                    raise ValueError("a run outside of its stretch")
                tokens.append(<int32_t> begin)
                tokens.append(self._runs_of.values.data[place + 2])
                memset(&is_han[begin], 0, end - begin)
                memset(&inside[begin], 1, end - begin)
                inside[begin] = 0
            for place in range(self._boundaries_of.start(number), self._boundaries_of.ends[number]):
                inside[start + self._boundaries_of.values.data[place]] = 0
        return 0

    cdef int32_t _enter_stretch(self, const uint16_t* units, Py_ssize_t size) except -1:
        cdef bytes text
        cdef Py_ssize_t at = 0, begin
        while at < size and _is_simple(units[at]):
            at += 1
        if at == size and size <= _MAX_SIMPLE:
            # Small letters and digits are one run, and sequences of letters its parts.
            self._runs_of.values.append(0)
            self._runs_of.values.append(<int32_t> size)
            self._runs_of.values.append(<int32_t> self._entries.count)
            self._entries.values.append(self._terms.number(units, size))
            parts = set()
            begin = 0
            for at in range(size + 1):
                if at < size and units[at] >= 0x61:
                    continue
                if at - begin >= 2 and at - begin < size:
                    part = self._terms.number(units + begin, at - begin)
                    if part not in parts:
                        parts.add(part)
                        self._entries.values.append(part)
                begin = at + 1
            self._entries.end_row()
            self._runs_of.end_row()
            self._boundaries_of.end_row()
            return self._stretches.add(units, size)
        text = (<const char*> units)[: 2 * size]
        for start, end, term, parts, boundaries in self._read_stretch(text.decode("utf-16-le")):
            self._runs_of.values.append(start)
            self._runs_of.values.append(end)
            self._runs_of.values.append(self._enter(term, parts))
            for boundary in boundaries:
                self._boundaries_of.values.append(boundary)
        self._runs_of.end_row()
        self._boundaries_of.end_row()
        return self._stretches.add(units, size)

    cdef int32_t _enter(self, str term, parts) except -1:
        """Add an entry of a term and its parts."""
        self._entries.values.append(self._terms.number_of_str(term))
        for part in parts:
            self._entries.values.append(self._terms.number_of_str(part))
        self._entries.end_row()
        return <int32_t> (self._entries.count - 1)

    cdef int32_t _enter_word(self, const uint16_t* units, Py_ssize_t size, int32_t node) except -1:
        """Add the entry of a word with this node of the trie."""
        cdef const unsigned char* spans
        cdef int count = self._trie.pattern(node, size, &spans) if node else 0
        cdef Py_ssize_t start, end
        cdef int i
        self._entries.values.append(self._terms.number(units, size))
        if count < 0:
            word = (<const char*> units)[: 2 * size].decode("utf-16-le")
            for start, end in sorted(self._read_parts(word)):
                if not 0 <= start < end <= size:
                    raise ValueError("a part outside of its word")
                self._entries.values.append(self._terms.number(units + start, end - start))
        else:
            for i in range(count):
                start, end = spans[2 * i], spans[2 * i + 1]
                self._entries.values.append(self._terms.number(units + start, end - start))
        self._entries.end_row()
        return <int32_t> (self._entries.count - 1)

    cdef int _find_words(
        self,
        const uint16_t[::1] folded,
        const uint8_t[::1] is_han,
        _Numbers tokens,
        uint8_t[::1] inside,
    ) except -1:
        """Segment all Han text: start and entry of each word are appended to ``tokens``."""
        cdef Py_ssize_t size = folded.shape[0], at = 0, begin, end, length, most = 0, i
        cdef int32_t entry, node
        cdef double* scores
        cdef int32_t* lengths
        cdef int32_t* nodes
        with nogil:
            most = _longest_run(is_han)
        # Of a piece of the text, which ends with a run: for each unit that begins a word its
        # length and node; for units that are not Han the length 0.
        scores = <double*> malloc((most + 1) * sizeof(double))
        lengths = <int32_t*> malloc((_PIECE + most) * sizeof(int32_t))
        nodes = <int32_t*> malloc((_PIECE + most) * sizeof(int32_t))
        try:
            if scores == NULL or lengths == NULL or nodes == NULL:
                raise MemoryError
            while at < size:
                begin = at
                with nogil:
                    at = self._cut_piece(folded, is_han, begin, scores, lengths, nodes)
                i = begin
                while i < at:
                    length = lengths[i - begin]
                    if length == 0:
                        i += 1
                        continue
                    node = nodes[i - begin]
                    entry = self._entry_of_node[node] if node else self._entry_of_unit[folded[i]]
                    if entry < 0:
                        entry = self._enter_word(&folded[i], length, node)
                        if node:
                            self._entry_of_node[node] = entry
                        else:
                            self._entry_of_unit[folded[i]] = entry
                    tokens.append(<int32_t> i)
                    tokens.append(entry)
                    if length > 1:
                        memset(&inside[i + 1], 1, length - 1)
                    i += length
        finally:
            free(scores)
            free(lengths)
            free(nodes)
        return 0

    # Without checks: at is compared with the number of units; a piece has less than _PIECE units
    # before its last run, and lengths and nodes have room for that and the longest run.
    @cython.boundscheck(False)
    @cython.initializedcheck(False)
    cdef Py_ssize_t _cut_piece(
        self,
        const uint16_t[::1] folded,
        const uint8_t[::1] is_han,
        Py_ssize_t begin,
        double* scores,
        int32_t* lengths,
        int32_t* nodes,
    ) noexcept nogil:
        """Segment a piece of the text that begins somewhere; returns where it ends."""
        cdef Py_ssize_t size = folded.shape[0], at = begin, start
        while at < size and at - begin < _PIECE:
            start = at
            # 々 and 〇 are words of their own, as for jieba-rs.
            while at < size and is_han[at] and folded[at] >= 0x3400:
                at += 1
            if at > start:
                self._trie.best_words(
                    &folded[start], at - start, scores, lengths + start - begin,
                    nodes + start - begin,
                )
            else:
                lengths[at - begin] = is_han[at]
                nodes[at - begin] = 0
                at += 1
        return at

    # Without checks: starts of tokens are places of units; an entry is the number of a row, its
    # values are term numbers below term_count, and total is how many values the rows have.
    @cython.boundscheck(False)
    @cython.initializedcheck(False)
    cdef object _invert_tokens(
        self,
        _Numbers tokens,
        Py_ssize_t run_count,
        const uint16_t[::1] docs,
        const int64_t[::1] title_ends,
        uint32_t[::1] lengths,
    ):
        """The posting lists of tokens, by counting sort."""
        cdef Py_ssize_t count = tokens.size // 2, term_count = self._terms.count, i, first, found = 0
        cdef int64_t total = 0, place
        cdef int32_t term, doc, entry
        cdef uint32_t value, title, body, weight, key
        cdef const int32_t* values = self._entries.values.data
        for i in range(count):
            entry = tokens.data[2 * i + 1]
            total += self._entries.ends[entry] - self._entries.start(entry)
        if total >= 1 << 31:
            raise ValueError("too many tokens in a batch")
        postings_ = bytearray(4 * (total + 1))
        cdef uint32_t[::1] postings = memoryview(postings_).cast("I")
        cdef uint32_t[::1] cursors = memoryview(bytearray(4 * (term_count + 1))).cast("I")
        out_docs_, out_freqs_ = bytearray(2 * total), bytearray(total)
        cdef uint16_t[::1] out_docs = memoryview(out_docs_).cast("H") if total else None
        cdef uint8_t[::1] out_freqs = out_freqs_
        terms_, counts_ = bytearray(4 * term_count), bytearray(4 * term_count)
        cdef int32_t[::1] terms = memoryview(terms_).cast("i") if term_count else None
        cdef uint32_t[::1] counts = memoryview(counts_).cast("I") if term_count else None
        cdef Py_ssize_t posting_count = 0, start, stop
        with nogil:
            for i in range(count):
                entry = tokens.data[2 * i + 1]
                for place in range(self._entries.start(entry), self._entries.ends[entry]):
                    cursors[values[place] + 1] += 1
            for i in range(term_count):
                cursors[i + 1] += cursors[i]
            for i in range(count):
                doc = docs[tokens.data[2 * i]]
                lengths[doc] += 1
                entry = tokens.data[2 * i + 1]
                # Document, whether in the title, whether as a part.
                value = <uint32_t> doc << 2 | (tokens.data[2 * i] < title_ends[doc]) << 1
                first = self._entries.start(entry)
                for place in range(first, self._entries.ends[entry]):
                    term = values[place]
                    postings[cursors[term]] = value | (place > first)
                    cursors[term] += 1
            # Now cursors[i] is where the postings of term i end.
            start = 0
            for i in range(term_count):
                stop = cursors[i]
                if stop == start:
                    continue
                # Runs come before words; hardly a term is both.
                for place in range(start + 1, stop):
                    if postings[place] >> 2 < postings[place - 1] >> 2:
                        qsort(&postings[start], stop - start, sizeof(uint32_t), _compare)
                        break
                first = posting_count
                while start < stop:
                    key = postings[start] >> 2
                    title = body = 0
                    while start < stop and postings[start] >> 2 == key:
                        # A token counts 2, a part 1.
                        weight = 2 - (postings[start] & 1)
                        if postings[start] & 2:
                            title += weight
                        else:
                            body += weight
                        start += 1
                    out_docs[posting_count] = <uint16_t> key
                    out_freqs[posting_count] = <uint8_t> (64 * min(title, 3) + min(body, 63))
                    posting_count += 1
                terms[found] = <int32_t> i
                counts[found] = <uint32_t> (posting_count - first)
                found += 1
        return (
            memoryview(terms_)[: 4 * found],
            memoryview(counts_)[: 4 * found],
            memoryview(out_docs_)[: 2 * posting_count],
            memoryview(out_freqs_)[:posting_count],
        )


# Without checks: i is below the number of units.
@cython.boundscheck(False)
@cython.initializedcheck(False)
cdef Py_ssize_t _longest_run(const uint8_t[::1] is_han) noexcept nogil:
    """The number of Han units that follow one another, at most."""
    cdef Py_ssize_t i, begin = 0, most = 0
    for i in range(is_han.shape[0]):
        if not is_han[i]:
            begin = i + 1
        elif i + 1 - begin > most:
            most = i + 1 - begin
    return most


cdef inline bint _is_simple(uint16_t unit) noexcept nogil:
    """Whether a folded unit is one of 0-9 and a-z."""
    return 0x30 <= unit <= 0x39 or 0x61 <= unit <= 0x7A


cdef Py_ssize_t _without_rest(
    const uint16_t[::1] folded, Py_ssize_t start, Py_ssize_t stop
) noexcept:
    """Where a stretch ends without what is in no run and says nothing of the one before it.

    The same stretches are then met more often.
    """
    cdef uint16_t last
    while stop > start + 1:
        last = folded[stop - 1]
        # , . - ' & _ join only what follows them.
        if last == 0x2C or last == 0x2E or last == 0x2D or last == 0x27 or last == 0x26 or (
            last == 0x5F
        ):
            stop -= 1
        # 元圆线度代间候钟之 say something of 年日号时分 alone.
        elif last in (
            0x5143, 0x5706, 0x7EBF, 0x5EA6, 0x4EE3, 0x95F4, 0x5019, 0x949F, 0x4E4B
        ) and folded[stop - 2] not in (0x5E74, 0x65E5, 0x53F7, 0x65F6, 0x5206):
            stop -= 1
        else:
            break
    return stop


cdef int _compare(const void* left, const void* right) noexcept nogil:
    cdef uint32_t a = (<const uint32_t*> left)[0], b = (<const uint32_t*> right)[0]
    return (a > b) - (a < b)


cdef object _filled(Py_ssize_t count):
    return memoryview(bytearray(b"\xff" * (4 * count))).cast("i")


# Without checks: docs is as long as folded; the places that a histogram gives are below the number
# of pairs, which is what it has counted.
@cython.boundscheck(False)
@cython.initializedcheck(False)
def invert_bigrams(const uint16_t[::1] folded, const uint16_t[::1] docs):
    """The posting lists of all pairs of neighbouring units, by a radix sort of two passes.

    ``folded``: the folded units of a batch; ``docs``: uint16, the document of each, ascending.
    Returns the keys (first unit << 16 | second unit, uint32), ascending, how many documents each
    has (uint32), and the documents of all (uint16), as memory views. Pairs that begin with the end
    of a title or text are left out.
    """
    cdef Py_ssize_t size = folded.shape[0], pairs = 0, i, place, found = 0, posting_count = 0
    if docs.shape[0] != size:
        raise ValueError("each unit has a document")
    cdef uint32_t[::1] by_first = memoryview(bytearray(4 * 0x10001)).cast("I")
    cdef uint32_t[::1] by_second = memoryview(bytearray(4 * 0x10001)).cast("I")
    # A pair and its document: key << 16 | document.
    cdef uint64_t* one = <uint64_t*> malloc((size + 1) * sizeof(uint64_t))
    cdef uint64_t* other = <uint64_t*> malloc((size + 1) * sizeof(uint64_t))
    cdef uint32_t[::1] keys, counts
    cdef uint16_t[::1] out_docs
    try:
        if one == NULL or other == NULL:
            raise MemoryError
        with nogil:
            for i in range(size - 1):
                if folded[i] > _TEXT_END:
                    by_first[folded[i] + 1] += 1
                    by_second[folded[i + 1] + 1] += 1
                    pairs += 1
            for i in range(0x10000):
                by_first[i + 1] += by_first[i]
                by_second[i + 1] += by_second[i]
            for i in range(size - 1):
                if folded[i] > _TEXT_END:
                    place = by_second[folded[i + 1]]
                    by_second[folded[i + 1]] += 1
                    one[place] = (
                        <uint64_t> folded[i] << 32 | <uint64_t> folded[i + 1] << 16 | docs[i]
                    )
            for i in range(pairs):
                place = by_first[one[i] >> 32]
                by_first[one[i] >> 32] += 1
                other[place] = one[i]
            for i in range(pairs):
                posting_count += i == 0 or other[i] != other[i - 1]
                found += i == 0 or other[i] >> 16 != other[i - 1] >> 16
        keys_, counts_ = bytearray(4 * (found + 1)), bytearray(4 * (found + 1))
        docs_ = bytearray(2 * (posting_count + 1))
        keys, counts = memoryview(keys_).cast("I"), memoryview(counts_).cast("I")
        out_docs = memoryview(docs_).cast("H")
        with nogil:
            found = posting_count = 0
            for i in range(pairs):
                if i == 0 or other[i] != other[i - 1]:
                    if i == 0 or other[i] >> 16 != other[i - 1] >> 16:
                        keys[found] = <uint32_t> (other[i] >> 16)
                        found += 1
                    counts[found - 1] += 1
                    out_docs[posting_count] = <uint16_t> other[i]
                    posting_count += 1
    finally:
        free(one)
        free(other)
    return (
        memoryview(keys_)[: 4 * found],
        memoryview(counts_)[: 4 * found],
        memoryview(docs_)[: 2 * posting_count],
    )

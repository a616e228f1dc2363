# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, freethreading_compatible=True
"""Inverting a batch of texts: what :mod:`searcher.write.invert` does, in loops over its units.

Each step is one pass over arrays whose lengths are checked, or were made here, before it begins; it
runs without the interpreter's lock. Only words and runs that are met for the first time need
Python.
"""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from searcher._native.cutting cimport Trie
from searcher._native.sorting cimport invert_tokens
from searcher._native.vocabulary cimport Numbers, Rows, Strings, Vocabulary

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
    cdef Vocabulary _vocabulary
    cdef Strings _stretches
    # For each stretch start, end and entry of its runs; and its inner boundaries.
    cdef Rows _runs_of
    cdef Rows _boundaries_of
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
        self._vocabulary = Vocabulary()
        self._stretches = Strings()
        self._runs_of = Rows()
        self._boundaries_of = Rows()
        self._entry_of_node = _filled(trie._nodes.shape[0])
        self._entry_of_unit = _filled(0x10000)

    def __len__(self):
        """How much is known: entries and stretches; a long stretch counts as several."""
        return self._vocabulary.entries.count + self._stretches.count + self._stretches.size // 64

    @property
    def term_count(self):
        """The number of terms."""
        return self._vocabulary.terms.count

    def terms(self, Py_ssize_t first):
        """The terms from a number on: their units as bytes, and where each ends, int64."""
        cdef Strings terms = self._vocabulary.terms
        cdef Py_ssize_t start
        if not 0 <= first <= terms.count:
            raise ValueError("there are fewer terms")
        start = terms.ends[first - 1] if first else 0
        units = (<char*> (terms.units + start))[: 2 * (terms.size - start)]
        ends = (<char*> (terms.ends + first))[: 8 * (terms.count - first)]
        return units, ends

    def invert(self, const uint16_t[::1] units, Py_ssize_t texts):
        """Invert texts, each ``title TITLE_END body TEXT_END``, given as units one after another.

        Returns (term numbers int32, counts uint32, docs uint16, freqs uint8) of the words; the
        folded units, uint16 (u,); the document of each unit, uint16 (u,); where titles and texts
        end, int64 (n,) each; the number of tokens of each text, uint32 (n,); and for each unit
        whether it continues a token, uint8 (u,). As bytearrays. Raises ValueError where there is
        another number of texts, or more than 65,536.
        """
        cdef Py_ssize_t size = units.shape[0], found
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
        cdef Numbers stretches = Numbers(), tokens = Numbers()

        with nogil:
            found = self._prepare(units, folded, docs, title_ends, ends, is_han, stretches)
        if found != texts:
            raise ValueError("the texts do not have the marks of their ends")
        self._find_runs(folded, is_han, stretches, tokens, inside)
        self._find_words(folded, is_han, tokens, inside)
        words = invert_tokens(self._vocabulary, tokens, docs, title_ends, lengths)
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
        Numbers stretches,
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
        Numbers stretches,
        Numbers tokens,
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
        cdef Py_ssize_t at = 0
        while at < size and _is_simple(units[at]):
            at += 1
        if at == size and size <= _MAX_SIMPLE:
            # One run, without boundaries inside of it.
            self._runs_of.values.append(0)
            self._runs_of.values.append(<int32_t> size)
            self._runs_of.values.append(self._vocabulary.enter_simple_run(units, size))
            self._runs_of.end_row()
            self._boundaries_of.end_row()
            return self._stretches.add(units, size)
        text = (<const char*> units)[: 2 * size]
        for start, end, term, parts, boundaries in self._read_stretch(text.decode("utf-16-le")):
            self._runs_of.values.append(start)
            self._runs_of.values.append(end)
            self._runs_of.values.append(self._vocabulary.enter(term, parts))
            for boundary in boundaries:
                self._boundaries_of.values.append(boundary)
        self._runs_of.end_row()
        self._boundaries_of.end_row()
        return self._stretches.add(units, size)

    cdef int32_t _enter_word(self, const uint16_t* units, Py_ssize_t size, int32_t node) except -1:
        """Add the entry of a word with this node of the trie."""
        cdef const unsigned char* spans
        cdef int count = self._trie.pattern(node, size, &spans) if node else 0
        cdef Py_ssize_t start, end
        cdef int i
        self._vocabulary.add_term(units, size)
        if count < 0:
            word = (<const char*> units)[: 2 * size].decode("utf-16-le")
            for start, end in sorted(self._read_parts(word)):
                if not 0 <= start < end <= size:
                    raise ValueError("a part outside of its word")
                self._vocabulary.add_term(units + start, end - start)
        else:
            for i in range(count):
                start, end = spans[2 * i], spans[2 * i + 1]
                self._vocabulary.add_term(units + start, end - start)
        return self._vocabulary.end_entry()

    cdef int _find_words(
        self,
        const uint16_t[::1] folded,
        const uint8_t[::1] is_han,
        Numbers tokens,
        uint8_t[::1] inside,
    ) except -1:
        """Segment all Han text: start and entry of each word are appended to ``tokens``."""
        cdef Py_ssize_t size = folded.shape[0], at = 0, begin, length, most = 0, i
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
    """Where a stretch ends if its last units, which belong to no run, are left out.

    Without them fewer different stretches are met.
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


cdef object _filled(Py_ssize_t count):
    return memoryview(bytearray(b"\xff" * (4 * count))).cast("i")

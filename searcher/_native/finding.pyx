# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True
# cython: initializedcheck=False, freethreading_compatible=True
"""Finding the patterns of a query in stored texts: where each occurs, and what each sentence has.

What :mod:`searcher.search.texts` and :mod:`searcher.search.highlight` do by array operations, with
the same outcome.
"""

from cpython.bytes cimport PyBytes_AS_STRING
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcmp, memset

from searcher._native.stored_text cimport TEXT_END, continues, decoded

cdef enum:
    # How a pattern must stand in the text.
    AS_TOKEN = 0
    BOUNDARIES = 1
    START = 2
    ANYWHERE = 3

cdef enum:
    SENTENCE_END = 1
    FIRST_UNIT = 2

ANCHORS = {"token": AS_TOKEN, "boundaries": BOUNDARIES, "start": START, "anywhere": ANYWHERE}


cdef class Finder:
    """What a query looks for in texts.

    Args:
        patterns: (units, anchor, title_only, leaf, is_run) of each: a folded string of UTF-16
            units; one of ANCHORS; the place of its leaf among ``weights``.
        weights: of the leaves.
        max_judged: how many doubtful occurrences of a pattern are judged in a text.
        parts: gives the spans (start, end) of the parts of a token.

    Raises ValueError for more patterns or leaves than it serves.
    """

    def __init__(self, patterns, weights, int max_judged, parts):
        cdef int number = 0
        cdef bytes units
        cdef Pattern* pattern
        if len(patterns) > MAX_PATTERNS or len(weights) > MAX_LEAVES:
            raise ValueError("too many patterns")
        self._count = len(patterns)
        self._leaves = len(weights)
        self.max_judged = max_judged
        self._parts = parts
        self._known_parts = {}
        self._kept = []
        memset(self._marks, 0, 256)
        for mark in "。!?;….\n\x01\x02":
            self._marks[ord(mark) & 255] |= SENTENCE_END
        for number, weight in enumerate(weights):
            self._weights[number] = weight
        for number, (text, anchor, title_only, leaf, is_run) in enumerate(patterns):
            if not text or not 0 <= leaf < self._leaves:
                raise ValueError("an empty pattern")
            units = text.encode("utf-16-le", "surrogatepass")
            self._kept.append(units)  # as long as the pointer to it
            pattern = &self._patterns[number]
            pattern.units = <const uint16_t*>PyBytes_AS_STRING(units)
            pattern.size = <int32_t>(len(units) // 2)
            pattern.anchor = ANCHORS[anchor]
            pattern.title_only = title_only
            pattern.is_run = is_run
            pattern.leaf = <uint32_t>1 << <int>leaf
            self._marks[pattern.units[0] & 255] |= FIRST_UNIT

    cdef int find_in(self, Text* text, const uint16_t* folding) except -1:
        """Look into a text that is laid out; :func:`release` gives back its memory."""
        cdef int failed
        with nogil:
            failed = self._scan(text, folding)
        if failed:
            raise MemoryError
        self._judge(text)
        self._say(text)
        return 0

    cdef int _scan(self, Text* text, const uint16_t* folding) noexcept nogil:
        """Fold a text; find where patterns occur and sentences end. -1 without memory."""
        cdef int32_t place, number, end
        cdef uint16_t unit
        cdef uint8_t mark
        cdef const Pattern* pattern
        cdef int32_t[MAX_PATTERNS] free_from
        text.folded = <uint16_t*>malloc((text.layout.size + 1) * sizeof(uint16_t))
        text.ends = <int32_t*>malloc((text.layout.size + 1) * sizeof(int32_t))
        if text.folded == NULL or text.ends == NULL:
            return -1
        for number in range(self._count):
            free_from[number] = 0
        for place in range(text.layout.size):
            text.folded[place] = folding[text.layout.written[place]]
        text.folded[text.layout.size] = TEXT_END
        for place in range(text.layout.size):
            unit = text.folded[place]
            mark = self._marks[unit & 255]
            if not mark:
                continue
            if mark & SENTENCE_END and _ends_sentence(unit, text.folded[place + 1]):
                text.ends[text.end_count] = place
                text.end_count += 1
            if not mark & FIRST_UNIT:
                continue
            for number in range(self._count):
                pattern = &self._patterns[number]
                if pattern.units[0] != unit or (pattern.title_only and place >= text.layout.title):
                    continue
                end = place + pattern.size
                if end <= text.layout.size and not memcmp(
                    text.folded + place, pattern.units, pattern.size * sizeof(uint16_t)
                ):
                    if _add(text, place, end, number, _standing(text, pattern, place, end)):
                        return -1
            for number in range(self._count):
                pattern = &self._patterns[number]
                if not pattern.is_run or pattern.units[0] != unit or place < free_from[number]:
                    continue
                end = _joined_end(text, pattern, place)
                if end < 0:
                    continue
                free_from[number] = end
                if end - place > pattern.size and (
                    place < text.layout.title or not pattern.title_only
                ):
                    # Written otherwise than its term it is a token of its own or nothing.
                    if not continues(&text.layout, place) and not continues(&text.layout, end):
                        if _add(text, place, end, number, ACCEPTED):
                            return -1
        # Whatever a damaged text has there, its last unit ends a sentence.
        if not text.end_count or text.ends[text.end_count - 1] < text.layout.size - 1:
            text.ends[text.end_count] = text.layout.size - 1
            text.end_count += 1
        return 0

    cdef int _judge(self, Text* text) except -1:
        """Accept doubtful occurrences that are parts of tokens, unless their leaf is there."""
        cdef int32_t place
        cdef uint32_t accepted = 0
        cdef bint any_doubtful = False
        cdef int[MAX_PATTERNS] judged
        cdef Occurrence* here
        for place in range(text.count):
            here = &text.found[place]
            if here.kind == ACCEPTED:
                accepted |= self._patterns[here.pattern].leaf
            any_doubtful = any_doubtful or here.kind == DOUBTFUL
        if not any_doubtful:
            return 0
        memset(judged, 0, sizeof(judged))
        for place in range(text.count):
            here = &text.found[place]
            if here.kind != DOUBTFUL:
                continue
            if accepted & self._patterns[here.pattern].leaf:
                here.kind = UNJUDGED
                text.unjudged = True
                continue
            judged[here.pattern] += 1
            here.kind = DROPPED
            if judged[here.pattern] <= self.max_judged:
                if self.is_part(text, here.start, here.end):
                    here.kind = ACCEPTED
        return 0

    cdef bint is_part(self, const Text* text, int32_t start, int32_t end) except *:
        """Whether a span inside a longer token is a part of it."""
        cdef int32_t first = start, last = end, place
        for place in range(start + 1, end):
            if not continues(&text.layout, place):
                return False
        while first > 0 and continues(&text.layout, first):
            first -= 1
        while last < text.layout.size and continues(&text.layout, last):
            last += 1
        if last - first <= end - start:
            return False
        token = _units(text.folded + first, last - first)
        parts = self._known_parts.get(token)
        if parts is None:
            parts = self._known_parts[token] = frozenset(self._parts(token))
        return (start - first, end - first) in parts

    cdef int _say(self, Text* text) except -1:
        """Collect the spans of accepted occurrences, and the leaves of each sentence."""
        cdef int32_t place, sentence = 0
        cdef Occurrence* here
        text.starts = <int32_t*>malloc((text.count + 1) * sizeof(int32_t))
        text.stops = <int32_t*>malloc((text.count + 1) * sizeof(int32_t))
        if self._leaves > 1:
            text.said = <uint32_t*>calloc(text.end_count + 1, sizeof(uint32_t))
        if not (text.starts and text.stops) or (self._leaves > 1 and not text.said):
            raise MemoryError
        for place in range(text.count):
            here = &text.found[place]
            if here.kind != ACCEPTED:
                continue
            text.starts[text.span_count] = here.start
            text.stops[text.span_count] = here.end
            text.span_count += 1
            if text.said != NULL:
                while sentence < text.end_count and text.ends[sentence] < here.start:
                    sentence += 1
                text.said[sentence] |= self._patterns[here.pattern].leaf
        return 0

    cdef double weight(self, uint32_t leaves) noexcept nogil:
        """The weight of a set of leaves."""
        cdef double total = 0
        cdef int place
        for place in range(self._leaves):
            if leaves >> place & 1:
                total += self._weights[place]
        return total


cdef void release(Text* text) noexcept:
    """Free what was found in a text."""
    free(text.folded)
    free(text.found)
    free(text.ends)
    free(text.said)
    free(text.starts)
    free(text.stops)


cdef inline int _standing(
    const Text* text, const Pattern* pattern, int32_t start, int32_t end
) noexcept nogil:
    """Whether an occurrence stands as its pattern asks: ACCEPTED, DOUBTFUL or DROPPED."""
    if (pattern.anchor == ANYWHERE or not continues(&text.layout, start)) and (
        pattern.anchor >= START or not continues(&text.layout, end)
    ):
        return ACCEPTED
    return DOUBTFUL if pattern.anchor == AS_TOKEN else DROPPED


cdef inline bint _ends_sentence(uint16_t unit, uint16_t following) noexcept nogil:
    return (
        unit == 0x3002 or unit == 33 or unit == 63 or unit == 59 or unit == 0x2026 or unit == 10
        or unit == 1 or unit == 2 or (unit == 46 and following == 32)
    )


cdef int32_t _joined_end(const Text* text, const Pattern* pattern, int32_t place) noexcept nogil:
    """Where letters and digits end that may have joiners between them, or -1."""
    cdef int32_t unit, here = place + 1
    cdef uint16_t joiner
    for unit in range(1, pattern.size):
        joiner = text.folded[here] if here < text.layout.size else 0
        if joiner in (45, 39, 0x2019, 38, 95, 44):
            here += 1
        if here >= text.layout.size or text.folded[here] != pattern.units[unit]:
            return -1
        here += 1
    return here


cdef int _add(Text* text, int32_t start, int32_t end, int32_t pattern, int kind) noexcept nogil:
    """Note an occurrence; -1 without memory."""
    cdef Occurrence* grown
    if kind == DROPPED:
        return 0
    if text.count == text.capacity:
        text.capacity = 2 * text.capacity + 16
        grown = <Occurrence*>realloc(text.found, text.capacity * sizeof(Occurrence))
        if grown == NULL:
            return -1
        text.found = grown
    text.found[text.count] = Occurrence(start, end, pattern, kind)
    text.count += 1
    return 0


cdef str _units(const uint16_t* units, int32_t size):
    """Units as a string, one character each."""
    text = decoded(units, size, "surrogatepass")
    if len(text) == size:
        return text
    return "".join([chr(units[place]) for place in range(size)])

# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True
# cython: initializedcheck=False, freethreading_compatible=True
"""Reading stored texts: where patterns occur, how near to each other, and what to show of it.

What :mod:`searcher.search.texts`, :mod:`searcher.search.highlight` and
:mod:`searcher.search.snippets` do by array operations, with the same outcome. A stored text comes
from an index file: its bounds are worked out from its length, never read from it.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from cpython.unicode cimport PyUnicode_DecodeUTF16
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcmp, memset

cdef enum:
    # How a pattern must stand in the text.
    AS_TOKEN = 0
    BOUNDARIES = 1
    START = 2
    ANYWHERE = 3

cdef enum:
    # What an occurrence is.
    DROPPED = 0
    ACCEPTED = 1
    DOUBTFUL = 2
    UNJUDGED = 3

cdef enum:
    MAX_LENGTH = 120
    MAX_SENTENCES = 3
    MAX_PATTERNS = 64
    MAX_LEAVES = 32
    TEXT_END = 2
    SEPARATOR = 0x1F
    SENTENCE_END = 1
    FIRST_UNIT = 2

ANCHORS = {"token": AS_TOKEN, "boundaries": BOUNDARIES, "start": START, "anywhere": ANYWHERE}


cdef struct Pattern:
    const uint16_t* units
    int32_t size
    int anchor
    bint title_only
    bint is_run         # letters and digits, which may have joiners between them: F-35
    uint32_t leaf       # its bit


cdef struct Occurrence:
    int32_t start
    int32_t end
    int32_t pattern
    int32_t kind


cdef struct Text:
    const uint16_t* written
    uint16_t* folded
    const uint8_t* bits     # of units that continue a token
    int32_t size            # the last unit is the end mark
    int32_t title           # where the title ends
    Occurrence* found
    int32_t count
    int32_t capacity
    int32_t* ends           # of sentences
    int32_t end_count
    uint32_t* said          # the leaves in each sentence; NULL where there is one leaf
    int32_t* starts         # spans of accepted occurrences, by start
    int32_t* stops
    int32_t span_count
    bint unjudged           # whether an occurrence is


cdef class Finder:
    """What a query looks for in texts.

    Args:
        patterns: (units, anchor, title_only, leaf, is_run) of each: a folded string of UTF-16
            units; one of ANCHORS; the place of its leaf among ``weights``.
        weights: of the leaves.
        max_judged: how many doubtful occurrences of a pattern are judged in a text.
        parts: gives the spans (start, end) of the parts of a token.
        merge: makes spans that overlap ones that do not.
        snippet: makes a snippet of a field, a text and spans.

    Raises ValueError for more patterns or leaves than it serves.
    """

    cdef Pattern[MAX_PATTERNS] _patterns
    cdef int _count
    cdef list _kept
    cdef double[MAX_LEAVES] _weights
    cdef int _leaves
    cdef int _max_judged
    cdef uint8_t[256] _marks
    cdef object _parts
    cdef object _merge
    cdef object _snippet
    cdef dict _known_parts

    def __init__(self, patterns, weights, int max_judged, parts, merge, snippet):
        cdef int number = 0
        cdef bytes units
        cdef Pattern* pattern
        if len(patterns) > MAX_PATTERNS or len(weights) > MAX_LEAVES:
            raise ValueError("too many patterns")
        self._count = len(patterns)
        self._leaves = len(weights)
        self._max_judged = max_judged
        self._parts, self._merge, self._snippet = parts, merge, snippet
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

    def read(self, list stored, const uint16_t[::1] folding):
        """Look into texts: (raw document, title length) of each, and the folding of all units.

        Raises ValueError for what is no stored document.
        """
        if len(folding) != 0x10000:
            raise ValueError("no folding")
        cdef Passages passages = Passages.__new__(Passages)
        passages._finder = self
        passages._raws = stored
        passages._count = len(stored)
        passages._texts = <Text*>calloc(len(stored) + 1, sizeof(Text))
        if passages._texts == NULL:
            raise MemoryError
        cdef Py_ssize_t number
        cdef Text* text
        for number in range(len(stored)):
            text = &passages._texts[number]
            raw, title = stored[number]
            _lay_out(text, raw, title)
            with nogil:
                if self._scan(text, &folding[0]) < 0:
                    with gil:
                        raise MemoryError
            self._judge(text)
            self._say(text)
        return passages

    cdef int _scan(self, Text* text, const uint16_t* folding) noexcept nogil:
        """Fold a text; find where patterns occur and sentences end. -1 without memory."""
        cdef int32_t place, number, end
        cdef uint16_t unit
        cdef uint8_t mark
        cdef const Pattern* pattern
        cdef int32_t[MAX_PATTERNS] free_from
        text.folded = <uint16_t*>malloc((text.size + 1) * sizeof(uint16_t))
        text.ends = <int32_t*>malloc((text.size + 1) * sizeof(int32_t))
        if text.folded == NULL or text.ends == NULL:
            return -1
        for number in range(self._count):
            free_from[number] = 0
        for place in range(text.size):
            text.folded[place] = folding[text.written[place]]
        text.folded[text.size] = TEXT_END
        for place in range(text.size):
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
                if pattern.units[0] != unit or (pattern.title_only and place >= text.title):
                    continue
                end = place + pattern.size
                if end <= text.size and not memcmp(
                    text.folded + place, pattern.units, pattern.size * sizeof(uint16_t)
                ):
                    if _add(text, place, end, number, self._standing(text, pattern, place, end)):
                        return -1
            for number in range(self._count):
                pattern = &self._patterns[number]
                if not pattern.is_run or pattern.units[0] != unit or place < free_from[number]:
                    continue
                end = _joined_end(text, pattern, place)
                if end < 0:
                    continue
                free_from[number] = end
                if end - place > pattern.size and (place < text.title or not pattern.title_only):
                    # Written otherwise than its term it is a token of its own or nothing.
                    if not _continues(text, place) and not _continues(text, end):
                        if _add(text, place, end, number, ACCEPTED):
                            return -1
        # Whatever a damaged text has there, its last unit ends a sentence.
        if not text.end_count or text.ends[text.end_count - 1] < text.size - 1:
            text.ends[text.end_count] = text.size - 1
            text.end_count += 1
        return 0

    cdef inline int _standing(
        self, const Text* text, const Pattern* pattern, int32_t start, int32_t end
    ) noexcept nogil:
        """Whether an occurrence stands as its pattern asks: ACCEPTED, DOUBTFUL or DROPPED."""
        if (pattern.anchor == ANYWHERE or not _continues(text, start)) and (
            pattern.anchor >= START or not _continues(text, end)
        ):
            return ACCEPTED
        return DOUBTFUL if pattern.anchor == AS_TOKEN else DROPPED

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
            if judged[here.pattern] <= self._max_judged:
                if self._is_part(text, here.start, here.end):
                    here.kind = ACCEPTED
        return 0

    cdef bint _is_part(self, const Text* text, int32_t start, int32_t end) except *:
        """Whether a span inside a longer token is a part of it."""
        cdef int32_t first = start, last = end, place
        for place in range(start + 1, end):
            if not _continues(text, place):
                return False
        while first > 0 and _continues(text, first):
            first -= 1
        while last < text.size and _continues(text, last):
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

    cdef double _weight(self, uint32_t leaves) noexcept nogil:
        """The weight of a set of leaves."""
        cdef double total = 0
        cdef int place
        for place in range(self._leaves):
            if leaves >> place & 1:
                total += self._weights[place]
        return total


cdef class Passages:
    """What a query has in some texts."""

    cdef Finder _finder
    cdef list _raws
    cdef Text* _texts
    cdef Py_ssize_t _count

    def __dealloc__(self):
        cdef Py_ssize_t number
        cdef Text* text
        if self._texts == NULL:
            return
        for number in range(self._count):
            text = &self._texts[number]
            free(text.folded)
            free(text.found)
            free(text.ends)
            free(text.said)
            free(text.starts)
            free(text.stops)
        free(self._texts)

    def __len__(self):
        return self._count

    def proximity(self):
        """For each text, the weight of the leaves in its best sentence: a list of floats."""
        cdef Py_ssize_t number
        cdef int32_t sentence
        cdef double best, weight
        cdef Text* text
        found = []
        for number in range(self._count):
            text = &self._texts[number]
            best = 0
            if text.said != NULL:
                for sentence in range(text.end_count):
                    if text.said[sentence]:
                        weight = self._finder._weight(text.said[sentence])
                        best = max(best, weight)
            found.append(best)
        return found

    def snippets(self, Py_ssize_t number):
        """One snippet of the title of a text if it matches, and one of the body: a tuple."""
        if not 0 <= number < self._count:
            raise IndexError("no such text")
        cdef Text* text = &self._texts[number]
        cdef int32_t last = text.size - 1, body = text.title + 1
        cdef int32_t in_body = _at_or_after(text.starts, 0, text.span_count, body)
        cdef int32_t start, stop, first
        title = self._shown(text, "title", 0, text.title) if in_body else None
        if in_body < text.span_count and text.starts[in_body] < last:
            self._window(text, text.starts[in_body], last, &start, &stop)
            first = text.starts[_at_or_after(text.starts, in_body, text.span_count, start)]
            self._cut(text, &start, &stop, min(stop, last), first)
        elif last > body:
            start = body
            stop = min(text.ends[_at_or_after(text.ends, 0, text.end_count, body)] + 1, last)
            self._cut(text, &start, &stop, stop, stop)
        else:
            return () if title is None else (title,)
        shown = self._shown(text, "body", start, stop)
        return (shown,) if title is None else (title, shown)

    cdef void _window(
        self, const Text* text, int32_t first, int32_t last, int32_t* start, int32_t* stop
    ) noexcept:
        """The sentences to show of a body with an occurrence at ``first``, ending at ``last``."""
        cdef const int32_t* ends = text.ends
        cdef int32_t sentence = _at_or_after(ends, 0, text.end_count, first)
        cdef int32_t limit, here, one, other, apart, place
        cdef int32_t best = sentence, final = sentence
        cdef double weight, most = -1
        cdef uint32_t together, every = 0
        if text.said != NULL:
            limit = min(_at_or_after(ends, sentence, text.end_count, last), text.end_count - 1)
            for here in range(sentence, limit + 1):
                if text.said[here]:
                    every |= text.said[here]
                    weight = self._finder._weight(text.said[here])
                    if weight > most:
                        most, best = weight, here
            final = best
            if text.said[best] != every:
                for apart in range(1, MAX_SENTENCES):
                    one = sentence
                    while one <= limit:
                        if not text.said[one]:
                            one += 1
                            continue
                        # The sentence with a leaf that is ``apart`` such sentences further on.
                        other, together, place = one, text.said[one], apart
                        while place and other < limit:
                            other += 1
                            if text.said[other]:
                                together |= text.said[other]
                                place -= 1
                        if place:
                            break
                        if one and ends[other] - ends[one - 1] <= MAX_LENGTH:
                            weight = self._finder._weight(together)
                            if weight > most:
                                most, best, final = weight, one, other
                        one += 1
        start[0] = ends[best - 1] + 1 if best else 0
        stop[0] = ends[final] + 1

    cdef void _cut(
        self, const Text* text, int32_t* begin, int32_t* end, int32_t stop, int32_t first
    ) noexcept:
        """Shorten to MAX_LENGTH around the first occurrence, at punctuation; strip white space."""
        cdef const uint16_t* units = text.folded
        cdef int32_t start = begin[0], place, cut, final
        while _is_closing(units[stop]):
            stop += 1
        while stop > start and units[stop - 1] in (10, 1, 2, 32):
            stop -= 1
        first = min(first, stop)
        while start < first and _is_closing(units[start]):
            start += 1
        while start < stop and units[start] in (10, 32, 1):
            start += 1
        if stop - start > MAX_LENGTH:
            if first < stop and first - start > MAX_LENGTH // 3:
                cut = first - MAX_LENGTH // 6
                for place in range(first - MAX_LENGTH // 3, first):
                    if _ends_clause(units[place]):
                        cut = place + 1
                        break
                start = _outside(text, cut, False)
            if stop - start > MAX_LENGTH:
                final = -1
                for place in range(start, start + MAX_LENGTH):
                    if _ends_clause(units[place]):
                        final = place
                if final <= start + MAX_LENGTH // 2:
                    final = start + MAX_LENGTH
                stop = min(stop, _outside(text, final, True))
        # Never half a character.
        if units[start] & 0xFC00 == 0xDC00:
            start -= 1
        if units[stop] & 0xFC00 == 0xDC00:
            stop += 1
        begin[0], end[0] = start, stop

    cdef object _shown(self, const Text* text, str field, int32_t start, int32_t stop):
        cdef int32_t first = _at_or_after(text.starts, 0, text.span_count, start)
        cdef int32_t last = _at_or_after(text.starts, first, text.span_count, stop)
        cdef int32_t place
        cdef bint plain = True
        cdef str shown = _decoded(text.written + start, stop - start, "replace")
        cdef list parts = self._parts_between(text, start, stop) if text.unjudged else None
        for place in range(first, last):
            if text.stops[place] > stop or (
                place > first and text.starts[place] < text.stops[place - 1]
            ):
                plain = False
        if plain and not parts and len(shown) == stop - start:
            spans = tuple([
                (text.starts[place] - start, text.stops[place] - start)
                for place in range(first, last)
            ])
        else:
            spans = self._merged(text, first, last, start, stop, len(shown), parts, plain)
        return self._finder._snippet(field, shown, spans)

    cdef tuple _merged(
        self, const Text* text, int32_t first, int32_t last, int32_t start, int32_t stop,
        Py_ssize_t length, list parts, bint plain
    ):
        """The spans of a snippet that overlap, or of a text with characters of two units."""
        cdef int32_t place, end = start
        cdef list spans = []
        for place in range(first, last):
            if text.stops[place] <= stop or plain and not parts:
                spans.append((text.starts[place], text.stops[place]))
        if parts:
            spans += parts
            spans.sort()
        for span in spans:
            if <int32_t>span[0] < end:
                spans = self._finder._merge(spans)
                break
            end = span[1]
        if length == stop - start:
            return tuple([(a - start, b - start) for a, b in spans])
        return tuple(
            [(_characters(text, start, a), _characters(text, start, b)) for a, b in spans]
        )

    cdef list _parts_between(self, const Text* text, int32_t start, int32_t stop):
        """The spans between two offsets that are parts of tokens and were not judged before."""
        cdef int32_t place, seen = 0
        cdef const Occurrence* here
        found = []
        for place in range(text.count):
            here = &text.found[place]
            if here.start >= stop or seen >= self._finder._max_judged:
                break
            if here.kind != UNJUDGED or here.start < start:
                continue
            seen += 1
            if here.end <= stop and self._finder._is_part(text, here.start, here.end):
                found.append((here.start, here.end))
        return found


def raw_documents(numbers, span, read, content_size, decompress, Py_ssize_t limit):
    """The raw documents with some numbers, checked as ``DocumentDecoder.raw`` does: list of bytes.

    Args:
        numbers: of documents.
        span: gives the place in the file of a document, and its size in bytes.
        read: gives the bytes at a place, as many as asked for.
        content_size, decompress: of Zstandard.
        limit: the bytes of the largest document allowed.

    Raises ValueError where one is damaged.
    """
    cdef Py_ssize_t size, end
    cdef bytes compressed, raw
    cdef const uint8_t* data
    cdef Text text
    found = []
    for number in numbers:
        first, size = span(number)
        compressed = read(first, size)
        size = content_size(compressed)
        # Zstandard allocates what a frame claims; bit 2 of byte 4 says that it has a checksum.
        if not 0 < size <= limit or len(compressed) < 5 or not compressed[4] & 4:
            raise ValueError("no stored document")
        raw = decompress(compressed)
        memset(&text, 0, sizeof(Text))
        _lay_out(&text, raw, 0)
        if text.written[text.size - 1] != TEXT_END:
            raise ValueError("no stored document")
        found.append(raw)
    return found


def stored_fields(bytes raw, Py_ssize_t title_length):
    """The title of a raw document, and the fields in its header: (str, list of str).

    Raises ValueError for what is no stored document.
    """
    cdef Text text
    cdef const uint16_t* units
    cdef Py_ssize_t place, first = 0, size
    memset(&text, 0, sizeof(Text))
    _lay_out(&text, raw, title_length)
    units = <const uint16_t*>(PyBytes_AS_STRING(raw) + 4)
    size = (<const uint16_t*>text.written - units)
    fields = []
    for place in range(size):
        if units[place] == SEPARATOR:
            fields.append(_decoded(units + first, place - first, "surrogatepass"))
            first = place + 1
    fields.append(_decoded(units + first, size - first, "surrogatepass"))
    return _decoded(text.written, title_length, "replace"), fields


def documents_with(list stored, str units, const uint16_t[::1] folding, bint at_boundaries,
                   bint title_only):
    """Which texts have a folded string of units: a list of bools; arguments as for Finder.read."""
    cdef Finder finder = Finder(
        [(units, "boundaries" if at_boundaries else "anywhere", title_only, 0, False)],
        [1.0], 0, None, None, None,
    )
    cdef Text text
    cdef int32_t place, found
    cdef const Pattern* pattern = &finder._patterns[0]
    answers = []
    if len(folding) != 0x10000:
        raise ValueError("no folding")
    for raw, title in stored:
        memset(&text, 0, sizeof(Text))
        _lay_out(&text, raw, title)
        with nogil:
            found = _first_place(&text, pattern, &folding[0])
        answers.append(found >= 0)
    return answers


def occurrences_in(list stored, str units, const uint16_t[::1] folding):
    """How often texts have a folded string, in half occurrences: a list of (title, body).

    An occurrence between token boundaries is two halves, any other is one.
    """
    cdef Finder finder = Finder([(units, "anywhere", False, 0, False)], [1.0], 0, None, None, None)
    cdef Text text
    cdef int32_t title_halves, body_halves
    answers = []
    if len(folding) != 0x10000:
        raise ValueError("no folding")
    for raw, title in stored:
        memset(&text, 0, sizeof(Text))
        _lay_out(&text, raw, title)
        with nogil:
            title_halves = body_halves = 0
            _count(&text, &finder._patterns[0], &folding[0], &title_halves, &body_halves)
        answers.append((title_halves, body_halves))
    return answers


cdef int32_t _first_place(
    const Text* text, const Pattern* pattern, const uint16_t* folding
) noexcept nogil:
    """Where a pattern stands as it asks, or -1; the text need not be folded."""
    cdef int32_t place, limit = text.size - pattern.size
    if pattern.title_only:
        limit = min(limit, text.title - 1)
    for place in range(limit + 1):
        if folding[text.written[place]] == pattern.units[0] and _stands_at(
            text, pattern, folding, place
        ):
            if pattern.anchor == ANYWHERE or not (
                _continues(text, place) or _continues(text, place + pattern.size)
            ):
                return place
    return -1


cdef void _count(
    const Text* text, const Pattern* pattern, const uint16_t* folding, int32_t* title, int32_t* body
) noexcept nogil:
    cdef int32_t place, halves
    for place in range(text.size - pattern.size + 1):
        if folding[text.written[place]] == pattern.units[0] and _stands_at(
            text, pattern, folding, place
        ):
            halves = 1 + (
                not _continues(text, place) and not _continues(text, place + pattern.size)
            )
            if place < text.title:
                title[0] += halves
            else:
                body[0] += halves


cdef inline bint _stands_at(
    const Text* text, const Pattern* pattern, const uint16_t* folding, int32_t place
) noexcept nogil:
    cdef int32_t unit
    for unit in range(1, pattern.size):
        if folding[text.written[place + unit]] != pattern.units[unit]:
            return False
    return True


cdef int _lay_out(Text* text, bytes raw, title) except -1:
    """Where the text of a raw document is, see :mod:`searcher.store.stored_documents`."""
    cdef Py_ssize_t length = PyBytes_GET_SIZE(raw), start, size
    cdef const uint8_t* data = <const uint8_t*>PyBytes_AS_STRING(raw)
    if length < 4:
        raise ValueError("no stored document")
    start = 4 + (data[0] | data[1] << 8 | data[2] << 16 | <Py_ssize_t>data[3] << 24)
    size = (length - start) * 8 // 17
    # Fields are UTF-16, so the text is where units may be.
    if start > length or size < 2 or size > 1 << 28 or start & 1 or not 0 <= title < size - 1:
        raise ValueError("no stored document")
    text.written = <const uint16_t*>(data + start)
    text.bits = data + start + 2 * size
    text.size = <int32_t>size
    text.title = title
    # The bits of the last units are where the division has left room for them.
    if start + 2 * size + (size + 7) // 8 > length:
        raise ValueError("no stored document")
    return 0


cdef inline bint _continues(const Text* text, int32_t place) noexcept nogil:
    """Whether the unit at a place continues a token; behind the text none does."""
    return place < text.size and text.bits[place >> 3] >> (place & 7) & 1


cdef inline bint _ends_sentence(uint16_t unit, uint16_t following) noexcept nogil:
    return (
        unit == 0x3002 or unit == 33 or unit == 63 or unit == 59 or unit == 0x2026 or unit == 10
        or unit == 1 or unit == 2 or (unit == 46 and following == 32)
    )


cdef inline bint _is_closing(uint16_t unit) noexcept nogil:
    """What may follow the end of a sentence and belongs to it."""
    return (
        unit == 0x3002 or unit == 33 or unit == 63 or unit == 59 or unit == 0x2026 or unit == 34
        or unit == 39 or unit == 41 or unit == 0x300B or unit == 0x3011
    )


cdef inline bint _ends_clause(uint16_t unit) noexcept nogil:
    """A comma, colon or white space."""
    return (
        unit == 44 or unit == 0x3001 or unit == 58 or unit == 0xFF0C or unit == 0xFF1A
        or _is_space(unit)
    )


cdef inline bint _is_space(uint16_t unit) noexcept nogil:
    """White space of regular expressions of Python."""
    return (
        9 <= unit <= 13 or 28 <= unit <= 32 or unit == 0x85 or unit == 0xA0 or unit == 0x1680
        or 0x2000 <= unit <= 0x200A or unit == 0x2028 or unit == 0x2029 or unit == 0x202F
        or unit == 0x205F or unit == 0x3000
    )


cdef int32_t _joined_end(const Text* text, const Pattern* pattern, int32_t place) noexcept nogil:
    """Where letters and digits end that may have joiners between them, or -1."""
    cdef int32_t unit, here = place + 1
    cdef uint16_t joiner
    for unit in range(1, pattern.size):
        joiner = text.folded[here] if here < text.size else 0
        if joiner in (45, 39, 0x2019, 38, 95, 44):
            here += 1
        if here >= text.size or text.folded[here] != pattern.units[unit]:
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


cdef int32_t _at_or_after(
    const int32_t* values, int32_t first, int32_t stop, int32_t value
) noexcept nogil:
    """The first place from ``first`` on whose value is not below ``value``."""
    cdef int32_t middle
    while first < stop:
        middle = (first + stop) // 2
        if values[middle] < value:
            first = middle + 1
        else:
            stop = middle
    return first


cdef int32_t _outside(const Text* text, int32_t cut, bint side) noexcept nogil:
    """A place to cut outside of every span; else where the span begins, or ends for ``side``."""
    cdef int32_t place, best = cut
    cdef bint across = False
    for place in range(text.span_count):
        if text.starts[place] >= cut:
            break
        if cut < text.stops[place]:
            if side:
                best = max(best, text.stops[place])
            elif not across or text.starts[place] < best:
                best = text.starts[place]
            across = True
    return best


cdef int32_t _characters(const Text* text, int32_t start, int32_t end):
    """How many characters stand between two offsets."""
    return <int32_t>len(_decoded(text.written + start, end - start, "replace"))


cdef str _units(const uint16_t* units, int32_t size):
    """Units as a string, one character each."""
    text = _decoded(units, size, "surrogatepass")
    if len(text) == size:
        return text
    return "".join([chr(units[place]) for place in range(size)])


cdef str _decoded(const uint16_t* units, Py_ssize_t size, const char* errors):
    cdef int little_endian = -1
    return PyUnicode_DecodeUTF16(<char*>units, 2 * size, errors, &little_endian)

# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True
# cython: initializedcheck=False, freethreading_compatible=True
"""Passages: how near to each other the patterns of a query stand in a text, and what to show of it.

What :mod:`searcher.search.highlight` and :mod:`searcher.search.snippets` do by array operations,
with the same outcome.
"""

from libc.stdint cimport int32_t, uint16_t, uint32_t
from libc.stdlib cimport calloc, free

from searcher._native.finding cimport UNJUDGED, Finder, Occurrence, Text, release
from searcher._native.stored_text cimport decoded, lay_out

cdef enum:
    MAX_LENGTH = 120
    MAX_SENTENCES = 3


cdef class Passages:
    """What a query has in some texts.

    Args:
        finder: looks for the patterns of the query.
        stored: (raw document, title length) of each text.
        folding: of all units, uint16 (65536,).
        merge: makes spans that overlap ones that do not.
        snippet: makes a snippet of a field, a text and spans.

    Raises ValueError for what is no stored document.
    """

    cdef Finder _finder
    cdef list _raws
    cdef Text* _texts
    cdef Py_ssize_t _count
    cdef object _merge
    cdef object _snippet

    def __cinit__(
        self, Finder finder not None, list stored, const uint16_t[::1] folding, merge, snippet
    ):
        if len(folding) != 0x10000:
            raise ValueError("no folding")
        cdef Py_ssize_t number
        cdef Text* text
        self._finder, self._merge, self._snippet = finder, merge, snippet
        self._raws = stored  # kept, since the layouts point into them
        self._texts = <Text*>calloc(len(stored) + 1, sizeof(Text))
        if self._texts == NULL:
            raise MemoryError
        self._count = len(stored)
        for number in range(self._count):
            text = &self._texts[number]
            raw, title = stored[number]
            lay_out(&text.layout, raw, title)
            finder.find_in(text, &folding[0])

    def __dealloc__(self):
        cdef Py_ssize_t number
        if self._texts == NULL:
            return
        for number in range(self._count):
            release(&self._texts[number])
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
                        weight = self._finder.weight(text.said[sentence])
                        best = max(best, weight)
            found.append(best)
        return found

    def snippets(self, Py_ssize_t number):
        """One snippet of the title of a text if it matches, and one of the body: a tuple."""
        if not 0 <= number < self._count:
            raise IndexError("no such text")
        cdef Text* text = &self._texts[number]
        cdef int32_t last = text.layout.size - 1, body = text.layout.title + 1
        cdef int32_t in_body = _at_or_after(text.starts, 0, text.span_count, body)
        cdef int32_t start, stop, first
        title = self._shown(text, "title", 0, text.layout.title) if in_body else None
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
                    weight = self._finder.weight(text.said[here])
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
                            weight = self._finder.weight(together)
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
        cdef str shown = decoded(text.layout.written + start, stop - start, "replace")
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
        return self._snippet(field, shown, spans)

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
                spans = self._merge(spans)
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
            if here.start >= stop or seen >= self._finder.max_judged:
                break
            if here.kind != UNJUDGED or here.start < start:
                continue
            seen += 1
            if here.end <= stop and self._finder.is_part(text, here.start, here.end):
                found.append((here.start, here.end))
        return found


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
    return <int32_t>len(decoded(text.layout.written + start, end - start, "replace"))

# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True
# cython: initializedcheck=False, freethreading_compatible=True
"""Reading stored documents: checked bytes, fields, and the strings that their texts contain.

What :mod:`searcher.store.stored_documents` and :mod:`searcher.search.texts` do in Python and by
array operations, with the same outcome.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.stdint cimport int32_t, uint16_t

from searcher._native.lookup cimport Spans
from searcher._native.stored_text cimport TEXT_END, Layout, continues, decoded, lay_out

cdef enum:
    SEPARATOR = 0x1F


cdef struct String:
    const uint16_t* units
    int32_t size
    bint at_boundaries      # between ends of tokens only
    bint title_only


def raw_documents(
    numbers, Spans spans, Py_ssize_t base, Py_ssize_t most, read, content_size, decompress,
    Py_ssize_t limit,
):
    """The raw documents with some numbers, checked as ``DocumentDecoder.raw`` does: list of bytes.

    Args:
        numbers: of documents.
        spans: of the compressed documents in their section.
        base, most: where the section begins in the file, and its size in bytes.
        read: gives the bytes at a place of the file, as many as asked for.
        content_size, decompress: of Zstandard.
        limit: the bytes of the largest document allowed.

    Raises ValueError or IndexError where one is damaged.
    """
    cdef Py_ssize_t size, start, end
    cdef bytes compressed, raw
    cdef Layout text
    found = []
    for number in numbers:
        spans.place(number, &start, &end)
        if not start <= end <= most:
            raise ValueError("a document outside of its section")
        compressed = read(base + start, end - start)
        size = content_size(compressed)
        # Zstandard allocates what a frame claims; bit 2 of byte 4 says that it has a checksum.
        if not 0 < size <= limit or len(compressed) < 5 or not compressed[4] & 4:
            raise ValueError("no stored document")
        raw = decompress(compressed)
        lay_out(&text, raw, 0)
        if text.written[text.size - 1] != TEXT_END:
            raise ValueError("no stored document")
        found.append(raw)
    return found


def stored_fields(bytes raw, Py_ssize_t title_length):
    """The title of a raw document, and the fields in its header: (str, list of str).

    Raises ValueError for what is no stored document.
    """
    cdef Layout text
    cdef const uint16_t* units
    cdef Py_ssize_t place, first = 0, size
    lay_out(&text, raw, title_length)
    units = <const uint16_t*>(PyBytes_AS_STRING(raw) + 4)
    size = text.written - units
    fields = []
    for place in range(size):
        if units[place] == SEPARATOR:
            fields.append(decoded(units + first, place - first, "surrogatepass"))
            first = place + 1
    fields.append(decoded(units + first, size - first, "surrogatepass"))
    return decoded(text.written, title_length, "replace"), fields


def documents_with(list stored, str units, const uint16_t[::1] folding, bint at_boundaries,
                   bint title_only):
    """Which texts have a string: a list of bools.

    Args:
        stored: (raw document, title length) of each text.
        units: the string, folded, of UTF-16 units.
        folding: of all units, uint16 (65536,).
        at_boundaries: whether the string has to begin and end where tokens do.
        title_only: whether it has to begin in the title.

    Raises ValueError for an empty string and for what is no stored document.
    """
    cdef bytes encoded = _encoded(units)
    cdef String string = _string(encoded, at_boundaries, title_only)
    cdef Layout text
    cdef int32_t found
    answers = []
    if len(folding) != 0x10000:
        raise ValueError("no folding")
    for raw, title in stored:
        lay_out(&text, raw, title)
        with nogil:
            found = _first_place(&text, &string, &folding[0])
        answers.append(found >= 0)
    return answers


def occurrences_in(list stored, str units, const uint16_t[::1] folding):
    """How often texts have a string, in half occurrences: a list of (title, body).

    An occurrence between token boundaries is two halves, any other is one. Arguments and errors
    are those of :func:`documents_with`.
    """
    cdef bytes encoded = _encoded(units)
    cdef String string = _string(encoded, False, False)
    cdef Layout text
    cdef int32_t title_halves, body_halves
    answers = []
    if len(folding) != 0x10000:
        raise ValueError("no folding")
    for raw, title in stored:
        lay_out(&text, raw, title)
        with nogil:
            title_halves = body_halves = 0
            _count(&text, &string, &folding[0], &title_halves, &body_halves)
        answers.append((title_halves, body_halves))
    return answers


cdef bytes _encoded(str units):
    if not units:
        raise ValueError("an empty pattern")
    return units.encode("utf-16-le", "surrogatepass")


cdef String _string(bytes encoded, bint at_boundaries, bint title_only) noexcept:
    """A string whose units are those of ``encoded``, which has to be kept as long."""
    return String(
        <const uint16_t*>PyBytes_AS_STRING(encoded), <int32_t>(PyBytes_GET_SIZE(encoded) // 2),
        at_boundaries, title_only,
    )


cdef int32_t _first_place(
    const Layout* text, const String* string, const uint16_t* folding
) noexcept nogil:
    """Where a string stands as it has to, or -1; the text need not be folded."""
    cdef int32_t place, limit = text.size - string.size
    if string.title_only:
        limit = min(limit, text.title - 1)
    for place in range(limit + 1):
        if folding[text.written[place]] == string.units[0] and _stands_at(
            text, string, folding, place
        ):
            if not string.at_boundaries or not (
                continues(text, place) or continues(text, place + string.size)
            ):
                return place
    return -1


cdef void _count(
    const Layout* text, const String* string, const uint16_t* folding, int32_t* title, int32_t* body
) noexcept nogil:
    cdef int32_t place, halves
    for place in range(text.size - string.size + 1):
        if folding[text.written[place]] == string.units[0] and _stands_at(
            text, string, folding, place
        ):
            halves = 1 + (
                not continues(text, place) and not continues(text, place + string.size)
            )
            if place < text.title:
                title[0] += halves
            else:
                body[0] += halves


cdef inline bint _stands_at(
    const Layout* text, const String* string, const uint16_t* folding, int32_t place
) noexcept nogil:
    cdef int32_t unit
    for unit in range(1, string.size):
        if folding[text.written[place + unit]] != string.units[unit]:
            return False
    return True


# cython: language_level=3, cdivision=True
"""Where the text of a stored document is, and how its units become strings.

The format is that of :mod:`searcher.store.stored_documents`. There is no module of this name: the
functions are compiled into those that use them, since they are called for single units.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from cpython.unicode cimport PyUnicode_DecodeUTF16
from libc.stdint cimport int32_t, uint8_t, uint16_t

cdef enum:
    TEXT_END = 2


cdef struct Layout:
    const uint16_t* written
    const uint8_t* bits     # of units that continue a token
    int32_t size            # in units; the last one is the end mark
    int32_t title           # where the title ends


cdef inline int lay_out(Layout* layout, bytes raw, title) except -1:
    """Find the text of a raw document with a title of some units.

    Raises ValueError for what is no stored document. It comes from an index file: its bounds are
    worked out from its length, never read from it.
    """
    cdef Py_ssize_t length = PyBytes_GET_SIZE(raw), start, size
    cdef const uint8_t* data = <const uint8_t*>PyBytes_AS_STRING(raw)
    if length < 4:
        raise ValueError("no stored document")
    start = 4 + (data[0] | data[1] << 8 | data[2] << 16 | <Py_ssize_t>data[3] << 24)
    size = (length - start) * 8 // 17
    # Fields are UTF-16, so the text is where units may be.
    if start > length or size < 2 or size > 1 << 28 or start & 1 or not 0 <= title < size - 1:
        raise ValueError("no stored document")
    layout.written = <const uint16_t*>(data + start)
    layout.bits = data + start + 2 * size
    layout.size = <int32_t>size
    layout.title = title
    # The bits of the last units are where the division has left room for them.
    if start + 2 * size + (size + 7) // 8 > length:
        raise ValueError("no stored document")
    return 0


cdef inline bint continues(const Layout* layout, int32_t place) noexcept nogil:
    """Whether the unit at a place continues a token; behind the text none does."""
    return place < layout.size and layout.bits[place >> 3] >> (place & 7) & 1


cdef inline str decoded(const uint16_t* units, Py_ssize_t size, const char* errors):
    """Units as a string; ``errors``: what to do with halves of characters."""
    cdef int little_endian = -1
    return PyUnicode_DecodeUTF16(<char*>units, 2 * size, errors, &little_endian)

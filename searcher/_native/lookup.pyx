# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True
# cython: initializedcheck=False, freethreading_compatible=True
"""Looking up terms and spans in arrays of a file, each block verified when it is first read.

What :class:`searcher.store.verified_array.VerifiedArray` does for single values, and
:class:`searcher.store.term_dictionary.TermDictionary` with them, in one call.
"""

from cpython.bytes cimport PyBytes_AS_STRING
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp

from zlib import crc32


cdef class Blocks:
    """Which blocks of an array were verified.

    Args:
        unverified: a byte for each block, 0 where it was verified.
        shift: a block has 2 ** shift values.
        verify: verifies blocks, given the first one and the one behind the last; raises an error.
    """

    def __init__(self, const uint8_t[::1] unverified, int shift, verify):
        self._unverified = unverified
        self._shift = shift
        self._verify = verify

    cdef int check(self, Py_ssize_t first, Py_ssize_t stop) except -1:
        """Verify the values from ``first`` to ``stop - 1``."""
        cdef Py_ssize_t block, last
        if first >= stop:
            return 0
        last = (stop - 1) >> self._shift
        for block in range(first >> self._shift, last + 1):
            if self._unverified[block]:
                self._verify(first >> self._shift, last + 1)
                break
        return 0


cdef class Spans:
    """Where the parts of something begin and end, given where each ends.

    Args:
        ends: uint32 or uint64.
        blocks: of ``ends``.
    """

    def __init__(self, ends, Blocks blocks):
        if ends.itemsize == 4:
            self._small = ends
        else:
            self._large = ends
        self._blocks = blocks

    cdef int place(self, Py_ssize_t number, Py_ssize_t* start, Py_ssize_t* end) except -1:
        """The span of the part with a number. Raises IndexError where there is none."""
        if number < 0:
            raise IndexError("no part has this number")
        self._blocks.check(number - 1 if number else 0, number + 1)
        if self._small is not None:
            start[0] = self._small[number - 1] if number else 0
            end[0] = self._small[number]
        else:
            start[0] = <Py_ssize_t>self._large[number - 1] if number else 0
            end[0] = <Py_ssize_t>self._large[number]
        return 0


cdef class TermTable:
    """Finds terms by a hash table: see :mod:`searcher.store.term_dictionary`.

    Args:
        terms: all in UTF-8, one after another, and its blocks.
        spans: of the terms.
        slots: of the hash table, uint32, 2^b of them, and its blocks.
    """

    cdef const uint8_t[::1] _terms
    cdef Blocks _term_blocks
    cdef Spans _spans
    cdef const uint32_t[::1] _slots
    cdef Blocks _slot_blocks

    def __init__(
        self,
        const uint8_t[::1] terms,
        Blocks term_blocks,
        Spans spans,
        const uint32_t[::1] slots,
        Blocks slot_blocks,
    ):
        self._terms = terms
        self._term_blocks = term_blocks
        self._spans = spans
        self._slots = slots
        self._slot_blocks = slot_blocks

    def find(self, bytes term):
        """The number of a term, or -1. Raises IndexError for a damaged table."""
        cdef Py_ssize_t size = len(self._slots), length = len(term), start, end, slot, step
        cdef uint32_t number
        if not size:
            return -1
        slot = <uint32_t>crc32(term) & (size - 1)
        # A damaged table may have no free slot, so there are no more steps than slots.
        for step in range(size):
            self._slot_blocks.check(slot, slot + 1)
            number = self._slots[slot]
            if not number:
                return -1
            self._spans.place(<Py_ssize_t>number - 1, &start, &end)
            if not start <= end <= len(self._terms):
                raise IndexError("a term outside of the terms")
            if end - start == length:
                self._term_blocks.check(start, end)
                if not length or not memcmp(
                    &self._terms[start], PyBytes_AS_STRING(term), length
                ):
                    return <Py_ssize_t>number - 1
            slot = (slot + 1) & (size - 1)
        return -1

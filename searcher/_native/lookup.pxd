# cython: language_level=3
"""What other extension modules use of arrays that are verified when they are read."""

from libc.stdint cimport uint8_t, uint32_t, uint64_t


cdef class Blocks:
    cdef const uint8_t[::1] _unverified
    cdef object _verify
    cdef int _shift
    cdef int check(self, Py_ssize_t first, Py_ssize_t stop) except -1


cdef class Spans:
    cdef const uint32_t[::1] _small
    cdef const uint64_t[::1] _large
    cdef Blocks _blocks
    cdef int place(self, Py_ssize_t number, Py_ssize_t* start, Py_ssize_t* end) except -1

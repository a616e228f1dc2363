# cython: language_level=3
"""What other extension modules use of the trie."""

from libc.stdint cimport int32_t, uint16_t, uint32_t, uint64_t


cdef class Trie:
    cdef const uint64_t[::1] _nodes
    cdef const double[::1] _weights
    cdef const uint64_t[::1] _frequencies
    cdef const uint16_t[::1] _codes
    cdef const uint16_t[::1] _patterns
    cdef const uint32_t[::1] _pattern_ends
    cdef const unsigned char[::1] _spans
    cdef readonly object folding
    cdef readonly object classes
    cdef readonly str key

    cdef void best_words(
        self,
        const uint16_t* units,
        Py_ssize_t size,
        double* scores,
        int32_t* lengths,
        int32_t* nodes,
    ) noexcept nogil
    cdef Py_ssize_t find(self, const uint16_t* units, Py_ssize_t size) noexcept nogil
    cdef uint16_t _class_of(self, Py_ssize_t node) noexcept nogil
    cdef Py_ssize_t _child(self, Py_ssize_t node, uint16_t unit) noexcept nogil
    cdef int pattern(
        self, Py_ssize_t node, Py_ssize_t size, const unsigned char** spans
    ) noexcept nogil

# cython: language_level=3
"""What other extension modules use of the vocabulary and of the arrays that it consists of."""

from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t, uint64_t


cdef class Numbers:
    cdef int32_t* data
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity

    cdef int append(self, int32_t value) except -1 nogil


cdef class Rows:
    cdef Numbers values
    cdef int64_t* ends
    cdef Py_ssize_t count
    cdef Py_ssize_t capacity

    cdef int end_row(self) except -1

    # Here, so that it is compiled into the loops that call it for each token.
    cdef inline int64_t start(self, Py_ssize_t row) noexcept nogil:
        return self.ends[row - 1] if row else 0


cdef class Strings:
    cdef uint16_t* units
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity
    cdef int64_t* ends
    cdef Py_ssize_t count
    cdef Py_ssize_t ends_capacity
    cdef uint64_t* slots
    cdef uint64_t mask
    cdef uint64_t secret

    cdef int32_t find(self, const uint16_t* units, Py_ssize_t size) noexcept nogil
    cdef int32_t add(self, const uint16_t* units, Py_ssize_t size) except -1
    cdef int32_t number(self, const uint16_t* units, Py_ssize_t size) except -1
    cdef int32_t number_of_str(self, str text) except -1
    cdef uint32_t _hash_of(self, const uint16_t* units, Py_ssize_t size) noexcept nogil
    cdef void _put(self, uint32_t hash_, Py_ssize_t number) noexcept nogil
    cdef int _grow(self) except -1


cdef class Vocabulary:
    cdef Strings terms
    cdef Rows entries

    cdef int add_term(self, const uint16_t* units, Py_ssize_t size) except -1
    cdef int32_t end_entry(self) except -1
    cdef int32_t enter(self, str term, parts) except -1
    cdef int32_t enter_simple_run(self, const uint16_t* units, Py_ssize_t size) except -1

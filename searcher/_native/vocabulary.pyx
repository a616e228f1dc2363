# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, freethreading_compatible=True
"""The vocabulary of an inverter: terms by their numbers, and the terms of each word or run.

It consists of arrays that grow and of a hash table.
"""

from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcmp, memcpy, memset

import os


cdef class Numbers:
    """Numbers that are appended, 32 bits each."""

    def __dealloc__(self):
        free(self.data)

    cdef int append(self, int32_t value) except -1 nogil:
        cdef void* moved
        if self.size == self.capacity:
            moved = realloc(self.data, max(1024, 2 * self.capacity) * sizeof(int32_t))
            if moved == NULL:
                with gil:
                    raise MemoryError
            self.data = <int32_t*> moved
            self.capacity = max(1024, 2 * self.capacity)
        self.data[self.size] = value
        self.size += 1
        return 0


cdef class Rows:
    """Rows of numbers: the values of all rows one after another, and where each row ends."""

    def __cinit__(self):
        self.values = Numbers()

    def __dealloc__(self):
        free(self.ends)

    cdef int end_row(self) except -1:
        """End the row of the values that were appended last."""
        cdef void* moved
        if self.count == self.capacity:
            moved = realloc(self.ends, max(1024, 2 * self.capacity) * sizeof(int64_t))
            if moved == NULL:
                raise MemoryError
            self.ends = <int64_t*> moved
            self.capacity = max(1024, 2 * self.capacity)
        self.ends[self.count] = self.values.size
        self.count += 1
        return 0


cdef class Strings:
    """Strings of UTF-16 units, numbered in the order in which they are met.

    A hash table with linear probing; a slot is the hash and the number plus 1, or 0. The hash has
    a secret, so that nobody can write articles all of whose words share a slot.
    """

    def __cinit__(self):
        self.mask = (1 << 12) - 1
        self.slots = <uint64_t*> malloc((self.mask + 1) * sizeof(uint64_t))
        if self.slots == NULL:
            raise MemoryError
        memset(self.slots, 0, (self.mask + 1) * sizeof(uint64_t))
        self.secret = int.from_bytes(os.urandom(8), "little")

    def __dealloc__(self):
        free(self.units)
        free(self.ends)
        free(self.slots)

    cdef inline uint32_t _hash_of(self, const uint16_t* units, Py_ssize_t size) noexcept nogil:
        cdef uint64_t found = self.secret ^ <uint64_t> size
        cdef Py_ssize_t i
        for i in range(size):
            found = (found ^ units[i]) * <uint64_t> 0x9E3779B97F4A7C15ull
            found ^= found >> 29
        return <uint32_t> (found >> 32)

    cdef int32_t find(self, const uint16_t* units, Py_ssize_t size) noexcept nogil:
        """The number of a string, or -1."""
        cdef uint32_t hash_ = self._hash_of(units, size)
        cdef uint64_t slot = hash_ & self.mask
        cdef Py_ssize_t number, start
        while self.slots[slot]:
            if <uint32_t> (self.slots[slot] >> 32) == hash_:
                number = <Py_ssize_t> <uint32_t> self.slots[slot] - 1
                start = self.ends[number - 1] if number else 0
                if self.ends[number] - start == size and (
                    memcmp(self.units + start, units, size * sizeof(uint16_t)) == 0
                ):
                    return <int32_t> number
            slot = (slot + 1) & self.mask
        return -1

    cdef int32_t add(self, const uint16_t* units, Py_ssize_t size) except -1:
        """Add a string that is not there; returns its number."""
        cdef void* moved
        cdef Py_ssize_t wanted
        if self.size + size > self.capacity:
            wanted = max(1 << 14, 2 * self.capacity, self.size + size)
            moved = realloc(self.units, wanted * sizeof(uint16_t))
            if moved == NULL:
                raise MemoryError
            self.units = <uint16_t*> moved
            self.capacity = wanted
        if self.count == self.ends_capacity:
            wanted = max(1024, 2 * self.ends_capacity)
            moved = realloc(self.ends, wanted * sizeof(int64_t))
            if moved == NULL:
                raise MemoryError
            self.ends = <int64_t*> moved
            self.ends_capacity = wanted
        if 2 * <uint64_t> (self.count + 1) > self.mask:
            self._grow()
        memcpy(self.units + self.size, units, size * sizeof(uint16_t))
        self.size += size
        self.ends[self.count] = self.size
        self._put(self._hash_of(units, size), self.count)
        self.count += 1
        return <int32_t> (self.count - 1)

    cdef int32_t number(self, const uint16_t* units, Py_ssize_t size) except -1:
        """The number of a string, which is added where it is not there."""
        cdef int32_t found = self.find(units, size)
        return self.add(units, size) if found < 0 else found

    cdef int32_t number_of_str(self, str text) except -1:
        cdef bytes encoded = text.encode("utf-16-le", "surrogatepass")
        return self.number(<const uint16_t*> <const char*> encoded, len(encoded) // 2)

    cdef void _put(self, uint32_t hash_, Py_ssize_t number) noexcept nogil:
        cdef uint64_t slot = hash_ & self.mask
        while self.slots[slot]:
            slot = (slot + 1) & self.mask
        self.slots[slot] = (<uint64_t> hash_ << 32) | <uint64_t> (number + 1)

    cdef int _grow(self) except -1:
        cdef uint64_t* old = self.slots
        cdef uint64_t old_size = self.mask + 1, i
        cdef uint64_t* new = <uint64_t*> malloc(4 * old_size * sizeof(uint64_t))
        if new == NULL:
            raise MemoryError
        memset(new, 0, 4 * old_size * sizeof(uint64_t))
        self.slots = new
        self.mask = 4 * old_size - 1
        for i in range(old_size):
            if old[i]:
                self._put(<uint32_t> (old[i] >> 32), <Py_ssize_t> <uint32_t> old[i] - 1)
        free(old)
        return 0


cdef class Vocabulary:
    """Terms and entries, by their numbers, in the order in which they are met.

    The entry of a word or run is the list of its term numbers: its own, then those of its parts.
    """

    def __cinit__(self):
        self.terms = Strings()
        self.entries = Rows()

    cdef int add_term(self, const uint16_t* units, Py_ssize_t size) except -1:
        """Add a term to the entry that :meth:`end_entry` ends."""
        return self.entries.values.append(self.terms.number(units, size))

    cdef int32_t end_entry(self) except -1:
        """End the entry of the terms that were added last; returns its number."""
        self.entries.end_row()
        return <int32_t> (self.entries.count - 1)

    cdef int32_t enter(self, str term, parts) except -1:
        """Add an entry of a term and its parts."""
        self.entries.values.append(self.terms.number_of_str(term))
        for part in parts:
            self.entries.values.append(self.terms.number_of_str(part))
        return self.end_entry()

    cdef int32_t enter_simple_run(self, const uint16_t* units, Py_ssize_t size) except -1:
        """Add the entry of a run of small letters and digits: sequences of letters are its parts."""
        cdef Py_ssize_t at, begin = 0
        self.add_term(units, size)
        parts = set()
        for at in range(size + 1):
            if at < size and units[at] >= 0x61:
                continue
            if at - begin >= 2 and at - begin < size:
                part = self.terms.number(units + begin, at - begin)
                if part not in parts:
                    parts.add(part)
                    self.entries.values.append(part)
            begin = at + 1
        return self.end_entry()

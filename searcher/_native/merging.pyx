# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, freethreading_compatible=True
"""Merging posting lists: terms made one, lists put one behind another, terms hashed.

Inputs may be arrays of a damaged file, so every number in them is compared with the length of the
array that it leads to.
"""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

cdef enum:
    _FIRST_BITS = 12

cdef uint64_t _GOLDEN = 0x9E3779B97F4A7C15ull

cdef uint32_t[256] _CRC_TABLE


cdef void _fill_crc_table() noexcept:
    """The table of CRC-32 (ISO 3309) a byte at a time."""
    cdef uint32_t number, value
    cdef int bit
    for number in range(256):
        value = number
        for bit in range(8):
            value = (value >> 1) ^ (<uint32_t> 0xEDB88320 if value & 1 else 0)
        _CRC_TABLE[number] = value


_fill_crc_table()


cdef class KeyTable:
    """Numbers 64-bit keys in the order in which they are met.

    A hash table with linear probing, the slot from the product with 2^64 over the golden ratio
    (Knuth, The Art of Computer Programming 3, 6.4), and a secret beside the key.
    """

    cdef uint64_t* keys
    cdef int32_t* numbers
    cdef int bits
    cdef readonly Py_ssize_t count
    cdef uint64_t secret

    def __cinit__(self, uint64_t secret=0):
        self.secret = secret
        self.keys = NULL
        self.numbers = NULL
        self.bits = 0
        self.count = 0
        self.allocate(_FIRST_BITS)

    def __dealloc__(self):
        free(self.keys)
        free(self.numbers)

    cdef int allocate(self, int bits) except -1:
        cdef size_t size = <size_t> 1 << bits
        self.keys = <uint64_t*> malloc(size * sizeof(uint64_t))
        self.numbers = <int32_t*> malloc(size * sizeof(int32_t))
        if self.keys == NULL or self.numbers == NULL:
            raise MemoryError
        memset(self.numbers, 0xFF, size * sizeof(int32_t))
        self.bits = bits
        return 0

    cdef inline size_t slot_of(self, uint64_t key) noexcept nogil:
        """The slot of a key, or the free one where it belongs."""
        cdef size_t mask = (<size_t> 1 << self.bits) - 1
        cdef size_t slot = ((key ^ self.secret) * _GOLDEN) >> (64 - self.bits)
        while self.numbers[slot] >= 0 and self.keys[slot] != key:
            slot = (slot + 1) & mask
        return slot

    cdef int grow(self) except -1:
        cdef uint64_t* keys = self.keys
        cdef int32_t* numbers = self.numbers
        cdef size_t old = <size_t> 1 << self.bits, i, slot
        try:
            self.allocate(self.bits + 2)
            for i in range(old):
                if numbers[i] >= 0:
                    slot = self.slot_of(keys[i])
                    self.keys[slot] = keys[i]
                    self.numbers[slot] = numbers[i]
        finally:
            free(keys)
            free(numbers)
        return 0

    def number(self, const uint64_t[::1] keys, int32_t[::1] numbers):
        """Put the number of each key into ``numbers``; new keys get the next ones."""
        cdef Py_ssize_t i
        cdef size_t slot
        if keys.shape[0] != numbers.shape[0]:
            raise ValueError("each key needs room for its number")
        for i in range(keys.shape[0]):
            if 2 * self.count >= <Py_ssize_t> 1 << self.bits:
                self.grow()
            slot = self.slot_of(keys[i])
            if self.numbers[slot] < 0:
                self.keys[slot] = keys[i]
                self.numbers[slot] = <int32_t> self.count
                self.count += 1
            numbers[i] = self.numbers[slot]

    def all_keys(self, uint64_t[::1] keys):
        """Put all keys into ``keys``, in the order of their numbers."""
        cdef size_t slot
        if keys.shape[0] != self.count:
            raise ValueError("there is another number of keys")
        for slot in range(<size_t> 1 << self.bits):
            if self.numbers[slot] >= 0:
                keys[self.numbers[slot]] = self.keys[slot]


# Without checks: each number that is an index is compared with the length of its array before.
@cython.boundscheck(False)
@cython.initializedcheck(False)
def append_lists(
    const int64_t[::1] index,
    const uint32_t[::1] counts,
    const uint16_t[::1] docs,
    const uint8_t[::1] freqs,
    int64_t[::1] cursors,
    uint16_t[::1] out_docs,
    uint8_t[::1] out_freqs,
    Py_ssize_t first_doc,
):
    """Append the posting lists of one input to those of a merge.

    ``index``: for each term of the input its number in the merge; ``counts``, ``docs`` and
    ``freqs`` (or None): its lists; ``cursors``: for each term of the merge where its next document
    goes, which moves on; ``first_doc``: what is added to the documents.

    Raises ValueError where a number lies outside of what it belongs to.
    """
    cdef Py_ssize_t terms = index.shape[0], i, place = 0, target, count, k
    cdef bint with_freqs = freqs is not None, fits = True
    if counts.shape[0] != terms or (with_freqs and freqs.shape[0] != docs.shape[0]):
        raise ValueError("the lists do not fit together")
    if with_freqs and (out_freqs is None or out_freqs.shape[0] != out_docs.shape[0]):
        raise ValueError("the frequencies need room")
    with nogil:
        for i in range(terms):
            count = counts[i]
            if not 0 <= index[i] < cursors.shape[0]:
                fits = False
                break
            target = cursors[index[i]]
            if count > docs.shape[0] - place or not 0 <= target <= out_docs.shape[0] - count:
                fits = False
                break
            for k in range(count):
                out_docs[target + k] = <uint16_t> (docs[place + k] + first_doc)
            if with_freqs:
                for k in range(count):
                    out_freqs[target + k] = freqs[place + k]
            place += count
            cursors[index[i]] = target + count
    if not fits or place != docs.shape[0]:
        raise ValueError("a posting outside of its list")


# Without checks: the ends are compared with the length of the terms, and ascend; a slot is below
# the number of slots, which is a power of two and more than that of terms.
@cython.boundscheck(False)
@cython.initializedcheck(False)
def fill_hash_table(const uint8_t[::1] terms, const uint32_t[::1] ends, uint32_t[::1] slots):
    """Fill the slots of the hash table of a term dictionary.

    ``terms``: all in UTF-8, one after another; ``ends``: where each ends; ``slots``: zeros, 2^b of
    them, more than there are terms. See :mod:`searcher.store.term_dictionary`.
    """
    cdef Py_ssize_t count = ends.shape[0], size = slots.shape[0], i, at = 0
    cdef uint32_t crc, mask = <uint32_t> (size - 1)
    cdef bint fits = True
    if size <= count or size & (size - 1) or size > 1 << 31:
        raise ValueError("the hash table has to have a power of two of slots, more than terms")
    with nogil:
        for i in range(count):
            if not at <= ends[i] <= terms.shape[0]:
                fits = False
                break
            crc = 0xFFFFFFFF
            while at < ends[i]:
                crc = _CRC_TABLE[(crc ^ terms[at]) & 0xFF] ^ (crc >> 8)
                at += 1
            crc = ~crc & mask
            while slots[crc]:
                crc = (crc + 1) & mask
            slots[crc] = <uint32_t> (i + 1)
    if not fits:
        raise ValueError("the ends of terms do not ascend")

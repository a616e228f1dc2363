# cython: language_level=3
"""What other extension modules use of the finder: what a query has in a text."""

from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t

from searcher._native.stored_text cimport Layout

cdef enum:
    MAX_PATTERNS = 64
    MAX_LEAVES = 32

cdef enum:
    # What an occurrence is.
    DROPPED = 0
    ACCEPTED = 1
    DOUBTFUL = 2
    UNJUDGED = 3


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
    Layout layout
    uint16_t* folded
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
    cdef Pattern[MAX_PATTERNS] _patterns
    cdef int _count
    cdef list _kept
    cdef double[MAX_LEAVES] _weights
    cdef int _leaves
    cdef int max_judged
    cdef uint8_t[256] _marks
    cdef object _parts
    cdef dict _known_parts

    cdef int find_in(self, Text* text, const uint16_t* folding) except -1
    cdef int _scan(self, Text* text, const uint16_t* folding) noexcept nogil
    cdef int _judge(self, Text* text) except -1
    cdef int _say(self, Text* text) except -1
    cdef bint is_part(self, const Text* text, int32_t start, int32_t end) except *
    cdef double weight(self, uint32_t leaves) noexcept nogil


cdef void release(Text* text) noexcept

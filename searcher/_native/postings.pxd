# cython: language_level=3
"""What the modules that match and rank use of lists of documents."""

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t

cdef enum:
    SKIP_RATIO = 8        # from this ratio of lengths on a list is searched, not merged
    BLOCK = 128           # values looked at in one go; the sum of BLOCK comparisons fits into a byte


cdef struct List:
    # The documents that have one thing, ascending, and what they get for it.
    const uint16_t* docs
    const uint8_t* freqs    # NULL: each document gets ``weight``
    Py_ssize_t size
    float weight
    float presence          # the weight that having it at all adds
    double limit            # the most that one document gets
    int group               # of those that match; -1 adds to scores only
    bint scores             # or only matches
    uint8_t* dense          # frequencies by document, 0 where the list has it not; NULL if not made


cdef struct Work:
    # What one search works with; freed at its end.
    List* lists
    Py_ssize_t count
    Py_ssize_t documents
    int32_t* docs
    float* scores
    int32_t* best
    float* best_scores
    uint8_t* seen
    uint8_t* bounds
    uint8_t* tops           # the highest bound of each block


cdef struct Filters:
    # Which documents may be found; NULL where nothing is asked of them.
    const uint8_t* alive
    const int64_t* times       # seconds since 1970
    const int16_t* offsets     # minutes to add to them
    int64_t first
    int64_t stop


cdef int prepare(Work* work, list lists, Py_ssize_t documents, int wanted) except -1
cdef void release(Work* work) noexcept
cdef object describe_filters(
    Filters* filters, const uint8_t[::1] alive, dates, Py_ssize_t documents
)
cdef Py_ssize_t intersect(Work* work, int groups) noexcept nogil
cdef Py_ssize_t unite(Work* work) noexcept nogil
cdef Py_ssize_t filter_found(Work* work, Py_ssize_t size, const Filters* filters) noexcept nogil
cdef Py_ssize_t among(Work* work, List* only, Py_ssize_t size) noexcept nogil
cdef Py_ssize_t among_gaps(
    Work* work, const uint8_t* gaps, Py_ssize_t count, Py_ssize_t size
) noexcept nogil
cdef object found_documents(Work* work, Py_ssize_t size)
cdef int add_levels(
    uint8_t* bounds, Py_ssize_t documents, const uint16_t* docs, const uint8_t* freqs,
    Py_ssize_t size, const uint8_t* levels
) noexcept nogil
cdef Py_ssize_t summarise(Work* work) noexcept nogil
cdef Py_ssize_t gather_bounds(Work* work, int least, int limit) noexcept nogil
cdef Py_ssize_t count_from(const uint8_t* values, Py_ssize_t size, int least) noexcept nogil


cdef inline bint is_dated(const Filters* filters, Py_ssize_t doc) noexcept nogil:
    """Whether the date of a document, by its own clock, is in the range."""
    return filters.first <= filters.times[doc] + 60 * <int64_t>filters.offsets[doc] < filters.stop


cdef inline Py_ssize_t seek(List* here, Py_ssize_t at, int32_t doc, Py_ssize_t size) noexcept nogil:
    """The first place from ``at`` on whose document is not below ``doc``.

    ``size``: how many documents are looked up one after another.
    """
    cdef Py_ssize_t low, high, middle, step = 1
    if here.size <= SKIP_RATIO * size:
        while at < here.size and here.docs[at] < doc:
            at += 1
        return at
    while at + step < here.size and here.docs[at + step] < doc:
        at += step
        step <<= 1
    low, high = at, min(at + step, here.size)
    while low < high:
        middle = (low + high) // 2
        if here.docs[middle] < doc:
            low = middle + 1
        else:
            high = middle
    return low

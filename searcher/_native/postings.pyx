# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True
# cython: initializedcheck=False, freethreading_compatible=True
"""Lists of documents: intersection, union and filters, the loops of matching.

Document numbers come from an index file: each is compared with the number of documents before
anything is looked up by it.
"""

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

cdef enum:
    MIN_DENSE = 256       # shorter lists are merged: to spread a list takes a while


cdef int prepare(Work* work, list lists, Py_ssize_t documents, int wanted) except -1:
    """Make room for the work on some lists; to be released even where this fails."""
    cdef Py_ssize_t place
    memset(work, 0, sizeof(Work))
    work.documents = documents
    _allocate(work, len(lists), wanted)
    for place in range(len(lists)):
        _describe(&work.lists[place], lists[place])
        work.count += 1
    return 0


cdef int _describe(List* into, tuple one) except -1:
    # The tuple keeps the arrays as long as there are pointers to them.
    cdef const uint16_t[::1] docs
    cdef const uint8_t[::1] freqs
    cdef float presence
    docs, freqs, into.weight, presence, into.group, into.scores = one
    into.size = len(docs)
    into.dense = NULL
    if freqs is not None and len(freqs) != into.size:
        raise ValueError("postings of different lengths")
    into.docs = &docs[0] if into.size else NULL
    into.freqs = &freqs[0] if freqs is not None and into.size else NULL
    into.presence = into.weight * presence
    return 0


cdef int _allocate(Work* work, Py_ssize_t count, int wanted) except -1:
    cdef Py_ssize_t size = work.documents + 1
    work.lists = <List*>malloc((count + 1) * sizeof(List))
    work.docs = <int32_t*>malloc(size * sizeof(int32_t))
    work.scores = <float*>malloc(size * sizeof(float))
    work.best = <int32_t*>malloc(wanted * sizeof(int32_t))
    work.best_scores = <float*>malloc(wanted * sizeof(float))
    work.seen = <uint8_t*>malloc(size)
    work.bounds = <uint8_t*>malloc(size)
    work.tops = <uint8_t*>malloc(size // BLOCK + 1)
    if not (work.lists and work.docs and work.scores and work.best and work.best_scores
            and work.seen and work.bounds and work.tops):
        raise MemoryError
    return 0


cdef void release(Work* work) noexcept:
    cdef Py_ssize_t place
    for place in range(work.count):
        free(work.lists[place].dense)
    free(work.lists)
    free(work.docs)
    free(work.scores)
    free(work.best)
    free(work.best_scores)
    free(work.seen)
    free(work.bounds)
    free(work.tops)


cdef object describe_filters(
    Filters* filters, const uint8_t[::1] alive, dates, Py_ssize_t documents
):
    """Describe filters; returns what must be kept as long as they are used."""
    cdef const int64_t[::1] times
    cdef const int16_t[::1] offsets
    memset(filters, 0, sizeof(Filters))
    if alive is not None:
        if len(alive) != documents:
            raise ValueError("columns of different lengths")
        filters.alive = &alive[0] if documents else NULL
    if dates is None:
        return None
    times, offsets, filters.first, filters.stop = dates
    if len(times) != documents or len(offsets) != documents:
        raise ValueError("columns of different lengths")
    if documents:
        filters.times, filters.offsets = &times[0], &offsets[0]
    return times, offsets


cdef object found_documents(Work* work, Py_ssize_t size):
    """The documents in ``work.docs``: uint16 (size,)."""
    cdef Py_ssize_t place
    if size < 0:
        raise IndexError("a document that is not there")
    found = memoryview(bytearray(2 * size)).cast("H")
    if not size:
        return found
    cdef uint16_t[::1] into = found
    for place in range(size):
        into[place] = <uint16_t>work.docs[place]
    return found


cdef Py_ssize_t intersect(Work* work, int groups) noexcept nogil:
    """Put the documents that are in all groups into ``work.docs``; -1 for a damaged list."""
    cdef Py_ssize_t size = -1
    cdef int step, group, rarest
    cdef Py_ssize_t cost, least, last_cost = -1
    cdef int last_group = -1
    for step in range(groups):
        # The next group by the number of its postings, of equal ones by its number.
        rarest = -1
        least = 0
        for group in range(groups):
            cost = _cost(work, group)
            if cost < last_cost or (cost == last_cost and group <= last_group):
                continue
            if rarest < 0 or cost < least:
                rarest, least = group, cost
        last_cost, last_group = least, rarest
        size = _narrow(work, rarest, size)
        if size <= 0:
            break
    return size


cdef Py_ssize_t _cost(Work* work, int group) noexcept nogil:
    cdef Py_ssize_t place, cost = 0
    for place in range(work.count):
        if work.lists[place].group == group:
            cost += work.lists[place].size
    return cost


cdef Py_ssize_t _narrow(Work* work, int group, Py_ssize_t size) noexcept nogil:
    """Those of the documents so far, or of all for a size of -1, that are in a group."""
    cdef List* only = NULL
    cdef List* here
    cdef Py_ssize_t place, i, at, kept = 0
    cdef int members = 0
    cdef int32_t doc
    for place in range(work.count):
        if work.lists[place].group == group and work.lists[place].size:
            members += 1
            only = &work.lists[place]
    if not members:
        return 0
    if members == 1:
        if MIN_DENSE < only.size <= SKIP_RATIO * size and _make_dense(only, work.documents) == 0:
            for i in range(size):
                doc = work.docs[i]
                work.docs[kept] = doc
                kept += only.dense[doc] != 0
            return kept
        return among(work, only, size)
    memset(work.seen, 0, work.documents)
    for place in range(work.count):
        here = &work.lists[place]
        if here.group == group and _mark(work.seen, work.documents, here.docs, here.size):
            return -1
    if size < 0:
        return _gather(work, work.seen, 1, 2)
    for i in range(size):
        doc = work.docs[i]
        if work.seen[doc]:
            work.docs[kept] = doc
            kept += 1
    return kept


cdef Py_ssize_t among(Work* work, List* only, Py_ssize_t size) noexcept nogil:
    """Those of the documents so far, or of all for a size of -1, that are in a list."""
    cdef Py_ssize_t i, at = 0, kept = 0
    cdef int32_t doc
    if size < 0:
        if only.size > work.documents:
            return -1
        for i in range(only.size):
            doc = only.docs[i]
            if doc >= work.documents:
                return -1
            work.docs[i] = doc
        return only.size
    for i in range(size):
        doc = work.docs[i]
        at = seek(only, at, doc, size)
        if at == only.size:
            break
        if only.docs[at] == doc:
            work.docs[kept] = doc
            kept += 1
    return kept


cdef Py_ssize_t among_gaps(
    Work* work, const uint8_t* gaps, Py_ssize_t count, Py_ssize_t size
) noexcept nogil:
    """The same for a list of gaps."""
    cdef Py_ssize_t i, at = 0, kept = 0, doc = -1
    for i in range(count):
        doc += gaps[i]
        if gaps[i] == 255:
            continue
        doc += 1
        if doc >= work.documents:
            return -1
        if size >= 0:
            while at < size and work.docs[at] < doc:
                at += 1
            if at == size:
                break
            if work.docs[at] != doc:
                continue
        work.docs[kept] = <int32_t>doc
        kept += 1
    return kept


# Loops that write bytes are functions whose arguments do not change: of a member of a struct the
# compiler must expect that a byte that is written may be a part of it.


cdef int _make_dense(List* here, Py_ssize_t documents) noexcept nogil:
    """Spread a list over all documents; -1 where there is no room, or for a damaged list."""
    here.dense = <uint8_t*>calloc(documents + 1, 1)
    if here.dense == NULL:
        return -1
    if _spread(here.dense, documents, here.docs, here.freqs, here.size):
        free(here.dense)
        here.dense = NULL
        return -1
    return 0


cdef int _spread(
    uint8_t* dense, Py_ssize_t documents, const uint16_t* docs, const uint8_t* freqs, Py_ssize_t size
) noexcept nogil:
    """Write the frequencies of documents to their places; -1 for a damaged list."""
    cdef Py_ssize_t i
    if freqs == NULL:
        return _mark(dense, documents, docs, size)
    for i in range(size):
        if docs[i] >= documents:
            return -1
        dense[docs[i]] = freqs[i]
    return 0


cdef int _mark(
    uint8_t* seen, Py_ssize_t documents, const uint16_t* docs, Py_ssize_t size
) noexcept nogil:
    """Set the bytes of some documents to 1; -1 for a damaged list."""
    cdef Py_ssize_t i
    for i in range(size):
        if docs[i] >= documents:
            return -1
        seen[docs[i]] = 1
    return 0


cdef Py_ssize_t _gather(
    Work* work, const uint8_t* values, int least, int limit
) noexcept nogil:
    """The documents whose value is from ``least`` to before ``limit``."""
    cdef uint8_t low = <uint8_t>least, span = <uint8_t>(limit - 1 - least), found
    cdef Py_ssize_t block, doc, start, stop, kept = 0
    for block in range(work.documents // BLOCK + 1):
        start = block * BLOCK
        stop = min(start + BLOCK, work.documents)
        if stop - start == BLOCK:
            # Of most blocks no value is; a loop of this form is compiled to a few instructions.
            found = 0
            for doc in range(BLOCK):
                found |= <uint8_t>(values[start + doc] - low) <= span
            if not found:
                continue
        for doc in range(start, stop):
            work.docs[kept] = <int32_t>doc
            kept += <uint8_t>(values[doc] - low) <= span
    return kept


cdef Py_ssize_t unite(Work* work) noexcept nogil:
    """Put the documents that are in any group into ``work.docs``; -1 for a damaged list."""
    cdef Py_ssize_t place
    cdef List* here
    memset(work.seen, 0, work.documents)
    for place in range(work.count):
        here = &work.lists[place]
        if here.group < 0:
            continue
        if _mark(work.seen, work.documents, here.docs, here.size):
            return -1
    return _gather(work, work.seen, 1, 2)


cdef Py_ssize_t filter_found(Work* work, Py_ssize_t size, const Filters* filters) noexcept nogil:
    """How many of the documents so far may be found; they stay. A size of -1 stays, too."""
    cdef Py_ssize_t i, kept = 0
    cdef int32_t doc
    # ``docs`` are below ``documents``, which is the length of all columns.
    if filters.alive != NULL:
        for i in range(size):
            doc = work.docs[i]
            work.docs[kept] = doc
            kept += filters.alive[doc] != 0
        size, kept = min(size, kept), 0
    if filters.times != NULL and size > 0:
        for i in range(size):
            doc = work.docs[i]
            work.docs[kept] = doc
            kept += is_dated(filters, doc)
        size = kept
    return size


cdef int add_levels(
    uint8_t* bounds, Py_ssize_t documents, const uint16_t* docs, const uint8_t* freqs,
    Py_ssize_t size, const uint8_t* levels
) noexcept nogil:
    """Add what a list adds to bounds: by frequency, or the first level for each; -1 for damage."""
    cdef Py_ssize_t i
    if freqs == NULL:
        for i in range(size):
            if docs[i] >= documents:
                return -1
            bounds[docs[i]] += levels[0]
        return 0
    for i in range(size):
        if docs[i] >= documents:
            return -1
        bounds[docs[i]] += levels[freqs[i]]
    return 0


cdef Py_ssize_t summarise(Work* work) noexcept nogil:
    """How many bounds are not 0; and the highest of each block."""
    cdef Py_ssize_t block, place, start, stop, count = 0
    cdef uint8_t here, top, value
    for block in range(work.documents // BLOCK + 1):
        start = block * BLOCK
        stop = min(start + BLOCK, work.documents)
        here = top = 0  # at most BLOCK, so that it fits
        if stop - start == BLOCK:
            for place in range(BLOCK):
                value = work.bounds[start + place]
                here += value != 0
                top = max(top, value)
        else:
            for place in range(start, stop):
                value = work.bounds[place]
                here += value != 0
                top = max(top, value)
        work.tops[block] = top
        count += here
    return count


cdef Py_ssize_t gather_bounds(Work* work, int least, int limit) noexcept nogil:
    """The documents whose bound is from ``least`` to before ``limit``."""
    cdef uint8_t low = <uint8_t>least, span = <uint8_t>(limit - 1 - least)
    cdef Py_ssize_t block, doc, start, kept = 0
    for block in range(work.documents // BLOCK + 1):
        if work.tops[block] < low:
            continue
        start = block * BLOCK
        for doc in range(start, min(start + BLOCK, work.documents)):
            work.docs[kept] = <int32_t>doc
            kept += <uint8_t>(work.bounds[doc] - low) <= span
    return kept


cdef Py_ssize_t count_from(const uint8_t* values, Py_ssize_t size, int least) noexcept nogil:
    """How many values are at least so large."""
    cdef uint8_t low = <uint8_t>least, here
    cdef Py_ssize_t block, place, start, count = 0
    for block in range(size // BLOCK):
        start = block * BLOCK
        here = 0  # at most BLOCK, so that it fits
        for place in range(BLOCK):
            here += values[start + place] >= low
        count += here
    for place in range(size // BLOCK * BLOCK, size):
        count += values[place] >= low
    return count

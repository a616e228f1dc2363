# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True
# cython: initializedcheck=False, freethreading_compatible=True
"""Matching by lists of documents: which match, how many, and how often they have something.

What :mod:`searcher.search.match` and :mod:`searcher.search.literal_matcher` do by array operations.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from searcher._native.postings cimport (
    BLOCK, Filters, List, Work, among, among_gaps, describe_filters, filter_found, found_documents,
    intersect, prepare, release, unite,
)


def matching(
    list lists, int groups, bint all_groups, const uint8_t[::1] alive, dates, Py_ssize_t documents
):
    """The documents that match, ascending: uint16 (m,).

    Args:
        lists, groups, all_groups, alive, dates: as for :meth:`SegmentRanker.best`.
        documents: how many there are.

    Raises IndexError for numbers that are no documents.
    """
    cdef Work work
    try:
        return found_documents(
            &work, _match(&work, lists, groups, all_groups, alive, dates, documents)
        )
    finally:
        release(&work)


def count(
    list lists, int groups, bint all_groups, const uint8_t[::1] alive, dates, Py_ssize_t documents
):
    """How many documents match; arguments as for :func:`matching`."""
    cdef Work work
    try:
        return _match(&work, lists, groups, all_groups, alive, dates, documents)
    finally:
        release(&work)


cdef Py_ssize_t _match(
    Work* work, list lists, int groups, bint all_groups, const uint8_t[::1] alive, dates,
    Py_ssize_t documents,
) except -1:
    """Put the documents that match into ``work.docs``; how many there are."""
    cdef Py_ssize_t size
    cdef Filters filters
    prepare(work, lists, documents, 1)
    kept = describe_filters(&filters, alive, dates, documents)  # as long as pointers to it
    with nogil:
        size = intersect(work, groups) if all_groups else unite(work)
        size = filter_found(work, size, &filters)
    if size < 0:
        raise IndexError("a document that is not there")
    return size


def known_freqs(
    const uint16_t[::1] candidates,
    const uint16_t[::1] docs,
    const uint8_t[::1] freqs,
    int others,
):
    """The frequencies that a term has in candidates, and the places of those without it.

    Args:
        candidates: documents, ascending.
        docs, freqs: the postings of the term.
        others: the frequency of the candidates without it; 0 where their places are wanted.

    Returns:
        Frequencies beside ``candidates``, in a bytearray; a list of places, empty for ``others``.
    """
    cdef Py_ssize_t i, at = 0, size = len(candidates), count = len(docs)
    if len(freqs) != count:
        raise ValueError("postings of different lengths")
    found = bytearray(size)
    cdef uint8_t[::1] known = found
    missing = []
    for i in range(size):
        while at < count and docs[at] < candidates[i]:
            at += 1
        if at < count and docs[at] == candidates[i]:
            known[i] = freqs[at]
        elif others:
            known[i] = <uint8_t>others
        else:
            missing.append(i)
    return found, missing


def select(const uint16_t[::1] docs, const uint8_t[::1] freqs, int least):
    """The documents whose frequency is at least so high, and their frequencies.

    Returns uint16 (m,) and uint8 (m,). Raises ValueError where lengths differ.
    """
    cdef Py_ssize_t i, kept = 0, size = len(docs)
    if len(freqs) != size:
        raise ValueError("postings of different lengths")
    for i in range(size):
        kept += freqs[i] >= least
    found = memoryview(bytearray(2 * kept)).cast("H")
    found_freqs = memoryview(bytearray(kept))
    if not kept:
        return found, found_freqs
    cdef uint16_t[::1] into = found
    cdef uint8_t[::1] freqs_into = found_freqs
    kept = 0
    for i in range(size):
        if freqs[i] >= least:
            into[kept] = docs[i]
            freqs_into[kept] = freqs[i]
            kept += 1
    return found, found_freqs


def count_living(const uint16_t[::1] docs, const uint8_t[::1] alive):
    """How many of some documents are alive. Raises IndexError for one that is not there."""
    cdef Py_ssize_t i, count = 0
    for i in range(len(docs)):
        if docs[i] >= len(alive):
            raise IndexError("a document that is not there")
        count += alive[docs[i]] != 0
    return count


def leave_out(uint8_t[::1] allowed, const uint16_t[::1] docs):
    """Set the bytes of some documents to 0. Raises IndexError for one that is not there."""
    cdef Py_ssize_t i
    for i in range(len(docs)):
        if docs[i] >= len(allowed):
            raise IndexError("a document that is not there")
        allowed[docs[i]] = 0


def total_length(const uint32_t[::1] lengths, const uint8_t[::1] alive):
    """The sum of the lengths of the documents that are alive; of all for None."""
    cdef Py_ssize_t i
    cdef int64_t total = 0
    if alive is not None and len(alive) != len(lengths):
        raise ValueError("columns of different lengths")
    for i in range(len(lengths)):
        if alive is None or alive[i]:
            total += lengths[i]
    return total


def at_least(list rows, list weights, list leasts, Py_ssize_t documents):
    """The documents with a share of the weight of some parts, ascending: uint16 (m,).

    Args:
        rows: (docs, part) of each list: the documents that have a part, uint16 (p,), and the number
            of the part. The lists of a part stand one after another.
        weights: for each condition, the weight of each part: lists of floats.
        leasts: for each condition, the least sum of the weights of the parts that a document has.
        documents: how many there are.

    Raises IndexError for numbers that are no documents.
    """
    cdef Work work
    cdef Py_ssize_t size = -1
    cdef int condition, stamp = 0
    cdef int32_t part, last_part
    cdef uint16_t* stamps = <uint16_t*>calloc(documents + 1, sizeof(uint16_t))
    cdef const uint16_t[::1] docs
    cdef float weight
    if len(weights) * (len(rows) + 1) >= 0x10000 or len(weights) != len(leasts):
        free(stamps)
        raise ValueError("too many lists")
    try:
        prepare(&work, [], documents, 1)
        if stamps == NULL:
            raise MemoryError
        for condition in range(len(weights)):
            memset(work.scores, 0, documents * sizeof(float))
            last_part = -1
            for docs, part in rows:
                stamp += part != last_part
                last_part = part
                weight = weights[condition][part]
                if len(docs) and weight and _add_weight(
                    &work, &docs[0], len(docs), weight, stamps, stamp
                ):
                    raise IndexError("a document that is not there")
            size = _reaching(&work, leasts[condition], size)
        return found_documents(&work, max(size, 0))
    finally:
        free(stamps)
        release(&work)


cdef int _add_weight(
    Work* work, const uint16_t* docs, Py_ssize_t count, float weight, uint16_t* stamps, int stamp
) noexcept nogil:
    """Add a weight to the sums of some documents, once for a stamp; -1 for a damaged list."""
    cdef Py_ssize_t i
    cdef uint16_t doc
    for i in range(count):
        doc = docs[i]
        if doc >= work.documents:
            return -1
        if stamps[doc] != stamp:
            stamps[doc] = <uint16_t>stamp
            work.scores[doc] += weight
    return 0


cdef Py_ssize_t _reaching(Work* work, float least, Py_ssize_t size) noexcept nogil:
    """Those of the documents so far, or of all for a size of -1, whose sum is so high."""
    cdef Py_ssize_t block, start, stop, place, kept = 0
    cdef int32_t doc
    cdef int any_here
    if size >= 0:
        for place in range(size):
            doc = work.docs[place]
            work.docs[kept] = doc
            kept += work.scores[doc] >= least
        return kept
    for block in range(work.documents // BLOCK + 1):
        start = block * BLOCK
        stop = min(start + BLOCK, work.documents)
        if stop - start == BLOCK:
            # Of most blocks no sum is; a loop of this form is compiled to a few instructions.
            any_here = 0
            for place in range(BLOCK):
                any_here |= work.scores[start + place] >= least
            if not any_here:
                continue
        for place in range(start, stop):
            work.docs[kept] = <int32_t>place
            kept += work.scores[place] >= least
    return kept


def documents_in_all(list stored, Py_ssize_t documents, int skip_shift):
    """The documents that are in all lists, ascending: uint16 (m,).

    Args:
        stored: (values, are_gaps) of each list, the shortest first: uint16 document numbers, or
            uint8 gaps as :mod:`searcher.store.bigrams` has them.
        documents: how many there are.
        skip_shift: lists are left aside of which 2 ** skip_shift values take longer to look at than
            one of the documents found so far: these are candidates that are read anyway.

    Raises IndexError for numbers that are no documents.
    """
    cdef Work work
    cdef List one
    cdef Py_ssize_t size = -1
    cdef const uint16_t[::1] docs
    cdef const uint8_t[::1] gaps
    try:
        prepare(&work, [], documents, 1)
        for values, are_gaps in stored:
            if size >= 0 and size <= 1 + (len(values) >> skip_shift):
                break
            if not len(values):
                size = 0
                break
            if are_gaps:
                gaps = values
                with nogil:
                    size = among_gaps(&work, &gaps[0], gaps.shape[0], size)
            else:
                docs = values
                one.docs, one.size = &docs[0], docs.shape[0]
                with nogil:
                    size = among(&work, &one, size)
            if size < 0:
                raise IndexError("a document that is not there")
            if not size:
                break
        return found_documents(&work, max(size, 0))
    finally:
        release(&work)

# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True
# cython: initializedcheck=False, freethreading_compatible=True
"""The best documents of a segment: matching, scoring by BM25 and choosing in one pass.

What :mod:`searcher.search.match`, :mod:`searcher.search.scorer` and :mod:`searcher.search.maxscore`
do by array operations, with the same scores bit by bit. Document numbers come from an index file:
each is compared with the number of documents before anything is looked up by it.
"""

from libc.math cimport ceil
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

cdef enum:
    MAX_BOUNDED = 64      # with more lists bounds of one byte are too coarse to be of use
    MIN_BOUNDED = 1024    # fewer postings are scored faster than bounded
    SAMPLE_RATIO = 4      # documents scored first, as a multiple of those wanted
    MIN_DENSE = 256       # shorter lists are merged: to spread a list takes a while
    SKIP_RATIO = 8        # from this ratio of lengths on a list is searched, not merged
    BLOCK = 128           # values looked at in one go; the sum of BLOCK comparisons fits into a byte

cdef int64_t NO_DATE = -(<int64_t>1 << 62)  # as in searcher.store.dates

MAX_WANTED = 256
"""The best documents are kept in order by insertion, which is for pages, not for whole answers."""


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


cdef class SegmentRanker:
    """Finds the best documents of one segment.

    Args:
        lengths: tokens of each document, uint32 (n,).
        norm, slope: the length norm of a document is ``norm + slope * length``, see
            :func:`searcher.search.bm25.length_norms`.
        recency: the place of each document by date, uint16 (n,).
        frequencies: the weighted frequency of each encoded frequency, float32 (256,).
        presences: what each encoded frequency gets of a term's presence, float32 (256,).
        saturation: ``1 + K1`` of BM25.

    Raises ValueError where lengths differ.
    """

    cdef float* _norms
    cdef Py_ssize_t _size
    cdef const uint16_t[::1] _recency
    cdef float[256] _tf
    cdef float[256] _present
    cdef float _saturation
    cdef double[256] _shares

    def __cinit__(
        self,
        const uint32_t[::1] lengths,
        double norm,
        double slope,
        const uint16_t[::1] recency,
        const float[::1] frequencies,
        const float[::1] presences,
        double saturation,
    ):
        cdef Py_ssize_t i
        cdef float shortest = 1e30
        if len(lengths) != len(recency) or len(lengths) > 0x10000 or (
            len(frequencies) + len(presences) != 512
        ):
            raise ValueError("columns of different lengths")
        self._size = len(lengths)
        self._norms = <float*>malloc((self._size + 1) * sizeof(float))
        if self._norms == NULL:
            raise MemoryError
        self._recency = recency
        self._saturation = <float>saturation
        for i in range(self._size):
            self._norms[i] = <float>(norm + slope * lengths[i])
            shortest = min(shortest, self._norms[i])
        for i in range(256):
            self._tf[i] = frequencies[i]
            self._present[i] = presences[i]
            self._shares[i] = frequencies[i] * saturation / (frequencies[i] + shortest)

    def __dealloc__(self):
        free(self._norms)

    def best(
        self,
        list lists,
        int groups,
        bint all_groups,
        const uint8_t[::1] alive,
        dates,
        int wanted,
        double threshold=0,
    ):
        """The best documents and how many match: ([(document, score)], total).

        Args:
            lists: (docs, freqs, weight, presence, group, scores) of each thing that is asked for:
                uint16 (p,), ascending; uint8 (p,) or None, where each document gets the weight;
                the group that it is in, from 0, or -1 where it adds to scores only; whether it adds
                to scores. In this order shares are added up.
            groups: how many there are.
            all_groups: whether a document must be in a list of each group, or of one.
            alive: which documents may be found, uint8 (n,); None for all.
            dates: (times, offsets, first, stop): seconds, int64 (n,), and minutes that are added
                to them, int16 (n,), of documents from ``first`` to before ``stop``; None for all.
            wanted: how many, at most MAX_WANTED.
            threshold: a score that as many documents of other segments reach; documents that
                cannot may be left out. 0 where none is known.

        Raises IndexError for numbers that are no documents.
        """
        cdef Py_ssize_t place, total = 0
        cdef int found = 0
        cdef Work work
        cdef Filters filters
        if not 0 < wanted <= MAX_WANTED:
            raise ValueError("too many wanted")
        kept = _filters(&filters, alive, dates, self._size)
        try:
            _prepare(&work, lists, self._size, wanted)
            with nogil:
                if all_groups:
                    found = self._conjunction(&work, groups, &filters, wanted, &total)
                else:
                    found = self._disjunction(&work, &filters, wanted, threshold, &total)
            if found < 0:
                raise IndexError("a document that is not there")
            return [(work.best[place], work.best_scores[place]) for place in range(found)], total
        finally:
            _release(&work)

    def first(
        self,
        list lists,
        int groups,
        bint all_groups,
        const uint8_t[::1] alive,
        dates,
        int wanted,
        bint oldest,
    ):
        """The newest documents, or the oldest ones, and how many match: as for :meth:`best`.

        Args:
            dates: as for :meth:`best`; must be given for the oldest ones, of which undated ones
                come last.
        """
        cdef Py_ssize_t place, size, total = 0
        cdef int found = 0
        cdef Work work
        cdef Filters filters
        if not 0 < wanted <= MAX_WANTED or (oldest and dates is None):
            raise ValueError("too many wanted")
        kept = _filters(&filters, alive, dates, self._size)
        try:
            _prepare(&work, lists, self._size, wanted)
            with nogil:
                size = _intersect(&work, groups) if all_groups else _unite(&work)
                size = _filter(&work, size, &filters)
                if size > 0:
                    total = size
                    found = self._first(&work, size, &filters, wanted, oldest)
            if size < 0:
                raise IndexError("a document that is not there")
            return [(work.best[place], work.best_scores[place]) for place in range(found)], total
        finally:
            _release(&work)

    # All groups

    cdef int _conjunction(
        self, Work* work, int groups, const Filters* filters, int wanted, Py_ssize_t* total
    ) noexcept nogil:
        cdef Py_ssize_t size = _filter(work, _intersect(work, groups), filters)
        if size <= 0:
            return <int>size
        total[0] = size
        self._score(work, size)
        return self._top(work, size, 0, wanted)

    # Any group

    cdef int _disjunction(
        self, Work* work, const Filters* filters, int wanted, double threshold, Py_ssize_t* total
    ) noexcept nogil:
        cdef Py_ssize_t place, size, sample, doc, postings = 0
        cdef int level, kept
        cdef bint only_scored = True
        cdef double unit
        cdef int least
        for place in range(work.count):
            postings += work.lists[place].size
            only_scored = only_scored and work.lists[place].group >= 0 and work.lists[place].scores
        if not only_scored or work.count > MAX_BOUNDED or postings < MIN_BOUNDED:
            size = _filter(work, _unite(work), filters)
            if size < 0:
                return -1
            total[0] = size
            self._score(work, size)
            return self._top(work, size, 0, wanted)
        memset(work.bounds, 0, work.documents)
        unit = self._bound(work)
        if unit < 0:
            return -1
        # A document matches exactly if its bound is not 0 now.
        if filters.alive != NULL:
            for doc in range(work.documents):
                work.bounds[doc] *= filters.alive[doc] != 0
        if filters.times != NULL:
            for doc in range(work.documents):
                work.bounds[doc] *= _is_dated(filters, doc)
        total[0] = _summarise(work)
        level, kept = 256, 0
        least = 1
        if threshold <= 0:
            level = self._level(work, SAMPLE_RATIO * wanted)
            sample = _gather_bounds(work, level, 256)
            self._score(work, sample)
            kept = self._top(work, sample, 0, wanted)
            if kept == wanted:
                threshold = work.best_scores[kept - 1]
        if threshold > 0:
            # Scores and bounds are rounded differently.
            least = <int>min(256.0, max(1.0, threshold * (1 - 1e-4) / unit))
        if least < level:
            size = _gather_bounds(work, least, level)
            self._score(work, size)
            kept = self._top(work, size, kept, wanted)
        return kept

    cdef double _bound(self, Work* work) noexcept nogil:
        """An upper bound of each score in units that are returned; -1.0 for a damaged list."""
        cdef uint8_t[256] levels
        cdef Py_ssize_t place, i
        cdef List* here
        cdef double most = 0, unit, share
        cdef int code
        for place in range(work.count):
            here = &work.lists[place]
            here.limit = here.weight
            if here.freqs != NULL:
                here.limit = 0
                for code in range(256):
                    share = here.weight * self._shares[code] + here.presence * self._present[code]
                    here.limit = max(here.limit, share)
            most += here.limit
        unit = max(most, 1e-30) / (255 - work.count)
        for place in range(work.count):
            here = &work.lists[place]
            if here.freqs != NULL:
                for code in range(256):
                    share = here.weight * self._shares[code] + here.presence * self._present[code]
                    levels[code] = <uint8_t>max(1.0, ceil(share / unit))
            else:
                levels[0] = <uint8_t>max(1.0, ceil(here.weight / unit))
            if _add_levels(work.bounds, work.documents, here.docs, here.freqs, here.size, levels):
                return -1
        return unit

    cdef int _level(self, Work* work, int wanted) noexcept nogil:
        """A high bound that ``wanted`` documents reach, or 1."""
        cdef int low = 1, high = 256, middle, reached = 0
        cdef int[256] counts
        cdef Py_ssize_t block, blocks = work.documents // BLOCK + 1
        if blocks >= 4 * wanted:
            # One document of each block is enough to know.
            memset(counts, 0, sizeof(counts))
            for block in range(blocks):
                counts[work.tops[block]] += 1
            for middle in range(255, 0, -1):
                reached += counts[middle]
                if reached >= wanted:
                    return middle
            return 1
        while high - low > 1:
            middle = (low + high) // 2
            if _count_from(work.bounds, work.documents, middle) >= wanted:
                low = middle
            else:
                high = middle
        return low

    # Scores

    cdef void _score(self, Work* work, Py_ssize_t size) noexcept nogil:
        """The scores of the documents in ``work.docs``, ascending; always added in this order."""
        cdef Py_ssize_t place, i, at
        cdef List* here
        cdef int32_t doc
        cdef float tf, share, factor
        for i in range(size):
            work.scores[i] = 0
        for place in range(work.count):
            here = &work.lists[place]
            if not here.scores or not here.size:
                continue
            factor = here.weight * self._saturation
            at = 0
            if here.dense != NULL:
                self._score_dense(work, size, here, factor)
                continue
            for i in range(size):
                doc = work.docs[i]
                at = _seek(here, at, doc, size)
                if at == here.size:
                    break
                if here.docs[at] != doc:
                    continue
                if here.freqs == NULL:
                    work.scores[i] += here.weight
                    continue
                tf = self._tf[here.freqs[at]]
                share = tf * factor
                share /= tf + self._norms[doc]
                share += self._present[here.freqs[at]] * here.presence
                work.scores[i] += share

    cdef void _score_dense(
        self, Work* work, Py_ssize_t size, const List* here, float factor
    ) noexcept nogil:
        """Add the shares of a list; where a document is not in it, that is 0."""
        cdef Py_ssize_t i
        cdef int32_t doc
        cdef uint8_t code
        cdef float tf, share
        for i in range(size):
            doc = work.docs[i]
            code = here.dense[doc]
            if here.freqs == NULL:
                work.scores[i] += here.weight if code else 0
                continue
            tf = self._tf[code]
            share = tf * factor
            share /= tf + self._norms[doc]
            share += self._present[code] * here.presence
            work.scores[i] += share

    cdef int _top(self, Work* work, Py_ssize_t size, int kept, int wanted) noexcept nogil:
        """Put the documents scored into the best ones, of which there are ``kept``."""
        cdef Py_ssize_t i
        cdef int place
        cdef int32_t doc
        cdef float score
        for i in range(size):
            score, doc = work.scores[i], work.docs[i]
            if kept == wanted and not self._is_better(work, score, doc, kept - 1):
                continue
            if kept < wanted:
                kept += 1
            place = kept - 1
            while place and self._is_better(work, score, doc, place - 1):
                work.best[place] = work.best[place - 1]
                work.best_scores[place] = work.best_scores[place - 1]
                place -= 1
            work.best[place] = doc
            work.best_scores[place] = score
        return kept

    cdef int _first(
        self, Work* work, Py_ssize_t size, const Filters* filters, int wanted, bint oldest
    ) noexcept nogil:
        """Put the first documents by date into the best ones, with their scores."""
        cdef Py_ssize_t i
        cdef int place, kept = 0
        cdef int32_t doc
        for i in range(size):
            doc = work.docs[i]
            if kept == wanted and not self._is_before(filters, doc, work.best[kept - 1], oldest):
                continue
            if kept < wanted:
                kept += 1
            place = kept - 1
            while place and self._is_before(filters, doc, work.best[place - 1], oldest):
                work.best[place] = work.best[place - 1]
                place -= 1
            work.best[place] = doc
        # Scores are worked out for documents in ascending order.
        for i in range(kept):
            doc = work.best[i]
            place = <int>i
            while place and work.docs[place - 1] > doc:
                work.docs[place] = work.docs[place - 1]
                place -= 1
            work.docs[place] = doc
        self._score(work, kept)
        for i in range(kept):
            place = 0
            while work.docs[place] != work.best[i]:
                place += 1
            work.best_scores[i] = work.scores[place]
        return kept

    cdef inline bint _is_before(
        self, const Filters* filters, int32_t doc, int32_t other, bint oldest
    ) noexcept nogil:
        cdef int64_t date, others
        if oldest:
            date, others = filters.times[doc], filters.times[other]
            if date != others:
                # The number that stands for no date is below every date.
                return others == NO_DATE or (date != NO_DATE and date < others)
        return self._recency[doc] < self._recency[other]

    cdef inline bint _is_better(
        self, Work* work, float score, int32_t doc, int place
    ) noexcept nogil:
        if score != work.best_scores[place]:
            return score > work.best_scores[place]
        return self._recency[doc] < self._recency[work.best[place]]


def matching(
    list lists, int groups, bint all_groups, const uint8_t[::1] alive, dates, Py_ssize_t documents
):
    """The documents that match, ascending: uint16 (m,).

    Args:
        lists, groups, all_groups, alive, dates: as for :meth:`SegmentRanker.best`.
        documents: how many there are.

    Raises IndexError for numbers that are no documents.
    """
    cdef Py_ssize_t size
    cdef Work work
    cdef Filters filters
    kept = _filters(&filters, alive, dates, documents)
    try:
        _prepare(&work, lists, documents, 1)
        with nogil:
            size = _intersect(&work, groups) if all_groups else _unite(&work)
            size = _filter(&work, size, &filters)
        return _documents(&work, size)
    finally:
        _release(&work)


def count(
    list lists, int groups, bint all_groups, const uint8_t[::1] alive, dates, Py_ssize_t documents
):
    """How many documents match; arguments as for :func:`matching`."""
    cdef Py_ssize_t size
    cdef Work work
    cdef Filters filters
    kept = _filters(&filters, alive, dates, documents)
    try:
        _prepare(&work, lists, documents, 1)
        with nogil:
            size = _intersect(&work, groups) if all_groups else _unite(&work)
            size = _filter(&work, size, &filters)
        if size < 0:
            raise IndexError("a document that is not there")
        return size
    finally:
        _release(&work)


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
        _prepare(&work, [], documents, 1)
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
        return _documents(&work, max(size, 0))
    finally:
        free(stamps)
        _release(&work)


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
        _prepare(&work, [], documents, 1)
        for values, are_gaps in stored:
            if size >= 0 and size <= 1 + (len(values) >> skip_shift):
                break
            if not len(values):
                size = 0
                break
            if are_gaps:
                gaps = values
                with nogil:
                    size = _among_gaps(&work, &gaps[0], gaps.shape[0], size)
            else:
                docs = values
                one.docs, one.size = &docs[0], docs.shape[0]
                with nogil:
                    size = _among(&work, &one, size)
            if size < 0:
                raise IndexError("a document that is not there")
            if not size:
                break
        return _documents(&work, max(size, 0))
    finally:
        _release(&work)


cdef object _documents(Work* work, Py_ssize_t size):
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


cdef object _filters(
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


cdef inline bint _is_dated(const Filters* filters, Py_ssize_t doc) noexcept nogil:
    """Whether the date of a document, by its own clock, is in the range."""
    return filters.first <= filters.times[doc] + 60 * <int64_t>filters.offsets[doc] < filters.stop


cdef int _prepare(Work* work, list lists, Py_ssize_t documents, int wanted) except -1:
    """Make room for the work on some lists; to be released even where this fails."""
    cdef Py_ssize_t place
    memset(work, 0, sizeof(Work))
    work.documents = documents
    _allocate(work, len(lists), wanted)
    for place in range(len(lists)):
        _describe(&work.lists[place], lists[place])
        work.count += 1
    return 0


cdef Py_ssize_t _among(Work* work, List* only, Py_ssize_t size) noexcept nogil:
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
        at = _seek(only, at, doc, size)
        if at == only.size:
            break
        if only.docs[at] == doc:
            work.docs[kept] = doc
            kept += 1
    return kept


cdef Py_ssize_t _among_gaps(
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


cdef Py_ssize_t _intersect(Work* work, int groups) noexcept nogil:
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
        return _among(work, only, size)
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


# Loops that write bytes are functions whose arguments do not change: of a member of a struct the
# compiler must expect that a byte that is written may be a part of it.


cdef int _add_levels(
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


cdef Py_ssize_t _summarise(Work* work) noexcept nogil:
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


cdef Py_ssize_t _gather_bounds(Work* work, int least, int limit) noexcept nogil:
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


cdef Py_ssize_t _count_from(const uint8_t* values, Py_ssize_t size, int least) noexcept nogil:
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


cdef Py_ssize_t _filter(Work* work, Py_ssize_t size, const Filters* filters) noexcept nogil:
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
            kept += _is_dated(filters, doc)
        size = kept
    return size


cdef Py_ssize_t _unite(Work* work) noexcept nogil:
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


cdef void _release(Work* work) noexcept:
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


cdef inline Py_ssize_t _seek(List* here, Py_ssize_t at, int32_t doc, Py_ssize_t size) noexcept nogil:
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

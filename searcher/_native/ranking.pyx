# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True
# cython: initializedcheck=False, freethreading_compatible=True
"""The best documents of a segment: matching, scoring by BM25 and choosing in one pass.

What :mod:`searcher.search.match`, :mod:`searcher.search.scorer` and :mod:`searcher.search.maxscore`
do by array operations, with the same scores bit by bit.
"""

from libc.math cimport ceil
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from searcher._native.postings cimport (
    BLOCK, Filters, List, Work, add_levels, count_from, describe_filters, filter_found,
    gather_bounds, intersect, is_dated, prepare, release, seek, summarise, unite,
)

cdef enum:
    MAX_BOUNDED = 64      # with more lists bounds of one byte are too coarse to be of use
    MIN_BOUNDED = 1024    # fewer postings are scored faster than bounded
    SAMPLE_RATIO = 4      # documents scored first, as a multiple of those wanted

cdef int64_t NO_DATE = -(<int64_t>1 << 62)  # as in searcher.store.dates

MAX_WANTED = 256
"""The best documents are kept in order by insertion, which is for pages, not for whole answers."""


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
        kept = describe_filters(&filters, alive, dates, self._size)
        try:
            prepare(&work, lists, self._size, wanted)
            with nogil:
                if all_groups:
                    found = self._conjunction(&work, groups, &filters, wanted, &total)
                else:
                    found = self._disjunction(&work, &filters, wanted, threshold, &total)
            if found < 0:
                raise IndexError("a document that is not there")
            return [(work.best[place], work.best_scores[place]) for place in range(found)], total
        finally:
            release(&work)

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
        kept = describe_filters(&filters, alive, dates, self._size)
        try:
            prepare(&work, lists, self._size, wanted)
            with nogil:
                size = intersect(&work, groups) if all_groups else unite(&work)
                size = filter_found(&work, size, &filters)
                if size > 0:
                    total = size
                    found = self._first(&work, size, &filters, wanted, oldest)
            if size < 0:
                raise IndexError("a document that is not there")
            return [(work.best[place], work.best_scores[place]) for place in range(found)], total
        finally:
            release(&work)

    # All groups

    cdef int _conjunction(
        self, Work* work, int groups, const Filters* filters, int wanted, Py_ssize_t* total
    ) noexcept nogil:
        cdef Py_ssize_t size = filter_found(work, intersect(work, groups), filters)
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
            size = filter_found(work, unite(work), filters)
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
                work.bounds[doc] *= is_dated(filters, doc)
        total[0] = summarise(work)
        level, kept = 256, 0
        least = 1
        if threshold <= 0:
            level = self._level(work, SAMPLE_RATIO * wanted)
            sample = gather_bounds(work, level, 256)
            self._score(work, sample)
            kept = self._top(work, sample, 0, wanted)
            if kept == wanted:
                threshold = work.best_scores[kept - 1]
        if threshold > 0:
            # Scores and bounds are rounded differently.
            least = <int>min(256.0, max(1.0, threshold * (1 - 1e-4) / unit))
        if least < level:
            size = gather_bounds(work, least, level)
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
            if add_levels(work.bounds, work.documents, here.docs, here.freqs, here.size, levels):
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
            if count_from(work.bounds, work.documents, middle) >= wanted:
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
                at = seek(here, at, doc, size)
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

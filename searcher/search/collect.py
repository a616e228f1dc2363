"""Collectors: matching gives documents segment by segment, collectors make something of them.

A collector sees every match, not only those of a page: the best by score or date, and in
the same way facets or histograms.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from heapq import heappush, heapreplace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from searcher.backends.base import DocRef, ScoredDoc, TopRequest
from searcher.lazy_numpy import numpy as np
from searcher.query.clauses import OrClause
from searcher.search.bm25 import freshness
from searcher.search.maxscore import best_of_disjunction, is_worthwhile
from searcher.search.scorer import score_segments
from searcher.store.dates import NO_DATE
from searcher.store.schema import MAX_SEGMENT_DOCUMENTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import WeightedPlan
    from searcher.search.doc_ids import DocIds
    from searcher.search.match import SegmentMatcher
    from searcher.search.scorer import Component, Scorer, Scores

IdsOf: TypeAlias = Callable[[Sequence[DocRef]], Sequence[str]]

MAX_WANTED = 256
"""More of the best documents are chosen by array operations."""

MAX_DEFERRED = 64
"""So few documents of a segment are scored together with those of other segments."""


class SegmentSearcher(NamedTuple):
    """A segment of an index, with what matches and scores in it.

    ``base``: added to the segment's document numbers it gives references (DocRef).
    """

    base: int
    matcher: SegmentMatcher
    scorer: Scorer


def base_of(ordinal: int) -> int:
    """The base of the segment with this place in its index."""
    return ordinal * MAX_SEGMENT_DOCUMENTS


class Collector(Protocol):
    """Is told of the matches of each segment in turn: all of them, sorted, none deleted."""

    def collect(self, segment: SegmentSearcher, docs: DocIds) -> None:
        """Take the matches of a segment."""


class TopDocsCollector:
    """Keeps the best documents and counts all; subclasses say which are best.

    Args:
        plan: what scores.
        request: what is wanted.
        segments: how many there are.
        ids_of: gives the ids of documents; asked only for those whose order ids decide.
    """

    def __init__(
        self,
        plan: WeightedPlan,
        request: TopRequest,
        segments: int,
        ids_of: IdsOf,
    ) -> None:
        self.total = 0
        self._plan = plan
        self._request = request
        self._segments = segments
        self._ids_of = ids_of
        self._found: list[ScoredDoc] = []
        self._deferred: list[tuple[SegmentSearcher, DocIds]] = []

    def collect(self, segment: SegmentSearcher, docs: DocIds) -> None:
        """Take the matches of a segment."""
        self.total += len(docs)
        docs = self._select(segment, docs)
        if len(docs) <= MAX_DEFERRED and self._segments > 1:
            if len(docs):
                self._deferred.append((segment, docs))
            return
        scores = segment.scorer.score(docs, segment.scorer.components(self._plan))
        self._keep(segment, docs, self._adjust(scores, segment.matcher.segment.dates, docs))

    def collect_best(self, segment: SegmentSearcher) -> bool:
        """Take the best matches of a segment, found by native code. Returns whether it was done."""
        request = self._request
        if request.fresh is not None or request.wanted > MAX_WANTED:
            return False
        found = segment.scorer.best(self._plan, request, self._threshold() or 0.0)
        if found is None:
            return False
        best, total = found
        self.total += total
        dates, base = segment.matcher.segment.viewed_column("dates"), segment.base
        self._add([ScoredDoc(base + d, score, dates[d]) for d, score in self._reaching(best)])
        return True

    def top(self) -> list[ScoredDoc]:
        """The best documents, best first."""
        self._score_deferred()
        return self._ranked(self._found)

    def _select(self, segment: SegmentSearcher, docs: DocIds) -> DocIds:  # noqa: ARG002 - for those that select
        """The documents that need scoring."""
        return docs

    def _threshold(self) -> float | None:
        """A score that ``wanted`` documents reach; None where none is known."""
        return None

    def _reaching(self, best: Sequence[tuple[int, float]]) -> Sequence[tuple[int, float]]:
        """Those of the best documents of a segment that may be among the best of all."""
        return best

    def _add(self, found: Sequence[ScoredDoc]) -> None:
        self._found += found

    def _adjust(self, scores: Scores, dates: NDArray[np.int64], docs: DocIds) -> Scores:  # noqa: ARG002 - for those that adjust
        """What else counts beside the plan."""
        return scores

    def _keep(self, segment: SegmentSearcher, docs: DocIds, scores: Scores) -> None:
        dates = segment.matcher.segment.dates.take(docs)
        refs = (docs + segment.base).tolist()
        self._add([*map(ScoredDoc, refs, scores.tolist(), dates.tolist())])

    def _ranked(self, found: list[ScoredDoc]) -> list[ScoredDoc]:
        raise NotImplementedError

    def _score_deferred(self) -> None:
        if not self._deferred:
            return
        parts = [(s.scorer, docs, s.scorer.components(self._plan)) for s, docs in self._deferred]
        scores = score_segments(parts)
        start = 0
        for segment, docs in self._deferred:
            own = scores[start : start + len(docs)]
            start += len(docs)
            dates = segment.matcher.segment.dates
            TopDocsCollector._keep(self, segment, docs, self._adjust(own, dates, docs))
        self._deferred.clear()


class TopScoresCollector(TopDocsCollector):
    """Keeps the documents with the highest scores."""

    def __init__(
        self, plan: WeightedPlan, request: TopRequest, segments: int, ids_of: IdsOf
    ) -> None:
        super().__init__(plan, request, segments, ids_of)
        self._highest: list[float] = []
        """The ``wanted`` highest scores so far, a heap: the lowest of them comes first."""

    def collect_best(self, segment: SegmentSearcher) -> bool:
        """Take the best matches of a segment without scoring all of them, where that is faster."""
        if super().collect_best(segment):
            return True
        plan, matcher = self._plan.plan, segment.matcher
        # With freshness a score may exceed the sum of its components' bounds.
        if (
            not isinstance(plan, OrClause)
            or self._request.fresh is not None
            or not is_worthwhile(matcher, plan)
        ):
            return False
        wanted = self._request.wanted
        threshold = self._threshold()
        components: list[Component] = segment.scorer.components(self._plan)
        docs, scores, total = best_of_disjunction(
            matcher, segment.scorer, plan, components, wanted, threshold
        )
        self.total += total
        self._keep(segment, docs, scores)
        return True

    def _threshold(self) -> float | None:
        """A score that ``wanted`` documents reach; None where fewer were found."""
        return self._highest[0] if len(self._highest) == self._request.wanted else None

    def _reaching(self, best: Sequence[tuple[int, float]]) -> Sequence[tuple[int, float]]:
        threshold = self._threshold()
        if threshold is None or not best or best[-1][1] >= threshold:
            return best
        return [one for one in best if one[1] >= threshold]

    def _add(self, found: Sequence[ScoredDoc]) -> None:
        super()._add(found)
        if self._segments == 1:
            return
        highest, wanted = self._highest, self._request.wanted
        for doc in found:
            if len(highest) < wanted:
                heappush(highest, doc.score)
            elif doc.score > highest[0]:
                heapreplace(highest, doc.score)

    def _adjust(self, scores: Scores, dates: NDArray[np.int64], docs: DocIds) -> Scores:
        if self._request.fresh is not None:
            scores = scores * freshness(dates[docs], time.time(), self._request.fresh)
        return scores

    def _keep(self, segment: SegmentSearcher, docs: DocIds, scores: Scores) -> None:
        best = top_places(scores, segment.matcher.segment.recency, docs, self._request.wanted)
        super()._keep(segment, docs.take(best), scores.take(best))

    def _ranked(self, found: list[ScoredDoc]) -> list[ScoredDoc]:
        if self._segments == 1:
            return found
        return rank_by_score(found, self._request.wanted, self._ids_of)


class TopDatesCollector(TopDocsCollector):
    """Keeps the newest or the oldest documents; undated ones come last either way."""

    def _select(self, segment: SegmentSearcher, docs: DocIds) -> DocIds:
        """The first documents by date; ties by id, as ``recency`` has them."""
        wanted = self._request.wanted
        order = segment.matcher.segment.recency[docs]
        if self._request.sort == "oldest":
            dates = segment.matcher.segment.dates[docs]
            return docs[np.lexsort((order, dates, dates == NO_DATE))[:wanted]]
        if len(order) > 4 * wanted:
            early = order <= np.partition(order, wanted)[wanted]
            docs, order = docs[early], order[early]
        return docs[order.argsort()[:wanted]]

    def _ranked(self, found: list[ScoredDoc]) -> list[ScoredDoc]:
        if self._segments == 1:
            return found
        by_date = _newest if self._request.sort == "newest" else _oldest
        return first_by(found, by_date, self._request.wanted, self._ids_of)


def top_places(
    scores: Scores, recency: NDArray[np.uint16], docs: DocIds, wanted: int
) -> NDArray[np.intp]:
    """The places of the highest scores, highest first; ties by recency."""
    if len(scores) > 4 * wanted:
        least = np.partition(scores, len(scores) - wanted)[len(scores) - wanted]
        places = np.flatnonzero(scores >= least)
    else:
        places = np.arange(len(scores))
    order = np.lexsort((recency[docs[places]], -scores[places]))
    best: NDArray[np.intp] = places[order[:wanted]]
    return best


def rank_by_score(found: Sequence[ScoredDoc], wanted: int, ids_of: IdsOf) -> list[ScoredDoc]:
    """The first ``wanted`` by score, then newer first, then by id."""
    if len({doc.score for doc in found}) == len(found):
        return sorted(found, key=_score, reverse=True)[:wanted]
    return first_by(found, _score_and_date, wanted, ids_of)


def first_by(
    found: Sequence[ScoredDoc],
    key: Callable[[ScoredDoc], tuple[float, ...]],
    wanted: int,
    ids_of: IdsOf,
) -> list[ScoredDoc]:
    """The first ``wanted`` by a key, and then by id; ids are read only where they decide."""
    keys = {doc: key(doc) for doc in found}
    if len(found) > wanted:
        last = sorted(keys.values())[wanted - 1]
        keys = {doc: k for doc, k in keys.items() if k <= last}
    counts = Counter(keys.values())
    tied = [doc.ref for doc, k in keys.items() if counts[k] > 1]
    ids = dict(zip(tied, ids_of(tied), strict=True)) if tied else {}
    return sorted(keys, key=lambda doc: (keys[doc], ids.get(doc.ref, "")))[:wanted]


_score: Callable[[ScoredDoc], Any] = attrgetter("score")


def _score_and_date(doc: ScoredDoc) -> tuple[float, ...]:
    return -doc.score, -doc.date


def _newest(doc: ScoredDoc) -> tuple[float, ...]:
    return (-doc.date,)


def _oldest(doc: ScoredDoc) -> tuple[float, ...]:
    return doc.date == NO_DATE, doc.date

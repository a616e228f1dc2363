"""The best documents of a segment by native code: see :mod:`searcher.search.scorer`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from searcher._native import extension
from searcher.search.bm25 import K1, PRESENCE_FACTORS, TERM_FREQUENCIES, norm_and_slope
from searcher.search.native_lists import MatchedLists
from searcher.search.scorer import Scorer

if TYPE_CHECKING:
    from searcher.backends.base import TopRequest, WeightedPlan
    from searcher.search.native_match import NativeMatcher

_ranking: Any = extension("ranking")

_Found: TypeAlias = "tuple[list[tuple[int, float]], int]"


class NativeScorer(Scorer):
    """A Scorer that finds the best documents by native code."""

    def __init__(self, matcher: NativeMatcher, average_length: float) -> None:
        super().__init__(matcher, average_length)
        self._native_matcher = matcher
        self._constants = norm_and_slope(average_length)

    @cached_property
    def _ranker(self) -> Any:
        column = self._native_matcher.segment.viewed_column
        return _ranking.SegmentRanker(
            column("lengths"), *self._constants, column("recency"),
            TERM_FREQUENCIES, PRESENCE_FACTORS, 1 + K1,
        )  # fmt: skip

    def best(self, plan: WeightedPlan, request: TopRequest, threshold: float) -> _Found:
        """The best documents with their scores, and how many match.

        ``threshold``: a score that as many documents of other segments reach as are wanted, 0 if
        unknown.
        """
        lists = MatchedLists(self._native_matcher, plan)
        lists.match(plan.plan)
        if request.sort == "relevance":
            found: _Found = self._ranker.best(*lists.arguments(), request.wanted, threshold)
            return found
        is_oldest = request.sort == "oldest"
        if is_oldest:
            lists.limit_dates(None, None)
        first: _Found = self._ranker.first(*lists.arguments(), request.wanted, is_oldest)
        return first

"""The best documents of a segment by native code: what of a plan it is given, and in which form.

Every part of a plan is either matched there, from posting lists, or matched here by array
operations and given as a list of documents. The scores are those of :mod:`searcher.search.scorer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from searcher._native import extension
from searcher.query.clauses import (
    AndClause,
    Clause,
    DateRangeClause,
    LiteralClause,
    NearClause,
    OrClause,
    TermClause,
    scoring_leaves,
)
from searcher.search.bm25 import K1, PRESENCE, PRESENCE_FACTORS, TERM_FREQUENCIES
from searcher.store.dates import NO_DATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import WeightedPlan
    from searcher.search.match import SegmentMatcher
    from searcher.search.scorer import Scorer

_List: TypeAlias = "tuple[Any, Any, float, float, int, bool]"

MAX_WANTED = 256
"""More of the best documents are chosen by array operations."""

SCORES_ONLY = -1
"""The group of lists by which no document matches."""

_LAST = (1 << 63) - 1


class NativeRanker:
    """Ranks the documents of one segment; None of :func:`native_ranker` without the extension."""

    def __init__(self, matching: Any, matcher: SegmentMatcher, scorer: Scorer) -> None:
        self._matcher = matcher
        self._scorer = scorer
        self._best = matching.SegmentRanker(
            scorer.norms, matcher.segment.recency, TERM_FREQUENCIES, PRESENCE_FACTORS, 1 + K1
        ).best
        self._alive = None if matcher.alive is None else matcher.alive.view(np.uint8)

    def best(
        self, plan: WeightedPlan, wanted: int, threshold: float = 0.0
    ) -> tuple[list[tuple[int, float]], int]:
        """The best documents with their scores, and how many match.

        ``threshold``: a score that ``wanted`` documents of other segments reach, 0 if unknown.
        """
        lists = _Lists(self._matcher, self._scorer, plan)
        lists.match(plan.plan)
        found: tuple[list[tuple[int, float]], int] = self._best(
            lists.lists,
            lists.groups,
            lists.needs_all,
            lists.allowed if lists.allowed is not None else self._alive,
            lists.dates,
            wanted,
            threshold,
        )
        return found


def native_ranker(matcher: SegmentMatcher, scorer: Scorer) -> NativeRanker | None:
    """What ranks a segment in native code, or None without the extension."""
    matching = extension("matching")
    return None if matching is None else NativeRanker(matching, matcher, scorer)


class _Lists:
    """What one plan comes to in one segment.

    Attributes:
        lists: as ``SegmentRanker.best`` takes them, in the order of the plan's leaves.
        groups: how many groups of lists there are that documents must be in.
        needs_all: whether they must be in all groups, or in one.
        allowed: which documents may be found, uint8 (n,); None where deletions alone say that.
        dates: (times, first, stop), or None.
    """

    def __init__(self, matcher: SegmentMatcher, scorer: Scorer, plan: WeightedPlan) -> None:
        self.lists: list[_List] = []
        self.groups = 0
        self.needs_all = True
        self.allowed: NDArray[np.uint8] | None = None
        self.dates: tuple[NDArray[np.int64], int, int] | None = None
        self._matcher = matcher
        self._scorer = scorer
        self._plan = plan
        self._leaf = 0

    def match(self, clause: Clause) -> None:
        """Add what a plan asks for."""
        if isinstance(clause, AndClause) and not any(
            isinstance(part, NearClause) for part in clause.must
        ):
            for part in clause.must:
                self._must(part)
            for part in clause.must_not:
                self._must_not(part)
            if not self.groups:
                self._add_docs(np.arange(self._matcher.size, dtype=np.uint16))
        elif isinstance(clause, OrClause) and all(map(self._is_listed, clause.should)):
            self.needs_all = False
            for _ in clause.should:
                self._add_leaf(0)
        elif self._is_listed(clause):
            self.needs_all = False
            self._add_leaf(0)
        else:
            self._add_docs(self._matcher.matching(clause))
        while self._leaf < len(self._plan.leaves):
            self._add_leaf(SCORES_ONLY)

    def _must(self, part: Clause) -> None:
        if self._is_listed(part):
            self._add_leaf(self.groups)
            self.groups += 1
            return
        if isinstance(part, DateRangeClause):
            times, first, stop = self.dates or (self._matcher.local_times, NO_DATE + 1, _LAST)
            first = first if part.start is None else max(first, part.start)
            self.dates = times, first, stop if part.end is None else min(stop, part.end)
        elif isinstance(part, OrClause) and all(map(self._is_listed, part.should)):
            for _ in part.should:
                self._add_leaf(self.groups)
            self.groups += 1
            for _ in part.optional:
                self._add_leaf(SCORES_ONLY)
            return
        else:
            self._add_docs(self._matcher.matching(part))
        for _ in scoring_leaves(part):
            self._add_leaf(SCORES_ONLY)

    def _must_not(self, part: Clause) -> None:
        if self.allowed is None:
            alive = self._matcher.alive
            size = self._matcher.size
            self.allowed = np.ones(size, np.uint8) if alive is None else alive.astype(np.uint8)
        self.allowed[self._matcher.matching(part)] = 0

    def _is_listed(self, part: Clause) -> bool:
        """Whether a part matches exactly the documents to whose scores its leaf adds."""
        if isinstance(part, TermClause):
            return self._matcher.is_only_term(part.term)
        return isinstance(part, LiteralClause)

    def _add_docs(self, docs: NDArray[Any]) -> None:
        """A group of documents that gets no score."""
        self.lists.append((docs.astype(np.uint16, copy=False), None, 0.0, 0.0, self.groups, False))
        self.groups += 1

    def _add_leaf(self, group: int) -> None:
        """The lists of the next leaf."""
        number = self._leaf
        self._leaf += 1
        plan = self._plan
        leaf = plan.leaves[number]
        if isinstance(leaf, TermClause) and not leaf.synonyms:
            self._add_term(leaf, plan.weights[number], group)
            return
        for c in self._scorer.components_of_leaf(leaf, plan.weights[number], plan):
            postings: tuple[Any, Any]
            if c.docs is None:
                postings = self._matcher.postings.known_postings(c.name, c.field)
            else:
                postings = c.docs.astype(np.uint16, copy=False), c.freqs
            self.lists.append((*postings, c.weight, c.presence, group, True))

    def _add_term(self, leaf: TermClause, weight: float, group: int) -> None:
        postings = self._matcher.postings.postings(leaf.term, leaf.field)
        if postings is not None:
            self.lists.append((*postings, weight, PRESENCE, group, True))

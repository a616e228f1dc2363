"""A clause as lists of documents of one segment, as native code takes it.

A list of documents is a memory view of uint16, ascending.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, TypeAlias

from searcher._native import extension
from searcher.query.clauses import (
    AndClause,
    BigramClause,
    Clause,
    DateRangeClause,
    Leaf,
    LiteralClause,
    NearClause,
    OrClause,
    TermClause,
    ThresholdClause,
    scoring_leaves,
)
from searcher.search.bm25 import PRESENCE, SYNONYM_WEIGHT
from searcher.store.dates import NO_DATE

if TYPE_CHECKING:
    from searcher.backends.base import WeightedPlan
    from searcher.search.native_match import NativeMatcher

_matching: Any = extension("matching")

_List: TypeAlias = "tuple[memoryview | array[int], memoryview | None, float, float, int, bool]"

SCORES_ONLY = -1
"""The group of lists by which no document matches."""

_LAST = (1 << 63) - 1


class MatchedLists:
    """The lists that a document of one segment must be in to match a clause.

    Args:
        matcher: of the segment.
        plan: gives the weights of the leaves of the clause; None where nothing is scored.
        with_deleted: whether deleted documents match, too.
    """

    def __init__(
        self, matcher: NativeMatcher, plan: WeightedPlan | None = None, with_deleted: bool = False
    ) -> None:
        self._matcher = matcher
        self._plan = plan
        self._lists: list[_List] = []
        self._groups = 0
        self._needs_all = True
        self._allowed: bytes | bytearray | None = None if with_deleted else matcher.living_bytes
        self._dates: tuple[memoryview, memoryview, int, int] | None = None
        self._leaf = 0

    def arguments(self) -> tuple[Any, ...]:
        """The first arguments of ``SegmentRanker.best``; lists are in the order of the leaves."""
        return self._lists, self._groups, self._needs_all, self._allowed, self._dates

    def match(self, clause: Clause) -> None:
        """Add what a clause asks for."""
        if isinstance(clause, AndClause) and not is_near(clause):
            thresholds = [part for part in clause.must if isinstance(part, ThresholdClause)]
            if thresholds:
                thresholds.sort(key=_parts, reverse=True)
                self._add_docs(self._matcher.reaching(thresholds))
            for part in clause.must:
                if not isinstance(part, ThresholdClause):
                    self._must(part)
            for part in clause.must_not:
                self._must_not(part)
            if not self._groups:
                self._add_docs(self._matcher.all_docs)
        elif isinstance(clause, OrClause) and all(map(self._is_listed, clause.should)):
            self._needs_all = False
            for part in clause.should:
                self._add_leaf(part, 0)
        elif isinstance(clause, DateRangeClause):
            self.limit_dates(clause.start, clause.end)
            self._add_docs(self._matcher.all_docs)
        elif self._is_listed(clause):
            self._needs_all = False
            self._add_leaf(clause, 0)
        elif isinstance(clause, OrClause):
            docs = [self._matcher.stored_docs(part) for part in clause.should]
            self._add_docs(self._matcher.united(docs))
        else:
            self._add_docs(self._matcher.stored_docs(clause))
        if self._plan is not None:
            for leaf in self._plan.leaves[self._leaf :]:
                self._add_leaf(leaf, SCORES_ONLY)

    def limit_dates(self, start: int | None, end: int | None) -> None:
        """Ask for documents dated from ``start`` to before ``end``, by their own clocks.

        None leaves an end open; where both are open, undated documents match as well.
        """
        if self._dates is None:
            column = self._matcher.segment.viewed_column
            self._dates = column("dates"), column("utc_offsets"), NO_DATE, _LAST
        dates, offsets, first, stop = self._dates
        if start is not None or end is not None:
            first = max(first, NO_DATE + 1 if start is None else start)
            stop = stop if end is None else min(stop, end)
        self._dates = dates, offsets, first, stop

    def _must(self, part: Clause) -> None:
        if self._is_listed(part):
            self._add_leaf(part, self._groups)
            self._groups += 1
        elif isinstance(part, OrClause) and all(map(self._is_listed, part.should)):
            for each in part.should:
                self._add_leaf(each, self._groups)
            self._groups += 1
            self._add_scores(part.optional)
        else:
            if isinstance(part, DateRangeClause):
                self.limit_dates(part.start, part.end)
            else:
                self._add_docs(self._matcher.stored_docs(part))
            self._add_scores(scoring_leaves(part))

    def _must_not(self, part: Clause) -> None:
        allowed = self._allowed
        if not isinstance(allowed, bytearray):
            allowed = bytearray(b"\1" * self._matcher.size if allowed is None else allowed)
            self._allowed = allowed
        _matching.leave_out(allowed, self._matcher.stored_docs(part))

    def _is_listed(self, part: Clause) -> bool:
        """Whether a part matches exactly the documents to whose scores its leaf adds."""
        if isinstance(part, TermClause):
            return self._matcher.is_only_term(part.term)
        return isinstance(part, LiteralClause)

    def _add_docs(self, docs: memoryview | array[int]) -> None:
        """A group of documents that gets no score."""
        self._lists.append((docs, None, 0.0, 0.0, self._groups, False))
        self._groups += 1

    def _add_scores(self, leaves: list[Leaf] | tuple[Leaf, ...]) -> None:
        """Add the lists of leaves that add to scores only."""
        if self._plan is not None:
            for leaf in leaves:
                self._add_leaf(leaf, SCORES_ONLY)

    def _add_leaf(self, leaf: Clause, group: int) -> None:
        """The lists of the next leaf."""
        weight = 0.0
        if self._plan is not None:
            weight = self._plan.weights[self._leaf]
            self._leaf += 1
        matcher, lists = self._matcher, self._lists
        if isinstance(leaf, TermClause):
            postings = matcher.postings.viewed(leaf.term, leaf.field)
            if postings is not None:
                lists.append((*postings, weight, PRESENCE, group, True))
        elif isinstance(leaf, LiteralClause):
            docs, freqs = matcher.literal_postings(leaf)
            if freqs is None:
                lists.append((docs, None, weight * (PRESENCE + 1), 0.0, group, True))
            else:
                lists.append((docs, freqs, weight, PRESENCE, group, True))
        else:
            if isinstance(leaf, BigramClause) and self._plan is not None:
                for bigram in leaf.bigrams:
                    docs = matcher.native_literals.bigram(bigram)
                    lists.append((docs, None, self._plan.bigram_weights[bigram], 0.0, group, True))
            return
        for name in leaf.synonyms:
            if matcher.is_term(name):
                postings = matcher.postings.viewed(name, leaf.field)
                if postings is not None:
                    lists.append((*postings, weight * SYNONYM_WEIGHT, 0.0, group, True))
            else:
                docs = matcher.synonym_postings(name, leaf.field)
                lists.append((docs, None, weight * SYNONYM_WEIGHT / 2, 0.0, group, True))


def _parts(clause: ThresholdClause) -> int:
    return len(clause.should)


def is_near(clause: Clause) -> bool:
    """Whether a clause asks for strings near each other: array operations find those."""
    return isinstance(clause, NearClause) or (
        isinstance(clause, AndClause) and any(isinstance(part, NearClause) for part in clause.must)
    )

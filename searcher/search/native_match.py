"""Matching and ranking in one segment by native code: a plan becomes lists of documents.

The answers are those of :mod:`searcher.search.match` and :mod:`searcher.search.scorer`, without
array operations. A list of documents is a memory view of uint16, ascending.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from searcher._native import extension
from searcher.lazy_numpy import numpy as np
from searcher.query.clauses import (
    AndClause,
    BigramClause,
    Clause,
    DateRangeClause,
    KeywordClause,
    Leaf,
    LiteralClause,
    MatchAllClause,
    NearClause,
    OrClause,
    PrefixClause,
    TermClause,
    ThresholdClause,
    scoring_leaves,
)
from searcher.search.bm25 import (
    K1,
    PRESENCE,
    PRESENCE_FACTORS,
    SYNONYM_WEIGHT,
    TERM_FREQUENCIES,
    norm_and_slope,
)
from searcher.search.match import SegmentMatcher, least_weight
from searcher.search.native_literals import NativeLiterals
from searcher.search.scorer import Scorer
from searcher.store.dates import NO_DATE
from searcher.store.postings import TITLE_FREQ

if TYPE_CHECKING:
    from searcher.backends.base import TopRequest, WeightedPlan
    from searcher.search.doc_ids import DocIds
    from searcher.search.literal_matcher import Frequencies
    from searcher.store.segment_reader import SegmentReader

_matching: Any = extension("matching")
_ranking: Any = extension("ranking")

_List: TypeAlias = "tuple[memoryview | array[int], memoryview | None, float, float, int, bool]"
_Found: TypeAlias = "tuple[list[tuple[int, float]], int]"

SCORES_ONLY = -1
"""The group of lists by which no document matches."""

_NO_DOCS: array[int] = array("H")
_LAST = (1 << 63) - 1


class NativeMatcher(SegmentMatcher):
    """A SegmentMatcher that matches by native code what it can; there must be the extension."""

    def __init__(
        self,
        segment: SegmentReader,
        living: bytes | None,
        statistics: Frequencies | None = None,
    ) -> None:
        super().__init__(segment, living, statistics)
        self.native_literals = NativeLiterals(self.postings, self._statistics)

    @cached_property
    def length_sum(self) -> int:
        """The tokens of all living documents."""
        lengths = self.segment.viewed_column("lengths")
        total: int = _matching.total_length(lengths, self.living_bytes)
        return total

    @cached_property
    def all_docs(self) -> array[int]:
        """All documents, deleted ones among them."""
        return array("H", range(self.size))

    def term_df(self, term: str) -> int:
        """How many living documents have a term."""
        if self.living_bytes is None:
            return self.postings.df(term)
        postings = self.postings.viewed(term)
        return 0 if postings is None else self._count_living(postings[0])

    def bigram_df(self, bigram: str) -> int:
        """How many living documents have two adjacent UTF-16 units."""
        return self._count_living(self.native_literals.bigram(bigram))

    def literal_df(self, clause: LiteralClause) -> int:
        """How many living documents have the string of a clause, its synonyms left aside."""
        return self._count_living(self.literal_postings(clause)[0])

    def count(self, clause: Clause) -> int:
        """How many documents match."""
        if (
            isinstance(clause, TermClause)
            and not clause.synonyms
            and clause.field is None
            and self.is_only_term(clause.term)
        ):
            return self.term_df(clause.term)
        lists = MatchedLists(self)
        lists.match(clause)
        total: int = _matching.count(*lists.arguments(), self.size)
        return total

    def matching(self, clause: Clause) -> DocIds:
        """The documents that match, deleted ones among them."""
        return np.frombuffer(self.stored_docs(clause), np.uint16).astype(np.intp)

    def stored_docs(self, clause: Clause) -> memoryview | array[int]:
        """The documents that match, deleted ones among them, as lists have them."""
        if isinstance(clause, TermClause | LiteralClause):
            lists = self.lists_of(clause)
            return lists[0] if len(lists) == 1 else self.united(lists)
        if isinstance(clause, MatchAllClause):
            return self.all_docs
        if isinstance(clause, BigramClause):
            return _NO_DOCS
        if isinstance(clause, ThresholdClause):
            return self.reaching([clause])
        if isinstance(clause, PrefixClause):
            return self.united(self._prefix_lists(clause))
        if isinstance(clause, KeywordClause):
            keyword = self.segment.keywords[clause.field]
            return self.united(
                [keyword.viewed_docs(n) for n, v in enumerate(keyword.folded) if clause.matches(v)]
            )
        if is_near(clause):
            docs = super().matching(clause).astype(np.uint16)
            return docs.data
        matched = MatchedLists(self, with_deleted=True)
        matched.match(clause)
        docs_found: memoryview = _matching.matching(*matched.arguments(), self.size)
        return docs_found

    def lists_of(self, clause: Clause) -> list[memoryview | array[int]]:
        """Lists in any of which a document that matches a clause is."""
        if isinstance(clause, TermClause):
            first = self._term_docs_viewed(clause.term, clause.field)
        elif isinstance(clause, LiteralClause):
            first = self.literal_postings(clause)[0]
        else:
            return [self.stored_docs(clause)]
        return [first, *(self.synonym_postings(name, clause.field) for name in clause.synonyms)]

    def reaching(self, clauses: Sequence[ThresholdClause]) -> memoryview:
        """The documents that match all of some clauses; what these have in common is matched once.

        The first one has the most parts.
        """
        places: dict[Clause, int] = {}
        for clause in clauses:
            for part in clause.should:
                places.setdefault(part, len(places))
        rows = [(docs, place) for part, place in places.items() for docs in self.lists_of(part)]
        weights = []
        for clause in clauses:
            own = dict.fromkeys(places, 0.0)
            for part, weight in zip(clause.should, clause.weights, strict=True):
                own[part] += weight  # a query may have a word twice
            weights.append([*own.values()])
        found: memoryview = _matching.at_least(
            rows, weights, [*map(least_weight, clauses)], self.size
        )
        return found

    def united(self, lists: list[Any]) -> memoryview:
        """The documents in any of some lists, which need not be in order."""
        rows = [(docs, None, 0.0, 0.0, 0, False) for docs in lists]
        found: memoryview = _matching.matching(rows, 1, False, None, None, self.size)
        return found

    def synonym_postings(self, name: str, field: str | None) -> memoryview | array[int]:
        """The documents with another name: a term, or a string of several tokens."""
        if self.is_term(name):
            postings = self.postings.viewed(name, field)
            return _NO_DOCS if postings is None else postings[0]
        return self.native_literals.docs(name, True, field) if len(name) > 1 else _NO_DOCS

    def literal_postings(
        self, clause: LiteralClause
    ) -> tuple[memoryview | array[int], memoryview | None]:
        """The documents with the string of a clause, and its frequencies if these count."""
        if clause.by_frequency:
            return self.native_literals.postings(clause.text, clause.field)
        return self.native_literals.docs(clause.text, clause.at_boundaries, clause.field), None

    def _term_docs_viewed(self, term: str, field: str | None) -> memoryview | array[int]:
        if not self.is_only_term(term):
            return self.synonym_postings(term, field)
        postings = self.postings.viewed(term, field)
        return _NO_DOCS if postings is None else postings[0]

    def _prefix_lists(self, clause: PrefixClause) -> list[memoryview]:
        lists = []
        for first, stop in self.prefix_terms(clause):
            start, end = self.segment.terms.postings(first, stop)
            docs = self.segment.term_docs.view(start, end)
            if clause.field is not None:
                freqs = self.segment.term_freqs.view(start, end)
                docs = _matching.select(docs, freqs, TITLE_FREQ)[0]
            lists.append(docs)
        return lists

    def _count_living(self, docs: memoryview | array[int]) -> int:
        if self.living_bytes is None:
            return len(docs)
        count: int = _matching.count_living(docs, self.living_bytes)
        return count


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


class MatchedLists:
    """What a clause comes to in one segment: the lists that documents must be in.

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
            self._skip(part.optional)
        else:
            if isinstance(part, DateRangeClause):
                self.limit_dates(part.start, part.end)
            else:
                self._add_docs(self._matcher.stored_docs(part))
            self._skip(scoring_leaves(part))

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

    def _skip(self, leaves: list[Leaf] | tuple[Leaf, ...]) -> None:
        """Add what leaves add to scores, by which no document matches."""
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
    """Whether a clause asks for strings near each other, which arrays tell."""
    return isinstance(clause, NearClause) or (
        isinstance(clause, AndClause) and any(isinstance(part, NearClause) for part in clause.must)
    )

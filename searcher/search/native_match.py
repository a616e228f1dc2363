"""Matching in one segment by native code: what :mod:`searcher.search.match` does by arrays.

A list of documents is a memory view of uint16, ascending.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from searcher._native import extension
from searcher.lazy_numpy import numpy as np
from searcher.query.clauses import (
    BigramClause,
    Clause,
    KeywordClause,
    LiteralClause,
    MatchAllClause,
    PrefixClause,
    TermClause,
    ThresholdClause,
)
from searcher.search.match import SegmentMatcher, least_weight
from searcher.search.native_lists import MatchedLists, is_near
from searcher.search.native_literals import NativeLiterals
from searcher.store.postings import TITLE_FREQ

if TYPE_CHECKING:
    from searcher.search.doc_ids import DocIds
    from searcher.search.literal_matcher import Frequencies
    from searcher.store.segment_reader import SegmentReader

_matching: Any = extension("matching")

_NO_DOCS: array[int] = array("H")


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

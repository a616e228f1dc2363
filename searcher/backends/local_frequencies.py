"""Document frequencies of one commit, kept from query to query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from searcher.query.clauses import Clause, TermClause

if TYPE_CHECKING:
    from searcher.search.match import SegmentMatcher

MAX_KNOWN = 1 << 14
"""The maximum number of frequencies kept, of terms and of bigrams."""

MIN_TOGETHER = 32
"""The number of terms or bigrams from which on these are looked up together."""


class KnownFrequencies:
    """How many documents of some segments have a term or a bigram; several parts of a query ask."""

    def __init__(self, matchers: Sequence[SegmentMatcher]) -> None:
        self._matchers = matchers
        self._terms: dict[str, int] = {}
        self._bigrams: dict[str, int] = {}

    def term_df(self, term: str) -> int:
        """How many documents have a term."""
        df = self._terms.get(term)
        if df is None:
            df = sum([matcher.term_df(term) for matcher in self._matchers])
            _keep(self._terms, term, df)
        return df

    def bigram_df(self, bigram: str) -> int:
        """How many documents have two adjacent UTF-16 units."""
        df = self._bigrams.get(bigram)
        if df is None:
            df = sum([matcher.bigram_df(bigram) for matcher in self._matchers])
            _keep(self._bigrams, bigram, df)
        return df

    def look_up(self, clauses: Iterable[Clause], bigrams: Iterable[str]) -> None:
        """Look up terms and bigrams together, if there are MIN_TOGETHER or more.

        That takes a fraction of the time. Fewer are looked up one by one when they are asked for,
        and so are bigrams that some document has.
        """
        named = {one.term for one in clauses if isinstance(one, TermClause)}
        terms = [term for term in named if term not in self._terms]
        if len(terms) >= MIN_TOGETHER:
            found = [matcher.term_dfs(terms) for matcher in self._matchers]
            for term, *dfs in zip(terms, *found, strict=True):
                _keep(self._terms, term, sum(dfs))
        unknown = [bigram for bigram in set(bigrams) if bigram not in self._bigrams]
        if len(unknown) >= MIN_TOGETHER:
            absent = [matcher.segment.bigrams.are_absent(unknown) for matcher in self._matchers]
            for bigram, *nowhere in zip(unknown, *absent, strict=True):
                if all(nowhere):
                    _keep(self._bigrams, bigram, 0)


def _keep(known: dict[str, int], name: str, df: int) -> None:
    if len(known) >= MAX_KNOWN:
        known.clear()
    known[name] = df

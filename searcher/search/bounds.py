"""How many documents a clause can match at most, by document frequencies alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searcher.lazy_pattern import compile_late
from searcher.query.clauses import (
    AndClause,
    BigramClause,
    Clause,
    LiteralClause,
    OrClause,
    TermClause,
)
from searcher.text.runs import HAN

if TYPE_CHECKING:
    from searcher.backends.base import Statistics

ONE_TOKEN = compile_late(f"[{HAN}]+|[a-z0-9]+")
"""A term that is in no document where none has it as a term."""


def most_matches(clause: Clause, statistics: Statistics) -> int:
    """An upper bound of the documents that match, at most all of the index.

    >>> plan = AndClause((TermClause("普京"), TermClause("拜登")))
    >>> most_matches(plan, statistics)  # doctest: +SKIP
    6
    """
    everything = statistics.documents
    if isinstance(clause, TermClause):
        dfs = [statistics.term_df(name) for name in (clause.term, *clause.synonyms)]
        # What no document has as a term may be a string of several tokens.
        names = zip(dfs, (clause.term, *clause.synonyms), strict=True)
        if any(not df and not ONE_TOKEN.fullmatch(name) for df, name in names):
            return everything
        return everything if clause.synonyms and not all(dfs) else min(everything, sum(dfs))
    if isinstance(clause, LiteralClause):
        dfs = [statistics.term_df(name) for name in clause.synonyms]
        own = statistics.literal_df(clause)
        return min(everything, own + sum(dfs)) if all(dfs) else everything
    if isinstance(clause, AndClause):
        return min([everything, *(most_matches(part, statistics) for part in clause.must)])
    if isinstance(clause, OrClause):
        return min(everything, sum(most_matches(part, statistics) for part in clause.should))
    return 0 if isinstance(clause, BigramClause) else everything

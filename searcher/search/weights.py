"""Weighing a plan: inverse document frequency times the clause's own weight."""

from __future__ import annotations

from searcher.backends.base import Statistics, WeightedPlan
from searcher.query.clauses import (
    AndClause,
    BigramClause,
    Clause,
    Leaf,
    LiteralClause,
    OrClause,
    TermClause,
    ThresholdClause,
    scoring_leaves,
)
from searcher.search.bm25 import BIGRAM_WEIGHT, idf


def weigh(plan: Clause, statistics: Statistics) -> WeightedPlan:
    """A plan with the weights that its leaves have in an index."""
    leaves = scoring_leaves(plan)
    weights = [leaf_weight(leaf, statistics) for leaf in leaves]
    bigrams = {
        bigram: BIGRAM_WEIGHT * _idf(statistics.bigram_df(bigram), statistics)
        for leaf in leaves
        if isinstance(leaf, BigramClause)
        for bigram in leaf.bigrams
    }
    return WeightedPlan(plan, leaves, weights, bigrams)


def leaf_weight(leaf: Leaf, statistics: Statistics) -> float:
    """The weight of a leaf; 1.0 for leaves that are not weighed."""
    if isinstance(leaf, TermClause):
        df = sum([statistics.term_df(name) for name in (leaf.term, *leaf.synonyms)])
        return leaf.weight * _idf(df, statistics)
    if isinstance(leaf, LiteralClause):
        return leaf.weight * _idf(statistics.literal_df(leaf), statistics)
    return 1.0


def is_known(clause: Clause, statistics: Statistics) -> bool:
    """Whether any document has one of the terms or strings of a clause."""
    return any(
        any(statistics.term_df(name) for name in (leaf.term, *leaf.synonyms))
        if isinstance(leaf, TermClause)
        else not isinstance(leaf, LiteralClause) or statistics.literal_df(leaf) > 0
        for leaf in scoring_leaves(clause)
    )


def bigram_idf(bigram: str, statistics: Statistics) -> float:
    """The inverse document frequency of a pair of characters."""
    return _idf(statistics.bigram_df(bigram), statistics)


def clause_weight(clause: Clause, statistics: Statistics) -> float:
    """What a clause weighs in a query: all of ``must``, the heaviest of ``should``."""
    if isinstance(clause, AndClause):
        return sum([clause_weight(part, statistics) for part in clause.must])
    if isinstance(clause, OrClause | ThresholdClause):
        return max([clause_weight(part, statistics) for part in clause.should], default=0.0)
    # What no document has weighs as much as what one has.
    return leaf_weight(clause, statistics)


def _idf(df: int, statistics: Statistics) -> float:
    return idf(min(df, statistics.documents), statistics.documents)

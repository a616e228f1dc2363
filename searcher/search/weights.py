"""Weighing a plan: inverse document frequency times the clause's own weight."""

from __future__ import annotations

from searcher.backends.base import Statistics, WeightedPlan
from searcher.query.clauses import BigramClause, Clause, LiteralClause, TermClause, scoring_leaves
from searcher.search.bm25 import BIGRAM_WEIGHT, idf


def weigh(plan: Clause, statistics: Statistics) -> WeightedPlan:
    """A plan with the weights that its leaves have in an index."""
    documents = statistics.documents

    def weight(df: int) -> float:
        return idf(min(df, documents), documents)

    leaves = scoring_leaves(plan)
    weights: list[float] = []
    bigrams: dict[str, float] = {}
    for leaf in leaves:
        if isinstance(leaf, TermClause):
            df = sum([statistics.term_df(name) for name in (leaf.term, *leaf.synonyms)])
            weights.append(leaf.weight * weight(df))
        elif isinstance(leaf, LiteralClause):
            df = statistics.literal_df(leaf.text, leaf.at_boundaries, leaf.field)
            weights.append(leaf.weight * weight(df))
        else:
            weights.append(1.0)
            if isinstance(leaf, BigramClause):
                for bigram in leaf.bigrams:
                    bigrams[bigram] = BIGRAM_WEIGHT * weight(statistics.bigram_df(bigram))
    return WeightedPlan(plan, leaves, weights, bigrams)

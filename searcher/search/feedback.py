"""Pseudo-relevance feedback: terms of the best documents join the query with small weights.

The relevance model of Lavrenko & Croft (2001), as RM3 mixes it with the query (Abdul-Jaleel et
al., TREC 2004): a term weighs by its share of the best documents' tokens, times its idf. The terms
only add to the score; which documents match stays the same.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from searcher.query.clauses import AndClause, Clause, OrClause, TermClause, scoring_leaves
from searcher.search.bm25 import FEEDBACK_TERMS, FEEDBACK_WEIGHT, idf
from searcher.text.stopwords import STOP_WORDS

if TYPE_CHECKING:
    from searcher.backends.base import Statistics
    from searcher.text.analyser import Analyser

CLOSENESS_TEMPERATURE, FEEDBACK_TEMPERATURE = 0.1, 0.15
"""The share of the first score within which documents count as about as good."""

MAX_CHARACTERS = 3000
"""The maximum number of characters of each document that feedback reads."""


def closeness(scores: Sequence[float]) -> float:
    """How near the best documents' scores are to the first one's, from 1 / n to 1.

    Where one document stands out it is what was looked for, and others can only mislead.
    """
    weights = _document_weights(scores, CLOSENESS_TEMPERATURE)
    return sum(weights) / len(weights) if weights else 0.0


def expand(
    plan: Clause,
    documents: Sequence[tuple[float, str]],
    analyser: Analyser,
    statistics: Statistics,
) -> Clause:
    """The plan with terms of its best documents, given as (score, text), best first."""
    model: defaultdict[str, float] = defaultdict(float)
    weights = _document_weights([score for score, _ in documents], FEEDBACK_TEMPERATURE)
    for weight, (_, text) in zip(weights, documents, strict=True):
        terms = Counter(analyser.terms(text[:MAX_CHARACTERS]))
        total = sum(terms.values()) or 1
        for term, count in terms.items():
            if len(term) > 1 and term not in STOP_WORDS:
                model[term] += weight * count / total
    for leaf in scoring_leaves(plan):
        if isinstance(leaf, TermClause):
            model.pop(leaf.term, None)
    statistics.look_up(map(TermClause, model))
    for term in model:
        model[term] *= idf(statistics.term_df(term), statistics.documents)
    best = sorted(model.items(), key=lambda item: (-item[1], item[0]))[:FEEDBACK_TERMS]
    if not best:
        return plan
    strongest = best[0][1]
    more = tuple(TermClause(t, weight=FEEDBACK_WEIGHT * share / strongest) for t, share in best)
    if isinstance(plan, AndClause):
        return AndClause(plan.must, plan.must_not, (*plan.optional, *more))
    if isinstance(plan, OrClause):
        return OrClause(plan.should, (*plan.optional, *more))
    return AndClause((plan,), (), more)


def _document_weights(scores: Sequence[float], temperature: float) -> list[float]:
    """The likelihood of each document relative to the first: a softmax of scores."""
    if not scores or scores[0] <= 0:
        return [1.0] * len(scores)
    return [math.exp((score / scores[0] - 1) / temperature) for score in scores]

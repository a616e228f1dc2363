"""Pseudo-relevance feedback: terms of the best documents join the query with small weights.

The relevance model of Lavrenko & Croft (2001), as RM3 mixes it with the query (Abdul-Jaleel et
al., TREC 2004): a term weighs by its share of the best documents' tokens, times its idf. The terms
only add to the score; which documents match stays the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from searcher.query.clauses import AndClause, Clause, OrClause, TermClause, scoring_leaves
from searcher.search.bm25 import FEEDBACK_TERMS, FEEDBACK_WEIGHT, idf
from searcher.text.stopwords import STOP_WORDS

if TYPE_CHECKING:
    from searcher.backends.base import Statistics
    from searcher.text.analyser import Analyser

MAX_CHARACTERS = 3000
"""So many characters of each document are learnt from."""


def expand(
    plan: Clause, texts: Sequence[str], analyser: Analyser, statistics: Statistics
) -> Clause:
    """The plan with terms from the texts of its best documents, best document first."""
    model: defaultdict[str, float] = defaultdict(float)
    for place, text in enumerate(texts):
        terms = Counter(token.term for token in analyser.tokens(text[:MAX_CHARACTERS]))
        total = sum(terms.values()) or 1
        for term, count in terms.items():
            if len(term) > 1 and term not in STOP_WORDS:
                model[term] += count / total / (1 + place / 4)
    for leaf in scoring_leaves(plan):
        if isinstance(leaf, TermClause):
            model.pop(leaf.term, None)
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

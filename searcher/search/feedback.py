"""Pseudo-relevance feedback: words of the best documents join the query, quietly.

The relevance model of Lavrenko & Croft (2001), as RM3 mixes it with the query (Abdul-Jaleel et
al., TREC 2004): a word weighs by how much of the best documents it is, times its idf. The words
only add to the score; what matches stays the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from searcher.search import plan as p
from searcher.search.bm25 import FEEDBACK, FEEDBACK_TERMS, idf
from searcher.text.stopwords import STOP_WORDS

if TYPE_CHECKING:
    from searcher.text.analyser import Analyser

_MOST_CHARACTERS = 3000


def expanded(
    plan: p.Plan,
    texts: Sequence[str],
    analyser: Analyser,
    df: Callable[[str], int],
    documents: int,
) -> p.Plan:
    """The plan with words from the texts of its best documents, best first."""
    model: defaultdict[str, float] = defaultdict(float)
    for place, text in enumerate(texts):
        terms = Counter(piece.term for piece in analyser.tokens(text[:_MOST_CHARACTERS]))
        total = sum(terms.values()) or 1
        for term, count in terms.items():
            if len(term) > 1 and term not in STOP_WORDS:
                model[term] += count / total / (1 + place / 4)
    for leaf in p.leaves(plan):
        if isinstance(leaf, p.Term):
            model.pop(leaf.term, None)
    for term in model:
        model[term] *= idf(df(term), documents)
    best = sorted(model.items(), key=lambda item: (-item[1], item[0]))[:FEEDBACK_TERMS]
    if not best:
        return plan
    strongest = best[0][1]
    extra = tuple(p.Term(term, weight=FEEDBACK * share / strongest) for term, share in best)
    if isinstance(plan, p.And):
        return p.And(plan.parts, plan.without, (*plan.extra, *extra))
    if isinstance(plan, p.Or):
        return p.Or(plan.parts, (*plan.extra, *extra))
    return p.And((plan,), (), extra)

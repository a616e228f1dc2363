"""Similar articles: those that have most of the weightiest terms of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from searcher.backends.base import TopRequest
from searcher.explore.tokens import stored_tokens
from searcher.query.clauses import OrClause, TermClause
from searcher.search.bm25 import K1, TITLE_BOOST, idf
from searcher.search.texts import Texts
from searcher.search.weights import weigh
from searcher.text.stopwords import STOP_WORDS

if TYPE_CHECKING:
    from searcher.backends.base import DocRef, ReadBackend, ScoredDoc

MAX_TERMS = 25
"""The maximum number of terms of an article in the query for similar ones."""

MAX_CHARACTERS = 100_000
"""The maximum number of characters read of a text that is not in the index."""


def terms_of_document(backend: ReadBackend, ref: DocRef) -> Counter[str]:
    """The terms of a document and how often it has them; those of the title count more."""
    (document,) = backend.fetch([ref])
    texts = Texts([document[:2]], backend.folding)
    title = texts.titles[0]
    tokens = [*stored_tokens(texts, 0)]
    return _counted(
        (token.term for token in tokens if token.start < title),
        (token.term for token in tokens if token.start > title),
    )


def terms_of_text(backend: ReadBackend, title: str, body: str) -> Counter[str]:
    """The same of a text that need not be in the index."""
    tokens = backend.analyser().tokens
    return _counted(
        (token.term for token in tokens(title[:MAX_CHARACTERS])),
        (token.term for token in tokens(body[:MAX_CHARACTERS])),
    )


def similar_documents(
    backend: ReadBackend, terms: Counter[str], wanted: int, itself: DocRef | None
) -> tuple[list[ScoredDoc], list[str]]:
    """The documents that have most of some terms, best first, and the terms, weightiest first.

    ``itself`` is left out.
    """
    statistics = backend.statistics(lambda: terms)
    weights: dict[str, float] = {}
    shares: dict[str, float] = {}
    for term, count in terms.items():
        df = statistics.term_df(term)
        # A term that only the article itself has leads nowhere.
        if len(term) > 1 and term not in STOP_WORDS and df > (itself is not None):
            weights[term] = count / (count + K1)
            shares[term] = weights[term] * idf(df, statistics.documents)
    strongest = sorted(shares, key=lambda term: (-shares[term], term))[:MAX_TERMS]
    if not strongest or not wanted:
        return [], strongest
    plan = OrClause(tuple(TermClause(term, weight=weights[term]) for term in strongest))
    found = backend.best(weigh(plan, statistics), TopRequest(wanted + 1)).docs
    return [doc for doc in found if doc.ref != itself][:wanted], strongest


def _counted(title: Iterable[str], body: Iterable[str]) -> Counter[str]:
    counts = Counter(body)
    for term in title:
        counts[term] += int(TITLE_BOOST)
    return counts

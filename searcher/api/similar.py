"""Similar articles as the results of a search."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from searcher.errors import QueryError
from searcher.explore.occurrences import read_stored
from searcher.explore.similar import similar_documents, terms_of_document, terms_of_text
from searcher.results import Hit, Results

if TYPE_CHECKING:
    from searcher.article import Article
    from searcher.backends.base import DocRef, ReadBackend
    from searcher.explore.duplicates import Duplicate


def find_similar(backend: ReadBackend, article: str | Article, limit: int) -> Results:
    """The articles most like one. Raises QueryError where no article has the id or path."""
    started = time.perf_counter()
    itself: DocRef | None
    if isinstance(article, str):
        itself = _existing(backend, article)
        terms = terms_of_document(backend, itself)
    else:
        itself = _located(backend, article.id)
        terms = terms_of_text(backend, article.title, article.body)
    docs, names = similar_documents(backend, terms, limit, itself)
    hits = []
    documents = backend.fetch([doc.ref for doc in docs])
    for rank, (doc, document) in enumerate(zip(docs, documents, strict=True), 1):
        found = read_stored(document)
        hits.append(
            Hit(
                rank, found.id, found.path, found.title, found.date, found.author, found.source,
                found.categories, found.url, doc.score, (),
            )
        )  # fmt: skip
    took = time.perf_counter() - started
    return Results(hits, query=" OR ".join(names), total=len(hits), took=took, notes=backend.notes)


def find_near_duplicates(backend: ReadBackend, article: str, limit: int) -> tuple[Duplicate, ...]:
    """The near-duplicates of an article among the most similar ones, and itself.

    Raises QueryError where no article has the id or path.
    """
    from searcher.explore.duplicates import near_duplicates

    itself = _existing(backend, article)
    terms = terms_of_document(backend, itself)
    docs, _ = similar_documents(backend, terms, limit, itself)
    return near_duplicates(backend, itself, [doc.ref for doc in docs])


def _existing(backend: ReadBackend, article: str) -> DocRef:
    itself = backend.locate(article)
    if itself is None:
        raise QueryError(f"no article has the id or path {article!r}; searcher search shows ids")
    return itself


def _located(backend: ReadBackend, id_: str) -> DocRef | None:
    """The document with just this id."""
    try:
        ref = backend.locate(id_) if id_ else None
    except QueryError:  # the beginning of several ids
        return None
    if ref is None or read_stored(backend.fetch([ref])[0]).id != id_:
        return None
    return ref

"""Whether an index on OpenSearch is whole, and says of its articles what their texts say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher.backends.opensearch.documents import DocumentMaker
from searcher.backends.opensearch.query import MATCH_ALL, Query
from searcher.backends.opensearch.session import total_of
from searcher.backends.opensearch.stored import article_of
from searcher.backends.writing import Document
from searcher.errors import IndexInvalidError
from searcher.search.texts import BATCH_SIZE

if TYPE_CHECKING:
    from searcher.backends.base import DocRef, StoredDocument
    from searcher.backends.opensearch.reader import OpenSearchBackend

MAX_WORDS = 500
"""The maximum number of words of an article that are looked up."""

READ_AT_ONCE = 500


def check(backend: OpenSearchBackend, index: str) -> list[str]:
    """What is wrong with an index, one line each; every stored document is read.

    A document has a checksum, and Lucene's files have theirs, which nodes verify when they copy
    them.
    """
    problems = []
    health = backend.transport.ask("GET", f"/_cluster/health/{index}")
    if health["status"] == "red":
        problems.append(f"{health['unassigned_shards']} shards of the index are on no node")
    read = 0
    for refs in backend.hits_with_documents(MATCH_ALL, READ_AT_ONCE):
        for ref in refs:
            read += 1
            try:
                backend.fetch([ref])
            except IndexInvalidError as error:
                problems.append(f"document {backend.id_of(ref)}: {error}")
    if read != len(backend):
        problems.append(f"{read} documents can be read, and there should be {len(backend)}")
    return problems


def check_texts(backend: OpenSearchBackend, sample: int | None) -> list[str]:
    """What an index says of its documents that their texts do not, one line each."""
    chosen = [*backend.refs()]
    if sample is not None and sample < len(chosen):
        chosen = [chosen[n * len(chosen) // max(sample, 1)] for n in range(sample)]
    maker = DocumentMaker(backend.analyser(), b"", backend.folding)
    problems: list[str] = []
    for first in range(0, len(chosen), BATCH_SIZE):
        problems += _problems(backend, chosen[first : first + BATCH_SIZE], maker)
    return problems


def _problems(
    backend: OpenSearchBackend, refs: Sequence[DocRef], maker: DocumentMaker
) -> Iterator[str]:
    stored = backend.fetch(refs)
    articles = [article_of(document) for document in stored]
    analysed = maker.analyse([Document(article, article.id) for article in articles])
    bodies = [
        {"size": 0, "track_total_hits": True, "query": _has_words(backend.id_of(ref), words)}
        for ref, (words, _, _) in zip(refs, analysed, strict=True)
    ]
    answers = backend.session.searches(bodies)
    for ref, document, (_, length, raw), answer in zip(
        refs, stored, analysed, answers, strict=True
    ):
        wrong = []
        if not total_of(answer):
            wrong.append("words")
        if document.length != length:
            wrong.append("number of words")
        if not _same(document, raw):
            wrong.append("word boundaries")
        if wrong:
            name = backend.id_of(ref)
            yield f"document {name}: {' and '.join(wrong)} are not those of its text"


def _has_words(id_: str, words: Sequence[str]) -> Query:
    filters: list[dict[str, Any]] = [{"ids": {"values": [id_]}}]
    filters += [{"term": {"words": word}} for word in words[:MAX_WORDS]]
    return {"bool": {"filter": filters}}


def _same(document: StoredDocument, raw: bytes) -> bool:
    return np.array_equal(np.frombuffer(document.raw, np.uint8), np.frombuffer(raw, np.uint8))

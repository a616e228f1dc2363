"""The values of a document: what fills each column and keyword field of the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np

from searcher.backends.writing import Document, key_hash
from searcher.lazy_pattern import compile_late
from searcher.store import schema
from searcher.store.dates import date_columns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from searcher.article import Article
    from searcher.write.invert import InvertedBatch


class Batch(NamedTuple):
    """What columns are filled from: n documents, and their texts inverted."""

    documents: Sequence[Document]
    inverted: InvertedBatch


FILL: dict[str, Callable[[Batch], ArrayLike]] = {
    "lengths": lambda batch: batch.inverted.lengths,
    "title_lengths": lambda batch: batch.inverted.title_lengths,
    "dates": lambda batch: [date_columns(d.article.date)[0] for d in batch.documents],
    "utc_offsets": lambda batch: [date_columns(d.article.date)[1] for d in batch.documents],
    "revisions": lambda batch: [d.revision for d in batch.documents],
    "contents": lambda batch: [d.contents for d in batch.documents],
    "sources": lambda batch: [d.source for d in batch.documents],
    "keys": lambda batch: [key_hash(d.key) for d in batch.documents],
}
"""For each column that merges by copy: its values for a batch, (n,)."""


def rank_by_recency(columns: Mapping[str, NDArray[Any]], ids: Sequence[str]) -> NDArray[np.int64]:
    """The place of each document, newest first and then by id: what ties are broken by."""
    dates = columns["dates"]
    by_id = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    order = by_id[np.argsort(-dates[by_id], kind="stable")]
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return places


RANK: dict[str, Callable[[Mapping[str, NDArray[Any]], Sequence[str]], NDArray[np.int64]]] = {
    "recency": rank_by_recency,
}
"""For each column that is a rank: its values for a segment, by its other columns and the ids."""

_SURROGATE = compile_late("[\ud800-\udfff]")

KEYWORDS: dict[str, Callable[[Article], Iterable[str]]] = {
    "author": lambda article: [article.author],
    "category": lambda article: article.categories,
    "source": lambda article: [article.source],
    "site": lambda article: [host(article.url), article.source],
    "path": lambda article: [_SURROGATE.sub("\ufffd", article.path)],
    "id": lambda article: [article.id],
}
"""For each keyword field: the values of an article; empty ones are left out."""


def host(url: str) -> str:
    """The host of a URL in lower case; "" where there is none.

    >>> host("https://news.cctv.com:443/2021/a.html")
    'news.cctv.com'
    """
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def fill_columns(batch: Batch) -> dict[str, NDArray[Any]]:
    """All columns of a batch that merge by copy, by their names."""
    return {
        column.name: np.asarray(FILL[column.name](batch), column.dtype)
        for column in schema.COLUMNS
        if column.merge == "copy"
    }


def rank_columns(
    columns: Mapping[str, NDArray[Any]], ids: Sequence[str]
) -> dict[str, NDArray[Any]]:
    """All columns of a segment that are ranks, by their names."""
    return {
        column.name: RANK[column.name](columns, ids).astype(column.dtype)
        for column in schema.COLUMNS
        if column.merge == "rank"
    }

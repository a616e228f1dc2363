"""Finding one document of an index on OpenSearch by what a person types: an id or a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searcher.backends.opensearch.ids import keyword, signed
from searcher.backends.opensearch.session import hits_of
from searcher.backends.writing import key_hash
from searcher.errors import QueryError
from searcher.store.stored_documents import decode_fields
from searcher.text.folding import fold

if TYPE_CHECKING:
    from searcher.backends.base import DocRef
    from searcher.backends.opensearch.query import Query
    from searcher.backends.opensearch.reader import OpenSearchBackend

MAX_SHOWN_IDS = 3
"""The maximum number of ids shown where several have the given beginning."""

MAX_PATHS = 100
"""The maximum number of documents looked at whose folded path is the one that is sought."""


def locate(backend: OpenSearchBackend, id_or_path: str) -> DocRef | None:
    """The document with an id, the only one whose id begins so, or the one with a path.

    Raises QueryError when several ids begin so.
    """
    written = keyword(id_or_path)
    by_key, by_id, by_path = backend.session.searches(
        [
            _some({"term": {"key": signed(key_hash(id_or_path))}}, 1),
            _some({"prefix": {"id": written}}, MAX_SHOWN_IDS),
            _some({"term": {"path": fold(written)}}, MAX_PATHS),
        ]
    )
    for hit in hits_of(by_key):
        return backend.ref_of_hit(hit)
    beginnings = hits_of(by_id)
    if len(beginnings) > 1:
        some = ", ".join(str(hit["sort"][0]) for hit in beginnings)
        raise QueryError(f"several ids begin with {id_or_path!r} ({some} ...); give more of it")
    for hit in beginnings:
        return backend.ref_of_hit(hit)
    refs = [backend.ref_of_hit(hit) for hit in hits_of(by_path)]
    for ref, document in zip(refs, backend.fetch(refs), strict=True):
        if keyword(decode_fields(document.raw)[1]) == written:
            return ref
    return None


def _some(query: Query, size: int) -> dict[str, Any]:
    return {"query": query, "size": size, "sort": [{"id": "asc"}], "stored_fields": ["raw"]}

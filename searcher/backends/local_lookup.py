"""Looking documents of the embedded engine up by what names them: an id, its beginning, a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from searcher.errors import QueryError
from searcher.store.stored_documents import decode_fields

if TYPE_CHECKING:
    from searcher.backends.base import DocRef
    from searcher.backends.local import LocalBackend

MAX_PREFIX_MATCHES = 1000
"""The maximum number of ids with a common beginning looked at in each segment."""

MAX_SHOWN_IDS = 3
"""The maximum number of ids shown where several have the given beginning."""


def locate(backend: LocalBackend, id_or_path: str) -> DocRef | None:
    """The document with an id, the beginning of one, or a path.

    Raises QueryError where several ids begin so.
    """
    by_id = _with_value(backend, "id", id_or_path)
    if by_id is not None:
        return by_id
    beginnings = _ids_beginning_with(backend, id_or_path)
    if len(beginnings) > 1:
        some = ", ".join(sorted(beginnings)[:MAX_SHOWN_IDS])
        raise QueryError(f"several ids begin with {id_or_path!r} ({some} ...); give more of it")
    if beginnings:
        return next(iter(beginnings.values()))
    return _with_value(backend, "path", id_or_path)


def _with_value(backend: LocalBackend, field: Literal["id", "path"], value: str) -> DocRef | None:
    """The first document with an id or a path."""
    # The index has half characters of a path as U+FFFD.
    written = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    term = written.encode()
    for base, matcher, _ in backend.segments:
        keyword = matcher.segment.keywords[field]
        number = keyword.terms.find(term)
        docs: list[int] = keyword.docs(number).tolist() if number >= 0 else []
        for doc in docs:
            if matcher.is_alive(doc) and _value(backend, field, base + doc) == written:
                return base + doc
    return None


def _ids_beginning_with(backend: LocalBackend, beginning: str) -> dict[str, DocRef]:
    """Some ids that begin with a text, and their documents: three of each segment suffice."""
    found: dict[str, DocRef] = {}
    term = beginning.encode("utf-8", "surrogatepass")
    for base, matcher, _ in backend.segments:
        ids = matcher.segment.keywords["id"]
        first, stop = ids.terms.prefix(term)
        here: dict[str, DocRef] = {}
        for number in range(first, min(stop, first + MAX_PREFIX_MATCHES)):
            living = [doc for doc in ids.docs(number).tolist() if matcher.is_alive(doc)]
            here |= {ids.terms.term(number).decode(): base + doc for doc in living}
            if len(here) >= MAX_SHOWN_IDS:
                break
        found |= here
    return found


def _value(backend: LocalBackend, field: Literal["id", "path"], ref: DocRef) -> str:
    id_, path, *_ = decode_fields(backend.fetch([ref])[0].raw)
    return id_ if field == "id" else path

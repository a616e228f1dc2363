"""Export: all matches of a query in a file, one after another and never all in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import blake2b
from heapq import nsmallest
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from searcher.errors import ExportError
from searcher.explore.export_formats import WRITERS, Row
from searcher.explore.occurrences import articles_with_snippets, batches
from searcher.store.stored_documents import decode_fields

if TYPE_CHECKING:
    from searcher.backends.base import DocRef, Matches, ReadBackend
    from searcher.explore.occurrences import StoredArticle
    from searcher.results import Snippet

FIELDS = ("id", "path", "title", "date", "author", "source", "categories", "url")
"""The fields of each article; snippets and the body follow where they are wanted."""


def check_format(to: Path, form: str | None) -> str:
    """The form of a file, by its name unless one is given. Raises ExportError for unknown ones."""
    wanted = form or to.suffix.lstrip(".").lower()
    if wanted not in WRITERS:
        raise ExportError(
            f"cannot write {to.name!r}; its name must end in one of: "
            f"{', '.join('.' + known for known in WRITERS)}"
        )
    return wanted


def write_export(
    backend: ReadBackend,
    query: str,
    matches: Matches,
    to: Path,
    form: str,
    *,
    text: bool,
    snippets: bool,
    sample: int | None,
    seed: int,
    progress: Callable[[int, int], object] | None,
) -> int:
    """Write the matches of a query to a file, newest first; returns how many there are.

    The file appears, or is replaced, when all is written. Arguments are those of
    :meth:`searcher.Index.export`.
    """
    refs = matches.refs_by_date()
    if sample is not None and sample < len(refs):
        chosen = set(_sample(backend, refs, sample, seed))
        refs = [ref for ref in refs if ref in chosen]
    columns = [*FIELDS, *(["snippets"] if snippets else []), *(["body"] if text else [])]

    def rows() -> Iterator[Row]:
        if matches.plan is None:
            return
        found = articles_with_snippets(backend, matches.plan, refs)
        for done, (article, shown) in enumerate(found, 1):
            yield _row(article, shown, columns)
            if progress:
                progress(done, len(refs))

    _replace(to, lambda path: WRITERS[form](path, query, columns, rows()))
    return len(refs)


def _row(article: StoredArticle, snippets: tuple[Snippet, ...], columns: list[str]) -> Row:
    row: Row = {name: getattr(article, name) for name in FIELDS}
    row["path"] = article.path.encode("utf-8", "replace").decode()
    row["categories"] = list(article.categories)
    if "snippets" in columns:
        row["snippets"] = [snippet.text for snippet in snippets if snippet.field == "body"]
    if "body" in columns:
        row["body"] = article.body
    return row


def _sample(backend: ReadBackend, refs: list[DocRef], size: int, seed: int) -> list[DocRef]:
    """As many references, chosen by a hash of their ids: the same ones in every index."""
    hashed: list[tuple[bytes, DocRef]] = []
    for batch in batches(refs):
        for ref, document in zip(batch, backend.fetch(batch), strict=True):
            key = f"{seed}\0{decode_fields(document.raw)[0]}"
            hashed.append((blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), ref))
    return [ref for _, ref in nsmallest(size, hashed)]


def _replace(to: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside another one, then put it in its place."""
    with NamedTemporaryFile(dir=to.parent, prefix=f".{to.name}.", delete=False) as file:
        path = Path(file.name)
    try:
        write(path)
        # Such files are private at first.
        path.chmod(0o666 & ~_umask())
        path.replace(to)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

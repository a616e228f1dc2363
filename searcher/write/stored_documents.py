"""Documents read back from an index: what was added by hand has no file to be read again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from searcher.article import Article
from searcher.backends.writing import Document
from searcher.errors import IndexNotFoundError, IndexOutdatedError
from searcher.store.bitmap import read_bitmap
from searcher.store.container import reporting_damage
from searcher.store.dates import read_date
from searcher.store.manifest import read_manifest
from searcher.store.segment_reader import SegmentReader
from searcher.store.stored_documents import decode_fields, text_bounds


def stored_documents(folder: Path, sources: Collection[int]) -> Iterator[Document]:
    """The documents of some sources in the newest commit of an index.

    None where there is no index that this version can read. Raises IndexInvalidError for a
    damaged one.
    """
    if not sources:
        return
    try:
        manifest = read_manifest(folder)
    except (IndexNotFoundError, IndexOutdatedError):
        return
    for entry in manifest.segments:
        with closing(SegmentReader(folder / entry.file)) as segment, reporting_damage():
            live = ~read_bitmap(entry.deleted, entry.documents)
            wanted = np.isin(segment.column("sources"), list(sources)) & live
            for number in np.flatnonzero(wanted).tolist():
                yield _document(segment, number)


def _document(segment: SegmentReader, number: int) -> Document:
    raw = segment.raw(number)
    id_, path, author, source, url, *categories = decode_fields(raw)
    start, size = text_bounds(raw)
    title_end = start + 2 * segment.title_lengths.item(number)
    # Behind the title and behind the body stands a mark of one unit.
    title = raw[start:title_end]
    body = raw[title_end + 2 : start + 2 * size - 2]
    article = Article(
        id=id_,
        path=path,
        title=title.decode("utf-16-le", "replace"),
        body=body.decode("utf-16-le", "replace"),
        date=read_date(segment.dates.item(number), segment.utc_offsets.item(number)),
        author=author,
        source=source,
        categories=tuple(categories),
        url=url,
    )
    revision, contents, number_of_source = (
        segment.column(name).item(number) for name in ("revisions", "contents", "sources")
    )
    return Document(article, id_, revision, contents, number_of_source)

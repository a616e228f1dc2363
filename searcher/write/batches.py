"""Batches of documents: cut from a corpus, read from their files, cleaned and prepared.

Where a batch ends depends on the order and size of its documents alone, so an index is the same
for any number of processes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Generic

from searcher.backends.writing import Document, Payload, Skipped, key_hash
from searcher.errors import ArticleError
from searcher.ingest.decoding import MAX_BYTES
from searcher.lazy_pattern import compile_late
from searcher.write.listing import FileReference

if TYPE_CHECKING:
    from searcher.article import Article

MAX_BATCH_ARTICLES = 1024
MAX_BATCH_BYTES = 8 << 20
"""A batch ends at whichever limit comes first."""

_CONTROL = compile_late("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

Item = FileReference | Document
"""A document to index, or the file that it is to be read from."""


@dataclass(frozen=True, slots=True)
class PreparedBatch(Generic[Payload]):
    """A batch that was read and prepared.

    ``payload``: None where no document is left; ``keys``: the key hashes of its documents;
    ``items``: how many there were before; ``problems``: (path, message) of documents that could
    be read in part; ``skipped``: files that could not be read.
    """

    payload: Payload | None
    keys: list[int]
    items: int
    problems: list[tuple[str, str]]
    skipped: list[Skipped]


def cut_batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Cut items into batches."""
    batch: list[Item] = []
    size = 0
    for item in items:
        size += size_of(item)
        batch.append(item)
        if len(batch) == MAX_BATCH_ARTICLES or size > MAX_BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def size_of(item: Item) -> int:
    """The bytes of an item, about."""
    return item.size if isinstance(item, FileReference) else 3 * len(item.article.body)


class BatchWorker(Generic[Payload]):
    """Reads and prepares batches; can be pickled for another process where ``prepare`` can be."""

    def __init__(self, prepare: Callable[[Sequence[Document]], Payload]) -> None:
        self._prepare = prepare

    def __call__(self, items: Sequence[Item]) -> PreparedBatch[Payload]:
        """Read and prepare a batch."""
        from searcher.text.analyser import what_is_cut

        documents: list[Document] = []
        problems: list[tuple[str, str]] = []
        skipped: list[Skipped] = []
        for item in items:
            if isinstance(item, FileReference):
                try:
                    document = read_document(item)
                except ArticleError as error:
                    skipped.append(Skipped(item.name, item.revision, item.source, str(error)))
                    continue
                document = _clean(document)
            else:
                document = _visible(_clean(item))
            article = document.article
            found = (*article.problems, *what_is_cut(article.title), *what_is_cut(article.body))
            problems += [(article.path, problem) for problem in dict.fromkeys(found)]
            documents.append(document)
        payload = self._prepare(documents) if documents else None
        keys = [key_hash(document.key) for document in documents]
        return PreparedBatch(payload, keys, len(items), problems, skipped)


def read_document(file: FileReference) -> Document:
    """Read the article of a file. Raises ArticleError."""
    from searcher.article import make_id
    from searcher.ingest.reader import parse_article, read_file

    data = read_file(os.path.join(file.root, file.path))  # noqa: PTH118 - a Path takes longer
    article = parse_article(data, file.path.replace(os.sep, "/"))
    if file.name != file.path:
        article = replace(article, path=file.name, id=make_id(file.name))
    return Document(article, article.id, file.revision, hash_of(data), file.source)


def file_contents(file: FileReference) -> int:
    """A hash of the bytes of a file: see :func:`contents_hash`."""
    return contents_hash(Path(file.root, file.path))


def contents_hash(path: Path) -> int:
    """A hash of the bytes of a file, 56 bits; 0 for one that cannot be read.

    Files that are larger than an article may be are not read to their end.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError:
        return 0
    return hash_of(data)


def hash_of(data: bytes) -> int:
    """A hash of bytes, 56 bits."""
    return int.from_bytes(blake2b(data, digest_size=7).digest(), "little")


def _visible(document: Document) -> Document:
    """Clean the texts of an article that was given, as those of files are cleaned when read."""
    from searcher.ingest.plain_text import clean

    article = document.article
    title, body = clean(article.title), clean(article.body)
    if (title, body) == (article.title, article.body):
        return document
    return document._replace(article=replace(article, title=title, body=body))


def _clean(document: Document) -> Document:
    article = document.article
    fields = (article.title, article.author, article.source, article.url, article.path, article.id)
    texts = "\n".join((article.body, *fields, *article.categories))
    if not _CONTROL.search(texts) and "\n" not in "".join(fields):
        return document
    return document._replace(article=_without_controls(article))


def _without_controls(article: Article) -> Article:
    def plain(text: str) -> str:
        return _CONTROL.sub(lambda match: " " if match[0] < "\ud800" else "\ufffd", text)

    def line(text: str) -> str:
        return plain(text).replace("\n", " ")

    return replace(
        article,
        id=line(article.id),
        path=line(article.path),
        title=line(article.title),
        author=line(article.author),
        source=line(article.source),
        url=line(article.url),
        categories=tuple(map(line, article.categories)),
        body=plain(article.body),
    )

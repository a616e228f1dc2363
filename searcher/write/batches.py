"""Batches of documents: cut from a corpus, read from their files, cleaned and prepared.

Where a batch ends depends on the order and size of its documents alone, so an index is the same
for any number of processes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Generic

from searcher.backends.writing import Document, Payload, Skipped
from searcher.errors import ArticleError
from searcher.write.listing import FileReference

if TYPE_CHECKING:
    from searcher.article import Article

MAX_BATCH_ARTICLES = 1024
MAX_BATCH_BYTES = 8 << 20
"""A batch ends at whichever limit comes first."""

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

Item = FileReference | Document
"""A document to index, or the file that it is to be read from."""


@dataclass(frozen=True, slots=True)
class PreparedBatch(Generic[Payload]):
    """A batch that was read and prepared.

    ``payload``: None where no document is left; ``documents``: how many it has; ``items``: how
    many there were before; ``problems``: (path, message) of documents that could be read in part;
    ``skipped``: files that could not be read.
    """

    payload: Payload | None
    documents: int
    items: int
    problems: list[tuple[str, str]]
    skipped: list[Skipped]


def cut_batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Cut items into batches."""
    batch: list[Item] = []
    size = 0
    for item in items:
        size += item.size if isinstance(item, FileReference) else 3 * len(item.article.body)
        batch.append(item)
        if len(batch) == MAX_BATCH_ARTICLES or size > MAX_BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


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
                    skipped.append(Skipped(item.name, item.revision, item.size, str(error)))
                    continue
            else:
                document = item
            article = document.article
            found = (*article.problems, *what_is_cut(article.title), *what_is_cut(article.body))
            problems += [(article.path, problem) for problem in dict.fromkeys(found)]
            documents.append(_clean(document))
        payload = self._prepare(documents) if documents else None
        return PreparedBatch(payload, len(documents), len(items), problems, skipped)


def read_document(file: FileReference) -> Document:
    """Read the article of a file. Raises ArticleError."""
    from searcher.article import make_id
    from searcher.ingest.reader import read_article

    article = read_article(Path(file.root, file.path), root=file.root)
    if file.name != file.path:
        article = replace(article, path=file.name, id=make_id(file.name))
    return Document(article, file.name, file.revision, file.size)


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

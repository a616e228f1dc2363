"""Batches of articles on their way into the index: how they are cut and worked on.

They are cut by their order and size alone, so what comes out is the same for any number of
processes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from searcher.errors import ArticleError
from searcher.store.manifest import Skipped
from searcher.store.stored_documents import DocumentEncoder
from searcher.write.invert import Inverter
from searcher.write.listing import FileReference
from searcher.write.memory_segment import Document, MemorySegment, build_memory_segment

if TYPE_CHECKING:
    from searcher.article import Article
    from searcher.text.analyser import Analyser
    from searcher.text.segmenter import Additions

MOST_ARTICLES = 1024
MOST_BYTES = 8 << 20
"""A batch ends with whichever comes first."""

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Batch(NamedTuple):
    """A batch done: contents (None when no article was left), and what went wrong on the way."""

    contents: MemorySegment | None
    problems: list[tuple[str, str]]
    skipped: list[Skipped]
    taken: int


Item = FileReference | Document


def cut_batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Cut items into batches."""
    batch: list[Item] = []
    size = 0
    for item in items:
        size += item.size if isinstance(item, FileReference) else 3 * len(item.article.body)
        batch.append(item)
        if len(batch) == MOST_ARTICLES or size > MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class BatchIndexer:
    """Turns batches of items into contents."""

    def __init__(self, analyser: Analyser, dictionary: bytes) -> None:
        self._additions = analyser.segmenter.additions
        self._inverter = Inverter(analyser)
        self._dictionary = dictionary
        self._packer = DocumentEncoder(dictionary)

    def __reduce__(self) -> tuple[Callable[..., BatchIndexer], tuple[Additions, bytes]]:
        # A process that is not forked loads its own dictionary.
        return _new_worker, (self._additions, self._dictionary)

    def __call__(self, items: Sequence[Item]) -> Batch:
        """Read and invert a batch."""
        sources: list[Document] = []
        problems: list[tuple[str, str]] = []
        skipped: list[Skipped] = []
        for item in items:
            if isinstance(item, FileReference):
                try:
                    source = read_document(item)
                except ArticleError as error:
                    skipped.append(Skipped(item.name, item.revision, item.size, str(error)))
                    continue
            else:
                source = item
            sources.append(_clean(source))
            problems += [(source.article.path, problem) for problem in source.article.problems]
        contents = None
        if sources:
            contents = build_memory_segment(sources, self._inverter, self._packer, self._dictionary)
        return Batch(contents, problems, skipped, len(items))


def _new_worker(additions: Additions, dictionary: bytes) -> BatchIndexer:
    from searcher.text.analyser import Analyser

    return BatchIndexer(Analyser(additions=additions), dictionary)


def read_document(file: FileReference) -> Document:
    """Read the article of a file. Raises ArticleError."""
    from searcher.article import make_id
    from searcher.ingest.reader import read_article

    article = read_article(Path(file.root, file.path), root=file.root)
    if file.name != file.path:
        article = replace(article, path=file.name, id=make_id(file.name))
    return Document(article, file.name, file.revision, file.size)


def _clean(source: Document) -> Document:
    article = source.article
    fields = (article.title, article.author, article.source, article.url, article.path, article.id)
    texts = "\n".join((article.body, *fields, *article.categories))
    if not _CONTROL.search(texts) and "\n" not in "".join(fields):
        return source
    return replace(source, article=_without_controls(article))


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

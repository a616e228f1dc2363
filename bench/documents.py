"""Where the articles come from: a folder of article files or a JSONL collection.

Both readers are small values that can be sent to another process, and both stream: the benchmark
measures the memory of building, so it must not hold the collection itself.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from searcher.article import Article
from searcher.errors import ArticleError
from searcher.ingest.plain_text import clean, one_line
from searcher.ingest.reader import read_article
from searcher.ingest.timestamps import parse_timestamp

Key = tuple[str, int]  # what names one article: a line or a relative path, and which copy it is

_SENTENCE = re.compile("[^。！？!?\n]*[。！？!?\n]+|[^。！？!?\n]+")
_SUFFIXES = {".md", ".markdown", ".html", ".htm", ".txt"}


class Documents(Protocol):
    """A collection of articles that is read in the same order every time."""

    @property
    def folder(self) -> Path | None:
        """The folder of article files, or None when there are no files."""

    def keys(self) -> Iterator[Key]:
        """Yield what names each article; cheap, reading is left to :meth:`read`."""

    def read(self, key: Key) -> Article | None:
        """Return the article, or None when it cannot be read as one."""

    def times(self, copies: int, *, shuffled: bool = False) -> Documents:
        """Return the collection that many times over, the copies under new ids.

        `shuffled` puts the sentences of a copy's body into another order, drawn from its id, so
        that the copies differ as texts and not only as ids.
        """


def open_documents(path: Path, *, limit: int | None, work: Path) -> Documents:
    """Return the articles of a folder or a JSONL file, at most `limit` of them.

    The files of a folder are copied below `work` first, because the update rows change one of them.

    Raises:
        OSError: the path cannot be read.
        ValueError: the path is neither a folder nor a ``.jsonl`` file.
    """
    if path.is_dir():
        copy = work / "corpus"
        names = _names(path)[:limit]
        for name in names:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path / name, copy / name)
        return Folder(copy)
    if path.suffix == ".jsonl":
        return Lines(path.resolve(), limit)
    raise ValueError(f"{path}: not a folder and not a .jsonl file")


def articles(documents: Documents) -> Iterator[Article]:
    """Yield every article that can be read."""
    for key in documents.keys():  # noqa: SIM118 - not a mapping
        article = documents.read(key)
        if article is not None:
            yield article


@dataclass(frozen=True)
class Folder:
    """Article files below one folder."""

    root: Path
    copies: int = 1
    shuffled: bool = False

    @property
    def folder(self) -> Path | None:
        return self.root if self.copies == 1 else None

    def keys(self) -> Iterator[Key]:
        names = _names(self.root)
        for copy in range(self.copies):
            for name in names:
                yield name, copy

    def read(self, key: Key) -> Article | None:
        name, copy = key
        try:
            article = read_article(self.root / name, root=self.root)
        except ArticleError:
            return None
        return _copy(article, copy, shuffled=self.shuffled)

    def times(self, copies: int, *, shuffled: bool = False) -> Folder:
        return replace(self, copies=copies, shuffled=shuffled)


@dataclass(frozen=True)
class Lines:
    """One JSON object a line: ``id``, ``body`` or ``text``, and maybe ``title`` and ``date``."""

    path: Path
    limit: int | None = None
    copies: int = 1
    shuffled: bool = False

    @property
    def folder(self) -> Path | None:
        return None

    def keys(self) -> Iterator[Key]:
        for copy in range(self.copies):
            with self.path.open(encoding="utf-8") as lines:
                for line in islice(lines, self.limit):
                    yield line, copy

    def read(self, key: Key) -> Article | None:
        line, copy = key
        record: dict[str, Any] = json.loads(line)
        article = Article(
            id=str(record["id"]),
            path=str(record["id"]),
            title=one_line(record.get("title") or ""),
            body=clean(record.get("body") or record.get("text") or ""),
            date=parse_timestamp(record.get("date")),
            categories=tuple(record.get("categories") or ()),
        )
        return _copy(article, copy, shuffled=self.shuffled)

    def times(self, copies: int, *, shuffled: bool = False) -> Lines:
        return replace(self, copies=copies, shuffled=shuffled)


def _names(folder: Path) -> list[str]:
    files = (file for file in folder.rglob("*") if file.suffix.lower() in _SUFFIXES)
    return sorted(str(file.relative_to(folder)) for file in files)


def _copy(article: Article, copy: int, *, shuffled: bool) -> Article:
    if copy == 0:
        return article
    name = f"{article.id}-{copy}"
    body = article.body
    if shuffled:
        sentences = _SENTENCE.findall(body)
        random.Random(name).shuffle(sentences)
        body = "".join(sentences)
    return replace(article, id=name, path=f"{article.path}-{copy}", body=body)

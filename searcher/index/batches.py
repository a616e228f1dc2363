"""Batches of articles on their way into the index, worked on by one process or several.

What comes out does not depend on the number of processes: batches are cut by their order and size
alone, and come back in order.
"""

from __future__ import annotations

import os
import re
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread, active_count
from typing import TYPE_CHECKING, NamedTuple

from searcher.errors import ArticleError, SearcherError
from searcher.index.contents import Contents, Source, invert_sources
from searcher.index.invert import Inverter
from searcher.index.manifest import Skipped
from searcher.index.records import Packer

if TYPE_CHECKING:
    from searcher.article import Article
    from searcher.text.lexicon import Lexicon

MOST_ARTICLES = 1024
MOST_BYTES = 8 << 20
"""A batch ends with whichever comes first."""

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class FileReference(NamedTuple):
    """A file to be read: its root folder, path below it, the path to index it by, its stamp."""

    root: str
    path: str
    name: str
    stamp: int
    size: int


class Batch(NamedTuple):
    """A batch done: contents (None when no article was left), and what went wrong on the way."""

    contents: Contents | None
    problems: list[tuple[str, str]]
    skipped: list[Skipped]
    taken: int


Item = FileReference | Source


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


class Worker:
    """Turns batches of items into contents."""

    def __init__(self, lexicon: Lexicon, dictionary: bytes) -> None:
        from searcher.text.analysis import Analyser

        self._lexicon = lexicon
        analyser = Analyser(lexicon)
        self.additions = analyser.segmenter.additions
        self._inverter = Inverter(analyser)
        self.set_dictionary(dictionary)

    def __reduce__(self) -> tuple[type[Worker], tuple[Lexicon, bytes]]:
        # A process that is not forked loads its own dictionary.
        return Worker, (self._lexicon, self._dictionary)

    def set_dictionary(self, dictionary: bytes) -> None:
        """Pack texts with another dictionary from here on."""
        self._dictionary = dictionary
        self._packer = Packer(dictionary)

    def __call__(self, items: Sequence[Item]) -> Batch:
        """Read and invert a batch."""
        sources: list[Source] = []
        problems: list[tuple[str, str]] = []
        skipped: list[Skipped] = []
        for item in items:
            if isinstance(item, FileReference):
                try:
                    source = read_source(item)
                except ArticleError as error:
                    skipped.append(Skipped(item.name, item.stamp, item.size, str(error)))
                    continue
            else:
                source = item
            sources.append(_clean(source))
            problems += [(source.article.path, problem) for problem in source.article.problems]
        contents = None
        if sources:
            contents = invert_sources(sources, self._inverter, self._packer, self._dictionary)
        return Batch(contents, problems, skipped, len(items))


def read_source(file: FileReference) -> Source:
    """Read the article of a file. Raises ArticleError."""
    from searcher.article import make_id, read_article

    article = read_article(Path(file.root, file.path), root=file.root)
    if file.name != file.path:
        article = replace(article, path=file.name, id=make_id(file.name))
    return Source(article, file.stamp, file.size)


def run_batches(worker: Worker, batches: Iterable[list[Item]], jobs: int) -> Iterator[Batch]:
    """Work on batches with ``jobs`` processes; results come in the order of the batches."""
    if jobs == 1:
        yield from map(worker, batches)
        return
    # Forked processes share the dictionary that is loaded already; that is safe without threads.
    forked = "fork" in get_all_start_methods() and active_count() == 1
    context = get_context("fork" if forked else None)
    pool = ProcessPoolExecutor(jobs, context, _start, (worker,))
    try:
        waiting: deque[Future[Batch]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_work, batch))
            # A few ahead keep every process busy; more would only fill the memory.
            if len(waiting) > jobs + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise SearcherError(
            "a helper process ended early, perhaps out of memory; try: searcher index --jobs 1"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


_worker: Worker | None = None


def _start(worker: Worker) -> None:
    global _worker
    # Ctrl-C is for the parent, which then stops its processes in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A killed parent must not leave processes behind, which would hold its lock.
    Thread(target=_leave_with_parent, daemon=True).start()
    _worker = worker


def _leave_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(items: Sequence[Item]) -> Batch:
    if _worker is None:
        raise RuntimeError("a process that was not started by run_batches")
    return _worker(items)


def _clean(source: Source) -> Source:
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

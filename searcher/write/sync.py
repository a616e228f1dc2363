"""Syncing an index with its corpus, through the protocol of an engine's writer.

What is new or changed in the corpus is read, prepared and added; what is gone is deleted; and one
commit makes it so. Nothing here knows how an engine keeps its documents.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING

from searcher.backends.writing import Document, IndexState, Payload, Skipped, WriteBackend, key_hash
from searcher.errors import ArticleError
from searcher.ingest.walk import Problem
from searcher.write.batches import BatchWorker, Item, PreparedBatch, cut_batches, read_document
from searcher.write.diff import CorpusDiff
from searcher.write.listing import FileReference, Listing
from searcher.write.report import Progress, Report

if TYPE_CHECKING:
    from searcher.article import Article


def update(
    writer: WriteBackend[Payload],
    corpus: Listing | Iterable[Article],
    state: IndexState,
    *,
    rebuild: bool,
    jobs: int,
    notify: Callable[[Progress], None],
    started: float,
) -> Report:
    """Bring an index up to date with its corpus; see :func:`searcher.build_index`.

    ``corpus``: files, or articles without files; ``state``: of the index afterwards, but for the
    skipped files; ``jobs``: processes that prepare batches; ``started``: the value of
    ``time.perf_counter`` from which the report counts its seconds.
    """
    previous = writer.start(state.settings, state.lexicon_files, rebuild=rebuild)
    diff = CorpusDiff(writer.revisions(), previous.skipped if previous else ())
    problems: list[Problem] = []
    if isinstance(corpus, Listing):
        items: Iterable[Item] = [
            file for file in corpus.files if diff.is_new(file.name, file.revision, file.size)
        ]
        problems += corpus.problems
        _keep_unlisted(writer, diff, corpus.problems)
    else:
        items = _new_articles(corpus, diff)
    added = _add(writer, items, diff, jobs, notify)
    writer.delete(diff.take_changed())
    writer.delete(diff.missing)

    skipped = (*diff.still_skipped, *added.skipped)
    # A changed file that can no longer be read is removed.
    unreadable = diff.changed & {key_hash(skip.path) for skip in skipped}
    changed = len(diff.changed) - len(unreadable)
    removed = len(diff.missing) + len(unreadable)
    write = rebuild or previous is None or previous.skipped != skipped
    write = write or bool(added.documents or changed or removed)
    if write:
        notify(Progress("writing", added.documents, added.documents))
        writer.commit(state._replace(skipped=skipped))
    return Report(
        added=added.documents - changed,
        changed=changed,
        removed=removed,
        unchanged=diff.unchanged,
        skipped=len(skipped),
        problems=(*problems, *added.problems, *diff.repeated),
        seconds=time.perf_counter() - started,
        committed=write,
    )


def _keep_unlisted(
    writer: WriteBackend[Payload], diff: CorpusDiff, problems: Iterable[Problem]
) -> None:
    """Keep documents below folders that cannot be opened: they are not gone."""
    folders = tuple(f"{problem.path}/" for problem in problems)
    if folders:
        diff.keep(key for key, path in writer.paths(diff.missing) if path.startswith(folders))


def _new_articles(articles: Iterable[Article], diff: CorpusDiff) -> Iterator[Document]:
    for article in articles:
        digest = blake2b(article.body.encode("utf-8", "surrogatepass"), digest_size=7)
        # The repr of the body would take longer than all else.
        rest = [getattr(article, name) for name in article.__slots__ if name != "body"]
        digest.update(repr(rest).encode("utf-8", "surrogatepass"))
        revision = int.from_bytes(digest.digest(), "little")
        if diff.is_new(article.id, revision, 0):
            yield Document(article, article.id, revision)


@dataclass(slots=True)
class _Added:
    """How many documents were added, and what went wrong with others."""

    documents: int = 0
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def _add(
    writer: WriteBackend[Payload],
    items: Iterable[Item],
    diff: CorpusDiff,
    jobs: int,
    notify: Callable[[Progress], None],
) -> _Added:
    """Prepare all items and add them."""
    added = _Added()
    total = len(items) if isinstance(items, Sized) else 0
    done = 0
    for batch in _prepare(writer, cut_batches(items), jobs):
        # The new versions of some of these are in this batch.
        writer.delete(diff.take_changed())
        if batch.payload is not None:
            writer.add(batch.payload)
        added.documents += batch.documents
        added.problems += [Problem(*problem) for problem in batch.problems]
        added.problems += [Problem(skip.path, skip.message) for skip in batch.skipped]
        added.skipped += batch.skipped
        done += batch.items
        notify(Progress("reading and segmenting", done, max(total, done)))
    return added


def _prepare(
    writer: WriteBackend[Payload], batches: Iterator[list[Item]], jobs: int
) -> Iterator[PreparedBatch[Payload]]:
    first = next(batches, None)
    if first is None:
        return
    worker = BatchWorker(writer.preparer(len(first), _read_ahead(first)))
    second = next(batches, None)
    # One batch is for one process: another takes a tenth of a second to start.
    if second is None or jobs == 1:
        yield from map(worker, chain([first], [second] if second else [], batches))
    else:
        from searcher.write.pool import run_batches

        yield from run_batches(worker, chain([first, second], batches), jobs)


def _read_ahead(batch: list[Item]) -> Iterator[Document]:
    """The documents of a batch; those read from files take the places of the files."""
    for index, item in enumerate(batch):
        if isinstance(item, FileReference):
            try:
                item = batch[index] = read_document(item)
            except ArticleError:
                # The worker will report it.
                continue
        yield item

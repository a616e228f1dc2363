"""Preparing batches with the worker of an engine, here or in several processes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from searcher.backends.writing import Document, Payload, WriteBackend
from searcher.errors import ArticleError
from searcher.write.batches import BatchWorker, Item, PreparedBatch, read_document
from searcher.write.listing import FileReference


def prepare(
    writer: WriteBackend[Payload], batches: Iterator[list[Item]], jobs: int
) -> Iterator[PreparedBatch[Payload]]:
    """Prepare batches for an engine; results come in the order of the batches."""
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

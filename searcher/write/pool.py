"""Preparing batches in several processes at a time."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread, active_count
from typing import Any

from searcher.backends.writing import Payload
from searcher.errors import SearcherError
from searcher.write.batches import BatchWorker, Item, PreparedBatch


def run_batches(
    worker: BatchWorker[Payload], batches: Iterable[list[Item]], processes: int
) -> Iterator[PreparedBatch[Payload]]:
    """Prepare batches in several processes; results come in the order of the batches.

    Raises SearcherError where a process ends early.
    """
    # Forked processes share the dictionary that is loaded already; that is safe without threads.
    forked = "fork" in get_all_start_methods() and active_count() == 1
    context = get_context("fork" if forked else None)
    pool = ProcessPoolExecutor(processes, context, _start, (worker,))
    try:
        pending: deque[Future[PreparedBatch[Payload]]] = deque()
        for batch in batches:
            pending.append(pool.submit(_work, batch))
            # One or two in advance keep every process busy; more would only fill the memory.
            if len(pending) > processes + 1:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    except BrokenProcessPool as error:
        raise SearcherError(
            "a worker process ended early, perhaps out of memory; try: searcher index --jobs 1"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


_worker: BatchWorker[Any] | None = None


def _start(worker: BatchWorker[Any]) -> None:
    global _worker
    # Ctrl-C is for the parent, which then stops its processes in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A killed parent must not leave processes behind, which would hold its lock.
    Thread(target=_exit_with_parent, daemon=True).start()
    _worker = worker


def _exit_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(items: Sequence[Item]) -> PreparedBatch[Any]:
    if _worker is None:
        raise RuntimeError("a process that was not started by run_batches")
    return _worker(items)

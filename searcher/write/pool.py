"""Batches worked on by several processes at a time."""

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

from searcher.errors import SearcherError
from searcher.write.batches import Batch, BatchIndexer, Item


def run_batches(worker: BatchIndexer, batches: Iterable[list[Item]], jobs: int) -> Iterator[Batch]:
    """Work on batches with ``jobs`` processes; results come in the order of the batches."""
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


_worker: BatchIndexer | None = None


def _start(worker: BatchIndexer) -> None:
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

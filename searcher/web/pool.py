"""The opened indexes of a server: one for each thread that searches, kept at the newest commit."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TypeVar

from searcher import Index, IndexInvalidError, SearcherError, Stats, TimeLimitError, open_index
from searcher.web.kept import Kept
from searcher.web.limits import MAX_COUNTED, MAX_SECONDS, REFRESH_SECONDS
from searcher.web.overview import Counted

T = TypeVar("T")

_log = logging.getLogger(__name__)


CUT = "a file of the index has become shorter while it was open; run: searcher index --rebuild"


class TimeIsUpError(Exception):
    """An answer takes longer than a request may take."""


class _Opened:
    """An index, the lock of whoever uses it, and whether it is to be refreshed before that."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.lock = Lock()
        self.may_be_old = False


class IndexPool:
    """Runs searches in threads, each with an index of its own, as an index serves one at a time.

    A further thread looks for new commits, and refreshes the indexes that nobody uses. One that is
    in use is refreshed before its next answer.

    Args:
        folder: of the index.
        workers: how many threads search, at least 1.

    Raises:
        IndexNotFoundError, IndexInvalidError, IndexOutdatedError: there is no usable index.
    """

    def __init__(self, folder: str | Path, workers: int = 1) -> None:
        self._opened: list[_Opened] = []
        try:
            for _ in range(workers):
                self._opened.append(_Opened(open_index(folder)))
        except SearcherError:
            for opened in self._opened:
                opened.index.close()
            raise
        self._idle: SimpleQueue[_Opened] = SimpleQueue()
        for opened in self._opened:
            self._idle.put(opened)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="search")
        self.counted = Kept[Counted](MAX_COUNTED)
        """What was counted beside the results of searches."""
        self._stats: tuple[str, Stats] | None = None
        self._complaint = ""
        self._closed = Event()
        self.commit = self._opened[0].index.commit
        """Names the commit that new answers come from."""
        self._follower = Thread(target=self._follow, name="refresh", daemon=True)
        self._follower.start()

    async def run(self, work: Callable[[Index], T], seconds: float = MAX_SECONDS) -> T:
        """Call ``work`` with an index in a thread, and wait for what it returns.

        Raises:
            TimeIsUpError: it took longer than ``seconds``, waiting for a thread included. One that
                has begun is stopped at its next step, and its thread is free then.
        """
        end = time.monotonic() + seconds
        future = asyncio.get_running_loop().run_in_executor(self._threads, self._work, work, end)
        try:
            return await asyncio.wait_for(future, seconds)
        except (asyncio.TimeoutError, TimeLimitError) as error:
            raise TimeIsUpError from error

    def stats(self, index: Index) -> Stats:
        """What is in an index; counted once for each commit, as that reads all its terms."""
        known = self._stats
        if known is None or known[0] != index.commit:
            known = self._stats = (index.commit, index.stats())
        return known[1]

    def refresh(self) -> None:
        """Take every index to the newest commit: now, or before its next answer."""
        for opened in self._opened:
            opened.may_be_old = True
            if opened.lock.acquire(blocking=False):
                try:
                    self._refresh(opened)
                finally:
                    opened.lock.release()

    def close(self) -> None:
        """End the threads after the searches that run, and close the indexes."""
        self._closed.set()
        self._follower.join()
        self._threads.shutdown(cancel_futures=True)
        for opened in self._opened:
            opened.index.close()

    def _work(self, work: Callable[[Index], T], end: float) -> T:
        opened = self._idle.get()
        try:
            with opened.lock:
                if opened.may_be_old:
                    self._refresh(opened)
                if not opened.index.is_whole():
                    raise IndexInvalidError(CUT)
                with opened.index.time_limit(end - time.monotonic()):
                    return work(opened.index)
        finally:
            self._idle.put(opened)

    def _refresh(self, opened: _Opened) -> None:
        """Take an index to the newest commit; whoever calls this has its lock."""
        opened.may_be_old = False
        try:
            opened.index.refresh()
        except (SearcherError, OSError) as error:
            self._complain(str(error))
        else:
            self.commit = opened.index.commit
            self._complaint = ""

    def _follow(self) -> None:
        while not self._closed.wait(REFRESH_SECONDS):
            self.refresh()

    def _complain(self, message: str) -> None:
        # The commit before goes on answering; the same trouble is told once.
        if message != self._complaint:
            _log.warning("the newest commit cannot be opened: %s", message)
            self._complaint = message

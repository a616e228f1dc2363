"""Reading and segmenting a collection for the peers, in one process or several, with timings."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from bench.words import spaced

if TYPE_CHECKING:
    from bench.documents import Documents, Key
    from searcher.article import Article

_CHUNK = 64  # articles sent to a worker at a time


class Timings:
    """Seconds by stage of building an index: ``read``, ``segment``, ``write``."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    now = staticmethod(perf_counter)

    def add(self, stage: str, start: float) -> float:
        """Add the time since `start` to a stage and return the time now."""
        now = perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - start
        return now


class Segmented(NamedTuple):
    """An article and the words of its title and body, joined by tabs."""

    article: Article
    title: str
    body: str


def segmented(documents: Documents, timings: Timings, processes: int = 1) -> Iterator[Segmented]:
    """Read and segment every article, in order, in this process or in several others.

    With several processes both stages run elsewhere, and waiting for them counts as ``segment``.
    """
    if processes > 1:
        yield from _segmented_elsewhere(documents, timings, processes)
        return
    start = perf_counter()
    for key in documents.keys():  # noqa: SIM118 - not a mapping
        article = documents.read(key)
        start = timings.add("read", start)
        if article is None:
            continue
        result = Segmented(article, spaced(article.title), spaced(article.body))
        timings.add("segment", start)
        yield result
        start = perf_counter()


def _segmented_elsewhere(
    documents: Documents, timings: Timings, processes: int
) -> Iterator[Segmented]:
    keys = documents.keys()
    waiting: deque[Future[list[Segmented]]] = deque()
    # Not forked: by now the engine may have started threads of its own.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        start = perf_counter()
        while True:
            while len(waiting) < 2 * processes and (chunk := list(islice(keys, _CHUNK))):
                waiting.append(pool.submit(_segment_chunk, documents, chunk))
            if not waiting:
                return
            results = waiting.popleft().result()
            timings.add("segment", start)
            yield from results
            start = perf_counter()


def _segment_chunk(documents: Documents, keys: list[Key]) -> list[Segmented]:
    results = []
    for key in keys:
        article = documents.read(key)
        if article is not None:
            results.append(Segmented(article, spaced(article.title), spaced(article.body)))
    return results

"""One measurement in a process of its own: ``python -m bench.child JOB``, the answer is JSON.

Nothing but the standard library is imported before a clock starts.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, NamedTuple

from bench import memory
from bench.engines import Cannot, Engine, Query, Took, load

if TYPE_CHECKING:
    from bench.documents import Documents

Answer = dict[str, Any]


class Job(NamedTuple):
    """What to measure, as the parent process writes it to a file."""

    task: str
    engine: str
    folder: Path  # of the index
    documents: Documents | None = None
    queries: tuple[Query, ...] = ()
    processes: int = 1
    first: int = 0  # how many articles an update leaves alone before the one that it changes


def build(job: Job) -> Answer:
    """Build the index: seconds by stage, processor seconds, peak memory."""
    from bench.segmenting import Timings

    assert job.documents is not None
    timings = Timings()
    engine = load(job.engine)
    start = perf_counter()
    engine.build(job.documents, job.folder, timings, processes=job.processes)
    seconds = perf_counter() - start
    return {
        "seconds": seconds,
        "stages": timings.seconds,
        "processor": _processor(),
        "peak": memory.peak() + _helper_peak(engine),
    }


def first(job: Job) -> Answer:
    """Open the index and answer one query, imports included."""
    processor_start = _processor()
    start = perf_counter()
    engine = load(job.engine)
    engine.open(job.folder)
    hits = engine.search(job.queries[0])
    seconds = perf_counter() - start
    engine.close()  # the time of a process of its own is known once that has ended
    return {
        "seconds": seconds,
        "processor": _processor() - processor_start,
        "hits": len(hits),
    }


def many(job: Job) -> Answer:
    """Open the index and answer all queries: peak memory."""
    engine = load(job.engine)
    engine.open(job.folder)
    answered = 0
    for query in job.queries:
        try:
            engine.search(query)
        except Cannot:
            continue
        answered += 1
    engine.close()
    return {"peak": memory.peak() + _helper_peak(engine), "answered": answered}


def update(job: Job, *, by_listing: bool = False) -> Answer:
    """Change one article, several times: seconds until a search sees it.

    The processor's seconds are of all threads, except where an engine tells its times itself.
    """
    documents = job.documents
    assert documents is not None
    engine = load(job.engine)
    engine.open(job.folder)
    keys = list(islice(documents.keys(), job.first, job.first + len(job.queries)))
    seconds: list[float] = []
    processor: list[float] = []
    seen = 0
    before_job: dict[Path, bytes] = {}
    for query, key in zip(job.queries, keys, strict=True):
        if documents.folder is not None:
            file = documents.folder / key[0]
            before_job[file] = file.read_bytes()
            with file.open("a", encoding="utf-8") as opened:
                opened.write(f"\n\n{query.text}\n")
        article = documents.read(key)
        assert article is not None
        if documents.folder is None:
            article = replace(article, body=f"{article.body}\n{query.text}")
        before = engine.count(query)
        processor_start = process_time()
        start = perf_counter()
        engine.update(article, documents, by_listing=by_listing)
        took = Took(perf_counter() - start, process_time() - processor_start)
        if own := getattr(engine, "took", None):
            took = own()
        seconds.append(took.wall)
        processor.append(took.processor)
        seen += engine.count(query) > before
    engine.close()
    # The next engine changes the same files; by listing it would find what this one has changed.
    for file, content in before_job.items():
        file.write_bytes(content)
    return {"seconds": seconds, "processor": processor, "seen": seen}


def update_by_listing(job: Job) -> Answer:
    """Change one article, several times, and leave it to the engine to find out which."""
    return update(job, by_listing=True)


def unchanged(job: Job) -> Answer:
    """Build again over an index that is up to date."""
    from bench.segmenting import Timings

    assert job.documents is not None
    engine = load(job.engine)
    processor_start = _processor()
    start = perf_counter()
    engine.build(job.documents, job.folder, Timings(), processes=job.processes)
    return {
        "seconds": perf_counter() - start,
        "processor": _processor() - processor_start,
    }


def _processor() -> float:
    """Return the processor's seconds of this process and those of its children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _helper_peak(engine: Engine) -> int:
    """Return the most bytes that the engine's own process held, 0 where it has none."""
    return int(getattr(engine, "helper_peak", 0))


TASKS: dict[str, Callable[[Job], Answer]] = {
    task.__name__: task for task in (build, first, many, update, update_by_listing, unchanged)
}


def main() -> None:
    """Do the job whose pickle is named on the command line."""
    job: Job = pickle.loads(Path(sys.argv[1]).read_bytes())
    try:
        answer = TASKS[job.task](job)
    except Cannot as reason:
        answer = {"cannot": str(reason)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

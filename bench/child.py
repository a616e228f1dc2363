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
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from bench import memory
from bench.engines import Cannot, Query, load

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


def build(job: Job) -> Answer:
    """Build the index: seconds by stage, processor seconds, peak memory."""
    from bench.segmenting import Timings

    assert job.documents is not None
    timings = Timings()
    engine = load(job.engine)
    start = perf_counter()
    engine.build(job.documents, job.folder, timings, processes=job.processes)
    seconds = perf_counter() - start
    used = os.times()
    processor = used.user + used.system + used.children_user + used.children_system
    return {
        "seconds": seconds,
        "stages": timings.seconds,
        "processor": processor,
        "peak": memory.peak(),
    }


def first(job: Job) -> Answer:
    """Open the index and answer one query, imports included."""
    start = perf_counter()
    engine = load(job.engine)
    engine.open(job.folder)
    hits = engine.search(job.queries[0])
    return {"seconds": perf_counter() - start, "hits": len(hits)}


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
    return {"peak": memory.peak(), "answered": answered}


def update(job: Job) -> Answer:
    """Change one article, several times: seconds until a search sees it."""
    documents = job.documents
    assert documents is not None
    engine = load(job.engine)
    engine.open(job.folder)
    keys = list(islice(documents.keys(), len(job.queries)))
    seconds, seen = [], 0
    for query, key in zip(job.queries, keys, strict=True):
        if documents.folder is not None:
            with (documents.folder / key[0]).open("a", encoding="utf-8") as file:
                file.write(f"\n\n{query.text}\n")
        article = documents.read(key)
        assert article is not None
        if documents.folder is None:
            article = replace(article, body=f"{article.body}\n{query.text}")
        before = engine.count(query)
        start = perf_counter()
        engine.update(article, documents)
        seconds.append(perf_counter() - start)
        seen += engine.count(query) > before
    return {"seconds": seconds, "seen": seen}


def unchanged(job: Job) -> Answer:
    """Build again over an index that is up to date."""
    from bench.segmenting import Timings

    assert job.documents is not None
    engine = load(job.engine)
    start = perf_counter()
    engine.build(job.documents, job.folder, Timings(), processes=job.processes)
    return {"seconds": perf_counter() - start}


TASKS: dict[str, Callable[[Job], Answer]] = {
    task.__name__: task for task in (build, first, many, update, unchanged)
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

"""Where memory runs out at any moment the index is as it was, and there is a clear error."""

import os
import random
import resource
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from file_damage import TORTURE, chance, rounds
from written_index import QUERIES, WAYS, answers, left_over, prepared, put, put_one_by_one

from searcher import Index, NotEnoughMemoryError, SearcherError, open_index, open_writer

PROCESSES = get_context("fork")

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
    pytest.mark.usefixtures("few_names", "small_batches"),
]

ALLOCATING = (
    *("zeros", "empty", "ones", "arange", "array", "concatenate", "repeat", "cumsum"),
    *("flatnonzero", "ascontiguousarray", "fromiter", "isin", "diff", "lexsort", "bincount"),
)
"""Functions of numpy that take memory."""


class Allocations:
    """Counts allocations; the one with number ``n`` fails."""

    def __init__(self, n: int = 0) -> None:
        self.n, self.count = n, 0

    @contextmanager
    def patched(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as monkeypatch:
            for name in ALLOCATING:
                monkeypatch.setattr(np, name, self._counted(getattr(np, name)))
            yield

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            if self.count == self.n:
                raise MemoryError
            return function(*arguments, **options)

        return counted


def chosen(count: int, numbers: random.Random, usual: int) -> list[int]:
    """Numbers from 1 to count: all of them in the long form."""
    every = range(1, count + 1)
    return list(every) if TORTURE else sorted(numbers.sample(every, min(count, usual)))


@pytest.mark.parametrize("name", WAYS)
def test_an_allocation_fails_while_an_index_is_written(tmp_path: Path, name: str) -> None:
    way = WAYS[name]
    before, old, new = prepared(way, tmp_path)
    shutil.copytree(before, tmp_path / "counted")
    counted = Allocations()
    with counted.patched():
        way.then(tmp_path / "counted")
    assert counted.count > 50
    for n in chosen(counted.count, chance(len(name)), 8):
        folder = tmp_path / str(n)
        shutil.copytree(before, folder)
        with Allocations(n).patched(), pytest.raises(NotEnoughMemoryError, match="not enough"):
            way.then(folder)
        assert answers(folder / "index") == old
        if old is not None:
            assert left_over(folder / "index") == []
        way.then(folder)
        assert answers(folder / "index") == new
        shutil.rmtree(folder)


def test_an_allocation_fails_while_searching(tmp_path: Path) -> None:
    """The same opened index gives the right answers afterwards."""
    put_one_by_one(tmp_path)
    put(tmp_path, 2, 9)
    queries = [*QUERIES, "普京是什么人", "title:会谈 OR 新闻", "拜登 NEAR 会谈"]

    def ask(index: Index) -> list[object]:
        return [
            [(hit.id, hit.score, hit.snippets) for hit in index.search(query)] for query in queries
        ]

    numbers = chance(33)
    with open_index(tmp_path / "index") as index:
        true = ask(index)
    counted = Allocations()
    with open_index(tmp_path / "index") as index, counted.patched():
        ask(index)
    for n in chosen(counted.count, numbers, 40):
        with open_index(tmp_path / "index") as index:
            with Allocations(n).patched(), pytest.raises(NotEnoughMemoryError):
                ask(index)
            assert ask(index) == true


def test_what_waits_is_not_lost_where_memory_runs_out(tmp_path: Path) -> None:
    """A writer that goes on after an error commits all that it was given."""
    articles = [{"id": f"i{n}", "title": "普京", "body": "会谈"} for n in range(3)]
    for n in range(1, rounds(20, 200), 3):
        with open_writer(tmp_path / str(n)) as writer:
            writer.add(articles)
            with Allocations(n).patched(), pytest.raises(NotEnoughMemoryError):
                writer.commit()
        with open_index(tmp_path / str(n)) as index:
            assert len(index) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit of the memory")
@pytest.mark.parametrize("name", WAYS)
def test_the_memory_of_a_process_is_limited(tmp_path: Path, name: str) -> None:
    """A process that gets no more memory ends with a clear error, or is killed by a library."""
    way = WAYS[name]
    before, old, new = prepared(way, tmp_path)
    for number in range(rounds(3, 40)):
        folder = tmp_path / str(number)
        shutil.copytree(before, folder)

        def work(folder: Path = folder, number: int = number) -> None:
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
            limit = pages * resource.getpagesize() + (number << (22 if not TORTURE else 18))
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            try:
                way.then(folder)
            except SearcherError:
                os._exit(3)
            os._exit(0)

        process = PROCESSES.Process(target=work)
        process.start()
        process.join()
        # Anything but an error of ours ends with 1.
        assert process.exitcode != 1
        assert (answers(folder / "index") if folder.joinpath("index").exists() else None) in (
            [new] if process.exitcode == 0 else [old]
        )
        way.then(folder)
        assert answers(folder / "index") == new
        assert left_over(folder / "index") == []
        shutil.rmtree(folder)

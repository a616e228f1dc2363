"""Runs that are killed (SIGKILL) at random: nothing is lost, nor left over after the next run."""

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import Event

import pytest
from failing_calls import CALLS, FailingCall
from file_damage import chance, rounds
from written_index import WAYS, Answers, answers, left_over, prepared

from searcher import IndexLockedError, build_index, open_index, watch_index

PROCESSES = get_context("fork")

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
    pytest.mark.usefixtures("few_names", "small_batches"),
    pytest.mark.skipif(sys.version_info < (3, 11), reason="pathlib keeps functions of os"),
]


class KillingCall(FailingCall):
    """Kills its process at the n-th call of a kind."""

    def check(self, kind: str, path: object = "") -> None:
        if kind == self._kind:
            self.count += 1
            if self.count == self._n:
                os.kill(os.getpid(), signal.SIGKILL)


def when_free(action: Callable[[], object]) -> None:
    """Do something as soon as the helpers of a killed process have let go of the lock."""
    for _ in range(3000):
        with suppress(IndexLockedError):
            action()
            return
        time.sleep(0.02)
    raise AssertionError("the lock is held for ever")


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("name", WAYS)
def test_a_run_is_killed(tmp_path: Path, name: str, jobs: int) -> None:
    way = WAYS[name]
    before, old, new = prepared(way, tmp_path)
    numbers = chance(len(name) + jobs)
    started = time.perf_counter()
    shutil.copytree(before, tmp_path / "timed")
    way.then(tmp_path / "timed", jobs)
    seconds = time.perf_counter() - started
    for number in range(rounds(3, 100)):
        folder = tmp_path / str(number)
        shutil.copytree(before, folder)
        kill(partial(way.then, folder, jobs), folder / "index", seconds, numbers)
        check(folder / "index", old, new, partial(way.then, folder, jobs))
        shutil.rmtree(folder)


def kill(run: Callable[[], object], index: Path, seconds: float, numbers: random.Random) -> None:
    """Kill a run after some time, or at some call."""
    call = KillingCall(index, numbers.choice(CALLS), numbers.randrange(1, 12), 0)
    at_call = numbers.random() < 0.5
    wait = numbers.uniform(0, 1.2 * seconds)

    def work() -> None:
        if at_call:
            with pytest.MonkeyPatch.context() as monkeypatch:
                call.patch(monkeypatch)
                run()
        else:
            run()

    process = PROCESSES.Process(target=work)
    process.start()
    if at_call:
        process.join()
    else:
        time.sleep(wait)
        process.kill()
        process.join()


def check(index: Path, old: Answers, new: Answers, run: Callable[[], object]) -> None:
    """The old index or the new one is there, and after another run the new one and no more."""
    assert (answers(index) if index.exists() else None) in (old, new)
    when_free(run)
    assert answers(index) == new
    assert left_over(index) == []


def test_a_killed_watch(tmp_path: Path) -> None:
    """What had been found stays found, and the next run finds the rest."""
    numbers = chance(8)
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    (corpus / "0.md").write_text("普京\n\n第0篇", "utf-8")
    build_index(corpus, index, jobs=1)

    def watch() -> None:
        for _ in watch_index(index, stop=Event()):
            pass

    found = 0
    for number in range(1, rounds(5, 100)):
        process = PROCESSES.Process(target=watch)
        process.start()
        time.sleep(numbers.uniform(0.1, 0.3))
        (corpus / f"{number}.md").write_text(f"普京\n\n第{number}篇", "utf-8")
        time.sleep(numbers.uniform(0, 0.4))
        process.kill()
        process.join()
        with open_index(index) as opened:
            assert len(opened) in (number, number + 1)
            found += len(opened) > number
            assert opened.check() == []
        when_free(lambda: build_index(corpus, index, jobs=1))
        with open_index(index) as opened:
            assert len(opened) == number + 1
        assert left_over(index) == []
    print(f"{found} of {number} found by the watch")  # noqa: T201 - shown by pytest -s

"""Several processes and threads at one index: killed writers, readers beside writers."""

import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
from library import article, build, found

from searcher import (
    Article,
    IndexLockedError,
    IndexNotFoundError,
    SearcherError,
    build_index,
    open_index,
)
from searcher.write import pool

PROCESSES = get_context("fork")

# Threads elsewhere in this process hold nothing that a forked one waits for.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
    pytest.mark.usefixtures("few_names"),
]


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[None]:
    """Run ``work`` in a process that is killed (SIGKILL) on leaving, wherever it is."""
    process = PROCESSES.Process(target=work)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def generation(number: int) -> list[Article]:
    """The articles of one commit: all say which, so that a mixture would show."""
    return [article(n, f"第{number}版", f"w{number} 普京") for n in range(8 + number % 5)]


def commit_for_ever(folder: Path, first: int) -> None:
    for number in range(first, first + 10_000):
        build(folder, generation(number))


def version(folder: Path) -> int:
    """Which commit an index has; it must be all of one."""
    with open_index(folder / "index") as index:
        titles = {hit.title for hit in index.search("*", limit=100)}
        assert len(titles) == 1
        number = int(titles.pop()[1:-1])
        assert len(index) == len(generation(number))
        assert found(index, f"w{number}") == found(index, "*")
        assert index.check() == []
    return number


def test_a_killed_writer_leaves_the_last_commit(tmp_path: Path) -> None:
    chance = random.Random(9)
    build(tmp_path, generation(0))
    last = kills = commits = 0
    # On a busy machine it takes longer until a commit is done before the kill.
    while kills < 12 or commits < 3:
        assert kills < 100, "the other process commits nothing"
        with beside(partial(commit_for_ever, tmp_path, last + 1)):
            time.sleep(chance.uniform(0.02, 0.25) * (1 + kills // 12))
        number = version(tmp_path)
        assert number >= last
        kills += 1
        commits += number > last
        # The next run carries on, and leaves nothing of the killed one behind.
        last = number + 1
        build(tmp_path, generation(last))
        assert version(tmp_path) == last
        with open_index(tmp_path / "index") as index:
            segments = index.stats().segments
        assert len(list((tmp_path / "index").iterdir())) == segments + 4


def test_a_killed_first_run_leaves_no_index_or_a_whole_one(tmp_path: Path) -> None:
    chance = random.Random(10)
    outcomes = set()
    for attempt in range(6):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        with beside(partial(commit_for_ever, folder, 0)):
            time.sleep(chance.uniform(0.01, 0.15))
        try:
            outcomes.add(version(folder) >= 0)
        except IndexNotFoundError:
            outcomes.add(False)
        build(folder, generation(5))
        assert version(folder) == 5
    assert outcomes


def slow_articles() -> Iterator[Article]:
    for number in range(100_000):
        yield article(number, "标题", f"中国国防部长今天说，第{number}次" * 30)


def write_slowly(folder: Path, jobs: int) -> None:
    while True:
        with suppress(IndexLockedError):
            build_index(slow_articles(), folder / "index", jobs=jobs)


def test_a_killed_writer_takes_its_helpers_along(tmp_path: Path) -> None:
    build(tmp_path, generation(0))
    with beside(partial(write_slowly, tmp_path, 2)):
        time.sleep(1.5)
    for _ in range(3000):
        try:
            build(tmp_path, generation(1))
            break
        except IndexLockedError:
            time.sleep(0.1)
    else:
        raise AssertionError("its helpers hold the lock")
    assert version(tmp_path) == 1


def test_a_helper_that_is_killed_is_a_clear_error(tmp_path: Path) -> None:
    build(tmp_path, generation(0))

    def kill_one() -> None:
        while not (helpers := multiprocessing.active_children()):
            time.sleep(0.01)
        helpers[0].kill()

    killer = threading.Thread(target=kill_one)
    killer.start()
    with pytest.raises(SearcherError, match="jobs 1"):
        build_index(slow_articles(), tmp_path / "index", jobs=2)
    killer.join()
    assert version(tmp_path) == 0
    build(tmp_path, generation(1))
    assert version(tmp_path) == 1


def test_helpers_that_are_not_forked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, or beside other threads in newer Pythons."""
    monkeypatch.setattr(pool, "get_context", lambda _: get_context("spawn"))
    articles = [article(n, "要闻", f"w{n} 普京") for n in range(700)]
    build_index(articles, tmp_path / "two", jobs=2)
    monkeypatch.undo()
    build_index(articles, tmp_path / "one", jobs=1)
    one, two = ([p.read_bytes() for p in (tmp_path / n).glob("*.seg")] for n in ("one", "two"))
    assert one == two


def test_only_one_writes(tmp_path: Path) -> None:
    build(tmp_path, generation(0))
    with beside(partial(write_slowly, tmp_path, 1)):

        def write() -> None:
            for _ in range(3000):
                build(tmp_path, generation(0))
                time.sleep(0.01)

        with pytest.raises(IndexLockedError, match="another process"):
            write()
        assert version(tmp_path) == 0, "readers need no lock"


def test_opening_while_another_process_commits(tmp_path: Path) -> None:
    build(tmp_path, generation(0))
    seen: set[str] = set()
    with beside(partial(commit_for_ever, tmp_path, 1)), open_index(tmp_path / "index") as kept:
        opened = 0
        while opened < 100 or len(seen) < 6:
            assert opened < 10_000, "the other process commits nothing"
            opened += 1
            with open_index(tmp_path / "index") as index:
                titles = {hit.title for hit in index.search("普京", limit=100)}
                assert len(titles) == 1
                seen |= titles
            kept.refresh()
            assert len({hit.title for hit in kept.search("普京", limit=100)}) == 1


def test_threads_share_an_index(tmp_path: Path) -> None:
    chance = random.Random(11)
    words = "中国 美国 经济 发展 新闻 会议 总统 普京 拜登 天气 北京".split()
    build(tmp_path, [article(n, "", "".join(chance.choices(words, k=40))) for n in range(1500)])
    queries = [f"{a} OR {b}" for a in words for b in words if a < b] + [f'"{a[0]}"' for a in words]
    with open_index(tmp_path / "index") as index:

        def answer(query: str) -> list[tuple[str, float]] | str:
            try:
                return [(hit.id, hit.score) for hit in index.search(query)]
            except (SearcherError, LookupError, ValueError) as error:
                return repr(error)

        expected = {query: answer(query) for query in queries}
        wrong: list[str] = []

        def work(seed: int) -> None:
            mine = random.Random(seed)
            for query in mine.sample(queries, len(queries)):
                got = answer(query)
                if got != expected[query]:
                    wrong.append(f"{query}: {got}"[:200])

        threads = [threading.Thread(target=work, args=[seed]) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []

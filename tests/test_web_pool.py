"""The opened indexes of a server: they answer from one commit, and go on to the next."""

import asyncio
import os
import shutil
from pathlib import Path
from threading import Event

import pytest
from library import article, build

from searcher import Index, IndexInvalidError, IndexNotFoundError
from searcher.web.pool import IndexPool, TimeIsUpError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(tmp_path, [article(0, "火星车")])
    return tmp_path


def count(pool: IndexPool) -> int:
    return asyncio.run(pool.run(lambda index: index.count("火星")))


def test_a_new_commit_is_picked_up(folder: Path) -> None:
    pool = IndexPool(folder / "index", workers=2)
    before = pool.commit
    assert count(pool) == 1
    build(folder, [article(0, "火星车"), article(1, "火星")])
    pool.refresh()
    assert pool.commit != before
    # Both indexes.
    assert [count(pool) for _ in range(4)] == [2] * 4
    assert asyncio.run(pool.run(pool.stats)).articles == 2
    pool.close()


def test_it_looks_for_a_commit_by_itself(folder: Path) -> None:
    pool = IndexPool(folder / "index")
    build(folder, [article(0, "火星车"), article(1, "火星")])
    noticed = Event()
    for _ in range(600):
        if count(pool) == 2:
            break
        noticed.wait(0.05)
    assert count(pool) == 2
    pool.close()


def test_an_index_that_answers_is_left_alone(folder: Path) -> None:
    pool = IndexPool(folder / "index")
    begun, go_on = Event(), Event()

    def slow(index: Index) -> int:
        begun.set()
        go_on.wait()
        return index.count("火星")

    async def scenario() -> int:
        answer = asyncio.ensure_future(pool.run(slow))
        await asyncio.to_thread(begun.wait)
        build(folder, [article(0, "火星车"), article(1, "火星")])
        pool.refresh()
        go_on.set()
        return await answer

    assert asyncio.run(scenario()) == 1
    # Without another look.
    assert count(pool) == 2
    pool.close()


def test_a_search_that_takes_too_long_is_given_up(folder: Path) -> None:
    pool = IndexPool(folder / "index")
    go_on = Event()

    def slow(_: Index) -> None:
        go_on.wait()

    with pytest.raises(TimeIsUpError):
        asyncio.run(pool.run(slow, 0.01))
    go_on.set()
    assert count(pool) == 1
    pool.close()


def test_a_search_that_takes_too_long_is_stopped(folder: Path) -> None:
    pool = IndexPool(folder / "index")
    ended = Event()

    def endless(index: Index) -> None:
        try:
            while True:
                index.count("火星")
        finally:
            ended.set()

    with pytest.raises(TimeIsUpError):
        asyncio.run(pool.run(endless, 0.05))
    assert ended.wait(10)
    assert count(pool) == 1
    pool.close()


def test_the_commit_before_answers_where_the_newest_cannot(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pool = IndexPool(folder / "index")
    shutil.rmtree(folder / "index")
    pool.refresh()
    pool.refresh()
    assert count(pool) == 1
    assert len(caplog.records) == 1
    pool.close()


def test_a_file_that_was_cut_is_not_read(folder: Path) -> None:
    pool = IndexPool(folder / "index")
    assert count(pool) == 1
    for file in (folder / "index").glob("*.seg"):
        os.truncate(file, 0)
    with pytest.raises(IndexInvalidError, match="shorter"):
        count(pool)
    build(folder, [article(0, "火星车"), article(1, "火星")], rebuild=True)
    pool.refresh()
    assert count(pool) == 2
    pool.close()


def test_there_must_be_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError):
        IndexPool(tmp_path / "index")

"""Watching sources: what changes can be found, and nothing is lost when a folder goes and comes."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from indexing import write, write_corpus

from searcher import (
    IndexLockedError,
    Report,
    SearcherError,
    build_index,
    open_index,
    open_writer,
    watch_index,
)
from searcher.write import watch as module

PATIENCE = 60
"""Seconds after which a test fails; none waits for so long where nothing is wrong."""


class Watcher:
    """An index that is watched in a thread of its own."""

    def __init__(self, index: Path) -> None:
        self.index = open_index(index)
        self.stop = Event()
        self.reports: list[Report] = []
        self._thread = Thread(target=self._run, args=(index,), daemon=True)
        self._thread.start()

    def _run(self, index: Path) -> None:
        for report in watch_index(index, stop=self.stop):
            self.reports.append(report)

    def wait(self, holds: Callable[[], bool]) -> None:
        for _ in range(PATIENCE * 50):
            self.index.refresh()
            if holds():
                return
            time.sleep(0.02)
        pytest.fail(f"not seen: {self.paths()}")

    def paths(self) -> set[str]:
        return {article.path for article in self.index}

    def end(self) -> None:
        self.stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        self.index.close()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    corpus = write_corpus(tmp_path)
    build_index(corpus, tmp_path / "index")
    return corpus


@pytest.fixture
def watcher(corpus: Path, tmp_path: Path) -> Iterator[Watcher]:
    pytest.importorskip("watchfiles")
    watcher = Watcher(tmp_path / "index")
    # What changed before anybody watched is found, too; from then on changes are told.
    write(corpus, "first.md", "开始")
    watcher.wait(lambda: "first.md" in watcher.paths())
    yield watcher
    watcher.end()


def test_files_that_change(corpus: Path, watcher: Watcher) -> None:
    write(corpus, "new/deep/d.md", "德国")
    watcher.wait(lambda: "new/deep/d.md" in watcher.paths())
    write(corpus, "a.md", "特朗普")
    watcher.wait(lambda: watcher.index.count("特朗普") == 1)
    (corpus / ".a.md.swp").write_text("x")
    (corpus / "a.md~").write_text("x")
    write(corpus, ".tmp.md", "哈里斯").replace(corpus / "a.md")
    watcher.wait(lambda: watcher.index.count("哈里斯") == 1)
    (corpus / "b.md").rename(corpus / "z.md")
    watcher.wait(lambda: {"b.md", "z.md"} & watcher.paths() == {"z.md"})
    (corpus / "new").rename(corpus / "old")
    watcher.wait(lambda: "old/deep/d.md" in watcher.paths())
    shutil.rmtree(corpus / "old")
    watcher.wait(lambda: watcher.paths() == {"a.md", "z.md", "sub/c.md", "first.md"})
    (corpus / ".searcherignore").write_text("sub/\n")
    watcher.wait(lambda: "sub/c.md" not in watcher.paths())


def test_a_folder_that_goes_and_comes_back(corpus: Path, watcher: Watcher) -> None:
    away = corpus.rename(corpus.with_name("away"))
    watcher.wait(lambda: any(report.problems for report in watcher.reports))
    assert len(watcher.paths()) == 4
    write(away, "d.md", "德国")
    (away / "a.md").unlink()
    away.rename(corpus)
    watcher.wait(lambda: {"a.md", "d.md"} & watcher.paths() == {"d.md"})
    write(corpus, "e.md", "法国")
    watcher.wait(lambda: "e.md" in watcher.paths())


def test_a_file_that_is_replaced_again_and_again(tmp_path: Path, watcher: Watcher) -> None:
    file = write(tmp_path, "one.md", "第一")
    build_index(file, tmp_path / "index", add=True)
    watcher.wait(lambda: "one.md" in watcher.paths())
    for text in ("第二", "第三", "第四"):
        write(tmp_path, "one.tmp", text).replace(file)
        watcher.wait(lambda text=text: watcher.index.count(f'"{text}"') == 1)  # type: ignore[misc]


def test_another_folder_in_the_place_of_one(corpus: Path, watcher: Watcher) -> None:
    corpus.rename(corpus.with_name("away"))
    write(corpus, "d.md", "德国")
    watcher.wait(lambda: watcher.paths() == {"d.md"})
    write(corpus, "e.md", "法国")
    watcher.wait(lambda: watcher.paths() == {"d.md", "e.md"})


def test_a_storm_of_changes(
    corpus: Path, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_PATHS", 20)
    for number in range(60):
        write(corpus, f"{number % 3}/{number}.md", "风暴")
    watcher.wait(lambda: watcher.index.count("风暴") == 60)


def test_other_writers_have_their_turn(
    corpus: Path, watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[Path] = []

    def refuse_once(folder: Path) -> object:
        if not refused:
            refused.append(folder)
            raise IndexLockedError("busy")
        return opened(folder)

    opened = open_writer
    monkeypatch.setattr(module, "open_writer", refuse_once)
    write(corpus, "d.md", "德国")
    watcher.wait(lambda: "d.md" in watcher.paths())
    assert refused


def test_most_articles_are_not_removed_at_once(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    corpus = tmp_path / "corpus"
    for number in range(101):
        write(corpus, f"{number}.md", "德国")
    build_index(corpus, tmp_path / "index")
    for path in list(corpus.iterdir())[:60]:
        path.unlink()
    watcher = Watcher(tmp_path / "index")
    watcher.wait(lambda: any(report.problems for report in watcher.reports))
    assert "--replace" in watcher.reports[0].problems[0].message
    assert len(watcher.paths()) == 101
    watcher.end()


def test_without_the_package(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(SearcherError, match=r"pip install .*\[watch\]"):
        next(watch_index(tmp_path / "index", stop=Event()))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it(corpus: Path, tmp_path: Path, number: signal.Signals) -> None:
    pytest.importorskip("watchfiles")
    command = [sys.executable, "-m", "searcher", "index", "corpus", "--watch"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("watching"):
                break
        process.send_signal(number)
        assert "stopped" in process.stderr.read()
        assert process.wait(PATIENCE) == 0

"""What several test files need: folders with a few articles, the index of the sample corpus."""

import os
import shutil
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from console import run, write_corpus
from hypothesis import settings
from library import CORPUS, SLOW
from without_native import leave_native_aside

import searcher.store.kept_analyser
import searcher.text.analyser
import searcher.write.writer
from searcher import Index, build_index, open_index
from searcher._native import extension
from searcher.store.lexicon_file import KeptAdditions, write_lexicon_file
from searcher.text import lexicon
from searcher.text.analyser import Analyser
from searcher.text.dictionary_file import dictionary_key, make_dictionary, open_dictionary
from searcher.text.lexicon import Lexicon, Word, fingerprint, lexicon_files, load_lexicon
from searcher.text.segmenter import Segmenter
from searcher.write.settings import index_settings

# A browser is started by make test-web alone.
IN_A_BROWSER = os.environ.get("SEARCHER_BROWSER") == "1"
collect_ignore = [] if IN_A_BROWSER else ["browser"]

# The same examples every time; with SEARCHER_SLOW=1 more of them, and new ones each time.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("slow", deadline=None, max_examples=1000)
settings.load_profile("slow" if SLOW else "same")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Dictionary files go into a folder of this run, which all of its processes share."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEARCHER_CACHE", str(folder / "cache"))
        yield folder / "cache"


@pytest.fixture(scope="session")
def trie(one_dictionary: None, own_cache: Path) -> Any:
    """The trie of the program's own lexicon; making it takes some seconds."""
    if extension("cutting") is None or extension("building") is None:
        pytest.skip("needs the native modules")
    segmenter = Segmenter(load_lexicon())
    key = dictionary_key(index_settings([]).engines, KeptAdditions.of(segmenter.additions).digest())
    found = open_dictionary(key) or make_dictionary(key, segmenter)
    assert found is not None
    return found


@pytest.fixture(scope="session", autouse=True)
def one_dictionary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Load and write a lexicon once: a small index then takes 0.03 s, not 1 s."""
    lexicons: dict[str, Lexicon] = {}
    analysers: dict[str | int, Analyser] = {}
    written: dict[str, Path] = {}
    folder = tmp_path_factory.mktemp("lexicons")

    read_file = lexicon._read_file

    @lru_cache
    def read_own(path: Path) -> tuple[tuple[list[str], Word], ...]:
        return tuple(read_file(path))

    def read(path: Path) -> Iterable[tuple[list[str], Word]]:
        return read_own(path) if path.parent == lexicon.NAMES else read_file(path)

    def load(files: Iterable[str | Path] = ()) -> Lexicon:
        files = list(files)
        known = fingerprint(lexicon_files(files))
        if known not in lexicons:
            lexicons[known] = load_lexicon(files)
        return lexicons[known]

    def analyser(words: Lexicon | None = None, **more: Any) -> Analyser:
        key = hash(tuple(more.values())) if more else (words or load()).fingerprint
        if key not in analysers:
            analysers[key] = Analyser(words, **more) if more else Analyser(words or load())
        return analysers[key]

    def write(path: Path, words: Lexicon, *more: Any) -> None:
        known = words.fingerprint
        if known not in written:
            write_lexicon_file(folder / known, words, *more)
            written[known] = folder / known
        shutil.copyfile(written[known], path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searcher.write.writer, "load_lexicon", load)
        patch.setattr(searcher.write.writer, "Analyser", analyser)
        patch.setattr(searcher.text.analyser, "Analyser", analyser)
        patch.setattr(searcher.store.kept_analyser, "Analyser", analyser)
        patch.setattr(searcher.write.writer, "write_lexicon_file", write)
        patch.setattr(lexicon, "_read_file", read)
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="module")
def few_names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only a few names of the program's own, so that a lexicon is dealt with in no time."""
    path = tmp_path_factory.mktemp("names") / "few.txt"
    path.write_text("普京 nrf = 普丁 = Putin\n布林肯 nrf = Blinken\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexicon, "_built_in_files", lambda: (path,))
        yield


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The index of ``corpus/``, opened; tests only read it."""
    folder = tmp_path_factory.mktemp("sample") / "index"
    build_index(CORPUS, folder)
    with open_index(folder) as index:
        yield index


@pytest.fixture(scope="session")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``corpus/`` and ``index/``; tests only read it."""
    folder = tmp_path_factory.mktemp("news")
    write_corpus(folder / "corpus")
    run("index", cwd=folder, expect=0)
    return folder


@pytest.fixture
def own_news(tmp_path: Path) -> Path:
    """A folder with ``corpus/`` and no index yet; a test may change it."""
    write_corpus(tmp_path / "corpus")
    return tmp_path


@pytest.fixture
def as_if_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small indexes are searched as large ones are.

    What cannot reach the page is left out, and only very few documents of a segment are scored
    together with those of others.
    """
    monkeypatch.setattr("searcher.search.maxscore.MIN_DOCUMENTS", 0)
    monkeypatch.setattr("searcher.search.collect.MAX_DEFERRED", 5)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few articles are written as many are: in several batches, and by temporary files."""
    monkeypatch.setattr("searcher.write.batches.MAX_BATCH_ARTICLES", 3)
    monkeypatch.setattr("searcher.write.buffer.MAX_MEMORY_BYTES", 5000)


@pytest.fixture
def array_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Native code is left aside, whether it was compiled or not."""
    leave_native_aside(monkeypatch)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the pictures of the pages are."""
    if IN_A_BROWSER:
        from visits import SHOTS

        for shot in sorted(SHOTS.glob("*.png")):
            terminalreporter.write_line(str(shot))

"""What several test files need: folders with a few articles, the index of the sample corpus."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from console import run, write_corpus
from hypothesis import settings
from library import CORPUS, SLOW

import searcher.index.build
import searcher.text.analysis
from searcher import Index, build_index, open_index
from searcher.text.analysis import Analyser
from searcher.text.lexicon import Lexicon, fingerprint, lexicon_files, load_lexicon

# The same examples every time; with SEARCHER_SLOW=1 more of them, and new ones each time.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("slow", deadline=None, max_examples=1000)
settings.load_profile("slow" if SLOW else "same")


@pytest.fixture(scope="session", autouse=True)
def one_dictionary() -> Iterator[None]:
    """Load a lexicon and its dictionary once: a small index then takes 0.05 s, not 0.8 s."""
    lexicons: dict[str, Lexicon] = {}
    analysers: dict[str, Analyser] = {}

    def load(files: Iterable[str | Path] = ()) -> Lexicon:
        files = list(files)
        known = fingerprint(lexicon_files(files))
        if known not in lexicons:
            lexicons[known] = load_lexicon(files)
        return lexicons[known]

    def analyser(lexicon: Lexicon | None = None) -> Analyser:
        lexicon = lexicon or load()
        if lexicon.fingerprint not in analysers:
            analysers[lexicon.fingerprint] = Analyser(lexicon)
        return analysers[lexicon.fingerprint]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searcher.index.build, "load_lexicon", load)
        patch.setattr(searcher.text.analysis, "Analyser", analyser)
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

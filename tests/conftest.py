"""What several test files need: folders with a few articles."""

from pathlib import Path

import pytest
from console import run, write_corpus


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

"""Commits: one writer at a time, and readers that answer from the commit that they opened."""

from pathlib import Path

import pytest
from indexing import write_corpus
from library import article, build, found, index_of

from searcher import IndexLockedError, build_index, open_index
from searcher.write.lock import write_lock


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path)


def test_a_second_writer_is_told(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    with write_lock(index), pytest.raises(IndexLockedError, match="another process"):
        build_index(corpus, index)
    assert build_index(corpus, index).added == 3


def test_a_reader_answers_from_its_commit(tmp_path: Path) -> None:
    build(tmp_path, [article(n, f"新闻{n}", "普京" * n) for n in range(1, 6)])
    old = open_index(tmp_path / "index")
    first = [(hit.id, hit.score) for hit in old.search("普京")]
    assert not old.refresh()
    for number in range(10, 30):
        build(tmp_path, [article(number, "全新", "拜登")])
        assert [(hit.id, hit.score) for hit in old.search("普京")] == first
        assert old.count("拜登") == 0
        assert old.get("a0003") is not None
        assert old.search('"新闻3"')[0].snippets != ()
    assert old.check() == []
    assert old.refresh()
    assert not old.refresh()
    assert found(old, "*") == {"a0029"}
    old.close()


def test_a_relative_path_is_kept_when_the_folder_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, [article(1, "普京")])
    monkeypatch.chdir(tmp_path)
    with open_index("index") as index:
        monkeypatch.chdir("/")
        build(tmp_path, [article(1, "普京"), article(2, "普京")])
        assert index.refresh()
        assert len(index) == index.stats().articles == 2


def test_closing_is_allowed_twice(tmp_path: Path) -> None:
    index = index_of(tmp_path, ("普京", ""))
    index.close()
    index.close()

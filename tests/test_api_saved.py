"""Saved searches: nothing is missed and nothing comes twice."""

import json
import os
import signal
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from console import COMMAND, call, environment, write_corpus
from hypothesis import given
from hypothesis import strategies as st
from library import article, build

from searcher import (
    IndexNotFoundError,
    QueryError,
    SavedSearch,
    SavedSearchError,
    SavedSearches,
)
from searcher.explore.saved import hashes_of

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def saved(tmp_path: Path) -> SavedSearches:
    return SavedSearches(tmp_path / "saved")


def add(folder: Path, numbers: Sequence[int], **options: bool) -> Path:
    articles = [article(n, f"普京 {n}", "他说，乌克兰。" * (n % 3)) for n in numbers]
    build(folder, articles, **options)
    return folder / "index"


def new_ids(saved: SavedSearches, name: str = "putin") -> list[str]:
    with saved.new(name) as found:
        return [hit.id for hit in found.hits]


def test_only_what_has_come_since(saved: SavedSearches, tmp_path: Path) -> None:
    index = add(tmp_path, range(3))
    assert saved.save("putin", "普京", index) == 3
    assert new_ids(saved) == []
    add(tmp_path, range(6))
    # Newest first; articles have one day after another.
    assert new_ids(saved) == ["a0005", "a0004", "a0003"]
    assert new_ids(saved) == []


def test_an_old_date_is_as_new_as_any(saved: SavedSearches, tmp_path: Path) -> None:
    index = add(tmp_path, range(10, 20))
    saved.save("putin", "普京", index)
    add(tmp_path, range(9, 20))
    assert new_ids(saved) == ["a0009"]


def test_across_rebuilds_and_articles_that_go_and_come(
    saved: SavedSearches, tmp_path: Path
) -> None:
    index = add(tmp_path, range(5))
    saved.save("putin", "普京", index)
    add(tmp_path, range(6), rebuild=True)
    assert new_ids(saved) == ["a0005"]
    add(tmp_path, range(6), rebuild=True)
    assert new_ids(saved) == []
    add(tmp_path, range(2))
    add(tmp_path, range(6))
    assert new_ids(saved) == []


def test_what_was_not_dealt_with_comes_again(saved: SavedSearches, tmp_path: Path) -> None:
    saved.save("putin", "普京", add(tmp_path, range(2)))
    add(tmp_path, range(4))

    def interrupted() -> None:
        with saved.new("putin") as found:
            assert len(found.hits) == 2
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(new_ids(saved)) == 2


def test_saving_the_same_again_forgets_nothing(saved: SavedSearches, tmp_path: Path) -> None:
    index = add(tmp_path, range(2))
    saved.save("putin", "普京", index, since=date(2019, 1, 1))
    add(tmp_path, range(4))
    saved.save("putin", "普京", index, since=date(2019, 1, 1))
    assert len(new_ids(saved)) == 2
    saved.save("putin", "普京 乌克兰", index)
    assert saved.get("putin").query == "普京 乌克兰"
    assert new_ids(saved) == []


def test_options_hold(saved: SavedSearches, tmp_path: Path) -> None:
    index = add(tmp_path, range(2))
    saved.save("early", "普京", index, until="2020-01-04")
    add(tmp_path, range(8))
    assert new_ids(saved, "early") == ["a0003", "a0002"]
    with pytest.raises(QueryError, match="no option is called 'limit'"):
        saved.save("odd", "普京", index, limit=3)  # type: ignore[call-arg]


def test_names(saved: SavedSearches, tmp_path: Path) -> None:
    index = add(tmp_path, range(2))
    names = ["putin", "普京/..", "😀" * 100, "A", "a"]
    for name in names:
        saved.save(name, "普京", index)
    assert saved.names() == sorted(names)
    saved.remove("A")
    assert "A" not in saved.names()
    for missing in ("A", "nobody"):
        with pytest.raises(SavedSearchError, match=rf"no search is saved as '{missing}'"):
            new_ids(saved, missing)
        with pytest.raises(SavedSearchError, match="no search is saved as"):
            saved.remove(missing)
    for wrong in ("", "  ", "x" * 201):
        with pytest.raises(SavedSearchError, match="the name of a search has 1 to 200 characters"):
            saved.save(wrong, "普京", index)
    with pytest.raises(IndexNotFoundError):
        saved.save("elsewhere", "普京", tmp_path / "nothing")
    assert "elsewhere" not in saved.names()


def test_a_feed_has_what_came_last(saved: SavedSearches, tmp_path: Path) -> None:
    index = add(tmp_path, range(2))
    saved.save("<普京>", "普京", index)
    add(tmp_path, range(3))
    with saved.new("<普京>") as found:
        pass
    add(tmp_path, range(5))
    with saved.new("<普京>") as found:
        feed = ElementTree.fromstring(found.to_atom())
    with saved.new("<普京>") as found:
        again = ElementTree.fromstring(found.to_atom())
    assert feed.findtext(f"{ATOM}title") == "<普京>"
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert ids == [f"urn:searcher:article:a000{n}" for n in (4, 3, 2)]
    for entry in feed.iter(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "published", "summary"):
            assert entry.find(ATOM + name) is not None
    # Entries keep their time.
    assert [e.findtext(f"{ATOM}updated") for e in again.iter(f"{ATOM}entry")] == [
        e.findtext(f"{ATOM}updated") for e in feed.iter(f"{ATOM}entry")
    ]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "null", '{"seen": 3}', "\x00", "[" * 100_000, '{"format_version": 1}'],
)
def test_damaged_files(saved: SavedSearches, tmp_path: Path, content: str) -> None:
    saved.save("putin", "普京", add(tmp_path, range(2)))
    (file,) = saved.folder.glob("*.json")
    file.write_text(content)
    with pytest.raises(SavedSearchError, match="is damaged"):
        new_ids(saved)
    assert file.read_text() == content


@pytest.mark.parametrize("field", ["name", "query", "index", "options", "recent", "seen"])
@pytest.mark.parametrize("value", [7, [7], None, "中", {"a": 1}])
def test_damaged_fields(saved: SavedSearches, tmp_path: Path, field: str, value: object) -> None:
    saved.save("putin", "普京", add(tmp_path, range(2)))
    (file,) = saved.folder.glob("*.json")
    record = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**record, field: value}), "utf-8")
    if isinstance(value, str) and field in ("name", "query"):
        return
    with pytest.raises((SavedSearchError, IndexNotFoundError, QueryError)):
        new_ids(saved)


@given(st.lists(st.text(), unique=True), st.lists(st.text(), unique=True))
def test_is_new(seen: list[str], ids: list[str]) -> None:
    known = np.unique(hashes_of(seen))
    search = SavedSearch("", "", {}, "", known)
    assert search.is_new(ids) == [id_ not in seen for id_ in ids]


# The commands


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_corpus(tmp_path / "corpus")
    call("index", "--jobs", "1", cwd=tmp_path, expect=0)
    return tmp_path


def test_commands(folder: Path) -> None:
    env = {"SEARCHER_DATA": str(folder / "data")}
    answer = call("new", cwd=folder, env=env, expect=2)
    assert answer.err == "searcher: no search is saved; run: searcher save NAME QUERY\n"
    answer = call("save", "putin", "普京", cwd=folder, env=env, expect=0)
    assert answer.err == "saved putin: 2 articles so far; searcher new shows what comes\n"
    call("save", "rates", "利率", "OR", "央行", cwd=folder, env=env, expect=0)
    assert call("new", "--list", cwd=folder, env=env, expect=0).out == "putin\nrates\n"
    call("new", cwd=folder, env=env, expect=1)
    (folder / "corpus" / "new.md").write_text("普京发表讲话。", "utf-8")
    call("index", "--jobs", "1", cwd=folder, expect=0)
    # Wherever it is asked from.
    answer = call("new", "putin", "--feed", str(folder / "f.xml"), cwd=folder.parent, env=env)
    assert answer.code == 0
    assert answer.out.startswith("putin: 1 new article\n1. ")
    assert "new.md" in answer.out
    feed = ElementTree.parse(folder / "f.xml")
    assert len([*feed.iter(f"{ATOM}entry")]) == 1
    call("new", cwd=folder, env=env, expect=1)
    (folder / "corpus" / "more.md").write_text("普京谈利率。", "utf-8")
    call("index", "--jobs", "1", cwd=folder, expect=0)
    records = call("new", "--json", cwd=folder, env=env, expect=0).records
    assert [(r["name"], [h["path"] for h in r["hits"]]) for r in records] == [
        ("putin", ["more.md"]),
        ("rates", ["more.md"]),
    ]
    call("save", "rates", "--remove", cwd=folder, env=env, expect=0)
    assert call("new", "--list", cwd=folder, env=env, expect=0).out == "putin\n"
    for wrong in (["save", "x"], ["save", "putin", "a", "--remove"], ["new", "--feed", "f.xml"]):
        call(*wrong, cwd=folder, env=env, expect=2)
    (folder / "index").rename(folder / "moved")
    assert call("new", cwd=folder, env=env, expect=2).err.startswith("searcher: putin: ")


def test_a_killed_command_has_seen_nothing(folder: Path) -> None:
    env = {"SEARCHER_DATA": str(folder / "data")}
    call("save", "putin", "普京", cwd=folder, env=env, expect=0)
    for number in range(300):
        text = f"普京发表讲话，第{number}次。" * 20
        (folder / "corpus" / f"new{number}.md").write_text(text, "utf-8")
    call("index", "--jobs", "1", cwd=folder, expect=0)
    for _ in range(3):
        # More than a pipe holds: the command waits for its reader, and is killed there.
        process = subprocess.Popen(
            [*COMMAND, "new", "putin"], cwd=folder, env=environment(env), stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        os.read(process.stdout.fileno(), 100)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    call("index", "--rebuild", "--jobs", "1", cwd=folder, expect=0)
    files = call("new", "putin", "--files", cwd=folder, env=env, expect=0).out.splitlines()
    assert sorted(files) == sorted(f"corpus/new{number}.md" for number in range(300))
    call("new", "putin", cwd=folder, env=env, expect=1)

"""Which folders are an index: of another version, of another program, or none at all."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from console import run
from indexing import counts, file_states, segments, write, write_corpus

from searcher import (
    IndexInvalidError,
    IndexNotFoundError,
    IndexOutdatedError,
    IndexUnreadableError,
    build_index,
    open_index,
)
from searcher.store import manifest, schema
from searcher.write import commit


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path)


def test_another_version_is_outdated_and_built_anew(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    current = manifest.read_manifest(index)
    old = replace(current, generation=current.generation + 1, analysis="0.0.0")
    commit.commit(index, old)
    with pytest.raises(IndexOutdatedError, match="searcher index"):
        open_index(index)
    assert counts(build_index(corpus, index)) == (3, 0, 0, 0, True)
    with open_index(index) as opened:
        assert opened.count("普京") == 1


def test_another_format_is_outdated_and_built_anew(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    with monkeypatch.context() as patch:
        patch.setattr(manifest, "FORMAT", schema.FORMAT + 1)
        with pytest.raises(IndexOutdatedError, match="searcher index"):
            open_index(index)
        assert counts(build_index(corpus, index)) == (3, 0, 0, 0, True)
    with pytest.raises(IndexOutdatedError, match="searcher index"):
        open_index(index)


def make_format_3(index: Path) -> None:
    """Change an index to what one of format 3 has in the places that are read first."""
    (path,) = index.glob("*.json")
    data = json.loads(path.read_bytes())
    del data["crc32"], data["schema"]
    data["format"] = 3
    data["crc"] = manifest.checksum(data)
    path.write_text(json.dumps(data), "utf-8")
    for pattern in ("*.seg", "*.lex"):
        for file in index.glob(pattern):
            file.write_bytes(b"SEARCHR3" + file.read_bytes()[8:])


def test_an_index_of_an_older_format_is_rebuilt_by_the_same_command(own_news: Path) -> None:
    run("index", cwd=own_news, expect=0)
    found = run("search", "拜登", "--files", cwd=own_news, expect=0).out
    old = segments(own_news / "index")
    make_format_3(own_news / "index")
    answer = run("search", "拜登", cwd=own_news, expect=2)
    assert answer.err.strip().endswith(
        "the index was built by another version; run: searcher index"
    )
    assert run("check", cwd=own_news).code == 2

    articles = sum(path.is_file() for path in (own_news / "corpus").rglob("*"))
    assert f"{articles} added" in run("index", cwd=own_news, expect=0).err
    assert not any(path.exists() for path in old)
    assert run("search", "拜登", "--files", cwd=own_news, expect=0).out == found
    run("check", cwd=own_news, expect=0)
    assert "0 added" in run("index", cwd=own_news, expect=0).err


def test_no_index_yet(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(IndexNotFoundError, match="searcher index"):
            open_index(folder)


def test_a_folder_that_is_no_index_is_left_alone(corpus: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "me.jpg").write_bytes(b"jpeg")
    with pytest.raises(IndexInvalidError):
        open_index(photos)
    for rebuild in (False, True):
        with pytest.raises(IndexInvalidError):
            build_index(corpus, photos, rebuild=rebuild)
    assert [path.name for path in photos.iterdir()] == ["me.jpg"]


def test_a_file_in_place_of_the_folder(corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "index"
    path.write_text("mine")
    with pytest.raises((IndexInvalidError, IndexNotFoundError)):
        open_index(path)
    with pytest.raises(IndexInvalidError):
        build_index(corpus, path)
    assert path.read_text() == "mine"


def test_an_index_of_another_whoosh_program_is_left_alone(corpus: Path, tmp_path: Path) -> None:
    from whoosh import fields, index

    theirs = tmp_path / "theirs"
    theirs.mkdir()
    made = index.create_in(theirs, fields.Schema(text=fields.TEXT(stored=True)))
    adding = made.writer()
    adding.add_document(text="mine")
    adding.commit()
    made.close()
    before = file_states(theirs)
    with pytest.raises(IndexInvalidError):
        open_index(theirs)
    for rebuild in (False, True):
        with pytest.raises(IndexInvalidError):
            build_index(corpus, theirs, rebuild=rebuild)
    assert (
        file_states(theirs).items() >= {k: v for k, v in before.items() if "LOCK" not in k}.items()
    )


def test_what_a_killed_first_run_left_is_no_obstacle(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    index.mkdir()
    for name in ("MAIN_abc.seg", "MAIN_abc.body", "_MAIN_1.json", "_MAIN_1.tmp", "_MAIN_1.toc.8"):
        (index / name).write_bytes(b"half")
    with pytest.raises(IndexNotFoundError):
        open_index(index)
    assert counts(build_index(corpus, index)) == (3, 0, 0, 0, True)
    assert not any(path.read_bytes() == b"half" for path in index.iterdir())


def test_a_newer_table_of_contents_without_a_commit(corpus: Path, tmp_path: Path) -> None:
    """The commit before is taken, which is said, and the next run makes a new one."""
    index = tmp_path / "index"
    build_index(corpus, index)
    (index / "_MAIN_2.toc").touch()
    with open_index(index) as opened:
        (note,) = opened.search("普京").notes
        assert "searcher index" in note
        assert opened.count("普京") == 1
        assert not opened.refresh()
    assert counts(build_index(corpus, index)) == (0, 0, 0, 3, True)
    assert [path.name for path in index.glob("*.toc")] == ["_MAIN_3.toc"]
    with open_index(index) as opened:
        assert opened.search("普京").notes == ()


@pytest.mark.parametrize("how", ["damaged", "missing", "segment missing"])
def test_an_older_commit_is_taken_where_the_newest_is_not_whole(
    corpus: Path, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    (old,) = index.glob("*.json")
    write(corpus, "d.md", "梅德韦杰夫")
    with monkeypatch.context() as patch:
        patch.setattr(commit, "remove_unused", lambda *_: [])
        build_index(corpus, index)
    newest = max(index.glob("*.json"))
    if how == "damaged":
        newest.write_bytes(newest.read_bytes().replace(b"generation", b"Generation"))
    elif how == "missing":
        newest.unlink()
    else:
        missing = set(manifest.read_manifest(index).files)
        newest.rename(tmp_path / "away")
        missing -= set(manifest.read_manifest(index).files)
        (tmp_path / "away").rename(newest)
        (index / missing.pop()).unlink()
    with open_index(index) as opened:
        assert len(opened) == 3
        assert opened.search("普京").notes
    assert old.exists()
    assert counts(build_index(corpus, index)) == (1, 0, 0, 3, True)
    with open_index(index) as opened:
        assert len(opened) == 4
        assert opened.search("普京").notes == ()


@pytest.mark.parametrize("gone", ["*.json", "*.[jl]*", "*.[jt]*"])
def test_a_folder_of_ours_can_always_be_rebuilt(corpus: Path, tmp_path: Path, gone: str) -> None:
    """Without its manifest, also without its lexicon file; and without a table of contents."""
    index = tmp_path / "index"
    build_index(corpus, index)
    for path in index.glob(gone):
        path.unlink()
    if list(index.glob("*.toc")):
        with pytest.raises(IndexInvalidError, match=r"missing.*--rebuild"):
            open_index(index)
        with pytest.raises(IndexInvalidError, match=r"missing.*--rebuild"):
            build_index(corpus, index)
    else:
        with pytest.raises(IndexNotFoundError):
            open_index(index)
    assert counts(build_index(corpus, index, rebuild=True)) == (3, 0, 0, 0, True)
    with open_index(index) as opened:
        assert opened.count("普京") == 1
    assert len(list(index.iterdir())) == 5


@pytest.mark.parametrize("rebuild", [False, True])
def test_what_cannot_be_read_is_not_taken_for_damage(
    corpus: Path, tmp_path: Path, rebuild: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is removed and nothing built anew where a manifest cannot be read."""
    index = tmp_path / "index"
    build_index(corpus, index)
    write(corpus, "d.md", "梅德韦杰夫")
    before = file_states(index)

    def fail(path: Path, most: int) -> bytes:
        raise OSError(5, "Input/output error", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(manifest, "read_regular", fail)
        with pytest.raises(IndexUnreadableError, match=r"_MAIN_1.json: Input/output error"):
            open_index(index)
        with pytest.raises(IndexUnreadableError, match=r"_MAIN_1.json: Input/output error"):
            build_index(corpus, index, rebuild=rebuild)
    assert file_states(index).items() >= before.items()
    with open_index(index) as opened:
        assert len(opened) == 3

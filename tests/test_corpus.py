import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from searcher.errors import ArticleError
from searcher.ingest.walk import (
    LINKS_OUT,
    MANY_ARTICLES,
    NO_ENDING,
    Found,
    Problem,
    printable,
    scan,
)
from searcher.sources import Selection


def make(root: Path, *paths: str) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("文")


def found(root: Path) -> list[str]:
    return [entry.path for entry in scan(root) if isinstance(entry, Found)]


def problems(root: Path) -> dict[str, str]:
    return {entry.path: entry.message for entry in scan(root) if isinstance(entry, Problem)}


def test_articles_at_any_depth_in_order(tmp_path: Path) -> None:
    make(tmp_path, "b.md", "a/z.txt", "a/b/c/文.HTML", "a.markdown", "c.htm", "0.MD")
    make(tmp_path, "x.jpg", "LICENSE", "a/y.jsonl", "z.md.bak")
    expected = ["0.MD", "a/b/c/文.HTML", "a/z.txt", "a.markdown", "b.md", "c.htm"]
    assert found(tmp_path) == expected
    assert problems(tmp_path) == {}
    assert found(tmp_path / "a") == ["b/c/文.HTML", "z.txt"]


def test_size_and_time(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    os.utime(tmp_path / "a.md", ns=(1, 1_638_671_863_123_456_789))
    changed = (tmp_path / "a.md").stat().st_ctime_ns
    assert list(scan(str(tmp_path))) == [Found("a.md", 1_638_671_863_123_456_789, changed, 3)]


def test_hidden_names_are_left_out(tmp_path: Path) -> None:
    root = tmp_path / ".corpus"
    make(root, ".git/a.md", ".b.md", "c.md", "d/.e/f.md")
    assert found(root) == ["c.md"]


def test_links_that_lead_out_are_followed_when_asked_for(tmp_path: Path) -> None:
    make(tmp_path, "outside/sub/a.md", "b.md")
    root = tmp_path / "root"
    root.mkdir()
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "b.md").symlink_to(tmp_path / "b.md")
    left_out: Counter[str] = Counter()
    assert list(scan(root, left_out=left_out)) == []
    assert left_out == {LINKS_OUT: 2}
    followed = list(scan(root, Selection(follow=True)))
    assert [entry.path for entry in followed] == ["b.md", "folder/sub/a.md"]


def test_a_folder_is_read_once_and_under_its_own_name(tmp_path: Path) -> None:
    make(tmp_path, "z/a.md")
    (tmp_path / "link").symlink_to("z")
    assert found(tmp_path) == ["z/a.md"]
    assert problems(tmp_path) == {"link": "link to a folder that is read as z"}


def test_link_loops(tmp_path: Path) -> None:
    make(tmp_path, "a/b/c.md")
    (tmp_path / "a/b/up").symlink_to("..")
    (tmp_path / "a/top").symlink_to(tmp_path)
    (tmp_path / "self.md").symlink_to("self.md")
    (tmp_path / "self").symlink_to("self")
    assert found(tmp_path) == ["a/b/c.md"]
    assert problems(tmp_path) == {
        "a/b/up": "link loop, leads back to a",
        "a/top": "link loop, leads back to the top folder",
        "self.md": "link loop",
        "self": "link loop",
    }


def test_a_loop_outside_the_root(tmp_path: Path) -> None:
    make(tmp_path, "outside/a.md", "root/b.md")
    (tmp_path / "outside/again").symlink_to(tmp_path / "outside")
    (tmp_path / "root/out").symlink_to(tmp_path / "outside")
    entries = list(scan(tmp_path / "root", Selection(follow=True)))
    assert [entry.path for entry in entries if isinstance(entry, Found)] == ["b.md", "out/a.md"]
    assert Problem("out/again", "link loop, leads back to out") in entries


def test_many_links_to_one_another(tmp_path: Path) -> None:
    names = [f"d{number}" for number in range(12)]
    for name in names:
        make(tmp_path, f"{name}/a.md")
        for other in names:
            (tmp_path / name / f"to-{other}").symlink_to(tmp_path / other)
    assert len(found(tmp_path)) == len(names)
    assert len(problems(tmp_path)) == len(names) ** 2


def test_dangling_links(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    (tmp_path / "b.md").symlink_to("gone.md")
    (tmp_path / "folder").symlink_to("gone")
    (tmp_path / "image.jpg").symlink_to("gone.jpg")
    assert found(tmp_path) == ["a.md"]
    assert set(problems(tmp_path)) == {"b.md", "folder"}
    assert "dangling" in problems(tmp_path)["b.md"]


def test_special_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()
    make(tmp_path, "folder.md/a.md")
    assert found(tmp_path) == ["folder.md/a.md"]
    assert problems(tmp_path) == {"pipe.md": "not a regular file"}


def test_unreadable_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/x.md", "b/x.md", "c.md")
    listing = os.scandir

    def refuse(path: str) -> Any:  # root may read everything, so pretend
        if path.endswith("/a/"):
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr("os.scandir", refuse)
    assert found(tmp_path) == ["b/x.md", "c.md"]
    assert problems(tmp_path) == {"a": "cannot be opened: Permission denied"}


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    make(tmp_path, *map(os.fsdecode, (b"\xff\xfe/a.md", b"\xc6.md", b"\xff.jpg")), "b.md")
    assert found(tmp_path) == ["b.md"]
    assert set(problems(tmp_path)) == {r"\xff\xfe", r"\xc6.md"}
    assert all("UTF-8" in message for message in problems(tmp_path).values())


def test_names_with_control_characters_are_found_as_they_are(tmp_path: Path) -> None:
    make(tmp_path, "a\x1b[31m\n.md")
    assert found(tmp_path) == ["a\x1b[31m\n.md"]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("a/普京 1.md", "a/普京 1.md"),
        ("全　角.md", "全　角.md"),
        ("a\x1b[31m\n\u202e.md", r"a\x1b[31m\x0a\xe2\x80\xae.md"),
        ("\udcff.md", r"\xff.md"),
    ],
)
def test_printable(path: str, shown: str) -> None:
    assert printable(path) == shown


def test_very_deep_folders(tmp_path: Path) -> None:
    deep = "d/" * 300
    make(tmp_path, deep + "a.md")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        assert found(tmp_path) == [deep + "a.md"]
    finally:
        sys.setrecursionlimit(limit)


def test_a_root_that_is_no_folder(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    for root in (tmp_path / "gone", tmp_path / "a.md"):
        with pytest.raises(ArticleError, match="give the folder"):
            next(scan(root))


def test_an_empty_folder(tmp_path: Path) -> None:
    assert list(scan(tmp_path)) == []


# What is left out


def chosen(root: Path, *excludes: str, globs: tuple[str, ...] = (), below: str = "") -> list[str]:
    entries = scan(root, Selection(globs, excludes), below=below)
    return [entry.path for entry in entries if isinstance(entry, Found)]


def test_patterns(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b.txt", "sub/a.md", "sub/deep/c.md", "other/c.md")
    everything = ["a.md", "b.txt", "other/c.md", "sub/a.md", "sub/deep/c.md"]
    assert chosen(tmp_path) == everything
    assert chosen(tmp_path, "a.md") == ["b.txt", "other/c.md", "sub/deep/c.md"]
    assert chosen(tmp_path, "/a.md") == everything[1:]
    assert chosen(tmp_path, "sub/") == ["a.md", "b.txt", "other/c.md"]
    assert chosen(tmp_path, "*.md", "!/a.md") == ["a.md", "b.txt"]
    assert chosen(tmp_path, globs=("*.txt", "deep")) == ["b.txt", "sub/deep/c.md"]


def test_ignore_files_hold_for_their_folder_and_those_below(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "sub/a.md", "sub/b.md", "sub/deep/a.md")
    (tmp_path / ".searcherignore").write_text("a.md\n# a remark\n\n")
    (tmp_path / "sub/.searcherignore").write_bytes(b"\xef\xbb\xbf!/a.md\nb.md\n")
    assert chosen(tmp_path) == ["sub/a.md"]
    (tmp_path / "sub/.searcherignore").write_text("*" * 2000)
    assert chosen(tmp_path) == ["sub/b.md"]
    assert "characters" in problems(tmp_path)["sub/.searcherignore"]
    (tmp_path / "sub/.searcherignore").write_bytes(b"x" * (1 << 21))
    assert "larger" in problems(tmp_path)["sub/.searcherignore"]


def test_one_path_alone(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "sub/a.md", "sub/b.pdf", "sub/deep/c.md", ".x/d.md", "out/e.md")
    (tmp_path / ".searcherignore").write_text("c.md\nout/\n")
    (tmp_path / "in").symlink_to("sub")
    expected = {
        "a.md": ["a.md"],
        "sub": ["sub/a.md"],
        "sub/": ["sub/a.md"],
        "sub/a.md": ["sub/a.md"],
        "sub/b.pdf": [],
        "sub/deep/c.md": [],
        ".x/d.md": [],
        "out/e.md": [],
        "gone.md": [],
    }
    for below, paths in expected.items():
        assert chosen(tmp_path, below=below) == paths, below


def test_the_folder_of_the_index_is_avoided(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "index/b.md", "sub/index/c.md")
    entries = list(scan(tmp_path, avoid=tmp_path / "index"))
    assert [entry.path for entry in entries] == ["a.md", "sub/index/c.md"]


def test_what_is_left_out_is_counted_by_endings(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b.pdf", "c.PDF", "sub/d.docx", "LICENSE", ".e.pdf", "f.pdf~", "g.jsonl")
    left_out: Counter[str] = Counter()
    assert len(list(scan(tmp_path, left_out=left_out))) == 1
    assert left_out == {".pdf": 2, ".docx": 1, NO_ENDING: 1, ".jsonl" + MANY_ARTICLES: 1}


def test_the_revision_tells_of_every_change(tmp_path: Path) -> None:
    make(tmp_path, "a.md")

    def revision() -> int:
        (entry,) = scan(tmp_path)
        assert isinstance(entry, Found)
        return entry.revision

    before = revision()
    assert revision() == before
    status = (tmp_path / "a.md").stat()
    (tmp_path / "a.md").write_text("字")
    os.utime(tmp_path / "a.md", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert revision() != before

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from searcher.errors import ArticleError
from searcher.ingest.walk import LINKS_OUT, Found, Problem, printable, scan
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
    make(tmp_path, "x.jpg", "README", "a/y.mdx", "z.md.bak")
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

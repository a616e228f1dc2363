"""Files of an index that the system does not let us read, and things that are no files."""

import errno
import mmap
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from console import call
from library import article, build

from searcher import (
    IndexInvalidError,
    IndexUnreadableError,
    IndexUnwritableError,
    LexiconError,
    build_index,
    open_index,
    open_whoosh,
)
from searcher.regular_file import NotRegularFileError, open_regular, read_regular
from searcher.store import container

ERRORS = (errno.EACCES, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, few_names: None) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    build(folder, [article(n, f"普京{n}") for n in range(5)])
    return folder / "index"


def failing(number: int, original: Callable[..., Any], wanted: str = "") -> Callable[..., Any]:
    """A call that fails where its arguments name the wanted file."""

    def call(*arguments: Any, **more: Any) -> Any:
        if wanted in str(arguments[0]):
            raise OSError(number, os.strerror(number), arguments[0])
        return original(*arguments, **more)

    return call


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("wanted", [".json", ".seg", ".lex"])
def test_opening_fails(
    sound: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, number: int
) -> None:
    """The message has the system's words and the file, and advises no rebuild."""
    monkeypatch.setattr(os, "open", failing(number, os.open, wanted))
    with pytest.raises(IndexUnreadableError, match=os.strerror(number)) as error:
        open_index(sound)
    assert wanted in str(error.value)
    assert "rebuild" not in str(error.value)
    before = sorted(sound.iterdir())
    with pytest.raises(IndexUnreadableError):
        build_index([article(1, "拜登")], sound, jobs=1)
    assert sorted(sound.iterdir()) == before


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
def test_the_folder_cannot_be_read(
    sound: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """That is not taken for a folder without an index."""
    monkeypatch.setattr(os, "listdir", failing(number, os.listdir, str(sound)))
    with pytest.raises(IndexUnreadableError, match=os.strerror(number)):
        open_index(sound)
    with pytest.raises(IndexUnreadableError, match=os.strerror(number)):
        open_whoosh(sound)


def test_mapping_or_reading_fails(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> NoReturn:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    with open_index(sound) as index:
        monkeypatch.setattr(container, "_pread", failing(errno.EIO, os.pread))
        with pytest.raises(IndexUnreadableError, match=os.strerror(errno.EIO)):
            index.search("普京")
    monkeypatch.setattr(mmap, "mmap", fail)
    with pytest.raises(IndexUnreadableError, match=os.strerror(errno.ENOMEM)):
        open_index(sound)


def test_the_command_says_so(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "open", failing(errno.EACCES, os.open, ".seg"))
    shown = call("search", "普京", "--index", str(sound), expect=2)
    assert "Permission denied" in shown.err
    assert "rebuild" not in shown.err


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_to_fifo(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to(path.with_name("pipe"))


MAKERS = [fifo, device, link_to_fifo, Path.mkdir]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("pattern", ["*.json", "*.seg", "*.lex"])
def test_something_else_in_the_place_of_an_index_file(
    sound: Path, tmp_path: Path, make: Callable[[Path], None], pattern: str
) -> None:
    """It is refused at once, and a rebuild mends the index."""
    copy = Path(shutil.copytree(sound, tmp_path / "index"))
    (path,) = copy.glob(pattern)
    path.unlink()
    make(path)
    with pytest.raises(IndexInvalidError, match="rebuild"):
        open_index(copy)


@pytest.mark.parametrize("make", MAKERS)
def test_something_else_in_the_place_of_a_lexicon(
    sound: Path, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "lexicon.txt"
    make(path)
    with pytest.raises(LexiconError, match="not a regular file"):
        build(tmp_path, [article(1)], lexicon=path)


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_no_regular_file_is_not_opened(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "it")
    with pytest.raises(NotRegularFileError):
        open_regular(tmp_path / "it")


def test_no_more_is_read_than_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.touch()
    os.truncate(path, 1 << 40)
    assert read_regular(path, 1 << 16) == bytes(1 << 16)
    path.write_bytes(b"abc")
    assert read_regular(path, 10) == b"abc"


def test_a_pipe_in_place_of_the_lock(tmp_path: Path) -> None:
    build(tmp_path, [article(1, "普京")])
    index = tmp_path / "index"
    lock = index / "MAIN_WRITELOCK"
    lock.unlink(missing_ok=True)
    os.mkfifo(lock)
    with pytest.raises(IndexUnwritableError, match="index"):
        build_index([article(2, "拜登")], index, jobs=1)
    with open_index(index) as opened:
        assert opened.count("普京") == 1

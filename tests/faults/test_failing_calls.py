"""Each system call of a run fails once: nothing is lost or left over, and the error is true."""

import errno
import os
import shutil
import sys
from pathlib import Path

import pytest
from console import call
from failing_calls import CALLS, FailingCall
from file_damage import TORTURE, chance
from written_index import WAYS, Answers, Way, answers, left_over, prepared, put

from searcher import (
    IndexFolderError,
    IndexUnreadableError,
    IndexUnwritableError,
    build_index,
    open_writer,
)

pytestmark = [
    pytest.mark.usefixtures("few_names", "small_batches"),
    pytest.mark.skipif(sys.version_info < (3, 11), reason="pathlib keeps functions of os"),
]

ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EMFILE, errno.ENOMEM, errno.EROFS)

UNCERTAIN = "a power failure may undo it"
UNCHANGED = "the index is as it was"


def number_of_calls(way: Way, before: Path, folder: Path, kind: str) -> int:
    """How many calls of a kind there are."""
    shutil.copytree(before, folder)
    calls = FailingCall(folder / "index", kind, 0, 0)
    with pytest.MonkeyPatch.context() as monkeypatch:
        calls.patch(monkeypatch)
        way.then(folder)
    shutil.rmtree(folder)
    return calls.count


@pytest.mark.parametrize("kind", CALLS)
@pytest.mark.parametrize("name", WAYS)
def test_a_call_fails(tmp_path: Path, name: str, kind: str) -> None:
    way = WAYS[name]
    before, old, new = prepared(way, tmp_path)
    count = number_of_calls(way, before, tmp_path / "counted", kind)
    numbers = chance(hash_of(name, kind))
    tried = range(1, count + 1) if TORTURE else numbers.sample(range(1, count + 1), min(count, 3))
    for n in tried:
        for number in ERRORS if TORTURE else [numbers.choice(ERRORS)]:
            folder = tmp_path / f"{n}-{number}"
            shutil.copytree(before, folder)
            check(way, folder, FailingCall(folder / "index", kind, n, number), number, old, new)
            shutil.rmtree(folder)


def hash_of(*texts: str) -> int:
    return sum(sum(map(ord, text)) for text in texts)


def check(
    way: Way, folder: Path, calls: FailingCall, number: int, old: Answers, new: Answers
) -> None:
    index = folder / "index"
    error = outcome(way, folder, calls)
    found = answers(index) if index.exists() else None
    if error is None:
        assert found == new
    else:
        message = str(error)
        assert str(index) in message or UNCHANGED not in message
        assert isinstance(error, IndexUnwritableError | IndexUnreadableError), message
        assert os.strerror(number) in message
        assert str(index) in message
        assert "--rebuild" not in message
        if UNCERTAIN in message:
            assert found == new
            assert len(list(index.glob("*.toc"))) == 1 + (old is not None)
        else:
            assert found == old
            assert index_files(index) == []
    # The next run is not hindered.
    way.then(folder)
    assert answers(index) == new
    assert left_over(index) == []


def outcome(way: Way, folder: Path, calls: FailingCall) -> IndexFolderError | None:
    """The error that a run ends with, if any."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        calls.patch(monkeypatch)
        try:
            way.then(folder)
        except IndexFolderError as error:
            return error
    return None


def index_files(index: Path) -> list[str]:
    """Files that are left over where there is an index; all but the lock where there is none."""
    if answers(index) is None:
        return sorted(p.name for p in index.glob("*") if p.name != "MAIN_WRITELOCK")
    return left_over(index)


@pytest.mark.parametrize("name", WAYS)
def test_the_disk_is_full(tmp_path: Path, name: str) -> None:
    """From some write on all fail; what was written is given back at once."""
    way = WAYS[name]
    before, old, new = prepared(way, tmp_path)
    count = number_of_calls(way, before, tmp_path / "counted", "write")
    for n in range(1, count + 1, 1 if TORTURE else 4):
        folder = tmp_path / str(n)
        shutil.copytree(before, folder)
        calls = FailingCall(folder / "index", "write", n, errno.ENOSPC, for_ever=True)
        error = outcome(way, folder, calls)
        assert isinstance(error, IndexUnwritableError)
        assert "No space left on device" in str(error)
        assert UNCHANGED in str(error)
        assert answers(folder / "index") == old
        assert index_files(folder / "index") == []
        way.then(folder)
        assert answers(folder / "index") == new


def test_an_old_generation_cannot_be_removed(tmp_path: Path) -> None:
    """The commit is done, and what is left is a problem that is reported."""
    put(tmp_path, 1, 5)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_text("普京", "utf-8")
    index = tmp_path / "index"
    arguments = ["index", str(corpus), "--index", str(index), "--replace", "-j", "1"]
    with pytest.MonkeyPatch.context() as monkeypatch:
        FailingCall(index, "unlink", 1, errno.EACCES, for_ever=True).patch(monkeypatch)
        said = call(*arguments, expect=0).err
    assert "cannot be removed: Permission denied" in said
    assert "1 added" in said
    assert left_over(index) != []
    assert "cannot be removed" not in call(*arguments, expect=0).err
    assert left_over(index) == []


def test_a_writer_may_commit_again_when_there_is_space(tmp_path: Path) -> None:
    """What was merged for the first try is not in the index twice."""
    for stop in range(1, 8):
        put(tmp_path, 1, stop)
    index = tmp_path / "index"
    with open_writer(index) as writer:
        writer.add({"id": "new", "title": "拜登", "body": "会谈"})
        for kind, n in (("write", 2), ("write", 6), ("rename", 1), ("fsync", 5)):
            with pytest.MonkeyPatch.context() as monkeypatch:
                FailingCall(index, kind, n, errno.ENOSPC).patch(monkeypatch)
                with pytest.raises(IndexUnwritableError, match="No space"):
                    writer.commit()
        writer.commit()
    found = answers(index)
    assert found is not None
    assert found[0] == 8
    assert left_over(index) == []


def test_the_folder_cannot_be_made(tmp_path: Path) -> None:
    index = tmp_path / "more" / "index"
    with pytest.MonkeyPatch.context() as monkeypatch:
        FailingCall(tmp_path / "more", "mkdir", 1, errno.EROFS).patch(monkeypatch)
        with pytest.raises(IndexUnwritableError, match="Read-only file system"):
            build_index([], index)

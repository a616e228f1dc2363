"""A record of what a run does to the files of a folder, and what a power failure leaves of it.

The model is that of the strictest file systems. A name is on the disk when the folder was synced
after it was made, changed or removed; before that any subset of these may be. What is in a file is
on the disk when the file was synced; before that it is whole, empty, half of it, or zeros.
"""

import io
import os
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import searcher.write.writer
from searcher.store.lexicon_file import write_lexicon_file

Names = dict[str, int]
"""The number of the file that a name stands for."""


class Operation(NamedTuple):
    """``kind``: "make", "rename", "unlink" of a name, "sync" of a file, "sync folder"."""

    kind: str
    name: str = ""
    to: str = ""
    file: int = -1


class Recorder:
    """Records operations on the files of a folder, while the functions of ``os`` are patched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.operations: list[Operation] = []
        self.contents: dict[int, bytes] = {}
        self._file_of_inode: dict[int, int] = {}

    def before(self) -> Names:
        """The files that are there at the beginning, all on the disk."""
        names: Names = {}
        for path in sorted(self.folder.iterdir()) if self.folder.exists() else []:
            names[path.name] = self._new_file(path)
        return names

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Record from now on."""
        real_open, replace, unlink = io.open, os.replace, os.unlink

        def open_file(path: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
            file = real_open(path, mode, *more, **options)
            if mode[0] in "wx" and self._is_mine(path):
                number = self._new_file(Path(path))
                self.operations.append(Operation("make", Path(path).name, file=number))
            return file

        def record_replace(source: Any, target: Any) -> None:
            replace(source, target)
            if self._is_mine(source):
                names = Path(source).name, Path(target).name
                number = self._file_of_inode[Path(target).stat().st_ino]
                self.operations.append(Operation("rename", *names, file=number))

        def record_unlink(path: Any, **options: Any) -> None:
            if self._is_mine(path) and Path(path).exists():
                self._keep(Path(path))
            unlink(path, **options)
            if self._is_mine(path):
                self.operations.append(Operation("unlink", Path(path).name))

        # That of conftest.py copies a file that was written before.
        monkeypatch.setattr(searcher.write.writer, "write_lexicon_file", write_lexicon_file)
        monkeypatch.setattr(io, "open", open_file)
        monkeypatch.setattr(os, "replace", record_replace)
        monkeypatch.setattr(os, "unlink", record_unlink)
        monkeypatch.setattr(os, "fsync", self._record_sync)

    def _record_sync(self, descriptor: int) -> None:
        inode = os.fstat(descriptor).st_ino
        if inode == self.folder.stat().st_ino:
            self.operations.append(Operation("sync folder"))
        for path in self.folder.iterdir():
            if path.stat().st_ino == inode:
                self._keep(path)
                number = self._file_of_inode[inode]
                self.operations.append(Operation("sync", path.name, file=number))

    def _is_mine(self, path: Any) -> bool:
        return isinstance(path, str | Path) and Path(path).parent == self.folder

    def _new_file(self, path: Path) -> int:
        number = len(self.contents)
        self.contents[number] = b""
        self._file_of_inode[path.stat().st_ino] = number
        self._keep(path)
        return number

    def _keep(self, path: Path) -> None:
        self.contents[self._file_of_inode[path.stat().st_ino]] = path.read_bytes()


def recorded(folder: Path, action: Callable[[], object]) -> tuple[Names, Recorder]:
    """The names before an action, and the record of it."""
    recorder = Recorder(folder)
    names = recorder.before()
    with pytest.MonkeyPatch.context() as monkeypatch:
        recorder.patch(monkeypatch)
        action()
    return names, recorder


State = dict[str, bytes]
"""What is in each file."""

MAX_PENDING = 7
"""Of more operations that are not on the disk, only some subsets are tried."""


def states_after_power_failure(names: Names, recorder: Recorder) -> Iterator[State]:
    """Every state that a power failure may leave, each once."""
    seen: set[int] = set()
    operations = recorder.operations
    for stop in range(len(operations) + 1):
        done = operations[:stop]
        synced = {operation.file for operation in done if operation.kind == "sync"}
        unsynced = {o.file for o in done if o.kind == "make"} - synced
        folder_synced = max((n for n, o in enumerate(done) if o.kind == "sync folder"), default=-1)
        durable = _applied(names, done[: folder_synced + 1])
        pending = [o for o in done[folder_synced + 1 :] if o.kind not in ("sync", "sync folder")]
        for chosen in _subsets(pending):
            found = _applied(durable, chosen)
            for damage in DAMAGES:
                state = {
                    name: damage(recorder.contents[file])
                    if file in unsynced
                    else recorder.contents[file]
                    for name, file in found.items()
                }
                key = hash(frozenset(state.items()))
                if key not in seen:
                    seen.add(key)
                    yield state


def _applied(names: Names, operations: list[Operation]) -> Names:
    """The names after some operations."""
    names = dict(names)
    for operation in operations:
        if operation.kind == "make":
            names[operation.name] = operation.file
        elif operation.kind == "unlink":
            names.pop(operation.name, None)
        elif operation.kind == "rename":
            # It takes its file along, whether the old name has reached the disk or not.
            names.pop(operation.name, None)
            names[operation.to] = operation.file
    return names


def _subsets(pending: list[Operation]) -> Iterator[list[Operation]]:
    """All subsets, in order; of many operations those in order and those with up to two missing."""
    count = len(pending)
    if count <= MAX_PENDING:
        for bits in range(1 << count):
            yield [o for n, o in enumerate(pending) if bits >> n & 1]
        return
    for stop in range(count + 1):
        yield pending[:stop]
    for missing in (1, 2):
        for left_out in combinations(range(count), missing):
            yield [o for n, o in enumerate(pending) if n not in left_out]
            yield [pending[n] for n in left_out]


def _whole(data: bytes) -> bytes:
    return data


def _empty(data: bytes) -> bytes:
    return b""


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _zeros(data: bytes) -> bytes:
    return bytes(len(data))


def _first_block(data: bytes) -> bytes:
    return data[:4096] + bytes(max(0, len(data) - 4096))


def _last_byte(data: bytes) -> bytes:
    return bytes(max(0, len(data) - 1)) + data[-1:]


DAMAGES: tuple[Callable[[bytes], bytes], ...] = (
    *(_whole, _empty, _half),
    *(_zeros, _first_block, _last_byte),
)


def write_state(folder: Path, state: State) -> None:
    """Make a folder with these files."""
    folder.mkdir()
    for name, data in state.items():
        (folder / name).write_bytes(data)

"""Lets the n-th system call of a kind fail that has to do with a folder."""

import io
import mmap
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import searcher.write.writer
from searcher.store.lexicon_file import write_lexicon_file

CALLS = ("open", "read", "write", "fsync", "rename", "unlink", "mmap", "list", "mkdir")
"""What can fail; "open" is opening to write or a folder, "read" opening to read."""


class FailingCall:
    """Counts the calls of a kind; the one with number ``n`` fails, with 0 none.

    ``for_ever``: all later ones fail, too, as on a full disk. ``failed``: the path of the first
    that did, or "" for one that has none.
    """

    def __init__(
        self, folder: Path, kind: str, n: int, number: int, *, for_ever: bool = False
    ) -> None:
        self.count = 0
        self.failed: str | None = None
        self._folder, self._kind, self._n = str(folder), kind, n
        self._number, self._for_ever = number, for_ever

    def check(self, kind: str, path: Any = "") -> None:
        """Count a call. Raises OSError where it is to fail."""
        if kind != self._kind:
            return
        self.count += 1
        if self.count == self._n or (self._for_ever and 0 < self._n < self.count):
            self.failed = str(path)
            arguments = (path,) if path else ()
            raise OSError(self._number, os.strerror(self._number), *arguments)

    def is_mine(self, path: Any) -> bool:
        """Whether a path is that of the folder, or in it."""
        return isinstance(path, str | os.PathLike) and str(path).startswith(self._folder)

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Count from now on."""
        # That of conftest.py copies a file that was written before.
        monkeypatch.setattr(searcher.write.writer, "write_lexicon_file", write_lexicon_file)
        for module, name, kind in (
            (os, "replace", "rename"),
            (os, "unlink", "unlink"),
            (os, "listdir", "list"),
            (os, "mkdir", "mkdir"),
        ):
            monkeypatch.setattr(module, name, self._of_path(getattr(module, name), kind))
        real_open, real_map, low_open = io.open, mmap.mmap, os.open

        def open_file(path: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
            if not self.is_mine(path):
                return real_open(path, mode, *more, **options)
            self.check("open" if mode[0] in "wx" else "read", path)
            if mode in ("wb", "xb"):
                return io.BufferedWriter(_File(self, path, mode))
            return real_open(path, mode, *more, **options)

        def open_descriptor(path: Any, flags: int, *more: Any, **options: Any) -> int:
            if self.is_mine(path):
                writes = flags & os.O_WRONLY or os.path.isdir(path)  # noqa: PTH112 - path may be bytes
                self.check("open" if writes else "read", path)
            return low_open(path, flags, *more, **options)

        def map_file(*arguments: Any, **options: Any) -> mmap.mmap:
            self.check("mmap")
            return real_map(*arguments, **options)

        monkeypatch.setattr(io, "open", open_file)
        monkeypatch.setattr(os, "open", open_descriptor)
        monkeypatch.setattr(mmap, "mmap", map_file)
        monkeypatch.setattr(os, "fsync", lambda _: self.check("fsync"))

    def _of_path(self, call: Callable[..., Any], kind: str) -> Callable[..., Any]:
        def checked(path: Any, *more: Any, **options: Any) -> Any:
            if self.is_mine(path):
                self.check(kind, path)
            return call(path, *more, **options)

        return checked


class _File(io.FileIO):
    """A file to write, whose writing may fail."""

    def __init__(self, calls: FailingCall, path: Any, mode: str) -> None:
        super().__init__(path, mode)
        self._calls = calls

    def write(self, data: Any) -> int:
        self._calls.check("write")
        return super().write(data)

"""Walking a folder for articles: what is there, what is left out, what cannot be looked at."""

from __future__ import annotations

import errno
import os
from collections import Counter, deque
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, TypeAlias

from searcher.errors import ArticleError
from searcher.ingest.kinds import Kind, ending_of, is_hidden, kind_of
from searcher.ingest.selection import IGNORE_FILE, Filter
from searcher.sources import EVERYTHING, Selection

NO_ENDING = "without an ending"
LINKS_OUT = "links that lead out"
"""What is left out is counted by its ending, or by one of these."""
MANY_ARTICLES = " (with many articles: give the file itself)"
"""Follows the ending of files that can be read, but only as sources of their own."""


_MIX = 6_364_136_223_846_793_005
"""The multiplier of Knuth's MMIX: it spreads what differs little over all bits."""
_MAX_REVISION = (1 << 62) - 1


class Found(NamedTuple):
    """A file that is to be read.

    Attributes:
        path: POSIX path relative to the root, as the file system knows it: not always printable.
        mtime_ns: when the file was changed last, as it says itself, in nanoseconds since 1970.
        ctime_ns: when anything about it was changed last, as the system says.
        size: in bytes.
    """

    path: str
    mtime_ns: int
    ctime_ns: int
    size: int

    @property
    def revision(self) -> int:
        """A hash of times and size, 62 bits.

        The time of a change can be set by anybody, and is when archives are unpacked; the other
        time cannot. Where only that one changes, the bytes of the file say whether it changed.
        """
        mixed = (self.mtime_ns * _MIX + self.ctime_ns) * _MIX + self.size
        return mixed & _MAX_REVISION


class Problem(NamedTuple):
    """What could not be read: a printable path, and one line that says why."""

    path: str
    message: str


def scan(
    root: str | Path,
    selection: Selection = EVERYTHING,
    *,
    below: str = "",
    avoid: Path | None = None,
    left_out: Counter[str] | None = None,
) -> Iterator[Found | Problem]:
    """Find the articles in a folder, at any depth, in an order that is always the same.

    Names that begin with a point are left out, and what the selection or a ``.searcherignore``
    says. Links within the folder are followed, but a folder is entered only once: under its own
    name if it lies below the root, else under that of the first link to it.

    Args:
        root: the folder.
        selection: which files are read.
        below: the path of a folder or file in it, where only that is to be looked at.
        avoid: a folder that is not entered.
        left_out: counts by their endings the files that are no articles.

    Raises:
        ArticleError: the root is no folder, or cannot be opened, or a pattern cannot be used.
            Whatever is wrong below it becomes a `Problem`, and the rest goes on.
    """
    yield from _Walk(os.fspath(root), selection, avoid, left_out).run(below)


class _Walk:
    def __init__(
        self, root: str, selection: Selection, avoid: Path | None, left_out: Counter[str] | None
    ) -> None:
        self._root = root
        # Strings, as a Path for each file costs too much.
        self._base = os.path.join(root, "")  # noqa: PTH118 - Path drops the slash
        self._real_base = os.path.join(os.path.realpath(root), "")  # noqa: PTH118 - as above
        self._follow = selection.follow
        self._filter = Filter(selection)
        self._avoid = os.path.realpath(avoid) if avoid else ""
        self._left_out: Counter[str] = Counter() if left_out is None else left_out
        self._entered: dict[tuple[int, int], str] = {}
        # Folders behind links wait until the others are known.
        self._linked: deque[str] = deque()

    def run(self, below: str) -> Iterator[Found | Problem]:
        try:
            stack = [_open(self._base, "", self._entered)]
        except OSError as error:
            reason = f"{printable(self._root)}: {error.strerror}"
            raise ArticleError(f"{reason}; give the folder that holds the articles") from error
        yield from self._read_ignore_file("")
        if below:
            yield from self._go_below(below.rstrip("/"), stack)
        while stack or self._linked:
            if not stack:
                yield from self._enter(self._linked.popleft(), stack)
                continue
            prefix, entries = stack[-1]
            entry = next(entries, None)
            if entry is None:
                stack.pop()
                continue
            path = prefix + entry.name
            try:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    yield from self._folder(entry, path, stack)
                else:
                    yield from self._file(entry, path)
            except OSError as error:
                yield Problem(printable(path), _reason(error))

    def _go_below(self, below: str, stack: list[_Folder]) -> Iterator[Problem]:
        """Look at one path alone, unless a folder above it is left out."""
        stack.clear()
        folder = ""
        for name in below.split("/")[:-1]:
            folder += name
            if name.startswith(".") or self._filter.leaves_out(folder, is_folder=True):
                return
            folder += "/"
            yield from self._read_ignore_file(folder)
        if not self._leads_out(folder):
            stack.append((folder, iter([Path(self._base + below)])))

    def _folder(self, entry: _Entry, path: str, stack: list[_Folder]) -> Iterator[Problem]:
        if self._filter.leaves_out(path, is_folder=True):
            return
        if not _is_utf8(entry.name):
            yield Problem(printable(path), _NOT_UTF8)
        elif not entry.is_symlink():
            yield from self._enter(path, stack)
        elif self._leads_out(path):
            self._left_out[LINKS_OUT] += 1
        else:
            self._linked.append(path)

    def _file(self, entry: _Entry, path: str) -> Iterator[Found | Problem]:
        name = entry.name
        if is_hidden(name) or self._filter.leaves_out(path, is_folder=False):
            return
        if kind_of(name) is not Kind.ARTICLE:
            if entry.is_symlink() and "." not in name:  # perhaps once a folder
                entry.stat()
            self._left_out[_what_is(name)] += 1
            return
        status = entry.stat()
        if not entry.is_file():
            yield Problem(printable(path), "not a regular file")
        elif not _is_utf8(name):
            yield Problem(printable(path), _NOT_UTF8)
        elif entry.is_symlink() and self._leads_out(path):
            self._left_out[LINKS_OUT] += 1
        else:
            yield Found(path, status.st_mtime_ns, status.st_ctime_ns, status.st_size)

    def _enter(self, path: str, stack: list[_Folder]) -> Iterator[Problem]:
        if self._avoid and os.path.realpath(self._base + path) == self._avoid:
            return
        try:
            stack.append(_open(self._base, path + "/", self._entered))
        except OSError as error:
            yield Problem(printable(path), _reason(error))
            return
        yield from self._read_ignore_file(path + "/")

    def _read_ignore_file(self, folder: str) -> Iterator[Problem]:
        file = Path(self._base + folder, IGNORE_FILE)
        if not file.is_file():
            return
        try:
            self._filter.add_ignore_file(folder, file)
        except ArticleError as error:
            yield Problem(printable(folder + IGNORE_FILE), str(error))

    def _leads_out(self, path: str) -> bool:
        if self._follow:
            return False
        target = os.path.realpath(self._base + path)
        return not os.path.join(target, "").startswith(self._real_base)  # noqa: PTH118 - a Path drops the slash at the end


def _what_is(name: str) -> str:
    """What a file that is left out is counted as."""
    ending = ending_of(name) or NO_ENDING
    return ending + MANY_ARTICLES if kind_of(name) is Kind.RECORDS else ending


_NOT_UTF8 = "its name is not valid UTF-8; rename it"
_Entry: TypeAlias = "os.DirEntry[str] | Path"
_Folder: TypeAlias = tuple[str, Iterator[_Entry]]


def _open(base: str, prefix: str, entered: dict[tuple[int, int], str]) -> _Folder:
    """List a folder; raise OSError if that is not possible or was done before."""
    status = os.stat(base + prefix)  # noqa: PTH116 - as in scan
    identity = (status.st_dev, status.st_ino)
    if identity in entered:
        raise _AlreadyEntered(prefix, entered[identity])
    with os.scandir(base + prefix) as entries:
        names = sorted(entries, key=attrgetter("name"))
    entered[identity] = prefix
    return prefix, iter(names)


class _AlreadyEntered(OSError):  # noqa: N818 - reads as what it says
    def __init__(self, prefix: str, other: str) -> None:
        super().__init__()
        self.is_loop = prefix.startswith(other)
        self.other = printable(other.rstrip("/")) or "the top folder"


def _reason(error: OSError) -> str:
    if isinstance(error, _AlreadyEntered):
        if error.is_loop:
            return f"link loop, leads back to {error.other}"
        return f"link to a folder that is read as {error.other}"
    if error.errno == errno.ENOENT:
        return "dangling link, or removed just now"
    if error.errno == errno.ELOOP:
        return "link loop"
    return f"cannot be opened: {error.strerror}"


def _is_utf8(name: str) -> bool:
    if name.isascii():
        return True
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(path: str) -> str:
    r"""Write a path so that a terminal can show it: what is not printable becomes `\xff`.

    >>> printable("a\x1b[31m.md")
    'a\\x1b[31m.md'
    """
    if path.isprintable():
        return path
    return "".join(c if c.isprintable() or c == "\u3000" else _escape(c) for c in path)


def _escape(character: str) -> str:
    raw = character.encode(errors="surrogateescape")
    return "".join(f"\\x{byte:02x}" for byte in raw)

"""Walking a folder for articles: what is there, and what cannot be looked at."""

import errno
import os
from collections import deque
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from searcher.errors import ArticleError
from searcher.ingest.kinds import Kind, kind_of


class Found(NamedTuple):
    """A file that is to be read.

    Attributes:
        path: POSIX path relative to the root, as the file system knows it: not always printable.
        mtime_ns: when the file was changed last, in nanoseconds since 1970.
        size: in bytes.
    """

    path: str
    mtime_ns: int
    size: int


class Problem(NamedTuple):
    """What could not be read: a printable path, and one line that says why."""

    path: str
    message: str


def scan(root: str | Path) -> Iterator[Found | Problem]:
    """Find the articles in a folder, at any depth, in an order that is always the same.

    Names that begin with a point are left out. Links are followed, but a folder is entered only
    once: under its own name if it lies below the root, else under that of the first link to it.

    Raises:
        ArticleError: the root is no folder, or cannot be opened. Whatever is wrong below it
            becomes a `Problem`, and the rest goes on.
    """
    base = os.path.join(root, "")  # noqa: PTH118 - strings, as a Path for each file costs too much
    entered: dict[tuple[int, int], str] = {}
    linked: deque[str] = deque()  # folders behind links wait until the others are known
    try:
        stack = [_open(base, "", entered)]
    except OSError as error:
        reason = f"{printable(os.fspath(root))}: {error.strerror}"
        raise ArticleError(f"{reason}; give the folder that holds the articles") from error
    while stack or linked:
        if not stack:
            path = linked.popleft()
            try:
                stack.append(_open(base, path + "/", entered))
            except OSError as error:
                yield Problem(printable(path), _reason(error))
            continue
        prefix, entries = stack[-1]
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            path = prefix + name
            try:
                if entry.is_dir():
                    if not _is_utf8(name):
                        yield Problem(printable(path), _NOT_UTF8)
                    elif entry.is_symlink():
                        linked.append(path)
                    else:
                        stack.append(_open(base, path + "/", entered))
                        break
                elif kind_of(name) is Kind.ARTICLE:
                    status = entry.stat()
                    if not entry.is_file():
                        yield Problem(printable(path), "not a regular file")
                    elif not _is_utf8(name):
                        yield Problem(printable(path), _NOT_UTF8)
                    else:
                        yield Found(path, status.st_mtime_ns, status.st_size)
                elif entry.is_symlink() and "." not in name:  # perhaps once a folder
                    entry.stat()
            except OSError as error:
                yield Problem(printable(path), _reason(error))
        else:
            stack.pop()


_NOT_UTF8 = "its name is not valid UTF-8; rename it"
_Folder = tuple[str, Iterator["os.DirEntry[str]"]]


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
        kind = "link loop, leads back to" if error.is_loop else "link to a folder that is read as"
        return f"{kind} {error.other}"
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

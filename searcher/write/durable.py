"""Writing files so that they are on the disk, whole, before anything relies on them."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from searcher.errors import IndexUnwritableError

_CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP)
"""What file systems say that do not know how to bring a folder to the disk."""


def unwritable(path: Path, error: OSError) -> IndexUnwritableError:
    """The error for a file that cannot be written, while the index is still as it was."""
    what = error.strerror or str(error)
    return IndexUnwritableError(f"cannot write {path}: {what}; the index is as it was")


@contextmanager
def new_file(path: Path) -> Iterator[None]:
    """Remove a file again where writing it fails, in whatever way.

    Raises IndexUnwritableError where the system does not let it be written.
    """
    try:
        yield
    except OSError as error:
        remove(path)
        raise unwritable(path, error) from error
    except BaseException:
        remove(path)
        raise


def write_file(path: Path, data: bytes) -> None:
    """Write a file under another name, bring it to the disk, and give it its name.

    Nobody sees half of it. Raises IndexUnwritableError.
    """
    temporary = path.with_name(f"{path.name}.tmp")
    with new_file(temporary):
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of files to the disk. Raises OSError."""
    if os.name == "nt":
        # There a folder cannot be opened.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, where they are not there, on the disk, too.

    Raises OSError.
    """
    missing = []
    above = folder.absolute()
    while not above.exists():
        missing.append(above)
        above = above.parent
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        sync_folder(made.parent)


def remove(path: Path) -> None:
    """Remove a file if that can be done; the next run removes what is left."""
    with suppress(OSError):
        path.unlink()


def is_gone(path: Path) -> bool:
    """Whether a file is not there; False where that cannot be told."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False

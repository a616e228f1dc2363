"""The lock of an index folder: one process at a time writes to it.

It is the lock that Whoosh would take, on the same file; to import Whoosh for it takes longer than
to add an article.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searcher.errors import IndexInvalidError, IndexLockedError
from searcher.store.manifest import NAME
from searcher.write.durable import make_folder, unwritable


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of the index, in a folder that is made if need be.

    Raises IndexLockedError while another process has it, IndexInvalidError where there is no
    folder and none can be, IndexUnwritableError where the system does not let us write there.
    """
    try:
        make_folder(folder)
        # Without waiting: a pipe in its place would wait for somebody to read.
        flags = os.O_CREAT | os.O_WRONLY | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(folder / f"{NAME}_WRITELOCK", flags)
    except (FileExistsError, NotADirectoryError) as error:
        raise IndexInvalidError(
            f"{error.filename or folder} is no folder; choose another one with --index"
        ) from error
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        if not _acquired(descriptor):
            raise IndexLockedError(f"another process is writing to {folder}; wait until it is done")
        yield
    finally:
        # This lets go of the lock, too.
        os.close(descriptor)


def _acquired(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True

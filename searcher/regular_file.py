"""Opening files that anybody may have put there, but no pipes, devices and folders."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO


class NotRegularFileError(OSError):
    """What is to be read is a pipe, a device or a folder, or a link to one."""


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading, unbuffered. Raises OSError, of which NotRegularFileError is one.

    Reading a pipe would wait for somebody to write, and a device may have no end.
    """
    # Opening a pipe waits, too, unless it is told not to.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotRegularFileError(0, "not a regular file", str(path))
    return os.fdopen(descriptor, "rb", buffering=0)


def read_regular(path: Path, most: int) -> bytes:
    """The contents of a file, of which at most ``most`` bytes are read.

    Raises OSError, of which NotRegularFileError is one.
    """
    with open_regular(path) as file:
        parts: list[bytes] = []
        size = 0
        while size < most and (part := file.read(most - size)):
            parts.append(part)
            size += len(part)
        return b"".join(parts)

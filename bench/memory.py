"""Memory of processes and size of folders, from what the kernel says."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

_BLOCK = 512  # bytes, whatever the file system's own blocks are
_PAGE = os.sysconf("SC_PAGE_SIZE")


def peak(process: int | None = None) -> int:
    """Return the most bytes that this process, or another one, ever had resident.

    ``VmHWM`` starts anew with a program; ``ru_maxrss``, the fallback, may remember the parent's.
    Of another process nothing but ``/proc`` tells; without it the answer is 0.
    """
    status = Path(f"/proc/{process or 'self'}/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    if process is not None:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def session(leader: int) -> int | None:
    """Return the resident bytes, without shared pages, of all processes of a session.

    None where the kernel does not tell (no ``/proc``).
    """
    if not Path("/proc/self/statm").exists():
        return None
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # The name in the second field may contain spaces; the session is the sixth field.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader:
                _, resident, shared, *_ = map(int, (folder / "statm").read_text().split())
                total += (resident - shared) * _PAGE
        except (OSError, ValueError):  # it ended in between
            continue
    return total


def folder_bytes(folder: Path) -> int:
    """Return the size of all files below a folder, without the holes that groonga's have."""
    statuses = [file.stat() for file in folder.rglob("*") if file.is_file()]
    return sum(
        min(status.st_size, status.st_blocks * _BLOCK) if status.st_blocks else status.st_size
        for status in statuses
    )

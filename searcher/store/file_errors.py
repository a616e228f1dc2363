"""The errors of index files: one that is damaged, and one that the system does not let us read."""

from __future__ import annotations

from pathlib import Path

from searcher.errors import IndexFolderError, IndexInvalidError, IndexUnreadableError
from searcher.regular_file import NotRegularFileError

_NOT_THERE = (FileNotFoundError, IsADirectoryError, NotADirectoryError, NotRegularFileError)


def damaged_file(path: Path) -> IndexInvalidError:
    """The error for an index file whose bytes are not those that were written."""
    return IndexInvalidError(
        f"the index file {path.name} is damaged; run: searcher index --rebuild"
    )


def unreadable_file(path: Path, error: OSError) -> IndexFolderError:
    """The error for an index file that cannot be opened or read.

    A file that is gone, or is a folder, a pipe or a device, is damage. Of everything else (no
    permission, too many open files, no memory, an input/output error) the file may be sound: the
    message has the system's words, and nothing is built anew on the strength of it.
    """
    if isinstance(error, _NOT_THERE):
        return damaged_file(path)
    return IndexUnreadableError(f"cannot read {path}: {error.strerror or error}")

"""A segment file while an index is written, and which of its documents are not deleted."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from searcher.store.bitmap import read_bitmap, write_bitmap
from searcher.store.manifest import SegmentEntry
from searcher.store.segment_reader import SegmentReader
from searcher.write.merge_input import FileSegment, MergeInput
from searcher.write.merge_policy import SegmentSize

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LiveSegment:
    """A segment of the manifest; its file is opened when it is needed.

    ``live``: bool, one for each document of the file.
    """

    def __init__(self, folder: Path, entry: SegmentEntry) -> None:
        self._path = folder / entry.file
        self._entry = entry
        self.live: NDArray[np.bool_] = ~read_bitmap(entry.deleted, entry.documents)

    @cached_property
    def reader(self) -> SegmentReader:
        """The file, opened."""
        return SegmentReader(self._path)

    def close(self) -> None:
        """Close the file, if it is open."""
        if "reader" in self.__dict__:
            self.reader.close()

    def size(self) -> SegmentSize:
        """How many documents are live, and how many the file has."""
        return SegmentSize(int(self.live.sum()), len(self.live))

    def numbers(self, keys: Collection[int]) -> NDArray[np.intp]:
        """The numbers of the live documents that have one of these key hashes."""
        wanted = np.fromiter(keys, np.uint64, len(keys))
        return np.flatnonzero(np.isin(self.reader.column("keys"), wanted) & self.live)

    def merge_input(self) -> MergeInput:
        """The live documents, as an input of a merge."""
        return MergeInput(FileSegment(self.reader), None if self.live.all() else self.live)

    def entry(self) -> SegmentEntry:
        """The entry for the next manifest."""
        deleted = b"" if self.live.all() else write_bitmap(~self.live)
        return self._entry._replace(deleted=deleted)

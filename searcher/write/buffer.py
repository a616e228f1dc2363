"""Batches that wait to become a segment file: in memory, and beyond a limit in temporary files."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.backends.writing import IndexedDocument
from searcher.store.manifest import NAME
from searcher.store.segment_reader import SegmentReader
from searcher.write.durable import new_file, remove
from searcher.write.live_segment import live_documents
from searcher.write.memory_segment import MemorySegment
from searcher.write.merge import write_segment
from searcher.write.merge_input import FileSegment, MergeInput

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_MEMORY_BYTES = 80 << 20
"""With larger batches than that in memory, they are written to a temporary file."""


class _Batch(NamedTuple):
    """A batch, and which of its documents were not deleted since, bool (n,)."""

    segment: MemorySegment | SegmentReader
    live: NDArray[np.bool_]

    def merge_input(self) -> MergeInput:
        """What is left of it, as an input of a merge."""
        live = None if self.live.all() else self.live
        if isinstance(self.segment, SegmentReader):
            return MergeInput(FileSegment(self.segment), live)
        return MergeInput(self.segment, live)


class BatchBuffer:
    """Batches in the order in which they were added.

    Temporary files have the name of a segment, so what a killed process leaves behind is removed
    like any segment that no commit needs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._in_memory: list[_Batch] = []
        self._in_files: list[_Batch] = []
        # What the batches in memory take.
        self._bytes = 0

    def __len__(self) -> int:
        """The number of documents, with those that were deleted since."""
        return sum(len(batch.live) for batch in (*self._in_files, *self._in_memory))

    def indexed(self, keys: Collection[int] | None) -> dict[int, IndexedDocument]:
        """What is known of the documents with these key hashes, or of all, by key hash."""
        found: dict[int, IndexedDocument] = {}
        for batch in (*self._in_files, *self._in_memory):
            found.update(live_documents(batch.segment.column, batch.live, keys))
        return found

    def delete(self, keys: Collection[int]) -> None:
        """Delete the documents with these key hashes."""
        wanted = np.fromiter(keys, np.uint64, len(keys))
        for batch in (*self._in_files, *self._in_memory):
            batch.live[np.isin(batch.segment.column("keys"), wanted)] = False

    def add(self, batch: MemorySegment) -> None:
        """Add a batch; first move those in memory to a file, if they would become too large."""
        if self._bytes + batch.size_in_bytes() > MAX_MEMORY_BYTES:
            self._move_to_file()
        self._bytes += batch.size_in_bytes()
        self._in_memory.append(_Batch(batch, np.ones(len(batch), bool)))

    def inputs(self) -> Sequence[MergeInput]:
        """All batches, as inputs of a merge."""
        if self._in_files and self._in_memory:
            self._move_to_file()
        return [batch.merge_input() for batch in self._in_files or self._in_memory]

    def clear(self) -> None:
        """Drop all batches and remove the temporary files."""
        self._in_memory.clear()
        self._bytes = 0
        for batch in self._in_files:
            if isinstance(batch.segment, SegmentReader):
                batch.segment.close()
                remove(batch.segment.container.path)
        self._in_files.clear()

    def _move_to_file(self) -> None:
        self._bytes = 0
        inputs = [batch.merge_input() for batch in self._in_memory]
        if not any(batch_input.has_documents() for batch_input in inputs):
            self._in_memory.clear()
            return
        path = self._folder / f"{NAME}_{secrets.token_hex(8)}.seg"
        with new_file(path):
            documents = write_segment(path, inputs, temporary=True)
            batch = _Batch(SegmentReader(path), np.ones(documents, bool))
        self._in_files.append(batch)
        self._in_memory.clear()

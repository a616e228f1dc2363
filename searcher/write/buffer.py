"""Batches that wait to become a segment file: in memory, and beyond a limit in temporary files."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from searcher.store.manifest import NAME
from searcher.store.segment_reader import SegmentReader
from searcher.write.memory_segment import MemorySegment
from searcher.write.merge import write_segment
from searcher.write.merge_input import FileSegment, MergeInput

MAX_MEMORY_DOCUMENTS = 1 << 13
"""With more documents than that in memory, they are written to a temporary file."""


class BatchBuffer:
    """Batches in the order in which they were added.

    Temporary files have the name of a segment, so what a killed process leaves behind is removed
    like any segment that no commit needs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._in_memory: list[MemorySegment] = []
        self._in_files: list[SegmentReader] = []

    def __len__(self) -> int:
        """The number of documents."""
        return sum(map(len, self._in_memory)) + sum(map(len, self._in_files))

    def add(self, batch: MemorySegment) -> None:
        """Add a batch; first move those in memory to a file, if they would become too many."""
        if sum(map(len, self._in_memory)) + len(batch) > MAX_MEMORY_DOCUMENTS:
            self._move_to_file()
        self._in_memory.append(batch)

    def inputs(self) -> Sequence[MergeInput]:
        """All batches, as inputs of a merge."""
        if self._in_files and self._in_memory:
            self._move_to_file()
        if self._in_files:
            return [MergeInput(FileSegment(segment)) for segment in self._in_files]
        return [MergeInput(batch) for batch in self._in_memory]

    def clear(self) -> None:
        """Drop all batches and remove the temporary files."""
        self._in_memory.clear()
        for segment in self._in_files:
            segment.close()
            segment.container.path.unlink(missing_ok=True)
        self._in_files.clear()

    def _move_to_file(self) -> None:
        if not self._in_memory:
            return
        path = self._folder / f"{NAME}_{secrets.token_hex(8)}.seg"
        write_segment(path, [MergeInput(batch) for batch in self._in_memory], temporary=True)
        self._in_memory.clear()
        self._in_files.append(SegmentReader(path))

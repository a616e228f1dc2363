"""A segment file while an index is written, and which of its documents are not deleted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher.backends.writing import IndexedDocument
from searcher.store.bitmap import read_bitmap, write_bitmap
from searcher.store.manifest import SegmentEntry
from searcher.store.segment_reader import SegmentReader
from searcher.write.merge_input import FileSegment, MergeInput
from searcher.write.merge_policy import SegmentSize

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LiveSegment:
    """A segment of the manifest; its file is opened when it is needed.

    ``path``: of its file; ``live``: bool, one for each document of the file.
    """

    def __init__(self, folder: Path, entry: SegmentEntry) -> None:
        self.path = folder / entry.file
        self._entry = entry
        self.live: NDArray[np.bool_] = ~read_bitmap(entry.deleted, entry.documents)

    @cached_property
    def reader(self) -> SegmentReader:
        """The file, opened."""
        return SegmentReader(self.path)

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

    def indexed(self, keys: Collection[int] | None) -> dict[int, IndexedDocument]:
        """What is known of the documents with these key hashes, or of all, by key hash."""
        return live_documents(self.reader.column, self.live, keys)

    def below(self, path: str) -> Iterator[int]:
        """The key hashes of the live documents whose path is this one, or lies below it."""
        paths = self.reader.keywords["path"]
        keys = self.reader.column("keys")
        beginning = path.encode("utf-8", "replace")
        first, stop = paths.terms.prefix(beginning)
        for number in range(first, stop):
            rest = paths.terms.term(number)[len(beginning) :]
            if not rest or not beginning or beginning.endswith(b"/") or rest.startswith(b"/"):
                for doc in paths.docs(number).tolist():
                    if self.live[doc]:
                        yield keys.item(doc)

    def delete(self, keys: Collection[int]) -> None:
        """Delete the documents with these key hashes."""
        self.live[self.numbers(keys)] = False

    def merge_input(self) -> MergeInput:
        """The live documents, as an input of a merge."""
        return MergeInput(FileSegment(self.reader), None if self.live.all() else self.live)

    def entry(self) -> SegmentEntry:
        """The entry for the next manifest."""
        deleted = b"" if self.live.all() else write_bitmap(~self.live)
        return self._entry._replace(deleted=deleted)


def live_documents(
    column: Callable[[str], NDArray[Any]],
    live: NDArray[np.bool_],
    keys: Collection[int] | None,
) -> dict[int, IndexedDocument]:
    """What the columns of a segment say of the live documents with these keys, or of all."""
    all_keys = column("keys")
    if keys is None:
        chosen = np.flatnonzero(live)
    else:
        wanted = np.fromiter(keys, np.uint64, len(keys))
        chosen = np.flatnonzero(np.isin(all_keys, wanted) & live)
    values = (column(name)[chosen].tolist() for name in ("revisions", "contents", "sources"))
    known = map(IndexedDocument, *values)
    return dict(zip(all_keys[chosen].tolist(), known, strict=True))

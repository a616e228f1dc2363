"""The writer: articles are added and deleted, and a commit makes it so.

Merging keeps the number of segments bounded: of segments alike in size at most a few stay apart,
and a segment with many deleted documents is written anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from searcher.errors import IndexInvalid
from searcher.store.bitmap import read_bitmap, write_bitmap
from searcher.store.container import DAMAGE
from searcher.store.lexicon_file import LexiconFile
from searcher.store.manifest import NAME, Manifest, SegmentEntry, Skipped, latest_generation
from searcher.store.schema import MAX_SEGMENT_DOCUMENTS
from searcher.store.segment_reader import SegmentReader
from searcher.text.version import VERSION
from searcher.write.commit import commit, remove_unused, write_lock
from searcher.write.memory_segment import MemorySegment
from searcher.write.merge import FileSegment, MergeInput, write_segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.text.analyser import Analyser
    from searcher.write.build import IndexSettings

MERGE_FACTOR = 8
"""So many segments of one tier are merged into one of the next."""
MOST_WAITING = 1 << 13
"""So many documents wait in memory; then they are put by in a file until their segment is full."""
MOST_DELETED = 0.25
"""A segment with a greater share of deleted documents is written anew."""


@dataclass(slots=True)
class _Open:
    """A segment while writing: its entry, its file when opened, which documents are alive."""

    entry: SegmentEntry
    path: Path
    alive: NDArray[np.bool_]
    _segment: SegmentReader | None = field(default=None)

    @property
    def segment(self) -> SegmentReader:
        if self._segment is None:
            self._segment = SegmentReader(self.path)
        return self._segment

    @property
    def size(self) -> int:
        return int(self.alive.sum())

    def part(self) -> MergeInput:
        return MergeInput(FileSegment(self.segment), None if self.alive.all() else self.alive)

    def finished(self) -> SegmentEntry:
        deleted = b"" if self.alive.all() else write_bitmap(~self.alive)
        return replace(self.entry, deleted=deleted)


class IndexWriter:
    """Writes one index; holds its lock from entering to leaving the context.

    ``on_merge`` is told of each segment written, by its documents; ``cores``: so many may be busy.
    Raises IndexLocked while another process writes.
    """

    def __init__(self, folder: Path, on_merge: Callable[[int], None], cores: int = 1) -> None:
        self._folder = folder
        self._on_merge = on_merge
        self._cores = cores
        self._stack = ExitStack()
        self._segments: list[_Open] = []
        self._waiting: list[MemorySegment] = []
        self._put_by: list[SegmentReader] = []
        self._base: Manifest | None = None

    def __enter__(self) -> IndexWriter:
        self._stack.enter_context(write_lock(self._folder))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._waiting.clear()
        self._forget()
        for segment in self._segments:
            if segment._segment is not None:
                segment._segment.close()
        self._segments.clear()
        self._stack.close()

    def load(self, base: Manifest | None) -> None:
        """Start from a commit; what no commit needs is removed."""
        if base:
            remove_unused(self._folder, base)
        self._base = base
        for entry in base.segments if base else ():
            alive = ~read_bitmap(entry.deleted, entry.documents)
            self._segments.append(_Open(entry, self._folder / entry.file, alive))

    def segments(self) -> Sequence[tuple[SegmentReader, NDArray[np.bool_]]]:
        """The segments and which of their documents are alive."""
        return [(open_.segment, open_.alive) for open_ in self._segments]

    def delete(self, segment: int, numbers: Iterable[int]) -> None:
        """Delete documents of a segment, by its place in :meth:`segments`."""
        self._segments[segment].alive[list(numbers)] = False

    def dictionary(self) -> bytes:
        """The dictionary that new texts are best packed with, so that merging copies them."""
        largest = max(self._segments, key=lambda open_: open_.size, default=None)
        return largest.segment.container.copied("record_dictionary") if largest else b""

    def analyser(self) -> Analyser:
        """The analyser of the commit that this one follows."""
        from searcher.text.analyser import Analyser

        if self._base is None:
            raise ValueError("there is no commit before this one")
        names = LexiconFile(self._folder / self._base.lexicon_name)
        with closing(names):
            return Analyser(additions=names.additions())

    def add(self, contents: MemorySegment) -> None:
        """Add documents."""
        waiting = sum(map(len, self._waiting))
        if waiting + sum(map(len, self._put_by)) + len(contents) > MAX_SEGMENT_DOCUMENTS:
            self._flush()
        elif waiting + len(contents) > MOST_WAITING:
            self._put_waiting_by()
        self._waiting.append(contents)

    def commit(
        self,
        basis: IndexSettings,
        skipped: Sequence[Skipped],
        listing: str,
        names: Callable[[Path], None] | None,
    ) -> Manifest:
        """Write what was added, merge, and make it the newest commit.

        ``listing`` is the hash of the corpus; ``names`` writes the file of names, None keeps that
        of the commit before.
        """
        self._flush()
        self._merge()
        manifest = Manifest(
            generation=max(latest_generation(self._folder), 0) + 1,
            analysis=VERSION,
            lexicon=basis.lexicon,
            lexicon_files=basis.files,
            engines=basis.engines,
            built=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            roots=basis.roots,
            listing=listing,
            segments=tuple(open_.finished() for open_ in self._segments),
            skipped=tuple(skipped),
        )
        if names is not None:
            path = self._folder / manifest.lexicon_name
            temporary = path.with_suffix(".tmp")
            names(temporary)
            temporary.replace(path)
        commit(self._folder, manifest)
        return manifest

    def _flush(self) -> None:
        if not self._waiting:
            return
        if self._put_by:
            self._put_waiting_by()
        parts = [MergeInput(FileSegment(segment)) for segment in self._put_by]
        self._segments.append(self._write(parts or list(map(MergeInput, self._waiting))))
        self._waiting.clear()
        self._forget()

    def _put_waiting_by(self) -> None:
        path = self._folder / f"{NAME}_{secrets.token_hex(8)}.seg"
        write_segment(path, list(map(MergeInput, self._waiting)), final=False)
        self._waiting.clear()
        self._put_by.append(SegmentReader(path))

    def _forget(self) -> None:
        for segment in self._put_by:
            segment.close()
            segment.container.path.unlink(missing_ok=True)
        self._put_by.clear()

    def _write(self, parts: Sequence[MergeInput]) -> _Open:
        name = secrets.token_hex(8)
        path = self._folder / f"{NAME}_{name}.seg"
        size = write_segment(path, parts, cores=self._cores)
        self._on_merge(size)
        return _Open(SegmentEntry(name, size), path, np.ones(size, bool))

    def _merge(self) -> None:
        self._segments = [open_ for open_ in self._segments if open_.size]
        while chosen := choose_merge([(o.size, len(o.alive)) for o in self._segments]):
            try:
                merged = self._write([self._segments[place].part() for place in chosen])
            except DAMAGE as error:
                # The commit before stays as it is.
                raise IndexInvalid("the index is damaged; run: searcher index --rebuild") from error
            rest = [o for place, o in enumerate(self._segments) if place not in chosen]
            self._segments = [*rest, merged]


def choose_merge(sizes: Sequence[tuple[int, int]]) -> list[int]:
    """Which segments to merge next, by (documents alive, documents in the file); or none.

    Tiers grow by MERGE_FACTOR, so every document is written again a few times at the most.
    """
    for place, (alive, all_) in enumerate(sizes):
        if all_ - alive > MOST_DELETED * all_:
            return [place]
    tiers: dict[int, list[int]] = {}
    for place, (alive, _) in enumerate(sizes):
        tier = 0
        while alive >= MERGE_FACTOR ** (tier + 1):
            tier += 1
        tiers.setdefault(tier, []).append(place)
    for tier in sorted(tiers):
        places = tiers[tier]
        chosen = places[:MERGE_FACTOR]
        while sum(sizes[place][0] for place in chosen) > MAX_SEGMENT_DOCUMENTS:
            chosen = chosen[:-1]
        if len(places) >= MERGE_FACTOR and len(chosen) > 1:
            return chosen
    return []

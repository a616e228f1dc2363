"""The embedded engine's writer: documents are added and deleted, and a commit makes it so."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import datetime, timezone
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from searcher.backends.writing import Document, IndexedDocument, IndexSettings, IndexState
from searcher.lazy_numpy import numpy as np
from searcher.store.container import reporting_damage
from searcher.store.kept_analyser import add_trie, kept_analyser
from searcher.store.lexicon_file import LexiconFile, write_lexicon_file
from searcher.store.manifest import Manifest, SegmentEntry, latest_generation
from searcher.store.postings import TEXT_END, TITLE_END
from searcher.store.schema import MAX_SEGMENT_DOCUMENTS
from searcher.store.stored_documents import MIN_SAMPLES, encode_fields, header, train_dictionary
from searcher.text.analyser import Analyser
from searcher.text.lexicon import load_lexicon
from searcher.write.buffer import BatchBuffer
from searcher.write.commit import (
    commit,
    is_published,
    previous_commit,
    remove_leftovers,
    state_of,
)
from searcher.write.durable import is_gone, new_file, remove
from searcher.write.live_segment import LiveSegment
from searcher.write.lock import write_lock
from searcher.write.memory_segment import MemorySegment, SegmentBuilder
from searcher.write.merge import write_segment
from searcher.write.merge_policy import choose_merge
from searcher.write.stored_documents import stored_documents

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.ingest.walk import Problem
    from searcher.text.lexicon import Lexicon
    from searcher.write.merge_input import MergeInput

MIN_DOCUMENTS_FOR_DICTIONARY = 500
"""An index with fewer documents is not worth the seconds that making a dictionary file takes."""

_FIRST_SAMPLES = 512
"""The number of documents in the first sample; other processes wait for its dictionary."""


class IndexWriter:
    """Writes an index in a folder: :class:`~searcher.backends.base.WriteBackend`, embedded.

    A context manager that holds the lock of the folder. ``on_merge`` is told the number of
    documents of each segment written; ``cores``: the maximum number of processor cores. Entering
    raises IndexLockedError while another process writes.
    """

    def __init__(self, folder: Path, on_merge: Callable[[int], None], cores: int = 1) -> None:
        self._folder = folder
        self._on_merge = on_merge
        self._cores = cores
        self._stack = ExitStack()
        self._previous: Manifest | None = None
        self._old: list[LiveSegment] = []
        self._new: list[LiveSegment] = []
        # What a commit that failed had merged.
        self._merged: list[LiveSegment] = []
        # Files that are to be removed again unless a commit needs them.
        self._uncommitted: list[Path] = []
        self._buffer = BatchBuffer(folder)
        # The names and versions of the segmenters.
        self._engines = ""
        # Of a new index: its lexicon.
        self._lexicon: Lexicon | None = None
        # What takes time to load, kept for the next commit.
        self._analyser: Analyser | None = None
        self._folding: NDArray[np.uint16] | None = None
        self._builder: SegmentBuilder | None = None

    def __enter__(self) -> IndexWriter:
        self._stack.enter_context(write_lock(self._folder))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._buffer.clear()
            for segment in (*self._old, *self._new, *self._merged):
                segment.close()
            for path in self._uncommitted:
                remove(path)
            self._uncommitted.clear()
        finally:
            self._stack.close()

    def start(
        self, settings: IndexSettings, lexicon_files: Sequence[str], *, rebuild: bool
    ) -> IndexState | None:
        """Continue from the newest commit, or from nothing: see the protocol."""
        previous = None if rebuild else previous_commit(self._folder, settings)
        self._previous = previous
        self._engines = settings.engines
        remove_leftovers(self._folder)
        if previous is None:
            # A file that cannot be used is reported before any article is read.
            self._lexicon = load_lexicon(lexicon_files)
            return None
        self._old = [LiveSegment(self._folder, entry) for entry in previous.segments]
        return state_of(previous)

    def indexed(self, keys: Collection[int] | None = None) -> dict[int, IndexedDocument]:
        """What is known of documents, by key hash: see the protocol."""
        found: dict[int, IndexedDocument] = {}
        with reporting_damage():
            for segment in (*self._old, *self._new):
                found.update(segment.indexed(keys))
            found.update(self._buffer.indexed(keys))
        return found

    def below(self, path: str) -> Iterator[int]:
        """The key hashes of documents with this path or below it: see the protocol."""
        with reporting_damage():
            for segment in self._old:
                yield from segment.below(path)

    def stored(self, sources: Collection[int]) -> Iterator[Document]:
        """The documents of some sources as they are stored: see the protocol."""
        return stored_documents(self._folder, sources)

    def paths(self, keys: Collection[int]) -> Iterator[tuple[int, str]]:
        """Key hash and path of live documents: see the protocol."""
        for segment in self._old:
            for number in segment.numbers(keys).tolist():
                key = segment.reader.column("keys").item(number)
                yield key, segment.reader.stored_fields(number).path

    def delete(self, keys: Iterable[int]) -> None:
        """Delete the documents that there are so far: see the protocol."""
        wanted = set(keys)
        if not wanted:
            return
        with reporting_damage():
            for segment in (*self._old, *self._new):
                segment.delete(wanted)
            self._buffer.delete(wanted)

    def preparer(self, count: int, sample: Iterable[Document]) -> SegmentBuilder:
        """What makes segments in memory of batches: see the protocol.

        Documents are compressed with the dictionary of the largest segment, so that merging copies
        them; a first one is made of the ``sample``, if there are enough documents.
        """
        largest = max(self._old, key=lambda segment: segment.size().live, default=None)
        dictionary = largest.reader.container.read_section("stored.dictionary") if largest else b""
        if not dictionary and count >= MIN_SAMPLES:
            raw = [_raw_without_bits(document) for document in islice(sample, _FIRST_SAMPLES)]
            dictionary = train_dictionary(raw, min_samples=1)
        if self._builder is None or self._builder.dictionary != dictionary:
            analyser = self._loaded_analyser()
            documents = count + sum(segment.size().live for segment in self._old)
            if documents >= MIN_DOCUMENTS_FOR_DICTIONARY:
                add_trie(analyser, self._engines)
            self._builder = SegmentBuilder(analyser, dictionary, self._folding)
        return self._builder

    def add(self, payload: MemorySegment) -> None:
        """Add a batch of documents."""
        if len(self._buffer) + len(payload) > MAX_SEGMENT_DOCUMENTS:
            self._flush()
        self._buffer.add(payload)

    def commit(self, state: IndexState) -> list[Problem]:
        """Write what was added, merge, and make the newest commit: see the protocol.

        Raises IndexInvalidError where a damaged segment cannot be merged; the index stays as it
        was.
        """
        self._forget_merged()
        self._flush()
        segments = self._merge([*self._old, *self._new])
        settings = state.settings
        manifest = Manifest(
            generation=max(latest_generation(self._folder), 0) + 1,
            analysis=settings.analysis,
            lexicon=settings.lexicon,
            lexicon_files=state.lexicon_files,
            engines=settings.engines,
            built=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            sources=state.sources,
            removed=state.removed,
            segments=tuple(segment.entry() for segment in segments),
            skipped=state.skipped,
        )
        if self._lexicon is not None:
            self._write_lexicon(self._folder / manifest.lexicon_name, self._lexicon)
        try:
            problems = commit(self._folder, manifest)
        except BaseException:
            if is_published(self._folder, manifest):
                self._continue_from(manifest, segments)
            raise
        self._continue_from(manifest, segments)
        return problems

    def _continue_from(self, manifest: Manifest, segments: list[LiveSegment]) -> None:
        """Go on after a commit as if it were the one that was there at the beginning."""
        for segment in (*self._old, *self._new, *self._merged):
            if segment not in segments:
                segment.close()
        self._old, self._new, self._merged = segments, [], []
        self._uncommitted.clear()
        self._previous, self._lexicon = manifest, None

    def _loaded_analyser(self) -> Analyser:
        if self._analyser is None:
            if self._lexicon is not None:
                self._analyser = Analyser(self._lexicon)
            elif self._previous is not None:
                path = self._folder / self._previous.lexicon_name
                changed = path.stat().st_mtime_ns
                self._analyser, self._folding = _kept_analyser(path, changed, self._engines)
            else:
                raise ValueError("call start first")
        return self._analyser

    def _write_lexicon(self, path: Path, lexicon: Lexicon) -> None:
        additions = self._loaded_analyser().segmenter.additions
        temporary = path.with_suffix(".tmp")
        if is_gone(path):
            self._uncommitted.append(path)
        with new_file(temporary):
            write_lexicon_file(temporary, lexicon, additions)
            temporary.replace(path)

    def _flush(self) -> None:
        """Write the waiting batches as a segment."""
        inputs = self._buffer.inputs()
        if any(each.has_documents() for each in inputs):
            self._new.append(self._write(inputs))
        self._buffer.clear()

    def _merge(self, segments: Sequence[LiveSegment]) -> list[LiveSegment]:
        """Merge segments as the policy says; those without live documents are left out."""
        segments = [segment for segment in segments if segment.size().live]
        while chosen := choose_merge([segment.size() for segment in segments]):
            with reporting_damage():
                merged = self._write([segments[index].merge_input() for index in chosen])
            self._merged.append(merged)
            rest = [segment for index, segment in enumerate(segments) if index not in chosen]
            segments = [*rest, merged]
        return segments

    def _forget_merged(self) -> None:
        """Remove what a commit had merged that failed: its inputs are merged once more."""
        for segment in self._merged:
            segment.close()
            remove(segment.path)
        self._merged.clear()

    def _write(self, inputs: Sequence[MergeInput]) -> LiveSegment:
        id_ = secrets.token_hex(8)
        path = self._folder / SegmentEntry(id_, 0).file
        self._uncommitted.append(path)
        with new_file(path):
            documents = write_segment(path, inputs, cores=self._cores)
        self._on_merge(documents)
        return LiveSegment(self._folder, SegmentEntry(id_, documents))


@lru_cache(maxsize=1)
def _kept_analyser(path: Path, _changed: int, engines: str) -> tuple[Analyser, NDArray[np.uint16]]:
    """The analyser of a lexicon file, and the folding: kept for the next writer of this index."""
    # The commit before has kept what takes time to find out.
    with closing(LexiconFile(path)) as file:
        folding = np.frombuffer(bytes(file.folding()), np.uint16)
        return kept_analyser(file.additions(), engines), folding


def _raw_without_bits(document: Document) -> bytes:
    """A raw document before its tokens are known, to make a dictionary of."""
    article = document.article
    text = f"{article.title}{TITLE_END}{article.body}{TEXT_END}"
    return header(encode_fields(article)) + text.encode("utf-16-le", "surrogatepass")

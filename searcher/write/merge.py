"""Joining contents into one segment file: for the batches of a build and for old segments alike.

Documents keep their order, and each term's documents stay sorted, because those of an earlier part
all come first; so postings are copied to where they belong and nothing is sorted again.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from searcher.store.bigrams import write_bigrams
from searcher.store.container import ContainerWriter
from searcher.store.postings import (
    Postings,
    TermKeys,
    distinct,
    ranges,
    read_terms,
    united,
)
from searcher.store.schema import KEYWORD_FIELDS, MAX_SEGMENT_DOCUMENTS
from searcher.store.stored_documents import MOST_SAMPLES, DocumentDecoder, DocumentEncoder, train
from searcher.write.memory_segment import MemorySegment, recency

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.store.segment_reader import SegmentReader


class FileSegment:
    """The contents of a segment file, with the same doors as :class:`MemorySegment`.

    What is large is read when it is asked for, and not kept: a merge needs one thing at a time.
    """

    def __init__(self, segment: SegmentReader) -> None:
        self._segment = segment
        container = self._container = segment.container
        self.lengths = segment.lengths
        self.title_lengths = segment.title_lengths
        self.dates = segment.dates
        self.utc_offsets = segment.utc_offsets
        self.revisions: NDArray[np.int64] = container["revisions"]
        self.sizes: NDArray[np.int64] = container["sizes"]
        self.keys: NDArray[np.uint64] = container["keys"]
        self.records: memoryview = container["records"].data
        self.record_ends: NDArray[np.uint64] = container["record_ends"]
        self.dictionary = container.copied("record_dictionary")

    def __len__(self) -> int:
        return len(self._segment)

    def terms(self, name: str) -> Sequence[str] | TermKeys | NDArray[np.uint32]:
        """The keys of the postings of "words", "pairs" or a facet."""
        if name == "pairs":
            return self._segment.bigrams.all_keys()
        blob = self._container.copied(f"{name}_terms")
        stops = self._container[f"{name}_term_ends"]
        if name == "words":
            return read_terms(blob, stops)
        ends = stops.tolist()
        return [blob[a:b].decode() for a, b in zip([0, *ends], ends, strict=False)]

    def postings(self, name: str) -> Postings:
        """The postings of "words", "pairs" or a facet, without their keys."""
        if name == "pairs":
            return self._segment.bigrams.postings()
        counts = np.diff(self._container[f"{name}_ends"], prepend=np.uint32(0))
        codes = self._segment.term_freqs if name == "words" else None
        return Postings((), counts, self._container[f"{name}_docs"], codes)

    def release(self) -> None:
        """Give back what was read of the file."""
        self._container.release()


class MergeInput(NamedTuple):
    """MemorySegment and which of their documents to take, bool (n,); None takes all."""

    contents: MemorySegment | FileSegment
    keep: NDArray[np.bool_] | None = None

    def numbers(self) -> NDArray[np.intp]:
        """The numbers of the documents taken."""
        if self.keep is None:
            return np.arange(len(self.contents))
        return np.flatnonzero(self.keep)

    def postings(self, name: str) -> Postings:
        """The postings of the documents taken, with their new numbers from 0."""
        postings = self.contents.postings(name)
        if self.keep is None:
            return postings
        mask = self.keep[postings.docs]
        renumbered = (np.cumsum(self.keep) - 1)[postings.docs[mask]].astype(np.uint16)
        before = np.concatenate(([0], np.cumsum(mask)))
        ends = np.cumsum(postings.counts, dtype=np.int64)
        counts = before[ends] - before[ends - postings.counts]
        codes = None if postings.codes is None else postings.codes[mask]
        return Postings(postings.keys, counts.astype(np.uint32), renumbered, codes)


def write_segment(
    path: Path, parts: Sequence[MergeInput], *, final: bool = True, cores: int = 1
) -> int:
    """Write the segment file of all ``parts`` together; returns how many documents it has.

    One that is not ``final`` can be merged, but not searched: it lacks what only searching needs.
    With several ``cores`` it takes less time and more memory.
    """
    numbers = [part.numbers() for part in parts]
    sizes = [len(taken) for taken in numbers]
    total = sum(sizes)
    if total > MAX_SEGMENT_DOCUMENTS:
        raise ValueError(f"a segment holds at most {MAX_SEGMENT_DOCUMENTS} documents")
    bases = [sum(sizes[:place]) for place in range(len(sizes))]

    with ExitStack() as stack:
        out = stack.enter_context(ContainerWriter(path, sync=final))
        join_pairs: Callable[[], Postings] = partial(_joined, parts, "pairs", bases)
        if cores > 1:
            from concurrent.futures import ThreadPoolExecutor

            # Working on arrays lets other threads run.
            beside = stack.enter_context(ThreadPoolExecutor(1))
            join_pairs = beside.submit(join_pairs).result
        contents = [part.contents for part in parts]
        for name in (
            "lengths",
            "title_lengths",
            "dates",
            "utc_offsets",
            "revisions",
            "sizes",
            "keys",
        ):
            columns = [getattr(c, name)[taken] for c, taken in zip(contents, numbers, strict=True)]
            out.write(name, np.concatenate(columns))
        if final:
            dates = np.concatenate([c.dates[t] for c, t in zip(contents, numbers, strict=True)])
            out.write("recency", recency(dates, _ids(parts)))
        _write_records(out, contents, numbers)
        _write_terms(out, "words", _joined(parts, "words", bases), final)
        write_bigrams(out, join_pairs(), total, final=final)
        for name in KEYWORD_FIELDS:
            _write_terms(out, name, _joined(parts, name, bases), final)
    return total


def slot_table(keys: Sequence[bytes]) -> NDArray[np.uint32]:
    """A hash table of terms: slot ``crc32(term) % size`` or the next free one holds number + 1."""
    size = 1 << max(3, (len(keys) * 5 // 4).bit_length())
    slots = [0] * size
    for number, key in enumerate(keys, 1):
        slot = zlib.crc32(key) & (size - 1)
        while slots[slot]:
            slot = (slot + 1) & (size - 1)
        slots[slot] = number
    return np.array(slots, np.uint32)


def _ids(parts: Sequence[MergeInput]) -> list[str]:
    ids: list[str] = []
    for part in parts:
        facet = part.contents.postings("id")
        names = np.repeat(np.array(part.contents.terms("id"), object), facet.counts)
        by_number = dict(zip(facet.docs.tolist(), names.tolist(), strict=True))
        ids += [str(by_number.get(number, "")) for number in part.numbers().tolist()]
    return ids


def _joined(parts: Sequence[MergeInput], name: str, bases: Sequence[int]) -> Postings:
    """The postings of all parts as one; keys that no document has any more go."""
    keys, all_places = _united(parts, name)
    counts = np.zeros(len(keys), np.int64)
    for part, places in zip(parts, all_places, strict=True):
        counts[places] += part.postings(name).counts
        part.contents.release()
    cursors = np.cumsum(counts) - counts
    docs = np.empty(int(counts.sum()), np.uint16)
    codes = np.empty(len(docs), np.uint8) if name == "words" else None
    for part, places, base in zip(parts, all_places, bases, strict=True):
        postings = part.postings(name)
        for some, here in postings.chunks():
            target = ranges(cursors[places[some]], postings.counts[some])
            docs[target] = postings.docs[here] + np.uint16(base)
            if codes is not None and postings.codes is not None:
                codes[target] = postings.codes[here]
        cursors[places] += postings.counts
        part.contents.release()
    left = counts > 0
    kept = keys[left] if isinstance(keys, np.ndarray) else list(compress(keys, left.tolist()))
    return Postings(kept, counts[left].astype(np.uint32), docs, codes)


def _united(
    parts: Sequence[MergeInput], name: str
) -> tuple[Sequence[str] | NDArray[np.uint32], list[NDArray[np.intp]]]:
    """All keys in order, and the places of each part's keys among them."""
    if name == "pairs":
        arrays = [np.asarray(part.contents.terms(name), np.uint32) for part in parts]
        pairs = distinct(np.concatenate(arrays))
        return pairs, [pairs.searchsorted(array) for array in arrays]
    all_terms = [part.contents.terms(name) for part in parts]
    if name == "words":
        return united([terms for terms in all_terms if isinstance(terms, TermKeys)])
    names = sorted(set().union(*(map(str, terms) for terms in all_terms)))
    place = {name: number for number, name in enumerate(names)}.__getitem__
    return names, [np.fromiter(map(place, map(str, t)), np.intp, len(t)) for t in all_terms]


def _write_terms(out: ContainerWriter, name: str, postings: Postings, final: bool) -> None:
    out.write(f"{name}_docs", postings.docs)
    if postings.codes is not None:
        out.write(f"{name}_codes", postings.codes)
    out.write(f"{name}_ends", np.cumsum(postings.counts, dtype=np.uint32))
    terms = [str(key).encode() for key in postings.keys]
    out.write(f"{name}_terms", b"".join(terms))
    out.write(f"{name}_term_ends", np.cumsum([len(t) for t in terms], dtype=np.uint32))
    out.write(f"{name}_slots", slot_table(terms) if final else np.zeros(0, np.uint32))


def _write_records(
    out: ContainerWriter,
    contents: Sequence[MemorySegment | FileSegment],
    numbers: Sequence[NDArray[np.intp]],
) -> None:
    """Copy the records, or pack them anew where another dictionary serves better."""
    dictionary = max(contents, key=lambda c: len(c) if c.dictionary else 0).dictionary
    if any(
        len(taken) < len(c)
        for c, taken in zip(contents, numbers, strict=True)
        if c.dictionary == dictionary
    ):
        # A dictionary quotes the texts that it was made from, and some of them are to go.
        dictionary = b""
    if not dictionary:
        dictionary = train(_samples(contents, numbers))
    pack = DocumentEncoder(dictionary).repack
    sizes: list[NDArray[np.uint64]] = []

    def blobs() -> Iterator[bytes | memoryview]:
        for c, taken in zip(contents, numbers, strict=True):
            if c.dictionary == dictionary and len(taken) == len(c):
                sizes.append(np.diff(c.record_ends, prepend=c.record_ends[:1] * 0))
                yield c.records
            else:
                pieces = _pieces(c.records, c.record_ends, taken)
                if c.dictionary != dictionary:
                    unpack = DocumentDecoder(c.dictionary).raw
                    pieces = [pack(unpack(piece)) for piece in pieces]
                sizes.append(np.array([len(piece) for piece in pieces], np.uint64))
                yield b"".join(pieces)
            c.release()

    out.write("record_dictionary", dictionary)
    out.write_parts("records", blobs())
    ends = np.cumsum(np.concatenate(sizes), dtype=np.uint64)
    small = not len(ends) or ends[-1] < 1 << 32
    out.write("record_ends", ends.astype(np.uint32) if small else ends)


def _samples(
    contents: Sequence[MemorySegment | FileSegment], numbers: Sequence[NDArray[np.intp]]
) -> list[bytes]:
    """Raw records to make a dictionary from."""
    samples: list[bytes] = []
    step = max(1, sum(map(len, numbers)) // MOST_SAMPLES)
    for c, taken in zip(contents, numbers, strict=True):
        unpack = DocumentDecoder(c.dictionary).raw
        samples += map(unpack, _pieces(c.records, c.record_ends, taken[::step]))
    return samples


def _pieces(
    blob: bytes | memoryview, ends: NDArray[np.unsignedinteger[Any]], numbers: NDArray[np.intp]
) -> list[bytes | memoryview]:
    starts = (ends - np.diff(ends, prepend=ends[:1] * 0))[numbers].tolist()
    return [blob[start:end] for start, end in zip(starts, ends[numbers].tolist(), strict=True)]

"""Joining contents into one segment file: for the batches of a build and for old segments alike.

Documents keep their order, and each term's documents stay sorted, because those of an earlier part
all come first; so postings are copied to where they belong and nothing is sorted again.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.index.contents import FACETS, MOST_DOCUMENTS, Contents, recency
from searcher.index.invert import Postings, ranges
from searcher.index.layout import LayoutWriter
from searcher.index.records import Packer, Unpacker, train

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Part(NamedTuple):
    """Contents and which of their documents to take, bool (n,); None takes all."""

    contents: Contents
    keep: NDArray[np.bool_] | None = None

    def numbers(self) -> NDArray[np.intp]:
        """The numbers of the documents taken."""
        if self.keep is None:
            return np.arange(len(self.contents))
        return np.flatnonzero(self.keep)


def write_segment(path: Path, parts: Sequence[Part]) -> int:
    """Write the segment file of all ``parts`` together; returns how many documents it has."""
    numbers = [part.numbers() for part in parts]
    sizes = [len(taken) for taken in numbers]
    total = sum(sizes)
    if total > MOST_DOCUMENTS:
        raise ValueError(f"a segment holds at most {MOST_DOCUMENTS} documents")
    bases = [sum(sizes[:place]) for place in range(len(sizes))]

    with LayoutWriter(path) as out:
        contents = [part.contents for part in parts]
        for name in ("lengths", "title_lengths", "dates", "zones", "stamps", "sizes"):
            columns = [getattr(c, name)[taken] for c, taken in zip(contents, numbers, strict=True)]
            out.write(name, np.concatenate(columns))
        dates = np.concatenate([c.dates[t] for c, t in zip(contents, numbers, strict=True)])
        out.write("recency", recency(dates, _ids(parts)))
        _write_blobs(out, "card", [(c.cards, c.card_ends) for c in contents], numbers)
        _write_records(out, contents, numbers)
        _write_postings(out, "words", [_kept(p, p.contents.words) for p in parts], bases)
        _write_postings(out, "pairs", [_kept(p, p.contents.pairs) for p in parts], bases)
        for name in FACETS:
            facets = [_kept(part, part.contents.facets[name]) for part in parts]
            _write_postings(out, name, facets, bases)
    return total


def slot_table(keys: Sequence[bytes]) -> NDArray[np.uint32]:
    """A hash table of terms: slot ``crc32(term) % size`` or the next free one holds number + 1."""
    size = 1 << max(3, (len(keys) * 3 // 2).bit_length())
    slots = [0] * size
    for number, key in enumerate(keys, 1):
        slot = zlib.crc32(key) & (size - 1)
        while slots[slot]:
            slot = (slot + 1) & (size - 1)
        slots[slot] = number
    return np.array(slots, np.uint32)


def _ids(parts: Sequence[Part]) -> list[str]:
    ids: list[str] = []
    for part in parts:
        facet = part.contents.facets["id"]
        names = np.repeat(np.array(facet.keys, object), facet.counts)
        by_number = dict(zip(facet.docs.tolist(), names.tolist(), strict=True))
        ids += [str(by_number.get(number, "")) for number in part.numbers().tolist()]
    return ids


def _kept(part: Part, postings: Postings) -> Postings:
    """The postings of the documents taken, with their new numbers from 0."""
    if part.keep is None:
        return postings
    mask = part.keep[postings.docs]
    renumbered = (np.cumsum(part.keep) - 1)[postings.docs[mask]].astype(np.uint16)
    before = np.concatenate(([0], np.cumsum(mask)))
    ends = np.cumsum(postings.counts, dtype=np.int64)
    counts = before[ends] - before[ends - postings.counts]
    codes = None if postings.codes is None else postings.codes[mask]
    return Postings(postings.keys, counts.astype(np.uint32), renumbered, codes)


def _write_postings(
    out: LayoutWriter, name: str, parts: Sequence[Postings], bases: Sequence[int]
) -> None:
    keys, places = _united([part.keys for part in parts])
    counts = np.zeros(len(keys), np.int64)
    for part, place in zip(parts, places, strict=True):
        counts[place] += part.counts
    cursors = np.cumsum(counts) - counts
    total = int(counts.sum())
    docs = np.empty(total, np.uint16)
    codes = np.empty(total, np.uint8) if name == "words" else None
    for part, place, base in zip(parts, places, bases, strict=True):
        target = ranges(cursors[place], part.counts)
        docs[target] = part.docs + np.uint16(base)
        if codes is not None and part.codes is not None:
            codes[target] = part.codes
        cursors[place] += part.counts
    out.write(f"{name}_docs", docs)
    if codes is not None:
        out.write(f"{name}_codes", codes)

    left = counts > 0
    out.write(f"{name}_ends", np.cumsum(counts[left]).astype(np.uint32))
    if isinstance(keys, np.ndarray):
        out.write(f"{name}_keys", keys[left])
    else:
        terms = [keys[place].encode() for place in np.flatnonzero(left).tolist()]
        out.write(f"{name}_terms", b"".join(terms))
        out.write(f"{name}_term_ends", np.cumsum([len(t) for t in terms], dtype=np.uint32))
        out.write(f"{name}_slots", slot_table(terms))


def _united(
    keys: Sequence[Sequence[str] | NDArray[np.uint32]],
) -> tuple[Sequence[str] | NDArray[np.uint32], list[NDArray[np.intp]]]:
    """All keys in order, and the places of each part's keys among them."""
    arrays = [part for part in keys if isinstance(part, np.ndarray)]
    if len(arrays) == len(keys):
        united = np.unique(np.concatenate(arrays))
        return united, [np.searchsorted(united, part) for part in arrays]
    names = sorted(set().union(*(map(str, part) for part in keys)))
    place = {name: number for number, name in enumerate(names)}
    return names, [
        np.fromiter(map(place.__getitem__, map(str, part)), np.intp, len(part)) for part in keys
    ]


def _write_blobs(
    out: LayoutWriter,
    name: str,
    blobs: Sequence[tuple[bytes, NDArray[np.uint64]]],
    numbers: Sequence[NDArray[np.intp]],
) -> None:
    sizes = [
        np.diff(ends, prepend=np.uint64(0))[taken]
        for (_, ends), taken in zip(blobs, numbers, strict=True)
    ]
    out.write(f"{name}_ends", np.cumsum(np.concatenate(sizes), dtype=np.uint64))
    out.write_parts(
        f"{name}s",
        (
            blob if len(taken) == len(ends) else b"".join(_pieces(blob, ends, taken))
            for (blob, ends), taken in zip(blobs, numbers, strict=True)
        ),
    )


def _write_records(
    out: LayoutWriter, contents: Sequence[Contents], numbers: Sequence[NDArray[np.intp]]
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
    raw: list[bytes] = []
    if not dictionary:
        for c, taken in zip(contents, numbers, strict=True):
            unpack = Unpacker(c.dictionary).raw
            raw += map(unpack, _pieces(c.records, c.record_ends, taken))
        dictionary = train(raw)
    out.write("dictionary", dictionary)
    pack = Packer(dictionary).repack
    blobs = []
    for c in contents:
        if c.dictionary == dictionary:
            blobs.append((c.records, c.record_ends))
            continue
        unpack = Unpacker(c.dictionary).raw
        pieces = list(_pieces(c.records, c.record_ends, np.arange(len(c))))
        packed = [pack(unpack(piece)) for piece in pieces]
        ends = np.cumsum([len(piece) for piece in packed], dtype=np.uint64)
        blobs.append((b"".join(packed), ends))
    _write_blobs(out, "record", blobs, numbers)


def _pieces(blob: bytes, ends: NDArray[np.uint64], numbers: NDArray[np.intp]) -> list[bytes]:
    starts = (ends - np.diff(ends, prepend=np.uint64(0)))[numbers].tolist()
    return [blob[start:end] for start, end in zip(starts, ends[numbers].tolist(), strict=True)]

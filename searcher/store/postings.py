"""Postings: terms with the documents of each, as a batch gives them and a segment keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TITLE_END = "\x01"
"""Stands between title and body, so that no pair of characters reaches across."""
TEXT_END = "\x02"

TITLE_FREQ = 64
"""A posting's code is ``TITLE_FREQ * title + body``: up to 3 and up to 63 half occurrences.

A word counts as two halves, a part of a longer word as one; the title's are capped at 3, so that
3 means at least one whole word and more."""

MAX_TITLE_FREQ, MAX_BODY_FREQ = 3, TITLE_FREQ - 1
"""Half occurrences that a posting can tell apart, in the title and in the body."""

SHORT = 4
"""A term of up to so many UTF-16 units can be packed in 64 bits."""

_Number = TypeVar("_Number", bound=np.integer[Any])
_PIECE = 1 << 18
_MASKS = np.array([~((1 << 64 - 16 * size) - 1) & ~(-1 << 64) for size in range(5)], np.uint64)


@dataclass(frozen=True, slots=True)
class TermKeys:
    """TermDictionary of the basic plane, n of them in any order.

    ``packed``: uint64 (n,), the terms of up to SHORT units, see :func:`pack`; 0 for longer ones,
    which are in ``long``, in the same order.
    """

    packed: NDArray[np.uint64]
    long: Sequence[str]

    def __len__(self) -> int:
        return len(self.packed)

    def __iter__(self) -> Iterator[str]:
        long = iter(self.long)
        return (term or next(long) for term in unpack(self.packed))


@dataclass(frozen=True, slots=True)
class Postings:
    """TermDictionary with the documents of each: in ascending order, but for the words of a batch.

    ``keys``: list of str, or TermKeys for words, or array (n,) of uint32 for pairs; ``counts``:
    documents of each key, uint32 (n,); ``docs``: document numbers within the batch or segment,
    uint16, ascending for each key; ``codes``: uint8 beside ``docs`` for words, else None.
    """

    keys: Sequence[str] | TermKeys | NDArray[np.uint32]
    counts: NDArray[np.uint32]
    docs: NDArray[np.uint16]
    codes: NDArray[np.uint8] | None = None

    def chunks(self) -> Iterator[tuple[slice, slice]]:
        """Slices of the keys and of their documents, for working with bounded memory."""
        ends = np.cumsum(self.counts, dtype=np.int64)
        stops = ends.searchsorted(np.arange(_PIECE, len(self.docs), _PIECE), "right")
        first = start = 0
        for stop in dict.fromkeys([*stops.tolist(), len(ends)]):
            if stop > first:
                end = int(ends[stop - 1])
                yield slice(first, stop), slice(start, end)
                first, start = stop, end


def pack(
    units: NDArray[np.uint16], starts: NDArray[np.int64], lengths: NDArray[np.integer[Any]]
) -> NDArray[np.uint64]:
    """The beginnings of some places of a text as numbers, in whose order they sort as text does.

    Up to SHORT units of each, the first one highest, zeros after the last.

    >>> text = np.array([ord("a"), ord("b")], np.uint16)
    >>> [hex(key) for key in pack(text, np.array([0, 1]), np.array([2, 1])).tolist()]
    ['0x61006200000000', '0x62000000000000']
    """
    padded = np.zeros(len(units) + SHORT - 1, ">u2")
    padded[: len(units)] = units
    windows: NDArray[Any] = np.ndarray((len(units),), ">u8", padded.data, strides=(2,))
    packed: NDArray[np.uint64] = windows[starts].astype(np.uint64)
    packed &= _MASKS[np.minimum(lengths, SHORT)]
    return packed


def pack_all(terms: Sequence[str]) -> NDArray[np.uint64]:
    """The first SHORT units of each term, packed."""
    padded = "".join([term[:SHORT].ljust(SHORT, "\0") for term in terms])
    return np.frombuffer(padded.encode("utf-16-be"), ">u8").astype(np.uint64)


def unpack(packed: NDArray[np.uint64]) -> list[str]:
    """The terms of packed numbers.

    >>> unpack(pack_all(["普京", "拜登"]))
    ['普京', '拜登']
    """
    text = packed.astype(">u8").tobytes().decode("utf-16-be")
    return [text[at : at + SHORT].rstrip("\0") for at in range(0, len(text), SHORT)]


def read_terms(blob: bytes, ends: NDArray[np.uint32]) -> TermKeys:
    """TermDictionary from UTF-8, one after another, and where each ends."""
    text = blob.decode()
    units = np.frombuffer(text.encode("utf-16-le"), np.uint16)
    # Every character has one byte that does not go on from another.
    characters = np.cumsum((np.frombuffer(blob, np.uint8) & 0xC0) != 0x80)
    stops = np.append(0, characters)[ends.astype(np.int64)]
    starts = np.append(0, stops)[:-1]
    is_long = stops - starts > SHORT
    packed = np.where(is_long, np.uint64(0), pack(units, starts, stops - starts))
    spans = zip(starts[is_long].tolist(), stops[is_long].tolist(), strict=True)
    return TermKeys(packed, [text[start:stop] for start, stop in spans])


def united(parts: Sequence[TermKeys]) -> tuple[list[str], list[NDArray[np.intp]]]:
    """All terms in order, each once, and the places of each part's terms among them."""
    packed = distinct(np.concatenate([part.packed for part in parts]))
    packed = packed[packed != 0]
    long = sorted(set().union(*(part.long for part in parts)))
    # A term comes before the longer ones that begin with it.
    beginnings = pack_all(long)
    short_places = np.arange(len(packed)) + beginnings.searchsorted(packed)
    long_places = np.arange(len(long)) + packed.searchsorted(beginnings, "right")
    terms = np.empty(len(packed) + len(long), object)
    terms[short_places] = unpack(packed)
    terms[long_places] = long

    place = dict(zip(long, long_places.tolist(), strict=True)).__getitem__
    all_places = []
    for part in parts:
        places = np.empty(len(part), np.intp)
        is_long = part.packed == 0
        places[~is_long] = short_places[packed.searchsorted(part.packed[~is_long])]
        places[is_long] = np.fromiter(map(place, part.long), np.intp, len(part.long))
        all_places.append(places)
    return terms.tolist(), all_places


def distinct(values: NDArray[_Number]) -> NDArray[_Number]:
    """The values in order, each once.

    numpy's own way to this goes through a hash table, which takes time and memory.
    """
    values = np.sort(values)
    return values[heads(values)]


def heads(values: NDArray[Any]) -> NDArray[np.intp]:
    """Where each run of equal values begins, in a sorted array."""
    if not len(values):
        return np.zeros(0, np.intp)
    return np.concatenate(([0], np.flatnonzero(values[1:] != values[:-1]) + 1))


def ranges(starts: NDArray[np.int64], counts: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """The numbers starts[i], starts[i] + 1, ... (counts[i] of them) for each i, in one array."""
    counts = counts.astype(np.int64)
    total = int(counts.sum())
    places: NDArray[np.int64] = np.repeat(starts - np.cumsum(counts) + counts, counts)
    places += np.arange(total)
    return places

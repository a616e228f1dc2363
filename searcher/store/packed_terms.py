"""Terms packed into numbers: four UTF-16 units in 64 bits, which sort as the terms do.

Most Chinese words are that short. Sorting and uniting numbers by numpy takes a fraction of the
time that strings take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Any

from searcher.lazy_numpy import numpy as np
from searcher.store.arrays import unite_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_PACKED_UNITS = 4
"""The maximum length in UTF-16 units of a term packed in 64 bits."""


@dataclass(frozen=True, slots=True)
class PackedTerms:
    """Terms without characters beyond the basic plane, n of them in any order.

    ``packed``: uint64 (n,), terms of up to MAX_PACKED_UNITS units, see :func:`pack`; 0 stands for
    a longer one. ``long``: the longer ones, in the order of their zeros.
    """

    packed: NDArray[np.uint64]
    long: Sequence[str]

    def __len__(self) -> int:
        return len(self.packed)

    def __iter__(self) -> Iterator[str]:
        long = iter(self.long)
        return (term or next(long) for term in unpack(self.packed))

    def compress(self, kept: NDArray[np.bool_]) -> PackedTerms:
        """Which documents are kept, bool (n,)."""
        if kept.all():
            return self
        long_kept = kept[self.packed == 0].tolist()
        return PackedTerms(self.packed[kept], list(compress(self.long, long_kept)))

    def encode(self) -> tuple[bytes, NDArray[np.uint32]]:
        """The terms in UTF-8, one after another, and the byte at which each ends."""
        lanes = self.packed.astype(">u8").view(">u2").reshape(-1, MAX_PACKED_UNITS)
        is_long = self.packed == 0
        lengths = np.count_nonzero(lanes, axis=1)
        lengths[is_long] = list(map(len, self.long))
        ends = np.cumsum(lengths)
        units = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint16)
        of_long = np.repeat(is_long, lengths)
        units[~of_long] = lanes[lanes != 0]
        units[of_long] = np.frombuffer("".join(self.long).encode("utf-16-le"), np.uint16)
        # A unit takes one to three bytes in UTF-8.
        sizes = 1 + (units >= 0x80) + (units >= 0x800).astype(np.uint32)
        byte_ends = np.cumsum(sizes, dtype=np.uint32)[ends - 1]
        return units.tobytes().decode("utf-16-le").encode(), byte_ends


def pack(
    units: NDArray[np.uint16], starts: NDArray[np.int64], lengths: NDArray[np.integer[Any]]
) -> NDArray[np.uint64]:
    """The first MAX_PACKED_UNITS units of some terms in a text: uint64, as many as ``starts``.

    The first unit is in the highest bits, zeros follow the last one, so the numbers sort as the
    terms do.

    >>> text = np.array([ord("a"), ord("b")], np.uint16)
    >>> [hex(key) for key in pack(text, np.array([0, 1]), np.array([2, 1])).tolist()]
    ['0x61006200000000', '0x62000000000000']
    """
    padded = np.zeros(len(units) + MAX_PACKED_UNITS - 1, ">u2")
    padded[: len(units)] = units
    windows: NDArray[Any] = np.ndarray((len(units),), ">u8", padded.data, strides=(2,))
    packed: NDArray[np.uint64] = windows[starts].astype(np.uint64)
    masks = [~((1 << 64 - 16 * size) - 1) & ~(-1 << 64) for size in range(MAX_PACKED_UNITS + 1)]
    packed &= np.array(masks, np.uint64)[np.minimum(lengths, MAX_PACKED_UNITS)]
    return packed


def pack_strings(terms: Sequence[str]) -> NDArray[np.uint64]:
    """The first MAX_PACKED_UNITS units of each term, packed as :func:`pack` does."""
    size = MAX_PACKED_UNITS
    padded = "".join([term[:size].ljust(size, "\0") for term in terms])
    return np.frombuffer(padded.encode("utf-16-be"), ">u8").astype(np.uint64)


def unpack(packed: NDArray[np.uint64]) -> list[str]:
    """The terms of packed numbers.

    >>> unpack(pack_strings(["普京", "拜登"]))
    ['普京', '拜登']
    """
    size = MAX_PACKED_UNITS
    text = packed.astype(">u8").tobytes().decode("utf-16-be")
    return [text[start : start + size].rstrip("\0") for start in range(0, len(text), size)]


def pack_utf8(blob: bytes, ends: NDArray[np.uint32]) -> PackedTerms:
    """Terms in UTF-8, one after another, and the byte at which each ends."""
    text = blob.decode()
    units = np.frombuffer(text.encode("utf-16-le"), np.uint16)
    # In UTF-8 every character has exactly one byte that is not 10xxxxxx.
    characters = np.cumsum((np.frombuffer(blob, np.uint8) & 0xC0) != 0x80)
    stops = np.append(0, characters)[ends.astype(np.int64)]
    starts = np.append(0, stops)[:-1]
    is_long = stops - starts > MAX_PACKED_UNITS
    packed = np.where(is_long, np.uint64(0), pack(units, starts, stops - starts))
    spans = zip(starts[is_long].tolist(), stops[is_long].tolist(), strict=True)
    return PackedTerms(packed, [text[start:stop] for start, stop in spans])


def unite(parts: Sequence[PackedTerms]) -> tuple[PackedTerms, list[NDArray[np.intp]]]:
    """All terms in ascending order, each once, and the index among them of each part's terms."""
    packed, short_indexes = unite_keys([part.packed[part.packed != 0] for part in parts])
    long = sorted(set().union(*(part.long for part in parts)))
    # A term comes before the longer ones that begin with it.
    beginnings = pack_strings(long)
    short_index = np.arange(len(packed)) + beginnings.searchsorted(packed)
    long_index = np.arange(len(long)) + packed.searchsorted(beginnings, "right")
    terms = np.zeros(len(packed) + len(long), np.uint64)
    terms[short_index] = packed

    index_of = dict(zip(long, long_index.tolist(), strict=True)).__getitem__
    indexes = []
    for part, mine in zip(parts, short_indexes, strict=True):
        index = np.empty(len(part), np.intp)
        is_long = part.packed == 0
        index[~is_long] = short_index[mine]
        index[is_long] = np.fromiter(map(index_of, part.long), np.intp, len(part.long))
        indexes.append(index)
    return PackedTerms(terms, long), indexes

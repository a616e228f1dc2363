"""The pairs of characters in a segment file: frequent ones as gaps, the others as numbers.

A pair is two UTF-16 units that stand together. Its key is ``first << 16 | second``, and its
documents are numbers in 16 bits. Where they stand close, the gaps between them take half of that:
a byte each, the documents left out before the next one, and 255 for 255 left out and more to come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher.errors import IndexInvalid
from searcher.store.container import ContainerReader, ContainerWriter
from searcher.store.postings import Postings, ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

FREQUENT = 128
"""A pair is frequent when one document of so many has it."""
_LEAST = 1 << 13
"""With fewer documents gaps save too little to be worth it."""


def write_bigrams(
    out: ContainerWriter, pairs: Postings, documents: int, *, final: bool = True
) -> None:
    """Write the sections of the pairs of so many documents.

    What is not ``final`` will be merged soon: gaps would only have to be read again.
    """
    counts = pairs.counts.astype(np.int64)
    frequent = (counts * FREQUENT >= max(documents, _LEAST)) & final

    def rare() -> Iterator[NDArray[np.uint16]]:
        yield pairs.docs[:0]
        for some, here in pairs.chunks():
            yield pairs.docs[here][np.repeat(~frequent[some], counts[some])]

    sizes = [counts[:0]]

    def close() -> Iterator[NDArray[np.uint8]]:
        for some, here in pairs.chunks():
            mine = frequent[some]
            if mine.any():
                docs = pairs.docs[here][np.repeat(mine, counts[some])]
                coded, size = encode(docs, counts[some][mine])
                sizes.append(size)
                yield coded

    keys = np.asarray(pairs.keys, np.uint32)
    out.write_parts("pairs_docs", rare())
    out.write("pairs_keys", keys[~frequent])
    out.write("pairs_ends", np.cumsum(counts[~frequent]).astype(np.uint32))
    out.write_parts("frequent_gaps", close())
    out.write("frequent_keys", keys[frequent])
    out.write("frequent_ends", np.cumsum(np.concatenate(sizes)).astype(np.uint32))


class Bigrams:
    """Looks up pairs in a segment file."""

    def __init__(self, container: ContainerReader) -> None:
        self.keys: NDArray[np.uint32] = container["pairs_keys"]
        self.ends: NDArray[np.uint32] = container["pairs_ends"]
        self.docs: NDArray[np.uint16] = container["pairs_docs"]
        self.frequent_keys: NDArray[np.uint32] = container["frequent_keys"]
        self.frequent_ends: NDArray[np.uint32] = container["frequent_ends"]
        self.gaps: NDArray[np.uint8] = container["frequent_gaps"]
        rare, frequent = len(self.keys), len(self.frequent_keys)
        if (rare, frequent) != (len(self.ends), len(self.frequent_ends)):
            raise IndexInvalid("the index is damaged; run: searcher index --rebuild")

    def find(self, pair: str) -> NDArray[Any]:
        """The documents with a pair of UTF-16 units, in order."""
        ((docs, are_gaps),) = self.stored([pair])
        return decode(docs) if are_gaps else docs

    def stored(self, pairs: Sequence[str]) -> list[tuple[NDArray[Any], bool]]:
        """The documents with each pair as they are stored, and whether that is as gaps."""
        keys = np.array([ord(pair[0]) << 16 | ord(pair[1]) for pair in pairs], np.uint32)
        close = self.frequent_keys.searchsorted(keys).tolist()
        far = self.keys.searchsorted(keys).tolist()
        found: list[tuple[NDArray[Any], bool]] = []
        for key, here, there in zip(keys.tolist(), close, far, strict=True):
            if here < len(self.frequent_keys) and self.frequent_keys.item(here) == key:
                start = self.frequent_ends.item(here - 1) if here else 0
                found.append((self.gaps[start : self.frequent_ends.item(here)], True))
            elif there < len(self.keys) and self.keys.item(there) == key:
                start = self.ends.item(there - 1) if there else 0
                found.append((self.docs[start : self.ends.item(there)], False))
            else:
                found.append((self.docs[:0], False))
        return found

    def beginning(self, unit: str) -> list[NDArray[Any]]:
        """The documents with the pairs that begin with a UTF-16 unit, in no order."""
        bounds = np.array([ord(unit) << 16, (ord(unit) + 1) << 16], np.uint64)
        found: list[NDArray[Any]] = []
        first, stop = self.frequent_keys.searchsorted(bounds).tolist()
        if first < stop:
            found.append(self._decoded(first, stop)[0])
        first, stop = self.keys.searchsorted(bounds).tolist()
        if first < stop:
            found.append(self.docs[self.ends[first - 1] if first else 0 : self.ends[stop - 1]])
        return found

    def all_keys(self) -> NDArray[np.uint32]:
        """The keys of all pairs, in order."""
        return np.sort(np.concatenate((self.keys, self.frequent_keys)))

    def postings(self) -> Postings:
        """All pairs with their documents."""
        counts = np.diff(self.ends, prepend=np.uint32(0))
        if not len(self.frequent_keys):
            return Postings(self.keys, counts, self.docs)
        docs, more = self._decoded(0, len(self.frequent_keys))
        keys = np.concatenate((self.keys, self.frequent_keys))
        counts = np.concatenate((counts, more.astype(np.uint32)))
        docs = np.concatenate((self.docs, docs.astype(np.uint16)))
        order = keys.argsort()
        starts = np.cumsum(counts, dtype=np.int64) - counts
        return Postings(keys[order], counts[order], docs[ranges(starts[order], counts[order])])

    def _decoded(self, first: int, stop: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The documents of some frequent pairs, one after another, and how many each has."""
        ends = self.frequent_ends[first:stop].astype(np.int64)
        start = int(self.frequent_ends[first - 1]) if first else 0
        return decode_all(self.gaps[start : int(ends[-1])], ends - start)

    def check(self, documents: int) -> list[str]:
        """What is wrong with the pairs of so many documents, one line each."""
        problems = []
        for name, keys in (("pairs", self.keys), ("frequent pairs", self.frequent_keys)):
            if (np.diff(keys.astype(np.int64)) < 1).any():
                problems.append(f"the {name} are out of order")
        for name, ends, size in (
            ("pairs", self.ends, len(self.docs)),
            ("frequent pairs", self.frequent_ends, len(self.gaps)),
        ):
            steps = np.diff(ends.astype(np.int64), prepend=0)
            if len(ends) and (ends[-1] != size or (steps < 1).any()):
                return [*problems, f"the ends of the {name} are out of order"]
        postings = self.postings()
        rising = np.diff(postings.docs.astype(np.int64)) > 0
        rising[np.cumsum(postings.counts, dtype=np.int64)[:-1] - 1] = True
        if not rising.all() or (len(postings.docs) and postings.docs.max() >= documents):
            problems.append("the documents of the pairs are out of order")
        return problems


def encode(
    docs: NDArray[np.uint16], counts: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Rising numbers, so many in each list, as gaps: the bytes, and how many each list takes."""
    heads = np.cumsum(counts) - counts
    gaps = np.diff(docs.astype(np.int32), prepend=np.int32(0)) - 1
    gaps[heads] = docs[heads]
    wholes, rest = np.divmod(gaps, 255)
    wholes += 1
    coded = np.full(int(wholes.sum()), 255, np.uint8)
    coded[np.cumsum(wholes) - 1] = rest
    return coded, np.add.reduceat(wholes, heads, dtype=np.int64)


def decode(coded: NDArray[np.uint8]) -> NDArray[np.intp]:
    """The numbers of one list of :func:`encode`.

    >>> decode(np.array([3, 0, 255, 2], np.uint8)).tolist()
    [3, 4, 262]
    """
    docs = np.cumsum(coded, dtype=np.intp)
    last = coded != 255
    if not last.all():
        docs = docs[last]
    docs += _STEPS[: len(docs)]
    return docs


def decode_all(
    coded: NDArray[np.uint8], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of all lists, and how many each has."""
    starts = np.concatenate(([0], ends[:-1]))
    last = coded != 255
    sums = np.cumsum(coded, dtype=np.int64)
    counts = np.add.reduceat(last, starts, dtype=np.int64)
    docs = sums[last]
    docs -= np.repeat(sums[starts] - coded[starts], counts)
    docs += np.arange(len(docs))
    docs -= np.repeat(np.cumsum(counts) - counts, counts)
    return docs, counts


_STEPS = np.arange(1 << 16)

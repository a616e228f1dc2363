"""Bigrams in a segment file: the documents of each pair of neighbouring UTF-16 units.

The key of a bigram is ``first unit << 16 | second unit``. The documents of a rare bigram are
numbers in 16 bits, those of a frequent one gaps in bytes, which take half of that: a byte says how
many documents without the bigram come before the next one with it, and 255 says that 255 without
it come and the count goes on in the next byte.

Sections (see ``docs/index-format.md``): ``bigrams.keys``, ``bigrams.doc_ends`` and
``bigrams.docs`` of the rare ones; ``bigrams.frequent_keys``, ``bigrams.frequent_gap_ends`` and
``bigrams.frequent_gaps`` of the frequent ones. Keys are in ascending order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from searcher.lazy_numpy import numpy as np
from searcher.store.arrays import ascending_runs, ranges
from searcher.store.container import ContainerReader, ContainerWriter
from searcher.store.file_errors import damaged_file
from searcher.store.postings import InvertedField, Postings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.store.verified_array import VerifiedArray

MAX_DOCUMENTS_PER_POSTING = 128
"""A bigram is frequent where at least one document in this number has it."""
MIN_DOCUMENTS_FOR_GAPS = 1 << 13
"""The threshold is that of so many documents where there are fewer: gaps would save too little."""


def write_bigrams(
    out: ContainerWriter, bigrams: InvertedField, documents: int, *, temporary: bool = False
) -> None:
    """Write the bigrams of a segment with so many documents, keys in ascending order.

    In a ``temporary`` segment all are written as rare ones: gaps would soon be decoded again.
    """
    postings = bigrams.postings
    counts = postings.counts.astype(np.int64)
    threshold = max(documents, MIN_DOCUMENTS_FOR_GAPS)
    frequent = (counts * MAX_DOCUMENTS_PER_POSTING >= threshold) & (not temporary)

    def docs_of_rare() -> Iterator[NDArray[np.uint16]]:
        yield postings.docs[:0]
        for terms, span in postings.chunks():
            yield postings.docs[span][np.repeat(~frequent[terms], counts[terms])]

    gap_counts = [counts[:0]]

    def gaps_of_frequent() -> Iterator[NDArray[np.uint8]]:
        for terms, span in postings.chunks():
            chosen = frequent[terms]
            if chosen.any():
                docs = postings.docs[span][np.repeat(chosen, counts[terms])]
                gaps, sizes = encode(docs, counts[terms][chosen])
                gap_counts.append(sizes)
                yield gaps

    keys = np.asarray(bigrams.terms, np.uint32)
    out.write_parts("bigrams.docs", docs_of_rare())
    out.write("bigrams.keys", keys[~frequent])
    out.write("bigrams.doc_ends", np.cumsum(counts[~frequent]).astype(np.uint32))
    out.write_parts("bigrams.frequent_gaps", gaps_of_frequent())
    out.write("bigrams.frequent_keys", keys[frequent])
    gap_ends = np.cumsum(np.concatenate(gap_counts)).astype(np.uint32)
    out.write("bigrams.frequent_gap_ends", gap_ends)


class Bigrams:
    """Finds the bigrams of a segment file.

    Raises IndexInvalidError where its sections do not fit.
    """

    def __init__(self, container: ContainerReader) -> None:
        self._keys = container.section("bigrams.keys")
        self._doc_ends = container.section("bigrams.doc_ends")
        self._docs = container.section("bigrams.docs")
        self._frequent_keys = container.section("bigrams.frequent_keys")
        self._gap_ends = container.section("bigrams.frequent_gap_ends")
        self._gaps = container.section("bigrams.frequent_gaps")
        rare, frequent = len(self._keys), len(self._frequent_keys)
        if (rare, frequent) != (len(self._doc_ends), len(self._gap_ends)):
            raise damaged_file(container.path)

    def find(self, bigram: str) -> NDArray[Any]:
        """The documents with a bigram (a string of two UTF-16 units), ascending."""
        ((docs, are_gaps),) = self.stored([bigram])
        return decode(docs) if are_gaps else np.frombuffer(docs, np.uint16)

    def stored(self, bigrams: Sequence[str]) -> list[tuple[memoryview, bool]]:
        """The documents with each bigram as they are stored, and whether that is as gaps.

        The length of what is stored is a cheap estimate of how many documents there are.
        """
        keys = [ord(bigram[0]) << 16 | ord(bigram[1]) for bigram in bigrams]
        rare_size, frequent_size = len(self._keys), len(self._frequent_keys)
        in_frequent = self._frequent_keys.search(keys)
        in_rare = self._keys.search(keys)
        found: list[tuple[memoryview, bool]] = []
        for key, frequent, rare in zip(keys, in_frequent, in_rare, strict=True):
            if frequent < frequent_size and self._frequent_keys.item(frequent) == key:
                found.append((_list(self._gaps, self._gap_ends, frequent), True))
            elif rare < rare_size and self._keys.item(rare) == key:
                found.append((_list(self._docs, self._doc_ends, rare), False))
            else:
                self._frequent_keys.confirm(key, frequent)
                self._keys.confirm(key, rare)
                found.append((self._docs.view(0, 0), False))
        return found

    def are_absent(self, bigrams: Sequence[str]) -> list[bool]:
        """Which of many bigrams no document has; verifies all keys."""
        keys = np.array([ord(bigram[0]) << 16 | ord(bigram[1]) for bigram in bigrams], np.uint32)
        absent = np.ones(len(keys), bool)
        for known in (self._keys.all(), self._frequent_keys.all()):
            if len(known):
                absent &= known.take(known.searchsorted(keys), mode="clip") != keys
        found: list[bool] = absent.tolist()
        return found

    def beginning(self, unit: str) -> list[NDArray[Any]]:
        """The documents with the bigrams that begin with a UTF-16 unit: arrays, not sorted."""
        found: list[NDArray[Any]] = []
        first, stop = _range(self._frequent_keys, unit)
        if first < stop:
            found.append(self._decode_frequent(first, stop)[0])
        first, stop = _range(self._keys, unit)
        if first < stop:
            start = self._doc_ends.item(first - 1) if first else 0
            found.append(self._docs.slice(start, self._doc_ends.item(stop - 1)))
        return found

    def all_keys(self) -> NDArray[np.uint32]:
        """The keys of all bigrams, ascending."""
        return np.sort(np.concatenate((self._keys.all(), self._frequent_keys.all())))

    def postings(self) -> Postings:
        """The documents of all bigrams, in the order of :meth:`all_keys`."""
        counts = np.diff(self._doc_ends.all(), prepend=np.uint32(0))
        if not len(self._frequent_keys):
            return Postings(counts, self._docs.all())
        frequent_docs, frequent_counts = self._decode_frequent(0, len(self._frequent_keys))
        keys = np.concatenate((self._keys.all(), self._frequent_keys.all()))
        counts = np.concatenate((counts, frequent_counts.astype(np.uint32)))
        docs = np.concatenate((self._docs.all(), frequent_docs.astype(np.uint16)))
        order = keys.argsort()
        starts = np.cumsum(counts, dtype=np.int64) - counts
        return Postings(counts[order], docs[ranges(starts[order], counts[order])])

    def _decode_frequent(self, first: int, stop: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The documents of some frequent bigrams, one after another, and how many each has."""
        ends = self._gap_ends.slice(first, stop).astype(np.int64)
        start = self._gap_ends.item(first - 1) if first else 0
        return decode_all(self._gaps.slice(start, int(ends[-1])), ends - start)

    def check(self, documents: int) -> list[str]:
        """What is wrong with the bigrams of a segment with so many documents, one line each."""
        problems = []
        for name, keys in (
            ("bigrams", self._keys.all()),
            ("frequent bigrams", self._frequent_keys.all()),
        ):
            if (keys[1:] <= keys[:-1]).any():
                problems.append(f"the {name} are out of order")
        for name, ends, size in (
            ("bigrams", self._doc_ends.all(), len(self._docs)),
            ("frequent bigrams", self._gap_ends.all(), len(self._gaps)),
        ):
            counts = np.diff(ends.astype(np.int64), prepend=0)
            if size != (ends[-1] if len(ends) else 0) or (counts < 1).any():
                return [*problems, f"the ends of the {name} are out of order"]
        postings = self.postings()
        docs, last = postings.docs, np.cumsum(postings.counts, dtype=np.int64)
        if (postings.counts < 1).any():
            problems.append("a bigram has no documents")
        elif len(docs) and (docs.max() >= documents or not ascending_runs(docs, last)):
            problems.append("the documents of the bigrams are out of order")
        return problems


def _range(keys: VerifiedArray, unit: str) -> tuple[int, int]:
    """The places (first, last + 1) of the bigrams that begin with a UTF-16 unit."""
    bounds = ord(unit) << 16, (ord(unit) + 1) << 16
    first, stop = keys.search(bounds)
    keys.confirm(bounds[0], first)
    keys.confirm(bounds[1], stop)
    return first, stop


def _list(values: VerifiedArray, ends: VerifiedArray, number: int) -> memoryview:
    """The part of the values that has this number."""
    return values.view(*ends.span(number))


def encode(
    docs: NDArray[np.uint16], counts: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The gaps of lists of ascending numbers, ``counts`` in each; and the bytes of each list."""
    starts = np.cumsum(counts) - counts
    gaps = np.diff(docs.astype(np.int32), prepend=np.int32(0)) - 1
    gaps[starts] = docs[starts]
    sizes, rest = np.divmod(gaps, 255)
    sizes += 1
    coded = np.full(int(sizes.sum()), 255, np.uint8)
    coded[np.cumsum(sizes) - 1] = rest
    return coded, np.add.reduceat(sizes, starts, dtype=np.int64)


def decode(gaps: NDArray[np.uint8] | bytes | memoryview) -> NDArray[np.intp]:
    """The numbers of one list of :func:`encode`.

    >>> decode(bytes([3, 0, 255, 2])).tolist()
    [3, 4, 262]
    """
    coded = np.frombuffer(gaps, np.uint8)
    docs = np.cumsum(coded, dtype=np.intp)
    is_last = coded != 255
    if not is_last.all():
        docs = docs[is_last]
    docs += _numbers()[: len(docs)]
    return docs


@cache
def _numbers() -> NDArray[np.intp]:
    """The numbers of all documents that a segment can have."""
    return np.arange(1 << 16)


def decode_all(
    coded: NDArray[np.uint8], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of all lists, one after another, and how many each has."""
    starts = np.concatenate(([0], ends[:-1]))
    is_last = coded != 255
    sums = np.cumsum(coded, dtype=np.int64)
    counts = np.add.reduceat(is_last, starts, dtype=np.int64)
    docs = sums[is_last]
    docs -= np.repeat(sums[starts] - coded[starts], counts)
    docs += np.arange(len(docs))
    docs -= np.repeat(np.cumsum(counts) - counts, counts)
    return docs, counts

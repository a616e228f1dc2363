"""The terms of an index and the articles that have each, for counting in any set of matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.explore.matches import all_articles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import Matches, ReadBackend
    from searcher.explore.matches import SegmentMatches
    from searcher.store.segment_reader import SegmentReader

MAX_FORWARD_POSTINGS = 1 << 25
"""Postings of all segments that are kept by document; 5 bytes each."""

FORWARD_SHARE = 8
"""Counting by document is faster where at most one document in this number matches."""


class ForwardIndex(NamedTuple):
    """The terms of each document of a segment: the postings, sorted by document.

    ``terms``: numbers of terms, uint32; ``ends``: where the terms of each document end.
    """

    terms: NDArray[np.uint32]
    ends: NDArray[np.int64]

    def counts(self, docs: NDArray[np.intp], size: int) -> NDArray[np.int64]:
        """How many of some documents have each of ``size`` terms."""
        total = np.zeros(size, np.int64)
        if len(docs):
            starts = np.where(docs > 0, self.ends[docs - 1], 0).tolist()
            spans = zip(starts, self.ends[docs].tolist(), strict=True)
            total += np.bincount(
                np.concatenate([self.terms[start:end] for start, end in spans]), minlength=size
            )
        return total


class Vocabulary:
    """The terms of all segments under common numbers.

    Attributes:
        articles: the number of articles, without deleted ones.
        totals: how many articles have each term, int64 (terms,), without deleted ones.
    """

    def __init__(self, backend: ReadBackend) -> None:
        everything = all_articles(backend)
        self.articles = len(everything)
        self._terms: list[bytes] = []
        self._number_of: dict[bytes, int] = {}
        self._single: SegmentReader | None = None
        self._numbers: dict[int, NDArray[np.intp]] = {}
        """For each segment the common numbers of its terms."""
        self._unite(everything.parts)
        self._forward: dict[int, ForwardIndex] = {}
        self._asked: set[int] = set()
        postings = sum(len(part.segment.term_docs) for part in everything.parts)
        self._may_keep = postings <= MAX_FORWARD_POSTINGS
        self.totals = np.zeros(len(self), np.int64)
        for part in everything.parts:
            self.totals[self._numbers[part.base]] += _scan(part)

    def __len__(self) -> int:
        return len(self._single.terms) if self._single else len(self._terms)

    def term(self, number: int) -> str:
        """The term with this common number."""
        term = self._single.terms.term(number) if self._single else self._terms[number]
        return term.decode("utf-8", "surrogatepass")

    def find(self, term: str) -> int:
        """The common number of a term, or -1."""
        encoded = term.encode("utf-8", "surrogatepass")
        if self._single:
            return self._single.terms.find(encoded)
        return self._number_of.get(encoded, -1)

    def counts(self, matches: Matches) -> NDArray[np.int64]:
        """How many matches have each term, int64 (terms,)."""
        total = np.zeros(len(self), np.int64)
        for part in matches.parts:
            if len(part.docs):
                total[self._numbers[part.base]] += self._count(part)
        return total

    def _count(self, part: SegmentMatches) -> NDArray[np.int64]:
        if len(part.docs) * FORWARD_SHARE >= part.matcher.size or not self._may_keep:
            return _scan(part)
        forward = self._forward.get(part.base)
        if forward is None:
            # One question is answered faster by reading all postings; who asks twice asks again.
            if part.base not in self._asked:
                self._asked.add(part.base)
                return _scan(part)
            forward = self._forward[part.base] = _forward_index(part.segment)
        return forward.counts(part.docs, len(part.segment.terms))

    def _unite(self, parts: Sequence[SegmentMatches]) -> None:
        if len(parts) == 1:
            # Its own numbers will do, and its terms need not be read.
            self._single = parts[0].segment
            self._numbers[parts[0].base] = np.arange(len(self._single.terms))
            return
        number_of = self._number_of
        for part in parts:
            terms = part.segment.terms
            own = [number_of.setdefault(t, len(number_of)) for t in terms.slice(0, len(terms))]
            self._numbers[part.base] = np.array(own, np.intp)
        self._terms = [*number_of]


def _scan(part: SegmentMatches) -> NDArray[np.int64]:
    """How many of the matches have each term of the segment, by reading all postings."""
    segment = part.segment
    ends = np.array(segment.terms.posting_ends(0, len(segment.terms)), np.int64)
    if len(part.docs) == len(segment):
        return np.diff(ends, prepend=0)
    running = np.cumsum(part.present()[segment.term_docs.all()], dtype=np.int64)
    return np.diff(np.concatenate(([0], running))[ends], prepend=0)


def _forward_index(segment: SegmentReader) -> ForwardIndex:
    ends = np.array(segment.terms.posting_ends(0, len(segment.terms)), np.int64)
    docs = segment.term_docs.all()
    order = docs.argsort(kind="stable")
    numbers = np.arange(len(ends), dtype=np.uint32).repeat(np.diff(ends, prepend=0))
    counts = np.bincount(docs, minlength=len(segment))
    return ForwardIndex(numbers[order], np.cumsum(counts, dtype=np.int64))

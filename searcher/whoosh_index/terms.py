"""The terms of a field in one segment and the documents of each, as Whoosh counts documents.

Deleted documents are left out altogether and the others numbered anew, so that Whoosh's document
frequencies, averages and matchers know nothing of them. A term that only they have is not there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from searcher.errors import IndexInvalidError
from searcher.store.container import DAMAGE
from searcher.store.dates import NO_DATE
from searcher.store.postings import TITLE_FREQ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.store.segment_reader import KeywordField, SegmentReader


@contextmanager
def sound() -> Iterator[None]:
    """Turn what working on the numbers of a damaged file raises into IndexInvalidError."""
    try:
        yield
    except DAMAGE as error:
        raise IndexInvalidError("the index is damaged; run: searcher index --rebuild") from error


class Living:
    """Which documents of a segment are not deleted, and their numbers for Whoosh.

    ``alive``: bool (n,) or None for all of n; ``numbers``: intp, the segment's own number of each.
    """

    def __init__(self, size: int, alive: NDArray[np.bool_] | None) -> None:
        self._alive = alive
        self.numbers = np.arange(size) if alive is None else np.flatnonzero(alive)
        self._renumbered = None if alive is None else np.cumsum(alive) - 1

    def __len__(self) -> int:
        return len(self.numbers)

    def among(self, docs: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.bool_] | slice]:
        """Whoosh's numbers of those of a term's documents that are alive, and which those are.

        Raises IndexInvalidError when there are no documents or they do not ascend.
        """
        docs = docs.astype(np.intp)
        if not len(docs) or (docs[1:] <= docs[:-1]).any():
            raise IndexInvalidError("postings are out of order; run: searcher index --rebuild")
        if self._alive is None or self._renumbered is None:
            if docs[-1] >= len(self.numbers):
                raise IndexError("document number")
            return docs, slice(None)
        kept = self._alive[docs]
        return self._renumbered[docs[kept]], kept

    def any_among(self, docs: NDArray[Any]) -> bool:
        """Whether any of the documents is alive."""
        return len(docs) > 0 and (self._alive is None or bool(self._alive[docs].any()))


class Postings(NamedTuple):
    """The documents of a term: ``docs``, intp, ascending, and a weight for each, float64."""

    docs: NDArray[np.intp]
    weights: NDArray[np.float64]


class FieldTerms(ABC):
    """The terms of a field, numbered in the order of their bytes; some may have no documents."""

    @abstractmethod
    def __len__(self) -> int:
        """How many numbers there are."""

    @abstractmethod
    def term(self, number: int) -> bytes:
        """The term with this number, UTF-8."""

    @abstractmethod
    def bisect(self, term: bytes) -> int:
        """The number of the first term that is not less than ``term``."""

    @abstractmethod
    def postings(self, number: int) -> Postings:
        """The documents of the term with this number."""

    def find(self, term: bytes) -> Postings | None:
        """The documents of a term; None where no document has it."""
        number = self.number(term)
        found = self.postings(number) if number >= 0 else None
        return found if found is not None and len(found.docs) else None

    def number(self, term: bytes) -> int:
        """The number of a term, or -1."""
        number = self.bisect(term)
        return number if number < len(self) and self.term(number) == term else -1

    def next_used(self, number: int) -> int:
        """The first number from this one on whose term any document has, else ``len(self)``."""
        while number < len(self) and not self.is_used(number):
            number += 1
        return number

    def is_used(self, number: int) -> bool:
        """Whether any document has the term with this number."""
        return len(self.postings(number).docs) > 0

    def starting_at(self, term: bytes) -> Iterator[bytes]:
        """The terms from this one on.

        Raises IndexInvalidError when they are out of order or one of them cannot be looked up.
        """
        last = b""
        number = self.next_used(self.bisect(term))
        while number < len(self):
            found = self.term(number)
            if found <= last or self.number(found) != number:
                raise IndexInvalidError("terms are out of order; run: searcher index --rebuild")
            yield found
            last = found
            number = self.next_used(number + 1)


class DictionaryTerms(FieldTerms):
    """The terms of a term dictionary: that of the segment's text, or of one of its keywords."""

    def __init__(self, owner: SegmentReader | KeywordField, living: Living) -> None:
        self._terms = owner.terms
        self._living = living

    def __len__(self) -> int:
        return len(self._terms)

    def term(self, number: int) -> bytes:
        """The term with this number, UTF-8."""
        with sound():
            return self._terms.term(number)

    def bisect(self, term: bytes) -> int:
        """The number of the first term that is not less than ``term``."""
        with sound():
            return self._terms.bisect(term)

    def number(self, term: bytes) -> int:
        """The number of a term, or -1."""
        with sound():
            return self._terms.find(term)


class TextTerms(DictionaryTerms):
    """The words of "title", "body" or, for "words", of both, in one term dictionary.

    A weight is how often a term occurs in the field; as a part of a longer word it counts half.
    It is at most 1.5 in a title and 31.5 in a body, which is where the index stops counting.
    """

    def __init__(self, segment: SegmentReader, living: Living, field: str) -> None:
        super().__init__(segment, living)
        self._docs, self._codes = segment.term_docs, segment.term_freqs
        self._field = field

    def postings(self, number: int) -> Postings:
        """The documents that have a term in the field."""
        with sound():
            start, end = self._terms.postings(number, number + 1)
            docs, kept = self._living.among(self._docs.slice(start, end))
            title, body = np.divmod(self._codes.slice(start, end)[kept], np.uint8(TITLE_FREQ))
            halves = {"title": title, "body": body, "words": title + body}[self._field]
            return Postings(docs[halves > 0], halves[halves > 0] / 2)

    def is_used(self, number: int) -> bool:
        """The same, told sooner than the postings are read."""
        with sound():
            start, end = self._terms.postings(number, number + 1)
            docs, codes = self._docs.slice(start, end), self._codes.slice(start, end)
            if self._field == "title":
                docs = docs[codes >= TITLE_FREQ]
            elif self._field == "body":
                docs = docs[codes % TITLE_FREQ > 0]
            return self._living.any_among(docs)


class KeywordTerms(DictionaryTerms):
    """The whole values of a field that the segment keeps postings of."""

    def __init__(self, keyword: KeywordField, living: Living) -> None:
        super().__init__(keyword, living)
        self._keyword = keyword

    def postings(self, number: int) -> Postings:
        """The documents that have a value."""
        with sound():
            docs, _ = self._living.among(self._keyword.docs(number))
            return Postings(docs, np.ones(len(docs)))


class InvertedTerms(FieldTerms):
    """Terms inverted in memory, for fields that the segment keeps no postings of.

    ``terms``: in order; ``ends``: where the documents of each end in ``docs``, intp.
    """

    def __init__(self, terms: Sequence[bytes], ends: Sequence[int], docs: NDArray[np.intp]) -> None:
        self._terms, self._ends, self._docs = terms, ends, docs

    @classmethod
    def of_values(cls, values: Iterable[str]) -> InvertedTerms:
        """Of a whole value for each document; empty ones are none."""
        docs: dict[bytes, list[int]] = {}
        for number, value in enumerate(values):
            if value:
                docs.setdefault(value.encode("utf-8", "surrogatepass"), []).append(number)
        terms = sorted(docs)
        ends = np.cumsum([len(docs[term]) for term in terms], dtype=np.intp).tolist()
        return cls(terms, ends, np.array([n for term in terms for n in docs[term]], np.intp))

    @classmethod
    def of_dates(cls, local: NDArray[np.int64]) -> InvertedTerms:
        """Of dates by the clock where they were written, seconds since 1970 or NO_DATE.

        They are what :class:`whoosh.fields.DATETIME` makes of dates: microseconds since the year
        1, signed, 64 bits, without the last 0, 8, 16 ... 56 of them; before those a byte that says
        how many were left out.
        """
        dated = np.flatnonzero(local != NO_DATE)
        seconds = local[dated] + _SECONDS_BEFORE_1970
        if len(seconds) and not 0 <= seconds.min() <= seconds.max() < _MAX_SECONDS:
            raise IndexInvalidError("a date is out of range; run: searcher index --rebuild")
        sortable = (seconds * 1_000_000).astype(np.uint64) + np.uint64(1 << 63)
        terms: list[bytes] = []
        ends = [0]
        docs = [dated[:0]]
        for shift in range(0, 64, 8):
            keys = sortable >> np.uint64(shift)
            order = keys.argsort(kind="stable")
            distinct, counts = np.unique(keys, return_counts=True)
            packed = distinct.astype(">u8").tobytes()
            terms += [bytes([shift]) + packed[at : at + 8] for at in range(0, len(packed), 8)]
            ends += (ends[-1] + np.cumsum(counts)).tolist()
            docs.append(dated[order])
        return cls(terms, ends[1:], np.concatenate(docs))

    def __len__(self) -> int:
        return len(self._terms)

    def term(self, number: int) -> bytes:
        """The term with this number."""
        return self._terms[number]

    def bisect(self, term: bytes) -> int:
        """The number of the first term that is not less than ``term``."""
        return bisect_left(self._terms, term)

    def postings(self, number: int) -> Postings:
        """The documents of the term with this number."""
        docs = self._docs[self._ends[number - 1] if number else 0 : self._ends[number]]
        return Postings(docs, np.ones(len(docs)))


_SECONDS_BEFORE_1970 = 719_162 * 86_400
"""From the beginning of the year 1."""
_MAX_SECONDS = 3_652_059 * 86_400
"""From there to the end of the year 9999."""

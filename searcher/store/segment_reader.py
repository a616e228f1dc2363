"""Reading a segment file: terms to postings, documents to cards and texts."""

from __future__ import annotations

import zlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.errors import IndexInvalid
from searcher.store.bigrams import Bigrams
from searcher.store.container import ContainerReader
from searcher.store.schema import KEYWORD_FIELDS
from searcher.store.stored_documents import Records, decode_fields, text_bounds
from searcher.text.folding import fold, folding_table

if TYPE_CHECKING:
    from numpy.typing import NDArray


class TermDictionary:
    """The terms of a field in order, looked up by hash, with the place of each one's postings."""

    def __init__(self, container: ContainerReader, field: str) -> None:
        self._map = container.map
        self._base = container.place(f"{field}_terms")[0]
        self._term_ends = container[f"{field}_term_ends"].data
        self._ends = container[f"{field}_ends"].data
        self._slots = container[f"{field}_slots"].data
        self._mask = len(self._slots) - 1
        if len(self._ends) != len(self._term_ends) or self._mask & (self._mask + 1):
            raise IndexInvalid("the index is damaged; run: searcher index --rebuild")

    def __len__(self) -> int:
        return len(self._ends)

    def term(self, number: int) -> bytes:
        """The term with this number, UTF-8."""
        start = self._term_ends[number - 1] if number else 0
        return self._map[self._base + start : self._base + self._term_ends[number]]

    def find(self, term: bytes) -> int:
        """The number of a term, or -1."""
        slots, mask = self._slots, self._mask
        slot = zlib.crc32(term) & mask
        for _ in slots:
            number = slots[slot]
            if not number:
                break
            if self.term(number - 1) == term:
                return number - 1
            slot = (slot + 1) & mask
        return -1

    def bisect(self, term: bytes) -> int:
        """The number of the first term that is not less than ``term``."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.term(middle) < term:
                low = middle + 1
            else:
                high = middle
        return low

    def prefix(self, prefix: bytes) -> tuple[int, int]:
        """The numbers (first, last + 1) of the terms that begin so."""
        first = self.bisect(prefix)
        # No UTF-8 text contains the byte FF, so this comes after all that begins so.
        return first, self.bisect(prefix + b"\xff")

    def postings(self, first: int, stop: int) -> tuple[int, int]:
        """Where the postings of terms ``first`` to ``stop - 1`` begin and end."""
        return (self._ends[first - 1] if first else 0), (self._ends[stop - 1] if stop else 0)


class StoredFields(NamedTuple):
    """What a list of hits shows of a document."""

    id: str
    path: str
    title: str
    author: str
    source: str
    url: str
    categories: tuple[str, ...]


class SegmentReader:
    """A segment file, opened. All arrays are read-only views of a memory map.

    ``lengths``, ``dates``, ``recency`` ...: see :class:`~searcher.write.memory_segment.MemorySegment`.
    """

    def __init__(self, path: Path) -> None:
        self.container = ContainerReader(path)
        self.terms = TermDictionary(self.container, "words")
        self.term_docs: NDArray[np.uint16] = self.container["words_docs"]
        self.term_freqs: NDArray[np.uint8] = self.container["words_codes"]
        self.bigrams = Bigrams(self.container)
        self.lengths: NDArray[np.uint32] = self.container["lengths"]
        self._records = Records(self.container)
        self.raw = self._records.raw
        """The raw record of a document by its number: see :mod:`searcher.store.stored_documents`."""

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def folding(self) -> NDArray[np.uint16]:
        """The folding of UTF-16 units; who opens an index sets it to the one kept there."""
        return folding_table()

    @cached_property
    def dates(self) -> NDArray[np.int64]:
        """Seconds since 1970, int64 (n,)."""
        return self.container["dates"]

    @cached_property
    def utc_offsets(self) -> NDArray[np.int16]:
        """Minutes east of UTC, int16 (n,)."""
        return self.container["utc_offsets"]

    @cached_property
    def recency(self) -> NDArray[np.uint16]:
        """The place of each document, newest first and then by id, uint16 (n,)."""
        return self.container["recency"]

    @cached_property
    def title_lengths(self) -> NDArray[np.uint32]:
        """UTF-16 units of each title, uint32 (n,)."""
        return self.container["title_lengths"]

    @cached_property
    def keywords(self) -> dict[str, KeywordField]:
        """The whole values of author, category, source and id."""
        return {name: KeywordField(self.container, name) for name in KEYWORD_FIELDS}

    def stored_fields(self, number: int) -> StoredFields:
        """The card of a document."""
        raw = self.raw(number)
        start, _ = text_bounds(raw)
        title = raw[start : start + 2 * self.title_lengths.item(number)]
        id_, path, author, source, url, *categories = decode_fields(raw)
        written = title.decode("utf-16-le", "replace")
        return StoredFields(id_, path, written, author, source, url, tuple(categories))

    def close(self) -> None:
        """Let go of the file."""
        self.container.close()


class KeywordField:
    """The values of a field and the documents that have each."""

    def __init__(self, container: ContainerReader, name: str) -> None:
        self.terms = TermDictionary(container, name)
        self._docs: NDArray[np.uint16] = container[f"{name}_docs"]

    def docs(self, number: int) -> NDArray[np.uint16]:
        """The documents that have the value with this number, ascending."""
        start, end = self.terms.postings(number, number + 1)
        return self._docs[start:end]

    def values(self) -> list[str]:
        """All values, in the order of their numbers."""
        return [self.terms.term(number).decode() for number in range(len(self.terms))]

    @cached_property
    def folded(self) -> list[str]:
        """All values folded, in the order of their numbers."""
        return list(map(fold, self.values()))

"""A segment file opened for reading: terms, posting lists, columns and stored documents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searcher.lazy_numpy import numpy as np
from searcher.store.bigrams import Bigrams
from searcher.store.container import ContainerReader
from searcher.store.schema import KEYWORD_FIELDS
from searcher.store.stored_documents import (
    StoredDocumentReader,
    StoredFields,
    title_and_fields,
)
from searcher.store.term_dictionary import TermDictionary
from searcher.text.folding import fold, folding_table

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SegmentReader:
    """A segment file, opened; n documents, numbered from 0.

    All arrays are read-only views of a memory map. What their numbers mean is said in
    :mod:`searcher.store.schema`. What is given out has been verified: all of this raises
    IndexInvalidError where the file is damaged, or is no segment.
    """

    def __init__(self, path: Path) -> None:
        self.container = ContainerReader(path)
        self.terms = TermDictionary(self.container, "words")
        """The terms of title and body."""
        self.term_docs = self.container.section("words.docs")
        """The documents of all terms; :meth:`TermDictionary.postings` says which are whose."""
        self.term_freqs = self.container.section("words.freqs")
        """Frequencies beside ``term_docs``: see :data:`searcher.store.postings.TITLE_FREQ`."""
        self.bigrams = Bigrams(self.container)
        self._size = len(self.container.section("lengths"))
        self._columns: dict[str, memoryview] = {}
        self._documents = StoredDocumentReader(self.container)
        self.raw = self._documents.raw
        """The raw document with a number: see :mod:`searcher.store.stored_documents`."""

    def __len__(self) -> int:
        return self._size

    def raws(self, numbers: Sequence[int]) -> list[bytes]:
        """The raw documents with several numbers. Raises IndexInvalidError when one is damaged."""
        return self._documents.raws(numbers)

    def column(self, name: str) -> NDArray[Any]:
        """A column of :data:`searcher.store.schema.COLUMNS`, (n,). Raises IndexInvalidError."""
        return self.container[name]

    def viewed_column(self, name: str) -> memoryview:
        """The same for native code, and for single values."""
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = self.container.section(name).all_viewed()
        return column

    @cached_property
    def lengths(self) -> NDArray[np.uint32]:
        """Tokens of each document, uint32 (n,)."""
        return self.column("lengths")

    @cached_property
    def folding(self) -> memoryview:
        """The folding of UTF-16 units, uint16 (65536,); who opens an index sets the kept one."""
        return folding_table().data

    @cached_property
    def dates(self) -> NDArray[np.int64]:
        """Seconds since 1970 in UTC, int64 (n,); :data:`searcher.store.dates.NO_DATE` for none."""
        return self.column("dates")

    @cached_property
    def utc_offsets(self) -> NDArray[np.int16]:
        """Minutes by which the date's own clock is ahead of UTC, int16 (n,)."""
        return self.column("utc_offsets")

    @cached_property
    def recency(self) -> NDArray[np.uint16]:
        """The place of each document, newest first and then by id, uint16 (n,)."""
        return self.column("recency")

    @cached_property
    def title_lengths(self) -> NDArray[np.uint32]:
        """UTF-16 units of each title, uint32 (n,)."""
        return self.column("title_lengths")

    @cached_property
    def keywords(self) -> dict[str, KeywordField]:
        """The keyword fields by their names: author, category, source and id."""
        return {name: KeywordField(self.container, name) for name in KEYWORD_FIELDS}

    def stored_fields(self, number: int) -> StoredFields:
        """What a list of hits shows of a document. Raises IndexInvalidError when it is damaged."""
        length = self.viewed_column("title_lengths")[number]
        title, fields = title_and_fields(self.raw(number), length)
        id_, path, author, source, url, *categories = fields
        return StoredFields(id_, path, title, author, source, url, tuple(categories))

    def close(self) -> None:
        """Close the file."""
        self.container.close()


class KeywordField:
    """A field of whole values, and the documents that have each value."""

    def __init__(self, container: ContainerReader, name: str) -> None:
        self.terms = TermDictionary(container, name)
        self._docs = container.section(f"{name}.docs")

    def docs(self, number: int) -> NDArray[np.uint16]:
        """The documents that have the value with this number, ascending."""
        return self._docs.slice(*self.terms.postings_of(number))

    def viewed_docs(self, number: int) -> memoryview:
        """The same for native code."""
        return self._docs.view(*self.terms.postings_of(number))

    def counts(self, present: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of the documents in ``present``, bool (n,), have each value, int64 (values,)."""
        ends = np.array(self.terms.posting_ends(0, len(self.terms)), np.int64)
        running = np.cumsum(present[self._docs.all()], dtype=np.int64)
        upto = np.concatenate(([0], running))[ends]
        return np.diff(upto, prepend=0)

    def without(self, present: NDArray[np.bool_]) -> int:
        """How many of the documents in ``present``, bool (n,), have no value."""
        left = present.copy()
        left[self._docs.all()] = False
        return int(left.sum())

    def values(self) -> list[str]:
        """All values, in the order of their numbers."""
        return [self.terms.term(number).decode() for number in range(len(self.terms))]

    @cached_property
    def folded(self) -> list[str]:
        """All values folded, in the order of their numbers."""
        return list(map(fold, self.values()))

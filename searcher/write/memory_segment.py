"""A segment in memory: the columns, fields and stored documents of a batch just inverted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher.backends.writing import Document
from searcher.store import schema
from searcher.store.postings import InvertedField, Postings, Terms
from searcher.store.schema import IndexedField
from searcher.store.stored_documents import (
    DocumentEncoder,
    StoredDocuments,
    encode_fields,
    raw_document,
)
from searcher.text.dictionary_file import open_dictionary
from searcher.write.columns import KEYWORDS, Batch, fill_columns
from searcher.write.invert import InvertedBatch
from searcher.write.native_invert import make_inverter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.text.analyser import Analyser
    from searcher.text.segmenter import Additions


@dataclass(frozen=True, slots=True)
class MemorySegment:
    """A segment of n documents; a :class:`~searcher.write.merge_input.MergeSource`.

    ``columns``: those of the schema that merge by copy, by name, each (n,); ``fields``: all fields
    of the schema, by name; ``stored``: all documents, compressed.
    """

    columns: dict[str, NDArray[Any]]
    fields: dict[str, InvertedField]
    stored: StoredDocuments

    def __len__(self) -> int:
        return len(self.stored.ends)

    def size_in_bytes(self) -> int:
        """The memory that it takes, about: the keywords are not counted."""
        size = len(self.stored.documents) + self.stored.ends.nbytes
        for array in self.columns.values():
            size += array.nbytes
        for terms, postings in self.fields.values():
            size += sum(array.nbytes for array in postings if array is not None)
            size += 8 * len(terms)
        return size

    def column(self, name: str) -> NDArray[Any]:
        """A column that merges by copy, (n,)."""
        return self.columns[name]

    def terms(self, field: IndexedField) -> Terms:
        """The terms of a field."""
        return self.fields[field.name].terms

    def postings(self, field: IndexedField) -> Postings:
        """The posting lists of a field."""
        return self.fields[field.name].postings

    def release(self) -> None:
        """Do nothing: what is in memory can not be read again."""


class SegmentBuilder:
    """Makes a segment in memory of a batch of documents; can be pickled for another process.

    ``dictionary``: what stored documents are compressed with, see
    :mod:`searcher.store.stored_documents`; ``folding``: see
    :class:`~searcher.write.invert.Inverter`.
    """

    def __init__(
        self,
        analyser: Analyser,
        dictionary: bytes,
        folding: NDArray[np.uint16] | None = None,
    ) -> None:
        self._segmenter = analyser.segmenter
        self._inverter = make_inverter(analyser, folding)
        self.dictionary = dictionary
        self._encoder = DocumentEncoder(dictionary)

    def __reduce__(self) -> tuple[Callable[..., SegmentBuilder], tuple[Additions, str, bytes]]:
        # A process that was not forked loads the segmenter's dictionary itself.
        trie = self._segmenter.trie
        key = "" if trie is None else trie.key
        return _unpickle, (self._segmenter.additions, key, self.dictionary)

    def __call__(self, documents: Sequence[Document]) -> MemorySegment:
        """The segment of a batch of documents."""
        articles = [document.article for document in documents]
        inverted = self._inverter.invert((article.title, article.body) for article in articles)
        keywords = {
            field.name: _invert_keywords(map(KEYWORDS[field.name], articles))
            for field in schema.INDEXED_FIELDS
            if field.kind == "keyword"
        }
        return MemorySegment(
            columns=fill_columns(Batch(documents, inverted)),
            fields={"words": inverted.words, "bigrams": inverted.bigrams, **keywords},
            stored=self._store(documents, inverted),
        )

    def _store(self, documents: Sequence[Document], inverted: InvertedBatch) -> StoredDocuments:
        bounds = pairwise([0, *inverted.ends.tolist()])
        compressed = [
            self._encoder.compress(
                raw_document(
                    encode_fields(document.article),
                    inverted.units[start:end],
                    inverted.continues_token[start:end],
                )
            )
            for document, (start, end) in zip(documents, bounds, strict=True)
        ]
        ends = np.cumsum(list(map(len, compressed)), dtype=np.uint64)
        return StoredDocuments(b"".join(compressed), ends, self.dictionary)


def _unpickle(additions: Additions, key: str, dictionary: bytes) -> SegmentBuilder:
    from searcher.text.analyser import Analyser

    trie = open_dictionary(key) if key else None
    return SegmentBuilder(Analyser(additions=additions, trie=trie), dictionary)


def _invert_keywords(values: Iterable[Iterable[str]]) -> InvertedField:
    """The posting lists of the values of each document, values ascending."""
    docs_of: dict[str, list[int]] = {}
    for number, mine in enumerate(values):
        for value in dict.fromkeys(mine):
            if value:
                docs_of.setdefault(value, []).append(number)
    terms = sorted(docs_of)
    return InvertedField(
        terms,
        Postings(
            np.array([len(docs_of[term]) for term in terms], np.uint32),
            np.array([number for term in terms for number in docs_of[term]], np.uint16),
        ),
    )

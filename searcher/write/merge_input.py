"""What a merge reads: segments in memory and in files alike, and which documents to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from searcher.errors import IndexInvalidError
from searcher.store.packed_terms import pack_utf8
from searcher.store.postings import Postings, Terms, read_postings
from searcher.store.schema import IndexedField
from searcher.store.stored_documents import StoredDocuments, read_stored_documents
from searcher.store.term_dictionary import read_terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.store.segment_reader import SegmentReader


class MergeSource(Protocol):
    """A segment of n documents that can be merged: in memory, or a file.

    Large arrays are asked for when they are needed, and dropped soon.
    """

    def __len__(self) -> int:
        """The number of documents."""

    def column(self, name: str) -> NDArray[Any]:
        """A column that merges by copy, (n,)."""

    def terms(self, field: IndexedField) -> Terms:
        """The terms of a field."""

    def postings(self, field: IndexedField) -> Postings:
        """The posting lists of a field, in the order of its terms."""

    @property
    def stored(self) -> StoredDocuments:
        """All stored documents, compressed."""

    def release(self) -> None:
        """Give back the memory of what was read and can be read again."""


class FileSegment:
    """A segment file as a :class:`MergeSource`."""

    def __init__(self, segment: SegmentReader) -> None:
        self._segment = segment
        self.column = segment.column

    def __len__(self) -> int:
        return len(self._segment)

    def terms(self, field: IndexedField) -> Terms:
        """The terms of a field, ascending."""
        if field.kind == "bigrams":
            return self._segment.bigrams.all_keys()
        utf8, term_ends = read_terms(self._segment.container, field.name)
        if field.kind == "words":
            return pack_utf8(utf8, term_ends)
        ends = term_ends.tolist()
        return [utf8[a:b].decode() for a, b in zip([0, *ends], ends, strict=False)]

    def postings(self, field: IndexedField) -> Postings:
        """The posting lists of a field, in the order of its terms."""
        if field.kind == "bigrams":
            return self._segment.bigrams.postings()
        with_freqs = field.kind == "words"
        container = self._segment.container
        postings = read_postings(container, field.name, with_freqs=with_freqs)
        # Other numbers would ask for more memory than there is.
        if postings.counts.sum(dtype=np.int64) != len(postings.docs):
            raise IndexInvalidError(
                f"{container.path.name} is damaged: the documents of {field.name} are not as many "
                "as its terms have; run: searcher index --rebuild"
            )
        return postings

    @property
    def stored(self) -> StoredDocuments:
        """All stored documents, compressed."""
        return read_stored_documents(self._segment.container)

    def release(self) -> None:
        """Drop the pages of the file that were read."""
        self._segment.container.release()


class MergeInput(NamedTuple):
    """A segment, and which of its documents to keep, bool (n,); None keeps all."""

    source: MergeSource
    live: NDArray[np.bool_] | None = None

    def has_documents(self) -> bool:
        """Whether any document is kept."""
        return len(self.source) > 0 if self.live is None else bool(self.live.any())

    def numbers(self) -> NDArray[np.intp]:
        """The numbers of the documents kept, ascending."""
        if self.live is None:
            return np.arange(len(self.source))
        return np.flatnonzero(self.live)

    def postings(self, field: IndexedField) -> Postings:
        """The posting lists of a field, with the kept documents only, numbered anew from 0."""
        postings = self.source.postings(field)
        if self.live is None:
            return postings
        kept = self.live[postings.docs]
        new_numbers = (np.cumsum(self.live) - 1)[postings.docs[kept]].astype(np.uint16)
        kept_before = np.concatenate(([0], np.cumsum(kept)))
        ends = np.cumsum(postings.counts, dtype=np.int64)
        counts = kept_before[ends] - kept_before[ends - postings.counts]
        freqs = None if postings.freqs is None else postings.freqs[kept]
        return Postings(counts.astype(np.uint32), new_numbers, freqs)

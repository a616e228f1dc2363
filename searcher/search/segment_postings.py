"""The postings of one segment as arrays, decoded when asked for and kept for a few queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searcher._native import extension
from searcher.lazy_numpy import numpy as np
from searcher.search.doc_ids import SKIP_RATIO, DocIds, StoredDocIds, union
from searcher.store.postings import TITLE_FREQ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.store.segment_reader import SegmentReader

_matching: Any = extension("matching")

# What is kept from query to query is little: what one query asks for several times.
MAX_KNOWN_TERMS, MAX_KEPT_LISTS = 4096, 16


class SegmentPostings:
    """Looks up terms and bigrams of a segment; frequencies are encoded as the index has them.

    The encoding is that of :data:`searcher.store.postings.TITLE_FREQ`; 0 means absent.
    """

    def __init__(self, segment: SegmentReader) -> None:
        self.segment = segment
        self.size = len(segment)
        self._numbers: dict[str, int] = {}
        self._viewed: dict[tuple[str, str | None], tuple[memoryview, memoryview] | None] = {}
        self._bigrams: dict[str, NDArray[Any]] = {}
        self._dense: dict[int, NDArray[np.uint8]] = {}

    def find(self, term: str) -> int:
        """The number of a term in the term dictionary, or -1."""
        number = self._numbers.get(term)
        if number is None:
            if len(self._numbers) >= MAX_KNOWN_TERMS:
                self._numbers.clear()
            number = self.segment.terms.find(term.encode("utf-8", "surrogatepass"))
            self._numbers[term] = number
        return number

    def df(self, term: str) -> int:
        """How many documents have a term, deleted ones included."""
        number = self.find(term)
        if number < 0:
            return 0
        start, end = self.segment.terms.postings_of(number)
        return end - start

    def postings(
        self, term: str, field: str | None
    ) -> tuple[StoredDocIds, NDArray[np.uint8]] | None:
        """The documents and frequencies of a term; None where the segment does not have it.

        ``field``: "title", or None for title and body.
        """
        number = self.find(term)
        if number < 0:
            return None
        start, end = self.segment.terms.postings_of(number)
        docs = self.segment.term_docs.slice(start, end)
        freqs = self.segment.term_freqs.slice(start, end)
        if field is not None:
            in_title = freqs >= TITLE_FREQ
            return docs[in_title], freqs[in_title]
        return docs, freqs

    def viewed(self, term: str, field: str | None = None) -> tuple[memoryview, memoryview] | None:
        """The documents and frequencies of a term for native code; None as for postings."""
        key = term, field
        if key not in self._viewed:
            if len(self._viewed) >= MAX_KNOWN_TERMS:
                self._viewed.clear()
            self._viewed[key] = self._view(term, field)
        return self._viewed[key]

    def _view(self, term: str, field: str | None) -> tuple[memoryview, memoryview] | None:
        number = self.find(term)
        if number < 0:
            return None
        start, end = self.segment.terms.postings_of(number)
        docs = self.segment.term_docs.view(start, end)
        freqs = self.segment.term_freqs.view(start, end)
        if field is not None:
            in_title: tuple[memoryview, memoryview] = _matching.select(docs, freqs, TITLE_FREQ)
            return in_title
        return docs, freqs

    def freqs(self, term: str, field: str | None, docs: DocIds) -> NDArray[np.uint8]:
        """The frequencies of a term in some documents."""
        postings = self.postings(term, field)
        if postings is None:
            return np.zeros(len(docs), np.uint8)
        term_docs, freqs = postings
        if len(docs) * SKIP_RATIO < len(term_docs) and self.find(term) not in self._dense:
            wanted = docs.astype(np.uint16)
            places = term_docs.searchsorted(wanted)
            found: NDArray[np.uint8] = freqs.take(places, mode="clip")
            found *= term_docs.take(places, mode="clip") == wanted
            return found
        return self.dense_freqs(term, field).take(docs)

    def dense_freqs(self, term: str, field: str | None = None) -> NDArray[np.uint8]:
        """The frequencies of a term in all documents, uint8 (size,)."""
        number = self.find(term)
        freqs = self._dense.get(number) if field is None else None
        if freqs is None:
            freqs = np.zeros(self.size, np.uint8)
            postings = self.postings(term, field)
            if postings is not None:
                freqs[postings[0].astype(np.intp)] = postings[1]
            if field is None:
                if len(self._dense) >= MAX_KEPT_LISTS:
                    self._dense.clear()
                self._dense[number] = freqs
        return freqs

    def mapped_freqs(
        self, term: str, field: str | None, table: NDArray[np.uint8]
    ) -> NDArray[np.uint8]:
        """``table[frequency]`` for all documents, uint8 (size,); 0 where the term is not."""
        postings = self.postings(term, field)
        if postings is None:
            return np.zeros(self.size, np.uint8)
        if field is None and 2 * len(postings[0]) > self.size:
            freqs = self.dense_freqs(term).tobytes()
            return np.frombuffer(freqs.translate(table.tobytes()), np.uint8)
        found = np.zeros(self.size, np.uint8)
        found[postings[0].astype(np.intp)] = table.take(postings[1])
        return found

    def bigram(self, bigram: str) -> NDArray[Any]:
        """The documents with two adjacent UTF-16 units, sorted."""
        docs = self._bigrams.get(bigram)
        if docs is None:
            if len(self._bigrams) >= MAX_KEPT_LISTS:
                self._bigrams.clear()
            docs = self._bigrams[bigram] = self.segment.bigrams.find(bigram)
        return docs

    def unit(self, unit: str) -> DocIds:
        """The documents with a UTF-16 unit: those of all bigrams that begin with it."""
        return union(self.segment.bigrams.beginning(unit), self.size)

"""Whoosh's view of the index: a codec, so that ``whoosh.index.open_dir`` and its searcher work.

Fields: ``words`` (every term), ``author``, ``category``, ``source`` and ``id`` (whole values); the
stored fields are those of a card. Whoosh's own writers are not offered: articles are added through
:func:`searcher.build_index`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh import fields
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo

from searcher.store.manifest import NAME, Manifest
from searcher.store.postings import TITLE_FREQ
from searcher.store.schema import KEYWORD_FIELDS
from searcher.store.segment_reader import SegmentReader
from searcher.store.stored_documents import StoredFields
from searcher.store.term_dictionary import TermDictionary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def schema() -> fields.Schema:
    """The index's fields, as Whoosh sees them."""
    known: dict[str, Any] = {name: ReadOnlyField() for name in ("words", *KEYWORD_FIELDS)}
    stored = {*StoredFields._fields} - set(known)
    return fields.Schema(**known, **dict.fromkeys(stored, fields.STORED))


class ReadOnlyField(fields.KEYWORD):  # type: ignore[misc]  # Whoosh has no types
    """A field that Whoosh can search but not add to: its writer would not know our segments."""

    def __init__(self) -> None:
        super().__init__(stored=True, scorable=True, commas=True)

    def index(self, value: Any, **_: Any) -> Any:
        """Refuse: see :func:`searcher.build_index`."""
        raise NotImplementedError("add articles through searcher.build_index")


def write_toc(folder: Path, manifest: Manifest) -> None:
    """Write Whoosh's table of contents of a manifest: the moment of the commit."""
    segments = []
    for entry in manifest.segments:
        segment = WhooshSegment(entry.id, entry.documents)
        segment.mark_deleted(entry.deleted)
        segments.append(segment)
    TOC(schema(), segments, manifest.generation).write(FileStorage(str(folder)), NAME)


class WhooshSegment(base.Segment):  # type: ignore[misc]  # Whoosh has no types
    """A segment in Whoosh's table of contents."""

    def __init__(self, segment_id: str, documents: int) -> None:
        super().__init__(NAME)
        self.segid = segment_id
        self._documents = documents
        self._deleted: set[int] = set()

    def mark_deleted(self, bitmap: bytes) -> None:
        """Take over the deletions of a manifest's entry."""
        self._deleted = {
            8 * i + bit for i, b in enumerate(bitmap) for bit in range(8) if b >> bit & 1
        }

    def codec(self) -> FlatCodec:
        """How to read it."""
        return FlatCodec()

    def doc_count_all(self) -> int:
        """How many documents its file has."""
        return self._documents

    def doc_count(self) -> int:
        """How many of its documents are not deleted."""
        return self._documents - len(self._deleted)

    def has_deletions(self) -> bool:
        """Whether any of its documents is deleted."""
        return bool(self._deleted)

    def deleted_count(self) -> int:
        """How many of its documents are deleted."""
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        """The numbers of its deleted documents."""
        return iter(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return docnum in self._deleted


class FlatCodec(base.Codec):  # type: ignore[misc]  # Whoosh has no types
    """Reads our segment files for Whoosh."""

    def per_document_reader(self, storage: Any, segment: WhooshSegment) -> PerDocumentReader:
        """Stored fields, lengths and deletions."""
        return PerDocumentReader(_open(storage, segment), segment)

    def terms_reader(self, storage: Any, segment: WhooshSegment) -> TermsReader:
        """TermDictionary and postings."""
        return TermsReader(_open(storage, segment))

    def new_segment(self, storage: Any, indexname: str) -> WhooshSegment:
        """Not offered."""
        raise NotImplementedError("add articles through searcher.build_index")

    per_document_writer = field_writer = new_segment


def _open(storage: FileStorage, segment: WhooshSegment) -> SegmentReader:
    return SegmentReader(Path(storage.folder) / segment.make_filename(".seg"))


class PerDocumentReader(base.PerDocumentReader):  # type: ignore[misc]  # Whoosh has no types
    """The documents of a segment, for Whoosh."""

    def __init__(self, segment: SegmentReader, entry: WhooshSegment) -> None:
        self._segment = segment
        self._entry = entry

    def close(self) -> None:
        """Close the segment file."""
        self._segment.close()

    def doc_count(self) -> int:
        """Documents not deleted."""
        return self.doc_count_all() - self._entry.deleted_count()

    def doc_count_all(self) -> int:
        """All documents."""
        return len(self._segment)

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return self._entry.deleted_count() > 0

    def is_deleted(self, docnum: int) -> bool:
        """Whether this document is deleted."""
        return self._entry.is_deleted(docnum)

    def deleted_docs(self) -> set[int]:
        """The deleted documents."""
        return set(self._entry.deleted_docs())

    def supports_columns(self) -> bool:
        """No columns are shown to Whoosh."""
        return False

    def has_column(self, fieldname: str) -> bool:  # noqa: ARG002 - Whoosh names it
        """No columns are shown to Whoosh."""
        return False

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Words of a document."""
        return int(self._segment.lengths[docnum]) if fieldname == "words" else default or 1

    def field_length(self, fieldname: str) -> int:
        """Words of all documents."""
        return int(self._segment.lengths.sum()) if fieldname == "words" else len(self._segment)

    def min_field_length(self, fieldname: str) -> int:
        """Words of the shortest document."""
        return int(self._segment.lengths.min()) if fieldname == "words" else 1

    def max_field_length(self, fieldname: str) -> int:
        """Words of the longest document."""
        return int(self._segment.lengths.max()) if fieldname == "words" else 1

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The card of a document."""
        return self._segment.stored_fields(docnum)._asdict()


class TermsReader(base.TermsReader):  # type: ignore[misc]  # Whoosh has no types
    """The terms of a segment, for Whoosh."""

    def __init__(self, segment: SegmentReader) -> None:
        self._segment = segment

    @cached_property
    def _fields(self) -> dict[str, TermDictionary]:
        facets = {name: self._segment.keywords[name].terms for name in KEYWORD_FIELDS}
        return dict(sorted({"words": self._segment.terms, **facets}.items()))

    def _postings(
        self, fieldname: str, text: bytes
    ) -> tuple[NDArray[np.uint16], NDArray[np.uint8] | None]:
        terms = self._fields[fieldname]
        number = terms.find(text)
        if number < 0:
            raise KeyError(text)
        if fieldname != "words":
            return self._segment.keywords[fieldname].docs(number), None
        start, end = terms.postings(number, number + 1)
        return self._segment.term_docs[start:end], self._segment.term_freqs[start:end]

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        fieldname, text = term
        return fieldname in self._fields and self._fields[fieldname].find(text) >= 0

    def indexed_field_names(self) -> list[str]:
        """The names of the fields."""
        return list(self._fields)

    def cursor(self, fieldname: str, fieldobj: Any) -> Cursor:
        """A cursor over the terms of a field."""
        return Cursor(self._fields[fieldname], fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All (field, term)."""
        for name in self._fields:
            yield from self.terms_from(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms of a field from ``prefix`` on."""
        terms = self._fields[fieldname]
        for number in range(terms.bisect(prefix), len(terms)):
            yield fieldname, terms.term(number)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """All terms with what is known of each."""
        for name, term in self.terms():
            yield (name, term), self.term_info(name, term)

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """The terms of a field from ``prefix`` on, with what is known of each."""
        for name, term in self.terms_from(fieldname, prefix):
            yield (name, term), self.term_info(name, term)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Frequencies of a term."""
        docs, codes = self._postings(fieldname, text)
        weights = _weights(docs, codes)
        return TermInfo(
            weight=sum(weights), df=len(docs), minlength=1, maxlength=1,
            maxweight=max(weights), minid=int(docs[0]), maxid=int(docs[-1]),
        )  # fmt: skip

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often a term occurs."""
        return sum(_weights(*self._postings(fieldname, text)))

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """How many documents have a term."""
        return len(self._postings(fieldname, text)[0])

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """The postings of a term."""
        docs, codes = self._postings(fieldname, text)
        weights = _weights(docs, codes)
        return ListMatcher(
            docs.tolist(), weights, scorer=scorer, format=format_, term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )  # fmt: skip

    def close(self) -> None:
        """Close the segment file."""
        self._segment.close()


def _weights(docs: NDArray[np.uint16], codes: NDArray[np.uint8] | None) -> list[float]:
    if codes is None:
        return [1.0] * len(docs)
    return [(code // TITLE_FREQ + code % TITLE_FREQ) / 2 for code in codes.tolist()]


class Cursor(base.FieldCursor):  # type: ignore[misc]  # Whoosh has no types
    """Walks the terms of a field."""

    def __init__(self, terms: TermDictionary, fieldobj: Any) -> None:
        self._terms = terms
        self._from_bytes = fieldobj.from_bytes
        self._at = 0

    def is_valid(self) -> bool:
        """Whether there is a term here."""
        return self._at < len(self._terms)

    def text(self) -> str | None:
        """The term here."""
        return self._from_bytes(self._terms.term(self._at)) if self.is_valid() else None

    term = text

    def first(self) -> str | None:
        """Go to the first term."""
        self._at = 0
        return self.text()

    def find(self, term: bytes | str) -> str | None:
        """Go to the first term not less than this."""
        self._at = self._terms.bisect(term.encode() if isinstance(term, str) else term)
        return self.text()

    def next(self) -> str | None:
        """Go on."""
        self._at += 1
        return self.text()

    def term_info(self) -> None:
        """Not kept with the cursor."""
        return

"""What Whoosh's segment reader is made of: a reader of documents, one of terms, and a cursor."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from whoosh.codec import base
from whoosh.reading import TermInfo

from searcher.whoosh_index.matcher import PostingMatcher
from searcher.whoosh_index.schema import TEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searcher.whoosh_index.analysis import Occurrence
    from searcher.whoosh_index.columns import ValuesReader
    from searcher.whoosh_index.terms import FieldTerms, Postings
    from searcher.whoosh_index.view import SegmentView

INDEXED_FIELDS = (
    "author", "body", "category", "date", "id", "path", "source", "title", "url", "words",
)  # fmt: skip
"""The fields that have terms, in order."""


class PerDocumentReader(base.PerDocumentReader):  # type: ignore[misc]  # Whoosh has no types
    """The documents of a segment; none of them is deleted."""

    def __init__(self, view: SegmentView) -> None:
        self._view = view

    def close(self) -> None:
        """Close the segment file."""
        self._view.close()

    def doc_count(self) -> int:
        """How many documents there are."""
        return len(self._view)

    doc_count_all = doc_count

    def has_deletions(self) -> bool:
        """Whether any document is deleted: none that Whoosh sees."""
        return False

    def is_deleted(self, docnum: int) -> bool:  # noqa: ARG002 - Whoosh names it
        """Whether a document is deleted: none that Whoosh sees."""
        return False

    def deleted_docs(self) -> frozenset[int]:
        """The deleted documents: none."""
        return frozenset()

    def supports_columns(self) -> bool:
        """Yes."""
        return True

    def has_column(self, fieldname: str) -> bool:  # noqa: ARG002 - Whoosh names it
        """Yes: Whoosh asks only for fields whose type has a column."""
        return True

    def column_reader(self, fieldname: str, column: Any) -> ValuesReader:  # noqa: ARG002 - as in Whoosh
        """The column of a field."""
        return self._view.column(fieldname)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """How many words a document has in a field of text."""
        return int(self._view.lengths(fieldname)[docnum]) if fieldname in TEXT_FIELDS else default

    def field_length(self, fieldname: str) -> int:
        """How many words all documents have in a field of text."""
        return int(self._view.lengths(fieldname).sum()) if fieldname in TEXT_FIELDS else 0

    def min_field_length(self, fieldname: str) -> int:
        """How many words the shortest document has in a field of text."""
        return int(self._view.lengths(fieldname).min()) if fieldname in TEXT_FIELDS else 0

    def max_field_length(self, fieldname: str) -> int:
        """How many words the longest document has in a field of text."""
        return int(self._view.lengths(fieldname).max()) if fieldname in TEXT_FIELDS else 0

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """What is stored of a document."""
        return self._view.stored(docnum)


class TermsReader(base.TermsReader):  # type: ignore[misc]  # Whoosh has no types
    """The terms of a segment and their postings."""

    def __init__(self, view: SegmentView) -> None:
        self._view = view

    def close(self) -> None:
        """Close the segment file."""
        self._view.close()

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._view.terms(term[0]).find(term[1]) is not None

    def indexed_field_names(self) -> list[str]:
        """The names of the fields that have terms."""
        return list(INDEXED_FIELDS)

    def cursor(self, fieldname: str, fieldobj: Any) -> Cursor:
        """A cursor over the terms of a field."""
        return Cursor(self._view.terms(fieldname), fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All terms with their fields."""
        for name in INDEXED_FIELDS:
            yield from self.terms_from(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms of a field from this one on."""
        return ((fieldname, term) for term in self._view.terms(fieldname).starting_at(prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """All terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """The terms of a field from this one on, with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """The statistics of a term."""
        docs, weights = self._find(fieldname, text)
        lengths = self._view.lengths(fieldname)[docs] if fieldname in TEXT_FIELDS else None
        return TermInfo(
            weight=float(weights.sum()),
            df=len(docs),
            minlength=1 if lengths is None else int(lengths.min()),
            maxlength=1 if lengths is None else int(lengths.max()),
            maxweight=float(weights.max()),
            minid=int(docs[0]),
            maxid=int(docs[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often a term occurs, its weights added up."""
        return float(self._find(fieldname, text).weights.sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """How many documents have a term."""
        return len(self._find(fieldname, text).docs)

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> PostingMatcher:
        """The postings of a term."""
        locate = partial(self._located, fieldname, text) if fieldname in TEXT_FIELDS else None
        postings = self._find(fieldname, text)
        return PostingMatcher((fieldname, text), postings, format_, scorer, locate)

    def _find(self, fieldname: str, text: bytes) -> Postings:
        """The postings of a term. Raises KeyError where there are none, as Whoosh expects."""
        found = self._view.terms(fieldname).find(text)
        if found is None:
            raise KeyError(text)
        return found

    def _located(self, fieldname: str, text: bytes, docnum: int) -> Sequence[Occurrence]:
        return self._view.located(fieldname, docnum).get(text, ())


class Cursor(base.FieldCursor):  # type: ignore[misc]  # Whoosh has no types
    """Walks through the terms of a field."""

    def __init__(self, terms: FieldTerms, fieldobj: Any) -> None:
        self._terms = terms
        self._field = fieldobj
        self._at = terms.next_used(0)

    def is_valid(self) -> bool:
        """Whether there is a term here."""
        return self._at < len(self._terms)

    def text(self) -> Any:
        """The term here; None after the last."""
        return self._field.from_bytes(self._terms.term(self._at)) if self.is_valid() else None

    term = text

    def first(self) -> Any:
        """Go to the first term."""
        self._at = self._terms.next_used(0)
        return self.text()

    def find(self, term: bytes | str) -> Any:
        """Go to the first term that is not less than this."""
        wanted = term if isinstance(term, bytes) else self._field.to_bytes(term)
        self._at = self._terms.next_used(self._terms.bisect(wanted))
        return self.text()

    def next(self) -> Any:
        """Go to the next term."""
        self._at = self._terms.next_used(self._at + 1)
        return self.text()

    def term_info(self) -> None:
        """Not kept with the cursor."""
        return

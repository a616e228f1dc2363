"""A segment as Whoosh counts it: living documents only, their fields, columns and positions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher.errors import IndexInvalidError
from searcher.store.dates import NO_DATE, read_date
from searcher.store.schema import KEYWORD_FIELDS
from searcher.store.segment_reader import SegmentReader
from searcher.store.stored_documents import text_bounds
from searcher.whoosh_index.analysis import Occurrence, occurrences
from searcher.whoosh_index.columns import BEFORE_ALL, NO_TEXT, Value, ValuesReader
from searcher.whoosh_index.schema import TEXT_FIELDS
from searcher.whoosh_index.terms import (
    FieldTerms,
    InvertedTerms,
    KeywordTerms,
    Living,
    TextTerms,
    sound,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.text.analyser import Analyser

POSITION_GAP = 1000
"""The gap in positions between title and body in the field "words": no phrase spans it."""

MAX_LOCATED = 64
"""The maximum number of documents whose positions are cached: terms of a phrase share them."""

_UNITS_PER_WORD = 2


class SegmentView:
    """A segment file opened for Whoosh. Documents are numbered from 0 without the deleted ones.

    ``alive``: bool (n,) or None for all; ``documents``: n, as the manifest has it; ``analyser``
    loads the analyser of the index. Raises IndexInvalidError when the file is damaged.
    """

    def __init__(
        self, path: Path, alive: NDArray[np.bool_] | None, documents: int,
        analyser: Callable[[], Analyser],
    ) -> None:  # fmt: skip
        self._segment = SegmentReader(path)
        if len(self._segment) != documents:
            raise IndexInvalidError(f"{path.name} is damaged; run: searcher index --rebuild")
        self._living = Living(documents, alive)
        self._analyser = analyser
        self._terms: dict[str, FieldTerms] = {}
        self._lengths: dict[str, NDArray[np.int64]] = {}
        self._columns: dict[str, list[Value]] = {}
        self._located: dict[tuple[str, int], dict[bytes, list[Occurrence]]] = {}

    def __len__(self) -> int:
        return len(self._living)

    def terms(self, field: str) -> FieldTerms:
        """The terms of a field; those of dates, paths and urls are inverted when first asked."""
        if field not in self._terms:
            with sound():
                self._terms[field] = self._field_terms(field)
        return self._terms[field]

    def _field_terms(self, field: str) -> FieldTerms:
        if field in TEXT_FIELDS:
            return TextTerms(self._segment, self._living, field)
        if field in KEYWORD_FIELDS:
            return KeywordTerms(self._segment.keywords[field], self._living)
        if field == "date":
            return InvertedTerms.of_dates(self._local_dates())
        return InvertedTerms.of_values(self._stored_values(field))

    def _local_dates(self) -> NDArray[np.int64]:
        """By the clock where they were written, seconds since 1970 or NO_DATE, int64 (n,)."""
        kept = self._living.numbers
        dates = self._segment.dates[kept]
        local = dates + 60 * self._segment.utc_offsets[kept].astype(np.int64)
        return np.where(dates == NO_DATE, NO_DATE, local)

    def _stored_values(self, field: str) -> list[str]:
        numbers = self._living.numbers.tolist()
        return [getattr(self._segment.stored_fields(number), field) for number in numbers]

    def lengths(self, field: str) -> NDArray[np.int64]:
        """How many words each document has in a field of text, int64 (n,); at least 1.

        The index counts the words of title and body together. Of those a title is taken to have
        one for each two UTF-16 units.
        """
        if not self._lengths:
            with sound():
                kept = self._living.numbers
                words = self._segment.lengths[kept].astype(np.int64)
                units = self._segment.title_lengths[kept].astype(np.int64)
            title = np.minimum(words, (units + 1) // _UNITS_PER_WORD)
            lengths = {"title": title, "body": words - title, "words": words}
            self._lengths = {name: np.maximum(counts, 1) for name, counts in lengths.items()}
        return self._lengths[field]

    def stored(self, docnum: int) -> dict[str, Any]:
        """All stored fields of a document."""
        number = int(self._living.numbers[docnum])
        with sound():
            fields = self._segment.stored_fields(number)
            return {
                "id": fields.id,
                "path": fields.path,
                "title": fields.title,
                "body": self._texts(number)[1],
                "author": fields.author,
                "source": fields.source,
                "category": list(fields.categories),
                "url": fields.url,
                "date": self._date(number),
            }

    def column(self, field: str) -> ValuesReader:
        """The column of a field: of several categories the first."""
        if field not in self._columns:
            with sound():
                self._columns[field] = self._values(field)
        return ValuesReader(self._columns[field], BEFORE_ALL if field == "date" else NO_TEXT)

    def _values(self, field: str) -> list[Value]:
        if field == "date":
            return [self._date(number) for number in self._living.numbers.tolist()]
        if field not in KEYWORD_FIELDS:
            return [value or None for value in self._stored_values(field)]
        values: list[Value] = [None] * len(self)
        terms = self.terms(field)
        for number in range(len(terms)):
            value = terms.term(number).decode("utf-8", "surrogatepass")
            for docnum in terms.postings(number).docs.tolist():
                if values[docnum] is None:
                    values[docnum] = value
                elif field == "category":
                    # Which is the first, the postings do not know.
                    original = int(self._living.numbers[docnum])
                    values[docnum] = self._segment.stored_fields(original).categories[0]
        return values

    def _date(self, number: int) -> Any:
        segment = self._segment
        return read_date(segment.dates.item(number), segment.utc_offsets.item(number))

    def _texts(self, number: int) -> tuple[str, str]:
        """Title and body of a document, by the segment's number, as written."""
        raw = self._segment.raw(number)
        start, units = text_bounds(raw)
        title_end = start + 2 * self._segment.title_lengths.item(number)
        title, body = raw[start:title_end], raw[title_end + 2 : start + 2 * (units - 1)]
        return title.decode("utf-16-le", "replace"), body.decode("utf-16-le", "replace")

    def located(self, field: str, docnum: int) -> dict[bytes, list[Occurrence]]:
        """Where each term stands in a document, in order.

        The characters of "words" are those of title, line end and body one after another.
        """
        known = self._located.get((field, docnum))
        if known is None:
            if len(self._located) >= MAX_LOCATED:
                self._located.clear()
            known = self._located[field, docnum] = self._locate(field, docnum)
        return known

    def _locate(self, field: str, docnum: int) -> dict[bytes, list[Occurrence]]:
        with sound():
            title, body = self._texts(int(self._living.numbers[docnum]))
        found: dict[bytes, list[Occurrence]] = {}
        positions = characters = 0
        for name, text in (("title", title), ("body", body)):
            if field not in (name, "words"):
                continue
            last = 0
            for one in occurrences(self._analyser(), text):
                last = max(last, one.last)
                moved = one._replace(
                    first=one.first + positions, last=one.last + positions,
                    start=one.start + characters, end=one.end + characters,
                )  # fmt: skip
                found.setdefault(one.term.encode(), []).append(moved)
            positions += last + 1 + POSITION_GAP
            characters += len(text) + 1
        for places in found.values():
            places.sort(key=lambda one: (one.first, one.last))
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._segment.close()

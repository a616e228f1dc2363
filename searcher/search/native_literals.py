"""Exact strings in one segment by native code: see :mod:`searcher.search.literal_matcher`.

A list of documents is a memory view of uint16, ascending; frequencies are beside it, uint8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from searcher._native import extension
from searcher.search.literal_matcher import (
    HAN_WORD,
    MAX_COUNTED,
    READING_SHIFT,
    Frequencies,
    adjacent_units,
)
from searcher.search.texts import READ_AT_ONCE, StoredText, split_units
from searcher.store.postings import MAX_BODY_FREQ, MAX_TITLE_FREQ, TITLE_FREQ

if TYPE_CHECKING:
    from searcher.search.segment_postings import SegmentPostings

_matching: Any = extension("matching")
_reading: Any = extension("reading")

MAX_KEPT_POSTINGS = 1 << 18
"""The maximum number of documents of the strings that are kept: to find them, texts are read."""

_NO_DOCS = memoryview(b"").cast("H")
_NO_FREQS = memoryview(b"")


class NativeLiterals:
    """Finds the documents of a segment whose title or body contains a folded string.

    ``statistics``: of the whole index, so that strings count the same in all segments.
    """

    def __init__(self, postings: SegmentPostings, statistics: Frequencies) -> None:
        self._postings = postings
        self._statistics = statistics
        self._segment = postings.segment
        self._found: dict[tuple[str, bool, str | None], memoryview] = {}
        self._counted: dict[tuple[str, str | None], tuple[memoryview, memoryview]] = {}
        self._kept = 0

    def docs(self, text: str, at_boundaries: bool = False, field: str | None = None) -> memoryview:
        """The documents with a string; arguments as for LiteralMatcher."""
        key = text, at_boundaries, field
        found = self._found.get(key)
        if found is None:
            found = self._find(text, at_boundaries, field)
            self._make_room(len(found))
            self._found[key] = found
        return found

    def postings(self, text: str, field: str | None = None) -> tuple[memoryview, memoryview]:
        """The documents with a string of two or more units, and how often each has it."""
        key = text, field
        found = self._counted.get(key)
        if found is None:
            found = self._count(text, field)
            self._make_room(len(found[0]))
            self._counted[key] = found
        return found

    def _make_room(self, documents: int) -> None:
        """Let go of all strings that are kept when those of one more would be too many."""
        # A string without documents takes room, too.
        self._kept += documents + 64
        if self._kept > MAX_KEPT_POSTINGS:
            self._found.clear()
            self._counted.clear()
            self._kept = documents + 64

    def bigram(self, bigram: str) -> memoryview:
        """The documents with two adjacent UTF-16 units."""
        ((docs, are_gaps),) = self._segment.bigrams.stored([bigram])
        return self._documents_in_all([(docs, are_gaps)]) if are_gaps else docs

    def _find(self, text: str, at_boundaries: bool, field: str | None) -> memoryview:
        units = split_units(text)
        candidates = self._candidates(units)
        if len(text) <= 2 and text == units and not at_boundaries and field is None:
            return candidates
        term = None
        if not at_boundaries and HAN_WORD.fullmatch(text):
            # Where it is a term, or a part of one, it is written.
            term = self._postings.viewed(text, field)
        flags, unsure = _matching.known_freqs(candidates, *(term or (_NO_DOCS, _NO_FREQS)), 0)
        for places, stored in self._read(candidates, unsure):
            contain = _reading.documents_with(
                stored, units, self._segment.folding, at_boundaries, field is not None
            )
            for place, does in zip(places, contain, strict=True):
                flags[place] = does
        docs: memoryview = _matching.select(candidates, flags, 1)[0]
        return docs

    def _count(self, text: str, field: str | None) -> tuple[memoryview, memoryview]:
        units = split_units(text)
        candidates = self._candidates(units)
        others = 0
        if len(units) == 2 and field is None and self._is_too_frequent(text, units):
            others = 2
        term = self._postings.viewed(text, field) or (_NO_DOCS, _NO_FREQS)
        freqs, unread = _matching.known_freqs(candidates, *term, others)
        for places, stored in self._read(candidates, unread):
            halves = _reading.occurrences_in(stored, units, self._segment.folding)
            for place, (title, body) in zip(places, halves, strict=True):
                if title or field is None:
                    freqs[place] = TITLE_FREQ * min(title, MAX_TITLE_FREQ) + min(
                        body, MAX_BODY_FREQ
                    )
        found: tuple[memoryview, memoryview] = _matching.select(candidates, freqs, 1)
        return found

    def _read(
        self, candidates: memoryview, places: list[int]
    ) -> Iterator[tuple[list[int], list[StoredText]]]:
        """The stored texts of the candidates at some places, a few at a time, with their places."""
        title_lengths = self._segment.viewed_column("title_lengths")
        for first in range(0, len(places), READ_AT_ONCE):
            some = places[first : first + READ_AT_ONCE]
            numbers = [candidates[place] for place in some]
            raws = self._segment.raws(numbers)
            titles = [title_lengths[number] for number in numbers]
            yield some, [*map(StoredText, raws, titles)]

    def _is_too_frequent(self, text: str, units: str) -> bool:
        """Whether to count a string of two units in all documents would take too long."""
        statistics = self._statistics
        return statistics.bigram_df(units) - statistics.term_df(text) > MAX_COUNTED

    def _candidates(self, units: str) -> memoryview:
        """The documents with all bigrams of a string, the rarest looked at first."""
        if len(units) == 1:
            return self._postings.unit(units).astype("uint16").data
        stored = self._segment.bigrams.stored(adjacent_units(units))
        return self._documents_in_all(sorted(stored, key=_length))

    def _documents_in_all(self, stored: Sequence[tuple[memoryview, bool]]) -> memoryview:
        found: memoryview = _matching.documents_in_all(stored, self._postings.size, READING_SHIFT)
        return found


def _length(stored: tuple[memoryview, bool]) -> int:
    return len(stored[0])

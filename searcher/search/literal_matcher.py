"""Exact strings in one segment: candidates by bigrams, verified against the stored text.

The postings of a string are worked out when a query asks for them: an occurrence between token
boundaries counts as a token does, any other as a part of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from searcher.lazy_numpy import numpy as np
from searcher.lazy_pattern import compile_late
from searcher.search.doc_ids import DocIds, intersect, is_member, no_docs, union_sorted
from searcher.search.nearness import texts_with_near
from searcher.search.texts import (
    StoredText,
    Texts,
    documents_with,
    load_batches,
    split_units,
)
from searcher.store.bigrams import decode
from searcher.store.postings import MAX_BODY_FREQ, MAX_TITLE_FREQ, TITLE_FREQ
from searcher.text.runs import HAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.query.clauses import LiteralClause, NearClause
    from searcher.search.segment_postings import SegmentPostings

Freqs: TypeAlias = "NDArray[np.uint8]"

HAN_WORD = compile_late(f"[{HAN}]{{2,}}")
"""A string that is written wherever a term is that equals it."""

MAX_KEPT_STRINGS = 8
"""One query asks for the same string a few times, and reading documents is what costs."""

MAX_COUNTED = 2048
"""In more documents of an index a string of two units, which need not be verified, is not counted.

Those are left aside that have it as a term.
"""

READING_SHIFT = 12
"""Reading a document takes as long as reading 2 ** READING_SHIFT postings."""


class Frequencies(Protocol):
    """How many documents have something, those that were deleted left aside."""

    def term_df(self, term: str) -> int:
        """How many documents have a term."""

    def bigram_df(self, bigram: str) -> int:
        """How many documents have two adjacent UTF-16 units."""


class LiteralMatcher:
    """Finds the documents of a segment whose title or body contains a folded string.

    ``statistics``: of the whole index, so that strings count the same in all segments.
    """

    def __init__(self, postings: SegmentPostings, statistics: Frequencies) -> None:
        self._statistics = statistics
        self._postings = postings
        self._segment = postings.segment
        self._size = postings.size
        self._found: dict[tuple[str, bool, str | None], DocIds] = {}
        self._counted: dict[tuple[str, str | None], tuple[DocIds, Freqs]] = {}

    def docs(self, text: str, at_boundaries: bool = False, field: str | None = None) -> DocIds:
        """The documents with a string; ``field``: "title", or None for title and body.

        ``at_boundaries``: only where tokens begin before it and end after it.
        """
        key = text, at_boundaries, field
        found = self._found.get(key)
        if found is None:
            units = split_units(text)
            if len(units) == 1 and not at_boundaries and field is None:
                return self._postings.unit(units)
            found = self._verified(text, at_boundaries, field, self._candidates(units))
            if len(self._found) >= MAX_KEPT_STRINGS:
                self._found.clear()
            self._found[key] = found
        return found

    def postings(self, text: str, field: str | None = None) -> tuple[DocIds, Freqs]:
        """The documents with a string of two or more units, and how often each has it.

        Frequencies are encoded as those of terms. Of a string that is a term, what the index has
        of it is taken, and only other documents are read.
        """
        key = text, field
        found = self._counted.get(key)
        if found is None:
            if len(self._counted) >= MAX_KEPT_STRINGS:
                self._counted.clear()
            found = self._counted[key] = self._count(text, field)
        return found

    def _count(self, text: str, field: str | None) -> tuple[DocIds, Freqs]:
        units = split_units(text)
        candidates = self._candidates(units)
        freqs = np.zeros(len(candidates), np.uint8)
        if self._postings.find(text) >= 0:
            freqs = self._postings.freqs(text, field, candidates)
        unread = np.flatnonzero(freqs == 0)
        if len(units) == 2 and field is None and self._is_too_frequent(text, units):
            freqs[unread] = 2
        else:
            for places, stored in load_batches(self._segment, candidates[unread]):
                freqs[unread[places]] = self._occurrences(units, field, stored)
        kept = freqs != 0
        return candidates[kept], freqs[kept]

    def _is_too_frequent(self, text: str, units: str) -> bool:
        """Whether to count a string of two units in all documents would take too long."""
        statistics = self._statistics
        return statistics.bigram_df(units) - statistics.term_df(text) > MAX_COUNTED

    def _occurrences(self, units: str, field: str | None, stored: Sequence[StoredText]) -> Freqs:
        """How often a string occurs in some documents, encoded."""
        texts = Texts(stored, self._segment.folding)
        starts = texts.find(units)
        at_both = texts.are_boundaries(starts) & texts.are_boundaries(starts + len(units))
        numbers = texts.text_numbers(starts)
        in_title = starts < np.array(texts.titles).take(numbers)
        halves = 1 + at_both
        title = np.bincount(numbers, halves * in_title, len(stored))
        body = np.bincount(numbers, halves * ~in_title, len(stored))
        return _encoded(title, body, field)

    def docs_among(self, clause: LiteralClause, among: DocIds) -> DocIds:
        """Those of some documents that have the string of a clause; synonyms are left out."""
        candidates = intersect(self._candidates(split_units(clause.text)), among, self._size)
        return self._verified(clause.text, clause.at_boundaries, clause.field, candidates)

    def near(self, clause: NearClause, among: DocIds) -> DocIds:
        """Those of some documents in which strings stand near each other."""
        texts = tuple(map(split_units, clause.texts))
        for units in texts:
            among = intersect(self._candidates(units), among, self._size)
        found = [no_docs()]
        for places, stored in load_batches(self._segment, among):
            some = among[places]
            here = Texts(stored, self._segment.folding)
            title_only = clause.field is not None
            found.append(some[texts_with_near(here, texts, clause.distance, title_only)])
        return np.concatenate(found)

    def cost(self, text: str) -> int:
        """About how many postings it takes to find a string."""
        units = split_units(text)
        if len(units) < 2:
            return self._size
        # Candidates may have to be read.
        stored = self._segment.bigrams.stored(adjacent_units(units))
        return min(len(docs) for docs, _ in stored) + (self._size >> 3)

    def _candidates(self, units: str) -> DocIds:
        """The documents with all bigrams of a string, the rarest looked at first."""
        if len(units) == 1:
            return self._postings.unit(units)
        stored = sorted(
            self._segment.bigrams.stored(adjacent_units(units)), key=lambda one: len(one[0])
        )
        found: DocIds | None = None
        for docs, are_gaps in stored:
            # A few documents are read sooner than a long list is searched.
            if found is not None and len(found) <= 1 + (len(docs) >> READING_SHIFT):
                break
            here = decode(docs) if are_gaps else np.frombuffer(docs, np.uint16).astype(np.intp)
            found = here if found is None else intersect(found, here, self._size)
        return no_docs() if found is None else found

    def _verified(
        self, text: str, at_boundaries: bool, field: str | None, candidates: DocIds
    ) -> DocIds:
        """Those of the candidates that really contain the string."""
        units = split_units(text)
        if len(text) <= 2 and text == units and not at_boundaries and field is None:
            return candidates
        known = no_docs()
        if not at_boundaries and HAN_WORD.fullmatch(text):
            postings = self._postings.postings(text, field)
            if postings:
                # Where it is a term, or a part of one, it is written.
                sure = is_member(candidates, postings[0], self._size)
                known, candidates = candidates[sure], candidates[~sure]
        matches = documents_with(
            self._segment,
            candidates,
            units,
            at_boundaries=at_boundaries,
            title_only=field is not None,
        )
        return union_sorted([known, np.array(matches, np.intp)], self._size)


def _encoded(title: NDArray[np.intp], body: NDArray[np.intp], field: str | None) -> Freqs:
    """Frequencies of half occurrences in titles and bodies."""
    freqs = TITLE_FREQ * np.minimum(title, MAX_TITLE_FREQ) + np.minimum(body, MAX_BODY_FREQ)
    if field is not None:
        freqs[title == 0] = 0
    return freqs.astype(np.uint8)


def adjacent_units(units: str) -> Sequence[str]:
    """The distinct pairs of adjacent units of a string."""
    return list(dict.fromkeys(units[i : i + 2] for i in range(len(units) - 1)))

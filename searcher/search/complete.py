"""Completion: the terms of an index that begin with what has been typed, characters or pinyin."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from typing import TYPE_CHECKING

from searcher.results import TermFrequency
from searcher.text.folding import fold
from searcher.text.pinyin import MAX_LETTERS, beginning, readings_of, table

if TYPE_CHECKING:
    from searcher.backends.base import ReadBackend

MAX_FIRST_CHARACTERS = 300
"""Where a term may begin with more characters, its first syllable must have been typed in full."""


def complete(backend: ReadBackend, prefix: str, limit: int) -> tuple[TermFrequency, ...]:
    """At most ``limit`` terms that begin so, the most frequent first."""
    folded = fold(prefix).strip()
    if not folded:
        return ()
    found = dict(backend.terms(folded))
    if folded.isascii() and folded.isalpha() and len(folded) <= MAX_LETTERS:
        for places in _beginnings(folded):
            found |= _sounding(backend, places)
    most = nsmallest(limit, found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(TermFrequency(*item) for item in most)


def _beginnings(letters: str) -> Iterator[list[frozenset[str]]]:
    """The ways to read letters whose last syllable need not be finished.

    Each is a list with the characters that may stand in each place.
    """
    for at in range(len(letters)):
        last = beginning(letters[at:])
        if not at and len(last) > MAX_FIRST_CHARACTERS:
            last = table().usual.get(letters, "")
        heads = readings_of(letters[:at], least=1) if at else [()]
        for head in heads if last else ():
            if all(piece.is_whole for piece in head):
                syllables = [piece.letters for piece in head]
                yield [*(frozenset(table().usual[one]) for one in syllables), frozenset(last)]


def _sounding(backend: ReadBackend, places: list[frozenset[str]]) -> dict[str, int]:
    first, *others = places
    return {
        term: df
        for char in first
        for term, df in backend.terms(char)
        if len(term) > len(others)
        and all(c in allowed for c, allowed in zip(term[1:], others, strict=False))
    }

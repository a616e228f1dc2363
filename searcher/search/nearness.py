"""Strings near each other: the texts in which a stretch has all of them and little else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from searcher.lazy_numpy import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.search.texts import Texts


def texts_with_near(
    texts: Texts, strings: Sequence[str], distance: int, title_only: bool
) -> NDArray[np.intp]:
    """The numbers of the texts that match a :class:`~searcher.query.clauses.NearClause`, sorted.

    ``strings`` are folded, a UTF-16 unit each character.
    """
    starts = [texts.find(string) for string in strings]
    if not all(map(len, starts)):
        return np.zeros(0, np.intp)
    titles, ends = np.array(texts.titles), np.array(texts.ends)
    place = _characters(texts)
    most = distance + sum(len(string) - _low_surrogates(string) for string in strings)
    found = []
    # A shortest stretch begins with one of the strings, and has the first of each other behind it.
    for first, string in zip(starts, strings, strict=True):
        last = first + len(string)
        is_complete = np.ones(len(first), bool)
        for other, units in zip(starts, strings, strict=True):
            next_ones = other.searchsorted(first)
            is_complete &= next_ones < len(other)
            last = np.maximum(last, other.take(next_ones, mode="clip") + len(units))
        numbers = texts.text_numbers(first)
        in_title = first < titles.take(numbers)
        limit = np.where(in_title, titles.take(numbers), ends.take(numbers))
        matching = is_complete & (last <= limit) & (in_title | (not title_only))
        matching &= place.take(last, mode="clip") - place.take(first) <= most
        found.append(numbers[matching])
    return np.unique(np.concatenate(found))


def _characters(texts: Texts) -> NDArray[np.intp]:
    """How many characters stand before each unit, intp (units,)."""
    is_low = (texts.folded & 0xFC00) == 0xDC00
    before = np.arange(len(is_low))
    if is_low.any():
        before -= np.cumsum(is_low) - is_low
    return before


def _low_surrogates(units: str) -> int:
    return sum("\udc00" <= unit < "\ue000" for unit in units)

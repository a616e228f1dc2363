"""The tokens of stored texts, by the boundaries that the index keeps, without segmenting anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.text.runs import HAN, RUN, parse_run

if TYPE_CHECKING:
    from searcher.search.texts import Texts

_HAN_WORD = re.compile(f"[{HAN}]+")


class StoredToken(NamedTuple):
    """A token: its term, and where it stands in its texts, in UTF-16 units."""

    term: str
    start: int
    end: int


def stored_tokens(texts: Texts, number: int) -> Iterator[StoredToken]:
    """The tokens of a text, title and body, in order.

    The year, the month and the day of a date are tokens of their own.
    """
    base, end = texts.bases[number], texts.ends[number]
    places = np.arange(base, end)
    starts = places[texts.are_boundaries(places)].tolist()
    string = texts.string
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        term = term_of(string[start:stop])
        if term:
            yield StoredToken(term, start, stop)


@lru_cache(maxsize=1 << 16)
def term_of(written: str) -> str:
    """The term of what stands between two boundaries, folded; "" for what is no token.

    >>> term_of("f-35"), term_of("，")
    ('f35', '')
    """
    if _HAN_WORD.fullmatch(written):
        return written
    return parse_run(written).term if RUN.fullmatch(written) else ""

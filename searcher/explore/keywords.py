"""Keywords: what the matches of a query say more often than the other articles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from searcher.explore.keyness import log_likelihood, log_ratio
from searcher.text.stopwords import STOP_WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import Matches
    from searcher.explore.explored import Explored

KeywordKind: TypeAlias = Literal["word", "people", "places", "organisations"]


MAX_TOP = 1000
"""The maximum number of words, and of names."""


class Keyword(NamedTuple):
    """A term that the matches have more often than other articles.

    Attributes:
        term: as the index has it, folded.
        kind: "people", "places" or "organisations" for names of the lexicon, else "word".
        here: how many matches have it; of collocates, how often it occurs near a match.
        elsewhere: how many other articles have it; of collocates, how often it occurs in the rest
            of the articles that match.
        log_likelihood: how sure the difference is; above 10.83 it is by chance once in a thousand.
        log_ratio: how large it is: 1 for twice as often, 2 for four times.
    """

    term: str
    kind: KeywordKind
    here: int
    elsewhere: int
    log_likelihood: float
    log_ratio: float


@dataclass(frozen=True, slots=True)
class Keywords:
    """The keywords of a query, or what stands near its matches.

    Attributes:
        query: what was searched for.
        total: the number of articles that match.
        near: the distance from a match in characters, or None for keywords of whole articles.
        size_here: what ``here`` is a part of: articles, or words near matches.
        size_elsewhere: what ``elsewhere`` is a part of.
        words: the highest log-likelihood first.
        names: names of people, places and organisations, in the same order.
        notes: what is to be said about the query.
    """

    query: str
    total: int
    near: int | None
    size_here: int
    size_elsewhere: int
    words: tuple[Keyword, ...]
    names: tuple[Keyword, ...]
    notes: tuple[str, ...] = ()


def find_keywords(
    explored: Explored, query: str, matches: Matches, top: int, least: int
) -> Keywords:
    """Find the terms by which the matches differ from all other articles.

    Args:
        explored: the opened index.
        query: what was searched for.
        matches: what it found.
        top: the maximum number of words, and of names.
        least: leave out terms that fewer matches have.
    """
    vocabulary = explored.vocabulary
    here = vocabulary.counts(matches)
    numbers = (here >= max(least, 1)).nonzero()[0]
    a = here[numbers]
    table = KeynessTable(
        a, vocabulary.totals[numbers] - a, len(matches), vocabulary.articles - len(matches)
    )
    is_name = explored.is_name[numbers]
    words, named = (
        keep_best(
            table,
            wanted.nonzero()[0],
            lambda place: vocabulary.term(int(numbers[place])),
            explored.names.kind_of,
            top,
        )
        for wanted in (~is_name, is_name)
    )
    return Keywords(query, len(matches), None, table.c, table.d, words, named, matches.notes)


class KeynessTable(NamedTuple):
    """How often terms occur here (``a`` of ``c``) and elsewhere (``b`` of ``d``)."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    c: int
    d: int


def keep_best(
    table: KeynessTable,
    places: NDArray[np.intp],
    term_of: Callable[[int], str],
    kind_of: Callable[[str], KeywordKind],
    top: int,
) -> tuple[Keyword, ...]:
    """The terms at some places that are more frequent here, the surest difference first.

    Left out are single characters, stop words, what has no letter, and a part of a longer term that
    occurs exactly as often as that.
    """
    a, b = table.a[places], table.b[places]
    more = a * table.d > b * table.c
    places, a, b = places[more], a[more], b[more]
    likelihood = log_likelihood(a, b, table.c, table.d)
    ratio = log_ratio(a, b, table.c, table.d)
    kept: list[Keyword] = []
    for place in np.lexsort((places, -a, -likelihood)).tolist():
        if len(kept) >= top:
            break
        term, here, elsewhere = term_of(int(places[place])), int(a[place]), int(b[place])
        if not _says_something(term):
            continue
        if any(
            term in other.term and (here, elsewhere) == (other.here, other.elsewhere)
            for other in kept
        ):
            continue
        kept.append(
            Keyword(
                term, kind_of(term), here, elsewhere, float(likelihood[place]), float(ratio[place])
            )
        )
    return tuple(kept)


def _says_something(term: str) -> bool:
    return len(term) > 1 and term not in STOP_WORDS and any(map(str.isalpha, term))

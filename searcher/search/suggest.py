"""What may have been meant by a query that finds nothing: strings that the index has.

A slip is a homophone, a character that sounds or looks alike, two characters swapped, one missing
or one too many, or pinyin instead of characters. Each has a cost in nats, roughly the negative
logarithm of how often it happens; candidates are ranked by their cost less the logarithm of how
often they occur (a noisy channel: Kernighan, Church and Gale 1990).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.errors import QueryError
from searcher.query.clauses import LiteralClause
from searcher.query.parser import FIELDS
from searcher.query.syntax import quote
from searcher.results import Suggestion
from searcher.search.title_strings import NEVER, Found, TitleStrings
from searcher.text.folding import fold
from searcher.text.lookalikes import lookalikes
from searcher.text.pinyin import MAX_LETTERS, Piece, beginning, near, readings_of, table
from searcher.text.runs import HAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import ReadBackend

MAX_SUGGESTIONS = 3

MIN_TIMES_MORE = 10
"""Where some match, what is suggested is in so many times as many documents."""

MAX_RUN = 12
"""In a longer run no slip is looked for."""

MAX_RUNS = 4
"""In a query of more runs no slip is looked for."""

MAX_COUNTED = 8
"""So many candidates are counted in the index."""

# Costs of slips in nats.
HOMOPHONE = 1
RARE_READING = 1
NEAR_SOUND = 2
SWAPPED = 2
LOOKALIKE = 3
MISSING = 3
EXTRA = 4
OTHER = 6
NO_NAME = 1.0
"""Of a candidate that is no name of the lexicon: names are what people look for."""
NO_TERM = 1.5
"""Of a candidate that is no term: words may stand side by side by chance."""
INSIDE_A_WORD = 1.0
"""Of a candidate that besides only occurs within longer words."""

TITLE_WEIGHT = 10
"""What titles say is looked for more often: one counts as much as so many documents."""
FREQUENCY_WEIGHT = 0.5

_RUN = re.compile(rf"[{HAN}a-z]+(?:['’][a-z]+)*")
_HAN_RUN = re.compile(f"[{HAN}]+")
_LETTERS = re.compile(r"[a-z]+(?:[ '’]+[a-z]+)*")
_FIELD = re.compile(rf"([A-Za-z]+|[{HAN}]{{2,4}})[:：](?=\S)")
_PIECE = re.compile(f"[{HAN}]|[a-z']+")

Costs = Sequence["NDArray[np.uint8]"]


class Candidate(NamedTuple):
    """A string that may replace a run of the query; the lower its score the likelier."""

    text: str
    kind: str
    score: float


class Suggester:
    """Makes suggestions from one opened index; reads its terms and titles when first needed.

    Args:
        backend: the opened index.
        count: how many documents a query finds.
        rare: a query or a part of one that more documents have is no slip.
    """

    def __init__(self, backend: ReadBackend, count: Callable[[str], int], rare: int) -> None:
        self._backend = backend
        self._count = count
        self._rare = rare
        self._read: TitleStrings | None = None

    @property
    def _strings(self) -> TitleStrings:
        if self._read is None:
            self._read = TitleStrings(self._backend)
        return self._read

    def suggest(self, query: str) -> tuple[Suggestion, ...]:
        """At most ``MAX_SUGGESTIONS``, the likeliest first."""
        own = self._count(query)
        if own > self._rare:
            return ()
        found: dict[str, Suggestion] = {}
        for text, kind in self._texts(query):
            articles = self._count(text)
            if articles > MIN_TIMES_MORE * own and text not in found:
                found[text] = Suggestion(text, kind, articles)
            if len(found) == MAX_SUGGESTIONS:
                break
        return (*found.values(),)

    def _texts(self, query: str) -> Iterator[tuple[str, str]]:
        """Queries that may have been meant, with the kind of each; they may find nothing."""
        field = _FIELD.search(query)
        if field and field[1].lower() not in FIELDS:
            for name in get_close_matches(field[1].lower(), FIELDS, 1):
                yield f"{query[: field.start()]}{name}{query[field.end(1) :]}", "field"
        text = query.strip()
        if len(text) > 1 and self._occurs(fold(text)) > self._rare:
            try:
                yield quote(text), "quoted"
            except QueryError:
                pass
        yield from self._corrected(query)

    def _corrected(self, query: str) -> Iterator[tuple[str, str]]:
        """The query with its slips replaced."""
        folded = fold(query)
        if _LETTERS.fullmatch(folded.strip()) and len(folded) <= MAX_LETTERS:
            # Blanks separate syllables.
            ways = [*self._ranked(folded.strip(), self._pinyin(folded.strip()))]
            if ways:
                yield from ((one.text, one.kind) for one in ways)
                return
        runs = [*_RUN.finditer(folded)]
        if len(runs) > MAX_RUNS:
            return
        wrong = [run for run in runs if len(run[0]) > 1 and self._occurs(run[0]) <= self._rare]
        ranked = {run.start(): [*self._ranked(run[0], self._slips(run[0]))] for run in wrong}
        replaced = [run for run in wrong if ranked[run.start()]]
        if not replaced:
            return
        # Of several wrong runs the last ones take their likeliest correction.
        first, *others = replaced
        for one in ranked[first.start()]:
            text, shift = folded if len(runs) == 1 else query, 0
            for run, best in [(first, one), *((r, ranked[r.start()][0]) for r in others)]:
                text = text[: run.start() + shift] + best.text + text[run.end() + shift :]
                shift += len(best.text) - len(run[0])
            yield text.strip(), one.kind

    def _occurs(self, folded: str) -> int:
        return self._backend.count(LiteralClause(folded))

    def _ranked(self, typed: str, slips: Iterable[tuple[Found, str]]) -> Iterator[Candidate]:
        """What may replace a run, the likeliest first."""
        best: dict[str, tuple[Found, Candidate]] = {}
        for found, kind in slips:
            if found.text == typed:
                continue
            candidate = Candidate(found.text, kind, _score(found, max(found.df, found.titles)))
            known = best.get(found.text)
            if known is None or candidate.score < known[1].score:
                best[found.text] = found, candidate
        likeliest = sorted(best.values(), key=lambda one: one[1].score)[:MAX_COUNTED]
        least = max(1, MIN_TIMES_MORE * self._occurs(typed))
        counted: list[Candidate] = []
        for found, candidate in likeliest:
            articles = found.df if found.df > found.titles else self._occurs(found.text)
            if articles >= least:
                no_name = 0 if self._backend.synonyms(found.text) else NO_NAME
                counted.append(candidate._replace(score=_score(found, articles) + no_name))
        yield from sorted(counted, key=lambda one: one.score)

    # Slips

    def _slips(self, run: str) -> Iterator[tuple[Found, str]]:
        if len(run) > MAX_RUN:
            return
        if not _HAN_RUN.fullmatch(run):
            yield from self._pinyin(run)
            return
        size, find = len(run), self._strings.find
        exact = [_exact(char) for char in run]
        # Most characters must be right: one of two may sound alike, no other.
        most = LOOKALIKE if size == 2 else OTHER
        alike = [_alike(char) for char in run]
        for found in find(alike, most):
            if size > 2 or found.df:
                yield found, "character" if found.cost >= LOOKALIKE else "sound"
        for at in range(size - 1):
            swapped = [*exact]
            swapped[at : at + 2] = exact[at + 1], exact[at]
            yield from _at_cost(find(swapped, 0), SWAPPED, "swapped")
        if size > 2:
            for at in range(1, size):
                longer = [*exact[:at], _any_han(), *exact[at:]]
                yield from _at_cost(find(longer, 0), MISSING, "missing")
        if size > 3:
            # Without its first or last character a run is only shorter.
            for at in range(1, size - 1):
                yield from _at_cost(find(exact[:at] + exact[at + 1 :], 0), EXTRA, "extra")

    def _pinyin(self, letters: str) -> Iterator[tuple[Found, str]]:
        """What letters, or letters and characters, may stand for."""
        for way in _mixed_readings(letters):
            initials = sum(not piece.is_whole for piece in way)
            # Most of what is typed in full is meant in full.
            for found in self._strings.find([_sounds(piece) for piece in way], NEAR_SOUND):
                if not initials or found.df or found.titles > 1:
                    yield found._replace(cost=found.cost + initials), "pinyin"


def _at_cost(found: Iterable[Found], cost: int, kind: str) -> Iterator[tuple[Found, str]]:
    return ((one._replace(cost=cost), kind) for one in found)


def _score(found: Found, articles: int) -> float:
    frequency = log(1 + articles + TITLE_WEIGHT * found.titles)
    prior = 0.0 if found.df else NO_TERM if found.is_whole else NO_TERM + INSIDE_A_WORD
    return found.cost + prior - FREQUENCY_WEIGHT * frequency


def _mixed_readings(text: str) -> list[tuple[Piece, ...]]:
    """The ways to read letters among Han characters; a character is a piece of its own."""
    ways: list[tuple[Piece, ...]] = [()]
    parts = [*_PIECE.finditer(text.replace("’", "'"))]
    for part in parts:
        if len(parts) > 1 and _HAN_RUN.fullmatch(part[0]):
            more: list[tuple[Piece, ...]] = [(Piece(part[0], True),)]
        else:
            more = readings_of(part[0], least=1 if len(parts) > 1 else 2)
        ways = [way + one for way in ways for one in more]
    return ways


# Costs of each unit, uint8 (65536,)


def _codes(chars: str) -> NDArray[np.intp]:
    return np.array([ord(char) for char in chars], np.intp)


@lru_cache(maxsize=256)
def _exact(char: str) -> NDArray[np.uint8]:
    costs = np.full(1 << 16, NEVER, np.uint8)
    costs[ord(char)] = 0
    return costs


@lru_cache(maxsize=1)
def _any_han() -> NDArray[np.uint8]:
    costs = np.full(1 << 16, NEVER, np.uint8)
    costs[_codes("".join(table().readings))] = 0
    return costs


@lru_cache(maxsize=256)
def _alike(char: str) -> NDArray[np.uint8]:
    costs = _any_han() + np.uint8(0)
    costs[costs == 0] = OTHER
    costs[_codes(lookalikes().get(char, ""))] = LOOKALIKE
    for syllable in table().readings.get(char, ()):
        np.minimum(costs, _syllable(syllable) + np.uint8(HOMOPHONE), out=costs)
    costs[ord(char)] = 0
    return costs


@lru_cache(maxsize=256)
def _syllable(syllable: str) -> NDArray[np.uint8]:
    """The costs of characters where a syllable is heard: of its own, and of those that are near."""
    readings = table()
    costs = np.full(1 << 16, NEVER, np.uint8)
    for other in near(syllable):
        costs[_codes(readings.usual[other])] = NEAR_SOUND
    costs[_codes(readings.rare[syllable])] = RARE_READING
    costs[_codes(readings.usual[syllable])] = 0
    return costs


@lru_cache(maxsize=256)
def _sounds(piece: Piece) -> NDArray[np.uint8]:
    """The costs of characters for a syllable, for its beginning, or for a character itself."""
    if _HAN_RUN.fullmatch(piece.letters):
        return _exact(piece.letters)
    if piece.is_whole:
        return _syllable(piece.letters)
    costs = np.full(1 << 16, NEVER, np.uint8)
    costs[_codes(beginning(piece.letters))] = 0
    return costs

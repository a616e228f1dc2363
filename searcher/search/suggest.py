"""What may have been meant by a query that finds nothing: strings that the index has.

A slip is a character that sounds or looks like the right one, two swapped, one missing or one too
many, or pinyin instead of characters. Candidates are ranked by the cost of the slip less the
logarithm of how often they occur: the noisy channel of Kernighan, Church and Gale, "A spelling
correction program based on a noisy channel model", COLING 1990.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from math import log
from operator import eq
from typing import TYPE_CHECKING, NamedTuple

from searcher.errors import QueryError
from searcher.lazy_pattern import compile_late
from searcher.query.clauses import LiteralClause
from searcher.query.syntax import FIELDS, quote
from searcher.results import Suggestion
from searcher.search import slips
from searcher.search.title_strings import CHANGED, MAX_COST, Found, TitleStrings
from searcher.text.folding import fold
from searcher.text.pinyin import MAX_LETTERS, Piece, readings_of
from searcher.text.runs import HAN

if TYPE_CHECKING:
    from searcher.backends.base import ReadBackend

MAX_SUGGESTIONS = 3

MIN_TIMES_MORE = 10
"""The factor by which a suggestion must find more documents than the query does."""

MAX_RUN = 12
"""In a longer run no slip is looked for; letters may be as many as pinyin has."""

MAX_RUNS = 4
"""In a query of more runs no slip is looked for."""

MAX_NAME = 4
"""A longer run that is like nothing is taken for several words."""

MAX_WINDOWS = 8
"""The maximum number of parts of such a run that are looked up."""

MAX_COUNTED = 8
"""The maximum number of candidates counted in the index."""

MAX_COUNTED_IN_BODIES = 40
"""The maximum number of strings counted that no title and no term has."""

MIN_LATIN = 4
"""Shorter Latin words are not corrected: too many others are one letter away."""

# Improbabilities of candidates in nats, added to the cost of the slip.
NO_NAME = 1.0
"""No name of the lexicon: names are what people look for."""
NO_TERM = 1.5
"""No term: words may stand side by side by chance."""
INSIDE_A_WORD = 1.0
"""Besides only within longer words."""

TITLE_WEIGHT = 10
"""The number of documents as which a title counts: what titles say is searched more often."""
FREQUENCY_WEIGHT = 0.5

_RUN = compile_late(rf"[{HAN}a-z]+(?:['’][a-z]+)*")
_HAN_RUN = compile_late(f"[{HAN}]+")
_LETTERS = compile_late(r"[a-z]+(?:[ '’]+[a-z]+)*")
_FIELD = compile_late(rf"([A-Za-z]+|[{HAN}]{{2,4}})[:：](?=\S)")
_PIECE = compile_late(f"[{HAN}]|[a-z']+")

Slip = tuple[Found, str]
"""A string that may have been meant, and the kind of the slip."""


class Candidate(NamedTuple):
    """What may replace a part of the query, from ``start`` to ``end``; a low score is likely."""

    start: int
    end: int
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
            folded = fold(text)
            if folded in found:
                continue
            articles = self._count(text)
            if articles > MIN_TIMES_MORE * own:
                found[folded] = Suggestion(text, kind, articles)
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
            with contextlib.suppress(QueryError):
                yield quote(text), "quoted"
        yield from self._corrected(text)

    def _corrected(self, query: str) -> Iterator[tuple[str, str]]:
        """The query with its slips replaced."""
        folded = fold(query)
        if " " in folded and len(folded) <= MAX_LETTERS and _LETTERS.fullmatch(folded):
            # Blanks may separate syllables.
            for one in self._ranked(folded, 0, self._pinyin(folded)):
                yield one.text, one.kind
        runs = [run for run in _RUN.finditer(folded) if 1 < len(run[0]) <= _most(run[0])]
        if len(runs) > MAX_RUNS:
            return
        wrong = [run for run in runs if self._occurs(run[0]) <= self._rare]
        ranked = [found for run in wrong if (found := self._replacements(run[0], run.start()))]
        if not ranked:
            return
        # Where several runs are wrong, all but the first take their likeliest replacement.
        others = [found[0] for found in ranked[1:]]
        for one in ranked[0]:
            pieces: list[str] = []
            at = 0
            for start, end, text, *_ in (one, *others):
                pieces += query[at:start], text
                at = end
            yield "".join((*pieces, query[at:])), one.kind

    def _replacements(self, run: str, at: int) -> list[Candidate]:
        """What may be meant by a run that stands at a place of the query, the likeliest first."""
        near = [*self._slips(run)]
        is_han = _HAN_RUN.fullmatch(run)
        if is_han and len(run) <= MAX_NAME and all(one.cost >= slips.OTHER for one, _ in near):
            near += self._in_bodies(run)
        found = self._ranked(run, at, near)
        if found or not is_han or len(run) <= MAX_NAME:
            return found
        # In a longer run the slip is in one of its words.
        windows = [(at, at + size) for size in (4, 3) for at in range(len(run) - size + 1)]
        wrong = ((a, b) for a, b in windows if not self._occurs(run[a:b]))
        for start, end in islice(wrong, MAX_WINDOWS):
            part = run[start:end]
            found += self._ranked(part, at + start, self._wrong_characters(part))
        return sorted(found, key=lambda one: one.score)

    def _occurs(self, folded: str) -> int:
        return self._backend.count(LiteralClause(folded))

    def _ranked(self, typed: str, at: int, found: Iterable[Slip]) -> list[Candidate]:
        """What may replace a text that stands at a place of the query, the likeliest first."""
        best: dict[str, tuple[float, Found, str]] = {}
        for one, kind in found:
            score = _score(one, max(one.df, one.titles))
            if one.text != typed and (one.text not in best or score < best[one.text][0]):
                best[one.text] = score, one, kind
        likeliest = sorted(best.values(), key=lambda scored: scored[0])[:MAX_COUNTED]
        least = max(1, MIN_TIMES_MORE * self._occurs(typed))
        counted: list[Candidate] = []
        for _, one, kind in likeliest:
            articles = one.df if one.df > one.titles else self._occurs(one.text)
            if articles >= least:
                no_name = 0 if self._backend.synonyms(one.text) else NO_NAME
                score = _score(one, articles) + no_name
                counted.append(Candidate(at, at + len(typed), one.written, kind, score))
        return sorted(counted, key=lambda candidate: candidate.score)

    # Slips

    def _slips(self, run: str) -> Iterator[Slip]:
        """Terms and parts of titles that are a slip away from a run."""
        if not _HAN_RUN.fullmatch(run):
            yield from self._pinyin(run)
            if not run.isascii() or len(run) < MIN_LATIN:
                return
        size, find = len(run), self._strings.find
        exact = [*map(slips.exact, run)]
        yield from self._wrong_characters(run)
        for at in range(size - 1):
            swapped = [*exact[:at], exact[at + 1], exact[at], *exact[at + 2 :]]
            yield from _at_cost(find(swapped), slips.SWAPPED, "swapped")
        if size > 2:
            anything = slips.any_letter() if run.isascii() else slips.any_han()
            for at in range(1, size):
                longer = [*exact[:at], anything, *exact[at:]]
                yield from _at_cost(find(longer), slips.MISSING, "missing")
        if size > 3:
            # Without its first or last character a run is only shorter.
            for at in range(1, size - 1):
                yield from _at_cost(find(exact[:at] + exact[at + 1 :]), slips.EXTRA, "extra")

    def _wrong_characters(self, run: str) -> Iterator[Slip]:
        size = len(run)
        costs = [*map(slips.alike, run)]
        # All may be homophones, but of three no more than one may be changed otherwise.
        most = slips.LOOKALIKE if size == 2 else MAX_COST
        for one in self._strings.find(costs, most, max(1, size // 3)):
            # A string of other characters throughout is no slip unless it is a word.
            if one.df or (size > 2 and any(map(eq, one.text, run))):
                yield one, "character" if one.cost >= slips.LOOKALIKE else "sound"

    def _pinyin(self, letters: str) -> Iterator[Slip]:
        """What letters, or letters and characters, may stand for."""
        for way in _mixed_readings(letters):
            initials = sum(not piece.is_whole for piece in way)
            for one in self._strings.find([*map(slips.sounding, way)], slips.NEAR_SOUND, 2):
                if not initials or one.df or one.titles > 1:
                    yield one._replace(cost=one.cost + initials), "pinyin"

    def _in_bodies(self, run: str) -> Iterator[Slip]:
        """Strings that stand in bodies only: what may be one is looked up pair by pair."""
        statistics = self._backend.statistics(tuple)
        likely = [*self._of_pairs(run)]
        statistics.look_up(bigrams=[pair for one in likely for pair in one.pairs])
        texts: dict[str, tuple[int, str]] = {}
        for at in range(len(run) - 1):
            swapped = run[:at] + run[at + 1] + run[at] + run[at + 2 :]
            texts[swapped] = slips.SWAPPED, "swapped"
        for one in likely:
            # Some documents must have each pair that is not in the run.
            if all(statistics.bigram_df(pair) for pair in one.pairs):
                texts[one.text] = one.cost, one.kind
        cheapest = sorted(texts.items(), key=lambda item: item[1])[:MAX_COUNTED_IN_BODIES]
        for text, (cost, kind) in cheapest:
            if articles := self._occurs(text):
                yield Found(text, text, cost, articles, 0, False), kind

    def _of_pairs(self, run: str) -> Iterator[_Likely]:
        """Strings with one character of a run changed or one more, with the pairs around it."""
        size = len(run)
        for at in range(size if size > 2 else 0):
            costs = slips.alike(run[at])
            for code in ((costs > 0) & (costs < CHANGED + slips.OTHER)).nonzero()[0].tolist():
                text = run[:at] + chr(code) + run[at + 1 :]
                cost = int(costs[code])
                kind = "character" if cost > CHANGED else "sound"
                pairs = _pairs(text, max(0, at - 1), at + 1)
                yield _Likely(text, pairs, cost % CHANGED, kind)
        for at in range(1, size if size > 2 else 0):
            beside = self._strings.beside
            for char in {*beside(run[at - 1], after=True), *beside(run[at], after=False)}:
                text = run[:at] + char + run[at:]
                yield _Likely(text, _pairs(text, at - 1, at + 1), slips.MISSING, "missing")


class _Likely(NamedTuple):
    """What may have been meant if some documents have all of its ``pairs`` of characters."""

    text: str
    pairs: tuple[str, ...]
    cost: int
    kind: str


def _most(run: str) -> int:
    return MAX_LETTERS if run.isascii() else MAX_RUN


def _pairs(text: str, first: int, stop: int) -> tuple[str, ...]:
    """The pairs of characters that begin from first to stop - 1."""
    return tuple(text[at : at + 2] for at in range(first, min(stop, len(text) - 1)))


def _at_cost(found: Iterable[Found], cost: int, kind: str) -> Iterator[Slip]:
    return ((one._replace(cost=cost), kind) for one in found)


def _score(found: Found, articles: int) -> float:
    frequency = log(1 + articles + TITLE_WEIGHT * found.titles)
    prior = 0.0 if found.df else NO_TERM if found.is_whole else NO_TERM + INSIDE_A_WORD
    return found.cost + prior - FREQUENCY_WEIGHT * frequency


def _mixed_readings(text: str) -> list[tuple[Piece, ...]]:
    """The ways to read letters among Han characters; a character is a piece of its own."""
    text = text.replace("’", "'")
    if text.replace(" ", "").replace("'", "").isascii():
        return readings_of(text)
    ways: list[tuple[Piece, ...]] = [()]
    for part in _PIECE.findall(text):
        more = [(Piece(part, True),)] if _HAN_RUN.fullmatch(part) else readings_of(part, least=1)
        ways = [way + one for way in ways for one in more]
    return ways

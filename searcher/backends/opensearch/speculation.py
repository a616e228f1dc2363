"""What planning will ask for, guessed before it is planned, so that one request asks for all.

A wrong guess costs nothing but a request more: what was not asked for is asked when it is needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from searcher.query.clauses import Clause
from searcher.search.run_clauses import RunAnalysis, every_word
from searcher.search.sentence import MIN_SENTENCE
from searcher.text.runs import HAN

if TYPE_CHECKING:
    from searcher.text.analyser import Analyser

MAX_GUESSED = 40
"""Of more texts only those are looked up that the query has."""

MAX_PAIRS = 100
"""The maximum number of pairs of one text."""

_PAIR = re.compile(f"[{HAN}a-z0-9]{{2}}")


def likely_leaves(
    texts: Iterable[str],
    synonyms: Callable[[str], tuple[str, ...]],
    analyser: Callable[[], Analyser],
) -> list[Clause]:
    """Clauses that the plan of a query with these folded texts is likely to have."""
    found: list[Clause] = []
    guesses = [RunAnalysis(knows, synonyms, analyser) for knows in (_always, _never)]
    for text in list(texts)[:MAX_GUESSED]:
        for guess in guesses:
            run = guess.run(text, None) if text else None
            if run is not None:
                found += (run.whole, *run.units, *run.words, *run.optional)
        if text:
            found += every_word(analyser(), text, None)
    return found


def likely_bigrams(texts: Iterable[str]) -> list[str]:
    """The pairs of characters of the texts that are long enough to be part of a sentence."""
    return [
        text[at : at + 2]
        for text in list(texts)[:MAX_GUESSED]
        if len(text) >= MIN_SENTENCE
        for at in range(min(len(text) - 1, MAX_PAIRS))
        if _PAIR.fullmatch(text, at, at + 2)
    ]


def _always(_: str) -> bool:
    return True


def _never(_: str) -> bool:
    return False

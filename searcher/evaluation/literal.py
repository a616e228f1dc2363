"""Whether a quoted string finds exactly the articles that contain it, against a plain scan.

Strings of random length are cut from random places of random articles. A search for each one in
quotation marks must find the articles whose folded title or body contains the folded string, no
more and no fewer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from searcher import EvaluationError, fold, quote
from searcher.evaluation.searching import OnProgress, matching_ids, silent, temporary_index

if TYPE_CHECKING:
    from searcher import Article

LONGEST = 12


@dataclass(frozen=True, slots=True)
class Wrong:
    """A string with the articles (ids) that it failed to find, and those found without it."""

    text: str
    missed: frozenset[str]
    false: frozenset[str]


@dataclass(frozen=True, slots=True)
class LiteralFigures:
    """What came of it, over all pairs of a string and an article; ``wrong`` is empty at best."""

    articles: int
    strings: int
    contained: int
    wrong: tuple[Wrong, ...]

    @property
    def recall(self) -> float:
        """The part of the pairs that was found."""
        return self._found / self.contained

    @property
    def precision(self) -> float:
        """The part of what was found that is one of the pairs."""
        found = self._found + sum(len(wrong.false) for wrong in self.wrong)
        return self._found / found if found else 0.0

    @property
    def _found(self) -> int:
        return self.contained - sum(len(wrong.missed) for wrong in self.wrong)


def measure_literal(
    articles: Sequence[Article],
    *,
    samples: int = 2000,
    seed: int = 1,
    on_progress: OnProgress = silent,
) -> LiteralFigures:
    """Search for random strings, through an index as a user's is.

    Raises:
        EvaluationError: there is no text to take strings from.
    """
    texts = [(article.id, fold(article.title), fold(article.body)) for article in articles]
    strings = list(sample(articles, samples, seed))
    contained = 0
    wrong = []
    with temporary_index(articles, on_progress) as index:
        for done, string in enumerate(strings, 1):
            folded = fold(string)
            there = {id_ for id_, title, body in texts if folded in title or folded in body}
            found = matching_ids(index, quote(string))
            contained += len(there)
            if found != there:
                wrong.append(Wrong(string, frozenset(there - found), frozenset(found - there)))
            on_progress("searching", done, len(strings))
    return LiteralFigures(len(articles), len(strings), contained, tuple(wrong))


def sample(articles: Sequence[Article], samples: int, seed: int) -> Iterator[str]:
    """Random pieces of titles and bodies, 1 to 12 characters; none is white space alone.

    Raises:
        EvaluationError: there is nothing but white space.
    """
    texts = [text for a in articles if (text := f"{a.title}\n{a.body}").strip()]
    if not texts:
        raise EvaluationError("there is no text to take strings from; give a folder of articles")
    random = Random(seed)  # noqa: S311 - not for secrets
    while samples:
        text = random.choice(texts)
        start = random.randrange(len(text))
        # A line's end cannot be typed into a query.
        string = text[start : start + random.randint(1, LONGEST)].partition("\n")[0]
        if string.strip():
            yield string
            samples -= 1

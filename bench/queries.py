"""Seeded sets of queries, one for each row of the table.

Words come from two places, half and half: from what people really typed (kept if some article has
the word) and from the articles themselves. All of them are words of two or more Han characters
that the segmenter leaves whole, so that every engine looks for the same thing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from itertools import accumulate
from typing import Literal

from bench.engines import Query
from bench.vocabulary import Vocabulary
from bench.words import cut

_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_RARE = range(2, 11)  # articles that have a rare word
_COMMON = 300  # how many of the most frequent words are common
_TRIES = 50  # draws for each query wanted, before a row stays short


@dataclass(frozen=True)
class QuerySet:
    """The queries of one row; empty, with the reason, when the collection cannot have any."""

    name: str
    queries: tuple[Query, ...]
    measure: Literal["hits", "count"] = "hits"
    missing: str = ""


def make_queries(
    vocabulary: Vocabulary, typed: Sequence[str], *, seed: int, size: int
) -> list[QuerySet]:
    """Return the query sets of all rows, `size` queries each, the same for the same seed."""
    return list(_Maker(vocabulary, typed, seed, size).rows())


class _Maker:
    def __init__(self, vocabulary: Vocabulary, typed: Sequence[str], seed: int, size: int) -> None:
        self._vocabulary = vocabulary
        self._seed = seed
        self._size = size
        self._frequency = {
            word: count for word, count in sorted(vocabulary.frequency.items()) if _whole(word)
        }
        self._words = list(self._frequency)
        self._weights = list(accumulate(self._frequency.values()))
        self._by_frequency = sorted(self._words, key=lambda word: -self._frequency[word])
        self._typed = [words for text in typed if (words := self._known(text))]

    def rows(self) -> Iterator[QuerySet]:
        yield self._row("one word, rare", self._rare)
        yield self._row("one word, common", self._common)
        for count in (2, 3, 4):
            yield self._row(f"and, {count} words", self._and, count)
        for count in (2, 3, 4):
            yield self._row(f"or, {count} words", self._or, count)
        for length in (2, 4, 8):
            yield self._row(f"literal, {length} characters", self._literal, length)
        yield self._row("prefix", self._prefix)
        yield self._dated()
        yield self._in_category()
        yield self._row("newest first", self._newest)
        row = self._row("total only", self._total)
        yield replace(row, measure="count")
        yield self._row("page 10", self._page)

    def _row(self, name: str, draw: Callable[..., Query | None], *arguments: int) -> QuerySet:
        # One generator a row, so that a row has the same queries whatever else is measured.
        rng = random.Random(f"{self._seed} {name}")
        queries: dict[Query, None] = {}
        for _ in range(self._size * _TRIES):
            if len(queries) == self._size:
                break
            query = draw(rng, *arguments)
            if query is not None:
                queries[query] = None
        missing = "" if queries else "no such query in these articles"
        return QuerySet(name, tuple(queries), missing=missing)

    def _known(self, text: str) -> list[str]:
        """Return the distinct words of a typed query that some article has."""
        return list(dict.fromkeys(word for word in cut(text) if word in self._frequency))

    def _any_word(self, rng: random.Random) -> str | None:
        """Draw a word as often as it occurs."""
        return rng.choices(self._words, cum_weights=self._weights)[0] if self._words else None

    def _one(self, rng: random.Random) -> str | None:
        """Draw a word from the typed queries or from the articles."""
        if self._typed and rng.random() < 0.5:
            return rng.choice(rng.choice(self._typed))
        return self._any_word(rng)

    def _rare(self, rng: random.Random) -> Query | None:
        if self._typed and rng.random() < 0.5:
            word = rng.choice(rng.choice(self._typed))
        else:
            word = rng.choice(self._words) if self._words else ""
        return Query("all", word) if self._frequency.get(word) in _RARE else None

    def _common(self, rng: random.Random) -> Query | None:
        words = self._by_frequency[:_COMMON]
        return Query("all", rng.choice(words)) if words else None

    def _together(self, rng: random.Random, count: int) -> list[str] | None:
        """Draw words of one typed query, or words of one article."""
        if self._typed and rng.random() < 0.5:
            words = rng.choice(self._typed)
        else:
            article = rng.choice(self._vocabulary.sample)
            words = self._known(f"{article.title}\n{article.body}")
        if len(words) < count:
            return None
        # Often used words more often: the largest of random numbers raised to 1/weight.
        return nlargest(count, words, key=lambda word: rng.random() ** (1 / self._frequency[word]))

    def _and(self, rng: random.Random, count: int) -> Query | None:
        words = self._together(rng, count)
        return Query("all", " ".join(words)) if words else None

    def _or(self, rng: random.Random, count: int) -> Query | None:
        if rng.random() < 0.5:
            words = self._together(rng, count)
        else:
            words = [word for _ in range(count) if (word := self._any_word(rng))]
        if not words or len(set(words)) < count:
            return None
        return Query("any", " ".join(words))

    def _literal(self, rng: random.Random, length: int) -> Query | None:
        article = rng.choice(self._vocabulary.sample)
        runs = [run for run in _HAN.findall(article.body) if len(run) >= length]
        if not runs:
            return None
        run = rng.choice(runs)
        start = rng.randrange(len(run) - length + 1)
        return Query("literal", run[start : start + length])

    def _prefix(self, rng: random.Random) -> Query | None:
        word = self._one(rng)
        return Query("prefix", word[:2]) if word else None

    def _dated(self) -> QuerySet:
        name = "a word in a date range"
        days = self._vocabulary.dates()
        if len(days) < 2:
            return QuerySet(name, (), missing="no dates in these articles")

        def draw(rng: random.Random) -> Query | None:
            # From a tenth to half of the dated articles.
            span = rng.randrange(len(days) // 10 or 1, len(days) // 2 + 1)
            first = rng.randrange(len(days) - span)
            if (word := self._one(rng)) is None:
                return None
            return Query("all", word, since=days[first], until=days[first + span])

        return self._row(name, draw)

    def _in_category(self) -> QuerySet:
        name = "a word in a category"
        categories = sorted(self._vocabulary.categories)
        if not categories:
            return QuerySet(name, (), missing="no categories in these articles")

        def draw(rng: random.Random) -> Query | None:
            if (word := self._one(rng)) is None:
                return None
            return Query("all", word, category=rng.choice(categories))

        return self._row(name, draw)

    def _newest(self, rng: random.Random) -> Query | None:
        word = self._one(rng)
        return Query("all", word, newest=True) if word else None

    def _total(self, rng: random.Random) -> Query | None:
        if rng.random() < 0.5:
            return self._and(rng, 2)
        word = self._one(rng)
        return Query("all", word) if word else None

    def _page(self, rng: random.Random) -> Query | None:
        """Draw a common word, which has a page ten, or two words of which either will do."""
        words = rng.sample(self._by_frequency[:_COMMON], 2) if len(self._words) > 1 else []
        if not words:
            return None
        if rng.random() < 0.5:
            return Query("all", words[0], offset=90)
        return Query("any", " ".join(words), offset=90)


def _whole(word: str) -> bool:
    return bool(_HAN.fullmatch(word)) and cut(word) == [word]

"""Near-duplicates: groups of articles that are the same but for a few words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.explore.minhash import BANDS, band_keys
from searcher.explore.occurrences import batches, stored_articles
from searcher.explore.shingles import jaccard, shingles_of
from searcher.search.texts import Texts
from searcher.text.folding import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import DocRef, Matches, ReadBackend
    from searcher.explore.occurrences import StoredArticle

MIN_SIMILARITY = 0.8
"""The Jaccard index of their word 5-grams from which on two articles are near-duplicates."""

MAX_LEADERS = 20
"""The maximum number of articles with one key that are compared pair by pair."""

MAX_KEPT = 8192
"""The maximum number of articles whose shingles are kept for comparison."""

MAX_SENTENCES, MAX_SENTENCE = 3, 120
"""The maximum number of differing sentences shown, and of characters of each."""

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")


class Duplicate(NamedTuple):
    """An article of a group.

    Attributes:
        id: of the article.
        path: of the article.
        title: of the article.
        date: of the article.
        source: of the article.
        similarity: with the first of the group: the share of common word 5-grams, 1.0 for the same.
        only_here: the first sentences that the first of the group does not have.
        only_first: the first sentences that it lacks of those of the first of the group.
    """

    id: str
    path: str
    title: str
    date: datetime | None
    source: str
    similarity: float
    only_here: tuple[str, ...]
    only_first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The near-duplicates among the matches of a query.

    Attributes:
        query: what was searched for.
        total: the number of articles that match.
        groups: each with its articles, the earliest first; the largest group first.
        notes: what is to be said about the query.
    """

    query: str
    total: int
    groups: tuple[tuple[Duplicate, ...], ...]
    notes: tuple[str, ...] = ()


def find_duplicates(backend: ReadBackend, query: str, matches: Matches) -> Duplicates:
    """Find the groups of near-duplicates among the matches of a query.

    Candidates are found by MinHash and compared exactly. Articles are in one group where a chain of
    near-duplicates leads from one to the other.
    """
    refs = [*matches.refs()]
    shingles = _Shingles(backend, refs)
    groups = [
        _described(backend, [refs[number] for number in group])
        for group in group_numbers(shingles.keys(), shingles)
    ]
    groups.sort(key=lambda group: (-len(group), group[0].id))
    return Duplicates(query, len(refs), tuple(groups), matches.notes)


def distinct(backend: ReadBackend, refs: Sequence[DocRef]) -> dict[DocRef, int]:
    """The first of each group of near-duplicates, in order, and how many others the group has."""
    shingles = _Shingles(backend, refs)
    kept = dict.fromkeys(range(len(refs)), 0)
    for first, *others in group_numbers(shingles.keys(), shingles):
        kept[first] = len(others)
        for number in others:
            del kept[number]
    return {refs[number]: others for number, others in kept.items()}


def near_duplicates(
    backend: ReadBackend, ref: DocRef, candidates: Sequence[DocRef]
) -> tuple[Duplicate, ...]:
    """Those of some documents that are near-duplicates of one, and it, the earliest first.

    Empty where none is.
    """
    own, *others = _each_shingles(backend, [ref, *candidates])
    group = [
        candidate
        for candidate, other in zip(candidates, others, strict=True)
        if jaccard(own, other) >= MIN_SIMILARITY
    ]
    return _described(backend, [ref, *group]) if group else ()


class _Shingles:
    """The shingles of some articles, by their places; they are read from the index when needed."""

    def __init__(self, backend: ReadBackend, refs: Sequence[DocRef]) -> None:
        self._backend = backend
        self._refs = refs
        self.of = lru_cache(MAX_KEPT)(self._read)

    def keys(self) -> NDArray[np.uint64]:
        """The keys of all articles, uint64 (articles, BANDS)."""
        keys = [np.zeros((0, BANDS), np.uint64)]
        for batch in batches(self._refs):
            documents = self._backend.fetch(batch)
            texts = Texts([document[:2] for document in documents], self._backend.folding)
            keys.append(band_keys(shingles_of(texts)))
        return np.concatenate(keys)

    def similarity(self, one: int, other: int) -> float:
        """The Jaccard index of two articles."""
        return jaccard(self.of(one), self.of(other))

    def _read(self, number: int) -> NDArray[np.uint64]:
        (document,) = self._backend.fetch([self._refs[number]])
        return shingles_of(Texts([document[:2]], self._backend.folding))[0]


def group_numbers(keys: NDArray[np.uint64], shingles: _Shingles) -> list[list[int]]:
    """The groups of near-duplicates as numbers of articles, ascending, each of two or more."""
    parents = list(range(len(keys)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for band in range(keys.shape[1]):
        for bucket in _buckets(keys[:, band]):
            # With many articles of one key, to compare each with each would take too long: of
            # those that are like the first, no pair need be looked at.
            rest = bucket
            for _ in range(MAX_LEADERS):
                leader, *others = rest
                rest = []
                for number in others:
                    if root(number) == root(leader):
                        continue
                    if shingles.similarity(leader, number) >= MIN_SIMILARITY:
                        parents[root(number)] = root(leader)
                    else:
                        rest.append(number)
                if len(rest) < 2:
                    break
    groups: dict[int, list[int]] = {}
    for number in range(len(keys)):
        groups.setdefault(root(number), []).append(number)
    return [group for group in groups.values() if len(group) > 1]


def _buckets(keys: NDArray[np.uint64]) -> Iterator[list[int]]:
    """The numbers of the articles that share a key, for each key of two or more."""
    order = keys.argsort(kind="stable")
    ordered = keys[order]
    stops = (ordered[1:] != ordered[:-1]).nonzero()[0] + 1
    for start, stop in zip([0, *stops.tolist()], [*stops.tolist(), len(keys)], strict=True):
        # Texts without words have the key 0.
        if stop - start > 1 and ordered[start]:
            yield order[start:stop].tolist()


def _described(backend: ReadBackend, refs: Sequence[DocRef]) -> tuple[Duplicate, ...]:
    """The articles of a group, the earliest first, undated ones last."""
    articles = sorted(stored_articles(backend, refs), key=_by_date)
    read = zip(stored_articles(backend, refs), _each_shingles(backend, refs), strict=True)
    shingles = {article.id: own for article, own in read}
    first = articles[0]
    sentences = _sentences(first)
    described = []
    for article in articles:
        own = _sentences(article)
        described.append(
            Duplicate(
                article.id, article.path, article.title, article.date, article.source,
                jaccard(shingles[first.id], shingles[article.id]),
                _difference(own, sentences), _difference(sentences, own),
            )
        )  # fmt: skip
    return tuple(described)


def _each_shingles(backend: ReadBackend, refs: Sequence[DocRef]) -> Iterator[NDArray[np.uint64]]:
    for batch in batches(refs):
        documents = backend.fetch(batch)
        yield from shingles_of(Texts([document[:2] for document in documents], backend.folding))


def _by_date(article: StoredArticle) -> tuple[float, str]:
    return (article.date.timestamp() if article.date else float("inf"), article.id)


def _sentences(article: StoredArticle) -> dict[str, str]:
    """The sentences of an article as written, by their folded forms."""
    found = _SENTENCE.findall(f"{article.title}\n{article.body}")
    return {fold(sentence.strip()): sentence.strip() for sentence in found if sentence.strip()}


def _difference(one: dict[str, str], other: dict[str, str]) -> tuple[str, ...]:
    missing = [written for folded, written in one.items() if folded not in other]
    return tuple(sentence[:MAX_SENTENCE] for sentence in missing[:MAX_SENTENCES])

"""People, places and organisations of the matches, all names of each counted together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from searcher.errors import QueryError
from searcher.explore.name_groups import KINDS, NameGroup, NameKind, name_groups
from searcher.query.clauses import LiteralClause
from searcher.text.runs import HAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import Matches, ReadBackend
    from searcher.explore.matches import SegmentMatches
    from searcher.search.match import SegmentMatcher

_ONE_TOKEN = re.compile(f"[{HAN}]+|[a-z0-9]+")
_LATIN_WORD = re.compile("(?<![^ ·])[a-z]{2,}(?![^ ·])")
"""A word of a name of several that is a token wherever the name stands."""

MAX_TOGETHER = 100
"""The number of most frequent names of which pairs are counted."""


class Name(NamedTuple):
    """A person, place or organisation.

    Attributes:
        name: the first of its names in the lexicon.
        kind: "people", "places" or "organisations".
        articles: how many matches have one of its names.
        aliases: its other names.
    """

    name: str
    kind: NameKind
    articles: int
    aliases: tuple[str, ...]


class NamePair(NamedTuple):
    """Two names and how many matches have both."""

    first: str
    second: str
    articles: int


@dataclass(frozen=True, slots=True)
class Names:
    """The names in the matches of a query.

    Attributes:
        query: what was searched for.
        total: the number of articles that match.
        names: most frequent first.
        together: the pairs that most matches have, where they were asked for.
        notes: what is to be said about the query.
    """

    query: str
    total: int
    names: tuple[Name, ...]
    together: tuple[NamePair, ...] = ()
    notes: tuple[str, ...] = ()


class SegmentNames(NamedTuple):
    """The postings of names in a segment.

    Attributes:
        numbers: of the groups that it has, ascending.
        docs: the documents of the groups, one group after another.
        ends: where the documents of each group end.
    """

    numbers: NDArray[np.intp]
    docs: NDArray[np.uint16]
    ends: NDArray[np.int64]

    def counts(self, present: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of the documents in ``present`` have each group."""
        running = np.concatenate(([0], np.cumsum(present[self.docs], dtype=np.int64)))
        return np.diff(running[self.ends], prepend=0)

    def docs_of(self, number: int) -> NDArray[np.uint16]:
        """The documents of a group."""
        place = int(self.numbers.searchsorted(number))
        if place == len(self.numbers) or self.numbers[place] != number:
            return self.docs[:0]
        start = int(self.ends[place - 1]) if place else 0
        return self.docs[start : int(self.ends[place])]


class NameIndex:
    """The names of the lexicon in the documents of an index, found when first asked for.

    An article has a name as a word, as a part of one, or, where the name has several words, as a
    string.
    """

    def __init__(self, backend: ReadBackend) -> None:
        self.groups: list[NameGroup] = name_groups(backend)
        self.group_of = {name: group for group in self.groups for name in group.terms}
        self._segments: dict[int, SegmentNames] = {}

    def kind_of(self, term: str) -> NameKind | Literal["word"]:
        """The kind of the name with this term; "word" where it is none."""
        group = self.group_of.get(term)
        return group.kind if group else "word"

    def counts(self, matches: Matches) -> NDArray[np.int64]:
        """How many matches have each group, int64 (groups,)."""
        total = np.zeros(len(self.groups), np.int64)
        for part in matches.parts:
            names = self.segment_names(part)
            total[names.numbers] += names.counts(part.present())
        return total

    def count_kind(self, matches: Matches, kind: str) -> tuple[Counter[str], int]:
        """How many matches have each name of a kind, and how many have none."""
        wanted = np.array([group.kind == kind for group in self.groups], bool)
        counts: Counter[str] = Counter()
        without = 0
        for number, articles in enumerate(self.counts(matches).tolist()):
            if articles and wanted[number]:
                counts[self.groups[number].name] = articles
        for part in matches.parts:
            names = self.segment_names(part)
            left = part.present()
            sizes = np.diff(names.ends, prepend=0)
            left[names.docs[wanted[names.numbers].repeat(sizes)]] = False
            without += int(left.sum())
        return counts, without

    def segment_names(self, part: SegmentMatches) -> SegmentNames:
        """The names in the segment of some matches."""
        names = self._segments.get(part.base)
        if names is None:
            names = self._segments[part.base] = _find_names(part.matcher, self.groups)
        return names


def check_kinds(kinds: Sequence[str]) -> None:
    """Raise QueryError for a kind of names that there is not."""
    for kind in kinds:
        if kind not in KINDS:
            raise QueryError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")


def find_names(
    index: NameIndex,
    query: str,
    matches: Matches,
    kinds: Sequence[str],
    top: int | None,
    together: bool,
) -> Names:
    """Count the names of some kinds in the matches of a query.

    Args:
        index: of the names.
        query: what was searched for.
        matches: what it found.
        kinds: those of KINDS that are wanted.
        top: the maximum number of names of each kind, and of pairs; None keeps all.
        together: whether to count pairs, too.
    """
    counts = index.counts(matches)
    found = [
        number for number in counts.nonzero()[0].tolist() if index.groups[number].kind in kinds
    ]
    found.sort(key=lambda number: (-int(counts[number]), index.groups[number].name))
    kept: list[int] = []
    for kind in KINDS:
        kept += [number for number in found if index.groups[number].kind == kind][:top]
    place_of = {number: place for place, number in enumerate(found)}
    kept.sort(key=place_of.__getitem__)
    names = tuple(_name(index.groups[number], int(counts[number])) for number in kept)
    pairs: tuple[NamePair, ...] = ()
    if together:
        pairs = tuple(_pairs(index, matches, found[:MAX_TOGETHER])[:top])
    return Names(query, len(matches), names, pairs, matches.notes)


def _name(group: NameGroup, articles: int) -> Name:
    return Name(group.name, group.kind, articles, group.names[1:])


def _pairs(index: NameIndex, matches: Matches, numbers: Sequence[int]) -> list[NamePair]:
    """The pairs of some groups that any match has, most frequent first."""
    both = np.zeros((len(numbers), len(numbers)), np.float32)
    for part in matches.parts:
        names = index.segment_names(part)
        has = np.zeros((len(numbers), part.matcher.size), np.float32)
        for row, number in enumerate(numbers):
            has[row, names.docs_of(number)] = 1
        has = has.take(part.docs, axis=1)
        both += has @ has.T
    rows, columns = np.triu(both, 1).nonzero()
    pairs = [
        NamePair(index.groups[numbers[row]].name, index.groups[numbers[column]].name, count)
        for row, column, count in zip(
            rows.tolist(), columns.tolist(), both[rows, columns].astype(int).tolist(), strict=True
        )
    ]
    return sorted(pairs, key=lambda pair: (-pair.articles, pair.first, pair.second))


def _find_names(matcher: SegmentMatcher, groups: Sequence[NameGroup]) -> SegmentNames:
    numbers: list[int] = []
    docs: list[NDArray[np.uint16]] = []
    for number, own in _docs_of_groups(matcher, groups):
        numbers.append(number)
        docs.append(own)
    joined = np.concatenate(docs) if docs else np.zeros(0, np.uint16)
    ends = np.cumsum([len(own) for own in docs], dtype=np.int64)
    return SegmentNames(np.array(numbers, np.intp), joined, ends)


def _docs_of_groups(
    matcher: SegmentMatcher, groups: Sequence[NameGroup]
) -> Iterator[tuple[int, NDArray[np.uint16]]]:
    for number, group in enumerate(groups):
        found = [_docs_of(matcher, term) for term in group.terms]
        filled = [own for own in found if len(own)]
        if len(filled) == 1:
            yield number, filled[0]
        elif filled:
            yield number, np.unique(np.concatenate(filled))


def _docs_of(matcher: SegmentMatcher, name: str) -> NDArray[np.uint16]:
    """The documents with a name: a term, or a string of several words."""
    postings = matcher.postings.postings(name, None)
    if postings is not None:
        return postings[0]
    if _ONE_TOKEN.fullmatch(name):
        return np.zeros(0, np.uint16)
    # To look for a string in texts takes long, so it is looked for only where its words are.
    docs = np.arange(matcher.size)
    for word in _LATIN_WORD.findall(name):
        docs = docs[matcher.postings.freqs(word, None, docs) != 0]
    clause = LiteralClause(name, at_boundaries=True)
    return matcher.literals.docs_among(clause, docs).astype(np.uint16)

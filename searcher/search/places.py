"""Where the words of a query stand in texts, and how near to each other.

A *form* is a folded string with how it must stand: as a word or part of one, between word
boundaries, at the beginning of a word, or anywhere. Forms of one *group* are names of one thing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.search import plan as p
from searcher.search.evaluate import split_units
from searcher.search.reading import Texts
from searcher.search.score import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_DOUBTFUL = 100

WORD, WHOLE, START, ANYWHERE = "word", "whole", "start", "anywhere"

_ENDING = re.compile(r"[。!?;…\n]|\. ")


class Form(NamedTuple):
    """A string to look for: its UTF-16 units, how it must stand, where, and what it is part of."""

    units: str
    stand: str
    title_only: bool
    group: int
    weight: float


def forms_of(weights: Weights, *, unmarked: bool = False) -> list[Form]:
    """What to look for when showing where a plan matched; groups are numbers of leaves.

    ``unmarked``: also what only adds to the score.
    """
    forms: dict[str, Form] = {}
    for group, (leaf, weight) in enumerate(zip(weights.leaves, weights.values, strict=True)):
        if isinstance(leaf, p.Term):
            if not (leaf.marked or unmarked):
                continue
            stand, names = WORD, (leaf.term, *leaf.aliases)
        elif isinstance(leaf, p.String):
            stand = WHOLE if leaf.whole else ANYWHERE
            names = (leaf.text, *leaf.aliases)
        elif isinstance(leaf, p.Prefix):
            stand, names = START, (leaf.text,)
        else:
            continue
        title_only = leaf.field == "title"
        for place, name in enumerate(names):
            units = split_units(name)
            how = WORD if place and stand is ANYWHERE else stand
            if units not in forms:
                forms[units] = Form(units, how, title_only, group, weight)
    return list(forms.values())


class Places(NamedTuple):
    """Places of forms: where they start and end, and which form stands there, arrays (n,)."""

    starts: NDArray[np.intp]
    stops: NDArray[np.intp]
    forms: NDArray[np.intp]

    def only(self, which: NDArray[np.bool_]) -> Places:
        """Some of them."""
        return Places(self.starts[which], self.stops[which], self.forms[which])

    def by_start(self) -> tuple[list[int], list[int]]:
        """The starts and ends, by start."""
        order = self.starts.argsort(kind="stable")
        return self.starts[order].tolist(), self.stops[order].tolist()


class Place(NamedTuple):
    """One place: where it starts and ends, of which group, and as what."""

    start: int
    stop: int
    group: int
    kind: str


class Marker:
    """Looks for forms in texts.

    ``parts`` gives the parts of a word: (start, end) in it; ``most``: so many places of a form
    inside longer words are judged in a text.
    """

    def __init__(
        self,
        forms: Sequence[Form],
        parts: Callable[[str], Iterable[tuple[int, int]]],
        most: int = MOST_DOUBTFUL,
    ) -> None:
        self.forms = forms
        self.most = most
        self._parts = parts
        self._known_parts: dict[str, frozenset[tuple[int, int]]] = {}
        weights: dict[int, float] = {}
        for form in forms:
            weights[form.group] = max(weights.get(form.group, 0.0), form.weight)
        self.groups = list(weights)
        """The groups that have forms: numbers of leaves."""
        self.weights = np.array([*weights.values()])[:, None]
        """The weight of each group, float64 (groups, 1)."""
        self.weight = sum(weights.values())
        """The weight of all groups."""
        stands = [form.stand for form in forms]
        self._sizes = np.array([len(form.units) for form in forms], np.intp)
        self.rows = np.array([self.groups.index(form.group) for form in forms], np.intp)
        """The row of each form's group among the groups."""
        self._free_starts = np.array([stand is ANYWHERE for stand in stands], bool)
        self._free_ends = np.array([stand in (ANYWHERE, START) for stand in stands], bool)
        self._any_free = bool(self._free_ends.any())
        self._is_word = np.array([stand is WORD for stand in stands], bool)
        self._any_runs = any(form.stand is WORD and _is_run(form.units) for form in forms)
        self._any_titles = any(form.title_only for form in forms)
        self._any_endings = any(_ENDING.search(form.units) for form in forms)

    def read(self, texts: Texts) -> Reading:
        """Find all places of the forms in texts."""
        found = [texts.find(form.units) for form in self.forms]
        starts = np.concatenate([*found, _NOWHERE])
        forms = np.repeat(np.arange(len(found)), [len(places) for places in found])
        stops = starts + self._sizes.take(forms)
        stands = texts.are_boundaries(starts)
        if self._any_free:
            stands |= self._free_starts.take(forms)
            stands &= texts.are_boundaries(stops) | self._free_ends.take(forms)
        else:
            stands &= texts.are_boundaries(stops)
        places = Places(starts, stops, forms)
        sure = places.only(stands)
        doubtful = places.only(~stands & self._is_word.take(forms))
        if self._any_runs:
            sure = self._with_runs(texts, sure)
        if self._any_titles:
            sure, doubtful = self._in_titles(texts, sure), self._in_titles(texts, doubtful)
        if len(doubtful.starts):
            sure, doubtful = self._judged(texts, sure, doubtful)
        sentences = texts.sentence_ends()
        if self._any_endings:
            sentences = _joined_sentences(sentences, sure)
        return Reading(self, texts, sure, doubtful, sentences)

    def is_part(self, texts: Texts, start: int, stop: int) -> bool:
        """Whether a place inside a longer word is a part of it."""
        first, last = texts.word_around(start, stop)
        if last - first <= stop - start:
            return False
        word = texts.string[first:last]
        parts = self._known_parts.get(word)
        if parts is None:
            parts = self._known_parts[word] = frozenset(self._parts(word))
        return (start - first, stop - first) in parts

    def _judged(self, texts: Texts, sure: Places, doubtful: Places) -> tuple[Places, Places]:
        """Judge places inside longer words where a text has the thing nowhere by itself."""
        alone = np.ones((len(self.groups), len(texts)), bool)
        alone[self.rows.take(sure.forms), texts.owners(sure.starts)] = False
        owners = texts.owners(doubtful.starts)
        now = alone[self.rows.take(doubtful.forms), owners]
        if not now.any():
            return sure, doubtful
        later, doubtful, owners = doubtful.only(~now), doubtful.only(now), owners[now]
        if len(owners) > self.most:
            # They come form by form and text by text.
            keys = doubtful.forms * len(texts) + owners
            few = np.arange(len(keys)) - keys.searchsorted(keys) < self.most
            doubtful = doubtful.only(few)
        spans = zip(doubtful.starts.tolist(), doubtful.stops.tolist(), strict=True)
        parts = doubtful.only(np.array([self.is_part(texts, *span) for span in spans], bool))
        joined = [np.concatenate(arrays) for arrays in zip(sure, parts, strict=True)]
        return Places(*joined), later

    def _with_runs(self, texts: Texts, sure: Places) -> Places:
        """The places, and those of runs that are written otherwise than their terms (F-35)."""
        spans = [
            (*match.span(), number)
            for number, form in enumerate(self.forms)
            if form.stand is WORD and _is_run(form.units)
            for match in _joined(form.units).finditer(texts.string)
            if len(match[0]) > len(form.units)
        ]
        if not spans:
            return sure
        runs = Places(*np.array(spans, np.intp).T)
        runs = runs.only(texts.are_boundaries(runs.starts) & texts.are_boundaries(runs.stops))
        return Places(*(np.concatenate(arrays) for arrays in zip(sure, runs, strict=True)))

    def _in_titles(self, texts: Texts, places: Places) -> Places:
        """The places without those of forms that only titles count for, outside of titles."""
        title_only = np.array([form.title_only for form in self.forms], bool).take(places.forms)
        titles = np.array(texts.titles).take(texts.owners(places.starts))
        return places.only(~title_only | (places.starts < titles))


class Reading:
    """Texts with all places of a query in them.

    ``ends`` are the ends of sentences; ``said`` says which group (row) stands in which sentence
    (column), bool.
    """

    def __init__(
        self,
        marker: Marker,
        texts: Texts,
        sure: Places,
        doubtful: Places,
        ends: NDArray[np.intp],
    ) -> None:
        self._marker = marker
        self.texts = texts
        self._sure = sure
        self._doubtful = doubtful
        self.ends = ends
        self.said = np.zeros((len(marker.groups), len(ends)), bool)
        self.said[marker.rows.take(sure.forms), ends.searchsorted(sure.starts)] = True
        self.weights = self.weigh(self.said)
        """What each sentence says of the query: the weights of its groups, added up."""

    def weigh(self, said: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The weights of groups (rows) added up, for each column."""
        # Row by row: other ways of adding depend on how many columns there are.
        total: NDArray[np.float64] = (said * self._marker.weights).sum(axis=0)
        return total

    @property
    def most(self) -> float:
        """The weight of a sentence that says everything."""
        return self._marker.weight

    def nearness(self) -> NDArray[np.float64]:
        """What the best sentence of each text says of the query."""
        first = self.ends.searchsorted(self.texts.bases[:-1])
        best: NDArray[np.float64] = np.maximum.reduceat(self.weights, first)
        return best

    @cached_property
    def spans(self) -> tuple[list[int], list[int]]:
        """The starts and ends of all sure places, by start."""
        return self._sure.by_start()

    @cached_property
    def _later(self) -> tuple[list[int], list[int]]:
        """The starts and ends of the doubtful places, by start."""
        return self._doubtful.by_start()

    def parts_between(self, start: int, stop: int) -> list[tuple[int, int]]:
        """The spans between two places that are parts of words and were not judged before."""
        starts, stops = self._later
        first = bisect_left(starts, start)
        if first == len(starts) or starts[first] >= stop:
            return []
        last = min(bisect_left(starts, stop, first), first + self._marker.most)
        judge = self._marker.is_part
        return [
            span
            for span in zip(starts[first:last], stops[first:last], strict=True)
            if span[1] <= stop and judge(self.texts, *span)
        ]

    def places(self) -> list[Place]:
        """The sure places in order."""
        starts, stops, numbers = self._sure
        forms = [self._marker.forms[number] for number in numbers.tolist()]
        whole = self.texts.are_boundaries(starts) & self.texts.are_boundaries(stops)
        kinds = [
            _KINDS.get(form.stand, "word" if is_whole else "part")
            for form, is_whole in zip(forms, whole.tolist(), strict=True)
        ]
        groups = [form.group for form in forms]
        return sorted(map(Place, starts.tolist(), stops.tolist(), groups, kinds))


def _is_run(units: str) -> bool:
    return len(units) > 1 and units.isalnum() and units.isascii()


@lru_cache(maxsize=1024)
def _joined(term: str) -> re.Pattern[str]:
    return re.compile("[-'’&_,]?".join(map(re.escape, term)))


def _joined_sentences(ends: NDArray[np.intp], places: Places) -> NDArray[np.intp]:
    """Where a quoted string reaches over the end of a sentence, the two sentences are one."""
    keep = np.ones(len(ends), bool)
    first, last = ends.searchsorted(places.starts), ends.searchsorted(places.stops - 1)
    for place in np.flatnonzero(first < last).tolist():
        keep[first[place] : last[place]] = False
    return ends[keep]


_NOWHERE = np.zeros(0, np.intp)
_KINDS = {ANYWHERE: "literal", START: "prefix"}

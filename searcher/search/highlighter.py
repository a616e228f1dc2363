"""Where the words of a query stand in texts, and how near to each other.

A *form* is a folded string with how it must stand: as a word or part of one, between word
boundaries, at the beginning of a word, or anywhere. Forms of one *group* are names of one thing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.search import plan as p
from searcher.search.score import Weights
from searcher.search.texts import Texts, split_units

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


def patterns_of(weights: Weights, *, unmarked: bool = False) -> list[Form]:
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


class Place(NamedTuple):
    """One place: where it starts and ends, of which group, and as what."""

    start: int
    stop: int
    group: int
    kind: str


class Highlighter:
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
        self.everything = (1 << len(weights)) - 1
        """What a sentence says that has all groups: a bit for each."""
        self._bits = [1 << self.groups.index(form.group) for form in forms]
        self._weights = [(1 << row, weight) for row, weight in enumerate(weights.values())]
        self._weighed: dict[int, float] = {}
        self.weight = self.weigh(self.everything)
        """The weight of all groups."""
        stands = [form.stand for form in forms]
        self._sizes = np.array([len(form.units) for form in forms], np.intp)
        self._free_starts = np.array([stand is ANYWHERE for stand in stands], bool)
        self._free_ends = np.array([stand in (ANYWHERE, START) for stand in stands], bool)
        self._any_free = ANYWHERE in stands or START in stands
        self._are_words = [stand is WORD for stand in stands]
        self._any_runs = any(form.stand is WORD and _is_run(form.units) for form in forms)
        self._any_titles = any(form.title_only for form in forms)
        self._any_endings = any(_ENDING.search(form.units) for form in forms)

    def weigh(self, said: int) -> float:
        """The weight of what is said: of the groups with these bits."""
        total = self._weighed.get(said)
        if total is None:
            total = sum([weight for bit, weight in self._weights if said & bit])
            self._weighed[said] = total
        return total

    def read(self, texts: Texts) -> Reading:
        """Find all places of the forms in texts."""
        starts, stops, forms = self._places(texts)
        sound = self._are_sound(texts, starts, stops, forms)
        later: list[tuple[int, int]] = []
        if not np.logical_and.reduce(sound):
            later = self._judge(texts, starts, stops, forms, sound)
            starts, stops, forms = starts[sound], stops[sound], forms[sound]
        ends = texts.sentence_ends()
        if self._any_endings:
            ends = _joined_sentences(ends, starts, stops)
        said: dict[int, int] = {}
        # One thing alone is as near to itself everywhere.
        if self.everything > 1:
            sentences = ends.searchsorted(starts).tolist()
            for sentence, form in zip(sentences, forms.tolist(), strict=True):
                said[sentence] = said.get(sentence, 0) | self._bits[form]
        spans = list(zip(starts.tolist(), stops.tolist(), strict=True))
        return Reading(self, texts, ends.tolist(), said, spans, forms, later)

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

    def _places(self, texts: Texts) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Starts, stops and numbers of forms wherever their units stand, by start."""
        found = [texts.find(form.units) for form in self.forms]
        starts = np.concatenate([*found, _NOWHERE])
        forms = np.arange(len(found)).repeat([len(places) for places in found])
        stops = starts + self._sizes.take(forms)
        if self._any_runs:
            places = zip((starts, stops, forms), self._runs(texts), strict=True)
            starts, stops, forms = map(np.concatenate, places)
        if self._any_titles:
            title_only = np.array([form.title_only for form in self.forms], bool).take(forms)
            titles = np.array(texts.titles).take(texts.owners(starts))
            keep = ~title_only | (starts < titles)
            starts, stops, forms = starts[keep], stops[keep], forms[keep]
        if len(found) > 1 or self._any_runs:
            order = starts.argsort(kind="stable")
            starts, stops, forms = starts.take(order), stops.take(order), forms.take(order)
        return starts, stops, forms

    def _runs(self, texts: Texts) -> NDArray[np.intp]:
        """Starts, stops and forms of runs that are written otherwise than their terms (F-35)."""
        spans = [
            (*match.span(), number)
            for number, form in enumerate(self.forms)
            if form.stand is WORD and _is_run(form.units)
            for match in _joined(form.units).finditer(texts.string)
            if len(match[0]) > len(form.units)
        ]
        runs = np.array(spans, np.intp).reshape(-1, 3).T
        sound: NDArray[np.intp] = runs[
            :, texts.are_boundaries(runs[0]) & texts.are_boundaries(runs[1])
        ]
        return sound

    def _are_sound(
        self,
        texts: Texts,
        starts: NDArray[np.intp],
        stops: NDArray[np.intp],
        forms: NDArray[np.intp],
    ) -> NDArray[np.bool_]:
        """Whether each place is one as its form must stand, whatever else stands there."""
        sound = texts.are_boundaries(starts)
        if self._any_free:
            sound |= self._free_starts.take(forms)
            sound &= texts.are_boundaries(stops) | self._free_ends.take(forms)
        else:
            sound &= texts.are_boundaries(stops)
        return sound

    def _judge(
        self,
        texts: Texts,
        starts: NDArray[np.intp],
        stops: NDArray[np.intp],
        forms: NDArray[np.intp],
        sound: NDArray[np.bool_],
    ) -> list[tuple[int, int]]:
        """Judge places inside longer words where a text has the thing nowhere by itself.

        Those that are parts become sound. Returns the spans of the others that were not judged.
        """
        bits, owners = self._bits, texts.owners(starts)
        groups = map(bits.__getitem__, forms[sound].tolist())
        by_themselves = set(zip(owners[sound].tolist(), groups, strict=True))
        (doubtful,) = (~sound).nonzero()
        columns = [column.take(doubtful).tolist() for column in (starts, stops, forms, owners)]
        later = []
        judged: Counter[tuple[int, int]] = Counter()
        for place, start, stop, form, owner in zip(doubtful.tolist(), *columns, strict=True):
            if not self._are_words[form]:
                continue
            if (owner, bits[form]) in by_themselves:
                later.append((start, stop))
                continue
            judged[owner, form] += 1
            sound[place] = judged[owner, form] <= self.most and self.is_part(texts, start, stop)
        return later


class Reading:
    """Texts with all places of a query in them.

    ``ends`` are the ends of sentences; ``said`` has the sentences that say something of the query,
    by number, and the bits of the groups in each, if there are several; ``spans`` are the places,
    by start.
    """

    def __init__(
        self,
        marker: Highlighter,
        texts: Texts,
        ends: list[int],
        said: dict[int, int],
        spans: list[tuple[int, int]],
        forms: NDArray[np.intp],
        later: list[tuple[int, int]],
    ) -> None:
        self.marker = marker
        self.texts = texts
        self.ends = ends
        self.said = said
        self.spans = spans
        self._forms = forms
        self._later = later

    def nearness(self) -> list[float]:
        """What the best sentence of each text says of the query: the weight of its groups."""
        weigh, ends, bases = self.marker.weigh, self.ends, self.texts.bases
        best = [0.0] * len(self.texts)
        owner, last = 0, bases[1]
        for sentence, bits in self.said.items():
            while ends[sentence] >= last:
                owner += 1
                last = bases[owner + 1]
            weight = weigh(bits)
            if weight > best[owner]:
                best[owner] = weight
        return best

    def parts_between(self, start: int, stop: int) -> list[tuple[int, int]]:
        """The spans between two places that are parts of words and were not judged before."""
        later = self._later
        first = bisect_left(later, (start,))
        if first == len(later) or later[first][0] >= stop:
            return []
        last = min(bisect_left(later, (stop,), first), first + self.marker.most)
        is_part = self.marker.is_part
        return [
            span for span in later[first:last] if span[1] <= stop and is_part(self.texts, *span)
        ]

    def places(self) -> list[Place]:
        """The places in order."""
        places = []
        for (start, stop), number in zip(self.spans, self._forms.tolist(), strict=True):
            form = self.marker.forms[number]
            whole = bool(self.texts.are_boundaries(np.array([start, stop])).all())
            kind = _KINDS.get(form.stand, "word" if whole else "part")
            places.append(Place(start, stop, form.group, kind))
        return places


def _is_run(units: str) -> bool:
    return len(units) > 1 and units.isalnum() and units.isascii()


@lru_cache(maxsize=1024)
def _joined(term: str) -> re.Pattern[str]:
    return re.compile("[-'’&_,]?".join(map(re.escape, term)))


def _joined_sentences(
    ends: NDArray[np.intp], starts: NDArray[np.intp], stops: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Where a quoted string reaches over the end of a sentence, the two sentences are one."""
    keep = np.ones(len(ends), bool)
    first, last = ends.searchsorted(starts), ends.searchsorted(stops - 1)
    for place in np.flatnonzero(first < last).tolist():
        keep[first[place] : last[place]] = False
    return ends[keep]


_NOWHERE = np.zeros(0, np.intp)
_KINDS = {ANYWHERE: "literal", START: "prefix"}

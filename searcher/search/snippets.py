"""Where a query matches in a text: spans, how near they stand, and the sentences to show.

A *form* is a folded string with how it must stand: as a word or part of one, between word
boundaries, at the beginning of a word, or anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from searcher.results import Snippet
from searcher.search import plan as p
from searcher.search.evaluate import Weights, split_units
from searcher.search.reading import DocumentText

LENGTH = 120
"""About so many characters a snippet has at the most."""
SENTENCES = 3
MOST_PLACES = 20
"""So many places of one form are looked at in a text."""

_SENTENCE_END = re.compile(r"[。!?;…\n\x01\x02]+[\"')》】]*|\.(?=\s)")
_ENDS = "。!?;…\n\x01"
_CLAUSE_END = re.compile(r"[,、:，：\s]")

WORD, WHOLE, START, ANYWHERE = "word", "whole", "start", "anywhere"


class Form(NamedTuple):
    """A string to look for: its UTF-16 units, how it must stand, where, and what it is part of."""

    units: str
    stand: str
    title_only: bool
    group: int
    weight: float


Place: TypeAlias = tuple[int, int, int, str]
"""Where a form stands: start, end (UTF-16 units), its group, and as what."""


def forms_of(leaves: Iterable[p.Leaf], weights: Weights) -> list[Form]:
    """What to look for when showing where a plan matched."""
    forms: dict[str, Form] = {}
    for group, leaf in enumerate(leaves):
        if isinstance(leaf, p.Term):
            stand, names, weight = WORD, (leaf.term, *leaf.aliases), weights.of(leaf)
        elif isinstance(leaf, p.String):
            stand = WHOLE if leaf.whole else ANYWHERE
            names, weight = (leaf.text, *leaf.aliases), weights.of(leaf)
        elif isinstance(leaf, p.Prefix):
            stand, names, weight = START, (leaf.text,), 1.0
        else:
            continue
        for place, name in enumerate(names):
            units = split_units(name)
            how = WORD if place and stand is ANYWHERE else stand
            forms.setdefault(units, Form(units, how, leaf.field == "title", group, weight))
    return list(forms.values())


class Reading(NamedTuple):
    """A text read for a query: its places, and the sentences that have some.

    A sentence is (start, end, said), ``said`` the groups of its places as bits.
    """

    text: DocumentText
    places: list[Place]
    sentences: list[tuple[int, int, int]]


class Marker:
    """Finds the places of forms in texts. ``parts`` gives the parts of a word: (start, end)."""

    def __init__(
        self, forms: Sequence[Form], parts: Callable[[str], Iterable[tuple[int, int]]]
    ) -> None:
        self._forms = forms
        self._parts = parts
        self._known_parts: dict[str, frozenset[tuple[int, int]]] = {}
        self._weights: dict[int, float] = {}
        groups: dict[int, float] = {}
        for form in forms:
            groups[form.group] = max(groups.get(form.group, 0.0), form.weight)
        self.groups = groups
        """The weight of each group of forms."""

    def places(self, text: DocumentText) -> list[Place]:
        """All places that really match, in order of where they start."""
        found: list[Place] = []
        folded = text.folded
        find = folded.find
        for units, stand, title_only, group, _ in self._forms:
            size = len(units)
            start = find(units)
            left = MOST_PLACES
            while start >= 0 and left:
                if title_only and start >= text.title_length:
                    break
                if kind := self._stands(text, start, start + size, stand):
                    found.append((start, start + size, group, kind))
                    left -= 1
                start = find(units, start + 1)
            if stand is WORD and size > 1 and units.isalnum() and units.isascii():
                found += self._runs(text, units, title_only, group)
        found.sort()
        return found

    def _stands(self, text: DocumentText, start: int, end: int, stand: str) -> str:
        if stand is ANYWHERE:
            return "literal"
        left = text.is_boundary(start)
        if stand is START:
            return "prefix" if left else ""
        if left and text.is_boundary(end):
            return "word"
        if stand is WHOLE:
            return ""
        first, last = text.word_around(start, end)
        if last - first <= end - start or any(map(text.is_boundary, range(start + 1, end))):
            return ""
        word = text.folded[first:last]
        parts = self._known_parts.get(word)
        if parts is None:
            parts = self._known_parts[word] = frozenset(self._parts(word))
        return "part" if (start - first, end - first) in parts else ""

    def _runs(
        self, text: DocumentText, units: str, title_only: bool, group: int
    ) -> Iterable[Place]:
        """Places of a run that is written otherwise than its term, such as F-35."""
        last = text.title_length if title_only else text.length
        for match in _joined(units).finditer(text.folded, 0, last):
            start, end = match.span()
            if end - start > len(units) and text.is_boundary(start) and text.is_boundary(end):
                yield start, end, group, "word"

    def read(self, text: DocumentText) -> Reading:
        """Read a text: its places and their sentences."""
        places = self.places(text)
        sentences: list[tuple[int, int, int]] = []
        folded = text.folded
        after = place = 0
        while place < len(places):
            start, end, group, _ = places[place]
            stop = _sentence_end(text, end)
            before = max([folded.rfind(mark, after, start) for mark in _ENDS])
            said = 1 << group
            place += 1
            # A quoted string may reach over the end of a sentence: then they are one.
            while place < len(places) and places[place][0] < stop:
                _, end, group, _ = places[place]
                said |= 1 << group
                place += 1
                if end > stop:
                    stop = _sentence_end(text, end)
            sentences.append((max(before + 1, after), stop, said))
            after = stop
        return Reading(text, places, sentences)

    def weight(self, said: int) -> float:
        """The weights of groups given as bits, added up."""
        known = self._weights.get(said)
        if known is None:
            known = sum(weight for group, weight in self.groups.items() if said >> group & 1)
            self._weights[said] = known
        return known

    def nearness(self, reading: Reading) -> float:
        """What the best sentence says of the query: the weights of what it has, added up."""
        return max([self.weight(said) for _, _, said in reading.sentences], default=0.0)

    def snippets(self, reading: Reading) -> tuple[Snippet, ...]:
        """One snippet of the title if it matches, one of the body."""
        text, places, sentences = reading
        shown: list[Snippet] = []
        body = text.title_length + 1
        in_body = 0
        while in_body < len(places) and places[in_body][0] < body:
            in_body += 1
        if in_body:
            shown.append(_snippet("title", text, 0, body - 1, places[:in_body]))
        rest = places[in_body:]
        if rest:
            start, end = self._best_window([s for s in sentences if s[1] > body])
            shown.append(_snippet("body", text, *_cut(text, max(start, body), end, rest), rest))
        elif text.length - 1 > body:
            match = _SENTENCE_END.search(text.folded, body)
            end = min(match.end() if match else text.length, text.length - 1)
            shown.append(_snippet("body", text, *_cut(text, body, end, ()), ()))
        return tuple(shown)

    def _best_window(self, sentences: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
        """The sentences, near each other and not too long, that say most of the query."""
        best, window = -1.0, (0, 0)
        for first, (start, end, said) in enumerate(sentences):
            score = self.weight(said)
            if score > best:
                best, window = score, (start, end)
            for _, stop, more in sentences[first + 1 : first + SENTENCES]:
                if stop - start > LENGTH:
                    break
                said |= more
                score = self.weight(said)
                if score > best:
                    best, window = score, (start, stop)
        return window


def _sentence_end(text: DocumentText, place: int) -> int:
    match = _SENTENCE_END.search(text.folded, place)
    return match.end() if match else text.length


@lru_cache(maxsize=1024)
def _joined(term: str) -> re.Pattern[str]:
    return re.compile("[-'’&_,]?".join(map(re.escape, term)))


def _cut(text: DocumentText, start: int, end: int, places: Sequence[Place]) -> tuple[int, int]:
    """Shorten to LENGTH around the first places, at punctuation; blanks at the ends go."""
    folded = text.folded
    while end > start and folded[end - 1] in "\n\x01\x02 ":
        end -= 1
    while start < end and folded[start] in "\n \x01":
        start += 1
    if end - start > LENGTH:
        first = next((place[0] for place in places if place[0] >= start), start)
        if first - start > LENGTH // 3:
            cuts = [m.end() for m in _CLAUSE_END.finditer(folded, first - LENGTH // 3, first)]
            start = cuts[0] if cuts else first - LENGTH // 6
        if end - start > LENGTH:
            cuts = [m.start() for m in _CLAUSE_END.finditer(folded, start, start + LENGTH)]
            needed = next((place[1] for place in places if place[0] >= start), start)
            end = (
                cuts[-1] if cuts and cuts[-1] > max(needed, start + LENGTH // 2) else start + LENGTH
            )
    # Never half a character.
    if "\udc00" <= folded[start] < "\ue000":
        start -= 1
    if "\udc00" <= folded[end : end + 1] < "\ue000":
        end += 1
    return start, end


def _snippet(
    field: str, text: DocumentText, start: int, end: int, places: Sequence[Place]
) -> Snippet:
    shown = text.piece(start, end)
    inside = [(place[0], place[1]) for place in places if start <= place[0] and place[1] <= end]
    spans = merge_spans(inside) if len(inside) > 1 else inside
    if len(shown) != end - start:
        characters = text.characters
        return Snippet(
            field, shown, tuple([(characters(start, a), characters(start, b)) for a, b in spans])
        )
    return Snippet(field, shown, tuple([(a - start, b - start) for a, b in spans]))


def merge_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans without overlap, in order: the longest win, the earlier of two alike."""
    ordered = sorted(set(spans))
    if all(a[1] <= b[0] for a, b in pairwise(ordered)):
        return ordered
    kept: list[tuple[int, int]] = []
    for start, end in sorted(ordered, key=lambda span: (span[0] - span[1], span)):
        if all(end <= a or b <= start for a, b in kept):
            kept.append((start, end))
    return sorted(kept)

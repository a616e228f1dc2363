"""Where a query matches in a text: spans, how near they stand, and the sentences to show.

A *form* is a folded string with how it must stand: as a word or part of one, between word
boundaries, at the beginning of a word, or anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from searcher.results import Snippet
from searcher.search import plan as p
from searcher.search.evaluate import Weights, split_units
from searcher.search.reading import DocumentText
from searcher.text.runs import RUN, read_run

LENGTH = 120
"""About so many characters a snippet has at the most."""
SENTENCES = 3
MOST_PLACES = 50
"""So many places of one form are looked at in a text."""

_SENTENCE_END = re.compile(r"[。!?;…\n\x01\x02]+[\"')》】]*|\.(?=\s)")
_CLAUSE_END = re.compile(r"[,、:，：\s]")

_ALPHANUMERIC = re.compile("[a-z].*[0-9]|[0-9].*[a-z]|[a-z]{4}")

WORD, WHOLE, START, ANYWHERE = "word", "whole", "start", "anywhere"


class Form(NamedTuple):
    """A string to look for: its UTF-16 units, how it must stand, where, and what it is part of."""

    units: str
    stand: str
    title_only: bool
    group: int
    weight: float


class Place(NamedTuple):
    """Where a form stands, in UTF-16 units."""

    start: int
    end: int
    group: int
    kind: str


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


class Marker:
    """Finds the places of forms in texts. ``parts`` gives the parts of a word: (start, end)."""

    def __init__(
        self, forms: Sequence[Form], parts: Callable[[str], Iterable[tuple[int, int]]]
    ) -> None:
        self._forms = forms
        self._parts = parts
        self.weights = [0.0] * (1 + max((form.group for form in forms), default=-1))
        for form in forms:
            self.weights[form.group] = max(self.weights[form.group], form.weight)

    def places(self, text: DocumentText) -> list[Place]:
        """All places that really match, in order of where they start."""
        found: list[Place] = []
        folded = text.folded
        for form in self._forms:
            units, stand, group = form.units, form.stand, form.group
            size = len(units)
            start = folded.find(units)
            before = len(found)
            while start >= 0 and len(found) - before < MOST_PLACES:
                if form.title_only and start >= text.title_length:
                    break
                end = start + size
                if kind := self._stands(text, start, end, stand):
                    found.append(Place(start, end, group, kind))
                start = folded.find(units, start + 1)
            if stand is WORD and _ALPHANUMERIC.search(units):
                found += self._runs(text, form)
        return sorted(set(found))

    def _stands(self, text: DocumentText, start: int, end: int, stand: str) -> str:
        if stand is ANYWHERE:
            return "literal"
        left = text.is_boundary(start)
        if stand is START:
            return "prefix" if left else ""
        right = text.is_boundary(end)
        if left and right:
            return "word"
        if stand is WHOLE or (left and any(map(text.is_boundary, range(start + 1, end)))):
            return ""
        first, last = text.word_around(start, end)
        word = text.folded[first:last]
        if len(word) > end - start and (start - first, end - first) in self._parts(word):
            return "part"
        return ""

    def _runs(self, text: DocumentText, form: Form) -> Iterable[Place]:
        """Places of a run that is written otherwise than its term, such as F-35."""
        last = text.title_length if form.title_only else text.length
        for match in RUN.finditer(text.folded, 0, last):
            run = read_run(match.group())
            if form.units == run.term or form.units in run.parts:
                kind = "word" if form.units == run.term else "part"
                yield Place(match.start(), match.end(), form.group, kind)

    def read(self, text: DocumentText) -> tuple[list[Place], list[tuple[int, int]]]:
        """The places, and the sentences with at least one: (start, end), in order."""
        places = self.places(text)
        sentences: list[tuple[int, int]] = []
        if not places:
            return places, sentences
        start = place = 0
        for match in _SENTENCE_END.finditer(text.folded):
            end = match.end()
            if places[place].start < end:
                if places[place].end > end:
                    # A quoted string may reach over the end of a sentence.
                    continue
                sentences.append((start, end))
                while places[place].start < end:
                    place += 1
                    if place == len(places):
                        return places, sentences
            start = end
        sentences.append((start, text.length))
        return places, sentences

    def nearness(self, places: Sequence[Place], sentences: Sequence[tuple[int, int]]) -> float:
        """What the best sentence says of the query: the weights of what it has, added up."""
        best = 0.0
        place = 0
        for _, end in sentences:
            groups = set()
            while place < len(places) and places[place].start < end:
                groups.add(places[place].group)
                place += 1
            best = max(best, sum(self.weights[group] for group in groups))
        return best

    def snippets(
        self,
        text: DocumentText,
        places: Sequence[Place],
        sentences: Sequence[tuple[int, int]],
    ) -> tuple[Snippet, ...]:
        """One snippet of the title if it matches, one of the body."""
        shown: list[Snippet] = []
        title, body_start = text.title_length, text.title_length + 1
        in_title = [place for place in places if place.start < title]
        if in_title:
            shown.append(_snippet("title", text, 0, title, in_title))
        in_body = [place for place in places if place.start >= body_start]
        if in_body:
            start, end = self._best_window(in_body, [s for s in sentences if s[1] > body_start])
            start = max(start, body_start)
            start, end = _cut(text, start, end, in_body)
            shown.append(_snippet("body", text, start, end, [q for q in in_body if q.start < end]))
        elif text.length - 1 > body_start:
            match = _SENTENCE_END.search(text.folded, body_start)
            end = min(match.end() if match else text.length, text.length - 1)
            shown.append(_snippet("body", text, *_cut(text, body_start, end, ()), ()))
        return tuple(shown)

    def _best_window(
        self, places: Sequence[Place], sentences: Sequence[tuple[int, int]]
    ) -> tuple[int, int]:
        """The sentences, near each other and not too long, that say most of the query."""
        groups: list[set[int]] = []
        place = 0
        for _, end in sentences:
            here = set()
            while place < len(places) and places[place].start < end:
                here.add(places[place].group)
                place += 1
            groups.append(here)
        best, window = -1.0, (0, 0)
        for first, (start, _) in enumerate(sentences):
            said: set[int] = set()
            for last in range(first, min(first + SENTENCES, len(sentences))):
                end = sentences[last][1]
                if last > first and end - start > LENGTH:
                    break
                more = said | groups[last]
                if last > first and len(more) == len(said):
                    continue
                said = more
                score = sum(self.weights[group] for group in said)
                if score > best:
                    best, window = score, (start, end)
        return window


def _cut(text: DocumentText, start: int, end: int, places: Sequence[Place]) -> tuple[int, int]:
    """Shorten to LENGTH around the first places, at punctuation; blanks at the ends go."""
    folded = text.folded
    while end > start and folded[end - 1] in "\n\x01\x02 ":
        end -= 1
    while start < end and folded[start] in "\n \x01":
        start += 1
    if end - start > LENGTH:
        first = next((place.start for place in places if place.start >= start), start)
        if first - start > LENGTH // 3:
            cuts = [m.end() for m in _CLAUSE_END.finditer(folded, first - LENGTH // 3, first)]
            start = cuts[0] if cuts else first - LENGTH // 6
        if end - start > LENGTH:
            cuts = [m.start() for m in _CLAUSE_END.finditer(folded, start, start + LENGTH)]
            needed = next((place.end for place in places if place.start >= start), start)
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
    field: str, text: DocumentText, start: int, end: int, places: Iterable[Place]
) -> Snippet:
    shown = text.piece(start, end)
    spans = merge_spans((q.start, q.end) for q in places if start <= q.start and q.end <= end)
    if len(shown) != end - start:
        spans = [(text.characters(start, a), text.characters(start, b)) for a, b in spans]
        return Snippet(field, shown, tuple(spans))
    return Snippet(field, shown, tuple((a - start, b - start) for a, b in spans))


def merge_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans without overlap, in order: the longest win, the earlier of two alike."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0] - span[1], span)):
        if all(end <= a or b <= start for a, b in kept):
            kept.append((start, end))
    return sorted(kept)

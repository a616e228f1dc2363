"""Where a query matches in a text: spans, how near they stand, and the sentences to show.

A *form* is a folded string with how it must stand: as a word or part of one, between word
boundaries, at the beginning of a word, or anywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from searcher.results import Snippet
from searcher.search import plan as p
from searcher.search.evaluate import Weights, split_units
from searcher.search.reading import DocumentText, JoinedTexts

LENGTH = 120
"""About so many characters a snippet has at the most."""
SENTENCES = 3
MOST_PLACES = 100
"""So many places of one form are looked at in a text."""

# What may follow the end of a sentence and belongs to it.
_CLOSING = "。!?;…\"')》】"
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

    A sentence is (start, end, said), ``said`` the groups of its places as bits. ``doubtful`` are
    places inside longer words, still to be judged: (start, end, group). They are left for when
    they are shown wherever the text has the word itself as well.
    """

    text: DocumentText
    places: list[Place]
    sentences: list[tuple[int, int, int]]
    doubtful: list[tuple[int, int, int]]


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

    def places(self, text: DocumentText, most: int = MOST_PLACES) -> list[Place]:
        """The places that really match, in order; at most so many of each form."""
        found: list[Place] = []
        folded = text.folded
        find = folded.find
        for units, stand, title_only, group, _ in self._forms:
            size = len(units)
            start = find(units)
            left = most
            while start >= 0 and left:
                if title_only and start >= text.title_length:
                    break
                if kind := self._stands(text, start, start + size, stand):
                    found.append((start, start + size, group, kind))
                    left -= 1
                start = find(units, start + 1)
            if stand is WORD and _is_run(units):
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
        return self.read_all([text])[0]

    def read_all(self, texts: Sequence[DocumentText]) -> list[Reading]:
        """Read several texts at once, which is faster and gives the same for each."""
        joined = JoinedTexts(texts)
        found: list[list[Place]] = [[] for _ in texts]
        doubtful: list[list[tuple[int, int, int]]] = [[] for _ in texts]
        for units, stand, title_only, group, _ in self._forms:
            if stand is WORD and _is_run(units):
                for owner, text in enumerate(texts):
                    found[owner] += self._runs(text, units, title_only, group)
            starts, owners = joined.find(units, title_only, MOST_PLACES)
            if not starts:
                continue
            size = len(units)
            if stand is ANYWHERE:
                kinds = ["literal"] * len(starts)
            else:
                left, right = joined.boundaries(starts, owners, size)
                if stand is START:
                    kinds = ["prefix" if begins else "" for begins in left]
                else:
                    kinds = ["word" if a and b else "" for a, b in zip(left, right, strict=True)]
            bases = joined.bases
            for start, owner, kind in zip(starts, owners, kinds, strict=True):
                local = start - bases[owner]
                if kind:
                    found[owner].append((local, local + size, group, kind))
                elif stand is WORD:
                    doubtful[owner].append((local, local + size, group))
        readings = []
        for owner, text in enumerate(texts):
            places, later = found[owner], []
            groups = {place[2] for place in places}
            for start, end, group in doubtful[owner]:
                if group in groups:
                    later.append((start, end, group))
                elif kind := self._stands(text, start, end, WORD):
                    places.append((start, end, group, kind))
            places.sort()
            readings.append(self._reading(text, places, joined.ends, joined.bases[owner], later))
        return readings

    def _reading(
        self,
        text: DocumentText,
        places: list[Place],
        ends: Sequence[int],
        base: int,
        doubtful: list[tuple[int, int, int]],
    ) -> Reading:
        """The places' sentences, between ``ends``, offsets that count from ``-base``."""
        sentences: list[tuple[int, int, int]] = []
        place, count = 0, len(places)
        while place < count:
            start, end, group, _ = places[place]
            at = bisect_left(ends, start + base)
            first = max(ends[at - 1] + 1 - base, 0) if at else 0
            stop = ends[bisect_left(ends, end - 1 + base)] + 1 - base
            said = 1 << group
            place += 1
            while place < count and places[place][0] < stop:
                _, end, group, _ = places[place]
                said |= 1 << group
                place += 1
                # A quoted string may reach over the end of a sentence: then they are one.
                if end > stop:
                    stop = ends[bisect_left(ends, end - 1 + base)] + 1 - base
            sentences.append((first, stop, said))
        return Reading(text, places, sentences, doubtful)

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
        text, places, sentences, _ = reading
        shown: list[Snippet] = []
        body = text.title_length + 1
        in_body = 0
        while in_body < len(places) and places[in_body][0] < body:
            in_body += 1
        if in_body:
            in_title = self._with_parts(reading, places[:in_body], 0, body - 1)
            shown.append(_snippet("title", text, 0, body - 1, in_title))
        rest = places[in_body:]
        if rest:
            start, end = self._best_window([s for s in sentences if s[1] > body])
            start, end = _cut(text, max(start, body), end, rest)
            rest = self._with_parts(reading, rest, start, end)
            shown.append(_snippet("body", text, start, end, rest))
        elif text.length - 1 > body:
            ends = text.sentence_ends()
            end = ends[bisect_left(ends, body)] + 1
            shown.append(_snippet("body", text, *_cut(text, body, end, ()), ()))
        return tuple(shown)

    def _with_parts(
        self, reading: Reading, places: list[Place], start: int, end: int
    ) -> list[Place]:
        """The places, with the doubtful ones between ``start`` and ``end`` that hold."""
        more = [
            (a, b, group, kind)
            for a, b, group in reading.doubtful
            if start <= a and b <= end and (kind := self._stands(reading.text, a, b, WORD))
        ]
        return sorted(places + more) if more else places

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


def _is_run(units: str) -> bool:
    return len(units) > 1 and units.isalnum() and units.isascii()


@lru_cache(maxsize=1024)
def _joined(term: str) -> re.Pattern[str]:
    return re.compile("[-'’&_,]?".join(map(re.escape, term)))


def _cut(text: DocumentText, start: int, end: int, places: Sequence[Place]) -> tuple[int, int]:
    """Shorten to LENGTH around the first places, at punctuation; blanks at the ends go."""
    folded = text.folded
    while folded[end : end + 1] and folded[end] in _CLOSING:
        end += 1
    while end > start and folded[end - 1] in "\n\x01\x02 ":
        end -= 1
    first = next((place[0] for place in places if place[0] >= start), end)
    while start < first and folded[start] in _CLOSING:
        start += 1
    while start < end and folded[start] in "\n \x01":
        start += 1
    if end - start > LENGTH:
        if places and first - start > LENGTH // 3:
            cuts = [m.end() for m in _CLAUSE_END.finditer(folded, first - LENGTH // 3, first)]
            start = _between(cuts[0] if cuts else first - LENGTH // 6, places, 0)
        if end - start > LENGTH:
            cuts = [m.start() for m in _CLAUSE_END.finditer(folded, start, start + LENGTH)]
            late = cuts and cuts[-1] > start + LENGTH // 2
            end = min(end, _between(cuts[-1] if late else start + LENGTH, places, 1))
    # Never half a character.
    if "\udc00" <= folded[start] < "\ue000":
        start -= 1
    if "\udc00" <= folded[end : end + 1] < "\ue000":
        end += 1
    return start, end


def _between(cut: int, places: Sequence[Place], side: int) -> int:
    """A place to cut that is inside of none: else where the one begins (0) or ends (1)."""
    for place in places:
        if place[0] < cut < place[1]:
            cut = place[1] if side else place[0]
    return cut


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

"""Snippets: the sentences of an article that say most of the query, with the places to mark."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from operator import le, sub

import numpy as np

from searcher.results import Snippet
from searcher.search.places import Reading

LENGTH = 120
"""About so many characters a snippet has at the most."""
SENTENCES = 3

# What may follow the end of a sentence and belongs to it.
_CLOSING = "。!?;…\"')》】"
_CLAUSE_END = re.compile(r"[,、:，：\s]")


class Snippets:
    """The snippets of texts that were read for a query."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._texts = reading.texts
        self._ends: list[int] = reading.ends.tolist()
        self._starts, self._stops = reading.spans
        self._weights: list[float] = reading.weights.tolist()

    @cached_property
    def _windows(self) -> dict[int, tuple[int, int]]:
        return _best_windows(self.reading)

    @cached_property
    def _longest(self) -> int:
        return max(map(sub, self._stops, self._starts), default=0)

    def of(self, owner: int) -> tuple[Snippet, ...]:
        """One snippet of the title if it matches, one of the body."""
        texts, starts = self._texts, self._starts
        base, title, last = texts.bases[owner], texts.titles[owner], texts.ends[owner]
        body = title + 1
        in_title = bisect_left(starts, base)
        in_body = bisect_left(starts, body, in_title)
        in_next = bisect_left(starts, last, in_body)
        shown: tuple[Snippet, ...] = ()
        if in_body > in_title:
            shown = (self._snippet("title", base, title),)
        if in_next > in_body:
            start, stop = self._window(owner, body, last)
            first = starts[bisect_left(starts, start, in_body)]
            start, stop = self._cut(start, min(stop, last), first)
        elif last > body:
            stop = min(self._ends[bisect_left(self._ends, body)] + 1, last)
            start, stop = self._cut(body, stop, stop)
        else:
            return shown
        return (*shown, self._snippet("body", start, stop))

    def _window(self, owner: int, body: int, last: int) -> tuple[int, int]:
        """The sentences to show: one that says all there is to say, or some together."""
        ends = self._ends
        first = bisect_left(ends, body)
        stop = bisect_left(ends, last, first) + 1
        try:
            best = self._weights.index(self.reading.most, first, stop)
        except ValueError:
            return self._windows[owner]
        return ends[best - 1] + 1, ends[best] + 1

    def _snippet(self, field: str, start: int, stop: int) -> Snippet:
        shown = self._texts.piece(start, stop)
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, stop, first)
        starts, stops = self._starts[first:last], self._stops[first:last]
        parts = self.reading.parts_between(start, stop)
        if parts or not all(map(le, stops, (*starts[1:], stop))):
            spans = [span for span in zip(starts, stops, strict=True) if span[1] <= stop]
            spans = merge_spans([*spans, *parts])
        else:
            spans = list(zip(starts, stops, strict=True))
        if len(shown) == stop - start:
            return Snippet(field, shown, tuple([(a - start, b - start) for a, b in spans]))

        def characters(end: int) -> int:
            return len(self._texts.piece(start, end))

        return Snippet(field, shown, tuple([(characters(a), characters(b)) for a, b in spans]))

    def _cut(self, start: int, stop: int, first: int) -> tuple[int, int]:
        """Shorten to LENGTH around the first place, at punctuation; blanks at the ends go."""
        string = self._texts.string
        while string[stop] in _CLOSING:
            stop += 1
        while stop > start and string[stop - 1] in "\n\x01\x02 ":
            stop -= 1
        first = min(first, stop)
        while start < first and string[start] in _CLOSING:
            start += 1
        while start < stop and string[start] in "\n \x01":
            start += 1
        if stop - start > LENGTH:
            if first < stop and first - start > LENGTH // 3:
                clause = _CLAUSE_END.search(string, first - LENGTH // 3, first)
                start = self._whole(clause.end() if clause else first - LENGTH // 6, 0)
            if stop - start > LENGTH:
                cuts = [m.start() for m in _CLAUSE_END.finditer(string, start, start + LENGTH)]
                late = cuts and cuts[-1] > start + LENGTH // 2
                stop = min(stop, self._whole(cuts[-1] if late else start + LENGTH, 1))
        # Never half a character.
        if "\udc00" <= string[start] < "\ue000":
            start -= 1
        if "\udc00" <= string[stop] < "\ue000":
            stop += 1
        return start, stop

    def _whole(self, cut: int, side: int) -> int:
        """A place to cut that is inside of no match: else where that begins (0) or ends (1)."""
        first = bisect_left(self._starts, cut - self._longest)
        last = bisect_left(self._starts, cut, first)
        spans = zip(self._starts[first:last], self._stops[first:last], strict=True)
        across = [span[side] for span in spans if cut < span[1]]
        return max(across) if side and across else min(across, default=cut)


def _best_windows(reading: Reading) -> dict[int, tuple[int, int]]:
    """The neighbouring sentences that say most in the body of each text that has matches.

    Sentences that say nothing may stand between them, but together they are no longer than LENGTH.
    """
    texts, ends = reading.texts, reading.ends
    held = np.flatnonzero(reading.weights)
    stops = ends.take(held)
    starts = ends.take(held - 1) + 1
    owners = texts.owners(stops)
    # Titles count for nothing here.
    bodies = np.where(stops > np.array(texts.titles).take(owners), owners, -1)
    said = reading.said[:, held]
    weights = np.zeros((SENTENCES, len(held)))
    weights[0] = reading.weights.take(held) * (bodies >= 0)
    together = said
    for more in range(1, min(SENTENCES, len(held))):
        together = together[:, :-1] | said[:, more:]
        near = bodies[:-more] == bodies[more:]
        near &= (stops[more:] - starts[:-more] < LENGTH) & (bodies[more:] >= 0)
        weights[more, :-more] = reading.weigh(together) * near
    windows: dict[int, tuple[int, int]] = {}
    bounds = np.flatnonzero(np.diff(owners, prepend=-1, append=-1)).tolist()
    for first, behind in pairwise(bounds):
        # Of those that say as much the shortest, and of these the first.
        more, best = divmod(int(weights[:, first:behind].argmax()), behind - first)
        best += first
        windows[int(owners[first])] = int(starts[best]), int(stops[best + more]) + 1
    return windows


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

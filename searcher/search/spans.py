"""Spans (start, end) of matches in a text, end exclusive."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise


def merge_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans without overlap, in order: the longest win, the earlier of two alike."""
    ordered = sorted(set(spans))
    if are_apart(ordered):
        return ordered
    kept: list[tuple[int, int]] = []
    for start, end in sorted(ordered, key=lambda span: (span[0] - span[1], span)):
        # What is kept has no overlap, so only the neighbours can be in the way.
        place = bisect_left(kept, (start, end))
        after_last = not place or kept[place - 1][1] <= start
        before_next = place == len(kept) or end <= kept[place][0]
        if after_last and before_next:
            kept.insert(place, (start, end))
    return kept


def are_apart(spans: Sequence[tuple[int, int]]) -> bool:
    """Whether spans, by start, have no overlap."""
    return all(a[1] <= b[0] for a, b in pairwise(spans))

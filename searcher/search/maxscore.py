"""Leaving out what cannot reach the page: the best of an or-query without scoring all it finds.

What a word adds is bounded by how often a document has it, whatever the document's length. Adding
bounds of one byte is far cheaper than adding scores, and few documents' bounds come up to the
score of the last one shown. The idea is MaxScore's (Turtle & Flood, "Query Evaluation: Strategies
and Optimizations", 1995), with a bound for each document where that has one for each word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from searcher.search import plan as p

if TYPE_CHECKING:
    from searcher.search.match import Documents, SegmentMatcher
    from searcher.search.score import Scorer, Scores, Voice

_FEW = 1024
"""So few documents are sooner scored than bounded."""
_MOST_VOICES = 64
"""With more, the bounds are too coarse to be of use."""
_SAMPLE = 4
"""So many times the wanted documents are scored to learn what score the last one has."""
_ENOUGH = 4
"""... and up to so many times these, rather than look for the very bound."""
_MARGIN = 1 - 1e-4
"""Scores and bounds are rounded differently."""


def is_worthwhile(s: SegmentMatcher, plan: p.Or) -> bool:
    """Whether so many documents may match that bounds save time."""
    return s.cost(plan) >= _FEW


def best_of_disjunction(
    s: SegmentMatcher,
    scorer: Scorer,
    plan: p.Or,
    voices: Sequence[Voice],
    wanted: int,
    least: float | None,
) -> tuple[Documents, Scores, int]:
    """The documents of a segment that may be among the best, their scores, and how many match.

    ``wanted``: so many of the best are looked for; ``least``: a score that so many documents of
    other segments have, None where that is not known.
    """
    if len(voices) > _MOST_VOICES:
        (documents,) = s.present(plan).nonzero()
        return documents, scorer.score(documents, voices), len(documents)
    bounds, unit = scorer.bounds(voices)
    if not s.is_of_words(plan):
        bounds = np.maximum(bounds, 1) * s.present(plan)
    elif s.alive is not None:
        bounds *= s.alive
    # What matches has a bound now, what does not has none.
    total = int(np.count_nonzero(bounds))
    level = 256
    documents, scores = _NONE, np.zeros(0, np.float32)
    if least is None:
        level = _level(bounds, _SAMPLE * wanted)
        (documents,) = (bounds >= level).nonzero()
        scores = scorer.score(documents, voices)
        if len(scores) < wanted:
            return documents, scores, total
        least = float(np.partition(scores, len(scores) - wanted)[len(scores) - wanted])
    reached = max(1, int(least * _MARGIN / unit))
    if reached < level:
        reach = bounds >= reached
        if level < 256:
            reach &= bounds < level
        (more,) = reach.nonzero()
        documents = np.concatenate((documents, more))
        scores = np.concatenate((scores, scorer.score(more, voices)))
    return documents, scores, total


def _level(bounds: np.ndarray[tuple[int], np.dtype[np.uint8]], wanted: int) -> int:
    """A bound that at least so many documents come up to, if there are so many, and few more."""
    low, high = 1, 1 + int(bounds.max())
    while high - low > 1:
        middle = (low + high) // 2
        count = np.count_nonzero(bounds >= middle)
        if count < wanted:
            high = middle
        else:
            low = middle
            if count <= _ENOUGH * wanted:
                break
    return low


_NONE = np.zeros(0, np.intp)

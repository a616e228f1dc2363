"""MaxScore: the best documents of an or-query without scoring all that match.

What a term adds is bounded by its frequency, whatever the document's length. Adding bounds of one
byte is far cheaper than adding scores, and few documents' bounds reach the score of the last one
shown. The idea is that of Turtle & Flood, "Query Evaluation: Strategies and Optimizations" (1995),
with a bound for each document instead of one for each term.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from searcher.lazy_numpy import numpy as np
from searcher.search.doc_ids import no_docs

if TYPE_CHECKING:
    from searcher.query.clauses import OrClause
    from searcher.search.doc_ids import DocIds
    from searcher.search.match import SegmentMatcher
    from searcher.search.scorer import Component, Scorer, Scores

MIN_DOCUMENTS = 1024
"""Fewer documents are scored faster than bounded."""
MAX_COMPONENTS = 64
"""With more, the bounds are too coarse to be of use."""
SAMPLE_RATIO = 4
"""The scored sample that bounds the last score, as a multiple of the documents wanted."""
MAX_SAMPLE_RATIO = 4
"""How many times larger than wanted a sample may be before the exact bound is looked for."""
ROUNDING_MARGIN = 1 - 1e-4
"""Scores and bounds are rounded differently."""


def is_worthwhile(matcher: SegmentMatcher, plan: OrClause) -> bool:
    """Whether enough documents may match for bounds to save time."""
    return matcher.cost(plan) >= MIN_DOCUMENTS


def best_of_disjunction(
    matcher: SegmentMatcher,
    scorer: Scorer,
    plan: OrClause,
    components: Sequence[Component],
    wanted: int,
    threshold: float | None,
) -> tuple[DocIds, Scores, int]:
    """The documents of a segment that may be among the best, their scores, and how many match.

    Args:
        matcher: matches in the segment.
        scorer: scores documents of the segment.
        plan: what must match.
        components: what adds to the scores, all of the plan and no more.
        wanted: how many of the best are looked for.
        threshold: a score that ``wanted`` documents of other segments reach, None if unknown.
    """
    if len(components) > MAX_COMPONENTS:
        (docs,) = matcher.present(plan).nonzero()
        return docs, scorer.score(docs, components), len(docs)
    bounds, unit = scorer.bounds(components)
    if not matcher.has_only_terms(plan):
        bounds = np.maximum(bounds, 1) * matcher.present(plan)
    elif matcher.alive is not None:
        bounds *= matcher.alive
    # A document matches exactly if its bound is not 0 now.
    total = int(np.count_nonzero(bounds))
    level = 256
    docs, scores = no_docs(), np.zeros(0, np.float32)
    if threshold is None:
        level = _level_of(bounds, SAMPLE_RATIO * wanted)
        (docs,) = (bounds >= level).nonzero()
        scores = scorer.score(docs, components)
        if len(scores) < wanted:
            return docs, scores, total
        threshold = float(np.partition(scores, len(scores) - wanted)[len(scores) - wanted])
    least = max(1, int(threshold * ROUNDING_MARGIN / unit))
    if least < level:
        in_reach = bounds >= least
        if level < 256:
            in_reach &= bounds < level
        (more,) = in_reach.nonzero()
        docs = np.concatenate((docs, more))
        scores = np.concatenate((scores, scorer.score(more, components)))
    return docs, scores, total


def _level_of(bounds: np.ndarray[tuple[int], np.dtype[np.uint8]], wanted: int) -> int:
    """A bound that at least ``wanted`` documents reach, if there are so many, and few more."""
    low, high = 1, 1 + int(bounds.max())
    while high - low > 1:
        middle = (low + high) // 2
        count = np.count_nonzero(bounds >= middle)
        if count < wanted:
            high = middle
        else:
            low = middle
            if count <= MAX_SAMPLE_RATIO * wanted:
                break
    return low

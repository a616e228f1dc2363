"""The merge policy: which segments to merge, so that there are few and each is written seldom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from searcher.store.schema import MAX_SEGMENT_DOCUMENTS

MERGE_FACTOR = 8
"""The number of segments of one tier that are merged into one of the next."""
MAX_DELETED_SHARE = 0.25
"""A segment with a greater share of deleted documents is written anew."""


class SegmentSize(NamedTuple):
    """Documents of a segment that are live, and all that its file has."""

    live: int
    total: int


def choose_merge(sizes: Sequence[SegmentSize]) -> list[int]:
    """The indexes of the segments to merge next; empty when nothing is to be merged.

    Tiers grow by MERGE_FACTOR, so a document is written again about log(n) / log(MERGE_FACTOR)
    times. A single index means that the segment is written anew, without its deleted documents.

    >>> choose_merge([SegmentSize(5, 8), SegmentSize(100, 100)])
    [0]
    """
    for index, size in enumerate(sizes):
        if size.total - size.live > MAX_DELETED_SHARE * size.total:
            return [index]
    tiers: dict[int, list[int]] = {}
    for index, size in enumerate(sizes):
        tier = 0
        while size.live >= MERGE_FACTOR ** (tier + 1):
            tier += 1
        tiers.setdefault(tier, []).append(index)
    for tier in sorted(tiers):
        chosen = tiers[tier][:MERGE_FACTOR]
        while sum(sizes[index].live for index in chosen) > MAX_SEGMENT_DOCUMENTS:
            chosen = chosen[:-1]
        if len(tiers[tier]) >= MERGE_FACTOR and len(chosen) > 1:
            return chosen
    return []

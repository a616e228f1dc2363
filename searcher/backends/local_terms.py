"""The terms of segments in order, with the number of living documents that have each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import groupby

import numpy as np

from searcher.search.match import SegmentMatcher

TERMS_AT_ONCE = 4096
"""The maximum number of terms listed in one step."""


def terms_in_all(matchers: Sequence[SegmentMatcher], prefix: str) -> Iterator[tuple[str, int]]:
    """The terms of all segments that begin with a text, with their document frequencies."""
    lists = [living_terms(matcher, prefix) for matcher in matchers]
    if len(lists) == 1:
        yield from ((term.decode("utf-8", "surrogatepass"), df) for term, df in lists[0])
        return
    for term, group in groupby(merge(*lists), key=lambda item: item[0]):
        yield term.decode("utf-8", "surrogatepass"), sum(df for _, df in group)


def living_terms(matcher: SegmentMatcher, prefix: str = "") -> Iterator[tuple[bytes, int]]:
    """The terms of one segment that begin with a text, in UTF-8, without those of no document."""
    terms = matcher.segment.terms
    first, stop = terms.prefix(prefix.encode("utf-8", "surrogatepass"))
    for some in range(first, stop, TERMS_AT_ONCE):
        last = min(some + TERMS_AT_ONCE, stop)
        start, end = terms.postings(some, last)
        ends = np.array(terms.posting_ends(some, last), np.int64) - start
        if matcher.alive is not None:
            living = matcher.alive[matcher.segment.term_docs.slice(start, end)]
            ends = np.concatenate(([0], np.cumsum(living)))[ends]
        dfs = np.diff(ends, prepend=0).tolist()
        yield from ((term, df) for term, df in zip(terms.slice(some, last), dfs, strict=True) if df)

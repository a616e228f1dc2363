"""What a page tells of all matches of a query: over time, by field, words, names, contexts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from searcher import QueryError

if TYPE_CHECKING:
    from searcher import Concordance, Facets, Index, Keywords, Names, Timeline

FACETS = ("source", "category", "year")
MAX_VALUES = 8
MAX_WORDS = 20
MAX_NAMES = 8
"""Names of each kind."""
MAX_PAIRS = 40
MAX_CONTEXTS = 30
MAX_BARS = 120
"""With more periods than these longer ones are taken."""
MIN_BARS = 3
"""With fewer months than these days are taken."""


class Overview(NamedTuple):
    """All that the page shows."""

    timeline: Timeline
    facets: Facets
    keywords: Keywords
    names: Names
    concordance: Concordance


def make_overview(index: Index, query: str, options: Mapping[str, Any]) -> Overview:
    """Ask an index for all of it. Raises QueryError where an option makes no sense."""
    return Overview(
        fitting_timeline(index, query, options),
        index.facets(query, FACETS, top=MAX_VALUES, **options),
        index.keywords(query, top=MAX_WORDS, **options),
        index.names(query, top=MAX_PAIRS, together=True, **options),
        index.concordance(query, context=20, limit=MAX_CONTEXTS, **options),
    )


def fitting_timeline(index: Index, query: str, options: Mapping[str, Any]) -> Timeline:
    """The matches by day, month or year, so that there are not too many periods to look at."""
    try:
        timeline = index.timeline(query, by="month", **options)
    except QueryError:
        # A wrong date may be tens of thousands of months from the others.
        return index.timeline(query, by="year", **options)
    if len(timeline.periods) > MAX_BARS:
        return index.timeline(query, by="year", **options)
    if 0 < len(timeline.periods) < MIN_BARS:
        return index.timeline(query, by="day", **options)
    return timeline

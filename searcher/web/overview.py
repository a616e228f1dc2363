"""What a page shows of all matches of a query: a chart over time, counts, words, contexts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from searcher import Concordance, Facets, Index, Keywords, Timeline

FACETS = ("source", "category", "year", "people", "places", "organisations")
MAX_VALUES = 8
MAX_WORDS = 20
MAX_CONTEXTS = 30
MAX_BARS = 120
"""With more months than these a bar is a year."""

CHART_WIDTH, CHART_HEIGHT = 800, 120


class Bar(NamedTuple):
    """A period in the chart: its name, its articles, and where it stands, in pixels."""

    name: str
    articles: int
    x: float
    width: float
    height: float


class Overview(NamedTuple):
    """All that the page shows."""

    bars: list[Bar]
    facets: Facets
    keywords: Keywords
    concordance: Concordance


def make_overview(index: Index, query: str, options: Mapping[str, Any]) -> Overview:
    """Ask an index for all of it. Raises QueryError where an option makes no sense."""
    timeline = index.timeline(query, by="month", **options)
    if len(timeline.periods) > MAX_BARS:
        timeline = index.timeline(query, by="year", **options)
    return Overview(
        chart_bars(timeline),
        index.facets(query, FACETS, top=MAX_VALUES, **options),
        index.keywords(query, top=MAX_WORDS, **options),
        index.concordance(query, context=20, limit=MAX_CONTEXTS, **options),
    )


def chart_bars(timeline: Timeline) -> list[Bar]:
    """The periods of a timeline of one query, side by side, the highest as high as the chart."""
    periods = timeline.periods
    most = max((period.counts[0] for period in periods), default=0)
    if not most:
        return []
    room = CHART_WIDTH / len(periods)
    return [
        Bar(
            period.name,
            period.counts[0],
            round(place * room, 2),
            round(room * 0.85, 2),
            round(CHART_HEIGHT * period.counts[0] / most, 2),
        )
        for place, period in enumerate(periods)
    ]

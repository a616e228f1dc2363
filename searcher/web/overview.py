"""What a page tells of all matches of a query: over time, by field, words, names, contexts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from searcher import FacetValue, QueryError

if TYPE_CHECKING:
    from searcher import Concordance, Facets, Index, Keywords, Names, Timeline

FACETS = ("source", "category", "year")
MAX_VALUES = 8
MAX_WORDS = 20
MAX_NAMES = 8
"""Names of each kind."""
MAX_PAIRS, MAX_TIES = 40, 28
"""Pairs of names in the table, and in the picture."""
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


class Counted(NamedTuple):
    """What is counted beside the results: the periods in order, and the values of fields."""

    bars: list[tuple[str, int]]
    fields: list[tuple[str, list[FacetValue], int]]
    """The name of each field, its most frequent values, and how many others there are."""


def count_beside(index: Index, query: str, options: Mapping[str, Any]) -> Counted:
    """Count the matches for the page of results, in one go, as it should not wait for that."""
    found = index.facets(query, ("source", "category", "month"), top=None, **options)
    source, category, month = found.facets
    months = {value.value: value.articles for value in month.values}
    years = Counter[str]()
    for name, articles in months.items():
        years[name[:4]] += articles
    by_count = sorted(years.items(), key=lambda item: (-item[1], item[0]))
    in_years = [FacetValue(name, articles, f"date:{name}") for name, articles in by_count]
    every = [("source", source.values), ("category", category.values), ("year", in_years)]
    fields = [
        (name, [*values[:MAX_VALUES]], max(0, len(values) - MAX_VALUES)) for name, values in every
    ]
    return Counted(_bars(index, query, options, months, years), fields)


def _bars(
    index: Index,
    query: str,
    options: Mapping[str, Any],
    months: Mapping[str, int],
    years: Mapping[str, int],
) -> list[tuple[str, int]]:
    """The periods from the first to the last, so long that there are not too many or too few."""
    if not months:
        return []
    first, last = (_month_number(name) for name in (min(months), max(months)))
    if last - first >= MAX_BARS:
        names = [f"{year:04}" for year in range(first // 12, last // 12 + 1)]
        return [(name, years.get(name, 0)) for name in names]
    if last - first + 1 < MIN_BARS:
        days = index.timeline(query, by="day", **options)
        return [(period.name, period.counts[0]) for period in days.periods]
    names = [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1)]
    return [(name, months.get(name, 0)) for name in names]


def _month_number(name: str) -> int:
    return 12 * int(name[:4]) + int(name[5:]) - 1


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

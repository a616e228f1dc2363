"""Facets: how many matches each value of a field has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from searcher.errors import QueryError
from searcher.explore.name_groups import KINDS
from searcher.query.syntax import quote

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import Matches
    from searcher.explore.explored import Explored

KEYWORDS = ("source", "author", "category")
"""Fields whose values are counted as they are written."""

FIELDS = (*KEYWORDS, "year", "month", "weekday", *KINDS)
"""What can be counted by."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_TO_MONDAY = 3
"""Days from the Monday before 1970 to its first day, a Thursday."""


class FacetValue(NamedTuple):
    """A value of a field.

    ``articles``: how many matches have it; ``query``: what finds them when it is added to the
    query, "" where nothing does.
    """

    value: str
    articles: int
    query: str


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of a field, most frequent first.

    ``others``: how many values are left out at the end; ``without``: matches without any value.
    """

    field: str
    values: tuple[FacetValue, ...]
    others: int
    without: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets of a query.

    ``total`` is the number of articles that match, ``first`` and ``last`` are the days of the
    earliest and the latest of those that have a date.
    """

    query: str
    total: int
    facets: tuple[Facet, ...]
    first: date | None
    last: date | None
    notes: tuple[str, ...] = ()

    def __getitem__(self, field: str) -> Facet:
        for facet in self.facets:
            if facet.field == field:
                return facet
        raise KeyError(field)

    def _repr_html_(self) -> str:
        """A table for each facet, for a notebook."""
        tables = []
        for facet in self.facets:
            rows = [
                f"<tr><td>{escape(value.value)}</td><td>{value.articles:,}</td></tr>"
                for value in facet.values
            ]
            tables.append(f"<table><caption>{escape(facet.field)}</caption>{''.join(rows)}</table>")
        return "".join(tables)


def check_fields(by: Sequence[str]) -> None:
    """Raise QueryError for a field that nothing can be counted by."""
    if not by:
        raise QueryError(f"choose what to count by: {', '.join(FIELDS)}")
    for field in by:
        if field not in FIELDS:
            raise QueryError(f"cannot count by {field!r}; choose from: {', '.join(FIELDS)}")


def count_facet(explored: Explored, matches: Matches, field: str, top: int | None) -> Facet:
    """Count the matches by a field of FIELDS; ``top`` values are kept, all if it is None."""
    if field in KEYWORDS:
        found, without = matches.keyword_counts(field)
        counts = Counter(found)
    elif field in KINDS:
        counts, without = explored.names.count_kind(matches, field)
    else:
        counts, without = _count_dates(matches, field)
    clause = _CLAUSES[field]
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = ordered if top is None else ordered[:top]
    values = tuple(FacetValue(value, articles, clause(value)) for value, articles in kept)
    return Facet(field, values, len(ordered) - len(kept), without)


def days_of(matches: Matches) -> tuple[date | None, date | None]:
    """The days of the earliest and the latest match that has a date."""
    days, _ = matches.days()
    if not len(days):
        return None, None
    first, last = days[[0, -1]].astype("M8[D]").tolist()
    return first, last


def _count_dates(matches: Matches, field: str) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    days, articles = matches.days()
    periods = _periods(days, field).tolist() if field == "weekday" else _periods(days, field)
    names = [WEEKDAYS[day] for day in periods] if field == "weekday" else map(str, periods)
    for name, number in zip(names, articles.tolist(), strict=True):
        counts[name] += number
    return counts, len(matches) - int(articles.sum())


def _periods(days: NDArray[np.int64], field: str) -> NDArray[Any]:
    if field == "weekday":
        return (days + _TO_MONDAY) % 7
    return days.astype("M8[D]").astype("M8[Y]" if field == "year" else "M8[M]")


def _quoted(field: str) -> Callable[[str], str]:
    def clause(value: str) -> str:
        try:
            return f"{field}:{quote(value)}"
        except QueryError:
            return ""

    return clause


def _as_it_is(value: str) -> str:
    return value


def _no_clause(value: str) -> str:  # noqa: ARG001 - as its siblings
    return ""


_CLAUSES: dict[str, Callable[[str], str]] = {
    "source": _quoted("source"),
    "author": _quoted("author"),
    "category": _quoted("category"),
    "year": "date:{}".format,
    "month": "date:{}".format,
    "weekday": _no_clause,
    "people": _as_it_is,
    "places": _as_it_is,
    "organisations": _as_it_is,
}

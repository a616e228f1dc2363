"""Timelines: how many matches there are in each day, week, month or year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from searcher.errors import QueryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import Matches

By: TypeAlias = Literal["day", "week", "month", "year"]

PERIODS: tuple[By, ...] = ("day", "week", "month", "year")

MAX_PERIODS = 50_000
"""A timeline has no more periods; a wrong date would make a long one of any."""

_UNITS = {"day": "D", "month": "M", "year": "Y"}
_TO_MONDAY = 3
"""Days from the Monday before 1970 to its first day, a Thursday."""


class Period(NamedTuple):
    """A day, week, month or year.

    Attributes:
        name: "2021-12-05", "2021-W48" (ISO 8601), "2021-12" or "2021".
        start: its first day.
        counts: matches of each query.
        articles: all articles of the index that are dated in it.
    """

    name: str
    start: date
    counts: tuple[int, ...]
    articles: int

    @property
    def shares(self) -> tuple[float, ...]:
        """The matches of each query as per cent of all articles of the time."""
        return tuple(100 * count / self.articles if self.articles else 0.0 for count in self.counts)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Matches over time, from the first period with a match to the last, without gaps.

    Attributes:
        by: "day", "week", "month" or "year".
        queries: what was searched for.
        periods: in order of time.
        totals: all matches of each query.
        undated: matches of each query that have no date.
        notes: what is to be said about the queries.
    """

    by: By
    queries: tuple[str, ...]
    periods: tuple[Period, ...]
    totals: tuple[int, ...]
    undated: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def to_svg(self, *, share: bool = False) -> str:
        """The timeline as a line chart: a whole SVG file."""
        from searcher.explore.svg import line_chart

        names = [period.name for period in self.periods]
        rows = [period.shares if share else period.counts for period in self.periods]
        series = [
            (query, [row[number] for row in rows]) for number, query in enumerate(self.queries)
        ]
        return line_chart(names, series, unit="%" if share else "")

    def _repr_html_(self) -> str:
        """The chart, for a notebook."""
        return self.to_svg()


def check_period(by: str) -> None:
    """Raise QueryError for a period that there is not."""
    if by not in PERIODS:
        raise QueryError(f"by must be one of {', '.join(PERIODS)}, not {by!r}")


def make_timeline(
    queries: Sequence[str], found: Sequence[Matches], everything: Matches, by: By
) -> Timeline:
    """Count the matches of queries by time.

    Raises:
        QueryError: there are more than MAX_PERIODS periods from the first match to the last.
    """
    numbers = [_period_numbers(matches, by) for matches in found]
    totals = tuple(map(len, found))
    undated = tuple(
        len(matches) - int(own.articles.sum()) for matches, own in zip(found, numbers, strict=True)
    )
    notes = tuple(dict.fromkeys(note for matches in found for note in matches.notes))
    filled = [own.numbers for own in numbers if len(own.numbers)]
    periods: tuple[Period, ...] = ()
    if filled:
        first = min(int(own.min()) for own in filled)
        last = max(int(own.max()) for own in filled)
        if last - first >= MAX_PERIODS:
            begin, end = _starts(first, first, by)[0], _starts(last, last, by)[0]
            raise QueryError(
                f"the dates go from {begin} to {end}, and a timeline has at most {MAX_PERIODS:,} "
                "periods; ask for longer ones, or narrow it by since and until"
            )
        counts = [_counts(own, first, last) for own in numbers]
        articles = _counts(_period_numbers(everything, by), first, last)
        starts = _starts(first, last, by)
        periods = tuple(
            Period(_name(start, by), start, here, all_here)
            for start, here, all_here in zip(
                starts, zip(*counts, strict=True), articles, strict=True
            )
        )
    return Timeline(by, tuple(queries), periods, totals, undated, notes)


class _Counted(NamedTuple):
    """Periods, counted from that of 1970-01-01, ascending, and the matches in each.

    A period may be there several times.
    """

    numbers: NDArray[np.int64]
    articles: NDArray[np.int64]


def _period_numbers(matches: Matches, by: By) -> _Counted:
    """The periods of the dated matches."""
    days, articles = matches.days()
    if by == "week":
        return _Counted((days + _TO_MONDAY) // 7, articles)
    periods = days.astype("M8[D]").astype(f"M8[{_UNITS[by]}]")
    return _Counted(periods.astype(np.int64), articles)


def _counts(own: _Counted, first: int, last: int) -> list[int]:
    inside = (own.numbers >= first) & (own.numbers <= last)
    counted = np.bincount(
        own.numbers[inside] - first, own.articles[inside], minlength=last - first + 1
    )
    counts: list[int] = counted.astype(np.int64).tolist()
    return counts


def _starts(first: int, last: int, by: By) -> list[date]:
    """The first days of some periods, given by their numbers."""
    numbers = np.arange(first, last + 1)
    if by == "week":
        # The week of the first day of all begins before it.
        days = np.maximum(7 * numbers - _TO_MONDAY, _FIRST_DAY).astype("M8[D]")
    else:
        days = numbers.astype(f"M8[{_UNITS[by]}]").astype("M8[D]")
    starts: list[date] = days.tolist()
    return starts


_FIRST_DAY = int(np.datetime64(date.min, "D").astype(np.int64))


def _name(start: date, by: By) -> str:
    if by == "week":
        year, week, _ = start.isocalendar()
        return f"{year:04}-W{week:02}"
    return start.isoformat()[: _NAME_LENGTHS[by]]


_NAME_LENGTHS = {"day": 10, "month": 7, "year": 4}

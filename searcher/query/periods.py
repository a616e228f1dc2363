"""The date expressions of queries: from text to the range of days that it covers.

- a day: ``2021-12-05``, ``2021/12/5``, ``2021.12.5``, ``20211205``, ``2021年12月5日``
- a month: ``2021-12``, ``2021/12``, ``2021.12``, ``2021年12月``
- a year: ``2021``, ``2021年``
- a day relative to today: ``今天`` or ``today``, ``昨天`` or ``yesterday``, ``前天``
- a period relative to today, weeks beginning on Monday: ``本周``, ``上周``, ``本月``, ``上月``,
  ``今年``, ``去年``
- the last days: ``7d`` or ``7天`` is today and the 6 days before
- a range of two of these, ``2021-12..2022`` or ``2021-12~2022``; either may be left out: ``..2022``
"""

from datetime import date, timedelta
from typing import NamedTuple

from searcher.lazy_pattern import compile_late


class Period(NamedTuple):
    """The days from ``since`` to ``until``, both included; None is an open end.

    ``swapped`` is true if the range was written with its later end first.
    """

    since: date | None
    until: date | None
    swapped: bool = False


class NotADate(NamedTuple):
    """The text is no date expression; ``reason`` says why in one printable line."""

    reason: str


FORMS = "2021-12-05, 2021-12, 2021, 2021年12月5日, 今天, 上周, 本月, 去年 or 7d"
"""The forms of a date, as a message names them."""

_RANGE = compile_late(r"\.{2,}|[~～]")
_CALENDAR = compile_late(
    r"([0-9]{4})(?:([-/.])([0-9]{1,2})(?:\2([0-9]{1,2}))?)?"
    r"|([0-9]{4})([0-9]{2})([0-9]{2})"
    r"|([0-9]{4})年(?:([0-9]{1,2})月(?:([0-9]{1,2})[日号號]?)?)?"
)
_LAST_DAYS = compile_late(r"([0-9]{1,5})[dD天]")


def parse_period(text: str, today: date | None = None) -> Period | NotADate:
    """Parse one date expression; never raises.

    ``today`` is the day from which relative dates count, by default the local one.

    >>> parse_period("2021-12")
    Period(since=datetime.date(2021, 12, 1), until=datetime.date(2021, 12, 31), swapped=False)
    >>> parse_period("2021-02-30")
    NotADate(reason='no such date: 2021-02-30')
    """
    ends = _RANGE.split(text.strip())
    if len(ends) == 1:
        return _parse_end(ends[0].strip(), today or date.today())
    if len(ends) > 2 or not any(ends):
        return _not_understood(text)
    first, last = (_parse_end(end.strip(), today or date.today()) if end else None for end in ends)
    if isinstance(first, NotADate):
        return first
    if isinstance(last, NotADate):
        return last
    since = first.since if first else None
    until = last.until if last else None
    if first and last and since and until and since > until:
        return Period(last.since, first.until, swapped=True)
    return Period(since, until)


def _parse_end(text: str, today: date) -> Period | NotADate:
    if found := _CALENDAR.fullmatch(text):
        numbers = [int(group) for group in found.groups() if group and group.isdigit()]
        try:
            return _calendar(*numbers)
        except ValueError:
            return NotADate(f"no such date: {text}")
    try:
        return _relative(text.lower(), today) or _not_understood(text)
    except (OverflowError, ValueError):
        return NotADate(f"too long ago: {text}")


def _calendar(year: int, month: int | None = None, day: int | None = None) -> Period:
    if month is None:
        return Period(date(year, 1, 1), date(year, 12, 31))
    if day is None:
        return _month(year, month)
    return Period(date(year, month, day), date(year, month, day))


def _month(year: int, month: int) -> Period:
    # December of year 9999 has no next month.
    last = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(1)
    return Period(date(year, month, 1), last)


def _relative(text: str, today: date) -> Period | None:
    monday = today - timedelta(today.weekday())
    if found := _LAST_DAYS.fullmatch(text):
        days = int(found[1])
        return Period(today - timedelta(days - 1), today) if days else None
    match text:
        case "今天" | "今日" | "today":
            return Period(today, today)
        case "昨天" | "昨日" | "yesterday":
            return Period(today - timedelta(1), today - timedelta(1))
        case "前天":
            return Period(today - timedelta(2), today - timedelta(2))
        case "本周" | "本週":
            return Period(monday, monday + timedelta(6))
        case "上周" | "上週":
            return Period(monday - timedelta(7), monday - timedelta(1))
        case "本月":
            return _month(today.year, today.month)
        case "上月":
            last = today.replace(day=1) - timedelta(1)
            return _month(last.year, last.month)
        case "今年":
            return _calendar(today.year)
        case "去年":
            return _calendar(today.year - 1)
    return None


def _not_understood(text: str) -> NotADate:
    # repr escapes control characters, which must not reach a terminal.
    shown = text if len(text) <= 30 else text[:30] + "…"
    return NotADate(f"date not understood: {shown!r}")

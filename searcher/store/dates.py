"""Dates as columns: seconds since 1970 and minutes east of UTC."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache

NO_DATE = -(1 << 62)
"""Stands for a missing date: before every other."""

FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
"""The beginning of the year 1 and the end of the year 9999, seconds since 1970."""

MAX_UTC_OFFSET = 24 * 60 - 1
"""The maximum offset of a clock from UTC, in minutes."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def date_columns(date: datetime | None) -> tuple[int, int]:
    """Seconds since 1970 and minutes east of UTC."""
    if date is None:
        return NO_DATE, 0
    if date.tzinfo is None:
        date = date.replace(tzinfo=timezone.utc)
    offset = date.utcoffset() or timedelta()
    # Subtracting naive times never overflows, as astimezone does for the first and last years.
    local = date.replace(tzinfo=timezone.utc) - _EPOCH
    return (local - offset) // timedelta(seconds=1), offset // timedelta(minutes=1)


def read_date(seconds: int, minutes: int) -> datetime | None:
    """The date of two columns; the reverse of :func:`date_columns`.

    Raises OverflowError or ValueError for numbers that are none.
    """
    if seconds == NO_DATE:
        return None
    return _epoch(minutes) + timedelta(seconds=seconds + 60 * minutes)


@lru_cache
def _epoch(minutes: int) -> datetime:
    """The clock's time zone, at zero of its own time."""
    zone = timezone(timedelta(minutes=minutes)) if minutes else timezone.utc
    return _EPOCH.replace(tzinfo=zone)

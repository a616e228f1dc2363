"""The dates of articles, as feeds, blogs and YAML write them, to one kind of timestamp."""

import re
from datetime import date, datetime, time, timedelta, timezone

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# RFC 822 section 5.1, with one difference: CST is the time of China here, where it is what clocks
# print, and not that of Chicago.
_ZONES = {
    **dict.fromkeys(("", "z", "ut", "utc", "gmt"), 0),
    **dict.fromkeys(("cst", "hkt"), 8),
    **dict.fromkeys(("est", "cdt"), -5),
    **dict.fromkeys(("mst", "pdt"), -7),
    "jst": 9,
    "edt": -4,
    "mdt": -6,
    "pst": -8,
}

_TIME = r"(\d\d?)[:时時](\d\d?)(?:[:分](\d\d?)?(?:[.,](\d{1,9}))?秒?)?"
_ZONE = r"((?:utc|gmt|ut)?[+-]\d\d(?::?\d\d)?|[a-z]{1,3})?"
_REMARK = r"(?:\s*(?:\([^()]*\)|[a-z]{3,4}))?"  # (UTC), or the zone's name after its offset

# 2021-12-05T02:37:43+08:00  2021/12/5 2:37  2021.12.05  2021年12月5日 星期日 02时37分  20211205
_YEAR_FIRST = re.compile(
    r"(\d{4})(?:[-/.年]\s*(\d\d?)[-/.月]\s*(\d\d?)[日号號]?|(\d\d)(\d\d))"
    rf"(?:[\s,]*(?:(?:星期|周|週|礼拜|禮拜)[一二三四五六日天])?[\st]*{_TIME}\s*{_ZONE}{_REMARK})?",
    re.IGNORECASE,
)
# Sun, 05 Dec 2021 02:37:43 GMT  5 December 2021
_DAY_FIRST = re.compile(
    rf"(?:[a-z]{{3,9}},?\s*)?(\d\d?)[\s-]([a-z]{{3}})[a-z]*\.?,?[\s-](\d{{4}}|\d\d)"
    rf"(?:[\s,]+{_TIME}\s*{_ZONE}{_REMARK})?",
    re.IGNORECASE,
)
# Sun Dec 05 2021 02:37:43 GMT+0800 (中国标准时间)  December 5, 2021
_MONTH_FIRST = re.compile(
    rf"(?:[a-z]{{3,9}}\s+)?([a-z]{{3}})[a-z]*\.?\s+(\d\d?),?\s+(\d{{4}})"
    rf"(?:[\s,]+{_TIME}\s*{_ZONE}{_REMARK})?",
    re.IGNORECASE,
)
_LONGEST = 100  # characters; no date is longer


def parse_timestamp(value: object) -> datetime | None:
    """Read a date as people and programs write it.

    Understood are RFC 822 (`Sun, 05 Dec 2021 02:37:43 GMT`), ISO 8601 with and without time and
    zone, the same with slashes or points, Chinese (`2021年12月5日 10:37`), and the `date` and
    `datetime` objects that YAML readers make.

    Returns:
        A time with its zone, UTC where none is written; midnight where no time is written.
        None for anything else, also for a time that has no place in the years 1 to 9999 of UTC.

    >>> parse_timestamp("2021年12月5日").isoformat()
    '2021-12-05T00:00:00+00:00'
    """
    try:
        if isinstance(value, datetime):
            found: datetime | None = value
        elif isinstance(value, date):
            found = datetime.combine(value, time())
        elif isinstance(value, str) and len(value) <= _LONGEST:
            found = _parse(value.strip())
        else:
            return None
        if found is None:
            return None
        if found.tzinfo is None:
            found = found.replace(tzinfo=timezone.utc)
        found.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None
    return found


def _parse(text: str) -> datetime | None:
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day, compact_month, compact_day, *clock = match.groups()
        return _build(year, month or compact_month, day or compact_day, clock)
    if match := _DAY_FIRST.fullmatch(text):
        day, name, year, *clock = match.groups()
    elif match := _MONTH_FIRST.fullmatch(text):
        name, day, year, *clock = match.groups()
    else:
        return None
    if len(year) == 2:  # RFC 2822 section 4.3
        year = ("20" if int(year) < 50 else "19") + year
    return _build(year, _MONTHS.index(name.lower()) + 1, day, clock)


def _build(year: str, month: str | int, day: str, clock: list[str | None]) -> datetime:
    hour, minute, second, fraction, zone = clock
    return datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        min(int(second or 0), 59),  # a leap second
        int((fraction or "0")[:6].ljust(6, "0")),
        _zone(zone or ""),
    )


def _zone(text: str) -> timezone:
    """Read +08:00, GMT+0800 or EST; raise ValueError for a zone that is not known."""
    text = text.lower()
    sign = max(text.find("+"), text.find("-"))
    if sign < 0:
        if text not in _ZONES:
            raise ValueError(text)
        return timezone(timedelta(hours=_ZONES[text]))
    digits = text[sign + 1 :].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[sign] == "-" else offset)

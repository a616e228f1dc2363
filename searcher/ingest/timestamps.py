"""The dates of articles, as feeds, programs and people write them, to one kind of timestamp."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone
from functools import cache

from searcher.lazy_pattern import compile_late

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# RFC 822 section 5.1, with one difference: CST is the time of China here, where it is what clocks
# print, and not that of Chicago.
_ZONES = {
    **dict.fromkeys(("", "z", "ut", "utc", "gmt"), 0),
    **dict.fromkeys(("cst", "hkt", "bjt", "sgt", "北京时间", "北京時間", "台北时间"), 8),
    **dict.fromkeys(("台北時間", "香港时间", "香港時間", "中国标准时间", "prc"), 8),
    **dict.fromkeys(("est", "cdt"), -5),
    **dict.fromkeys(("mst", "pdt"), -7),
    "bst": 1,
    "cet": 1,
    "cest": 2,
    "msk": 3,
    "jst": 9,
    "kst": 9,
    "edt": -4,
    "mdt": -6,
    "pst": -8,
}

# -- Chinese numbers, weekdays and years of the Republic -----------------------------------------

_HAN_DIGITS = {
    **{digit: value for value, digit in enumerate("零一二三四五六七八九")},
    **dict.fromkeys("〇○", 0),
    "两": 2,
    "元": 1,
}
_HAN = "零〇○一二三四五六七八九十百廿卅元"
_HAN_NUMBER = compile_late(f"[{_HAN}]{{1,5}}(?=[年月日号號时時点點分秒])")
_HAN_WEEKDAY = compile_late(
    r"[(\[]?\s?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]\s?[)\]]?"
    r"|[(\[][一二三四五六日天][)\]]"
)
_WEEKDAY = compile_late(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?",
    re.IGNORECASE,
)
_REPUBLIC = compile_late(r"(?:中[华華])?民[国國]\s*(\d{1,3})")
_YEAR_110 = compile_late(r"^(1[01]\d)(?=\s?年)")
_CLOCK_FIRST = compile_late(r"(\d\d?:\d\d(?::\d\d)?),? (.+)")
_PREFIX = compile_late(
    r"(?:公元|西元|发布|發布|发表|發表|更新|创建|建立|日期|时间|時間|于|於|date|published|posted|on|[:\s])+",
    re.IGNORECASE,
)
_DASHES = str.maketrans("‐‑‒–—―−", "-------")


def _with_digits(number: re.Match[str]) -> str:
    r"""Write a Chinese number in digits: 二〇二一 and 廿五, which are read in two ways."""
    text = number.group()
    if len(text) > 1 and not set(text) & set("十百廿卅"):
        return "".join(str(_HAN_DIGITS[character]) for character in text)
    total = 0
    for character in text:
        if character == "百":
            total *= 100
        elif character == "十":
            tens = total % 10 or 1
            total = total - total % 10 + tens * 10
        elif character in "廿卅":
            total = 20 if character == "廿" else 30
        else:
            total += _HAN_DIGITS[character]
    return str(total)


def _plain(text: str) -> str:
    """Write a date with ASCII digits and signs, without its weekday."""
    if not text.isascii():
        text = _HAN_WEEKDAY.sub(" ", unicodedata.normalize("NFKC", text).translate(_DASHES))
        text = in_digits(text)
    text = " ".join(_WEEKDAY.sub(" ", text.replace("_", "-")).split())
    if text[:4].isdigit():
        return text
    prefix = _PREFIX.match(text)
    if prefix:
        text = text[prefix.end() :]
    if not text.isascii():
        text = _YEAR_110.sub(_common_era, text)
    clock_first = _CLOCK_FIRST.fullmatch(text)
    if clock_first:
        text = f"{clock_first.group(2)} {clock_first.group(1)}"
    return text


def in_digits(text: str) -> str:
    """Write the Chinese numbers of dates in digits, and years of the Republic as common ones.

    >>> in_digits("民國一一〇年十二月五日"), in_digits("二〇二一年")
    ('2021年12月5日', '2021年')
    """
    return _REPUBLIC.sub(_common_era, _HAN_NUMBER.sub(_with_digits, text))


def _common_era(year: re.Match[str]) -> str:
    return str(int(year.group(1)) + 1911)


# -- the forms -----------------------------------------------------------------------------------

_HALF_DAY = (
    r"[ap]\.?m\b\.?|上午|下午|中午|正午|凌晨|清晨|早上|早晨|早|傍晚|晚上|晚间|晚間|晚|夜间|夜里|夜"
)
_CLOCK = (
    rf"(?P<before>{_HALF_DAY})?\s?(?P<hour>\d\d?)"
    r"(?:\s?[:时時点點h]\s?(?:(?P<minute>\d\d?|半|整)"
    r"(?:\s?[:分]\s?(?:(?P<second>\d\d?)(?:[.,](?P<fraction>\d{1,9}))?\s?秒?)?)?)?"
    r"|(?=\s?[ap]\.?m))"
    rf"\s?(?P<after>{_HALF_DAY})?"
)
_ZONE = (
    r"[(\[]?(?P<zone>(?:utc|gmt|ut)?[+-]\d\d?(?::?\d\d)?|cst[+-]0?800|[a-z]{1,4}|[a-z]+/[a-z-]+(?:/[a-z-]+)?"
    r"|(?:北京|台北|香港|中国标准)[时時][间間])[)\]]?"
)
_REMARK = r"(?:\s?(?:\([^()]*\)|\[[^\[\]]*\]|[a-z]{3,4}))?(?:\sm=\+[\d.]+)?"
_REST = rf"(?:(?:[\s,t/-]|at)*{_CLOCK})?(?:\s?{_ZONE}{_REMARK})?\s?"

# 2021-12-05T02:37:43+08:00  2021/12/5 2:37 PM  2021.12.05  2021年12月5日 下午2点37分  20211205
_YEAR_FIRST = compile_late(
    r"(?P<year>\d{4}|\d\d(?=\s?年))"
    r"(?:\s?[-/.年、 ]\s?(?P<month>\d\d?)\s?[-/.月、 ]\s?(?P<day>\d\d?)\s?[日号號.]?"
    rf"|(?P<month2>\d\d)(?P<day2>\d\d)){_REST}",
    re.IGNORECASE,
)
# 20211205T023743Z  20211205023743  202112050237
_COMPACT = compile_late(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)[t\s-]?"
    rf"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?:\s?{_ZONE})?",
    re.IGNORECASE,
)
# 05 Dec 2021 02:37:43 GMT  5th December 2021
_DAY_FIRST = compile_late(
    r"(?P<day>\d\d?)(?:st|nd|rd|th)?[\s-](?:of\s)?(?P<name>[a-z]{3})[a-z]*\.?,?[\s-]"
    rf"(?P<year>\d{{4}}|\d\d){_REST}",
    re.IGNORECASE,
)
# Dec 05 2021 02:37:43 GMT+0800 (中国标准时间)  December 5, 2021 at 2:37 PM
_MONTH_FIRST = compile_late(
    rf"(?P<name>[a-z]{{3}})[a-z]*\.?\s(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}}){_REST}",
    re.IGNORECASE,
)
# Dec 5 09:20:00 CST 2021, as the command `date` prints it
_YEAR_LAST = compile_late(
    rf"(?P<name>[a-z]{{3}})[a-z]*\s(?P<day>\d\d?)\s{_CLOCK}(?:\s?{_ZONE})?\s(?P<year>\d{{4}})",
    re.IGNORECASE,
)
# 12月 5, 2021  5 12月 2021, as blogs in Chinese write English dates
_MONTH_FIRST_HAN = compile_late(
    rf"(?P<month>\d\d?)月 ?(?P<day>\d\d?)[日号號]?,? (?P<year>\d{{4}})年?{_REST}", re.IGNORECASE
)
_DAY_FIRST_HAN = compile_late(
    rf"(?P<day>\d\d?) (?P<month>\d\d?)月,? (?P<year>\d{{4}}){_REST}", re.IGNORECASE
)
# 2021-Dec-05  2021 December 5
_MONTH_BETWEEN = compile_late(
    rf"(?P<year>\d{{4}})[\s-](?P<name>[a-z]{{3}})[a-z]*\.?[\s-](?P<day>\d\d?){_REST}",
    re.IGNORECASE,
)
# 12/25/2021 and 25.12.2021, where only one reading is a date
_NUMBERS = compile_late(
    rf"(?P<first>\d\d?)[/.-](?P<second_number>\d\d?)[/.-](?P<year>\d{{4}}){_REST}", re.IGNORECASE
)
_EPOCH = compile_late(r"@?(-?\d{9,10}|\d{13}|\d{16}|\d{19})(?:\.\d{1,9})?")
_LONGEST = 100  # characters; no date is longer


def parse_timestamp(value: object) -> datetime | None:
    """Read a date as people and programs write it.

    Understood are RFC 822 (`Sun, 05 Dec 2021 02:37:43 GMT`), ISO 8601 with and without time and
    zone, the same with slashes or points, Chinese (`2021年12月5日 下午3:20`, `民國110年12月5日`,
    `二〇二一年十二月五日`), English month names, seconds and milliseconds since 1970, and the
    `date` and `datetime` objects that readers of YAML and TOML make.

    Returns:
        A time with its zone, UTC where none is written; midnight where no time is written.
        None for anything else: also for 5/12/2021, which has two readings, and for a time that has
        no place in the years 1 to 9999 of UTC.

    >>> parse_timestamp("2021年12月5日").isoformat()
    '2021-12-05T00:00:00+00:00'
    """
    try:
        if isinstance(value, datetime):
            found: datetime | None = value
        elif isinstance(value, date):
            found = datetime.combine(value, time())
        elif isinstance(value, str) and len(value) <= _LONGEST:
            found = _common(value) or _parse(_plain(value))
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


def _common(text: str) -> datetime | None:
    """Read 2021-12-05, which is what most programs write; None for anything else."""
    if len(text) == 10 and text.isascii() and text[4] == text[7] == "-":
        year, month, day = text[:4], text[5:7], text[8:]
        if year.isdigit() and month.isdigit() and day.isdigit():
            return datetime(int(year), int(month), int(day))
    return None


def _parse(text: str) -> datetime | None:
    if match := _EPOCH.fullmatch(text):
        return _since_1970(match.group(1))
    if match := _COMPACT.fullmatch(text):
        parts = match.groupdict()
        return _build(parts["year"], int(parts["month"]), parts["day"], parts)
    if match := _YEAR_FIRST.fullmatch(text):
        parts = match.groupdict()
        month, day = parts["month"] or parts["month2"], parts["day"] or parts["day2"]
        return _build(parts["year"], int(month or 0), day or "0", parts)
    for form in (_DAY_FIRST, _MONTH_FIRST, _MONTH_BETWEEN, _YEAR_LAST):
        if match := form.fullmatch(text):
            parts = match.groupdict()
            month_number = _MONTHS.index((parts["name"] or "").lower()) + 1
            return _build(parts["year"], month_number, parts["day"] or "0", parts)
    for form in (_MONTH_FIRST_HAN, _DAY_FIRST_HAN):
        if match := form.fullmatch(text):
            parts = match.groupdict()
            return _build(parts["year"], int(parts["month"] or 0), parts["day"] or "0", parts)
    if match := _NUMBERS.fullmatch(text):
        parts = match.groupdict()
        first, second = int(parts["first"] or 0), int(parts["second_number"] or 0)
        if first > 12:
            first, second = second, first
        elif second <= 12 and first != second:
            return None
        return _build(parts["year"], first, str(second), parts)
    return None


def _since_1970(digits: str) -> datetime:
    units = {13: 10**3, 16: 10**6, 19: 10**9}.get(len(digits), 1)
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=int(digits) / units)


def _build(year: str | None, month: int, day: str, parts: dict[str, str | None]) -> datetime:
    year = year or ""
    if len(year) == 2:  # RFC 2822 section 4.3
        year = ("20" if int(year) < 50 else "19") + year
    hour = _hour(int(parts.get("hour") or 0), parts.get("before") or parts.get("after") or "")
    minute = parts.get("minute") or "0"
    midnight = datetime(int(year), month, int(day))
    clock = timedelta()
    if hour == 24:
        hour, clock = 0, timedelta(days=1)
    found = midnight.replace(
        hour=hour,
        minute={"半": 30, "整": 0}.get(minute) or int(minute.replace("半", "0").replace("整", "0")),
        second=min(int(parts.get("second") or 0), 59),  # a leap second
        microsecond=int((parts.get("fraction") or "0")[:6].ljust(6, "0")),
    )
    return (found + clock).replace(tzinfo=_zone(parts.get("zone") or "", found))


def _hour(hour: int, half_day: str) -> int:
    """Make an hour of 24 out of one of 12."""
    half_day = half_day.lower()
    if hour > 12 or not half_day:
        return hour
    if half_day.startswith("a") or half_day in ("上午", "凌晨", "清晨", "早上", "早晨", "早"):
        return 0 if hour == 12 else hour
    if half_day in ("中午", "正午"):
        return hour + 12 if hour < 4 else hour
    if half_day.startswith(("晚", "夜")) and hour == 12:
        return 24
    return hour if hour == 12 else hour + 12


def _zone(text: str, moment: datetime) -> timezone:
    """Read +08:00, GMT+8, EST or Asia/Shanghai; raise ValueError for a zone that is not known."""
    text = text.lower()
    if "/" in text:
        return _named_zone(text, moment)
    sign = max(text.find("+"), text.find("-"))
    if sign < 0:
        if text not in _ZONES:
            raise ValueError(text)
        return timezone(timedelta(hours=_ZONES[text]))
    digits = text[sign + 1 :].replace(":", "")
    hours = digits[:2] if len(digits) != 3 else digits[:1]
    offset = timedelta(hours=int(hours), minutes=int(digits[len(hours) :] or 0))
    return timezone(-offset if text[sign] == "-" else offset)


def _named_zone(name: str, moment: datetime) -> timezone:
    from zoneinfo import ZoneInfo

    written = _zone_names().get(name.replace("-", "_"))
    if written is None:
        raise ValueError(name)
    offset = ZoneInfo(written).utcoffset(moment)
    return timezone(offset or timedelta())


@cache
def _zone_names() -> dict[str, str]:
    """The names of the time zones of this machine by their lower case."""
    from zoneinfo import available_timezones

    return {name.lower(): name for name in available_timezones()}

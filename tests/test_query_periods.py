"""Date expressions: the days that each covers, and what is no date."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.query.periods import NotADate, Period, parse_period

TODAY = date(2021, 12, 8)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2021-12-05", "2021-12-05", "2021-12-05"),
        ("2021-12-5", "2021-12-05", "2021-12-05"),
        ("2021/12/5", "2021-12-05", "2021-12-05"),
        ("2021.12.5", "2021-12-05", "2021-12-05"),
        ("20211205", "2021-12-05", "2021-12-05"),
        ("2021年12月5日", "2021-12-05", "2021-12-05"),
        ("2021年12月5號", "2021-12-05", "2021-12-05"),
        (" 2021-12-05 ", "2021-12-05", "2021-12-05"),
        ("2021-12", "2021-12-01", "2021-12-31"),
        ("2021/2", "2021-02-01", "2021-02-28"),
        ("2020年2月", "2020-02-01", "2020-02-29"),
        ("2021", "2021-01-01", "2021-12-31"),
        ("2021年", "2021-01-01", "2021-12-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
    ],
)
def test_a_day_month_or_year_in_each_spelling(text: str, since: str, until: str) -> None:
    assert parse_period(text) == Period(date.fromisoformat(since), date.fromisoformat(until))


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2021-12-01..2021-12-31", "2021-12-01", "2021-12-31"),
        ("2021-12~2022", "2021-12-01", "2022-12-31"),
        ("2021年12月～2022年", "2021-12-01", "2022-12-31"),
        ("2021.12...2022.1", "2021-12-01", "2022-01-31"),
        ("2021 .. 2022", "2021-01-01", "2022-12-31"),
        ("2021-12-05..2021-12", "2021-12-05", "2021-12-31"),  # overlapping ends are no mistake
        ("2021..", "2021-01-01", None),
        ("..2022", None, "2022-12-31"),  # all of 2022
        ("~2022-02", None, "2022-02-28"),
        ("昨天..", "2021-12-07", None),
        ("2021-11..今天", "2021-11-01", "2021-12-08"),
    ],
)
def test_a_range_covers_both_its_ends(text: str, since: str | None, until: str | None) -> None:
    found = parse_period(text, TODAY)
    assert isinstance(found, Period)
    assert (found.since and str(found.since), found.until and str(found.until)) == (since, until)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("今天", "2021-12-08", "2021-12-08"),
        ("today", "2021-12-08", "2021-12-08"),
        ("Yesterday", "2021-12-07", "2021-12-07"),
        ("昨天", "2021-12-07", "2021-12-07"),
        ("前天", "2021-12-06", "2021-12-06"),
        ("本周", "2021-12-06", "2021-12-12"),
        ("上週", "2021-11-29", "2021-12-05"),
        ("本月", "2021-12-01", "2021-12-31"),
        ("上月", "2021-11-01", "2021-11-30"),
        ("今年", "2021-01-01", "2021-12-31"),
        ("去年", "2020-01-01", "2020-12-31"),
        ("1d", "2021-12-08", "2021-12-08"),
        ("7d", "2021-12-02", "2021-12-08"),
        ("30天", "2021-11-09", "2021-12-08"),
    ],
)
def test_relative_dates_start_from_today(text: str, since: str, until: str) -> None:
    assert parse_period(text, TODAY) == Period(date.fromisoformat(since), date.fromisoformat(until))


def test_last_month_of_january_and_today_by_default() -> None:
    assert parse_period("上月", date(2022, 1, 31)) == Period(date(2021, 12, 1), date(2021, 12, 31))
    before, found, after = date.today(), parse_period("today"), date.today()
    assert found in (Period(before, before), Period(after, after))


@pytest.mark.parametrize("text", ["2022..2021", "2022-12-31..2021-01-01", "2022~2021年"])
def test_a_reversed_range_is_swapped_and_says_so(text: str) -> None:
    assert parse_period(text) == Period(date(2021, 1, 1), date(2022, 12, 31), swapped=True)


@pytest.mark.parametrize(
    "text",
    ["2021-02-30", "2021-13", "2021-0", "0000", "20211301", "2021年2月29日", "2021..2021-02-30"],
)
def test_impossible_dates_are_named(text: str) -> None:
    found = parse_period(text)
    assert isinstance(found, NotADate)
    assert found.reason == f"no such date: {text.rpartition('..')[2]}"


@pytest.mark.parametrize(
    "text",
    [
        *("", "..", "~", "garbage", "2021..2022..2023", "21-12-05", "2021-12/05", "202112", "0d"),
        *("2021-12-05T11:06", "12月5日", "a..2021", "\x1b[31m", "7d7d", "999999d", "2021-1-1-1"),
    ],
)
def test_anything_else_is_not_understood(text: str) -> None:
    found = parse_period(text, TODAY)
    assert isinstance(found, NotADate)
    assert found.reason.startswith("date not understood: ")
    assert found.reason.isprintable()


@pytest.mark.parametrize(("text", "today"), [("昨天", date.min), ("去年", date.min)])
def test_before_the_first_day_is_too_long_ago(text: str, today: date) -> None:
    assert parse_period(text, today) == NotADate(f"too long ago: {text}")


@given(st.dates())
def test_every_day_reads_the_same_in_every_spelling(day: date) -> None:
    year, month = f"{day.year:04}", day.month
    spellings = [
        day.isoformat(),
        day.isoformat().replace("-", ""),
        f"{year}/{month}/{day.day}",
        f"{year}.{month}.{day.day}",
        f"{year}年{month}月{day.day}日",
        f"{day}..{day}",
    ]
    assert {parse_period(spelling) for spelling in spellings} == {Period(day, day)}


@given(st.text() | st.text("0123456789-/.~年月日d今昨天 "), st.dates())
def test_nothing_raises_and_days_are_in_order(text: str, today: date) -> None:
    found = parse_period(text, today)
    if isinstance(found, Period) and found.since and found.until:
        assert found.since <= found.until

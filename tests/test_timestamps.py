from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.ingest.timestamps import parse_timestamp

UTC = timezone.utc
CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 05 Dec 2021 02:37:43 GMT", datetime(2021, 12, 5, 2, 37, 43, tzinfo=UTC)),
        ("5 Dec 21 02:37 EST", datetime(2021, 12, 5, 7, 37, tzinfo=UTC)),
        ("Sunday, 05-Dec-21 02:37:43 GMT", datetime(2021, 12, 5, 2, 37, 43, tzinfo=UTC)),
        ("05 Dec 1999 00:00:00 +0800", datetime(1999, 12, 5, tzinfo=CHINA)),
        ("2021-12-05T02:37:43Z", datetime(2021, 12, 5, 2, 37, 43, tzinfo=UTC)),
        ("2021-12-05T02:37:43.5+08:00", datetime(2021, 12, 5, 2, 37, 43, 500_000, tzinfo=CHINA)),
        ("2021-12-05T02:37:43", datetime(2021, 12, 5, 2, 37, 43, tzinfo=UTC)),
        ("20211205", datetime(2021, 12, 5, tzinfo=UTC)),
        ("2021-10-10 11:06:15", datetime(2021, 10, 10, 11, 6, 15, tzinfo=UTC)),
        ("2021-10-10 11:06:15 +0800", datetime(2021, 10, 10, 11, 6, 15, tzinfo=CHINA)),
        ("2021-10-10 11:06:15 +0800 CST", datetime(2021, 10, 10, 11, 6, 15, tzinfo=CHINA)),
        ("2021-10-10 11:06:15 CST", datetime(2021, 10, 10, 11, 6, 15, tzinfo=CHINA)),
        ("2021-12-05", datetime(2021, 12, 5, tzinfo=UTC)),
        ("2021/12/5 2:37", datetime(2021, 12, 5, 2, 37, tzinfo=UTC)),
        ("2021.12.05", datetime(2021, 12, 5, tzinfo=UTC)),
        ("2021年12月5日", datetime(2021, 12, 5, tzinfo=UTC)),
        ("２０２１年１２月５日", datetime(2021, 12, 5, tzinfo=UTC)),
        ("2021年12月5日 星期日 10:37", datetime(2021, 12, 5, 10, 37, tzinfo=UTC)),
        ("2021年12月5日10时37分43秒", datetime(2021, 12, 5, 10, 37, 43, tzinfo=UTC)),
        ("December 5, 2021", datetime(2021, 12, 5, tzinfo=UTC)),
        (
            "Sun Dec 05 2021 10:37:43 GMT+0800 (中国标准时间)",
            datetime(2021, 12, 5, 10, 37, 43, tzinfo=CHINA),
        ),
        ("  2021-12-05\n", datetime(2021, 12, 5, tzinfo=UTC)),
        ("2021-12-05 3:20 PM", datetime(2021, 12, 5, 15, 20, tzinfo=UTC)),
        ("2021-12-05 12:20 a.m.", datetime(2021, 12, 5, 0, 20, tzinfo=UTC)),
        ("2021年12月5日 下午3:20", datetime(2021, 12, 5, 15, 20, tzinfo=UTC)),
        ("2021年12月5日上午9点半", datetime(2021, 12, 5, 9, 30, tzinfo=UTC)),
        ("2021年12月5日中午12:30", datetime(2021, 12, 5, 12, 30, tzinfo=UTC)),
        ("2021年12月5日晚上12点", datetime(2021, 12, 6, tzinfo=UTC)),
        ("2021-12-05 24:00", datetime(2021, 12, 6, tzinfo=UTC)),
        ("2021年12月5日9点20分", datetime(2021, 12, 5, 9, 20, tzinfo=UTC)),
        ("2021 年 12 月 5 日", datetime(2021, 12, 5, tzinfo=UTC)),
        ("2021年12月5日 10：37", datetime(2021, 12, 5, 10, 37, tzinfo=UTC)),
        ("2021年12月5日（星期日）10:37", datetime(2021, 12, 5, 10, 37, tzinfo=UTC)),
        ("2021年12月5日(日)", datetime(2021, 12, 5, tzinfo=UTC)),
        ("民國110年12月5日", datetime(2021, 12, 5, tzinfo=UTC)),
        ("民国一百一十年十二月五日", datetime(2021, 12, 5, tzinfo=UTC)),
        ("110年12月5日", datetime(2021, 12, 5, tzinfo=UTC)),
        ("二〇二一年十二月二十五日", datetime(2021, 12, 25, tzinfo=UTC)),
        ("二○二一年十二月廿五日", datetime(2021, 12, 25, tzinfo=UTC)),
        ("2021-12-05 +0800", datetime(2021, 12, 5, tzinfo=CHINA)),
        ("2021-12-05 09:20 Asia/Shanghai", datetime(2021, 12, 5, 9, 20, tzinfo=CHINA)),
        ("2021-12-05 09:20（北京时间）", datetime(2021, 12, 5, 9, 20, tzinfo=CHINA)),
        ("2021-12-05T09:20:00+08:00[Asia/Shanghai]", datetime(2021, 12, 5, 9, 20, tzinfo=CHINA)),
        ("2021-12-05 09:20 GMT+8", datetime(2021, 12, 5, 9, 20, tzinfo=CHINA)),
        ("Sun Dec  5 09:20:00 CST 2021", datetime(2021, 12, 5, 9, 20, tzinfo=CHINA)),
        ("Sun Dec  5 09:20:00 2021", datetime(2021, 12, 5, 9, 20, tzinfo=UTC)),
        ("Sunday, December 5th, 2021 at 2:37 PM", datetime(2021, 12, 5, 14, 37, tzinfo=UTC)),
        ("09:20, 5 December 2021", datetime(2021, 12, 5, 9, 20, tzinfo=UTC)),
        ("2021-Dec-05", datetime(2021, 12, 5, tzinfo=UTC)),
        ("12/25/2021", datetime(2021, 12, 25, tzinfo=UTC)),
        ("25.12.2021", datetime(2021, 12, 25, tzinfo=UTC)),
        ("1638671863", datetime(2021, 12, 5, 2, 37, 43, tzinfo=UTC)),
        ("1638671863000", datetime(2021, 12, 5, 2, 37, 43, tzinfo=UTC)),
        ("20211205T023743Z", datetime(2021, 12, 5, 2, 37, 43, tzinfo=UTC)),
        ("发布时间：2021-12-05 09:20", datetime(2021, 12, 5, 9, 20, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (date(2021, 12, 5), datetime(2021, 12, 5, tzinfo=UTC)),
        (datetime(2021, 12, 5, 2, 37), datetime(2021, 12, 5, 2, 37, tzinfo=UTC)),
        (datetime(2021, 12, 5, 2, tzinfo=CHINA), datetime(2021, 12, 5, 2, tzinfo=CHINA)),
    ],
)
def test_understood(text: object, expected: datetime) -> None:
    found = parse_timestamp(text)
    assert found == expected
    assert found.tzinfo is not None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Invalid Date",
        "2021",
        "2021-13-01",
        "2021-02-30",
        "2021-12-05T25:00",
        "2021-12-05T02:37:43 XYZ",
        "2021-12-05T02:37:43+99:99",
        "0000-01-01",
        "10000-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "5 Foo 2021",
        "05/12/2021",
        "3天前",
        "昨天 09:20",
        "2021年12月",
        "2021-12-05 09:20 Asia/Nowhere",
        "2021-12-05 09:20 ../../etc/passwd",
        "2021-12-05" + " " * 200,
        20211205,
        None,
        ["2021-12-05"],
    ],
)
def test_not_understood(value: object) -> None:
    assert parse_timestamp(value) is None


ZONES = st.builds(
    timezone, st.integers(-1439, 1439).map(lambda minutes: timedelta(minutes=minutes))
)


@given(st.datetimes(timezones=st.none() | ZONES))
def test_iso_comes_back(moment: datetime) -> None:
    found = parse_timestamp(moment.isoformat())
    assert found == parse_timestamp(moment)
    if found is not None:
        assert found.replace(tzinfo=moment.tzinfo) == moment


@given(
    st.text()
    | st.text("0123456789年月日时点半上下午民国一十百元-/: ")
    | st.from_regex(r"\d{1,5}[-/年]\d{1,3}[-/月]\d{1,3}.{0,20}")
)
def test_any_text_is_safe(text: str) -> None:
    found = parse_timestamp(text)
    if found is not None:
        found.astimezone(timezone.utc)
        found.timestamp()

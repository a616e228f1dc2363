from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.ingest.path_dates import date_of_path

DAY = datetime(2021, 12, 5, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "path",
    [
        "_posts/2021-12-05-jiang-zhun.md",
        "2021-12-5.html",
        "2021.12.05.md",
        "x_2021_12_05_y.md",
        "news-20211205.md",
        "20211205a.md",
        "20211205093000.md",
        "2021年12月5日 央行.txt",
        "2021年/12月/5日/a.md",
        "民國110年12月5日.md",
        "二〇二一年十二月五日 央行.md",
        "a/2021/12/05/x.md",
        "2021/12/5/x.md",
        "2021/12/05-x.md",
        "2021-12/05/a.md",
        "202112/05.md",
        "2020-01-01/2021-12-05 a.md",
    ],
)
def test_found(path: str) -> None:
    assert date_of_path(path) == DAY


@pytest.mark.parametrize(
    "path",
    [
        "a.md",
        "2021/12/5-things.md",
        "2020-2021.md",
        "8001-9000/article_20211.md",
        "2021-13-05.md",
        "2021-02-30.md",
        "1234567820211205.md",
        "120211205.md",
        "2021-12-051.md",
    ],
)
def test_not_found(path: str) -> None:
    assert date_of_path(path) is None


@given(st.dates(datetime(1900, 1, 1).date(), datetime(2099, 12, 31).date()))
def test_every_day(day: object) -> None:
    found = date_of_path(f"posts/{day}-title.md")
    assert found is not None
    assert found.date() == day


@given(st.text(st.sampled_from("0123456789-/_.年月日a")))
def test_any_path_is_safe(path: str) -> None:
    date_of_path(path)

"""Results as data frames and as HTML."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from bs4 import BeautifulSoup
from library import article, index_of

from searcher import Hit, Index, Results, Snippet

FIRST = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
LAST = datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-12)))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    dates: list[datetime | None] = [
        None,
        FIRST,
        LAST,
        datetime(2021, 12, 5, 8, tzinfo=timezone.utc),
    ]
    articles = [
        article(n, "普京", "他说<b>好</b>。", date=date, categories=("国际",), source="晨光日报")
        for n, date in enumerate(dates)
    ]
    return index_of(tmp_path_factory.mktemp("tables"), *articles)


def test_pandas(index: Index) -> None:
    pandas: Any = pytest.importorskip("pandas")
    results = index.search("普京")
    frame = results.to_pandas()
    assert frame["id"].tolist() == [hit.id for hit in results]
    assert str(frame.dtypes["date"]) == "datetime64[us, UTC]"
    assert [str(frame.dtypes[name]) for name in ("rank", "score", "relaxed")] == [
        "int64", "float64", "bool",
    ]  # fmt: skip
    usual = frame[frame["id"] == "a0003"].iloc[0]
    assert usual["date"] == pandas.Timestamp("2021-12-05T08:00Z")
    assert usual["categories"] == ["国际"]
    assert frame["date"].isna().sum() == 1
    assert Results([], query="", total=0, took=0).to_pandas().shape == (0, 11)


def test_arrow(index: Index) -> None:
    pytest.importorskip("pyarrow")
    results = index.search("普京")
    table = results.to_arrow()
    assert table.column("id").to_pylist() == [hit.id for hit in results]
    assert table.column("categories").to_pylist() == [["国际"]] * 4
    assert str(table.schema.field("date").type) == "timestamp[us, tz=UTC]"
    moments = dict(
        zip(
            table.column("id").to_pylist(),
            table.column("date").cast("int64").to_pylist(),
            strict=True,
        )
    )
    assert moments["a0000"] is None
    assert moments["a0003"] == 1638691200 * 10**6
    assert Results([], query="", total=0, took=0).to_arrow().num_rows == 0


def test_html_marks_matches_and_nothing_else() -> None:
    snippets = (Snippet("title", "普京", ((0, 2),)), Snippet("body", "<b>普京</b>", ((3, 5),)))
    hit = Hit(3, "1", "<i>.md", "普京 & 拜登", None, "", "", (), "", 1.0, snippets)
    shown = Results([hit], query="<普京>", total=7, took=0)._repr_html_()
    page = BeautifulSoup(shown, "html.parser")
    assert page.p.get_text() == "1 of 7: <普京>"  # type: ignore[union-attr]
    assert page.li["value"] == "3"  # type: ignore[index]
    assert [mark.get_text() for mark in page.find_all("mark")] == ["普京"]
    assert "<b>普京</b>" in page.get_text()
    assert "<i>.md" in page.get_text()

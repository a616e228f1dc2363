"""Timelines against a plain count over the articles."""

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree

import pytest
from exploring import build_in_segments, matching, random_queries
from hypothesis import given
from hypothesis import strategies as st
from library import SLOW, article, index_of

from searcher import Article, Index, QueryError
from searcher.explore.svg import line_chart
from searcher.explore.timeline import PERIODS, By

QUERIES = random_queries(200 if SLOW else 40, seed=2)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return build_in_segments(tmp_path_factory.mktemp("timeline"))


def name_of(moment: date, by: By) -> str:
    year, week, _ = moment.isocalendar()
    names = {"day": f"{moment:%Y-%m-%d}", "month": f"{moment:%Y-%m}", "year": f"{moment:%Y}"}
    return names.get(by, f"{year:04}-W{week:02}")


def plain_count(articles: list[Article], by: By) -> Counter[str]:
    return Counter(name_of(article.date.date(), by) for article in articles if article.date)


@pytest.mark.parametrize("query", QUERIES)
def test_equal_to_a_plain_count(index: Index, query: str) -> None:
    articles, everything = matching(index, query), [*index]
    for by in PERIODS:
        timeline = index.timeline(query, "北京", by=by)
        counts = plain_count(articles, by)
        every = plain_count(everything, by)
        assert timeline.totals[0] == len(articles)
        assert timeline.undated[0] == sum(article.date is None for article in articles)
        for period in timeline.periods:
            assert period.counts[0] == counts[period.name]
            assert period.articles == every[period.name]
            assert period.name == name_of(period.start, by)
            share = 100 * period.counts[0] / period.articles if period.articles else 0
            assert period.shares[0] == share
        assert sum(period.counts[0] for period in timeline.periods) == sum(counts.values())


@pytest.mark.parametrize("by", PERIODS)
def test_no_gaps_and_no_empty_ends(index: Index, by: By) -> None:
    periods = index.timeline("普京 拜登", by=by).periods
    days = [periods[0].start]
    while days[-1] < periods[-1].start:
        day = days[-1] + timedelta(days=1)
        while name_of(day, by) == name_of(days[-1], by):
            day += timedelta(days=1)
        days.append(day)
    assert [period.start for period in periods] == days
    assert periods[0].counts[0] > 0
    assert periods[-1].counts[0] > 0


def test_first_and_last_dates_of_all(tmp_path: Path) -> None:
    moments = [datetime(1, 1, 1, tzinfo=timezone.utc), datetime(9999, 12, 31, tzinfo=timezone.utc)]
    with index_of(tmp_path, *[article(n, date=m) for n, m in enumerate(moments)]) as index:
        assert len(index.timeline("*", by="year").periods) == 9999
        for by in ("day", "week", "month"):
            with pytest.raises(QueryError, match="from 0001-01-01 to 9999-12-"):
                index.timeline("*", by=by)
        for by in PERIODS:
            assert len(index.timeline("*", by=by, until="0001").periods) == 1
            assert len(index.timeline("*", by=by, since="9999").periods) == 1


def test_nothing_found(index: Index) -> None:
    timeline = index.timeline("没有的词语")
    assert (timeline.periods, timeline.totals) == ((), (0,))
    ElementTree.fromstring(timeline.to_svg())


@pytest.mark.parametrize(
    ("queries", "by", "message"),
    [
        ((), "day", "a timeline is of 1 to 20 queries, not 0"),
        (("a",) * 21, "day", "a timeline is of 1 to 20 queries, not 21"),
        (("a",), "hour", "by must be one of day, week, month, year"),
        ((7,), "day", "a query must be text"),
    ],
)
def test_wrong_arguments(index: Index, queries: tuple[str, ...], by: By, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        index.timeline(*queries, by=by)


def test_the_chart_has_a_point_for_each_period(index: Index) -> None:
    timeline = index.timeline("普京", "<拜登> & 北京", by="month")
    root = ElementTree.fromstring(timeline.to_svg(share=True))
    lines = root.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [len(timeline.periods)] * 2
    assert timeline._repr_html_().startswith("<svg ")


@given(st.text(), st.lists(st.floats(0, 1e9), min_size=1, max_size=5))
def test_any_chart_is_well_formed(name: str, values: list[float]) -> None:
    root = ElementTree.fromstring(line_chart([name] * len(values), [(name, values)]))
    for line in root.findall("{http://www.w3.org/2000/svg}polyline"):
        for point in line.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 900
            assert 0 <= y <= 360

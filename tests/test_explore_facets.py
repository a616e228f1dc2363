"""Facets against a plain count over the articles."""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from exploring import build_in_segments, matching, random_queries
from library import SLOW

from searcher import Article, Index, QueryError
from searcher.explore.facets import WEEKDAYS

QUERIES = random_queries(200 if SLOW else 40, seed=1)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return build_in_segments(tmp_path_factory.mktemp("facets"))


def _dated(form: Callable[[Article], str]) -> Callable[[Article], list[str]]:
    return lambda article: [form(article)] if article.date else []


def _weekday(article: Article) -> str:
    assert article.date is not None
    return WEEKDAYS[article.date.weekday()]


VALUES: dict[str, Callable[[Article], Iterable[str]]] = {
    "source": lambda article: [article.source] if article.source else [],
    "author": lambda article: [article.author] if article.author else [],
    "category": lambda article: article.categories,
    "year": _dated(lambda article: f"{article.date:%Y}"),
    "month": _dated(lambda article: f"{article.date:%Y-%m}"),
    "weekday": _dated(_weekday),
}


@pytest.mark.parametrize("query", QUERIES)
def test_equal_to_a_plain_count(index: Index, query: str) -> None:
    articles = matching(index, query)
    facets = index.facets(query, [*VALUES], top=None)
    assert facets.total == len(articles)
    for field, values in VALUES.items():
        counts = Counter(value for article in articles for value in values(article))
        facet = facets[field]
        assert {value.value: value.articles for value in facet.values} == counts
        assert facet.without == sum(not [*values(article)] for article in articles)
        assert facet.others == 0


def test_most_first_and_the_rest_counted(index: Index) -> None:
    whole = index.facets("*", "month", top=None)["month"]
    order = [(-value.articles, value.value) for value in whole.values]
    assert order == sorted(order)
    some = index.facets("*", "month", top=5)["month"]
    assert some.values == whole.values[:5]
    assert some.others == len(whole.values) - 5


def test_narrowing_finds_what_was_counted(index: Index) -> None:
    for facet in index.facets("普京", ["source", "category", "year", "month"]).facets:
        for value in facet.values:
            assert index.count(f"普京 {value.query}") == value.articles


def test_filters(index: Index) -> None:
    facets = index.facets("普京", "year", since="2020", until="2020")
    assert [value.value for value in facets["year"].values] == ["2020"]
    assert facets.total == index.count("普京", since="2020", until="2020")


@pytest.mark.parametrize(
    ("by", "options", "message"),
    [
        ("colour", {}, "cannot count by 'colour'; choose from: source"),
        ([], {}, "choose what to count by"),
        ("year", {"top": -1}, "top must be a whole number, 0 or more"),
        ("year", {"snippets": True}, "no option is called 'snippets'"),
        ("year", {"since": "tomorrow or so"}, "since: "),
    ],
)
def test_wrong_arguments(index: Index, by: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        index.facets("普京", by, **options)  # type: ignore[arg-type]


def test_in_a_notebook_text_stays_text(index: Index) -> None:
    shown = index.facets("*", "category")._repr_html_()
    assert "<td>a&quot;b</td>" in shown

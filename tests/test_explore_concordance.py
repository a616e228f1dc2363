"""Concordances: every match once, with the offsets and the context that it has."""

import random
from pathlib import Path

import pytest
from exploring import build_in_segments, matching, random_queries
from hypothesis import given
from hypothesis import strategies as st
from library import SLOW, article, index_of
from texts import random_text, without_controls

from searcher import Index, QueryError, fold
from searcher.explore.concordance import LineSort
from searcher.search.spans import merge_spans

QUERIES = random_queries(200 if SLOW else 40, seed=3)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return build_in_segments(tmp_path_factory.mktemp("concordance"))


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_highlighted_is_listed_once(index: Index, query: str) -> None:
    found = index.concordance(query)
    articles = {article.id: article for article in matching(index, query)}
    assert found.total == len(articles)
    assert found.complete
    listed: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for line in found.lines:
        article = articles[line.id]
        text = article.title if line.field == "title" else article.body
        assert (line.path, line.date, line.source) == (article.path, article.date, article.source)
        assert line.match == text[line.start : line.end]
        assert line.left == text[max(0, line.start - 40) : line.start]
        assert line.right == text[line.end : line.end + 40]
        listed.setdefault((line.id, line.field), []).append((line.start, line.end))
    for id_, article in articles.items():
        for field, text in (("title", article.title), ("body", article.body)):
            spans = listed.get((id_, field), [])
            assert spans == sorted(set(spans))
            if '"' in query:
                assert spans == [*index.highlight(query, text)]


def test_a_string_is_found_wherever_it_stands(tmp_path: Path) -> None:
    chance = random.Random(8)
    texts = [without_controls(random_text(chance)).strip() for _ in range(60)]
    texts = [text + "😀普京𠮷普京。" for text in texts]
    with index_of(tmp_path, *[article(n, "标题", text) for n, text in enumerate(texts)]) as index:
        lines = index.concordance('"普京"').lines
        for number, text in enumerate(texts):
            starts = [line.start for line in lines if line.id == f"a{number:04}"]
            body = index.get(f"a{number:04}").body  # type: ignore[union-attr]
            folded = fold(body)
            assert len(folded) == len(body)
            assert starts == [n for n in range(len(body)) if folded.startswith("普京", n)], text


def test_characters_of_two_units(tmp_path: Path) -> None:
    with index_of(tmp_path, ("标题", "𠮷𠮷普京😀😀说"), ("😀", "前😀后")) as index:
        (line,) = index.concordance("普京").lines
        assert (line.start, line.end, line.left, line.right) == (2, 4, "𠮷𠮷", "😀😀说")
        assert [(line.field, line.start, line.end) for line in index.concordance('"😀"').lines] == [
            ("title", 0, 1),
            ("body", 1, 2),
            ("body", 4, 5),
            ("body", 5, 6),
        ]


@pytest.mark.parametrize("sort", ["left", "right", "date"])
def test_order_and_limit(index: Index, sort: LineSort) -> None:
    lines = index.concordance("普京", sort=sort).lines
    if sort == "date":
        days = [line.date.timestamp() if line.date else float("-inf") for line in lines]
        assert days == sorted(days, reverse=True)
    else:
        keys = [fold(line.left[::-1]) if sort == "left" else fold(line.right) for line in lines]
        assert keys == sorted(keys)
    some = index.concordance("普京", sort=sort, limit=7)
    assert some.lines == lines[:7]
    assert not some.complete
    assert index.concordance("普京", sort=sort, limit=len(lines)).complete


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sort": "middle"}, "sort must be one of date, left, right"),
        ({"context": -1}, "context must be a whole number"),
        ({"limit": 1.5}, "limit must be a whole number"),
    ],
)
def test_wrong_arguments(index: Index, options: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        index.concordance("普京", **options)  # type: ignore[arg-type]


spans = st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda s: (s[0], s[0] + s[1]))


@given(st.lists(spans))
def test_merging_keeps_the_longest(given_spans: list[tuple[int, int]]) -> None:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(given_spans), key=lambda s: (s[0] - s[1], s)):
        if all(end <= a or b <= start for a, b in kept):
            kept.append((start, end))
    assert merge_spans(given_spans) == sorted(kept)


def test_many_overlapping_matches_take_no_quadratic_time(tmp_path: Path) -> None:
    with index_of(tmp_path, ("标题", "哈" * 100_000)) as index:
        lines = index.concordance('"哈哈哈" OR "哈哈"', context=5).lines
        assert sum(line.end - line.start for line in lines) >= 99_999


def test_parts_of_longer_words_are_matches_too(tmp_path: Path) -> None:
    with index_of(
        tmp_path, ("部长", "国防部长见了部长，国防部长离开。"), ("", "国防部长")
    ) as index:
        lines = index.concordance("部长").lines
        assert [(line.id, line.field, line.start) for line in lines] == [
            ("a0001", "body", 2),
            ("a0000", "title", 0),
            ("a0000", "body", 2),
            ("a0000", "body", 6),
            ("a0000", "body", 11),
        ]

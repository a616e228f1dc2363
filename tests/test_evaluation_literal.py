"""Quoted random strings against a plain scan."""

import pytest

from searcher.article import Article
from searcher.errors import EvaluationError
from searcher.evaluation import literal
from searcher.evaluation.literal import Wrong, measure_literal, sample

ARTICLES = [
    Article("a", "a", "“拜登”与普京", "克里姆林宫说，两人谈了F-35。\n雙方同意\u3000再談。"),
    Article("b", "b", "", '『雙方』OR “拜登” AND "普京" (5G)：标题：普京*'),
    Article("c", "c", "一", ""),
]


def test_the_real_index_finds_exactly_these() -> None:
    figures = measure_literal(ARTICLES, samples=150, seed=3)
    assert figures.wrong == ()
    assert (figures.recall, figures.precision) == (1, 1)
    assert (figures.articles, figures.strings) == (3, 150)
    assert figures.contained >= 150


def test_figures_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(literal, "sample", lambda *_: iter(["雙方", "普京", "一"]))
    answers = {'"雙方"': {"a", "b"}, '"普京"': {"a"}, '"一"': {"c", "b"}}
    monkeypatch.setattr(literal, "matching_ids", lambda _, query: answers[query])
    figures = measure_literal(ARTICLES)
    assert figures.contained == 5
    assert figures.recall == 4 / 5
    assert figures.precision == 4 / 5
    none = frozenset[str]()
    assert figures.wrong == (
        Wrong("普京", frozenset("b"), none),
        Wrong("一", none, frozenset("b")),
    )


def test_strings_are_pieces_of_lines() -> None:
    strings = [*sample(ARTICLES, 500, seed=1)]
    assert len(strings) == 500
    lines = [line for a in ARTICLES for line in (a.title, *a.body.split("\n"))]
    assert all(any(string in line for line in lines) for string in strings)
    assert {*map(len, strings)} == {*range(1, 13)}
    assert all(map(str.strip, strings))


def test_the_seed_decides() -> None:
    first = [*sample(ARTICLES, 50, seed=1)]
    assert first == [*sample(ARTICLES, 50, seed=1)]
    assert first != [*sample(ARTICLES, 50, seed=2)]


def test_without_text() -> None:
    with pytest.raises(EvaluationError, match="no text"):
        measure_literal([Article("a", "a", "", "\n")])

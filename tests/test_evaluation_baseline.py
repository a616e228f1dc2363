"""BM25 over jieba's words."""

from math import log

import pytest

from searcher.article import Article
from searcher.evaluation.baseline import JiebaBM25

TEXTS = {"a": "北京，", "b": "北京上海。", "c": "上海上海广州！"}


@pytest.fixture(scope="module")
def baseline() -> JiebaBM25:
    return JiebaBM25([Article(id_, id_, "", text) for id_, text in TEXTS.items()])


def share(df: int, tf: int, length: int) -> float:
    """BM25 with k1 1.2 and b 0.75 in three documents of two words on average."""
    idf = log(1 + (3 - df + 0.5) / (df + 0.5))
    return idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / 2))


def test_scores_by_hand(baseline: JiebaBM25) -> None:
    found = baseline.search_all({"q": "上海广州？", "r": "没有"})
    (first, best), (second, next_best) = found["q"]
    assert (first, second) == ("c", "b")
    assert best == pytest.approx(share(2, 2, 3) + share(1, 1, 3))
    assert next_best == pytest.approx(share(2, 1, 2))
    assert found["r"] == []


def test_a_word_said_twice_counts_twice(baseline: JiebaBM25) -> None:
    found = baseline.search_all({"once": "广州", "twice": "广州，广州"})
    assert found["twice"][0][1] == pytest.approx(2 * found["once"][0][1])


def test_depth(baseline: JiebaBM25) -> None:
    assert [id_ for id_, _ in baseline.search_all({"q": "北京"}, depth=1)["q"]] == ["a"]


def test_the_text_is_taken_as_it_is(baseline: JiebaBM25) -> None:
    # jieba's HMM joins 和普京, and nothing folds 廣州.
    assert baseline.search_all({"q": "廣州"})["q"] == []
    titled = JiebaBM25([Article("t", "t", "拜登和普京", "莫斯科")])
    assert titled.search_all({"q": "普京"})["q"] == []
    assert titled.search_all({"q": "拜登"})["q"]


def test_documents_without_words() -> None:
    assert JiebaBM25([Article("t", "t", "", "。")]).search_all({"q": "普京"}) == {"q": []}

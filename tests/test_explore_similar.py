"""Articles like one: by the terms that they share."""

from pathlib import Path

import pytest
from library import article, index_of

from searcher import Article, Index, QueryError

TEXTS = [
    ("普京与拜登通话", "美国总统拜登和俄罗斯总统普京讨论乌克兰边境局势。"),
    ("乌克兰边境局势", "普京说乌克兰边境局势平静，拜登表示关注。"),
    ("滑雪比赛开幕", "运动员在北京参加滑雪比赛，观众很多。"),
    ("北京滑雪", "滑雪比赛在北京举行，运动员来自各国。"),
    ("独一无二", "魑魅魍魉饕餮。"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("similar"), *TEXTS)


@pytest.mark.parametrize(("number", "nearest"), [(0, 1), (1, 0), (2, 3), (3, 2)])
def test_the_nearest_and_never_itself(index: Index, number: int, nearest: int) -> None:
    results = index.similar(f"a{number:04}")
    assert results[0].id == f"a{nearest:04}"
    assert f"a{number:04}" not in {hit.id for hit in results}
    assert [hit.rank for hit in results] == [*range(1, len(results) + 1)]
    assert [hit.score for hit in results] == sorted((h.score for h in results), reverse=True)


def test_an_article_of_the_index_gives_the_same_as_its_id(index: Index) -> None:
    for number in range(len(TEXTS)):
        found = index.get(f"a{number:04}")
        assert found is not None
        assert [*index.similar(found)] == [*index.similar(found.id)] == [*index.similar(found.path)]


def test_a_text_from_elsewhere(index: Index) -> None:
    results = index.similar(Article("", "", "滑雪", "运动员参加比赛。"), limit=2)
    assert {hit.id for hit in results} == {"a0002", "a0003"}
    # Its id is the beginning of others: it is still none of them.
    assert len(index.similar(Article("a000", "", "滑雪", "运动员"))) == 2


def test_nothing_is_like_it(index: Index) -> None:
    assert len(index.similar("a0004")) == 0
    assert len(index.similar(Article("", "", "", ""))) == 0


def test_the_query_says_by_what(index: Index, tmp_path: Path) -> None:
    results = index.similar("a0002")
    assert "滑雪" in results.query.split(" OR ")
    assert results[0].id in {hit.id for hit in index.search(results.query, limit=2)}
    own = index_of(tmp_path, article(1, "滑雪比赛", ""), article(2, "滑雪比赛", ""))
    assert own.similar("a0001").query in ("比赛 OR 滑雪", "滑雪 OR 比赛")


def test_wrong_arguments(index: Index) -> None:
    with pytest.raises(QueryError, match="no article has the id or path 'zzz'"):
        index.similar("zzz")
    with pytest.raises(QueryError, match="several ids begin with"):
        index.similar("a")
    with pytest.raises(QueryError, match="limit must be a whole number"):
        index.similar("a0001", limit=-1)
    with pytest.raises(QueryError, match="an article must be"):
        index.similar(7)  # type: ignore[arg-type]

"""Why: the shares of a score add up to it, and what is missing is named."""

import random
from pathlib import Path
from typing import Any

import pytest
from library import article, build, index_of
from test_exhaustive import KINDS, made, options

from searcher import Index, QueryError, open_index


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("explain")
    build(folder, [made(5, n) for n in range(80)])
    build(folder, [made(5, n) for n in range(10, 120)])
    return open_index(folder / "index")


def queries() -> list[tuple[str, dict[str, Any]]]:
    chance = random.Random(41)
    kinds = ["word", "words", "one of words", "not", "prefix and word", "title", "sentence-like"]
    made_up = []
    for _ in range(60):
        kind = chance.choice(kinds)
        # These kinds take nothing from the articles.
        query = "普京和拜登谈乌克兰经济" if kind == "sentence-like" else KINDS[kind](chance, None)  # type: ignore[arg-type]
        made_up.append((query, options(chance)))
    return [*made_up, ('"京"', {}), ("中国", {"fresh": 30.0}), ("中国 经济", {"expand": True})]


def test_the_shares_of_every_hit_add_up_to_its_score(index: Index) -> None:
    seen = 0
    for query, given in queries():
        for hit in index.search(query, limit=40, explain=True, **given):
            total = sum(match.score for match in hit.explanation)
            assert total == pytest.approx(hit.score, rel=1e-4, abs=1e-4), (query, given, hit.rank)
            seen += 1
    assert seen > 500


def test_without_being_asked_nothing_is_explained(index: Index) -> None:
    assert all(hit.explanation == () for hit in index.search("普京"))


def test_explaining_a_hit_says_the_same(index: Index) -> None:
    for query in ("普京", "拜登 普京", '"普京"', "国防部 部长", "F-35 OR 部长"):
        for hit in index.search(query, limit=10):
            told = index.explain(query, hit.id)
            assert told.matched
            assert told.missing == ()
            assert told.id == hit.id
            assert told.score == pytest.approx(hit.score, rel=1e-4), query
            assert sum(m.score for m in told.matches) == pytest.approx(told.score)


KINDS_OF_MATCH = {
    "普京": [("普京", "title+body", "word")],
    "部长": [("部长", "body", "part")],
    "特朗普": [("川普", "body", "alias")],
    '"防部长"': [("防部长", "body", "literal")],
    "布林肯": [("布林肯", "body", "word")],
    "title:普京": [("普京", "title", "word")],
}


@pytest.mark.parametrize("query", KINDS_OF_MATCH)
def test_where_and_as_what_it_matched(tmp_path: Path, query: str) -> None:
    with index_of(tmp_path, ("普京讲话", "普京和国防部长会见布林肯与川普")) as index:
        told = index.explain(query, "a0000")
        got = [(m.term, m.field, m.kind) for m in told.matches]
        assert [m for m in KINDS_OF_MATCH[query] if m not in got] == []
        if query == "title:普京":
            assert got == KINDS_OF_MATCH[query]


def test_nearness_is_told(tmp_path: Path) -> None:
    with index_of(
        tmp_path, ("要闻", "拜登与普京通话。"), ("要闻", "拜登来了。普京走了。")
    ) as index:
        near, far = index.search("拜登 普京", explain=True)
        assert (near.id, far.id) == ("a0000", "a0001")
        nearness = [m.score for h in (near, far) for m in h.explanation if m.kind == "nearness"]
        assert nearness[0] > nearness[1]


def test_missing_words_are_named_with_the_nearest_thing(tmp_path: Path) -> None:
    with index_of(
        tmp_path, ("拜登讲话", "中华人民共和国成立，普丁致贺"), ("别的", "华人 普京 泽连斯基")
    ) as index:
        told = index.explain("拜登 华人 泽连斯基", "a0000")
        assert not told.matched
        assert [missing.term for missing in told.missing] == ["华人", "泽连斯基"]
        nearest = told.missing[0]
        assert "中华人民共和国" in nearest.nearest
        assert "中华人民共和国" in nearest.words
        assert told.missing[1].nearest == ""
        assert [m.term for m in told.matches if m.kind == "word"] == ["拜登"]


def test_other_things_that_are_missing(tmp_path: Path) -> None:
    made_up = article(1, "拜登讲话", "普京致贺", author="新华社", categories=("国际",))
    with index_of(tmp_path, made_up, article(2, "乌克兰", "克兰")) as index:
        for query, term in {
            '拜登 "普京讲话"': "普京讲话",
            "拜登 title:普京": "普京",
            "拜登 乌*": "乌",
            "拜登 author:路透": "路透",
            "拜登 category:财经": "财经",
            "拜登 -普京": "普京",
            "拜登 (乌克兰 OR 克兰)": "乌克兰",
            "拜登 date:1999": "date",
        }.items():
            told = index.explain(query, "a0001")
            assert not told.matched, query
            assert len(told.missing) == 1, query
            assert term in told.missing[0].term, query


def test_odd_queries(index: Index) -> None:
    some = index.search("*")[0].id
    for query in (
        "",
        "   ",
        "…",
        "的",
        "*",
        "-普京",
        "()",
        '"',
        "普京*",
        "😀",
        '"😀"',
        "date:2021",
    ):
        told = index.explain(query, some)
        assert told.score == pytest.approx(sum(m.score for m in told.matches))


def test_an_article_that_is_not_there(index: Index) -> None:
    for id_ in ("", "zzz", "nowhere.md", "\ud800", "a" * 5000):
        with pytest.raises(QueryError):
            index.explain("普京", id_)

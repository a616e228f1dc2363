"""Suggestions for queries that find next to nothing, and completion."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from console import call, run
from library import article, build, index_of

from searcher import Index, QueryError, Suggestion, TermFrequency, fold, open_index
from searcher.search import slips, title_strings
from searcher.search.suggest import Suggester
from searcher.search.title_strings import CHANGED, TitleStrings
from searcher.text.lookalikes import lookalikes
from searcher.text.pinyin import Piece, near, readings_of, table

TITLES = [
    "泽连斯基访问华盛顿",
    "普京会见泽连斯基代表",
    "普京谈粮食外运",
    "高市早苗当选首相",
    "高市早苗发表谈话",
    "港珠澳大桥通车",
    "林鄭月娥宣布辭職",
    "大灣區發展綱要",
    "Netflix发布新剧",
]
BODY = "皇后码头重新开放。"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("suggest")
    return index_of(folder, *((title, BODY) for title in TITLES))


@pytest.mark.parametrize(
    ("typed", "meant", "kind", "articles"),
    [
        ("泽联斯基", "泽连斯基", "sound", 2),
        ("泽连斯机", "泽连斯基", "sound", 2),
        ("高视早苗", "高市早苗", "sound", 2),
        ("林鄭月鵝", "林鄭月娥", "sound", 1),
        ("高市早描", "高市早苗", "sound", 2),
        ("浦晶", "普京", "sound", 2),
        ("泽连斯墓", "泽连斯基", "character", 2),
        ("犬灣區", "大灣區", "character", 1),
        ("泽连嗷基", "泽连斯基", "character", 2),
        ("泽斯连基", "泽连斯基", "swapped", 2),
        ("高市苗", "高市早苗", "missing", 2),
        ("泽连斯斯基", "泽连斯基", "extra", 2),
        ("zelianxiji", "泽连斯基", "pinyin", 2),
        ("zeliansiji", "泽连斯基", "pinyin", 2),
        ("pujing", "普京", "pinyin", 2),
        ("pujin", "普京", "pinyin", 2),
        ("pu jing", "普京", "pinyin", 2),
        ("pj", "普京", "pinyin", 2),
        ("gszm", "高市早苗", "pinyin", 2),
        ("普jing", "普京", "pinyin", 2),
        ("linzhengyuee", "林鄭月娥", "pinyin", 1),
        ("netfilx", "Netflix", "swapped", 1),
        ("netflux", "Netflix", "character", 1),
        ("titel:普京", "title:普京", "field", 2),
        # A part of a word, and what no title has.
        ("港筑澳", "港珠澳", "sound", 1),
        ("皇候码头", "皇后码头", "sound", len(TITLES)),
        ("皇码头", "皇后码头", "missing", len(TITLES)),
        # In a run of several words, and beside other runs.
        ("泽连斯机访问华盛顿", "泽连斯基访问华盛顿", "sound", 1),
        ("普京 泽连斯机", "普京 泽连斯基", "sound", 1),
        ("浦晶 泽连斯机", "普京 泽连斯基", "sound", 1),
    ],
)
def test_kinds(index: Index, typed: str, meant: str, kind: str, articles: int) -> None:
    found = index.suggest(typed)
    assert found[:1] == (Suggestion(meant, kind, articles),)
    assert index.search(typed).suggestions == found
    assert index.count(meant) == articles


@pytest.mark.parametrize(
    "typed",
    ["", " ", "*", "普", "没有这个", "xyzzy", "'", "()", "a:", "q" * 5000, "泽" * 5000, "\ud800"],
)
def test_nothing_is_like_it(index: Index, typed: str) -> None:
    assert index.suggest(typed) == ()


def test_only_what_is_found_is_suggested(index: Index) -> None:
    for typed in ("泽连斯机", "pj", "gszm", "大弯区", "浦晶", "pujing -普京", "新居 普晶"):
        found = index.suggest(typed)
        assert all(index.count(one.text) == one.articles > 0 for one in found)
        assert len({fold(one.text) for one in found}) == len(found) <= 3


def test_deleted_articles_suggest_nothing(tmp_path: Path) -> None:
    articles = [article(n, title) for n, title in enumerate(TITLES)]
    build(tmp_path, articles)
    with open_index(tmp_path / "index") as index:
        assert index.suggest("高视早苗")
        build(tmp_path, articles[:3])
        assert index.refresh()
        assert index.suggest("高视早苗") == ()
        assert index.suggest("泽连斯机")


def test_what_finds_something_gets_none(index: Index) -> None:
    assert index.search("皇后码头").suggestions == ()
    # In few articles, and no other string is in ten times as many.
    assert index.search("普京").suggestions == ()
    # The filter leaves nothing of it.
    assert index.search("普京", since="2050").suggestions == ()
    assert index.search("泽连斯机", limit=0).suggestions == ()


def test_what_is_rare_may_be_a_slip(tmp_path: Path) -> None:
    titles = ["港珠澳大桥通车"] * 25 + ["港朱澳大桥通车"] * 2
    with index_of(tmp_path, *((title, "") for title in titles)) as index:
        (found,) = index.search("港朱澳").suggestions
        assert found == Suggestion("港珠澳", "sound", 25)
    with index_of(tmp_path, *((title, "") for title in titles[10:])) as index:
        assert index.search("港朱澳").suggestions == ()


def test_the_more_frequent_comes_first(tmp_path: Path) -> None:
    titles = ["王小明讲话"] * 2 + ["王晓明讲话"] * 9 + ["汪笑名讲话"] * 5
    with index_of(tmp_path, *((title, "") for title in titles)) as index:
        found = [one.text for one in index.suggest("王笑明")]
        assert found == ["王晓明", "王小明", "汪笑名"]


def test_a_string_that_exists_when_quoted(index: Index) -> None:
    def count(query: str) -> int:
        return 4 if query[0] == '"' else 0

    found = Suggester(index._backend, count, rare=0).suggest("连斯基访")
    assert found == (Suggestion('"连斯基访"', "quoted", 4),)


def test_errors(index: Index) -> None:
    with pytest.raises(QueryError, match="a query must be text"):
        index.suggest(7)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="a prefix must be text"):
        index.complete(None)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="limit"):
        index.complete("普", -1)


# The strings of an index


@pytest.mark.parametrize("at_once", [1, 3, 256])
def test_strings_are_found_as_one_by_one(
    tmp_path: Path, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(title_strings, "_FETCHED_AT_ONCE", at_once)
    chance = random.Random(at_once)
    titles = ["".join(chance.choices("晴情请睛天人大", k=chance.randint(1, 12))) for _ in range(40)]
    with index_of(tmp_path, *((title, "") for title in titles)) as index:
        strings = TitleStrings(index._backend)
        terms = dict(index.terms())
        for typed in ("晴天", "大人", "请大人", "晴情天"):
            costs = [slips.alike(char) for char in typed]
            for most, changed in ((0, 0), (3, 1), (6, 2)):
                want: Counter[str] = Counter()
                windows = {
                    title[at : at + len(typed)] for title in titles for at in range(len(title))
                }
                for window in windows | terms.keys():
                    if len(window) != len(typed):
                        continue
                    total = sum(int(c[ord(w)]) for c, w in zip(costs, window, strict=True))
                    if total % CHANGED <= most and total // CHANGED <= changed:
                        want[window] = total % CHANGED
                found = strings.find(costs, most, changed)
                assert {one.text: one.cost for one in found} == want
                for one in found:
                    assert one.titles == sum(one.text in title for title in titles)
                    assert one.df == terms.get(one.text, 0)


def test_an_index_without_articles(tmp_path: Path) -> None:
    with index_of(tmp_path) as index:
        assert index.suggest("泽连斯机") == index.suggest("pujing") == ()
        assert index.complete("普") == ()


def test_titles_are_sampled(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(title_strings, "MAX_TITLES", 2)
    strings = TitleStrings(index._backend)
    (found,) = strings.find([*map(slips.exact, "泽连斯")])
    assert found.titles == 1
    assert strings.find([*map(slips.exact, "高市早")]) == []


def test_strings_are_given_as_titles_write_them(index: Index) -> None:
    assert [one.text for one in index.suggest("林郑月鹅")] == ["林鄭月娥"]


# Pinyin and shapes


def test_readings_of_letters() -> None:
    def ways(letters: str) -> list[str]:
        return [" ".join(piece.letters for piece in way) for way in readings_of(letters)]

    assert ways("pujing")[0] == "pu jing"
    assert {"xi an", "fang an"} <= {*ways("xian"), *ways("fangan")}
    assert ways("xi'an")[0] == "xi an"
    assert ways("yglz") == ["y g l z"]
    assert ways("zelsj")[0] == "ze l s j"
    assert "zh sh" in ways("zhsh")
    assert ways("") == ways("pu") == ways("a" * 1000) == ways("1") == []
    assert len(ways("xianxianxianxianxianxian")) <= 14


def test_near_syllables_are_symmetric() -> None:
    for syllable in table().usual:
        assert all(syllable in near(other) for other in near(syllable))
    assert {"zen", "zheng", "zeng"} <= near("zhen")
    assert "liu" in near("niu")
    assert "si" in near("xi")


def test_lookalikes_are_symmetric_and_folded() -> None:
    alike = lookalikes()
    for char, others in alike.items():
        assert fold(char + others) == char + others
        assert len({*others}) == len(others)
        assert all(char in alike[other] for other in others)
    for pair in ("未末", "己已", "政攻", "人入", "大太", "晴睛"):
        assert pair[0] in alike[pair[1]]


def test_costs_keep_the_cheapest_reading() -> None:
    costs = slips.alike("京")
    assert costs[ord("京")] == 0
    assert costs[ord("晶")] == slips.HOMOPHONE
    assert costs[ord("金")] == CHANGED + slips.NEAR_SOUND
    assert costs[ord("谢")] == CHANGED + slips.OTHER
    assert np.all(slips.sounding(Piece("普", True)) == slips.exact("普"))


# What is shown


def test_terminal(news: Path) -> None:
    answer = call("search", "拜等", cwd=news, expect=1)
    assert answer.err.splitlines()[-1].startswith("did you mean 拜登? ")
    listed = call("search", "拜等", "--files", cwd=news, expect=1)
    assert (listed.out, listed.err) == ("", answer.err.splitlines()[-1] + "\n")
    assert call("search", "拜等", "--count", cwd=news, expect=1).err == ""
    assert "did you mean" not in call("search", "拜登", cwd=news, expect=0).err


def test_json(news: Path) -> None:
    answer = call("search", "拜等", "--json", cwd=news, expect=1)
    (suggestion,) = answer.record["suggestions"]
    assert answer.err == ""
    found = call("search", "拜登", "--json", cwd=news, expect=0).record
    assert suggestion == {"text": "拜登", "kind": "sound", "articles": found["total"]}
    assert found["suggestions"] == []


def test_batch(news: Path) -> None:
    (news / "slips.txt").write_text("拜等\n拜登\n", "utf-8")
    answer = run("batch", "slips.txt", cwd=news, expect=0)
    first, second = map(json.loads, answer.out.splitlines())
    assert [one["text"] for one in first["suggestions"]] == ["拜登"]
    assert second["suggestions"] == []


# Completion


def test_completion(index: Index) -> None:
    assert index.complete("普")[0] == TermFrequency("普京", 2)
    for typed in ("普", "pu", "puj", "pujin", "pujing"):
        assert TermFrequency("普京", 2) in index.complete(typed), typed
    assert [one.term for one in index.complete("netf")] == ["netflix"]
    assert index.complete("没有") == index.complete("") == index.complete("\ud800") == ()


def test_completion_is_by_frequency(tmp_path: Path) -> None:
    titles = ["北京", "北京", "北约", "北约", "北约", "背景", "背景", "背景", "背景"]
    with index_of(tmp_path, *((title, "") for title in titles)) as index:
        assert [*index.complete("北", 2)] == [("北约", 3), ("北京", 2)]
        assert [*index.complete("bei", 3)] == [("背景", 4), ("北约", 3), ("北京", 2)]
        assert [*index.complete("beij")] == [("背景", 4), ("北京", 2)]
        assert index.complete("北", 0) == ()

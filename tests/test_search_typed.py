"""What people type: an unquoted run is first of all a string, its words come after.

Real dictionary, texts written for each case. The better article is always the older one, since
equal scores put the newer one first.
"""

from itertools import product
from pathlib import Path

import pytest
from library import article, build, found, ids, index_of

from searcher import Hit, Index, open_index
from searcher.text.stopwords import STOP_WORDS


def strict(index: Index, query: str) -> list[str]:
    """The ids of those that match as asked, in their order."""
    return [hit.id for hit in index.search(query, limit=100) if not hit.relaxed]


def marked(hit: Hit) -> list[str]:
    """What is highlighted, piece by piece."""
    return [s.text[start:end] for s in hit.snippets for start, end in s.spans]


# Strings that are no words


@pytest.mark.parametrize(
    ("query", "right", "wrong"),
    [
        ("碳中和", "中国提出碳中和目标", "碳市场中，和往年不同"),
        ("巴以", "巴以双方恢复谈判", "巴基斯坦以及以色列"),
        ("小而美", "小而美的民生项目", "项目小而多，而且美"),
        ("向新向优", "产业向新向优发展", "向着新的方向，优先发展"),
        ("潘从明", "工人潘从明的事迹", "潘某从今天到明天"),
        ("黃之峰", "黄之峰出席集会", "黄山之巅的高峰"),
        ("谭得塞", "总干事谭得塞表示", "谭某得知道路堵塞"),
        ("一國一制", "有人主张一国一制", "一个国家，一种制度"),
    ],
)
def test_only_those_that_say_so(tmp_path: Path, query: str, right: str, wrong: str) -> None:
    filler = [("要闻", f"新的一天和第{n}件事") for n in range(5)]
    with index_of(tmp_path, ("要闻", right), ("要闻", wrong), *filler) as index:
        results = index.search(query, aliases=False)
        assert (ids(results), results.total) == (["a0000"], 1)
        assert len(marked(results[0])) == 1
        assert len(marked(results[0])[0]) == len(query), "the whole of it is highlighted"


def test_what_nobody_says_finds_nothing(tmp_path: Path) -> None:
    filler = [("要闻", f"新的一天和第{n}件事，小城而已，向着前方，一国之制") for n in range(5)]
    with index_of(tmp_path, *filler) as index:
        for query in ("小而美", "向新向优", "潘从明", "黃之峰", "谭得塞", "一國一制", "碳中和"):
            assert (ids(index.search(query)), index.count(query)) == ([], 0), query


def test_nothing_but_a_star_matches_every_article(tmp_path: Path) -> None:
    """Stop words, joiners, and both together never decide alone."""
    with index_of(tmp_path, ("晴", "晴"), ("要闻", "".join(sorted(STOP_WORDS)))) as index:
        assert index.count("*") == 2
        joiners = list("+&/_·：@－|—…，。、！？")
        some = sorted(STOP_WORDS)[::7]
        queries = [*sorted(STOP_WORDS), *joiners]
        queries += ["".join(pair) for pair in product(some, some[:12])]
        queries += [joiner.join(pair) for joiner in joiners for pair in product(some[:6], some[:3])]
        queries += [" ".join(pair) for pair in product(some[:6], some[:6])]
        for query in queries:
            assert "a0000" not in ids(index.search(query, snippets=False)), query
            assert index.count(query) < 2, query


# Runs of several words


@pytest.mark.parametrize(
    ("run", "spaced"), [("央行降准", "央行 降准"), ("台风碧丝雅", "台风 碧丝雅")]
)
def test_a_run_finds_what_its_words_find(tmp_path: Path, run: str, spaced: str) -> None:
    one, other = spaced.split()
    with index_of(
        tmp_path,
        ("要闻", f"{run}的消息"),
        ("要闻", f"{one}今天的消息：{other}"),
        ("要闻", f"{other}，还有{one}"),
        ("要闻", f"只有{one}"),
        ("要闻", f"只有{other}"),
    ) as index:
        assert set(strict(index, run)) == {"a0000", "a0001", "a0002"} == set(strict(index, spaced))
        assert strict(index, run)[0] == "a0000", "first where it stands as it was typed"


def test_what_a_run_highlights(tmp_path: Path) -> None:
    """The whole run where it stands, not only 美元 in it."""
    with index_of(tmp_path, ("要闻", "中美元首会晤在即"), ("要闻", "两国会谈")) as index:
        (hit,) = index.search("中美元首会晤")
        assert "".join(marked(hit)) == "中美元首会晤"


# Inside longer words


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("大湾区", "粤港澳大湾区"),
        ("政协委员", "全国政协委员"),
        ("俄乌", "俄乌冲突"),
        ("自贸港", "海南自贸港"),
        ("港珠澳", "港珠澳大桥"),
        ("冬残奥", "冬残奥会"),
        ("消博", "消博会"),
    ],
)
def test_a_word_inside_a_longer_one(tmp_path: Path, short: str, long: str) -> None:
    texts = [f"今天说{long}的事", "今天说别的事"]
    with index_of(tmp_path / "long", *[("要闻", text) for text in texts]) as index:
        assert strict(index, short) == ["a0000"]
    # Where other articles have it as a word, too.
    texts.append(f"{short}，{short}，{short}")
    with index_of(tmp_path / "both", *[("要闻", text) for text in texts]) as index:
        assert set(strict(index, short)) == {"a0000", "a0002"}


def test_not_across_the_words_of_a_longer_one(tmp_path: Path) -> None:
    with index_of(tmp_path, ("要闻", "海外华人"), ("要闻", "中华人民共和国")) as index:
        assert found(index, "华人") == {"a0000"}


# Names that no dictionary has


@pytest.mark.parametrize("name", ["核污染水", "杜苏芮", "理大圍城"])
def test_names_are_scored_like_words(tmp_path: Path, name: str) -> None:
    rest = "今天的新闻说了很多别的事情。" * 5
    with index_of(
        tmp_path,
        (f"关于{name}", f"说的是{name}。{rest}"),
        ("要闻", f"{name}，{name}，{name}。{rest}"),
        ("要闻", f"说的是{name}。"),
        ("要闻", f"说的是{name}。{rest}{rest}"),
        ("要闻", rest),
    ) as index:
        hits = index.search(name, aliases=False)
        order = [hit.id for hit in hits]
        assert set(order) == {"a0000", "a0001", "a0002", "a0003"}
        assert order[0] == "a0000", "in the title"
        assert order.index("a0001") < order.index("a0003"), "more often"
        assert order.index("a0002") < order.index("a0003"), "in a shorter text"
        scores = [hit.score for hit in hits]
        assert scores == sorted(set(scores), reverse=True), "no two are equal"


def test_at_word_boundaries_before_across_them(tmp_path: Path) -> None:
    """保证金 hides 金云鹏."""
    with index_of(
        tmp_path,
        ("要闻", "会见了金云鹏先生等人"),
        ("要闻", "会保证金云鹏的安全的"),
        ("要闻", "云上的大鹏和保证金"),
    ) as index:
        assert strict(index, "金云鹏") == ["a0000", "a0001"]
        assert found(index, '"金云鹏"') == {"a0000", "a0001"}


# Runs joined by something


@pytest.mark.parametrize("joiner", ["+", "&", "/", "_", "·", "：", "@", "－", "|", "・", "—"])
@pytest.mark.parametrize(("one", "other"), [("普京", "德国"), ("习近平", "北约")])
def test_joined_runs(tmp_path: Path, joiner: str, one: str, other: str) -> None:
    query = f"{one}{joiner}{other}"
    with index_of(
        tmp_path,
        ("要闻", f"今天说到{query}了"),
        ("要闻", f"{one}今天访问{other}"),
        ("要闻", f"{other}等待{one}"),
        ("要闻", f"只有{one}"),
        ("要闻", f"只有{other}"),
    ) as index:
        got = strict(index, query)
        assert {"a0001", "a0002"} <= set(got)
        if joiner != "|":
            assert set(got) == {"a0000", "a0001", "a0002"}
            assert got[0] == "a0000", "first where it stands as it was typed"
        assert {"a0001", "a0002"} <= found(index, query, any=True)


@pytest.mark.parametrize(
    ("headline", "text"),
    [
        ("自由黨：歷年最差", "自由党的选举成绩为历年最差"),
        ("林鄭月娥·特首選舉結果", "林郑月娥看特首选举的结果"),
    ],
)
def test_pasted_headlines(tmp_path: Path, headline: str, text: str) -> None:
    with index_of(tmp_path, ("要闻", text), ("要闻", "别的事")) as index:
        assert strict(index, headline) == ["a0000"]
        assert index.search(headline, any=True)[0].id == "a0000"
    build(tmp_path, [article(0, headline, "正文"), article(1, "要闻", text)])
    with open_index(tmp_path / "index") as index:
        assert strict(index, headline)[0] == "a0000"


# Strict, then relaxed


def test_characters_and_surnames_are_nothing_to_go_by(tmp_path: Path) -> None:
    names = "江泽民 杜青林 沈跃跃 海平 涛声 梦溪 辰时 开封 车辆 接待 机关".split()
    with index_of(
        tmp_path, ("治丧委员会名单", "、".join(names)), ("要闻", "杜、沈、海、梦，机")
    ) as index:
        results = index.search("杜海涛开车接机沈梦辰")
        assert (ids(results), results.total, results.relaxed) == ([], 0, 0)


def test_numbers_are_nothing_to_go_by(tmp_path: Path) -> None:
    with index_of(tmp_path, ("要闻", "2021 17 35"), ("要闻", "泽连斯基")) as index:
        assert ids(index.search("泽连斯基 2021 17 35")) in ([], ["a0001"])
        assert ids(index.search("没有人 2021 17 35")) == []


def test_a_relaxed_hit_has_about_half_of_the_query(tmp_path: Path) -> None:
    with index_of(
        tmp_path,
        ("要闻", "普京 大熊猫 龙卷风 咖啡"),
        ("要闻", "普京 大熊猫 龙卷风"),
        ("要闻", "咖啡"),
        *[("要闻", "别的事")] * 5,
    ) as index:
        results = index.search("普京 大熊猫 龙卷风 咖啡")
        assert [(hit.id, hit.relaxed) for hit in results] == [("a0000", False), ("a0001", True)]
        assert (results.total, results.relaxed) == (1, 1)
        assert index.count("普京 大熊猫 龙卷风 咖啡") == 1
        only = index.search("普京 大熊猫 龙卷风 咖啡", strict=True)
        assert (ids(only), only.relaxed) == (["a0000"], 0)


@pytest.mark.parametrize("expand", [False, True])
def test_pages_of_relaxed_hits_are_pages_of_one_order(tmp_path: Path, expand: bool) -> None:
    """Also where the page begins behind the depth to which strict hits are ranked again."""
    both = [("要闻", f"普京会见拜登，第{n}次") for n in range(18)]
    # The same words, in one sentence or in two, and in turn: nearness decides their order.
    some = [("要闻", f"普京{'。，'[n % 2]}大熊猫，第{n}只{'。' * (n % 3)}") for n in range(12)]
    with index_of(tmp_path, *both, *some) as index:
        for query in ("普京 拜登", "普京 大熊猫 拜登", "普京 大熊猫"):
            whole = [(h.id, h.score) for h in index.search(query, limit=40, expand=expand)]
            paged = [
                (hit.id, hit.score)
                for offset in range(0, 40, 4)
                for hit in index.search(query, limit=4, offset=offset, expand=expand)
            ]
            assert paged == whole, query

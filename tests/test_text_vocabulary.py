"""The file of vocabulary: well-formed groups, and searches that find the other word for it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from library import article, build, found, ids, index_of

from searcher import Index, open_index
from searcher.text.folding import fold
from searcher.text.lexicon import NAMES, STRING_TAG, load_lexicon
from searcher.text.segmenter import Segmenter

FILE = NAMES / "vocabulary.txt"

GROUPS = """
国常会 国务院常务会议
央行 中国人民银行
人大 人民代表大会
高铁 高速铁路
降准 下调存款准备金率
反腐 反腐败
疾控中心 疾病预防控制中心
食环署 食物环境卫生署
自贸协定 自由贸易协定
国企 国有企业
空间站 太空站
出租车 计程车 的士
激光 雷射 镭射
导弹 飞弹
软件 软体
网络 网路
地铁 捷运
芯片 晶片
通货膨胀 通膨 通胀
航天员 宇航员 太空人
泥石流 土石流
知识产权 智慧财产权
GDP 国内生产总值 国内生产毛额 本地生产总值
AI 人工智能 人工智慧
CPI 居民消费价格指数
IPO 首次公开募股
ICU 重症监护室 加护病房 深切治疗部
EV 电动汽车
5G 第五代移动通信
CEO 首席执行官 行政总裁 执行长
PM2.5 细颗粒物
去世 逝世 辞世 离世
"""


def lines() -> list[list[str]]:
    """The names of each group as written; the first has the tag behind it."""
    text = FILE.read_text("utf-8")
    return [line.split(" = ") for line in text.split("\n") if line and line[0] != "#"]


def groups() -> list[list[str]]:
    return [[first.removesuffix(f" {STRING_TAG}"), *others] for first, *others in lines()]


def test_every_line_is_a_group_of_strings() -> None:
    assert [line for line in lines() if not line[0].endswith(f" {STRING_TAG}")] == []
    assert [group for group in groups() if len(group) < 2] == []
    assert len(groups()) >= 400


def test_the_file_is_plain_composed_utf8_and_says_its_subject() -> None:
    text = FILE.read_bytes().decode("utf-8")
    assert text.startswith("# ")
    assert text.endswith("\n")
    assert unicodedata.is_normalized("NFC", text)
    assert not [c for c in text if c != "\n" and not c.isprintable()]
    assert not set(text) & set("•・‧∙⋅　，、（）")


def test_names_are_given_once_and_are_no_single_characters() -> None:
    names = [fold(name) for group in groups() for name in group]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert [name for name in names if len(name) < 2 or name != " ".join(name.split())] == []


def test_no_group_joins_another_of_the_file() -> None:
    """A line may add to one group of names, but two lines never become one group."""
    loaded = load_lexicon().groups
    lines_of: dict[tuple[str, ...], list[list[str]]] = {}
    for group in groups():
        whole = loaded[fold(group[0])]
        assert {loaded[fold(name)] for name in group} == {whole}
        lines_of.setdefault(whole, []).append(group)
    assert [joined for joined in lines_of.values() if len(joined) > 1] == []


def test_it_adds_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    words = load_lexicon().words
    others = tuple(file for file in sorted(NAMES.glob("*.txt")) if file != FILE)
    monkeypatch.setattr("searcher.text.lexicon._built_in_files", lambda: others)
    assert load_lexicon().words == words


@pytest.mark.parametrize("expected", GROUPS.split("\n")[1:-1])
def test_expected_words_are_one_group(expected: str) -> None:
    first, *others = (fold(name) for name in expected.split())
    assert set(others) <= {fold(name) for name in load_lexicon().groups[first]}


@pytest.mark.parametrize(
    "apart",
    [
        "信息 资讯",
        "质量 品质",
        "质量 质素",
        "视频 影片",
        "程序 程式",
        "数据 资料",
        "公交车 公车",
        "乒乓球 桌球",
        "摩托车 机车",
        "互联网 网络",
        "中国大陆 内地",
        "自动驾驶汽车 电动汽车",
        "中央银行 中国人民银行",
    ],
)
def test_words_that_differ_in_some_texts_are_not_joined(apart: str) -> None:
    one, other = apart.split()
    assert other not in load_lexicon().groups.get(one, ())


# Searching


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """One article for every word of the groups above: it has this word and no other."""
    folder = tmp_path_factory.mktemp("vocabulary")
    words = GROUPS.split()
    build(
        folder,
        [
            article(n, "要闻", f"记者了解到，{word}，各方都很关注。", author=word)
            for n, word in enumerate(words)
        ],
    )
    with open_index(folder / "index") as opened:
        yield opened


@pytest.mark.parametrize("group", GROUPS.split("\n")[1:-1])
def test_each_word_finds_the_others_after_itself(index: Index, group: str) -> None:
    words = group.split()
    for word in words:
        got = [hit.author for hit in index.search(word, limit=100)]
        # A word that is a part of another (反腐 in 反腐败) finds that as well.
        own = {w for w in GROUPS.split() if word in w}
        assert set(words) <= set(got), word
        assert got[0] == word
        assert set(got[: len(own)]) >= own & set(words)
        hits = index.search(word, limit=100, aliases=False)
        plain = {hit.author for hit in hits if not hit.relaxed}
        assert plain <= own | {w for w in words if w in word}


def test_words_inside_a_full_form_still_find_it(tmp_path: Path) -> None:
    with index_of(
        tmp_path,
        ("要闻", "国务院常务会议昨天召开"),
        ("要闻", "央行下调存款准备金率"),
        ("要闻", "第五代移动通信技术"),
    ) as opened:
        for query in ("国务院", "常务会议", "会议 国务院", "国务院常务会议", "国常会"):
            assert found(opened, query) == {"a0000"}, query
        for query in ("准备金率", "存款", "下调", "降准"):
            assert found(opened, query) == {"a0001"}, query
        assert found(opened, "移动通信") == found(opened, "5G") == {"a0002"}


def test_a_full_form_of_several_words_finds_the_short_one_after_itself(tmp_path: Path) -> None:
    with index_of(
        tmp_path,
        ("国常会" * 3, "国常会" * 30),
        ("要闻", "很长的新闻，" * 30 + "其中提到国务院常务会议。"),
        ("国务院", "常务会议的消息由国务院发布"),
        ("要闻", "国务院"),
    ) as opened:
        assert ids(opened.search("国务院常务会议"))[0] == "a0001"
        assert found(opened, "国务院常务会议") == {"a0000", "a0001", "a0002"}
        assert found(opened, "国务院常务会议", aliases=False) == {"a0001", "a0002"}
        assert found(opened, '"国务院常务会议"') == {"a0001"}
        assert ids(opened.search("国常会"))[0] == "a0000"
        assert found(opened, "国常会") == {"a0000", "a0001"}
        assert found(opened, "国常会", aliases=False) == {"a0000"}
        assert found(opened, "title:国务院常务会议") == {"a0000"}


def test_with_other_words_and_without(tmp_path: Path) -> None:
    bodies = ["央行降准了", "中国人民银行下调存款准备金率", "央行加息", "升息的消息"]
    with index_of(tmp_path, *(("要闻", body) for body in bodies)) as opened:
        assert found(opened, "央行 降准") == {"a0000", "a0001"}
        assert found(opened, "下调存款准备金率 央行") == {"a0000", "a0001"}
        assert found(opened, "加息") == {"a0002", "a0003"}
        assert found(opened, "央行 -加息") == {"a0000", "a0001"}
        assert found(opened, "降准 OR 升息") == {"a0000", "a0001", "a0002", "a0003"}


def test_not_across_other_words(tmp_path: Path) -> None:
    bodies = ["上网路径", "总产能外送电", "the aim is said", "这部门将会同", "网络"]
    with index_of(tmp_path, *(("要闻", body) for body in bodies)) as opened:
        assert found(opened, "网络") == {"a0004"}
        assert found(opened, "人工智能") == set()


def test_traditional_and_simplified_are_one_spelling(tmp_path: Path) -> None:
    bodies = ["國際太空站", "国际空间站", "載人太空船", "雷射武器", "激光武器"]
    with index_of(tmp_path, *(("要闻", body) for body in bodies)) as opened:
        assert found(opened, "太空站") == found(opened, "空間站") == {"a0000", "a0001"}
        assert found(opened, "激光") == found(opened, "鐳射") == {"a0003", "a0004"}


def test_what_is_shown_and_explained_is_the_other_word(index: Index) -> None:
    (hit,) = (h for h in index.search("国务院常务会议", explain=True) if h.author == "国常会")
    terms = [(m.term, m.kind) for m in hit.explanation if m.score and m.term]
    assert terms == [("国常会", "alias")]
    (snippet,) = (s for s in hit.snippets if s.field == "body")
    assert [snippet.text[a:b] for a, b in snippet.spans] == ["国常会"]


def test_common_words_are_cut_as_before() -> None:
    cut = Segmenter(load_lexicon()).cut
    assert cut("国务院常务会议") == ["国务院", "常务会议"]
    assert cut("上网路径") == ["上网", "路径"]
    assert cut("第五代移动通信技术")[-1] == "技术"

"""Front matter that is not YAML between two lines of ---, and YAML as people write it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import cpu_time

from searcher.ingest.front_matter import split_front_matter
from searcher.ingest.yaml_block import read_yaml_block

TITLE = {"title": "题"}


@pytest.mark.parametrize(
    ("block", "values"),
    [
        ("title: 题\n---", TITLE),
        ("title: 题\ntags: [一, 二]\n---", {"title": "题", "tags": ["一", "二"]}),
        ("title: 题\ntags:\n- 一\n\n- 二\n-----", {"title": "题", "tags": ["一", "二"]}),
        ("layout: post\ndate: 2021\n---", {"layout": "post", "date": "2021"}),
        ("---\ntitle: 题\n...", TITLE),
        ("--- yaml\ntitle: 题\n---", TITLE),
        ('---json\n{"title": "题"}\n---', TITLE),
        ("---toml\ntitle = '题'\n---", TITLE),
        ('+++\nTitle = "题"\n+++', TITLE),
        ("+++\ntitle = '题'\ndate = 2021-12-05\n+++", {"title": "题", "date": date(2021, 12, 5)}),
        (
            "+++\ntitle = '题'\nweight = 3\ndraft = false\n+++",
            {**TITLE, "weight": "3", "draft": "false"},
        ),
        ('{"title": "题", "tags": ["一"]}', {"title": "题", "tags": ["一"]}),
        ('"title": "题",\n"tags": [\n  "一"\n]\n;;;', {"title": "题", "tags": ["一"]}),
        (';;;\n"title": "题",\n;;;', TITLE),
        ("Title: 题\nCategory: 体育", {"title": "题", "category": "体育"}),
        ("标题：题\n来源：社", {"标题": "题", "来源": "社"}),
        ("#+TITLE: 题\n#+DATE: 2021", {"title": "题", "date": "2021"}),
        ("% 题\n% 甲\n% 2021", {"title": "题", "author": "甲", "date": "2021"}),
        ("<!--\n---\ntitle: 题\n---\n-->", TITLE),
        ('Title: "双减"：#后#\nSummary: 一\n  二', {"title": '"双减"：#后#', "summary": "一 二"}),
    ],
)
def test_dialects(block: str, values: dict[str, object]) -> None:
    assert split_front_matter(f"{block}\n\n正文: 一\n\n---\n\n尾") == (
        values,
        "正文: 一\n\n---\n\n尾",
        (),
    )


def test_groups_of_toml() -> None:
    found = split_front_matter(
        "+++\ntitle = '题'\n[taxonomies]\ntags = ['一']\n[extra]\ntitle = 'x'\n+++\n文"
    )
    assert found.values["tags"] == ["一"]
    assert found.values["title"] == "题"


def test_broken_toml_is_taken_as_written() -> None:
    found = split_front_matter('+++\ntitle = "双减"之后\ndate = 2021-12-05\n+++\n文')
    assert found.values == {"title": '"双减"之后', "date": "2021-12-05"}
    assert found.problems == ("front matter is broken TOML; taken as written",)


@pytest.mark.parametrize(
    "text",
    [
        "Note: 一句话\n---\n正文",
        "标题：" + "正文，" * 200,
        "编者按：本文\n\n正文",
        "一句话\n---\n正文",
        "时间：下午\n\n正文",
        "http://news.example/a\n\n正文",
        '{"a": 1}\n正文',
        "{草稿}\n正文",
        "[1, 2]\n正文",
        "+++\n正文",
        "+++ 加 +++\n正文",
        "# 标题\n---\n正文",
        ";;;\n正文\n;;;\n尾",
    ],
)
def test_text_without_it_stays_whole(text: str) -> None:
    assert split_front_matter(text) == ({}, text, ())


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ('"双减"之后的"寒潮"', '"双减"之后的"寒潮"'),
        ("'双减'与'寒潮'", "'双减'与'寒潮'"),
        ('"双减"之后', '"双减"之后'),
        ('"他说："好""', '他说："好"'),
        ('"没有结束', "没有结束"),
        ("#双减# 政策", "#双减# 政策"),
        ("央行降准 #快讯#", "央行降准 #快讯#"),
        ("央行降准 #快讯# # 注", "央行降准 #快讯#"),
        ("央行降准 # 注", "央行降准"),
        ("'央行降准' # 注", "央行降准"),
        ("*重要* 消息", "*重要* 消息"),
        ("!突发! 消息", "!突发! 消息"),
        (">50人遇难", ">50人遇难"),
        ("- 甲", "- 甲"),
        ("{突发}", "{突发}"),
        ("央行: 降准", "央行: 降准"),
    ],
)
def test_titles_as_written(written: str, title: str) -> None:
    assert (
        split_front_matter(f"---\ntitle: {written}\ndate: 2021\n---\n文").values["title"] == title
    )


def test_a_program_that_quotes_every_value() -> None:
    text = "---\ntitle: '他说'好'了'\nauthor: '甲'\n---\n文"
    assert split_front_matter(text).values["title"] == "他说'好'了"


@pytest.mark.parametrize("block", ["title:题\ndate:2021", "title：题\ndate：2021", "title:题"])
def test_no_space_behind_the_colon(block: str) -> None:
    assert split_front_matter(f"---\n{block}\n---\n文").values["title"] == "题"


def test_hash_tags_in_a_list() -> None:
    assert read_yaml_block("tags:\n- #双减\n- 经济\n") == ({"tags": ["#双减", "经济"]}, [])


@pytest.mark.parametrize(
    "text",
    [
        "+++\n" + "a." * 40_000 + "b = 1\n+++\n文",
        "+++\nx = " + "[" * 90_000 + "\n+++\n文",
        "{" * 90_000,
        '{"title": ' + "[" * 90_000,
        "title: x\n" + " " * 90_000 + "\n" + "a" * 90_000 + "\n---",
        "title: " + "#" * 90_000 + "\n---\n文",
        "---\ntitle: " + " #" * 45_000 + "\n---\n文",
        "---\ntitle: '" + "'x" * 45_000 + "\n---\n文",
        '"title": "' + '\\"' * 40_000 + "\n;;;\n",
        "Title: x\n" * 10_000,
    ],
)
def test_hostile_blocks_are_bounded(text: str) -> None:
    ordinary = "---\n" + "".join(f"k{number}: v\n" for number in range(9_000)) + "---\n文"
    least = cpu_time(lambda: split_front_matter(ordinary))
    assert cpu_time(lambda: split_front_matter(text)) < 50 * least


PIECES = "---\n|+++\n|;;;\n|{|}|\"|title|date|: |：| = |[|]|\n|#|'|文| |,".split("|")


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join))
def test_any_text_is_safe(text: str) -> None:
    values, body, problems = split_front_matter(text)
    assert all(isinstance(key, str) for key in values)
    assert len(body) <= len(text)
    assert all("\n" not in problem for problem in problems)

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import cpu_time

from searcher.ingest.front_matter import split_front_matter

BOMB = "a: &a [文, 文]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
MERGE_BOMB = "a: &a {k: v}\n" + "".join(
    f"{name}: &{name} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("title: 拜登", {"title": "拜登"}),
        ("title: '中国：''十四五'''", {"title": "中国：'十四五'"}),
        ('title: "第\\u4e00\\n行"', {"title": "第一\n行"}),
        (
            "title: 2021\ndate: 2021-12-05\nx: yes",
            {"title": "2021", "date": "2021-12-05", "x": "yes"},
        ),
        ("Title: 大写", {"title": "大写"}),
        ("date:\na: ~\nb: null\nc: 'null'", {"date": "", "a": "", "b": "", "c": "null"}),
        ("tags:\n - 一\n - 二", {"tags": ["一", "二"]}),
        ("tags: [ 一, 二 ]", {"tags": ["一", "二"]}),
        ("author: {name: 记者}", {"author": {"name": "记者"}}),
        ("title: [快讯]", {"title": "[快讯]"}),
        ("title: >-\n  折叠\n  两行", {"title": "折叠 两行"}),
        ("title: !!str 2021", {"title": "2021"}),
        ("# 注释\ntitle: 题 # 注释", {"title": "题"}),
        ("", {}),
    ],
)
def test_values(source: str, values: dict[str, object]) -> None:
    assert split_front_matter(f"---\n{source}\n---\n\n正文") == (values, "正文", ())


@pytest.mark.parametrize("before", ["\n", "\n\n  \n", "\ufeff", "　\n"])
def test_blank_lines_before_it(before: str) -> None:
    text = before.replace("\ufeff", "") + "---\ntitle: 题\n---\n文"
    assert split_front_matter(text) == ({"title": "题"}, "文", ())


@pytest.mark.parametrize(
    "text",
    [
        "正文",
        "# 标题\n\n---\n\n正文",
        "---",
        "---\n\n第一段\n\n---\n\n第二段",
        "---\n编者按: 本文\n---\n正文",
        "---\n正文没有第二条线",
        "--- title: x ---\n正文",
        "- 一\n- 二",
    ],
)
def test_text_without_it_stays_whole(text: str) -> None:
    assert split_front_matter(text) == ({}, text, ())


@pytest.mark.parametrize(
    ("source", "values", "problem"),
    [
        ("title: 'He said 'x''\ndate: 2021", {"title": "He said 'x'", "date": "2021"}, "title"),
        ("title: 快讯: 拜登", {"title": "快讯: 拜登"}, "title"),
        ("title: 'a\ntags: [一, 二]", {"title": "a", "tags": ["一", "二"]}, "title"),
        ("title: [快讯] 拜登", {"title": "[快讯] 拜登"}, "title"),
        ("title: @拜登\nauthor: %x", {"title": "@拜登", "author": "%x"}, "title, author"),
        ("title: 题\n\tauthor: x", {"title": "题 author: x"}, "title"),
        ("title: 题\ntags: [一", {"title": "题", "tags": "[一"}, "tags"),
        ("title: 题\n? [a]\n: b\n}", {"title": "题 ? [a] : b }"}, "title"),
        (
            "title: 题\nx: !!python/object/apply:os.system ['touch x']",
            {"title": "题"},
            "left out: x",
        ),
        ("title: !!python/name:os.system\ndate: 2021", {"date": "2021"}, "left out: title"),
        ("title: &t 题\nauthor: *t", {"title": "题"}, "left out: author"),
        ("title: 题\nx: !custom 1", {"title": "题"}, "left out: x"),
    ],
)
def test_broken_yaml(source: str, values: dict[str, object], problem: str) -> None:
    found = split_front_matter(f"---\n{source}\n---\n正文")
    assert (found.values, found.body) == (values, "正文")
    assert len(found.problems) == 1
    assert problem in found.problems[0]


def test_never_closed() -> None:
    text = "---\ntitle: 题\ntags:\n- 一\n- 二\ndate: 2021-12-05\n\n正文: 一\n\n第二段"
    found = split_front_matter(text)
    assert found.values == {"title": "题", "tags": ["一", "二"], "date": "2021-12-05"}
    assert found.body == "正文: 一\n\n第二段"
    assert found.problems == ("front matter is not closed by ---",)


@pytest.fixture(scope="module")
def ordinary() -> float:
    """The CPU time of splitting off front matter that is as long as it may be."""
    yaml = "".join(f"k{number}: v{number}\n" for number in range(7_500))
    assert split_front_matter(f"---\n{yaml}---\n正文").problems == ()
    return cpu_time(lambda: split_front_matter(f"---\n{yaml}---\n正文"))


@pytest.mark.parametrize(
    "source",
    [
        BOMB,
        MERGE_BOMB,
        "x: " + "[" * 90_000,
        "x: " + "{a: " * 20_000,
        "".join(" " * depth + "a:\n" for depth in range(400)),
        "x: " + "!!set " * 10_000,
        "x: '" + "\\" * 90_000,
        "".join(f"k{number}: 'a'b\n" for number in range(8_000)),
        "x: 1\n" * 1_000_000,
    ],
)
def test_hostile_yaml_is_bounded(source: str, ordinary: float) -> None:
    text = f"---\ntitle: 题\n{source}\n---\n正文"
    found = split_front_matter(text)
    assert cpu_time(lambda: split_front_matter(text)) < 50 * ordinary
    assert found.values["title"] == "题"
    assert found.body == "正文"
    assert found.problems
    assert all(len(problem) < 200 for problem in found.problems)


def test_no_code_is_run(tmp_path: Path) -> None:
    target = tmp_path / "made"
    for tag in ("python/object/apply:os.mkdir", "python/object/new:os.mkdir"):
        split_front_matter(f"---\ntitle: !!{tag} ['{target}']\n---\n")
    assert not target.exists()


@given(st.text(st.sampled_from("---\n: '\"[]{}&*!|>#%@`~,- \t文title")) | st.text())
def test_any_text_is_safe(text: str) -> None:
    values, body, problems = split_front_matter(f"---\n{text}\n---\n文")
    assert isinstance(values, dict)
    assert body.endswith("文")
    assert all("\n" not in problem for problem in problems)

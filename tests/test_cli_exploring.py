"""The commands that explore all matches."""

import csv
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from console import call
from test_terminal import Terminal
from wcwidth import wcswidth

from searcher.cli.render import DIM, MATCH, OFF


def table(text: str) -> list[list[str]]:
    return [*csv.reader(StringIO(text))]


def test_facets(news: Path) -> None:
    shown = call("facets", "普京", "--by", "source,year", cwd=news, expect=0)
    assert "晨光日报" in shown.out
    assert shown.err == '2 articles; narrow it by adding, for example, source:"晨光日报"\n'
    record = call("facets", "普京", "--by", "year", "--json", cwd=news, expect=0).record
    assert (record["format_version"], record["query"], record["total"]) == (1, "普京", 2)
    assert record["facets"] == [
        {
            "field": "year",
            "values": [
                {"value": "2021", "articles": 1, "query": "date:2021"},
                {"value": "2022", "articles": 1, "query": "date:2022"},
            ],
            "others": 0,
            "without": 0,
        }
    ]
    rows = table(call("facets", "*", "--by", "category", "--csv", cwd=news, expect=0).out)
    assert rows[0] == ["field", "value", "articles"]
    assert ["category", "国际", "1"] in rows


def test_timeline(news: Path) -> None:
    shown = call("timeline", "普京", "拜登", "--by", "year", cwd=news, expect=0)
    assert [line.split() for line in shown.out.splitlines()] == [
        ["普京", "拜登"],
        ["2021", "1", "█" * 15, "1", "█" * 15],
        ["2022", "1", "█" * 15, "0"],
    ]
    assert shown.err == "普京: 2 articles; 拜登: 1 article\n"
    record = call("timeline", "普京", "--by", "year", "--json", cwd=news, expect=0).record
    assert record["periods"][0] == {
        "period": "2021", "start": "2021-01-01", "counts": [1], "articles": 1, "shares": [100.0],
    }  # fmt: skip
    rows = table(call("timeline", "普京", "--csv", "--share", cwd=news, expect=0).out)
    assert rows[0] == ["period", "start", "articles", "普京"]
    assert rows[1] == ["2021-12", "2021-12-01", "1", "100.0"]
    assert rows[2] == ["2022-01", "2022-01-01", "0", "0.0"]


def test_timeline_as_svg(news: Path, tmp_path: Path) -> None:
    file = tmp_path / "chart.svg"
    call("timeline", "普京", "--svg", str(file), cwd=news, expect=0)
    ElementTree.fromstring(file.read_text("utf-8"))
    answer = call("timeline", "普京", "--svg", str(tmp_path / "no" / "f.svg"), cwd=news, expect=2)
    assert f"there is no folder {tmp_path / 'no'}; make it" in answer.err


@pytest.mark.parametrize("command", ["facets", "timeline", "kwic", "words", "names"])
def test_nothing_found_and_too_much_asked(news: Path, command: str) -> None:
    call(command, "没有的词语", cwd=news, expect=1)
    answer = call(command, "普京", "--json", "--csv", cwd=news, expect=2)
    assert answer.err == "searcher: choose one of --json and --csv\n"


def test_kwic(news: Path) -> None:
    shown = call("kwic", "普京", cwd=news, expect=0)
    assert shown.err == "3 matches in 2 articles\n"
    assert shown.out.splitlines()[1].endswith("拜登与 普京 举行视频通话")
    record = call("kwic", "普京", "--json", "-n", "2", cwd=news, expect=0).record
    assert (record["total"], record["complete"]) == (2, False)
    line = record["lines"][1]
    assert (line["field"], line["start"], line["end"], line["match"]) == ("title", 3, 5, "普京")
    rows = table(call("kwic", "普京", "--csv", "--sort", "left", cwd=news, expect=0).out)
    assert rows[0] == [*record["lines"][0]]
    assert [row[8] for row in rows[1:]] == ["普京"] * 3


def test_kwic_is_aligned_on_a_terminal(tmp_path: Path) -> None:
    # Wide, narrow, combining, emoji of several characters, flags, control characters.
    pieces = ["拜登", "ab", "e\u0301", "👨‍👩‍👧", "🇨🇳", "❤️", "｡", "𠮷", "\u200b", "가", "１２", "."]
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(len(pieces)):
        around = "".join(pieces[number:] + pieces[:number])
        (folder / f"{number}.md").write_text(f"{around}普京{around}", "utf-8")
    call("index", "--jobs", "1", cwd=tmp_path, expect=0)
    for width in ("3", "8", "15", "60"):
        terminal = Terminal("kwic", "普京", "--width", width, "--no-pager", cwd=tmp_path)
        terminal.read_until(lambda text: "matches in" in text)
        terminal.process.wait()
        lines = [line for line in terminal.shown.splitlines() if MATCH in line]
        assert len(lines) == len(pieces)
        for line in lines:
            left, _, right = line.replace(DIM, "").partition(MATCH)
            assert wcswidth(left.replace(OFF, "")) == 24 + int(width) + 1
            assert wcswidth(right.partition(OFF)[2]) <= 1 + int(width)


def test_words(news: Path) -> None:
    shown = call("words", "普京", "--least", "1", cwd=news, expect=0)
    assert shown.err == "2 articles beside 2 others\n"
    assert [line for line in shown.out.splitlines() if line in ("words", "names")]
    record = call("words", "普京", "--least", "1", "--json", cwd=news, expect=0).record
    assert (record["total"], record["size_here"], record["size_elsewhere"]) == (2, 2, 2)
    (putin,) = [name for name in record["names"] if name["term"] == "普京"]
    # Two of two articles and none of the others: four times two natural logarithms of two.
    assert putin == {
        "term": "普京", "kind": "people", "here": 2, "elsewhere": 0,
        "log_likelihood": 5.545177, "log_ratio": 2.0,
    }  # fmt: skip
    rows = table(call("words", "普京", "--least", "1", "--csv", cwd=news, expect=0).out)
    assert rows[0] == [*putin]
    assert ["普京", "people", "2", "0", "5.545177", "2.0"] in rows


def test_words_near_matches(news: Path) -> None:
    record = call("words", "普京", "--near", "3", "--least", "1", "--json", cwd=news).record
    assert record["near"] == 3
    assert {"总统", "出席"} <= {word["term"] for word in record["words"]}
    shown = call("words", "普京", "--near", "3", "--least", "1", cwd=news, expect=0)
    assert " within 3 characters of a match, beside " in shown.err


def test_names(news: Path) -> None:
    shown = call("names", "普京", "--kind", "people", "--together", cwd=news, expect=0)
    assert [line.split()[:2] for line in shown.out.splitlines()[1:3]] == [
        ["2", "普京"],
        ["1", "拜登"],
    ]
    record = call("names", "普京", "--together", "--json", cwd=news, expect=0).record
    (biden,) = [name for name in record["names"] if name["name"] == "拜登"]
    assert (biden["kind"], biden["articles"]) == ("people", 1)
    assert "Biden" in biden["aliases"]
    pairs = {(pair["first"], pair["second"]): pair["articles"] for pair in record["together"]}
    assert pairs["俄罗斯", "普京"] == 2
    rows = table(call("names", "普京", "--kind", "places", "--csv", cwd=news, expect=0).out)
    assert rows[0] == ["name", "kind", "articles", "aliases"]
    assert rows[1][:3] == ["俄罗斯", "places", "2"]


def test_similar(news: Path) -> None:
    shown = call("similar", "call.md", "--limit", "1", cwd=news, expect=0)
    assert shown.out.startswith("1. 北京冬奥会[red]开幕[/red]\n")
    assert shown.err.startswith("1 article by the terms: ")
    assert "俄罗斯" in shown.err
    record = call("similar", "call.md", "--json", cwd=news, expect=0).record
    assert record["hits"][0]["path"] == "sub/games.md"
    files = call("similar", "corpus/call.md", "--files", cwd=news, expect=0).out.splitlines()
    assert files == ["corpus/sub/games.md"]
    answer = call("similar", "nothing.md", cwd=news, expect=2)
    assert answer.err.startswith("searcher: no article has the id or path 'nothing.md'")


def test_export(news: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    answer = call("export", "普京", "--to", str(file), "--text", cwd=news, expect=0)
    assert answer.err == f"wrote 2 articles to {file}\n"
    rows = table(file.read_text("utf-8"))
    assert rows[0][-2:] == ["snippets", "body"]
    assert [row[1] for row in rows[1:]] == ["sub/games.md", "call.md"]
    call("export", "没有的词语", "--to", str(file), cwd=news, expect=1)
    answer = call("export", "普京", "--to", "a.doc", cwd=news, expect=2)
    assert answer.err.startswith("searcher: cannot write 'a.doc'; its name must end in one of: ")
    answer = call("export", "普京", cwd=news, expect=2)
    assert "--to" in answer.err


def test_duplicates(tmp_path: Path) -> None:
    text = "普京" + "，".join(f"第{number}个问题" for number in range(40)) + "。"
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, day, end in (("a", 1, "他没有说话。"), ("b", 2, "他离开了。"), ("c", 3, "")):
        header = f"---\ntitle: 讲话\ndate: 2021-01-0{day}\n---\n"
        (folder / f"{name}.md").write_text(f"{header}{text if end else '别的文章'}{end}", "utf-8")
    call("index", "--jobs", "1", cwd=tmp_path, expect=0)
    shown = call("duplicates", cwd=tmp_path, expect=0)
    assert shown.err == "1 group of 2 articles among 3\n"
    lines = [line.strip() for line in shown.out.splitlines()]
    assert lines[0] == "1. 讲话"
    assert lines[1].startswith("2021-01-01 · a.md · ")
    assert "+ 他离开了。" in lines
    assert "- 他没有说话。" in lines
    record = call("duplicates", "普京", "--json", cwd=tmp_path, expect=0).record
    assert [one["path"] for one in record["groups"][0]["articles"]] == ["a.md", "b.md"]
    rows = table(call("duplicates", "--csv", cwd=tmp_path, expect=0).out)
    assert [row[2] for row in rows[1:]] == ["a.md", "b.md"]
    call("duplicates", "别的文章", cwd=tmp_path, expect=1)
    call("duplicates", "--json", "--csv", cwd=tmp_path, expect=2)


def test_search_unique(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.md").write_text("---\ntitle: 讲话\n---\n普京在莫斯科。", "utf-8")
    call("index", "--jobs", "1", cwd=tmp_path, expect=0)
    shown = call("search", "普京", "--unique", cwd=tmp_path, expect=0).out
    assert shown.count("\n1. ") + shown.startswith("1. ") == 1
    assert "and 2 like it" in shown
    record = call("search", "普京", "--unique", "--json", cwd=tmp_path, expect=0).record
    assert [hit["duplicates"] for hit in record["hits"]] == [2]
    record = call("search", "普京", "--json", cwd=tmp_path, expect=0).record
    assert [hit["duplicates"] for hit in record["hits"]] == [0] * 3

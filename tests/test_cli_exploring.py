"""The commands that explore all matches."""

import csv
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from console import call


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
    assert "No such file or directory" in answer.err


@pytest.mark.parametrize("command", ["facets", "timeline"])
def test_nothing_found_and_too_much_asked(news: Path, command: str) -> None:
    call(command, "没有的词语", cwd=news, expect=1)
    answer = call(command, "普京", "--json", "--csv", cwd=news, expect=2)
    assert answer.err == "searcher: choose one of --json and --csv\n"

"""Where nothing is found, the filter that left nothing is named; swapped dates are said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import call

from searcher import Index, open_index


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["普京", "--since", "2030"], ["without --since 2030: 2 articles"]),
        (["普京", "--since", "2030", "--category", "体育"], ["without --since 2030: 1 article"]),
        (
            ["普京", "--since", "2030", "--source", "无"],
            ["without --since 2030 --source 无: 2 articles"],
        ),
        (["普京", "source:无"], ["without source:无: 2 articles"]),
        (["普京", "date:2020"], ["without date:2020-01-01..2020-12-31: 2 articles"]),
        (
            ["普京", "-克里姆林宫", "-开幕"],
            ["without -克里姆林宫: 1 article", "without -开幕: 1 article"],
        ),
        (["普京", "source:无", "--until", "2000"], ["without --until 2000 source:无: 2 articles"]),
        (["没有这个词语啊", "--since", "2030"], []),
        (["source:无"], []),
        (["普京"], []),
    ],
)
def test_the_filter_is_named(news: Path, line: list[str], said: list[str]) -> None:
    shown = call(*line, cwd=news).err.splitlines()
    assert [one for one in shown if one.startswith("without")] == said


@pytest.mark.parametrize("command", ["kwic", "facets", "timeline"])
def test_other_commands_say_it_too(news: Path, command: str) -> None:
    answer = call(command, "普京", "--since", "2030", cwd=news, expect=1)
    assert "without --since 2030: 2 articles" in answer.err


@pytest.fixture
def index(news: Path) -> Iterator[Index]:
    with open_index(news / "index") as opened:
        yield opened


def test_of_the_library(index: Index) -> None:
    (found,) = index.excluding("普京", since="2030")
    assert (found.filters, found.articles) == ((("since", "2030"),), 2)
    assert index.excluding("普京", any=True) == ()
    assert index.excluding("") == ()


def test_a_swapped_range(news: Path, index: Index) -> None:
    line = ["普京", "--since", "2022", "--until", "2021-12"]
    answer = call(*line, "--count", cwd=news, expect=1)
    assert answer.out == "0\n"
    assert answer.err.startswith("since is later than until, so nothing can match: swap them\n")
    assert "without --since 2022: 1 article\n" in answer.err
    # A year that begins later than it ends is no swap.
    assert call("普京", "--since", "2022", "--until", "2022", "--count", cwd=news).err == ""
    found = index.search("普京", since="2022", until="2021-12")
    assert (found.total, found.notes) == (0, (answer.err.splitlines()[0],))
    assert index.facets("普京", since="2022", until="2021").notes == found.notes


def test_a_wrong_date_shows_the_forms(news: Path) -> None:
    for line in (["普京", "--since", "明天"], ["timeline", "普京", "--until", "2021-13"]):
        said = call(*line, cwd=news, expect=2).err
        assert "give a date such as 2021-12-05, 2021-12, 2021, 2021年12月5日, " in said
    said = call("date:昏", cwd=news, expect=1).err
    assert "a date is written as 2021-12-05, " in said


def test_the_forms_are_those_of_the_library() -> None:
    from searcher.cli import output
    from searcher.query import periods

    assert output.FORMS == periods.FORMS
    for form in re.findall(r"[^ ,]+", periods.FORMS.replace(" or", ",")):
        assert isinstance(periods.parse_period(form), periods.Period), form

"""Which command a line is for: what is no command is a query."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from console import call, run
from hypothesis import given
from hypothesis import strategies as st

from searcher.cli.commands import COMMANDS, command
from searcher.cli.dispatch import _slips
from searcher.cli.options import Option, parameters
from searcher.cli.reader import read
from searcher.cli.usage import UsageError


def files(*arguments: str, cwd: Path) -> list[str]:
    return call("--files", "--sort", "oldest", *arguments, cwd=cwd, expect=0).out.split()


def test_a_word_that_is_no_command_is_a_query(news: Path) -> None:
    assert run("普京", "--count", cwd=news, expect=0).out == "2\n"
    both = ["corpus/call.md", "corpus/sub/games.md"]
    assert files("普京", cwd=news) == both
    assert files("普京", "-开幕", cwd=news) == ["corpus/call.md"]
    assert files("-开幕", "普京", cwd=news) == ["corpus/call.md"]
    assert files("普京 OR 拜登", cwd=news) == both
    assert call("Lasted two", "--count", cwd=news, expect=0).out == "1\n"


@pytest.mark.parametrize(
    "line",
    [
        ["--limit", "1", "普京"],
        ["--limit=1", "普京"],
        ["-n1", "普京"],
        ["--index", "index", "-n", "1", "普京"],
        ["--any", "-n", "1", "普京"],
        ["-n", "1", "--", "普京"],
        ["--sort", "oldest", "search", "-n1", "普京"],
        ["--lang", "en", "-n1", "普京"],
    ],
)
def test_options_before_it(news: Path, line: list[str]) -> None:
    assert files(*line, cwd=news) == ["corpus/call.md"]


def test_options_before_another_command(news: Path) -> None:
    assert call("--index", "index", "stats", cwd=news, expect=0).out.startswith("articles")
    answer = call("--limit", "3", "stats", cwd=news, expect=2)
    assert "No such option: --limit" in answer.err
    # The value of an option is no command.
    assert call("--source", "stats", "普京", cwd=news, expect=1).err.startswith("nothing found")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("serch", "search"),
        ("saerch", "search"),
        ("indx", "index"),
        ("stat", "stats"),
        ("segmetn", "segment"),
        ("duplicats", "duplicates"),
        ("evl", "eval"),
    ],
)
def test_a_slip_is_not_searched_for(news: Path, typed: str, meant: str) -> None:
    answer = call(typed, "普京", cwd=news, expect=2)
    assert answer.out == ""
    assert answer.err == (
        f"searcher: There is no command {typed}. Did you mean {meant}? "
        f"To search for it: searcher search {typed} 普京\n"
    )
    assert call("-n", "3", typed, cwd=news, expect=2).out == ""
    # What cannot be a slip is a query.
    assert call(typed.upper(), cwd=news).code in (0, 1)
    assert call("--", typed, cwd=news).code in (0, 1)
    assert call("search", typed, cwd=news).code in (0, 1)


@pytest.mark.parametrize("word", ["putin", "NATO", "Indx", "5g", "x", "a" * 5000, "普京"])
def test_other_words_are_no_slips(news: Path, word: str) -> None:
    assert "Did you mean" not in call(word, cwd=news).err.replace("did you mean", "")


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_slips_are_a_distance(first: str, second: str) -> None:
    assert _slips(first, second) == _slips(second, first) >= abs(len(first) - len(second))
    assert (_slips(first, second) == 0) == (first == second)
    assert _slips(first + "xy", second + "yx") <= _slips(first, second) + 1


def test_help_in_every_way(news: Path) -> None:
    whole = call("--help", expect=0).out
    assert call("-h", expect=0).out == call("help", expect=0).out == whole
    assert call(expect=2).err == whole
    page = call("search", "--help", expect=0).out
    assert call("help", "search", expect=0).out == call("search", "x", "-h", expect=0).out == page
    run_page = call("eval", "run", "--help", expect=0).out
    assert call("help", "eval", "run", expect=0).out == run_page
    assert "Usage: searcher eval run [OPTIONS]\n" in run_page
    assert call("help", "eval", expect=0).out == call("eval", "--help", expect=0).out
    # Help on what is no command is a query.
    assert call("help", "普京", cwd=news).code in (0, 1)


def test_the_group(news: Path) -> None:
    assert "compare" in call("eval", expect=2).err
    answer = call("eval", "rum", expect=2)
    assert answer.err == (
        "searcher: There is no searcher eval rum; there are run, compare, words, literal.\n"
    )
    assert "Missing option --docs" in call("eval", "run", expect=2).err


def test_a_query_from_standard_input(news: Path) -> None:
    for line in (["search", "-"], ["-"], ["kwic", "-"], ["facets", "-"]):
        assert call(*line, "--json", cwd=news, stdin="普京\n", expect=0).record["query"] == "普京"
    record = call("search", "-", "--json", cwd=news, stdin="\n 拜登\r\n普京  \n", expect=0).record
    assert record["query"] == "拜登 普京"
    assert (
        call("search", "-", "--json", cwd=news, stdin=b"\xff\xe6", expect=1).record["query"] == "��"
    )
    answer = call("search", "-", cwd=news, stdin=" \n", expect=2)
    assert answer.err.startswith("searcher: standard input has no query; ")
    assert call("search", "-", "--json", cwd=news, stdin="普京" * 500_000).record["notes"]


def test_wrong_numbers(news: Path) -> None:
    for line in (
        ["kwic", "普京", "--limit"],
        ["search", "普京", "-n"],
        ["words", "普京", "--near"],
    ):
        answer = call(*line, "9" * 30, cwd=news, expect=2)
        assert "is not a number of at most 18 digits." in answer.err
        assert call(*line, "9" * 18, cwd=news).code in (0, 1)
    assert "65535 or less" in call("serve", "--port", "65536", cwd=news, expect=2).err


def test_what_was_meant(news: Path) -> None:
    answer = call("search", "普京", "--sort", "newst", cwd=news, expect=2)
    assert "not one of relevance, newest, oldest. Did you mean newest?" in answer.err
    answer = call("search", "普京", "--sort", cwd=news, expect=2)
    assert "Option --sort needs a value: one of relevance, newest, oldest." in answer.err
    answer = call("export", "普京", "--to", "nowhere/x.csv", cwd=news, expect=2)
    assert answer.err == "searcher: there is no folder nowhere; make it, or write elsewhere\n"


def test_no_message_has_internals_of_others(news: Path) -> None:
    """Wrong values of every option of every command; each is said in plain words."""
    plain = re.compile(r"(Invalid value for|Option|Missing|Too many) .*\.( Did you mean .*)?")
    for name in COMMANDS:
        for flag in _flags_with_a_number_or_choice(name):
            for value in ("", "中x", "-1", "9" * 30):
                assert plain.fullmatch(_problem(name, f"{flag}={value}")), (name, flag, value)
    for line in (
        ["facets", "普京", "--by", "中x"],
        ["names", "普京", "--kind", "中x"],
        ["export", "普京", "--to", "中x"],
        ["search", "普京", "--index", "中x"],
        ["index", "--lexicon", "中x"],
        ["batch", "中x"],
        ["add", "中x"],
        ["serve", "--host", "中x", "--allow-anyone"],
    ):
        said = call(*line, cwd=news, expect=2).err
        assert said.startswith("searcher: ")
        assert len(said.splitlines()) == 1
        assert not re.search(r"unexpected|\(\)|Errno|Traceback|parse", said), said


def _flags_with_a_number_or_choice(name: str) -> list[str]:
    return [
        parameter.declaration.flags(parameter.name)[0]
        for parameter in parameters(command(name))
        if isinstance(parameter.declaration, Option)
        and parameter.kind is not bool
        and str not in (parameter.kind, *get_args(parameter.kind))
    ]


def _problem(name: str, option: str) -> str:
    """What is said of a command line; what is right otherwise lacks an argument."""
    try:
        read(command(name), [option, "--", *"abcdefgh"])
    except UsageError as error:
        return str(error)
    return "Missing nothing."

"""How a command line is read: by one reader, which takes what Typer does, and ``-普京`` besides."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
from console import call
from hypothesis import given
from hypothesis import strategies as st
from typer.core import TyperCommand
from typer.main import get_command

from searcher.cli import app, evaluate
from searcher.cli.commands import COMMANDS, command
from searcher.cli.options import Option, parameters
from searcher.cli.reader import read
from searcher.cli.usage import UsageError

FUNCTIONS = {name: command(name) for name in COMMANDS}
FUNCTIONS |= {f"eval {function.__name__}": function for function in evaluate.COMMANDS}

SEARCH = FUNCTIONS["search"]


def ours(name: str, arguments: list[str]) -> dict[str, Any] | str | None:
    """What the reader makes of a command line: values, "help", or None when it refuses it.

    The options of a search stand beside the others, and what was not given has its default.
    """
    function = FUNCTIONS[name]
    try:
        values = read(function, arguments)
    except UsageError:
        return None
    if values is None:
        return "help"
    flat = {}
    for parameter in parameters(function):
        source = values[parameter.group] if parameter.group else values
        flat[parameter.name] = source.get(parameter.name, parameter.default)
    return flat


class Recorder(TyperCommand):
    """A command that Typer itself reads, and that only notes what it was given."""

    seen: dict[str, Any] | None = None

    def invoke(self, ctx: Any) -> None:
        Recorder.seen = dict(ctx.params)


@cache
def typers_own(name: str) -> Any:
    application = typer.Typer(rich_markup_mode=None)
    application.command(cls=Recorder)(app.signature(FUNCTIONS[name]))
    return get_command(application)


def by_typer(name: str, arguments: list[str]) -> dict[str, Any] | str | None:
    """What Typer's own reader makes of the same."""
    Recorder.seen = None
    try:
        typers_own(name).main(arguments, prog_name="searcher", standalone_mode=False)
    except Exception as error:
        # Those of Typer about a command line, whatever they are called in its next version.
        if getattr(error, "exit_code", None) != 2:
            raise
        return None
    return "help" if Recorder.seen is None else plain(Recorder.seen)


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """The same under our names: Typer turns ``no_aliases`` on where we turn ``aliases`` off."""
    found = {}
    for name, value in values.items():
        if name in ("no_aliases", "no_snippets"):
            found[name.removeprefix("no_")] = not value
        else:
            found[name] = [] if name in ("corpus", "query") and value is None else value
    return found


def same(name: str, arguments: list[str]) -> None:
    found = ours(name, arguments)
    assert found == by_typer(name, arguments), arguments


@pytest.mark.parametrize(
    "line",
    [
        "search 拜登 普京",
        "search -n5 a",
        "search -n 5 a --offset=3 b",
        "search --limit=5 --json a",
        "search a -- -b --json",
        "search - --since 2021 --fresh 1.5 --color never",
        "search 拜登 --sort newest --any --no-aliases --expand --explain",
        "index",
        "index -j1",
        "index a b -j 2 --rebuild --strict --lexicon x.txt --index i",
        "batch - --format trec -n 100",
        "show abc -q 普京 --no-pager",
        "explain 普京 abc --json",
        "segment 一 二",
        "stats",
        "check --index=here",
        "eval run --docs d --queries q --qrels r --no-aliases",
    ],
)
def test_what_is_right(line: str) -> None:
    name, arguments = split(line)
    assert isinstance(ours(name, arguments), dict)
    same(name, arguments)


@pytest.mark.parametrize(
    "line",
    [
        "search",
        "search a --limit",
        "search a --limit x",
        "search a --sort best",
        "search a --json=yes",
        "search a --nonsense",
        "search a -x",
        "search a --lim 5",
        "search a --fresh soon",
        "show",
        "show a b",
        "explain a",
        "index -j0",
        "eval run --docs d --queries q",
    ],
)
def test_what_is_wrong(line: str) -> None:
    name, arguments = split(line)
    assert ours(name, arguments) is None
    same(name, arguments)


@pytest.mark.parametrize("line", ["search -h", "search a --help", "index --help", "check -h --x"])
def test_help(line: str) -> None:
    name, arguments = split(line)
    assert ours(name, arguments) == "help"


def split(line: str) -> tuple[str, list[str]]:
    name, *arguments = line.split()
    return (f"{name} {arguments.pop(0)}" if name == "eval" else name), arguments


# Random command lines

VALUES = st.sampled_from(
    [
        *("5", "0", "-1", "0x3", "1_000", " 7", "٣", "1.5", "1e3", "nan", "-inf", "", "x"),
        *(
            "newest",
            "never",
            "trec",
            "jieba",
            "2021-12",
            "普京",
            "-普京",
            "--json",
            "-n",
            "-",
            "--",
        ),
    ]
)
WORDS = st.sampled_from(["普京", "拜登", "a", "5", "", "-", "a-b", "=", "—x", " -x", "普京*"])
DASHED = st.sampled_from(["-普京", '-"视频通话"', "-（俄 OR 美）", "-新冠*", "-«x»", "-=", "-_"])


@st.composite
def options_of(draw: st.DrawFn, name: str, *, only_right: bool = False) -> list[str]:
    """The arguments that one option of a command takes, most of the time."""
    declared = [p for p in parameters(FUNCTIONS[name]) if isinstance(p.declaration, Option)]
    parameter = draw(st.sampled_from(declared))
    assert isinstance(parameter.declaration, Option)
    flag = draw(st.sampled_from(parameter.declaration.flags(parameter.name)))
    if parameter.kind is bool:
        return [flag]
    if only_right:
        for value in ("5", "newest", "never", "trec", "jieba", "year", "left", "csv"):
            if ours(name, [*REQUIRED.get(name, []), flag, value]) is not None:
                return [flag, value]
    value = draw(VALUES)
    glue = "=" if flag.startswith("--") else ""
    return draw(st.sampled_from([[flag, value], [flag + glue + value], [flag]]))


REQUIRED = {
    "add": ["a"],
    "search": ["a"],
    "batch": ["a"],
    "show": ["a"],
    "explain": ["a", "b"],
    "segment": ["a"],
    "facets": ["a"],
    "timeline": ["a"],
    "kwic": ["a"],
    "words": ["a"],
    "names": ["a"],
    "similar": ["a"],
    "export": ["a"],
    "save": ["a"],
    "eval words": ["a"],
    "eval literal": ["a"],
    "eval run": ["--docs", "d", "--queries", "q", "--qrels", "r"],
    "eval compare": ["a", "b", "--qrels", "r"],
}
"""What a command cannot do without."""

NAMES = st.sampled_from(sorted(FUNCTIONS))


@given(NAMES, st.data())
def test_typer_would_read_the_same(name: str, data: st.DataObject) -> None:
    strange = st.sampled_from(["--x", "-x", "-5", "--limt", "--json=1", "---", "--=", "-nx"])
    parts = st.one_of(options_of(name), st.lists(st.one_of(WORDS, strange), max_size=1))
    drawn = data.draw(st.lists(parts, max_size=6))
    same(name, [*REQUIRED.get(name, []), *(argument for part in drawn for argument in part)])


@given(NAMES, st.data())
def test_words_and_options_may_stand_in_any_order(name: str, data: st.DataObject) -> None:
    options = data.draw(st.lists(options_of(name, only_right=True), max_size=4))
    words = data.draw(st.lists(st.one_of(WORDS, DASHED), min_size=1, max_size=4))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(words)), min_size=4, max_size=4)))
    mixed = words[: cuts[0]]
    for number, (start, stop) in enumerate(pairwise([*cuts, len(words)])):
        mixed += [*(options[number] if number < len(options) else []), *words[start:stop]]
    apart = [*(argument for option in options for argument in option), "--", *words]
    assert ours(name, mixed) == ours(name, apart) == by_typer(name, apart)


@given(NAMES, st.lists(st.one_of(VALUES, WORDS, DASHED, st.text(max_size=4)), max_size=5))
def test_the_typer_application_reads_the_same(name: str, arguments: list[str]) -> None:
    seen: list[dict[str, Any]] = []

    def record(**values: Any) -> int:
        seen.append(values)
        return 0

    record.__annotations__ = FUNCTIONS[name].__annotations__
    record.__kwdefaults__ = FUNCTIONS[name].__kwdefaults__
    application = typer.Typer(rich_markup_mode=None)
    app.add_command(application, record)
    try:
        values = read(FUNCTIONS[name], arguments)
    except UsageError:
        values = None
    with pytest.raises(SystemExit) as end:
        application(arguments, prog_name="searcher")
    assert seen == ([] if values is None else [values])
    assert end.value.code in (0, 2)


# From the outside


def test_a_word_to_leave_out_may_stand_anywhere(news: Path) -> None:
    lines = [
        ["-开幕", "普京", "--files"],
        ["普京", "-开幕", "--files"],
        ["--files", "普京", "-开幕"],
        ["--files", "-开幕", "--limit", "3", "普京"],
        ["--limit=3", "-开幕", "--files", "--", "普京"],
        ["--no-aliases", "--files", "-n", "3", "-开幕", "普京"],
    ]
    for line in lines:
        assert call("search", *line, cwd=news, expect=0).out == "corpus/call.md\n", line
    assert call("explain", "-开幕 普京", "call.md", cwd=news, expect=0).out
    assert call("segment", "-开幕", expect=0).out == "1\t3\t开幕\n"
    assert call("show", "call.md", "-q", "-开幕", cwd=news, expect=0).out
    assert call("search", "普京", "--category", "-国际", "--count", cwd=news).code in (0, 1)


def test_a_mistake_beside_it_is_what_is_said(news: Path) -> None:
    answer = call("search", "-体育", "奥运", "--count", "--limit", "0x3", cwd=news, expect=2)
    assert "Invalid value for --limit: '0x3' is not a whole number." in answer.err
    assert "体育" not in answer.err
    answer = call("search", "-体育", "奥运", "--limt", "3", cwd=news, expect=2)
    assert "No such option: --limt. Did you mean --limit?" in answer.err
    assert call("search", "-体育", "--help", expect=0).out == call("search", "-h", expect=0).out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("search a -biden", "No such option: -b. If -biden is a word, put -- before it."),
        ("search a --json=1", "Option --json does not take a value."),
        ("search a --limit", "Option --limit needs a value: --limit N."),
        ("search a --sort best", "'best' is not one of relevance, newest, oldest."),
        ("search", "Missing argument QUERY."),
        ("show a b", "Too many arguments: b."),
        ("index -j0", "Invalid value for -j: '0' is not 1 or more."),
        ("eval run --docs d --queries q", "Missing option --qrels."),
        (f"search a -n {'9' * 5000}", "is not a whole number."),
    ],
)
def test_what_is_said(line: str, said: str) -> None:
    answer = call(*line.split(), expect=2)
    assert said in " ".join(answer.err.split())
    assert answer.err.startswith("Usage: searcher ")


def test_nothing_of_an_argument_steers_the_terminal() -> None:
    for argument in ("--x\x1b[31m", "-x\x9b31m", "--limit=\x1b[31m"):
        shown = call("search", "a", argument, expect=2).err
        assert shown.replace("\n", "").isprintable()

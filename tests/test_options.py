"""The options of a search: one list of them, and what is said when a value makes no sense."""

from __future__ import annotations

import inspect
import math
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from console import call
from library import article, found, index_of

import searcher
from searcher import Index, QueryError, SearcherError, SearchKeywords, SearchOptions
from searcher.cli.batch import EXAMPLES

NAMES = [field.name for field in fields(SearchOptions)]
DEFAULTS = {field.name: field.default for field in fields(SearchOptions)}
PUBLIC = {name: getattr(searcher, name) for name in searcher.__all__}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    made = [
        article(0, "普京访问北京", source="新华社", author="甲"),
        article(1, "普京讲话", source="美联社", author="乙"),
    ]
    return index_of(tmp_path_factory.mktemp("options"), *made)


# One list


def test_the_signature_of_search_is_the_list() -> None:
    _, _, *options = inspect.signature(Index.search).parameters.values()
    assert {p.name: p.default for p in options} == DEFAULTS
    assert [p.name for p in options] == NAMES
    assert {p.kind for p in options} == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("method", [Index.search, Index.count, Index.explain])
def test_types_and_defaults_are_those_of_the_list(method: Any) -> None:
    wanted = get_type_hints(SearchOptions)
    known = {"date": date, **PUBLIC}
    hints = get_type_hints(inspect.unwrap(method), known)
    for name, parameter in inspect.signature(method).parameters.items():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            assert hints[name] == wanted[name], name
            assert parameter.default == DEFAULTS[name], name


def test_the_keywords_of_a_batch_are_the_list() -> None:
    assert get_type_hints(SearchKeywords) == get_type_hints(SearchOptions)


def test_help_is_made_of_the_list() -> None:
    described = {field.name: get_args(field.type)[1] for field in fields(SearchOptions)}
    for name, description in described.items():
        for text in (SearchOptions.__doc__, Index.search.__doc__):
            assert text
            assert f"    {name}: {description.help}\n" in f"{text}\n"
    searching = " ".join(call("search", "--help").out.split())
    batch = " ".join(call("batch", "--help").out.split())
    for name, description in described.items():
        flag, text = f"--{name} ", description.help
        if description.off:
            flag, text = f"--no-{name} ", description.off
        for page in (searching, batch):
            assert flag in page
            assert text in page
    assert ", ".join(NAMES) in " ".join(EXAMPLES.split())


def test_every_option_is_checked_and_every_default_passes() -> None:
    assert SearchOptions.of(DEFAULTS) == SearchOptions()
    for name in NAMES:
        with pytest.raises(QueryError, match=f"^{name} must be "):
            SearchOptions.of({name: object()})


# What is said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"any": "no"}, "any must be True or False, not 'no'"),
        ({"explain": 1}, "explain must be True or False, not 1"),
        ({"limit": True}, "limit must be a whole number, 0 or more, not True"),
        ({"limit": 3.0}, "limit must be a whole number, 0 or more, not 3.0"),
        ({"offset": -1}, "offset must be a whole number, 0 or more, not -1"),
        ({"sort": "nweest"}, "sort must be relevance, newest or oldest, not 'nweest'"),
        ({"source": 5}, "source must be text, not 5"),
        ({"fresh": "x"}, "fresh must be a number of days from 0.001 to 1000000, not 'x'"),
        ({"fresh": True}, "fresh must be a number of days from 0.001 to 1000000, not True"),
        ({"fresh": 1e-320}, "fresh must be a number of days from 0.001 to 1000000, not 1e-320"),
        ({"fresh": math.nan}, "fresh must be a number of days from 0.001 to 1000000, not nan"),
        ({"fresh": math.inf}, "fresh must be a number of days from 0.001 to 1000000, not inf"),
        ({"fresh": 10**400}, "fresh must be a number of days from 0.001 to 1000000, not 1000"),
        (
            {"limit": -(10**5000)},
            "limit must be a whole number, 0 or more, not a value of",
        ),
        ({"since": 2021}, "since must be a date, or a day, month or year as text, such as 2021-12"),
        ({"since": "2021-13"}, "since: no such date: 2021-13; give a date such as 2021-12-05"),
        ({"until": "soon"}, "until: date not understood: 'soon'; give a date such as 2021-12-05"),
        ({"category": b"\x1b"}, r"category must be text, not b'\x1b'"),
        ({"limitt": 3}, "no option is called 'limitt'; did you mean 'limit'? There are: limit, "),
        ({"colour": 3}, "no option is called 'colour'; there are: limit, offset, sort, since, "),
    ],
)
def test_what_makes_no_sense(index: Index, options: dict[str, Any], said: str) -> None:
    with pytest.raises(QueryError) as error:
        index.search("普京", **options)
    assert str(error.value).startswith(said)
    assert len(str(error.value)) < 250
    (answer,) = index.batch([{"query": "普京", **options}])
    assert isinstance(answer, SearcherError)
    assert str(answer) == str(error.value)


def test_fresh_is_taken_over_its_whole_range(index: Index) -> None:
    for days in (0.001, 1, 1.5, 1_000_000):
        assert index.search("普京", fresh=days).total == 2


def test_other_methods_say_it_too(index: Index) -> None:
    with pytest.raises(QueryError, match=r"did you mean 'source'\? There are: since, until, cat"):
        index.count("普京", sorce="x")  # type: ignore[call-arg]
    with pytest.raises(QueryError, match=r"there are: any, aliases$"):
        index.explain("普京", "a0000", since="2021")  # type: ignore[call-arg]
    with pytest.raises(QueryError, match="any must be True or False"):
        index.explain("普京", "a0000", any="no")  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="what is highlighted must be text, not 5"):
        index.highlight("普京", 5)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="a query must be text, not None"):
        index.highlight(None, "普京")  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="an id or path must be text, not 5"):
        index.get(5)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="an id or path must be text, not 5"):
        index.explain("普京", 5)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="a prefix must be text, not None"):
        index.terms(None)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="queries must be a list of queries, not one text"):
        index.batch("普京")
    with pytest.raises(QueryError, match="limit must be a whole number"):
        index.batch([], limit="3")  # type: ignore[arg-type]


def test_mypy_refuses_mistakes(index: Index) -> None:
    # Without an error here, mypy says that the comment is not needed.
    with pytest.raises(QueryError):
        index.search("普京", limitt=3)  # type: ignore[call-arg]
    with pytest.raises(QueryError):
        index.search("普京", sort="nweest")  # type: ignore[arg-type]
    with pytest.raises(QueryError):
        index.search("普京", any="no")  # type: ignore[arg-type]
    with pytest.raises(QueryError):
        index.count("普京", limit=3)  # type: ignore[call-arg]
    with pytest.raises(QueryError):
        index.batch(["普京"], sort="nweest")  # type: ignore[arg-type]
    with pytest.raises(QueryError):
        index.batch(["普京"], limitt=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        index.search("普京", 3)  # type: ignore[call-arg]


# What they do


def test_source(index: Index) -> None:
    assert found(index, "普京", source="新华") == {"a0000"}
    assert index.count("普京", source="美联社") == 1
    assert index.count("普京", source="路透社") == 0
    (answer,) = index.batch(["普京"], source="美联社")
    assert not isinstance(answer, SearcherError)
    assert answer[0].source == "美联社"


def test_a_moment_is_its_day(index: Index) -> None:
    assert index.count("普京", since=datetime(2020, 1, 2, 23, 59)) == 1
    assert index.count("普京", until=date(2020, 1, 1)) == 1


def test_names_of_arguments_may_be_written(index: Index) -> None:
    assert index.search(query="普京", limit=1).total == 2
    assert index.explain(query="普京", id="a0000").matched


def test_options_of_a_batch_win_over_its_defaults(index: Index) -> None:
    one, other = index.batch(["普京", {"query": "普京", "limit": 2}], limit=1)
    assert not isinstance(one, SearcherError)
    assert not isinstance(other, SearcherError)
    assert (len(one), len(other)) == (1, 2)


def test_every_option_is_an_option_of_the_command_line(news: Path) -> None:
    line = ["--limit=3", "--offset=0", "--sort=newest", "--since=2000", "--until=2100", "--any"]
    line += ["--category=国际", "--author=远方", "--source=远方", "--no-aliases", "--expand"]
    line += ["--strict", "--fresh=30", "--explain", "--no-snippets", "--unique"]
    assert len(line) == len(NAMES)
    (hit,) = call("search", "普京", "--json", *line, cwd=news, expect=0).record["hits"]
    assert hit["explanation"]
    assert hit["snippets"] == []
    (answer,) = call("batch", "-", *line, cwd=news, stdin="普京", expect=0).records
    assert answer["hits"] == [hit]

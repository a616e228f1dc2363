"""docs/query-language.md is true: its tables are parsed, folded, cut into words or searched for."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from library import article, build, found

from searcher import Index, analyse, open_index
from searcher.query import parser
from searcher.query.parser import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, MAX_NOTES, parse
from searcher.query.periods import Period, parse_period
from searcher.text.folding import fold

DOCUMENT = (Path(__file__).parents[1] / "docs" / "query-language.md").read_text("utf-8")

Row = tuple[str, ...]

_TABLE = re.compile(r"^(\|.*\|)\n\|[-|]+\|\n((?:\|.*\|\n)+)", re.MULTILINE)


def cells(line: str) -> Row:
    """The cells of a line of a table; a cell that is code as a whole, without its backticks."""
    texts = (cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
    return tuple(re.sub(r"^`([^`]*)`$", r"\1", text.replace("\\|", "|")) for text in texts)


def rows(*heading: str) -> list[Row]:
    """The rows of all tables whose headings begin so."""
    return [
        cells(line)
        for first, lines in _TABLE.findall(DOCUMENT)
        if cells(first)[: len(heading)] == heading
        for line in lines.splitlines()
    ]


def codes(cell: str) -> list[str]:
    """The pieces of code in a cell that holds several; one that is code as a whole is one."""
    return re.findall("`([^`]+)`", cell) or [cell]


def test_every_table_is_checked() -> None:
    checked = (
        ("query", "read as"),
        ("text", "first day"),
        ("written", "compared as"),
        ("text", "words"),
        ("query", "found in"),
    )
    assert {cells(first)[:2] for first, _ in _TABLE.findall(DOCUMENT)} == set(checked)
    lines = sum(line.startswith("|") for line in DOCUMENT.splitlines())
    tables = len(_TABLE.findall(DOCUMENT))
    assert lines == sum(len(rows(*heading)) for heading in checked) + 2 * tables


def test_the_grammar_is_the_parsers() -> None:
    (grammar,) = re.findall(r"```text\n(.*?)```", DOCUMENT, re.DOTALL)
    documented = (parser.__doc__ or "").splitlines()
    assert [line for line in grammar.splitlines() if f"    {line}" not in documented] == []


@pytest.mark.parametrize("row", rows("query", "read as", "finds articles with"))
def test_a_query_is_read_without_notes_and_finds_something(row: Row, sample: Index) -> None:
    query, canonical, _ = row
    tree, notes = parse(query)
    assert (str(tree), notes) == (canonical, ())
    assert sample.count(query) > 0


@pytest.mark.parametrize("row", rows("query", "read as", "finds articles"))
def test_a_query_with_dates_finds_something(row: Row, sample: Index) -> None:
    query, canonical, _ = row
    tree, notes = parse(query)
    assert (str(tree), notes) == (canonical, ())
    assert sample.count(query) > 0


@pytest.mark.parametrize("row", rows("query", "read as", "note"))
def test_a_note_comes_with_what_was_read(row: Row) -> None:
    query, canonical, note = row
    tree, notes = parse(query)
    assert (str(tree) if tree else "nothing", notes) == (canonical, (note,))


@pytest.mark.parametrize("row", rows("text", "first day"))
def test_a_date_covers_these_days(row: Row) -> None:
    spellings, *days = row
    since, until = (None if day == "open" else date.fromisoformat(day) for day in days)
    for text in codes(spellings):
        assert parse_period(text, date(2021, 12, 8)) == Period(since, until), text


@pytest.mark.parametrize("row", rows("written", "compared as"))
def test_folded_forms(row: Row) -> None:
    written, folded, _ = row
    assert written != folded
    assert fold(written) == folded


@pytest.mark.parametrize("row", rows("text", "words"))
def test_words_of_a_text(row: Row) -> None:
    text, words = row
    assert [token.text for token in analyse(text)] == codes(words)


TEXTS = dict.fromkeys(text for _, *texts in rows("query", "found in") for text in texts)
EXAMPLES = {text: number for number, text in enumerate(TEXTS)}
"""The texts in which a query is found or not, numbered."""


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The index of an article for each example."""
    folder = tmp_path_factory.mktemp("examples")
    build(folder, [article(number, "", text) for text, number in EXAMPLES.items()])
    with open_index(folder / "index") as index:
        yield index


@pytest.mark.parametrize("row", rows("query", "found in"))
def test_a_query_is_found_in_one_text_and_not_in_the_other(row: Row, examples: Index) -> None:
    query, one, other = row
    assert examples.search(query).notes == ()
    matching = found(examples, query)
    assert article(EXAMPLES[one]).id in matching
    assert article(EXAMPLES[other]).id not in matching


def test_limits() -> None:
    text = " ".join(DOCUMENT.split())
    for limit in (
        f"up to {MAX_LENGTH:,} characters and {MAX_CLAUSES} words",
        f"up to {MAX_DEPTH} deep",
        f"at most {MAX_NOTES} notes",
    ):
        assert limit in text

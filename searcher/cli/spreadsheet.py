"""Queries from a spreadsheet: a CSV file with a header in, one row a hit or one a query out."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from searcher import QueryError, SearcherError, SearchOptions
from searcher.cli.answers import COLUMNS
from searcher.cli.language import told, tr
from searcher.cli.records import speak_utf8
from searcher.cli.render import is_terminal, safe

if TYPE_CHECKING:
    from searcher import Index

SUMMARY = ("total", "first", "last", "sources")
"""The columns of a summary: articles that match as asked, their first and last day, sources."""

MAX_BYTES = 64 << 20
"""The largest file of queries."""

MAX_SOURCES = 10
"""The maximum number of sources named in a summary."""

_FILTERS = ("since", "until", "category", "author", "source", "any", "aliases")
_TRUE, _FALSE = ("1", "true", "yes", "y", "是"), ("0", "false", "no", "n", "否")


class Table(NamedTuple):
    """A spreadsheet of queries.

    Attributes:
        carried: the names of the columns that are no options; they are carried into the output.
        rows: what each row asks for.
    """

    carried: list[str]
    rows: Iterator[TableRow]


class TableRow(NamedTuple):
    """A row: the cells that are carried, the query, its options, and what is wrong with it."""

    carried: list[str]
    query: str
    options: Mapping[str, Any]
    problem: str = ""


def is_spreadsheet(file: str) -> bool:
    """Whether a file is a CSV file whose header names a column ``query``."""
    if not file.lower().endswith(".csv"):
        return False
    with Path(file).open("rb") as source:
        line = source.readline(1 << 16)
    return "query" in [_name(cell) for cell in next(csv.reader([_decoded(line)]), [])]


def read_table(path: Path) -> Table:
    """Read a spreadsheet of queries. Raises QueryError for a file that cannot be read as one."""
    if path.stat().st_size > MAX_BYTES:
        raise QueryError(
            tr("{file} is larger than {limit} MB; split it", file=path, limit=MAX_BYTES >> 20)
        )
    rows = csv.reader(StringIO(_decoded(path.read_bytes()), newline=""))
    header = [cell.strip().lstrip("\ufeff") for cell in next(rows)]
    names = [_name(cell) for cell in header]
    options = {field.name for field in fields(SearchOptions)}
    carried = [n for n, name in enumerate(names) if name != "query" and name not in options]
    return Table([header[n] for n in carried], _rows(rows, names, carried, options))


def answer_table(index: Index, table: Table, summary: bool, asked: Mapping[str, Any]) -> bool:
    """Answer the queries of a spreadsheet on standard output; whether all could be answered."""
    speak_utf8()
    on_terminal = is_terminal(sys.stdout)
    writer = csv.writer(sys.stdout, lineterminator="\n")

    def write(*cells: object) -> None:
        writer.writerow([safe(str(cell)) if on_terminal else cell for cell in cells])

    columns = SUMMARY if summary else ("total", *COLUMNS)
    write(*table.carried, "query", *columns, "error", "notes")
    good = True
    for row in table.rows:
        lead = (*row.carried, row.query)
        try:
            if row.problem:
                raise QueryError(row.problem)
            make = _summary if summary else _hits
            for cells, notes in make(index, row, asked):
                write(*lead, *cells, "", "; ".join(notes))
        except SearcherError as error:
            good = False
            write(*lead, *[""] * len(columns), error, "")
        sys.stdout.flush()
    return good


def _hits(
    index: Index, row: TableRow, asked: Mapping[str, Any]
) -> Iterator[tuple[list[object], tuple[str, ...]]]:
    (answer,) = index.batch([{**asked, **row.options, "query": row.query}])
    if isinstance(answer, SearcherError):
        raise answer
    if not answer:
        yield [answer.total, *[""] * len(COLUMNS)], answer.notes
    for hit in answer:
        yield [answer.total, *(cell(hit) for cell in COLUMNS.values())], answer.notes


def _summary(
    index: Index, row: TableRow, asked: Mapping[str, Any]
) -> Iterator[tuple[list[object], tuple[str, ...]]]:
    options = {k: v for k, v in {**asked, **row.options}.items() if k in _FILTERS}
    found = index.facets(row.query, "source", top=MAX_SOURCES, **options)
    (facet,) = found.facets
    sources = [f"{value.value} ({value.articles})" for value in facet.values]
    if facet.others:
        sources.append(f"{facet.others} others")
    yield [found.total, found.first or "", found.last or "", "; ".join(sources)], found.notes


def _rows(
    rows: Iterator[list[str]], names: list[str], carried: list[int], options: set[str]
) -> Iterator[TableRow]:
    number = 1
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise QueryError(
                tr("row {number} of the file cannot be read: {error}", number=number, error=error)
            ) from error
        if not any(cell.strip() for cell in cells):
            continue
        problem = ""
        if len(cells) > len(names):
            problem = tr(
                "row {number} has {cells} cells, the header {names}",
                number=number,
                cells=len(cells),
                names=len(names),
            )
        cells = [*cells, *[""] * (len(names) - len(cells))]
        given = dict(zip(names, cells, strict=False))
        asked: dict[str, Any] = {}
        try:
            for name in options & given.keys():
                if given[name].strip():
                    asked[name] = _value(name, given[name].strip())
        except QueryError as error:
            problem = tr("row {number}: {problem}", number=number, problem=told(error))
        yield TableRow([cells[n] for n in carried], given["query"], asked, problem)


def _value(name: str, text: str) -> Any:
    """The value of an option that a cell gives."""
    (kind,) = [get_args(field.type)[0] for field in fields(SearchOptions) if field.name == name]
    kinds = get_args(kind) or (kind,)
    if bool in kinds:
        if text.lower() in _TRUE:
            return True
        if text.lower() in _FALSE:
            return False
        raise QueryError(tr("{name} must be yes or no, not {text}", name=name, text=repr(text)))
    for number in (int, float):
        if number in kinds:
            try:
                return number(text)
            except ValueError:
                raise QueryError(
                    tr("{name} must be a number, not {text}", name=name, text=repr(text))
                ) from None
    return text


def _name(cell: str) -> str:
    return cell.strip().lstrip("\ufeff").lower()


def _decoded(data: bytes) -> str:
    """Text as spreadsheets write it: UTF-8, or GB 18030 where it is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")

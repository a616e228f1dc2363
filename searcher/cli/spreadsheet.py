"""Queries from a spreadsheet: a CSV file with a header in, one row a hit or one a query out."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searcher import QueryError, SearcherError
from searcher.cli.records import speak_utf8
from searcher.cli.render import is_terminal, safe
from searcher.csv_rows import COLUMNS
from searcher.query_table import Table, TableRow, has_query, read_table

if TYPE_CHECKING:
    from searcher import Index

SUMMARY = ("total", "first", "last", "sources")
"""The columns of a summary: articles that match as asked, their first and last day, sources."""

MAX_BYTES = 64 << 20
"""The largest file of queries."""

MAX_SOURCES = 10
"""The maximum number of sources named in a summary."""

_FILTERS = ("since", "until", "category", "author", "source", "any", "aliases")


def is_spreadsheet(file: str) -> bool:
    """Whether a file is a CSV file whose header names a column ``query``."""
    if not file.lower().endswith(".csv"):
        return False
    with Path(file).open("rb") as source:
        return has_query(source.readline(1 << 16))


def read_file(path: Path) -> Table:
    """Read a spreadsheet of queries. Raises QueryError for a file that cannot be read as one."""
    if path.stat().st_size > MAX_BYTES:
        raise QueryError(f"{path} is larger than {MAX_BYTES >> 20} MB; split it")
    return read_table(path.read_bytes())


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

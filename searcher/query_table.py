"""Queries from a spreadsheet: the bytes of a CSV file to what each of its rows asks for."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import fields
from io import StringIO
from typing import Any, NamedTuple, get_args

from searcher import QueryError, SearchOptions

MAX_COLUMNS = 1000
"""The most columns of a table; each row has as many cells."""

MAX_NAME = 1000
"""The most characters of the name of a column."""

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


def has_query(data: bytes) -> bool:
    """Whether the header of a CSV file, which ``data`` begins with, names a column ``query``.

    >>> has_query("topic,query\\n战争,普京\\n".encode())
    True
    """
    try:
        header = next(csv.reader([_decoded(data.partition(b"\n")[0])]), [])
        return "query" in map(_name, header)
    except csv.Error:
        return False


def read_table(data: bytes) -> Table:
    """Read a CSV file whose header has a column ``query``. Raises QueryError.

    >>> [row.query for row in read_table("topic,query\\n战争,普京\\n".encode()).rows]
    ['普京']
    """
    rows = csv.reader(StringIO(_decoded(data), newline=""))
    try:
        header = [cell.strip().lstrip("\ufeff") for cell in next(rows, [])]
        if max(map(len, header), default=0) > MAX_NAME:
            raise csv.Error("the name of a column is too long")
    except csv.Error as error:
        raise QueryError(f"the header of the file cannot be read: {error}") from error
    if len(header) > MAX_COLUMNS:
        raise QueryError(f"the header has {len(header)} columns; leave all but {MAX_COLUMNS} out")
    names = [_name(cell) for cell in header]
    if "query" not in names:
        raise QueryError("the header of the file has no column query; add one")
    options = {field.name for field in fields(SearchOptions)}
    carried = [n for n, name in enumerate(names) if name != "query" and name not in options]
    return Table([header[n] for n in carried], _rows(rows, names, carried, options))


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
            raise QueryError(f"row {number} of the file cannot be read: {error}") from error
        if not any(cell.strip() for cell in cells):
            continue
        problem = ""
        if len(cells) > len(names):
            problem = f"row {number} has {len(cells)} cells, the header {len(names)}"
        cells = [*cells, *[""] * (len(names) - len(cells))]
        given = dict(zip(names, cells, strict=False))
        asked: dict[str, Any] = {}
        try:
            for name in options & given.keys():
                if given[name].strip():
                    asked[name] = _value(name, given[name].strip())
        except QueryError as error:
            problem = f"row {number}: {error}"
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
        raise QueryError(f"{name} must be yes or no, not {text!r}")
    for number in (int, float):
        if number in kinds:
            try:
                return number(text)
            except ValueError:
                raise QueryError(f"{name} must be a number, not {text!r}") from None
    return text


def _name(cell: str) -> str:
    return cell.strip().lstrip("\ufeff").lower()


def _decoded(data: bytes) -> str:
    """Text as spreadsheets write it: UTF-8, or GB 18030 where it is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")

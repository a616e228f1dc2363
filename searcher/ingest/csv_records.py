"""The records of a table as CSV or TSV, with a line of column names at its top."""

import csv
from collections.abc import Iterator
from typing import Any, TextIO

from searcher.ingest.decoding import MAX_BYTES
from searcher.ingest.json_records import Record

_SEPARATORS = ",;\t|"
_MAX_COLUMNS = 1_000


def csv_rows(text: TextIO, separator: str = "") -> Iterator[Record]:
    r"""Read the rows of a table by the names in its first line.

    Args:
        text: opened with `newline=""`, as the module csv wants it.
        separator: between columns; the most frequent one of , ; tab | in the first line by default.

    >>> from io import StringIO
    >>> [row.values for row in csv_rows(StringIO("标题,正文\n甲,一\n"))]
    [{'标题': '甲', '正文': '一'}]
    """
    # The limit is one of the whole module; the default is shorter than a long article.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_BYTES))
    header = text.readline(MAX_BYTES)
    if not separator:
        separator = max(_SEPARATORS, key=header.count)
    try:
        names = next(csv.reader([header], delimiter=separator), [])
    except csv.Error as error:
        yield Record(1, None, f"the line of column names cannot be read: {error}")
        return
    names = [name.strip().lstrip("\ufeff") for name in names][:_MAX_COLUMNS]
    rows = csv.reader(text, delimiter=separator)
    number = 0
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(number, None, f"is no row of CSV: {error}")
            continue
        if any(cell.strip() for cell in row):
            yield _record(names, row, number)


def _record(names: list[str], row: list[str], number: int) -> Record:
    values: dict[str, Any] = dict(zip(names, row, strict=False))
    problem = ""
    if len(row) != len(names):
        problem = f"{len(row)} columns where the first line has {len(names)}"
    return Record(number, values, problem)

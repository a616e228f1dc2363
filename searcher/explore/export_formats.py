"""The forms of an export: functions that write rows to a file as they come."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timezone
from html import escape
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from searcher.errors import ExportError

Row: TypeAlias = dict[str, Any]
"""The values of an article by column: text, a datetime or None, or a list of texts."""

Writer: TypeAlias = Callable[[Path, str, Sequence[str], Iterable[Row]], None]
"""Writes a file: its path, the query, the columns, the rows."""

MAX_CELL = 32_767
"""Characters of a cell of a spreadsheet."""

_ROWS_AT_ONCE = 200
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#+\-.!|~&])")
# XML, and so a spreadsheet, cannot hold these.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_csv(path: Path, query: str, columns: Sequence[str], rows: Iterable[Row]) -> None:  # noqa: ARG001 - all forms are called alike
    """Comma-separated values in UTF-8; categories and snippets are joined, dates in ISO 8601."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        for row in rows:
            table.writerow([flat(row[column]) for column in columns])


def write_jsonl(path: Path, query: str, columns: Sequence[str], rows: Iterable[Row]) -> None:  # noqa: ARG001 - all forms are called alike
    """One JSON object a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            record = {column: _json_value(row[column]) for column in columns}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_markdown(path: Path, query: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """A Markdown page with a heading for each article."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"# {_markdown(query)}\n")
        for row in rows:
            details = [flat(row[name]) for name in _DETAILS if row[name]]
            file.write(f"\n## {_markdown(row['title'])}\n\n")
            file.write(_markdown(" · ".join(details)) + "\n")
            if row["url"]:
                file.write(f"\n<{_markdown_link(row['url'])}>\n")
            for snippet in row.get("snippets", ()):
                file.write(f"\n> {_markdown(snippet)}\n")
            for paragraph in _paragraphs(row, columns):
                file.write(f"\n{_markdown(paragraph)}\n")


def write_html(path: Path, query: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """A page of HTML that stands alone."""
    title = escape(query)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(
            '<!DOCTYPE html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n'
            f"<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n"
        )
        for row in rows:
            details = [flat(row[name]) for name in _DETAILS if row[name]]
            file.write(f'<article id="{escape(row["id"])}">\n<h2>{escape(row["title"])}</h2>\n')
            file.write(f"<p><small>{escape(' · '.join(details))}</small></p>\n")
            # Of other addresses a browser might run what is in them.
            if row["url"].startswith(("http://", "https://")):
                url = escape(row["url"])
                file.write(f'<p><a href="{url}">{url}</a></p>\n')
            for snippet in row.get("snippets", ()):
                file.write(f"<blockquote>{escape(snippet)}</blockquote>\n")
            for paragraph in _paragraphs(row, columns):
                file.write(f"<p>{escape(paragraph)}</p>\n")
            file.write("</article>\n")
        file.write("</body>\n</html>\n")


def write_xlsx(path: Path, query: str, columns: Sequence[str], rows: Iterable[Row]) -> None:  # noqa: ARG001 - all forms are called alike
    """A spreadsheet; every cell is text, so that nothing is taken for a formula.

    A cell holds no more than MAX_CELL characters; a longer body goes on in further columns.
    """
    openpyxl: Any = _package("openpyxl", ".xlsx")
    cell_class: Any = import_module("openpyxl.cell").WriteOnlyCell
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("articles")
    sheet.append(list(columns))
    for row in rows:
        texts = [_NOT_IN_XML.sub("\ufffd", flat(row[column])) for column in columns]
        for column, text in zip(columns[:-1], texts[:-1], strict=True):
            if len(text) > MAX_CELL:
                raise ExportError(
                    f"the {column} of {row['id']} is longer than a cell of a spreadsheet may be; "
                    "export to .csv or .jsonl"
                )
        last = texts.pop()
        texts += [last[start : start + MAX_CELL] for start in range(0, len(last), MAX_CELL)]
        cells = [cell_class(sheet, value=text) for text in texts]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    book.save(path)


def write_parquet(path: Path, query: str, columns: Sequence[str], rows: Iterable[Row]) -> None:  # noqa: ARG001 - all forms are called alike
    """Columns for data frames: dates as instants in UTC, categories and snippets as lists."""
    pyarrow: Any = _package("pyarrow", ".parquet")
    parquet: Any = import_module("pyarrow.parquet")
    schema = arrow_schema(pyarrow, columns)
    with parquet.ParquetWriter(path, schema) as writer:
        for batch in _batches(rows):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))


def arrow_schema(pyarrow: Any, columns: Sequence[str]) -> Any:
    """The types of columns in Arrow."""
    kinds = {
        "date": pyarrow.timestamp("us", tz="UTC"),
        "categories": pyarrow.list_(pyarrow.string()),
        "snippets": pyarrow.list_(pyarrow.string()),
    }
    return pyarrow.schema([(column, kinds.get(column, pyarrow.string())) for column in columns])


WRITERS: dict[str, Writer] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "md": write_markdown,
    "html": write_html,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
}
"""The forms by the endings of file names."""

_DETAILS = ("date", "source", "author", "categories", "path", "id")
"""What stands below a title on a page."""


def flat(value: Any) -> str:
    """A value as one text: lists joined by ``;``, a date in ISO 8601, nothing as ""."""
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value or ""


def _json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, _ROWS_AT_ONCE)):
        yield [{**row, "date": _in_utc(row["date"])} for row in batch]


def _in_utc(date: datetime | None) -> datetime | None:
    try:
        return date.astimezone(timezone.utc) if date else None
    except OverflowError:  # within a day of the first or the last year
        return date.replace(tzinfo=timezone.utc) if date else None


def _paragraphs(row: Row, columns: Sequence[str]) -> list[str]:
    return [line for line in row["body"].split("\n") if line] if "body" in columns else []


def _markdown(text: str) -> str:
    """Text in which nothing is a mark of Markdown; one line."""
    return _MARKDOWN.sub(r"\\\1", text.replace("\n", " "))


def _markdown_link(url: str) -> str:
    return re.sub(r"[<>\s]", lambda found: f"%{ord(found[0]):02X}", url)


def _package(name: str, ending: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ExportError(
            f"writing {ending} needs {name}; run: pip install 'chinese-news-search[tables]'"
        ) from error

"""Tables as CSV files, as spreadsheets read them, and pictures as SVG files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from starlette.responses import Response

from searcher.csv_rows import guarded
from searcher.web.marking import harmless

CSV = "text/csv; charset=utf-8"
SVG = "image/svg+xml"


def table_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV; no cell is taken for a formula, and none steers a terminal.

    >>> table_text([("词", 3), ("=1+1", None)])
    "词,3\\r\\n'=1+1,\\r\\n"
    """
    text = StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return text.getvalue()


def cell(value: object) -> object:
    """A value as a cell: a number, or text."""
    if value is None or isinstance(value, int | float):
        return value
    return guarded(harmless(str(value)))


def file_response(name: str, text: str, media_type: str, headers: dict[str, str]) -> Response:
    """A file to keep. CSV begins with the mark by which spreadsheets know UTF-8."""
    body = text.encode("utf-8-sig" if media_type == CSV else "utf-8", "replace")
    return Response(body, headers={**headers, **kept_as(name)}, media_type=media_type)


def kept_as(name: str) -> dict[str, str]:
    """The header that lets a browser keep an answer under a name of ours."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}

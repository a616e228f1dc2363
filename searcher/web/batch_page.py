"""The page on which many queries are asked at once, and the answers to keep."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from itertools import islice
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from searcher import QueryError, SearchOptions, query_lines, query_table
from searcher.csv_rows import COLUMNS, HEADER, answer_rows
from searcher.records import answer_record
from searcher.web.interface import Values, answer_line, encode
from searcher.web.limits import MAX_HITS, MAX_QUERIES
from searcher.web.parameters import read, search_options
from searcher.web.pool import IndexPool
from searcher.web.rendering import render
from searcher.web.tables import CSV, kept_as, table_text

PATH = "/batch"
PARAMETERS = search_options("limit", "since", "until", "source", "category", "any", "strict")
MEDIA_TYPES = {"csv": CSV, "jsonl": "application/x-ndjson"}
COUNT_HEADER = "Searcher-Queries"
"""The header of the answers that says how many there will be."""


def routes(pool: IndexPool) -> list[Route]:
    """The routes of the page and of its answers."""

    async def answers(request: Request) -> Response:
        return await _answers(request, pool)

    return [
        Route(PATH, _batch_page, methods=["GET"], name="batch_page"),
        Route(PATH, answers, methods=["POST"], name="batch_answers"),
    ]


async def _batch_page(request: Request) -> Response:
    return render(
        request, "batch.html", most=f"{MAX_QUERIES:,}", most_hits=MAX_HITS,
        columns=",".join(HEADER), fields=",".join(COLUMNS),
    )  # fmt: skip


async def _answers(request: Request, pool: IndexPool) -> Response:
    """The answers to what a form has sent, one after another, as a file."""
    content_type = request.headers.get("content-type", "")
    # Others have their turn while a long form is read.
    given = await asyncio.to_thread(form_fields, content_type, await request.body())
    form = given.pop("format", b"csv").decode("ascii", "replace")
    if form not in MEDIA_TYPES:
        raise QueryError(f"format must be one of {', '.join(MEDIA_TYPES)}")
    queries, file = given.pop("queries", b""), given.pop("file", b"")
    texts = [(name, value.decode("utf-8", "replace")) for name, value in given.items()]
    defaults = read(PARAMETERS, texts)
    SearchOptions.of(defaults)
    requests = await asyncio.to_thread(_some, requests_of(file or queries))
    if not requests:
        raise QueryError("there is no query; write one in each line, or choose a file")
    if len(requests) > MAX_QUERIES:
        raise HTTPException(413, f"a batch has at most {MAX_QUERIES} queries; send it in parts")
    lines = _lines(pool, requests, defaults, form)
    headers = {COUNT_HEADER: str(len(requests)), **kept_as(f"answers.{form}")}
    return StreamingResponse(lines, headers=headers, media_type=MEDIA_TYPES[form])


def _some(requests: Iterator[query_lines.Request]) -> list[query_lines.Request]:
    """No more of them than are needed to see that there are too many."""
    return [*islice(requests, MAX_QUERIES + 1)]


async def _lines(
    pool: IndexPool, requests: list[query_lines.Request], defaults: Values, form: str
) -> AsyncIterator[bytes]:
    if form == "csv":
        yield table_text([HEADER]).encode("utf-8-sig")
    for request in requests:
        answer = await answer_line(pool, request, defaults)
        if form == "csv":
            rows = answer_rows(request.id, request.query, answer)
            yield table_text(rows).encode("utf-8", "replace")
        else:
            yield encode(answer_record(request.id, request.query, answer)) + b"\n"


def requests_of(data: bytes) -> Iterator[query_lines.Request]:
    """What a text asks for: a table with a column ``query``, or one query in each line.

    >>> [request.query for request in requests_of("普京\\n拜登\\n".encode())]
    ['普京', '拜登']
    """
    if not query_table.has_query(data[: 1 << 16]):
        yield from query_lines.requests(BytesIO(data))
        return
    table = query_table.read_table(data)
    names = [name.lower() for name in table.carried]
    for number, row in enumerate(table.rows, 1):
        id_ = row.carried[names.index("id")] if "id" in names else ""
        yield query_lines.Request(id_ or str(number), row.query, row.options, row.problem)


def form_fields(content_type: str, body: bytes) -> dict[str, bytes]:
    """The fields of a form as browsers send it, also one with a file.

    Raises QueryError where it is none.

    >>> form_fields("application/x-www-form-urlencoded", b"queries=a%0D%0Ab&limit=3")
    {'queries': b'a\\r\\nb', 'limit': b'3'}
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        text = body.decode("utf-8", "replace")
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
        except ValueError as error:
            raise QueryError(NO_FORM) from error
        return {name: value.encode("utf-8", "replace") for name, value in pairs}
    boundary = _BOUNDARY.search(content_type)
    if kind != "multipart/form-data" or boundary is None:
        raise QueryError(NO_FORM)
    line = b"\r\n--" + (boundary[1] or boundary[2]).encode("latin-1", "replace")
    fields: dict[str, bytes] = {}
    for part in (b"\r\n" + body).split(line, MAX_FIELDS + 1)[1:-1]:
        head, found, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head[:MAX_HEAD])
        if found and name:
            fields[name[1].decode("utf-8", "replace")] = content
    return fields


_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_NAME = re.compile(
    rb'^content-disposition: *form-data *;[^\r\n]*?\bname="([^"\r\n]*)"',
    re.IGNORECASE | re.MULTILINE,
)
MAX_HEAD = 2000
"""Bytes of the head of a part that are looked at."""
MAX_FIELDS = 20
NO_FORM = "this is sent by the form of the page; programs use /api/v1/batch"

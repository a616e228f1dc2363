"""The HTTP interface: one function for each operation of ``operations.py``."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from io import BytesIO
from itertools import islice
from typing import Any, TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from searcher import Index, QueryError, Results, SearcherError, SearchOptions, query_lines
from searcher.exploring_records import (
    concordance_record,
    facets_record,
    keywords_record,
    names_record,
    timeline_record,
)
from searcher.records import (
    FORMAT_VERSION,
    Record,
    answer_record,
    article_record,
    completions_record,
    explanation_record,
    results_record,
    stats_record,
    suggestions_record,
)
from searcher.web.caching import caching_headers, entity_tag, is_fresh, not_modified
from searcher.web.limits import MAX_QUERIES, MAX_QUERY_LENGTH, MAX_TEXT_LENGTH
from searcher.web.openapi import openapi_document
from searcher.web.operations import BASE, OPERATIONS, Operation
from searcher.web.parameters import MOST, read
from searcher.web.pool import IndexPool, TimeIsUpError

Values: TypeAlias = Mapping[str, Any]
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
Answer: TypeAlias = Callable[[Index, Values], Record | None]
"""Takes an index and the values of the parameters; None where there is no such article."""

_log = logging.getLogger(__name__)

NO_ARTICLE = "no article has this id or path; a search shows the ids"
NO_INDEX = "the index cannot be read now; look at the messages of the server"
TIME_IS_UP = "the answer takes too long; ask for less"


def search(index: Index, values: Values) -> Record:
    """The best articles for a query."""
    return results_record(index.search(values["q"], **_options(values)))


def article(index: Index, values: Values) -> Record | None:
    """One article, with the places that match a query where there is one."""
    found = index.get(values["id"])
    if found is None:
        return None
    query = values.get("q")
    if query is None:
        return article_record(found)
    spans = {
        "title": index.highlight(query, found.title),
        "body": index.highlight(query, found.body),
    }
    return article_record(found, spans)


def explain(index: Index, values: Values) -> Record | None:
    """Why an article matches a query, or what it lacks."""
    if index.get(values["id"]) is None:
        return None
    options = {name: values[name] for name in ("any", "aliases") if name in values}
    return explanation_record(index.explain(values["q"], values["id"], **options))


def suggest(index: Index, values: Values) -> Record:
    """What may have been meant by a query."""
    return suggestions_record(values["q"], index.suggest(values["q"]))


def complete(index: Index, values: Values) -> Record:
    """The terms that begin with what has been typed."""
    prefix = values["prefix"]
    return completions_record(prefix, index.complete(prefix, values.get("limit", 10)))


def facets(index: Index, values: Values) -> Record:
    """All matches counted by fields."""
    return facets_record(index.facets(values["q"], **_options(values)))


def timeline(index: Index, values: Values) -> Record:
    """The matches of one or several queries counted over time."""
    return timeline_record(index.timeline(*values["q"], **_options(values)))


def concordance(index: Index, values: Values) -> Record:
    """The places that match, with the text around them."""
    options = {"limit": 100, **_options(values)}
    return concordance_record(index.concordance(values["q"], **options))


def keywords(index: Index, values: Values) -> Record:
    """Words and names that mark the matches."""
    return keywords_record(index.keywords(values["q"], **_options(values)))


def names(index: Index, values: Values) -> Record:
    """The people, places and organisations that the matches name."""
    return names_record(index.names(values["q"], **_options(values)))


def similar(index: Index, values: Values) -> Record | None:
    """The articles most like one."""
    if index.get(values["id"]) is None:
        return None
    return results_record(index.similar(values["id"], limit=values.get("limit", 10)))


def _options(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "q"}


ANSWERS: dict[str, Answer] = {
    "search": search,
    "article": article,
    "explain": explain,
    "suggest": suggest,
    "complete": complete,
    "facets": facets,
    "timeline": timeline,
    "concordance": concordance,
    "keywords": keywords,
    "names": names,
    "similar": similar,
}
"""The functions of the operations that ask an index and answer by one record."""


def routes(pool: IndexPool) -> list[Route]:
    """The routes of all operations."""
    special: dict[str, Endpoint] = {
        "batch": _batch(pool),
        "stats": _stats(pool),
        "healthz": _healthz(pool),
        "openapi": _openapi,
    }
    found = []
    for operation in OPERATIONS:
        endpoint = special.get(operation.name) or _endpoint(pool, operation)
        # Ids and paths of articles may have slashes.
        path = BASE + operation.path.replace("{id}", "{id:path}")
        found.append(Route(path, endpoint, methods=[operation.method], name=operation.name))
    return found


def parameter_values(request: Request, operation: Operation) -> dict[str, Any]:
    """The values of the parameters of a request. Raises QueryError."""
    values = read(operation.parameters, request.query_params.multi_items())
    if "id" in request.path_params:
        values["id"] = request.path_params["id"]
        if len(values["id"]) > MAX_TEXT_LENGTH:
            raise QueryError(f"an id has at most {MAX_TEXT_LENGTH} characters")
    return values


def json_response(record: Record, tag: str = "") -> Response:
    """A record as JSON; with an entity tag where one is given."""
    headers = caching_headers(tag) if tag else None
    return Response(encode(record), headers=headers, media_type="application/json")


def encode(record: Record) -> bytes:
    """A record as JSON in UTF-8; half characters, which file names may have, are escaped."""
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _endpoint(pool: IndexPool, operation: Operation) -> Endpoint:
    """What answers an operation by one record of an index."""
    answer = ANSWERS[operation.name]

    async def endpoint(request: Request) -> Response:
        values = parameter_values(request, operation)
        tag = entity_tag(pool.commit)
        if is_fresh(request, tag):
            return not_modified(tag)

        def work(index: Index) -> tuple[Record | None, str]:
            return answer(index, values), index.commit

        record, commit = await pool.run(work)
        if record is None:
            raise HTTPException(404, NO_ARTICLE)
        return json_response(record, entity_tag(commit))

    return endpoint


def _stats(pool: IndexPool) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        read((), request.query_params.multi_items())
        tag = entity_tag(pool.commit)
        if is_fresh(request, tag):
            return not_modified(tag)
        stats, commit = await pool.run(lambda index: (pool.stats(index), index.commit))
        # Where the sources are on this machine is nobody's business.
        return json_response({**stats_record(stats), "corpora": []}, entity_tag(commit))

    return endpoint


def _healthz(pool: IndexPool) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        read((), request.query_params.multi_items())
        return json_response(
            {"format_version": FORMAT_VERSION, "status": "ok", "commit": pool.commit}
        )

    return endpoint


async def _openapi(request: Request) -> Response:
    read((), request.query_params.multi_items())
    return json_response(openapi_document())


def _batch(pool: IndexPool) -> Endpoint:
    operation = next(operation for operation in OPERATIONS if operation.name == "batch")

    async def endpoint(request: Request) -> Response:
        defaults = parameter_values(request, operation)
        SearchOptions.of(defaults)
        body = await request.body()
        # No more of them than are needed to see that there are too many.
        requests = [*islice(query_lines.requests(BytesIO(body)), MAX_QUERIES + 1)]
        if len(requests) > MAX_QUERIES:
            raise HTTPException(413, f"a batch has at most {MAX_QUERIES} queries; send it in parts")
        lines = _answers(pool, requests, defaults)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    return endpoint


async def _answers(
    pool: IndexPool, requests: list[query_lines.Request], defaults: Values
) -> AsyncIterator[bytes]:
    """The line of each request, in their order. Between two of them others have their turn."""
    for request in requests:
        answer = await answer_line(pool, request, defaults)
        yield encode(answer_record(request.id, request.query, answer)) + b"\n"


async def answer_line(
    pool: IndexPool, request: query_lines.Request, defaults: Values
) -> Results | SearcherError:
    """The answer to one query of a batch; what is wrong with it is a value."""
    problem = request.problem or too_much({**request.options, "query": request.query})
    if problem:
        return QueryError(problem)
    asked = {**request.options, "query": request.query}
    try:
        answer = await pool.run(lambda index: next(index.batch([asked], **defaults)))
    except TimeIsUpError:
        return SearcherError(TIME_IS_UP)
    if isinstance(answer, SearcherError) and not isinstance(answer, QueryError):
        # Its message may name a folder, so it is for those who see what the server logs.
        _log.error("%s", answer)
        return SearcherError(NO_INDEX)
    return answer


def too_much(asked: Values) -> str:
    """What is larger than a server allows in the query and the options of a line; "" for nothing.

    >>> too_much({"query": "普京", "limit": 1000})
    'limit must be 100 or less'
    """
    if len(asked["query"]) > MAX_QUERY_LENGTH:
        return f"the query is longer than {MAX_QUERY_LENGTH} characters; make it shorter"
    for name, value in asked.items():
        if name in MOST and isinstance(value, int) and value > MOST[name]:
            return f"{name} must be {MOST[name]} or less"
        if name not in ("query", *MOST) and isinstance(value, str) and len(value) > MAX_TEXT_LENGTH:
            return f"{name} is longer than {MAX_TEXT_LENGTH} characters; make it shorter"
    return ""

"""The HTTP interface as a table: its paths, their parameters, and what they answer."""

from __future__ import annotations

from typing import Literal, NamedTuple

from searcher.web.limits import MAX_HITS, MAX_QUERY_LENGTH, MAX_TEXT_LENGTH
from searcher.web.parameters import QUERY, Parameter, search_options

BASE = "/api/v1"


class Operation(NamedTuple):
    """One thing that can be asked.

    Attributes:
        name: of the function that answers, and the ``operationId`` in OpenAPI.
        path: below :data:`BASE`; a name in braces is a parameter.
        method: of HTTP.
        summary: what it answers, one sentence.
        parameters: what can be given.
        answer: the name of the schema of its answer.
    """

    name: str
    path: str
    method: Literal["GET", "POST"]
    summary: str
    parameters: tuple[Parameter, ...]
    answer: str


_ARTICLE = Parameter(
    "id", "string", "The id or the path of an article, or the beginning of its id.",
    most=MAX_TEXT_LENGTH, required=True, in_path=True,
)  # fmt: skip

OPERATIONS = (
    Operation(
        "search", "/search", "GET", "The best articles for a query.",
        (QUERY, *search_options()), "Results",
    ),
    Operation(
        "article", "/articles/{id}", "GET",
        "One article; with a query also the places in it that match.",
        (_ARTICLE, QUERY._replace(required=False)), "Article",
    ),
    Operation(
        "explain", "/explain/{id}", "GET", "Why an article matches a query, or what it lacks.",
        (_ARTICLE, QUERY, *search_options("any", "aliases")), "Explanation",
    ),
    Operation(
        "suggest", "/suggest", "GET",
        "What may have been meant by a query that finds next to nothing.",
        (QUERY,), "Suggestions",
    ),
    Operation(
        "complete", "/complete", "GET",
        "The terms that begin with what has been typed, in characters or pinyin.",
        (
            Parameter(
                "prefix", "string", "What has been typed.", most=MAX_QUERY_LENGTH, required=True
            ),
            Parameter("limit", "integer", "Give at most so many.", 10, most=MAX_HITS),
        ),
        "Completions",
    ),
    Operation(
        "batch", "/batch", "POST",
        "Answers to many queries, one JSON object a line, as they are found.",
        search_options(), "BatchAnswer",
    ),
    Operation("stats", "/stats", "GET", "What is in the index.", (), "Stats"),
    Operation("healthz", "/healthz", "GET", "Whether the server answers.", (), "Health"),
    Operation("openapi", "/openapi.json", "GET", "This interface in OpenAPI.", (), "OpenAPI"),
)  # fmt: skip
"""Everything that can be asked; the routes and the OpenAPI document are made from it."""

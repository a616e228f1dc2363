"""The HTTP interface as a table: its paths, their parameters, and what they answer."""

from __future__ import annotations

from typing import Literal, NamedTuple

from searcher.web.limits import MAX_HITS, MAX_LINES, MAX_QUERY_LENGTH, MAX_TEXT_LENGTH
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

FILTERS = search_options("since", "until", "category", "author", "source", "any", "aliases")
FACETS = (
    *("source", "author", "category", "year", "month", "weekday"),
    *("people", "places", "organisations"),
)
PERIODS = ("day", "week", "month", "year")
NAME_KINDS = ("people", "places", "organisations")

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
            Parameter("limit", "integer", "The maximum number of hits.", 10, most=MAX_HITS),
        ),
        "Completions",
    ),
    Operation(
        "batch", "/batch", "POST",
        "Answers to many queries, one JSON object a line, as they are found.",
        search_options(), "BatchAnswer",
    ),
    Operation(
        "facets", "/facets", "GET", "All matches counted by fields.",
        (
            QUERY,
            Parameter("by", "string", "The field to count by.", ["source"], FACETS, many=True),
            Parameter("top", "integer", "Values of each field.", 10, most=MAX_LINES),
            *FILTERS,
        ),
        "Facets",
    ),
    Operation(
        "timeline", "/timeline", "GET", "The matches of one or several queries counted over time.",
        (
            QUERY._replace(many=True),
            Parameter("by", "string", "How long a period is.", "month", PERIODS),
            *FILTERS,
        ),
        "Timeline",
    ),
    Operation(
        "concordance", "/concordance", "GET", "The places that match, with the text around them.",
        (
            QUERY,
            Parameter("sort", "string", "Their order.", "date", ("date", "left", "right")),
            Parameter("context", "integer", "Characters on either side.", 40, most=1000),
            Parameter("limit", "integer", "The maximum number of lines.", 100, most=MAX_LINES),
            *FILTERS,
        ),
        "Concordance",
    ),
    Operation(
        "keywords", "/keywords", "GET", "Words and names that mark the matches.",
        (
            QUERY,
            Parameter("top", "integer", "The most words and names.", 30, most=MAX_LINES),
            Parameter("least", "integer", "Leave out what fewer matches have.", 2),
            *FILTERS,
        ),
        "Keywords",
    ),
    Operation(
        "names", "/names", "GET", "The people, places and organisations that the matches name.",
        (
            QUERY,
            Parameter("kinds", "string", "What is named.", [*NAME_KINDS], NAME_KINDS, many=True),
            Parameter("top", "integer", "Names of each kind, and pairs.", 20, most=MAX_LINES),
            Parameter("together", "boolean", "Count pairs of names, too.", False),
            *FILTERS,
        ),
        "Names",
    ),
    Operation(
        "similar", "/similar/{id}", "GET", "The articles most like one.",
        (_ARTICLE, Parameter("limit", "integer", "The maximum number of hits.", 10, most=MAX_HITS)),
        "Results",
    ),
    Operation("stats", "/stats", "GET", "What is in the index.", (), "Stats"),
    Operation("healthz", "/healthz", "GET", "Whether the server answers.", (), "Health"),
    Operation("openapi", "/openapi.json", "GET", "This interface in OpenAPI.", (), "OpenAPI"),
)  # fmt: skip
"""Everything that can be asked; the routes and the OpenAPI document are made from it."""

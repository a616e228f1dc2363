"""The query that gives the best documents: a filter, and what adds to the score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from searcher.backends.opensearch.query import MAX_CLAUSES, Query, clause_count
from searcher.backends.opensearch.shares import fresh

if TYPE_CHECKING:
    from searcher.backends.base import TopRequest
    from searcher.backends.opensearch.shares import Component

BY_DATE: dict[str, list[Any]] = {
    order: [{"date": {"order": direction, "missing": "_last"}}, {"id": "asc"}]
    for order, direction in (("newest", "desc"), ("oldest", "asc"))
}
BY_SCORE: list[Any] = [{"_score": "desc"}, *BY_DATE["newest"]]
"""Orders of hits; ties are broken by date, newer first, and then by id."""

FEW_SHARES = 60
"""With no more the clauses need not be counted."""


def ranked_query(
    filter_: Query, components: Sequence[Component], request: TopRequest, now: float
) -> Query:
    """The query for a request. ``now``: seconds since 1970, for the age of documents."""
    shares = [component.query for component in components]
    body: dict[str, Any] = {"filter": [filter_]}
    # A node limits the number of clauses; clauses that add a constant can be functions.
    if len(shares) > FEW_SHARES and clause_count([filter_, shares]) > MAX_CLAUSES // 2:
        constants = [share for share in shares if "constant_score" in share]
        shares = [share for share in shares if "constant_score" not in share]
        if constants:
            shares.append(_as_functions(constants))
    if shares:
        body["should"] = shares
    query: Query = {"bool": body}
    if request.fresh is not None and request.sort == "relevance":
        return fresh(query, now, request.fresh)
    return query


def _as_functions(constants: Sequence[Query]) -> Query:
    return {
        "function_score": {
            "query": {"constant_score": {"filter": {"match_all": {}}, "boost": 0.0}},
            "functions": [
                {
                    "filter": one["constant_score"]["filter"],
                    "weight": one["constant_score"]["boost"],
                }
                for one in constants
            ],
            "score_mode": "sum",
            "boost_mode": "replace",
        }
    }

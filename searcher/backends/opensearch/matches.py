"""All matches of a query, counted by the cluster: what facets and timelines are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher.backends.opensearch.query import MATCH_NONE, Query
from searcher.backends.opensearch.ranked import BY_DATE
from searcher.backends.opensearch.session import total_of
from searcher.errors import QueryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import DocRef, WeightedPlan
    from searcher.backends.opensearch.reader import OpenSearchBackend
    from searcher.explore.matches import SegmentMatches

MAX_BUCKETS = 60_000
"""The maximum number of values of one answer; a node gives 65,535 at most by its settings."""

DAY = 86_400


class RemoteMatches:
    """All matches of a plan: a :class:`~searcher.backends.base.Matches`."""

    def __init__(
        self, backend: OpenSearchBackend, plan: WeightedPlan | None, notes: tuple[str, ...] = ()
    ) -> None:
        self.plan = plan
        self.notes = notes
        self._backend = backend

    @cached_property
    def _query(self) -> Query:
        return MATCH_NONE if self.plan is None else self._backend.filter_of(self.plan.plan)

    def __len__(self) -> int:
        return self._days_and_total[2]

    def refs(self) -> Iterator[DocRef]:
        """The references of all matches, by their ids."""
        return self._backend.refs_of(self._query, [{"id": "asc"}])

    def refs_by_date(self) -> list[DocRef]:
        """The references of all matches, newest first; undated ones come last."""
        return [*self._backend.refs_of(self._query, BY_DATE["newest"])]

    def days(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The days of dated matches, from 1970-01-01, ascending, and how many each has."""
        return self._days_and_total[:2]

    @cached_property
    def _days_and_total(self) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
        pages: list[dict[str, Any]] = []
        total = 0
        after: Any = None
        while True:
            composite: dict[str, Any] = {
                "size": MAX_BUCKETS,
                "sources": [{"day": {"histogram": {"field": "local", "interval": DAY}}}],
            }
            if after is not None:
                composite["after"] = after
            answer = self._backend.session.search(
                {
                    "size": 0,
                    "track_total_hits": True,
                    "query": self._query,
                    "aggs": {"days": {"composite": composite}},
                }
            )
            total = total_of(answer)
            found = answer["aggregations"]["days"]
            pages += found["buckets"]
            after = found.get("after_key")
            if after is None or len(found["buckets"]) < MAX_BUCKETS:
                break
        days = np.array([int(bucket["key"]["day"]) // DAY for bucket in pages], np.int64)
        counts = np.array([int(bucket["doc_count"]) for bucket in pages], np.int64)
        return days, counts, total

    def keyword_counts(self, field: str) -> tuple[dict[str, int], int]:
        """How many matches have each value of a keyword field, and how many have none."""
        counts: dict[str, int] = {}
        after: Any = None
        while True:
            composite: dict[str, Any] = {
                "size": MAX_BUCKETS,
                "sources": [{"value": {"terms": {"field": field}}}],
            }
            if after is not None:
                composite["after"] = after
            answer = self._backend.session.search(
                {
                    "size": 0,
                    "query": self._query,
                    "aggs": {
                        "values": {"composite": composite},
                        "without": {"missing": {"field": field}},
                    },
                }
            )
            aggregations = answer["aggregations"]
            found = aggregations["values"]
            for bucket in found["buckets"]:
                counts[str(bucket["key"]["value"])] = int(bucket["doc_count"])
            after = found.get("after_key")
            if after is None or len(found["buckets"]) < MAX_BUCKETS:
                return counts, int(aggregations["without"]["doc_count"])

    @property
    def parts(self) -> Sequence[SegmentMatches]:
        """There are no segments here. Raises QueryError."""
        raise QueryError(
            "names and keywords are not counted in an index on OpenSearch yet; facets by source, "
            "author, category, year, month and weekday are"
        )

"""The statistics, sources and terms of an index on OpenSearch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from searcher.backends.base import WeightedPlan
from searcher.backends.opensearch.matches import RemoteMatches
from searcher.backends.opensearch.query import MATCH_ALL
from searcher.backends.opensearch.ranked import BY_DATE
from searcher.backends.opensearch.session import hits_of
from searcher.query.clauses import MatchAllClause
from searcher.results import Stats
from searcher.store.dates import read_date

if TYPE_CHECKING:
    from searcher.backends.opensearch.reader import OpenSearchBackend
    from searcher.sources import Source

TERMS_AT_ONCE = 30_000
"""The number of terms of one answer, about."""

_REGEXP = re.compile(r"[^\w]")


def stats(backend: OpenSearchBackend, index: str, built: str) -> Stats:
    """What is in an index."""
    shards = backend.transport.ask("GET", f"/{index}/_stats/store,segments")["_all"]["primaries"]
    newest, oldest = (_end(backend, order) for order in ("newest", "oldest"))
    matches = RemoteMatches(backend, WeightedPlan(MatchAllClause(), (), (), {}))
    _, dated = matches.days()
    return Stats(
        articles=len(backend),
        words=_distinct_words(backend),
        tokens=backend.tokens,
        segments=int(shards["segments"]["count"]),
        bytes=int(shards["store"]["size_in_bytes"]),
        first_date=oldest,
        last_date=newest,
        undated=len(matches) - int(dated.sum()),
        sources=_values(matches, "source"),
        categories=_values(matches, "category"),
        built=datetime.fromisoformat(built),
        corpora=tuple(source.where for source in backend.state.sources if source.where),
    )


def sources(backend: OpenSearchBackend) -> tuple[tuple[Source, int], ...]:
    """The sources of an index, and how many documents each has."""
    known = backend.state.sources
    if not known:
        return ()
    terms = {"terms": {"field": "origin", "size": len(known) + 1}}
    answer = backend.session.search({"size": 0, "aggs": {"origins": terms}})
    buckets = answer["aggregations"]["origins"]["buckets"]
    counts = {int(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
    return tuple((source, counts.get(source.number, 0)) for source in known)


def terms(backend: OpenSearchBackend, prefix: str) -> Iterator[tuple[str, int]]:
    """The terms that begin with a text, in order, with their document frequencies.

    The nodes load the terms of all documents into memory for it.
    """
    pattern = _REGEXP.sub(lambda match: "\\" + match[0], prefix) + ".*"
    query: dict[str, Any] = MATCH_ALL if not prefix else {"prefix": {"words": {"value": prefix}}}
    own: dict[str, Any] = {"field": "words"}
    if prefix:
        own["include"] = pattern
        size = _count_of_terms(backend, query, own)
        buckets = _buckets(backend, query, {**own, "size": max(1, size)})
    else:
        parts = _distinct_words(backend) // TERMS_AT_ONCE + 1
        buckets = []
        for part in range(parts):
            include = {"partition": part, "num_partitions": parts}
            buckets += _buckets(backend, query, {**own, "include": include, "size": 65_000})
    yield from sorted((str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets)


def _count_of_terms(backend: OpenSearchBackend, query: dict[str, Any], own: dict[str, Any]) -> int:
    found = len(_buckets(backend, query, {**own, "size": 1000}))
    return found if found < 1000 else 65_000


def _buckets(
    backend: OpenSearchBackend, query: dict[str, Any], own: dict[str, Any]
) -> list[dict[str, Any]]:
    body = {"size": 0, "query": query, "aggs": {"terms": {"terms": own}}}
    buckets: list[dict[str, Any]] = backend.session.search(body)["aggregations"]["terms"]["buckets"]
    return buckets


def _distinct_words(backend: OpenSearchBackend) -> int:
    """About how many different words the index has."""
    cardinality = {"cardinality": {"field": "words", "precision_threshold": 40_000}}
    answer = backend.session.search({"size": 0, "aggs": {"words": cardinality}})
    return int(answer["aggregations"]["words"]["value"])


def _end(backend: OpenSearchBackend, order: str) -> datetime | None:
    """The date of the newest or oldest document."""
    body = {
        "size": 1,
        "query": {"exists": {"field": "date"}},
        "sort": BY_DATE[order],
        "stored_fields": ["raw"],
    }
    refs = [backend.ref_of(str(hit["_id"])) for hit in hits_of(backend.session.search(body))]
    return next((read_date(d.date, d.utc_offset) for d in backend.fetch(refs)), None)


def _values(matches: RemoteMatches, field: str) -> tuple[tuple[str, int], ...]:
    counts, _ = matches.keyword_counts(field)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

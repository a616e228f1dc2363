"""A point in time of an index on OpenSearch, and searches in it that are whole or say so."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from searcher.backends.opensearch.transport import FIRST_PAUSE, LONGEST_PAUSE, ServerRefusedError
from searcher.errors import IndexPartialError, IndexUnavailableError, QueryError

if TYPE_CHECKING:
    from searcher.backends.opensearch.transport import Transport

T = TypeVar("T")

BUSY = frozenset((429,))
"""Other troubles of a search may come from its point in time, which is then made anew."""

KEEP_ALIVE = "30m"
"""So long a point in time outlives the last search in it."""

PAGE = 10_000
"""The maximum number of documents of one answer, by the settings of an index."""

MAX_SEARCHES_AT_ONCE = 200
"""The maximum number of searches in one request."""

PARTIAL = "some shards of the index did not answer, so some articles may be missing"

SECONDS = 120.0
"""So long a point in time is looked for again where nodes are lost.

That is the time that a cluster takes to agree on who leads it, and where its shards are.
"""


class Session:
    """A point in time of one index; serves one thread at a time.

    Where a node is lost, its part of the point in time is lost, too, and another one begins:
    ``turn`` counts them, and what was known of documents may have changed.

    ``partial``: whether an answer may lack what some shards have; ``was_partial`` then says so.
    """

    def __init__(self, transport: Transport, index: str, *, partial: bool = False) -> None:
        self.transport = transport
        self.index = index
        self.partial = partial
        self.was_partial = False
        self.turn = 0
        self._point = ""

    def search(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to one search.

        Raises:
            IndexPartialError: some shards do not answer.
            IndexUnavailableError: no node answers.
            QueryError: the query is too long or too complex for the cluster.
        """
        return self._until_whole(partial(self._searched, body))

    def searches(self, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The answers to several searches, in as few requests as can be; raises the same."""
        answers: list[dict[str, Any]] = []
        for first in range(0, len(bodies), MAX_SEARCHES_AT_ONCE):
            some = bodies[first : first + MAX_SEARCHES_AT_ONCE]
            answers += self._until_whole(partial(self._all_searched, some))
        return answers

    def pages(self, body: dict[str, Any], size: int = PAGE) -> Iterator[list[dict[str, Any]]]:
        """All hits of a search that has an order without ties, page by page."""
        after: Any = None
        while True:
            page = {**body, "size": size, "track_total_hits": False}
            if after is not None:
                page["search_after"] = after
            hits = hits_of(self.search(page))
            if hits:
                yield hits
            if len(hits) < size:
                return
            after = hits[-1]["sort"]

    def close(self) -> None:
        """Let the cluster forget the point in time."""
        if self._point:
            body = {"pit_id": [self._point]}
            self._point = ""
            # It ends by itself, too.
            with suppress(IndexUnavailableError, ServerRefusedError):
                self.transport.ask("DELETE", "/_search/point_in_time", body, patience=0)

    def _until_whole(self, asking: Callable[[], T]) -> T:
        """The answer of ``asking``, with new points in time where nodes were lost."""
        deadline = time.monotonic() + SECONDS
        pause = FIRST_PAUSE
        while True:
            try:
                self._begin()
                return asking()
            except ServerRefusedError as error:
                _raise_for_query(error)
                trouble: Exception = error
            except IndexPartialError as error:
                trouble = error
            self._point = ""
            # Another node may know sooner which ones are lost.
            self.transport.leave_node()
            if time.monotonic() > deadline:
                raise IndexPartialError(
                    f"{PARTIAL}: {trouble}; see the health of the cluster, or search with --partial"
                ) from trouble
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _begin(self) -> None:
        if self._point:
            return
        allowed = "true" if self.partial else "false"
        path = f"/{self.index}/_search/point_in_time?keep_alive={KEEP_ALIVE}"
        path += f"&allow_partial_pit_creation={allowed}"
        answer = self.transport.ask("POST", path, busy=BUSY)
        self._point = str(answer["pit_id"])
        self.turn += 1

    def _searched(self, body: dict[str, Any]) -> dict[str, Any]:
        allowed = "true" if self.partial else "false"
        path = f"/_search?allow_partial_search_results={allowed}"
        return self._whole(self.transport.ask("POST", path, self._pinned(body), busy=BUSY))

    def _all_searched(self, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        head = json.dumps({"allow_partial_search_results": self.partial})
        lines: list[str] = []
        for body in bodies:
            text = json.dumps(self._pinned(body), ensure_ascii=False, separators=(",", ":"))
            lines += head, text
        data = "\n".join((*lines, "")).encode("utf-8", "replace")
        answer = self.transport.ask("POST", "/_msearch", data, busy=BUSY)
        answers = answer["responses"]
        for each in answers:
            if "error" in each:
                error = each["error"]
                reason = error.get("reason", "") if isinstance(error, dict) else error
                kind = error.get("type", "") if isinstance(error, dict) else ""
                raise ServerRefusedError(int(each.get("status", 500)), str(kind), str(reason))
        return [self._whole(each) for each in answers]

    def _pinned(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "pit": {"id": self._point, "keep_alive": KEEP_ALIVE}}

    def _whole(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer, where all shards have answered in time or need not."""
        shards = answer["_shards"]
        if answer["timed_out"] or shards["failed"] or shards["successful"] < shards["total"]:
            if not self.partial:
                failures = shards.get("failures") or [{}]
                raise IndexPartialError(str(failures[0].get("reason", {}))[:200])
            self.was_partial = True
        # It may be another one by now.
        self._point = str(answer.get("pit_id") or self._point)
        return answer


def hits_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The hits of an answer."""
    hits: list[dict[str, Any]] = answer["hits"]["hits"]
    return hits


def total_of(answer: dict[str, Any]) -> int:
    """How many documents match, of an answer that was asked to count them."""
    return int(answer["hits"]["total"]["value"])


def _raise_for_query(error: ServerRefusedError) -> None:
    """Raise QueryError where no other try can help."""
    if ("too_many" in error.kind and "clause" in error.kind) or "maxClauseCount" in error.reason:
        raise QueryError(
            "the query is too long for the cluster; make it shorter, or raise "
            "indices.query.bool.max_clause_count"
        ) from error
    if error.status == 400:
        raise QueryError(f"the cluster does not take this query: {error.reason}") from error

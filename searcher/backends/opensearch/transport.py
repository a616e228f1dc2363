"""Requests to the nodes of a cluster: over kept connections, to the next node where one fails.

A node that does not answer is left for the next one of the address. What a node refuses for the
moment (429, 502, 503, 504) is tried again, with longer and longer pauses. Every request of this
package may be sent twice without harm: articles are written under their ids.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import ssl
import time
from typing import TYPE_CHECKING, Any

from searcher.errors import IndexUnavailableError, QueryError

if TYPE_CHECKING:
    from ssl import SSLContext

    from searcher.backends.opensearch.address import Address, Node
    from searcher.backends.opensearch.credentials import Credentials

READ_SECONDS = 15.0
"""So long a node may take to answer a search; the next one is asked after it."""
TIMEOUT_VARIABLE = "SEARCHER_OPENSEARCH_TIMEOUT"
"""Names the environment variable for other seconds than these."""
WRITE_SECONDS = 120.0
"""So long it may take to store articles."""
GIVE_UP_SECONDS = 60.0
"""So long a request is tried again at all nodes."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0
"""Seconds between two tries: the pause doubles each time, and up to half of it is by chance."""
MAX_ANSWER_BYTES = 1 << 30
"""A longer answer is not read."""

BUSY = frozenset((429, 502, 503, 504))
"""Answers that may be others in a moment."""


class ServerRefusedError(IndexUnavailableError):
    """An answer that says no: what the server calls the error, and its reason.

    ``status``: of HTTP; ``kind``: such as "index_not_found_exception"; ``reason``: in words.
    """

    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(
            f"the cluster refuses that ({status} {kind}): {reason}; see its settings and its log"
        )
        self.status, self.kind, self.reason = status, kind, reason


class Transport:
    """Asks the nodes of an address; serves one thread at a time.

    ``requests``: how many were sent, for measurements. ``timeout``: seconds for one answer of a
    search; ``patience``: seconds after which a request is given up, by default GIVE_UP_SECONDS.
    """

    def __init__(
        self,
        address: Address,
        credentials: Credentials,
        *,
        timeout: float = READ_SECONDS,
        patience: float | None = None,
    ) -> None:
        self._nodes = list(address.nodes)
        self._header = {"Accept": "application/json", **credentials.header()}
        self._context: SSLContext | None = credentials.context() if address.secure else None
        self._connections: dict[Node, http.client.HTTPConnection] = {}
        self._next = random.randrange(len(self._nodes))  # noqa: S311 - only spreads the load
        self._timeout = timeout
        self._patience = GIVE_UP_SECONDS if patience is None else patience
        self.requests = 0

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout: float | None = None,
        patience: float | None = None,
        busy: frozenset[int] = BUSY,
    ) -> Any:
        """Send a request; what the answer says, decoded from JSON.

        ``body``: bytes are sent as lines of JSON, everything else as JSON; ``busy``: the status of
        answers after which the same is asked again.

        Raises:
            ServerRefusedError: the server says that it cannot be done.
            IndexUnavailableError: no node answers, all are too busy, or the user may not do it.
        """
        data, kind = _encoded(body)
        deadline = time.monotonic() + (self._patience if patience is None else patience)
        pause = FIRST_PAUSE
        tries = 0
        while True:
            node = self._nodes[self._next % len(self._nodes)]
            trouble: Exception
            try:
                status, answer = self._send(node, method, path, data, kind, timeout)
            except (OSError, http.client.HTTPException) as error:
                if isinstance(error, ssl.SSLCertVerificationError):
                    raise IndexUnavailableError(
                        f"the certificate of {node} is not trusted ({error.verify_message}); set "
                        "SEARCHER_OPENSEARCH_CA to the file of its authority"
                    ) from error
                trouble = error
                what = f"{node} does not answer: {_words(error)}"
            else:
                if status < 400:
                    return answer
                trouble = _refusal(status, answer)
                if status not in busy or is_blocked(status, trouble.kind):
                    raise _readable(trouble, node) from None
                what = f"{node} is too busy: {trouble.reason}"
            self._next += 1
            tries += 1
            if time.monotonic() > deadline and tries >= len(self._nodes):
                raise IndexUnavailableError(
                    f"{what}; tried {tries} times at {len(self._nodes)} nodes; see whether the "
                    "cluster is up and the address is right"
                ) from trouble
            # Another node may answer at once.
            if tries % len(self._nodes) == 0:
                time.sleep(pause * (1 - random.random() / 2))  # noqa: S311 - spreads the load
                pause = min(2 * pause, LONGEST_PAUSE)

    def exists(self, path: str) -> bool:
        """Whether there is something under a path."""
        try:
            self.ask("GET", path)
        except ServerRefusedError as error:
            if error.status != 404:
                raise
            return False
        return True

    def leave_node(self) -> None:
        """Ask the next node from now on."""
        self._next += 1

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _send(
        self, node: Node, method: str, path: str, data: bytes, kind: str, timeout: float | None
    ) -> tuple[int, Any]:
        kept = self._connections.pop(node, None)
        connection = kept or self._connect(node)
        seconds = timeout or self._timeout
        header = {**self._header, "Content-Type": kind} if data else self._header
        try:
            try:
                status, raw = self._exchange(connection, method, path, data, header, seconds)
            except (ConnectionError, http.client.BadStatusLine):
                if kept is None:
                    raise
                # The server had closed a connection that was not used for a while.
                connection.close()
                connection = self._connect(node)
                status, raw = self._exchange(connection, method, path, data, header, seconds)
        except BaseException:
            connection.close()
            raise
        self._connections[node] = connection
        return status, _decoded(raw, status)

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        data: bytes,
        header: dict[str, str],
        seconds: float,
    ) -> tuple[int, bytes]:
        self.requests += 1
        if connection.sock is None:
            connection.connect()
        connection.sock.settimeout(seconds)
        connection.request(method, path, data or None, header)
        response = connection.getresponse()
        raw = response.read(MAX_ANSWER_BYTES + 1)
        if len(raw) > MAX_ANSWER_BYTES:
            raise http.client.HTTPException("the answer is too long")
        return response.status, raw

    def _connect(self, node: Node) -> http.client.HTTPConnection:
        # A node that is gone must not hold up a search for long.
        seconds = min(5.0, self._timeout)
        if self._context is not None:
            return http.client.HTTPSConnection(
                node.host, node.port, timeout=seconds, context=self._context
            )
        return http.client.HTTPConnection(node.host, node.port, timeout=seconds)


def timeout_from_environment() -> float:
    """The seconds that a node may take to answer a search. Raises QueryError for what is none."""
    given = os.environ.get(TIMEOUT_VARIABLE, "")
    try:
        seconds = float(given or READ_SECONDS)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise QueryError(f"{TIMEOUT_VARIABLE} must be seconds, up to 3600, not {given!r}")
    return seconds


def is_blocked(status: int, kind: str) -> bool:
    """Whether the server refuses to write until somebody has done something, as on a full disk."""
    return kind.endswith("block_exception") and status != 503


def _encoded(body: Any) -> tuple[bytes, str]:
    if body is None:
        return b"", ""
    if isinstance(body, bytes):
        return body, "application/x-ndjson"
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace"), "application/json"


def _decoded(raw: bytes, status: int) -> Any:
    if not raw:
        return {}
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        if status >= 400:
            return {"error": raw[:200].decode("utf-8", "replace")}
        raise http.client.HTTPException("the answer is no JSON") from error


def _refusal(status: int, answer: Any) -> ServerRefusedError:
    error = answer.get("error", {}) if isinstance(answer, dict) else {}
    if not isinstance(error, dict):
        return ServerRefusedError(status, "error", _line(error))
    causes = error.get("root_cause")
    first = causes[0] if isinstance(causes, list) and causes else error
    first = first if isinstance(first, dict) else error
    kind = first.get("type") or error.get("type") or "error"
    return ServerRefusedError(status, _line(kind), _line(first.get("reason") or kind))


def _readable(error: ServerRefusedError, node: Node) -> Exception:
    """The error for a person where a person can do something about it."""
    if error.status in (401, 403) and "block" not in error.kind:
        return IndexUnavailableError(
            f"{node} does not let this user do that ({error.status}); set "
            "SEARCHER_OPENSEARCH_USER and SEARCHER_OPENSEARCH_PASSWORD, or "
            "SEARCHER_OPENSEARCH_TOKEN"
        )
    return blocked(error.reason) if is_blocked(error.status, error.kind) else error


def blocked(reason: str) -> IndexUnavailableError:
    """The error for an index that the cluster does not write to."""
    return IndexUnavailableError(
        f"the cluster does not write to this index now: {reason}; where a disk is full, make room, "
        "and the cluster writes again by itself; what it had confirmed is not lost"
    )


def _line(text: object) -> str:
    """What a server says, on one line that a terminal may show."""
    words = "".join(c if c.isprintable() else " " for c in str(text)[:400])
    return " ".join(words.split())


def _words(error: Exception) -> str:
    return _line(getattr(error, "strerror", None) or error or type(error).__name__)

"""Requests to nodes: the next node where one fails, patience where one is busy, clear errors."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from searcher import (
    IndexInvalidError,
    IndexPartialError,
    IndexUnavailableError,
    QueryError,
    build_index,
    open_index,
)
from searcher.backends.opensearch import transport as module
from searcher.backends.opensearch.address import parse_address
from searcher.backends.opensearch.bulk import send
from searcher.backends.opensearch.credentials import Credentials, from_environment
from searcher.backends.opensearch.session import Session
from searcher.backends.opensearch.transport import ServerRefusedError, Transport

Answer = tuple[int, Any]


class Node:
    """A server that gives the answers of a function, and remembers what it was asked."""

    def __init__(self, answer: Callable[[str, str, bytes], Answer]) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        self.headers: list[dict[str, str]] = []
        node = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                node.asked.append((self.command, self.path, body))
                node.headers.append(dict(self.headers))
                status, said = answer(self.command, self.path, body)
                if status == 0:  # the connection ends without an answer
                    self.close_connection = True
                    return
                data = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - as http.server calls them

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def node() -> Iterator[Callable[[Callable[[str, str, bytes], Answer]], Node]]:
    nodes: list[Node] = []

    def start(answer: Callable[[str, str, bytes], Answer]) -> Node:
        nodes.append(Node(answer))
        return nodes[-1]

    yield start
    for one in nodes:
        one.close()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.001)


def asking(*ports: int, patience: float = 5.0, **login: str) -> Transport:
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    credentials = Credentials(**login)
    return Transport(parse_address(f"opensearch://{hosts}/news"), credentials, patience=patience)


def in_turn(*answers: Answer) -> Callable[[str, str, bytes], Answer]:
    rest = iter(answers)
    return lambda *_: next(rest)


def test_a_node_that_is_gone_is_left_for_the_next_one(node: Any) -> None:
    gone = node(lambda *_: (200, {}))
    there = node(lambda *_: (200, {"fine": True}))
    gone.close()
    gone.close = lambda: None
    transport = asking(gone.port, there.port)
    for _ in range(4):
        assert transport.ask("GET", "/") == {"fine": True}
    transport.close()
    assert len(there.asked) == 4


def test_what_is_refused_for_the_moment_is_asked_again(node: Any) -> None:
    busy = {"error": {"type": "rejected_execution_exception", "reason": "queue is full"}}
    one = node(in_turn((429, busy), (503, b"no JSON"), (0, b""), (200, {"at": "last"})))
    transport = asking(one.port)
    assert transport.ask("POST", "/_bulk", b"{}\n") == {"at": "last"}
    assert {body for _, _, body in one.asked} == {b"{}\n"}
    transport.close()


def test_patience_ends_with_an_error_that_says_what_to_see_to(node: Any) -> None:
    one = node(lambda *_: (503, {"error": {"type": "x", "reason": "no cluster manager\n\x1b[31m"}}))
    transport = asking(one.port, patience=0.05)
    with pytest.raises(IndexUnavailableError, match=r"too busy: no cluster manager \[31m; tried"):
        transport.ask("GET", "/")
    transport.close()


def test_a_refusal_says_its_kind(node: Any) -> None:
    error = {
        "root_cause": [{"type": "index_not_found_exception", "reason": "no such index [news]"}]
    }
    one = node(in_turn((404, {"error": error}), (400, {"error": "plain"}), (401, b"<html>")))
    transport = asking(one.port)
    with pytest.raises(ServerRefusedError) as refused:
        transport.ask("GET", "/news")
    assert (refused.value.status, refused.value.kind) == (404, "index_not_found_exception")
    with pytest.raises(ServerRefusedError, match="plain"):
        transport.ask("GET", "/news")
    with pytest.raises(IndexUnavailableError, match="SEARCHER_OPENSEARCH_USER"):
        transport.ask("GET", "/news")
    assert len(one.asked) == 3
    transport.close()


def test_a_full_disk_is_not_tried_again(node: Any) -> None:
    error = {
        "type": "cluster_block_exception",
        "reason": "TOO_MANY_REQUESTS/12/disk usage exceeded",
    }
    one = node(lambda *_: (429, {"error": error}))
    transport = asking(one.port)
    with pytest.raises(IndexUnavailableError, match="disk is full, make room"):
        transport.ask("PUT", "/news")
    assert len(one.asked) == 1
    transport.close()


def test_credentials_are_shown_to_the_server_alone(
    node: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCHER_OPENSEARCH_USER", "reader")
    monkeypatch.setenv("SEARCHER_OPENSEARCH_PASSWORD", "geheim")
    assert from_environment().header() == {"Authorization": "Basic cmVhZGVyOmdlaGVpbQ=="}
    assert "geheim" not in repr(from_environment())
    monkeypatch.setenv("SEARCHER_OPENSEARCH_TOKEN", "abc")
    one = node(lambda *_: (200, {}))
    transport = asking(one.port, **from_environment()._asdict())
    transport.ask("GET", "/")
    assert one.headers[0]["Authorization"] == "Bearer abc"
    transport.close()
    monkeypatch.setenv("SEARCHER_OPENSEARCH_TOKEN", "a\nb")
    with pytest.raises(QueryError, match="characters"):
        from_environment()
    with pytest.raises(QueryError, match="cannot be used"):
        Credentials(ca="/nowhere.pem").context()


def test_items_of_a_bulk_request_are_looked_at_one_by_one(node: Any) -> None:
    rounds: list[list[str]] = []

    def answer(method: str, path: str, body: bytes) -> Answer:
        actions = [json.loads(line) for line in body.splitlines() if b'"_id"' in line]
        ids = [action[kind]["_id"] for action in actions for kind in action]
        rounds.append(ids)
        items = []
        for id_ in ids:
            status = 429 if id_ == "busy" and len(rounds) < 3 else 400 if id_ == "odd" else 201
            error = {"error": {"type": "t", "reason": f"of {id_}"}} if status >= 400 else {}
            items.append({"index": {"_id": id_, "status": status, **error}})
        return 200, {"errors": True, "items": items}

    one = node(answer)
    transport = asking(one.port)
    refused = send(transport, "news", {"a": b"{}", "busy": b"{}", "odd": b"{}", "gone": None})
    assert refused == {"odd": "t: of odd"}
    assert rounds == [["a", "busy", "odd", "gone"], ["busy"], ["busy"]]
    transport.close()


WHOLE = {"failed": 0, "successful": 2, "total": 2}


@pytest.mark.parametrize(
    "part", [{"failed": 1, "successful": 1, "total": 2}, {"failed": 0, "successful": 1, "total": 2}]
)
def test_no_answer_is_silently_partial(
    node: Any, part: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searcher.backends.opensearch.session.SECONDS", 0.05)

    def answer(method: str, path: str, body: bytes) -> Answer:
        if path.endswith("keep_alive=30m&allow_partial_pit_creation=false"):
            return 200, {"pit_id": "p"}
        if "point_in_time" in path:
            return 200, {"pit_id": "partial"}
        return 200, {"timed_out": False, "_shards": part, "hits": {"hits": []}}

    one = node(answer)
    transport = asking(one.port)
    with pytest.raises(IndexPartialError, match="--partial"):
        Session(transport, "news").search({"size": 1})
    session = Session(transport, "news", partial=True)
    session.search({"size": 1})
    assert session.was_partial
    transport.close()


def test_a_lost_point_in_time_is_made_anew(node: Any) -> None:
    points = iter(["first", "second"])

    def answer(method: str, path: str, body: bytes) -> Answer:
        if "point_in_time" in path:
            return 200, {"pit_id": next(points)}
        if b'"first"' in body:
            return 404, {"error": {"type": "search_context_missing_exception", "reason": "gone"}}
        return 200, {"timed_out": False, "_shards": WHOLE, "hits": {"hits": [1]}}

    one = node(answer)
    transport = asking(one.port)
    session = Session(transport, "news")
    assert session.search({})["hits"]["hits"] == [1]
    assert session.turn == 2
    transport.close()


def test_too_many_clauses_are_the_query_s_fault(node: Any) -> None:
    error = {"type": "too_many_nested_clauses", "reason": "maxClauseCount is set to 1024"}
    one = node(
        lambda _, path, __: (
            (200, {"pit_id": "p"}) if "point_in_time" in path else (400, {"error": error})
        )
    )
    transport = asking(one.port)
    with pytest.raises(QueryError, match="make it shorter"):
        Session(transport, "news").search({})
    transport.close()


@pytest.mark.parametrize(
    "said", [[], {}, {"news.build-1": 5}, {"news.build-1": {}}, "text", None, 7]
)
def test_answers_of_another_form_are_errors_of_ours(node: Any, said: Any) -> None:
    one = node(lambda *_: (200, said))
    address = f"opensearch://127.0.0.1:{one.port}/news"
    with pytest.raises(IndexInvalidError):
        open_index(address)
    with pytest.raises(IndexInvalidError):
        build_index([], address, jobs=1)

"""Who may ask, how much at once, and what every answer says of itself."""

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from library import article, build
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from web_client import served

from searcher.web.guard import Access, Guard, access_for
from searcher.web.limits import MAX_BODY


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guard")
    build(folder, [article(0, "火星车")])
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with served(folder) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/?q=火星", "/nothing", "/api/v1/stats", "/static/style.css"]
)
def test_every_answer_forbids_what_is_not_needed(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert not any(name.startswith("access-control") for name in headers)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("[::1]:8080", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.168.0.7", 421),
        ("", 421),
    ],
)
def test_the_host_must_be_this_machine(client: TestClient, host: str, status: int) -> None:
    answer = client.get("/api/v1/healthz", headers={"Host": host})
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_server_for_others_knows_its_names() -> None:
    access = access_for("0.0.0.0", "token", ["News.example.org"])
    assert access.knows_host("news.example.org:80")
    assert access.knows_host("192.168.0.7:8080")
    assert not access.knows_host("evil.example")


def test_the_token_is_asked_for(folder: Path) -> None:
    with served(folder, Access(token="geheim密")) as client:
        refused = client.get("/api/v1/search?q=x")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic")
        assert client.get("/static/style.css").status_code == 401
        assert client.get("/api/v1/healthz").status_code == 200
        password = base64.b64encode("jemand:geheim密".encode()).decode()
        for shown, status in [
            (f"Basic {password}", 200),
            (f"basic  {password}", 200),
            ("Basic ????", 401),
            ("Bearer falsch", 401),
            ("Digest geheim", 401),
        ]:
            answer = client.get("/?q=x", headers={"Authorization": shown})
            assert answer.status_code == status, shown
    with served(folder, Access(token="abc")) as client:
        bearer = {"Authorization": "Bearer abc"}
        assert client.get("/api/v1/search?q=x", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:8080"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_other_sites_send_nothing(client: TestClient, headers: dict[str, str], status: int) -> None:
    answer = client.post("/api/v1/batch", content="火星", headers=headers)
    assert answer.status_code == status


def test_large_bodies_are_refused(client: TestClient) -> None:
    large = b"x" * (MAX_BODY + 1)
    assert client.post("/api/v1/batch", content=large).status_code == 413

    def parts() -> Iterator[bytes]:  # without a length
        yield from [large[: MAX_BODY // 2 + 1]] * 2

    assert client.post("/api/v1/batch", content=parts()).status_code == 413
    wrong = {"Content-Length": "9" * 400}
    assert client.post("/api/v1/batch", content=b"x", headers=wrong).status_code == 413


class Exchange:
    """One request to a guard, and the messages that it sends."""

    def __init__(self, guard: Guard, path: str = "/") -> None:
        self.sent: list[Message] = []
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "headers": [(b"host", b"localhost")],
        }
        self.task = asyncio.ensure_future(guard(scope, self._receive, self._send))

    async def _receive(self) -> Message:
        return {"type": "http.request"}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)


def test_more_requests_at_once_are_told_to_come_back() -> None:
    async def scenario() -> None:
        release = asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await release.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})

        guard = Guard(app, Access(), max_requests=2)
        waiting = [Exchange(guard), Exchange(guard)]
        await asyncio.sleep(0)
        refused = Exchange(guard)
        await refused.task
        assert refused.sent[0]["status"] == 503
        release.set()
        for exchange in waiting:
            await exchange.task
            assert exchange.sent[0]["status"] == 200
        later = Exchange(guard)
        await later.task
        assert later.sent[0]["status"] == 200

    asyncio.run(scenario())


def test_a_client_that_takes_nothing_is_given_up() -> None:
    async def never(_: Any = None) -> Any:
        await asyncio.Event().wait()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def scenario() -> None:
        guard = Guard(app, Access(), transfer_seconds=0.01)
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"localhost")]}
        with pytest.raises(asyncio.TimeoutError):
            await guard(scope, never, never)
        assert guard._requests == 0

    asyncio.run(scenario())

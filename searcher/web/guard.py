"""What stands before every request: who may ask, how much, and what every answer says of itself."""

from __future__ import annotations

import asyncio
import base64
import hmac
import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from searcher.web.limits import MAX_BODY, MAX_REQUESTS, MAX_TRANSFER_SECONDS
from searcher.web.problems import problem

HEALTH = "/api/v1/healthz"
"""Asked without a token, by what watches over servers."""

SECURITY_HEADERS = {
    # No script and no style but our own files, no other host, no frame.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # Without any referrer browsers would not say either which page sends a form.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask.

    Attributes:
        names: the host names under which the server is asked, lower case. Addresses of the machine
            that are numbers are taken where ``any_address`` is set, else those of this machine.
        any_address: whether it listens on more than this machine.
        token: what a client has to show; "" for nothing.
    """

    names: Collection[str] = ()
    any_address: bool = False
    token: str = ""

    def knows_host(self, host: str) -> bool:
        """Whether the ``Host`` of a request is one of this server.

        A page of another site may let its own name point to this machine (DNS rebinding); its
        requests are told by that name.

        >>> Access().knows_host("127.0.0.1:8080"), Access().knows_host("evil.example")
        (True, False)
        """
        name = _without_port(host).lower()
        if name == "localhost" or name in self.names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return self.any_address or address.is_loopback

    def knows_client(self, authorization: str) -> bool:
        """Whether a request shows the token: as a bearer token, or as the password of a browser."""
        if not self.token:
            return True
        scheme, _, value = authorization.partition(" ")
        shown = value.strip().encode()
        if scheme.lower() == "basic":
            try:
                shown = base64.b64decode(shown, validate=True).partition(b":")[2]
            except ValueError:
                return False
        elif scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(shown, self.token.encode())


class Guard:
    """An ASGI application around another one; refuses requests, and adds headers to answers.

    Slow clients hold nobody up: answers are made before they are sent, and a client that takes no
    part of one for :data:`MAX_TRANSFER_SECONDS` is given up.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        *,
        max_requests: int = MAX_REQUESTS,
        transfer_seconds: float = MAX_TRANSFER_SECONDS,
    ) -> None:
        self._app = app
        self._access = access
        self._max_requests = max_requests
        self._transfer_seconds = transfer_seconds
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # a web socket; there are none
            return
        careful_send = self._careful(send)
        refused = self._refused(scope)
        if refused is not None:
            await refused(scope, receive, careful_send)
            return
        self._requests += 1
        try:
            await self._app(scope, self._limited(receive), careful_send)
        finally:
            self._requests -= 1

    def _refused(self, scope: Scope) -> Response | None:
        """The answer to a request that is not answered otherwise."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._access.knows_host(hosts[0]):
            return problem(
                421,
                "this server is not asked under this name; "
                "start it with --allow-host NAME to allow one",
            )
        if scope["path"] != HEALTH and not self._access.knows_client(
            headers.get("authorization", "")
        ):
            return problem(
                401,
                "send the token of the server, as Authorization: Bearer TOKEN or as a password",
                {"WWW-Authenticate": 'Basic realm="searcher", charset="UTF-8"'},
            )
        if scope["method"] not in ("GET", "HEAD") and not _is_same_origin(headers):
            return problem(403, "pages of other sites may not send anything to this server")
        length = headers.get("content-length", "0")
        # Longer numbers are larger, whatever they are.
        if not length.isdecimal() or len(length) > 12 or int(length) > MAX_BODY:
            return problem(413, f"a body has at most {MAX_BODY >> 20} MB; send it in parts")
        if self._requests >= self._max_requests:
            return problem(
                503, "too many requests at once; send it again in a second", {"Retry-After": "1"}
            )
        return None

    def _limited(self, receive: Receive) -> Receive:
        """``receive`` for a body of limited size, whose parts come in limited time."""
        taken = 0
        complete = False

        async def limited() -> Message:
            nonlocal taken, complete
            if complete:  # what comes now is that the client has gone
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), self._transfer_seconds)
            except asyncio.TimeoutError:
                raise HTTPException(408, "the body does not come; send it again") from None
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                complete = not message.get("more_body", False)
                if taken > MAX_BODY:
                    detail = f"a body has at most {MAX_BODY >> 20} MB; send it in parts"
                    raise HTTPException(413, detail)
            return message

        return limited

    def _careful(self, send: Send) -> Send:
        """``send`` that adds the headers, and gives up a client that takes nothing."""

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await asyncio.wait_for(send(message), self._transfer_seconds)

        return careful


def is_local(host: str) -> bool:
    """Whether only this machine reaches a server that listens on ``host``.

    >>> is_local("127.0.0.1"), is_local("localhost"), is_local("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def access_for(host: str, token: str, allowed: Sequence[str]) -> Access:
    """Who may ask a server that listens on ``host``; ``allowed`` are further names of it."""
    names = {name.lower() for name in (host, *allowed)}
    return Access(frozenset(names), any_address=not is_local(host), token=token)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_same_origin(headers: Headers) -> bool:
    """Whether a request that sends something comes from our own page, or from no page at all."""
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")

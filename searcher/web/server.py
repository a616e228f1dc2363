"""Serving an index until a signal ends it."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from searcher import ServeError
from searcher.web.guard import access_for, is_local

BACKLOG = 128
MAX_STOP_SECONDS = 10
"""So long answers that are under way may take when the server is told to stop."""


def serve(
    folder: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8080,
    token: str = "",
    allow_anyone: bool = False,
    allowed_hosts: Sequence[str] = (),
    workers: int = 1,
    ready: Callable[[str], object] = lambda _: None,
) -> None:
    """Serve an index until SIGINT or SIGTERM; answers that are under way are finished.

    Args:
        folder: of the index.
        host: the address to listen on.
        port: 0 takes any that is free.
        token: what clients have to show; "" for nothing.
        allow_anyone: whether other machines may ask without a token.
        allowed_hosts: further names under which the server is asked.
        workers: how many searches run at once.
        ready: called with the URL when requests are taken.

    Raises:
        ServeError: other machines could ask and neither a token is given nor anyone allowed, the
            address cannot be listened on, or packages are missing.
        IndexFolderError: there is no usable index.
    """
    if not is_local(host) and not token and not allow_anyone:
        raise ServeError(
            f"whoever reaches {host} could read every article; "
            "give --token TOKEN, or --allow-anyone if that is meant"
        )
    check_packages()
    import uvicorn

    from searcher.web.app import make_app
    from searcher.web.connection import TimelyProtocol
    from searcher.web.pool import IndexPool

    listening = _listen(host, port)
    try:
        pool = IndexPool(folder, workers)
    except BaseException:
        listening.close()
        raise
    config = uvicorn.Config(
        make_app(pool, access_for(host, token, allowed_hosts)),
        http=TimelyProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=MAX_STOP_SECONDS,
    )
    server = uvicorn.Server(config)

    def stop(*_: Any) -> None:
        server.should_exit = True

    # uvicorn has handlers of its own while it runs, and raises the signal once more in the end.
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        ready(_url(host, listening.getsockname()[1]))
        server.run(sockets=[listening])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        pool.close()
        listening.close()


def check_packages() -> None:
    """Raise ServeError where the packages that only a server needs are missing."""
    try:
        import jinja2  # noqa: F401 - whether it is there
        import starlette  # noqa: F401 - the same
        import uvicorn  # noqa: F401 - the same
    except ImportError as error:
        raise ServeError(
            f"the package {error.name} is missing; run: pip install 'chinese-news-search[web]'"
        ) from error


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises ServeError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends without delay (TCP_NODELAY) only where the socket says that it is one of TCP;
    # else an answer may wait 40 ms for the client.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
        return listening
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise ServeError(
            f"cannot listen on {host}, port {port} ({reason}); choose another with --port or --host"
        ) from error


def _url(host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"

"""The application: the interface and the pages for one index, with what stands before them."""

from __future__ import annotations

import logging
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from searcher import QueryError, SearcherError
from searcher.web import batch_page, explore_pages, interface, pages
from searcher.web.guard import Access, Guard
from searcher.web.operations import BASE
from searcher.web.pool import IndexPool, TimeIsUpError
from searcher.web.problems import problem
from searcher.web.rendering import error_page

_log = logging.getLogger(__name__)

STATIC = Path(__file__).with_name("static")


def make_app(pool: IndexPool, access: Access) -> ASGIApp:
    """The application that answers from the indexes of a pool."""

    inner = Starlette(
        routes=[
            *interface.routes(pool),
            *pages.routes(pool),
            *explore_pages.routes(pool),
            *batch_page.routes(pool),
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
        ],
        exception_handlers={
            HTTPException: _http_error,
            QueryError: _query_error,
            SearcherError: _index_error,
            TimeIsUpError: _time_is_up,
            Exception: _fault,
        },
    )
    return Guard(_Compressed(inner), access)


class _Compressed:
    """Compresses answers, but not those of a batch, whose lines go out one by one."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressed = GZipMiddleware(app, minimum_size=1000, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_batch = scope["type"] == "http" and scope["path"] in (f"{BASE}/batch", batch_page.PATH)
        app = self._plain if is_batch else self._compressed
        await app(scope, receive, send)


def _error(request: Request, status: int, detail: str) -> Response:
    if request.url.path.startswith("/api/"):
        return problem(status, detail)
    return error_page(request, status, detail)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is called for these alone
    response = _error(request, error.status_code, _DETAILS.get(error.detail, error.detail))
    response.headers.update(error.headers or {})
    return response


_DETAILS = {
    "Not Found": "there is nothing here; /api/v1/openapi.json lists what there is",
    "Method Not Allowed": "this path is not asked by this method; Allow says by which",
}
"""What is said instead of the bare words of the framework."""


async def _query_error(request: Request, error: Exception) -> Response:
    return _error(request, 400, str(error))


async def _index_error(request: Request, error: Exception) -> Response:
    # Its message may name a folder, so it is for those who see what the server logs.
    _log.error("%s", error)
    return _error(request, 503, interface.NO_INDEX)


async def _time_is_up(request: Request, _: Exception) -> Response:
    return _error(request, 503, interface.TIME_IS_UP)


async def _fault(request: Request, _: Exception) -> Response:
    return _error(request, 500, "a fault of the server; please report it with its messages")

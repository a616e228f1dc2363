"""Whether a client has the newest answer already: entity tags by commit."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from searcher import __version__


def entity_tag(commit: str, *parts: str) -> str:
    """The entity tag of an answer from a commit; ``parts`` are what else it depends on.

    It is a weak one: the time that a search took is another one each time.

    >>> entity_tag("7-0a1b2c3d", "en")  # doctest: +SKIP
    'W/"0.1.0-7-0a1b2c3d-en"'
    """
    return f'W/"{"-".join((__version__, commit, *parts))}"'


def is_fresh(request: Request, tag: str) -> bool:
    """Whether the client has the answer with this tag."""
    known = request.headers.get("if-none-match", "")
    return tag.removeprefix("W/") in [text.strip().removeprefix("W/") for text in known.split(",")]


def not_modified(tag: str, vary: str = "Accept-Encoding") -> Response:
    """The answer for a client that has it already."""
    return Response(status_code=304, headers=caching_headers(tag, vary))


def caching_headers(tag: str, vary: str = "Accept-Encoding") -> dict[str, str]:
    """Headers of an answer that is kept, and asked for before it is used again."""
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": vary}

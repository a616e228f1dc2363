"""The addresses of pages: everything that a page shows is in its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from searcher import __version__

_OF_LISTS = ("page", "sort", "strict", "unique")
"""What says which articles are listed, not which match."""


def search_link(values: Mapping[str, Any], **changes: Any) -> str:
    """The address of the search with these values; None leaves one out.

    >>> search_link({"q": "普京", "page": 3}, page=None, sort="newest")
    '/?q=%E6%99%AE%E4%BA%AC&sort=newest'
    """
    merged = {**values, **changes}
    texts = {name: _text(value) for name, value in merged.items() if value not in (None, "", False)}
    return f"/?{urlencode(texts, errors='replace')}" if texts else "/"


def explore_link(values: Mapping[str, Any]) -> str:
    """The address of the page about all matches of a search.

    >>> explore_link({"q": "x", "page": 2, "since": "2021"})
    '/explore?q=x&since=2021'
    """
    kept = {name: value for name, value in values.items() if name not in _OF_LISTS}
    return f"/explore{search_link(kept)[1:]}"


def facets_link(values: Mapping[str, Any]) -> str:
    """What a page asks for the counts that it shows beside the results of a search.

    >>> facets_link({"q": "x", "page": 2})
    '/api/v1/facets?q=x&by=source&by=category&by=year&top=8'
    """
    kept = {name: value for name, value in values.items() if name not in _OF_LISTS}
    return f"/api/v1/facets{search_link(kept)[1:]}&by=source&by=category&by=year&top=8"


def narrowed(query: str, part: str) -> str:
    """A query for what matches both.

    >>> narrowed("普京 OR 拜登", "date:2022")
    '(普京 OR 拜登) date:2022'
    """
    if query.strip() == "*":
        return part
    return f"({query}) {part}" if "OR" in query or "|" in query else f"{query} {part}"


def article_link(id_: str, query: str = "") -> str:
    """The address of an article, with the query whose matches are marked.

    >>> article_link("a/b", "x")
    '/articles/a%2Fb?q=x'
    """
    address = f"/articles/{quote(id_, safe='', errors='replace')}"
    return f"{address}?{urlencode({'q': query}, errors='replace')}" if query else address


def static_link(name: str) -> str:
    """The address of one of our files; another one for each version."""
    return f"/static/{name}?v={__version__}"


def outer_link(url: str) -> str:
    """The address of an article elsewhere, where it is one of the web; else "".

    >>> outer_link("javascript:alert(1)"), outer_link("https://example.org/a")
    ('', 'https://example.org/a')
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def _text(value: Any) -> str:
    return "1" if value is True else str(value)

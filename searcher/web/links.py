"""The addresses of pages: everything that a page shows is in its address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from searcher import __version__

_OF_LISTS = ("page", "sort", "strict", "unique")
"""What says which articles are listed, not which match."""


@lru_cache(4096)
def quoted(text: str) -> str:
    """A text as a part of a query string; the same ones come again and again on a page.

    >>> quoted("普京 &")
    '%E6%99%AE%E4%BA%AC+%26'
    """
    return quote_plus(text, errors="replace")


def search_link(values: Mapping[str, Any], **changes: Any) -> str:
    """The address of the search with these values; None leaves one out.

    >>> search_link({"q": "普京", "page": 3}, page=None, sort="newest")
    '/?q=%E6%99%AE%E4%BA%AC&sort=newest'
    """
    pairs = [
        f"{name}={quoted(_text(value))}"
        for name, value in {**values, **changes}.items()
        if value not in (None, "", False)
    ]
    return f"/?{'&'.join(pairs)}" if pairs else "/"


def explore_link(values: Mapping[str, Any]) -> str:
    """The address of the page about all matches of a search.

    >>> explore_link({"q": "x", "page": 2, "since": "2021"})
    '/explore?q=x&since=2021'
    """
    return f"/explore{search_link(_without(values, _OF_LISTS))[1:]}"


def facets_link(values: Mapping[str, Any]) -> str:
    """What a page asks for the counts of names beside the results of a search.

    >>> facets_link({"q": "x", "page": 2})
    '/api/v1/facets?q=x&by=people&by=places&by=organisations&top=8'
    """
    by = "&by=people&by=places&by=organisations&top=8"
    return f"/api/v1/facets{search_link(_without(values, _OF_LISTS))[1:]}{by}"


def kept_link(file: str, values: Mapping[str, Any]) -> str:
    """The address of a table or a picture of all matches, as a file.

    >>> kept_link("keywords.csv", {"q": "x", "page": 2})
    '/explore/keywords.csv?q=x'
    """
    return f"/explore/{file}{search_link(_without(values, _OF_LISTS))[1:]}"


def compare_link(values: Mapping[str, Any], file: str = "", **changes: Any) -> str:
    """The address of the page that sets queries side by side, or of its table or picture.

    >>> compare_link({"q": ["a", "b"], "by": "year"}, ".csv")
    '/compare.csv?q=a&q=b&by=year'
    >>> compare_link({"q": "a", "since": "2021", "page": 2})
    '/compare?q=a&since=2021'
    """
    merged = _without({**values, **changes}, _OF_LISTS)
    texts = {
        name: value if isinstance(value, list) else _text(value)
        for name, value in merged.items()
        if value not in (None, "", False)
    }
    return f"/compare{file}?{urlencode(texts, doseq=True, errors='replace')}"


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
    return f"{address}?q={quoted(query)}" if query else address


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


def _without(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _text(value: Any) -> str:
    return "1" if value is True else str(value)

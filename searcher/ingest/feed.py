"""The entries of RSS and Atom."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from searcher.ingest.json_records import Record

MAX_FEED = 64 * 1024 * 1024
"""Feeds above this size (bytes) are not read: the whole feed has to be held in memory."""


def feed_entries(data: bytes) -> Iterator[Record]:
    """Read the entries of a feed, with the values `title`, `content`, `date`, `author` and others.

    A feed that is damaged is read as far as possible, and a last record says so.
    """
    import feedparser

    # From a stream: feedparser takes a string for an address, which it opens.
    found = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    source = found.feed.get("title", "")
    for number, entry in enumerate(found.entries, 1):
        yield Record(number, _values(entry, source))
    error = found.get("bozo_exception")
    if not found.entries:
        reason = f": {error}" if found.bozo and error else ""
        yield Record(1, None, f"no entries of RSS or Atom{reason}")
    elif found.bozo and not isinstance(error, feedparser.CharacterEncodingOverride):
        problem = f"the feed is damaged, entries may be missing: {error}"
        yield Record(len(found.entries) + 1, None, problem)


def _values(entry: Mapping[str, Any], source: str) -> dict[str, Any]:
    contents = [content.get("value", "") for content in entry.get("content", [])]
    content = max(contents, key=len, default="") or entry.get("summary", "")
    return {
        "title": entry.get("title", ""),
        "content": content,
        "date": entry.get("published") or entry.get("updated") or entry.get("created") or "",
        "author": _names(entry),
        "source": (entry.get("source") or {}).get("title") or source,
        "tags": [tag["term"] for tag in entry.get("tags", []) if tag.get("term")],
        "link": entry.get("link", ""),
        "id": entry.get("id", ""),
    }


def _names(entry: Mapping[str, Any]) -> list[str]:
    names = [author["name"] for author in entry.get("authors", []) if author.get("name")]
    return names or [entry.get("author", "")]

"""Atom feeds (RFC 4287) of articles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from searcher.results import Hit


class Entry(NamedTuple):
    """An article and when it was found, in ISO 8601."""

    hit: Hit
    found: str


def atom_feed(name: str, query: str, entries: Iterable[Entry]) -> str:
    """A feed of articles, in the order given.

    Args:
        name: of the saved search; the feed keeps its identity as long as it keeps its name.
        query: what it looks for.
        entries: the articles. Each is known to readers by its id.
    """
    entries = [*entries]
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    updated = max((entry.found for entry in entries), default=now)
    key = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>urn:searcher:search:{key}</id>",
        f"<title>{_text(name)}</title>",
        f"<subtitle>{_text(query)}</subtitle>",
        f"<updated>{_text(updated)}</updated>",
        "<author><name>searcher</name></author>",
    ]
    for hit, found in entries:
        parts += [
            "<entry>",
            f"<id>urn:searcher:article:{_text(hit.id)}</id>",
            f"<title>{_text(hit.title)}</title>",
            f"<updated>{_text(found)}</updated>",
        ]
        if hit.date:
            parts.append(f"<published>{hit.date.isoformat()}</published>")
        if hit.author or hit.source:
            parts.append(f"<author><name>{_text(hit.author or hit.source)}</name></author>")
        if hit.url:
            parts.append(f"<link href={quoteattr(_clean(hit.url))}/>")
        summary = " … ".join(s.text for s in hit.snippets if s.field == "body")
        parts += [f"<summary>{_text(summary)}</summary>", "</entry>"]
    parts.append("</feed>")
    return "\n".join(parts) + "\n"


def _text(text: str) -> str:
    return escape(_clean(text))


def _clean(text: str) -> str:
    """Text without what XML may not contain."""
    return "".join(char if _is_allowed(char) else "\ufffd" for char in text)


def _is_allowed(char: str) -> bool:
    return (char >= " " or char in "\t\n") and not (
        "\ud800" <= char <= "\udfff" or char in "\ufffe\uffff"
    )

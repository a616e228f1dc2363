"""Texts of articles and queries as HTML: harmless characters, and marks where a query matches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from searcher import Snippet

Spans = Sequence[tuple[int, int]]

# Marks that turn the direction of writing, and controls that HTML does not allow. Half characters
# cannot be sent as UTF-8.
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_HARMLESS: dict[int, int] = {
    **dict.fromkeys(map(ord, _TURNING), 0xFFFD),
    **dict.fromkeys([*range(0x09), 0x0B, *range(0x0E, 0x20), *range(0x7F, 0xA0)], 0xFFFD),
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
}
# Most texts have none, which is found out faster than they are translated.
_HARMFUL = re.compile(f"[{''.join(map(re.escape, map(chr, _HARMLESS)))}]")


def harmless(text: str) -> str:
    """``text`` with ``�`` for each character that could hide or turn others; offsets stay.

    >>> harmless("a\\u202eb")
    'a�b'
    """
    return text.translate(_HARMLESS) if _HARMFUL.search(text) else text


def marked(text: str, spans: Iterable[tuple[int, int]], first: int = 0) -> Markup:
    """``text`` as HTML whose ``spans`` are marked.

    Args:
        text: plain text.
        spans: sorted (start, end) in characters, never nested.
        first: the number of the first mark, which becomes ``id="match-1"`` for 1; 0 for none.

    >>> marked("拜登<普京", [(0, 2)], 1)
    Markup('<mark id="match-1">拜登</mark>&lt;普京')
    """
    text = harmless(text)
    pieces: list[str] = []
    done = 0
    for number, (start, end) in enumerate(spans, first):
        anchor = f' id="match-{number}"' if first else ""
        pieces.append(escape(text[done:start]))
        pieces.append(f"<mark{anchor}>{escape(text[start:end])}</mark>")
        done = end
    pieces.append(escape(text[done:]))
    # Every piece of the text is escaped above.
    return Markup("".join(pieces))  # noqa: S704 - each is escaped


def shortened(text: str, spans: Spans, most: int) -> tuple[str, Spans]:
    """The first ``most`` characters of a text, with ``…`` where there are more, and their spans.

    >>> shortened("拜登与普京", [(0, 2), (3, 5)], 4)
    ('拜登与普…', [(0, 2), (3, 4)])
    """
    if len(text) <= most:
        return text, spans
    kept = [(start, min(end, most)) for start, end in spans if start < most]
    return text[:most] + "…", kept


def title_spans(title: str, snippets: Iterable[Snippet]) -> Spans:
    """What matched in a title, as offsets in the whole of it."""
    for snippet in snippets:
        shift = title.find(snippet.text)
        if snippet.field == "title" and shift >= 0:
            return [(start + shift, end + shift) for start, end in snippet.spans]
    return ()


def paragraphs(body: str, spans: Spans, first: int) -> list[Markup]:
    """The paragraphs of a body with their marks, which are numbered from ``first``."""
    found: list[Markup] = []
    start = 0
    place = 0
    for paragraph in body.split("\n"):
        end = start + len(paragraph)
        inside: list[tuple[int, int]] = []
        while place < len(spans) and spans[place][0] < end:
            left, right = spans[place]
            inside.append((left - start, min(right, end) - start))
            place += 1
        if paragraph.strip():
            found.append(marked(paragraph, inside, first))
        first += len(inside)
        start = end + 1
    return found

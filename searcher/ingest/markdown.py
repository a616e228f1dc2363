"""Markdown to plain text."""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from searcher.ingest.html import html_to_text
from searcher.ingest.markdown_dialects import without_dialects
from searcher.ingest.plain_text import BREAK, WIDE, Text, paragraphs
from searcher.lazy_pattern import compile_late

# markdown_it is imported in the function that uses it: a search does not need it.
if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_MARKDOWN = 300_000
"""Longer Markdown (characters) is read in pieces of paragraphs, of `_PIECE` characters at most."""

MAX_BRACKETS = 10_000
"""The same for Markdown with more opening brackets: each may take 100 µs."""

MAX_ALL_BRACKETS = 200_000
"""The number of brackets after which Markdown is read as HTML, with paragraphs only."""

_PIECE = 50_000  # characters
_BRACKETS = 2_000  # of a piece

# "[注]: 文字" is text; CommonMark would take it for the address of a link and drop it.
_FALSE_REFERENCE = compile_late(rf"^( {{0,3}}\[[^\]\n]*\]):(?=[ \t]*[{WIDE}])", re.MULTILINE)
_BLANK_LINES = compile_late(r"\n[^\S\n]*\n\s*")
_HEADING_LINE = compile_late(r"^ {0,3}#{1,6}[ \t]+(.+)$", re.MULTILINE)

# What means something in Markdown or HTML, a line that ends with two spaces, and marks at the
# beginnings of lines. A text without is its paragraphs.
_MARK = compile_late(
    rf"[\\`*_\[\]<>&~|{BREAK}\r\0]|  \n|^\s*(?:[#=+-]|\d{{1,9}}[.)](?:\s|$))", re.MULTILINE
)
_PARAGRAPH_END = compile_late(r"\n(?:[ \t]*\n)+")


def markdown_to_text(source: str) -> Text:
    r"""Read the text of Markdown (CommonMark, tables, marks of blogs), with HTML in it.

    >>> markdown_to_text("# 标题\n\n**拜登**和\n普京").text
    '标题\n拜登和普京'
    """
    source = without_dialects(source)
    if _MARK.search(source) is None:
        return Text(paragraphs(_PARAGRAPH_END.sub(BREAK, source.strip(" \t\n"))))
    if len(source) <= MAX_MARKDOWN and source.count("[") <= MAX_BRACKETS:
        return html_to_text(_to_html(source))
    rendered: list[str] = []
    brackets = 0
    unread = False
    for piece in _pieces(source):
        brackets += piece.count("[")
        if len(piece) > MAX_MARKDOWN or piece.count("[") > _BRACKETS or brackets > MAX_ALL_BRACKETS:
            unread = True
            rendered.append(
                "<p>" + _BLANK_LINES.sub("\n<p>", _HEADING_LINE.sub(_to_heading, piece))
            )
        else:
            rendered.append(_to_html(piece))
    text, heading, problems = html_to_text("\n".join(rendered))
    if unread:
        problems = ("too much Markdown; its marks were left as they are", *problems)
    return Text(text, heading, problems)


def _to_html(source: str) -> str:
    rendered: str = _markdown().render(_FALSE_REFERENCE.sub(r"\1\\:", source))
    # CommonMark leaves emphasis that ends between punctuation and a letter, as in "**普京：**他",
    # since it expects a space there, which Chinese does not write.
    return rendered.replace("**", "")


def _pieces(source: str) -> Iterator[str]:
    """Cut Markdown between paragraphs, so that a piece has a bounded size if its paragraphs do."""
    piece: list[str] = []
    size = brackets = 0
    for paragraph in _BLANK_LINES.split(source):
        size += len(paragraph)
        brackets += paragraph.count("[")
        if piece and (size > _PIECE or brackets > _BRACKETS):
            yield "\n\n".join(piece)
            piece = []
            size = len(paragraph)
            brackets = paragraph.count("[")
        piece.append(paragraph)
    yield "\n\n".join(piece)


def _to_heading(line: re.Match[str]) -> str:
    return f"<h2>{line.group(1).rstrip(' #')}</h2>"


@cache
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 100})
    # In news, four spaces before a line are an indented paragraph, and a row of ~ is an ornament.
    return parser.enable(["table", "strikethrough"]).disable(["code", "fence"])

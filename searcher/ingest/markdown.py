"""Markdown to plain text, with the dialects of blogs and note books."""

import re
from functools import cache
from typing import TYPE_CHECKING

from searcher.ingest.html import html_to_text
from searcher.ingest.plain_text import WIDE, Text

# markdown_it is imported in the function that uses it: a search does not need it.
if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_MARKDOWN = 300_000
"""Longer Markdown (characters) is read as HTML, where paragraphs are all that it means."""

MAX_BRACKETS = 10_000
"""The same for Markdown with more opening brackets: each may take 100 µs."""

# "[注]: 文字" is text; CommonMark would take it for the address of a link and drop it.
_FALSE_REFERENCE = re.compile(rf"^( {{0,3}}\[[^\]\n]*\]):(?=[ \t]*[{WIDE}])", re.MULTILINE)
# Hugo's {{< video src="…" >}} and Hexo's {% img … %}: only a caption in them is text.
_SHORTCODE = re.compile(r"\{\{[<%][^{}\n]*[%>]\}\}|\{%[^{}\n]*%\}")
_CAPTION = re.compile(r"""\bcaption\s*=\s*(["'])(.*?)\1""")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


def markdown_to_text(source: str) -> Text:
    r"""Read the text of Markdown (CommonMark, tables), with HTML in it.

    >>> markdown_to_text("# 标题\n\n**拜登**和\n普京").text
    '标题\n拜登和普京'
    """
    if "{" in source:
        source = _SHORTCODE.sub(_caption, source)
    if len(source) > MAX_MARKDOWN or source.count("[") > MAX_BRACKETS:
        text, heading, problems = html_to_text(_BLANK_LINES.sub("\n<p>", source))
        return Text(
            text, heading, ("too much Markdown; its marks were left as they are", *problems)
        )
    rendered = _markdown().render(_FALSE_REFERENCE.sub(r"\1\\:", source))
    # CommonMark leaves emphasis that ends between punctuation and a letter, as in "**普京：**他",
    # since it expects a space there, which Chinese does not write.
    return html_to_text(rendered.replace("**", ""))


def _caption(shortcode: re.Match[str]) -> str:
    found = _CAPTION.search(shortcode.group())
    return found.group(2) if found else ""


@cache
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 100})
    # In news, four spaces before a line are an indented paragraph, and a row of ~ is an ornament.
    return parser.enable(["table", "strikethrough"]).disable(["code", "fence"])

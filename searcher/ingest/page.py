"""Saved web pages: which files are pages, and what of a page is the article."""

import logging
import re
from typing import TYPE_CHECKING

from searcher.ingest.fields import Fields
from searcher.ingest.html import html_to_text
from searcher.ingest.page_fields import read_page_fields
from searcher.ingest.plain_text import Text, clean
from searcher.ingest.visible_text import UNSEEN_STYLE
from searcher.lazy_pattern import compile_late

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_PAGE_TAGS = 50_000
"""Pages with more tags are read whole: to find the article takes about 20 µs a tag."""

_MIN_ARTICLE = 60  # characters; a shorter text is hardly the article of its page
_LINES_ABOVE = 6  # at the top of an article, among which its headline may be
_OPENING = compile_late(
    r"(?:\s|<!--(?:(?!-->).){0,5000}-->|<!\[[^\]\n]{0,100}\]>|<\?xml[^>]{0,500}\?>)*"
    r"<(?:!doctype\s|html[\s>]|head[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_ENDS = compile_late(r"</(?:body|html)\s*>", re.IGNORECASE)
_XML_DECLARATION = compile_late(r"^\s*<\?xml[^>]*>")


def is_page(source: str) -> bool:
    """Say whether HTML is a whole page, as browsers save it: it begins as one.

    >>> is_page("<!DOCTYPE html><html>…"), is_page("<p>…</p>")
    (True, False)
    """
    return _OPENING.match(source) is not None


def read_page(source: str) -> tuple[Text, Fields] | None:
    """Read the article of a saved page, and its fields.

    Where no article can be told from the rest, the whole page is read, as for a piece of HTML.

    Returns:
        None for a page with nothing in it, or with too many tags.
    """
    from lxml import html

    tree = _page_tree(source)
    if tree is None:
        return None
    whole: str = html.tostring(tree, encoding="unicode")
    page = html_to_text(whole)
    article = html_to_text(_article(whole))
    if len(article.text) < _MIN_ARTICLE:
        article = page
    lines = article.text.split("\n")
    fields = read_page_fields(tree, page.text.split("\n"), lines)
    if fields.title in lines[:_LINES_ABOVE]:  # below the path to the page
        lines = lines[lines.index(fields.title) + 1 :]
    return Text("\n".join(lines), fields.title, article.problems), fields


def _page_tree(source: str) -> "HtmlElement | None":
    """Parse a page; None for one that has nothing in it, or too much."""
    from lxml import etree, html

    source = _XML_DECLARATION.sub("", clean(source))
    if not source.strip() or source.count("<") > MAX_PAGE_TAGS:
        return None
    # Pages often close their body before the article ends.
    try:
        tree = html.document_fromstring(_ENDS.sub("", source))
    except (etree.LxmlError, ValueError):
        return None
    _unhide(tree)
    return tree


def _article(source: str) -> str:
    """The HTML of the article in a page, empty where none is found."""
    from readability import Document
    from readability.readability import Unparseable

    # It reports what it does not understand to people who may never have asked for a log.
    log = logging.getLogger("readability.readability")
    was_disabled = log.disabled
    log.disabled = True
    try:
        article: str = Document(source).summary()
    except (Unparseable, ValueError, RecursionError):
        return ""
    finally:
        log.disabled = was_disabled
    return article


def _unhide(tree: "HtmlElement") -> None:
    """Show an element that is hidden though it has most of the text: a script would show it."""
    hidden = [
        element
        for element in tree.iter()
        if isinstance(element.tag, str)
        and element.tag not in ("input", "script", "style")
        and ("hidden" in element.attrib or UNSEEN_STYLE.search(element.attrib.get("style", "")))
    ]
    if not hidden:
        return
    all_text = _text_length(tree)
    for element in hidden[:_MAX_HIDDEN]:
        if 2 * _text_length(element) >= all_text:
            element.attrib.pop("style", None)
            element.attrib.pop("hidden", None)


_MAX_HIDDEN = 100  # hidden elements that are looked at


def _text_length(element: "HtmlElement") -> int:
    """The number of characters in an element outside of links, scripts and styles."""
    length = 0
    for inner in element.iter():
        if isinstance(inner.tag, str) and inner.tag not in ("a", "script", "style", "title"):
            length += len("".join((inner.text or "").split()))
        if inner is not element:
            length += len("".join((inner.tail or "").split()))
    return length

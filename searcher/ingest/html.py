"""HTML to plain text: one line a paragraph, nothing that a reader does not see.

Beautiful Soup reads through lxml rather than html.parser: on 600 messy posts both give the same
words, but html.parser takes quadratic time for broken markup (a comment that is opened 100,000
times and never closed), and lxml never does. What is plain enough for both to see the same tree in
it is read from lxml's, which is faster.
"""

import html
import re
from functools import cache
from typing import Any

from searcher.ingest.plain_text import BREAK, Text, clean, one_line, paragraphs, removed_controls
from searcher.ingest.visible_text import HEADINGS, LINES, VisibleText
from searcher.lazy_pattern import compile_late

# bs4 and lxml are imported in the functions that use them: a search needs neither.

MAX_TAGS = 200_000
"""HTML with more tags is read without its structure: in a tree, a tag takes 1 kB and 10 µs."""

_HUGE_REFERENCE = compile_late(r"&#[0-9]{8,};?")


def html_to_text(source: str) -> Text:
    r"""Read the visible text of HTML, whole page or piece.

    Blocks and `<br>` end a line; inline tags do not split words; scripts, styles, navigation,
    templates, form controls, comments and hidden elements are left out. A form itself is not, as
    whole pages are put into one. HTML that was escaped once too often is read as what it was.

    >>> html_to_text("<p>拜<b>登</b></p><p>普京&#33;</p>").text
    '拜登\n普京!'
    """
    found = _read_once(source)
    if (">" in found.text or "&gt;" in found.text) and not _CODE.search(source):
        for _ in range(_MAX_ESCAPED):
            inner = _escaped_html(found.text)
            if inner is None:
                break
            text, heading, problems = _read_once(inner)
            found = Text(text, found.heading or heading, (*found.problems, *problems))
    return found


def _read_once(source: str) -> Text:
    source = clean(source)  # lxml stumbles over surrogates and control characters
    if "<![CDATA[" in source:  # the HTML of feeds, which HTML itself takes for a comment
        source = source.replace("<![CDATA[", "").replace("]]>", "")
    if source.count("<") > MAX_TAGS:
        problem = f"more than {MAX_TAGS:,} tags; read without the structure of the HTML"
        text, heading = _without_structure(source)
        return Text(paragraphs(text), heading, (problem,))

    found = read_plain_html(source) if is_plain_html(source) else None
    if found is None:
        found = read_soup(source)
    if found is None:
        problem = "broken HTML; read without its structure"
        text, heading = _without_structure(source)
        return Text(paragraphs(text), heading, (problem,))
    text, heading = found
    return Text(paragraphs(text), heading, removed_controls(text) if "&#" in source else ())


_MAX_ESCAPED = 3  # times that HTML is escaped
_CODE = compile_late(r"<(?:pre|code|textarea)\b", re.IGNORECASE)
_SHOWN_TAG = (
    r"</?(?:p|div|br|span|strong|b|em|i|u|a|img|font|h[1-6]|ul|ol|li|blockquote|figure|figcaption"
    r"|section|article|table|tbody|tr|td)(?:\s[^<>]*)?/?>"
)
_STARTS_WITH_SHOWN_TAG = compile_late(rf"{_SHOWN_TAG}|<!\[CDATA\[", re.IGNORECASE)
_STARTS_WITH_BLOCK = compile_late(
    r"<(?:p|div|h[1-6]|ul|ol|blockquote|figure|section|article|table)[\s>]|<!\[CDATA\[",
    re.IGNORECASE,
)
_ENDS_SOMETHING = compile_late(r"</[a-z][a-z1-6]*\s*>|<br\s*/?>|<img\s[^<>]*>|\]\]>", re.IGNORECASE)


def _escaped_html(text: str) -> str | None:
    """HTML that makes up a text, or some of its lines, as readers of a feed see it; else None."""
    if _is_html(text, _STARTS_WITH_SHOWN_TAG):
        return text.replace("\n", "<br>")
    if "&lt;" in text and _is_html(unescape(text), _STARTS_WITH_SHOWN_TAG):
        return unescape(text).replace("\n", "<br>")
    lines = text.split("\n")
    is_block = [_is_html(line, _STARTS_WITH_BLOCK) for line in lines]
    if not any(is_block):
        return None
    read = (
        line if block else html.escape(line) for line, block in zip(lines, is_block, strict=True)
    )
    return "<br>".join(read)


def _is_html(text: str, beginning: re.Pattern[str]) -> bool:
    """Say whether a text begins and ends with tags, one of which closes something."""
    return (
        text.endswith(">")
        and beginning.match(text) is not None
        and _ENDS_SOMETHING.search(text) is not None
    )


# Where Beautiful Soup and lxml might make different trees: declarations, what belongs into the head
# or is read in a mode of its own, what opens or closes the page, and signs that are no tag.
_UNLIKE = compile_late(
    r"<(?:/?(?:html|head|body|title|base|select|option|optgroup|textarea|frame|frameset"
    r"|noframes|noembed|template|plaintext|xmp|listing|svg|math|isindex)\b"
    r"|!(?!--)|[^a-z/!]|/[^a-z]|[^>]*$)",
    re.IGNORECASE,
)
_MAX_PLAIN_TAGS = 5_000


def is_plain_html(source: str) -> bool:
    """Say whether HTML is so plain that lxml's own tree of it is that of Beautiful Soup.

    It is with nearly all posts, and saves the making of a Python object for each tag and text.
    """
    return (
        source.count("<") <= _MAX_PLAIN_TAGS
        and not ("&#0" in source or "&#x0" in source or "&#X0" in source or "\r" in source)
        and not source.isspace()
        and _UNLIKE.search(source) is None
    )


def read_plain_html(source: str) -> tuple[str, str] | None:
    """The visible text and first heading of plain HTML, by lxml's tree; None if that is empty."""
    from lxml import etree

    try:
        root = etree.fromstring("<html>" + source, _parser())
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    seen = VisibleText()
    unseen = None  # the tag that was opened last, if it is not seen
    walk = etree.iterwalk(root, events=("start", "end", "comment"))
    for event, element in walk:
        if event == "start":
            if not seen.start(element.tag, element.attrib):
                unseen = element
                walk.skip_subtree()
            elif element.text:
                seen.text(element.text)
            continue
        if element is unseen:
            unseen = None
        elif event == "end":
            seen.end(element.tag)
        if element.tail:
            seen.text(element.tail)
    return "".join(seen.pieces), seen.heading


@cache
def _parser() -> Any:
    from lxml import etree

    return etree.HTMLParser(recover=True)


def read_soup(source: str) -> tuple[str, str] | None:
    """The visible text and the first heading or else the title of HTML, by Beautiful Soup.

    The way through the tree is a loop, for trees may be deeper than Python's stack.
    """
    from bs4 import BeautifulSoup
    from bs4.element import NavigableString, Tag
    from bs4.exceptions import ParserRejectedMarkup

    try:
        # A page that begins with <html> is not suspected, and warned of, as XML or a file name.
        # Without multi-valued attributes a class is one string, and parsing is faster.
        soup = BeautifulSoup("<html>" + source, "lxml", multi_valued_attributes=None)
    except ParserRejectedMarkup:
        return None
    seen = VisibleText()
    title = ""
    stack = [(iter(soup.contents), "")]  # the children to come of each open tag, and its name
    while stack:
        children, parent = stack[-1]
        for child in children:
            if type(child) is NavigableString:  # and no comment, script or declaration
                seen.text(child)
            elif isinstance(child, Tag):
                name = child.name
                if seen.start(name, child.attrs):
                    stack.append((iter(child.contents), name))
                    break
                if name == "head" and child.title is not None:
                    title = child.title.get_text()
        else:
            stack.pop()
            if parent:
                seen.end(parent)
    return "".join(seen.pieces), seen.heading or one_line(title)


# A tag, or the beginning of a comment; the rest of a comment stays, as a piece of text would.
_TAG = compile_late(r"<(/?[a-z][a-z0-9]*|[!?])[^<>]*>?", re.IGNORECASE)


def _without_structure(source: str) -> tuple[str, str]:
    """Collect text and line ends in one linear pass, without a tree, and find the first heading."""
    pieces: list[str] = []
    heading = ""
    heading_start = end = 0
    skipped = ""  # the script or style that we are in
    for match in _TAG.finditer(source):
        name = match.group(1).lower()
        if not skipped:
            pieces.append(source[end : match.start()])
            if name == "br" or name.lstrip("/") in LINES:
                pieces.append(BREAK)
            if name in ("script", "style"):
                skipped = name
            elif name in HEADINGS:
                heading_start = len(pieces)
            elif name[1:] in HEADINGS and not heading:
                heading = one_line(unescape("".join(pieces[heading_start:])))
        elif name == "/" + skipped:
            skipped = ""
        end = match.end()
    if not skipped:
        pieces.append(source[end:])
    return unescape("".join(pieces)), heading


def unescape(text: str) -> str:
    """Undo the character references of HTML."""
    # Python refuses to read numbers of thousands of digits.
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", text)) if "&" in text else text

"""HTML to plain text: one line a paragraph, nothing that a reader does not see.

Beautiful Soup reads through lxml rather than html.parser: on 600 messy posts both give the same
words, but html.parser takes quadratic time for broken markup (a comment that is opened 100,000
times and never closed), and lxml never does.
"""

import html
import re
from typing import TYPE_CHECKING, Any

from searcher.ingest.plain_text import (
    BREAK,
    GAP,
    Text,
    clean,
    one_line,
    paragraphs,
    removed_controls,
)

# bs4 is imported in the function that uses it: a search needs none of it.
if TYPE_CHECKING:
    from bs4.element import Tag

MAX_TAGS = 200_000
"""HTML with more tags is read without its structure: in a tree, a tag takes 1 kB and 10 µs."""

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LINES = _HEADINGS | frozenset(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset "
    "figcaption figure footer form header hgroup hr html legend li main menu nav ol p pre search "
    "section summary table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset(("td", "th"))
_SKIPPED = frozenset(
    "applet audio button canvas datalist dialog embed head iframe input label map meter nav "
    "noembed noframes noscript object option progress rp rt script select style svg template "
    "textarea title video".split()
)
# Classes by which the common style sheets hide what is there for screen readers only.
_UNSEEN_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|element-(?:hidden|invisible)"
    r"|(?:sharing-)?screen-reader-text)(?:\s|$)"
)
UNSEEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HUGE_REFERENCE = re.compile(r"&#[0-9]{8,};?")


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
        return Text(paragraphs(_without_structure(source)), problems=(problem,))

    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    try:
        # A page that begins with <html> is not suspected, and warned of, as XML or a file name.
        # Without multi-valued attributes a class is one string, and parsing is faster.
        soup = BeautifulSoup("<html>" + source, "lxml", multi_valued_attributes=None)
    except ParserRejectedMarkup:
        problem = "broken HTML; read without its structure"
        return Text(paragraphs(_without_structure(source)), problems=(problem,))
    text, heading = _walk(soup.contents)
    return Text(paragraphs(text), heading, removed_controls(text) if "&#" in source else ())


_MAX_ESCAPED = 3  # times that HTML is escaped
_CODE = re.compile(r"<(?:pre|code|textarea)\b", re.IGNORECASE)
_SHOWN_TAG = (
    r"</?(?:p|div|br|span|strong|b|em|i|u|a|img|font|h[1-6]|ul|ol|li|blockquote|figure|figcaption"
    r"|section|article|table|tbody|tr|td)(?:\s[^<>]*)?/?>"
)
_STARTS_WITH_SHOWN_TAG = re.compile(rf"{_SHOWN_TAG}|<!\[CDATA\[", re.IGNORECASE)
_STARTS_WITH_BLOCK = re.compile(
    r"<(?:p|div|h[1-6]|ul|ol|blockquote|figure|section|article|table)[\s>]|<!\[CDATA\[",
    re.IGNORECASE,
)
_ENDS_SOMETHING = re.compile(r"</[a-z][a-z1-6]*\s*>|<br\s*/?>|<img\s[^<>]*>|\]\]>", re.IGNORECASE)


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


def _walk(contents: list[Any]) -> tuple[str, str]:
    """Collect text with `BREAK` at the ends of lines, and the first heading or else the title.

    The way through the tree is a loop, for trees may be deeper than Python's stack.
    """
    from bs4.element import NavigableString, Tag

    pieces: list[str] = []
    add = pieces.append
    heading = title = number = ""  # the number of a list item waits for the item's text
    heading_start = preformatted = 0
    # The children to come of each open tag, its name, and the number of its next list item.
    stack = [(iter(contents), "", 0)]
    while stack:
        children, parent, count = stack[-1]
        for child in children:
            kind = type(child)
            if kind is NavigableString:  # and no comment, script or declaration
                if number and not child.isspace():
                    add(number)
                    number = ""
                add(child.replace("\n", BREAK) if preformatted else child)
            elif kind is Tag:
                name = child.name
                if name in _LINES or name == "br":
                    add(BREAK)
                if name in _SKIPPED or (child.attrs and name != "body" and _is_hidden(child.attrs)):
                    if name == "head" and child.title is not None:
                        title = child.title.get_text()
                    continue
                if name == "li" and count:
                    number = f"{count}. "
                    stack[-1] = (children, parent, count + 1)
                elif name == "pre":
                    preformatted += 1
                elif name in _HEADINGS:
                    heading_start = len(pieces)
                stack.append((iter(child.contents), name, _first_number(child)))
                break
        else:
            stack.pop()
            if parent in _LINES:
                add(BREAK)
                if parent == "li":
                    number = ""
                elif parent == "pre":
                    preformatted -= 1
                elif parent in _HEADINGS and not heading:
                    heading = one_line("".join(pieces[heading_start:]))
            elif parent in _CELLS:
                add(GAP)
    return "".join(pieces), heading or one_line(title)


def _first_number(tag: "Tag") -> int:
    """Number of the first item if the tag is a numbered list, else 0."""
    if tag.name != "ol":
        return 0
    start = str(tag.attrs.get("start", "1"))
    return int(start) if start.isdecimal() and len(start) < 10 else 1


def _is_hidden(attributes: "dict[str, str]") -> bool:
    return (
        "hidden" in attributes
        or attributes.get("role") == "navigation"
        or ("style" in attributes and bool(UNSEEN_STYLE.search(attributes["style"])))
        or ("class" in attributes and bool(_UNSEEN_CLASS.search(attributes["class"])))
    )


# A tag, or the beginning of a comment; the rest of a comment stays, as a piece of text would.
_TAG = re.compile(r"<(/?[a-z][a-z0-9]*|[!?])[^<>]*>?", re.IGNORECASE)


def _without_structure(source: str) -> str:
    """Collect text and line ends in one linear pass, without a tree."""
    pieces: list[str] = []
    end = 0
    skipped = ""  # the script or style that we are in
    for match in _TAG.finditer(source):
        name = match.group(1).lower()
        if not skipped:
            pieces.append(source[end : match.start()])
            if name == "br" or name.lstrip("/") in _LINES:
                pieces.append(BREAK)
            if name in ("script", "style"):
                skipped = name
        elif name == "/" + skipped:
            skipped = ""
        end = match.end()
    if not skipped:
        pieces.append(source[end:])
    return unescape("".join(pieces))


def unescape(text: str) -> str:
    """Undo the character references of HTML."""
    # Python refuses to read numbers of thousands of digits.
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", text)) if "&" in text else text

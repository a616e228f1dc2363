"""HTML, Markdown and typed text to plain text: one line a paragraph, nothing invisible.

Beautiful Soup reads through lxml rather than html.parser: on 600 messy posts both give the same
words, but html.parser takes quadratic time for broken markup (a comment that is opened 100,000
times and never closed), and lxml never does.
"""

import html
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

# bs4 and markdown_it are imported in the functions that use them: a search needs neither.
if TYPE_CHECKING:
    from bs4.element import Tag
    from markdown_it import MarkdownIt

MAX_TAGS = 200_000
"""HTML with more tags is read without its structure: in a tree, a tag takes 1 kB and 10 µs."""

MAX_MARKDOWN = 300_000
"""Longer Markdown (characters) is read as HTML, where paragraphs are all that it means."""

MAX_BRACKETS = 10_000
"""The same for Markdown with more opening brackets: each may take 100 µs."""


class Text(NamedTuple):
    """The plain text of a document, its first heading or title, and what could not be read."""

    text: str
    heading: str = ""
    problems: tuple[str, ...] = ()


# -- characters --------------------------------------------------------------------------------

# ECMA-48 control sequences, and the strings (titles, links) that terminals take.
_ESCAPE = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c\n]{0,999}(?:\x07|\x1b\\|\x9c)"
)
# White space among the control characters (tab, line ends, separators) is left to collapsing.
_CONTROLS = r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
# Soft hyphen, zero-width spaces, directional marks and overrides, annotations, surrogates, tags
# and selectors of character variants. The joiners U+200C and U+200D belong to real words.
_INVISIBLES = (
    r"\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ufffe\uffff"
    r"\ud800-\udfff\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{_CONTROLS}{_INVISIBLES}]")  # one class, which is the fastest to look for
_UNSEEN_OR_ESCAPE = re.compile(f"{_ESCAPE}|{_UNSEEN.pattern}")
_CONTROL = re.compile(f"[{_CONTROLS}]")


def clean(text: str) -> str:
    r"""Take out what no reader sees: control, zero-width and directional characters.

    >>> clean("拜\x1b[31m登\u202e\u200b")
    '拜登'
    """
    return _UNSEEN_OR_ESCAPE.sub("", text) if _UNSEEN.search(text) else text


def removed_controls(text: str) -> tuple[str, ...]:
    """Give the problem to report if a text that is cleaned holds control characters."""
    return ("control characters removed",) if _CONTROL.search(text) else ()


# -- white space -------------------------------------------------------------------------------

# Unicode's line separator ends a line here, as a line feed in markup is mere white space.
_BREAK = "\u2028"
_GAP = "\x1f"  # a space that stays a space, also between Chinese characters
_RUN = re.compile(rf"[^\S{_BREAK}]{{2,}}|[^\S \u3000{_BREAK}]")
_WIDE = (
    "\u2014\u2018-\u201d\u2026\u2e80-\u312f\u3190-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff01-\uff60\U00020000-\U0003ffff"
)
_WRAP = re.compile(f"(?<=[{_WIDE}])\n(?=[{_WIDE}])")


def one_line(text: str) -> str:
    """Clean a text and close up its white space: for titles and names."""
    return _close_up(clean(text).replace(_BREAK, " ")).strip()


def _lines(text: str) -> str:
    """Clean and close up a text whose lines end with `_BREAK`; empty lines vanish."""
    return "\n".join(filter(None, map(str.strip, _close_up(clean(text)).split(_BREAK))))


def _close_up(text: str) -> str:
    """Shrink each run of white space to one space, or to nothing where Chinese text was wrapped.

    A line feed between two wide characters vanishes (CSS Text Level 3, section 4.1.3); a single
    full-width space stays, as headlines have it between their halves.
    """
    text = _RUN.sub(_shrink, text)
    return _WRAP.sub("", text).replace("\n", " ") if "\n" in text else text


def _shrink(run: re.Match[str]) -> str:
    spaces = run.group()
    return "\n" if "\n" in spaces and _GAP not in spaces else " "


# -- HTML --------------------------------------------------------------------------------------

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
_UNSEEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HUGE_REFERENCE = re.compile(r"&#[0-9]{8,};?")


def html_to_text(source: str) -> Text:
    r"""Read the visible text of HTML, whole page or piece.

    Blocks and `<br>` end a line; inline tags do not split words; scripts, styles, navigation,
    templates, form controls, comments and hidden elements are left out. A form itself is not, as
    whole pages are put into one.

    >>> html_to_text("<p>拜<b>登</b></p><p>普京&#33;</p>").text
    '拜登\n普京!'
    """
    source = clean(source)  # lxml stumbles over surrogates and control characters
    if source.count("<") > MAX_TAGS:
        problem = f"more than {MAX_TAGS:,} tags; read without the structure of the HTML"
        return Text(_lines(_without_structure(source)), problems=(problem,))

    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    try:
        # A page that begins with <html> is not suspected, and warned of, as XML or a file name.
        # Without multi-valued attributes a class is one string, and parsing is faster.
        soup = BeautifulSoup("<html>" + source, "lxml", multi_valued_attributes=None)
    except ParserRejectedMarkup:
        problem = "broken HTML; read without its structure"
        return Text(_lines(_without_structure(source)), problems=(problem,))
    text, heading = _walk(soup.contents)
    return Text(_lines(text), heading, removed_controls(text) if "&#" in source else ())


def _walk(contents: list[Any]) -> tuple[str, str]:
    """Collect text with `_BREAK` at the ends of lines, and the first heading or else the title.

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
                add(child.replace("\n", _BREAK) if preformatted else child)
            elif kind is Tag:
                name = child.name
                if name in _LINES or name == "br":
                    add(_BREAK)
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
                add(_BREAK)
                if parent == "li":
                    number = ""
                elif parent == "pre":
                    preformatted -= 1
                elif parent in _HEADINGS and not heading:
                    heading = one_line("".join(pieces[heading_start:]))
            elif parent in _CELLS:
                add(_GAP)
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
        or ("style" in attributes and bool(_UNSEEN_STYLE.search(attributes["style"])))
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
                pieces.append(_BREAK)
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


# -- Markdown and typed text -------------------------------------------------------------------

# "[注]: 文字" is text; CommonMark would take it for the address of a link and drop it.
_FALSE_REFERENCE = re.compile(rf"^( {{0,3}}\[[^\]\n]*\]):(?=[ \t]*[{_WIDE}])", re.MULTILINE)
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


_WRAPPED = range(40, 121)  # columns of text that was wrapped by hand or by a program
_FULL = 0.8  # of the longest line's columns, from which a line may go on in the next


def typed_to_text(source: str) -> Text:
    r"""Read typed text: a line is a paragraph, unless the text was wrapped to some width.

    >>> typed_to_text("　　拜登说\n　　普京说").text
    '拜登说\n普京说'
    """
    lines = source.split("\n")
    longest = max(map(_columns, sorted(lines, key=len)[-_LONG_LINES:]))
    if longest not in _WRAPPED:
        return Text(_lines(_BREAK.join(lines)))
    pieces: list[str] = []
    for line in lines:
        if pieces and line[:1].isspace():
            pieces[-1] = _BREAK  # an indented line begins a paragraph
        # A character takes two columns at most, so most short lines need not be measured.
        may_go_on = 2 * len(line) >= longest * _FULL and _columns(line) >= longest * _FULL
        pieces += (line, "\n" if may_go_on else _BREAK)
    return Text(_lines("".join(pieces)))


_LONG_LINES = 100  # lines among which the one with the most columns is looked for


def _columns(line: str) -> int:
    return len(line.rstrip().encode("gb18030", "replace"))

"""The headline of a saved page, and the line in which it stands.

The title of a page holds its headline and names of the site and its parts: `央行降准_财经_某某网`.
What of it is the headline, the page itself shows: it has a heading or a line that says just that.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from searcher.ingest.fields import read_title
from searcher.ingest.plain_text import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HEADINGS = ("h1", "h2", "h3")
_SEPARATOR = re.compile(r"\s*(?:[_|｜–—»]+|--+|::|(?<=\s)[-·](?=\s))\s*|\s*-\s*|\s+")
_STRONG_SEPARATOR = re.compile(r"\s*(?:[_|｜–—»]+|--+|::|(?<=\s)[-·](?=\s))\s*")
_SITE_NAME = re.compile(
    r"\s*-\s*[^-\d]{0,12}(?:网|網|新闻|新聞|频道|频道|日报|晚报|時報|在线|[Nn]ews|\.com|\.cn|\.NET)$"
)
_MAX_PARTS = 12  # of a title
_MAX_TITLE = 300  # characters
_MIN_LINE = 5  # characters of a line that is a headline
_DATE = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d\d?\s?[-/.月]\s?\d\d?")
_BREADCRUMBS = re.compile(r"[>»›]|首页|首頁|当前位置|目前位置|您所在")


def find_title(tree: "HtmlElement", lines: list[str], declared: list[str]) -> tuple[str, int]:
    """Find the headline of a page.

    Args:
        tree: the page.
        lines: the visible text of the whole page.
        declared: what the head of the page says its title is.

    Returns:
        The headline, empty where there is none, and the number of the line that has it, or -1.
    """
    page_title = _page_title(tree)
    headings = list(_headings(tree))
    places = {_squeezed(line): number for number, line in reversed(list(enumerate(lines)))}
    title = (
        _heading_of_title(page_title, headings)
        or _line_of_title(page_title, places)
        or next((heading for heading in headings if heading in declared), "")
        or next((read_title(title) for title in declared if read_title(title)), "")
        or _line_above_date(page_title, lines)
        or _without_site(page_title)
        or next(iter(headings), "")
    )
    return title[:_MAX_TITLE], places.get(_squeezed(title), -1)


def _page_title(tree: "HtmlElement") -> str:
    for element in tree.iter("title"):
        title = one_line(element.text_content())
        if title:
            return title
    return ""


def _headings(tree: "HtmlElement") -> Iterator[str]:
    for name in _HEADINGS:
        for element in tree.iter(name):
            heading = one_line(element.text_content())
            if heading:
                yield heading


def _squeezed(text: str) -> str:
    """A text without white space, by which headlines are compared."""
    return "".join(text.split())


def _heading_of_title(title: str, headings: list[str]) -> str:
    """The longest heading with which the title of the page begins."""
    whole = _squeezed(title)
    best = ""
    for heading in headings:
        beginning = _squeezed(heading)
        if not whole.startswith(beginning) or len(heading) <= len(best):
            continue
        rest = whole[len(beginning) :]
        if not rest or not rest[0].isalnum() or heading + " " in title:
            best = heading
    return best


def _line_of_title(title: str, places: dict[str, int]) -> str:
    """The longest part of the title, of one piece or several, that is a line of the page."""
    cuts = [(0, 0), *((cut.start(), cut.end()) for cut in _SEPARATOR.finditer(title))][:_MAX_PARTS]
    starts = [end for _, end in cuts]
    ends = [start for start, _ in cuts[1:]] + [len(title)]
    best = ""
    for start in starts:
        for end in ends:
            part = title[start:end].strip()
            if len(part) > len(best) and len(part) >= _MIN_LINE and _squeezed(part) in places:
                best = part
    # A short part is the name of the site, unless it is what the title begins with.
    return best if 2 * len(best) >= len(title) or title.startswith(best) else ""


def _line_above_date(title: str, lines: list[str]) -> str:
    """The line above the first date, where the title of the page names its section only."""
    if len(_without_site(title)) > _SECTION:
        return ""
    for number, line in enumerate(lines[1:], 1):
        if _DATE.search(line):
            above = lines[number - 1]
            is_headline = len(above) > _MIN_LINE and not _BREADCRUMBS.search(above)
            return above if is_headline and len(above) <= _MAX_TITLE else ""
    return ""


_SECTION = 6  # characters; what is longer is no name of a section


def _without_site(title: str) -> str:
    """The title without the names of the site behind it."""
    first = _STRONG_SEPARATOR.split(title, maxsplit=1)[0].strip()
    return _SITE_NAME.sub("", first or title).strip()

"""The headline of a saved page, and the line in which it stands.

The title of a page holds its headline and names of the site and its parts: `央行降准_财经_某某网`.
What of it is the headline, the page itself shows: it has a heading or a line that says just that.
"""

import re
from collections.abc import Iterator
from operator import itemgetter
from typing import TYPE_CHECKING

from searcher.ingest.fields import read_title
from searcher.ingest.plain_text import one_line
from searcher.lazy_pattern import compile_late

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SEPARATOR = compile_late(r"\s*(?:[_|｜–—»]+|--+|::|(?<=\s)[-·](?=\s))\s*|\s*-\s*|\s+")
_STRONG_SEPARATOR = compile_late(r"\s*(?:[_|｜–—»]+|--+|::|(?<=\s)[-·](?=\s))\s*")
_SITE_NAME = compile_late(
    r"\s*-\s*[^-\d]{0,12}(?:网|網|新闻|新聞|频道|频道|日报|晚报|時報|在线|[Nn]ews|\.com|\.cn|\.NET)$"
)
_MAX_PARTS = 12  # of a title
_MAX_TITLE = 300  # characters
_MIN_LINE = 5  # characters of a line that is a headline
_LONG_LINE = 30  # characters; such lines are text
_HIGH = 10  # the rank of h2
_SECTION = 6  # characters; what is longer is no name of a section
_DATE = compile_late(r"(?:19|20)\d\d\s?[-/.年]\s?\d\d?\s?[-/.月]\s?\d\d?")
_BREADCRUMBS = compile_late(r"[>»›]|首页|首頁|当前位置|目前位置|您所在")


def find_title(
    tree: "HtmlElement", lines: list[str], article: list[str], declared: list[str]
) -> tuple[str, int]:
    """Find the headline of a page.

    Args:
        tree: the page.
        lines: the visible text of the whole page.
        article: the lines of the article itself.
        declared: what the head of the page says its title is.

    Returns:
        The headline, empty where there is none, and the number of the line that has it, or -1.
    """
    page_title = _page_title(tree)
    headings = {_squeezed(heading): rank for heading, rank in reversed(list(_headings(tree)))}
    places = {_squeezed(line): number for number, line in reversed(list(enumerate(lines)))}
    titles = [_without_site(read_title(title)) for title in declared]
    on_page = _part_on_page(page_title, headings, places)
    title = on_page or _without_site(page_title)
    others: list[str] = []
    if not on_page or len(title) <= _SECTION:
        others += titles
    if len(title) <= _SECTION:  # the name of a section or site, or a short headline
        others.append(_heading_above(lines, article, headings))
        if not headings.get(_squeezed(title)):
            others.append(_line_above_date(lines))
    least = len(title) if len(title) <= _SECTION else 0
    title = next((other for other in others if len(other) > least), title)
    if not title:
        title = max(_headings(tree), key=itemgetter(1), default=("", 0))[0]
    return title[:_MAX_TITLE], places.get(_squeezed(title), -1)


def _page_title(tree: "HtmlElement") -> str:
    for element in tree.iter("title"):
        title = one_line(element.text_content())
        if title:
            return title
    return ""


def _headings(tree: "HtmlElement") -> Iterator[tuple[str, int]]:
    """The headings of a page, and how surely each is a headline: more for h1, nothing for logos."""
    for rank, name in zip((12, 10, 8), ("h1", "h2", "h3"), strict=True):
        for element in tree.iter(name):
            heading = one_line(element.text_content())
            if heading:
                yield heading, 0 if _is_logo(element) else rank


def _is_logo(element: "HtmlElement") -> bool:
    """Say whether a heading is the name of the site: by its class, or as a link to its home."""
    around = (element, element.getparent())
    names = " ".join(
        f"{each.get('class', '')} {each.get('id', '')}" for each in around if each is not None
    )
    links = [link.get("href", "") for link in element.iter("a")]
    return bool(_LOGO.search(names)) or any(_HOME.fullmatch(link) for link in links)


_LOGO = compile_late(r"\b(?:logo|brand|site-?(?:name|title))", re.IGNORECASE)
_HOME = compile_late(r"/|\./|index\.html?|https?://[^/]+/?", re.IGNORECASE)
_FIRST = 5  # what it counts for a part of the title that it is the first one, in characters


def _squeezed(text: str) -> str:
    """A text without white space, by which headlines are compared."""
    return "".join(text.split())


def _part_on_page(title: str, headings: dict[str, int], places: dict[str, int]) -> str:
    """The part of the title, of one piece or several, that is a heading or a line of the page.

    Of several, the longest is taken, where it counts like more characters to be a heading, or to
    stand at the beginning: a page's title names the site at its end.
    """
    cuts = [(0, 0), *((cut.start(), cut.end()) for cut in _SEPARATOR.finditer(title))][:_MAX_PARTS]
    starts = [end for _, end in cuts]
    ends = [start for start, _ in cuts[1:]] + [len(title)]
    best = ""
    best_score = 0
    for start in starts:
        for end in ends:
            part = title[start:end].strip()
            squeezed = _squeezed(part)
            is_line = squeezed in places and len(part) >= _MIN_LINE
            is_logo = headings.get(squeezed) == 0
            if end <= start or is_logo or not (squeezed in headings or is_line):
                continue
            score = len(part) + headings.get(squeezed, 0) + (_FIRST if start == 0 else 0)
            if score > best_score:
                best, best_score = part, score
    # A part behind a longer one is the name of the site.
    rest = "".join(_SEPARATOR.split(title.replace(best, "", 1)))
    return "" if not title.startswith(best) and len(rest) > len(best) else best


def _heading_above(lines: list[str], article: list[str], headings: dict[str, int]) -> str:
    """The last heading above the first long line of the article."""
    first = next((line for line in article if len(line) > _LONG_LINE), "")
    if first not in lines:
        return ""
    above = lines[: lines.index(first)]
    for line in reversed(above):
        if headings.get(_squeezed(line), 0) >= _HIGH and not _BREADCRUMBS.search(line):
            return line
    return ""


def _line_above_date(lines: list[str]) -> str:
    """The line above the first date."""
    for number, line in enumerate(lines[1:], 1):
        if _DATE.search(line):
            above = lines[number - 1]
            is_headline = len(above) > _MIN_LINE and not _BREADCRUMBS.search(above)
            return above if is_headline and len(above) <= _MAX_TITLE else ""
    return ""


def _without_site(title: str) -> str:
    """The title without the names of the site behind it."""
    first = _STRONG_SEPARATOR.split(title, maxsplit=1)[0].strip()
    return _SITE_NAME.sub("", first or title).strip()

"""The title, date and names of a saved page: from its head, and from the lines at its headline."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from searcher.ingest.fields import Fields, host_of, read_name, read_title, read_url
from searcher.ingest.page_title import find_title
from searcher.ingest.path_dates import date_of_path
from searcher.ingest.plain_text import one_line
from searcher.ingest.timestamps import parse_timestamp
from searcher.lazy_pattern import compile_late

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_LINKED_DATA = 200_000  # characters of JSON-LD that are read
_MAX_SCRIPT = 200_000  # characters of a script in which values are looked for
_LINES_BELOW = 12  # the headline, in which its date and names stand
_LINES_ABOVE = 2
_SHORT_LINE = 30  # characters; longer lines are of the article itself
_TAIL = 4  # lines at the end of the article that may name its source


def read_page_fields(tree: "HtmlElement", lines: list[str], article: list[str]) -> Fields:
    """Find title, date, names and address of the article on a page.

    Args:
        tree: the page.
        lines: the visible text of the whole page.
        article: the lines of the article itself.
    """
    meta = _meta_values(tree)
    linked = list(_linked_data(tree))
    declared = [*_values(meta, _TITLE_KEYS), *_linked(linked, "headline")]
    title, at = find_title(tree, lines, article, declared)
    near = _near(lines, at, article)
    scripts = [script.text or "" for script in tree.iter("script")]
    url = _url(tree, meta)
    date = _date(tree, meta, linked, near, lines, scripts, url)
    site = one_line(" ".join(element.text_content() for element in tree.iter("title")))
    author, source = _names(meta, linked, near, lines, article, scripts, site.removeprefix(title))
    return Fields(title, date, author, source or author or host_of(url), (), url)


# -- the head ------------------------------------------------------------------------------------

_TITLE_KEYS = compile_late(r"(?:og|twitter|dc|parsely|sailthru)[:.-]title|article-?title|headline")
_DATE_KEYS = compile_late(
    r".*(?:publi(?:sh|c)(?:ed)?[_:.-]?(?:time|date|at|on)|pub[_:.-]?(?:time|date)|date[_:.-]?publi.*"
    r"|create[d_:.-]*(?:at|time|date)|release[_:.-]?(?:time|date)|issued)"
    r"|(?:og:|dc[.:]|article:|weibo:.*:)?(?:date|time)|dc[.:]date.*"
)
_SOURCE_KEYS = compile_late(r"(?:content|article|news|og:|dc[.:])?[_-]?source(?:name)?|mediaid")
_AUTHOR_KEYS = compile_late(
    r"(?:article:|og:|dc[.:]|parsely-|twitter:)?(?:author|creator)(?:[_-]?name)?"
)


def _meta_values(tree: "HtmlElement") -> list[tuple[str, str]]:
    """The names of meta elements, in lower case, and their contents."""
    found = []
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = one_line(element.get("content") or "")
        if name and content:
            found.append((name.strip().lower(), content))
    return found


def _values(meta: list[tuple[str, str]], keys: re.Pattern[str]) -> list[str]:
    return [content for name, content in meta if keys.fullmatch(name)]


def _linked_data(tree: "HtmlElement") -> Iterator[dict[str, Any]]:
    """The objects in the JSON-LD of a page that say something of an article."""
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" not in script.get("type", "") or len(text) > _MAX_LINKED_DATA:
            continue
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        found = data if isinstance(data, list) else [data]
        for each in found:
            if isinstance(each, dict):
                graph = each.get("@graph")
                inner = graph if isinstance(graph, list) else []
                yield from (item for item in (each, *inner) if isinstance(item, dict))


def _linked(linked: list[dict[str, Any]], *keys: str) -> list[str]:
    """The values of these keys as text; of a person or company, the name."""
    found = []
    for data in linked:
        for key in keys:
            value = data.get(key)
            found.append(read_name(value))
    return [value for value in found if value]


def _url(tree: "HtmlElement", meta: list[tuple[str, str]]) -> str:
    """The address of the page, as it says itself or as the browser that saved it wrote."""
    for link in tree.iter("link"):
        if link.get("rel") == "canonical" and read_url(link.get("href")):
            return read_url(link.get("href"))
    for value in _values(meta, re.compile("og:url")):
        if read_url(value):
            return read_url(value)
    from lxml import etree

    root = tree.getroottree().getroot()
    comments = [*root.itersiblings(etree.Comment, preceding=True), *root.iter(etree.Comment)][:20]
    for comment in comments:
        saved = re.match(
            r"\s*(?:saved from url=\(\d+\))?(https?://[^\s<>]+)\s*$", comment.text or ""
        )
        if saved:
            return read_url(saved.group(1).removesuffix("-"))
    return ""


# -- the lines at the headline -------------------------------------------------------------------


def _near(lines: list[str], at: int, article: list[str]) -> list[str]:
    """The lines in which date and names stand: below the headline and above the article."""
    if at < 0:
        return []
    long_lines = (line for line in article if len(line) > _SHORT_LINE)
    first_of_article = next((line for line in long_lines if not _WRITTEN_DATE.search(line)), "")
    below = []
    for line in lines[at + 1 : at + 1 + _LINES_BELOW]:
        if line == first_of_article:
            break
        below.append(line)
    return [*below, *lines[max(0, at - _LINES_ABOVE) : at]]


_WRITTEN_DATE = compile_late(
    r"(?<!\d)(?:19|20)\d\d(?:\s?[-/.]\s?\d\d?\s?[-/.]\s?\d\d?|\s?年\s?\d\d?\s?月\s?\d\d?\s?日)"
    r"(?:[\sT　]*(?:上午|下午)?\d\d?[:：]\d\d(?:[:：]\d\d)?)?(?!\d)"
)
_LABELLED_DATE = compile_late(
    rf"(?:发布|發布|发表|發表|发稿|刊登|日期|时间|時間)[^\d\n]{{0,8}}({_WRITTEN_DATE.pattern})"
)
_SCRIPT_DATE = compile_late(
    r"""\b(?:pub_?time|pub_?date|publish(?:ed)?_?(?:time|date|at)|news_?time|ptime|datePublished"""
    r"""|create_?(?:time|date)|ct)["']?\s{0,5}[:=]\s{0,5}["']([^"'\n]{8,40})["']""",
    re.IGNORECASE,
)


def _date(
    tree: "HtmlElement",
    meta: list[tuple[str, str]],
    linked: list[dict[str, Any]],
    near: list[str],
    lines: list[str],
    scripts: list[str],
    url: str,
) -> datetime | None:
    """The date of the article: the first that is found, from the surest place on."""
    text = "\n".join(lines)
    labelled = (match.group(1) for match in _LABELLED_DATE.finditer(text))
    places: tuple[Iterator[str], ...] = (
        iter(_values(meta, _DATE_KEYS)),
        iter(_linked(linked, "datePublished", "pubDate", "dateCreated", "uploadDate")),
        (match.group() for line in near for match in _WRITTEN_DATE.finditer(line)),
        iter(_time_elements(tree)),
        labelled,
        (match.group(1) for script in scripts for match in _script_dates(script)),
    )
    for place in places:
        for written in place:
            date = parse_timestamp(written) or parse_timestamp(written[:10])
            if date is not None:
                return date
    return date_of_path(re.sub(r"^https?://[^/]*", "", url))


def _time_elements(tree: "HtmlElement") -> list[str]:
    """The times of a page, those that say they are of the publication first."""
    surely = []
    perhaps = []
    for element in tree.iter("time"):
        written = element.get("datetime") or element.text_content()
        around = {each.tag for each in element.iterancestors()}
        if "datePublished" in element.get("itemprop", "") or "pubdate" in element.attrib:
            surely.append(written)
        elif not around & {"nav", "aside", "footer"} and (
            "header" not in around or "article" in around
        ):
            perhaps.append(written)
    return surely + perhaps


def _script_dates(script: str) -> Iterator[re.Match[str]]:
    return _SCRIPT_DATE.finditer(script[:_MAX_SCRIPT])


# -- names ---------------------------------------------------------------------------------------

_NAME = r"[^\s|｜,，;；:：()（）\[\]【】<>《》»\"'“”]{2,20}?"
_NAME_ENDS = (
    r"(?=$|[\s|｜,，;；:：()（）\[\]【】<>《》»\"'“”]|作者|记者|記者|编辑|編輯|责任|責任|责编"
    r"|发布|發布|时间|時間|来源|來源|浏览|点击|点擊|阅读|字号|字體|举报|舉報|分享|打印|评论|評論|收藏|关注|\d{4}[-年/])"
)
_LABELS = "责任|責任|责编|编辑|編輯|来源|來源|时间|時間|发布|發布|摄影|通讯员|校对|审核|分享|字号"
_SOURCE = compile_late(rf"(?:来源|來源|稿源|出处|出處)\s?[:：]?\s?({_NAME}){_NAME_ENDS}")
_SOURCE_WITH_COLON = compile_late(rf"(?:来源|來源|稿源|出处|出處)\s?[:：]\s?({_NAME}){_NAME_ENDS}")
_AUTHOR = compile_late(
    rf"(?:作者|撰文|文/|记者|記者) ?[:：]? ?({_NAME}(?: (?!{_LABELS}){_NAME})?){_NAME_ENDS}"
)
_SLASHED = compile_late(r"([^\s/\d]{2,10})/([^\s/\d]{2,15})")
_SCRIPT_SOURCE = compile_late(
    r"""["'](?:source|media|mediaName|source_?name)["']\s{0,5}[:=]\s{0,5}["']([^"'\n<>/\\]{2,20})["']"""
)
_ONLY_DIGITS = compile_late(r"[\d\W]*")
_NO_NAME = compile_late(
    r"分享|评论|評論|字号|字體|打印|收藏|举报|舉報|微信|微博|关注|點擊|点击|阅读|浏览|首页|正文|登录|扫描|下载|日期|时间|時間|发布|發布"
    r"|[>»=_：:。！？]|^\W*$"
)


def _names(
    meta: list[tuple[str, str]],
    linked: list[dict[str, Any]],
    near: list[str],
    lines: list[str],
    article: list[str],
    scripts: list[str],
    site: str,
) -> tuple[str, str]:
    """The author and the source of the article."""
    beside = "\n".join(near)
    tail = "\n".join(article[-_TAIL:])
    labelled_authors = [match.group(1) for match in _AUTHOR.finditer(beside)]
    # Many pages give the name of the site for the author of each article.
    meta_authors = [name for name in _values(meta, _AUTHOR_KEYS) if not site or name not in site]
    sources = [match.group(1) for match in _SOURCE.finditer(beside)]
    meta_sources = [_without_label(value) for value in _values(meta, _SOURCE_KEYS)]
    author = _first_name(labelled_authors, meta_authors, _linked(linked, "author"))
    source = _first_name(
        sources,
        meta_sources,
        [match.group(1) for match in _SOURCE_WITH_COLON.finditer(tail)],
        [match.group(1) for match in _SOURCE_WITH_COLON.finditer("\n".join(lines))],
        [match.group(1) for script in scripts for match in _script_sources(script)],
    )
    if not author and not source:
        author, source = _unlabelled(near)
    if not source:
        source = _first_name(_linked(linked, "publisher"), _values(meta, _SITE_KEYS))
    return author, source


_SITE_KEYS = compile_late(r"og:site_?name|site_?name|application-name")


def _script_sources(script: str) -> Iterator[re.Match[str]]:
    return _SCRIPT_SOURCE.finditer(script[:_MAX_SCRIPT])


def _first_name(*places: list[str]) -> str:
    for place in places:
        for name in place:
            found = read_title(name).strip(" -·|/")
            if 2 <= len(found) <= 30 and not _ONLY_DIGITS.fullmatch(found) and not read_url(found):
                return found
    return ""


def _without_label(value: str) -> str:
    """`来源：人民网 原创稿` as `人民网`."""
    labelled = _SOURCE.match(value)
    return labelled.group(1) if labelled else value


def _unlabelled(near: list[str]) -> tuple[str, str]:
    """Names that stand beside the date without a word that says what they are."""
    for index, line in enumerate(near):
        slashed = _SLASHED.fullmatch(line)
        if slashed:
            return slashed.group(1), slashed.group(2)
        date = _WRITTEN_DATE.search(line)
        if date is None:
            continue
        rest = (line[: date.start()] + " " + line[date.end() :]).strip(" ·|-/[]")
        beside = [rest, *near[max(0, index - 1) : index], *near[index + 1 : index + 3]]
        for name in beside:
            name = re.sub(r"[\[(（【].*", "", name).strip(" ·|-/")
            if 2 <= len(name) <= 15 and not _NO_NAME.search(name) and not re.search(r"\d", name):
                return "", name
    return "", ""

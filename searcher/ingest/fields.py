"""The fields of an article from the values that a post, page or record gives them."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from searcher.ingest.html import unescape
from searcher.ingest.plain_text import one_line, removed_controls
from searcher.ingest.timestamps import parse_timestamp
from searcher.lazy_pattern import compile_late

# The names that values usually have, in lower case, the best one first.
TITLE_KEYS = ("title", "headline", "标题", "標題", "题目", "題目", "subject")
BODY_KEYS = (
    "body", "content", "content_html", "content:encoded", "正文", "内容", "內容", "text",
    "content_text", "html", "article", "fulltext", "description", "summary", "摘要",
)  # fmt: skip
DATE_KEYS = (
    "date", "published", "publishdate", "pubdate", "date_published", "datepublished",
    "published_at", "published_time", "publish_date", "publish_time", "publishtime", "pub_date",
    "发布时间", "發布時間", "时间", "時間", "日期", "发布日期", "time", "datetime", "timestamp",
    "created", "created_at", "updated", "last_updated", "updated_at", "lastmod", "modified",
    "date_modified",
)  # fmt: skip
AUTHOR_KEYS = ("author", "authors", "creator", "dc:creator", "作者", "记者", "記者", "byline")
SOURCE_KEYS = ("source", "来源", "來源", "publisher", "site", "媒体", "媒體")
CATEGORY_KEYS = ("categories", "category", "tags", "分类", "分類", "标签", "標籤", "keywords")
URL_KEYS = ("link", "url", "from", "链接", "連結", "网址", "網址", "permalink", "external_url")
ID_KEYS = ("id", "guid", "_id", "uuid", "编号", "編號")

MAX_CATEGORIES = 100
_MAX_DEPTH = 20  # of lists and mappings
_MAX_QUOTED = 40  # characters of a value that a problem quotes

_INLINE_TAG = compile_late(
    r"</?(?:a|b|br|em|font|i|mark|p|span|strong|sub|sup|u)\b[^<>]*>", re.IGNORECASE
)
_COMMAS = compile_late("[,，]")
_WEB_ADDRESS = compile_late(r"https?://[^\s/]", re.IGNORECASE)


class Fields(NamedTuple):
    """The fields of an article; `title` is empty and `date` is None where there is none."""

    title: str
    date: datetime | None
    author: str
    source: str
    categories: tuple[str, ...]
    url: str
    problems: tuple[str, ...] = ()


def read_fields(values: Mapping[str, Any]) -> Fields:
    """Read the fields of an article from values by their usual names.

    Args:
        values: strings, and lists and mappings of strings; keys in lower case.

    >>> read_fields({"title": "A &amp; B", "tags": ["国际"]}).title
    'A & B'
    """
    problems: list[str] = []
    written = first_value(values, TITLE_KEYS)
    title = read_title(written) if isinstance(written, str) else ""
    if isinstance(written, str):
        problems += removed_controls(written)
    if "title" in values and not title:
        problems.append("title is empty")
    categories = list(dict.fromkeys(_categories(values)))
    if len(categories) > MAX_CATEGORIES:
        problems.append(f"more than {MAX_CATEGORIES} categories; the rest left out")
    author = _first_name(values, AUTHOR_KEYS)
    url = next(filter(None, (read_url(values[key]) for key in URL_KEYS if key in values)), "")
    moment, date_problems = _date(values)
    return Fields(
        title=title,
        date=moment,
        author=author,
        source=_first_name(values, SOURCE_KEYS) or author or host_of(url),
        categories=tuple(categories[:MAX_CATEGORIES]),
        url=url,
        problems=(*problems, *date_problems),
    )


def as_strings(value: Any, depth: int = 0) -> Any:
    """Write the numbers in a value as strings, and keys in lower case.

    Raises:
        ValueError: lists and mappings are nested too deeply.

    >>> as_strings({"Date": 1638671863, "tags": ["一"], "draft": False, "x": None})
    {'date': '1638671863', 'tags': ['一'], 'draft': 'false', 'x': ''}
    """
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        return {
            str(key).strip().lower(): as_strings(item, depth + 1) for key, item in value.items()
        }
    if isinstance(value, list):
        return [as_strings(item, depth + 1) for item in value]
    if value is None or isinstance(value, time):
        return ""
    if isinstance(value, str | date):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def first_value(values: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    """The value of the first of these keys that has one, or None."""
    for key in keys:
        value = values.get(key)
        if value:
            return value
    return None


def read_title(written: str) -> str:
    """One line without the tags, character references and CDATA marks of feeds.

    >>> read_title("<![CDATA[央行<b>降准</b>]]>")
    '央行降准'
    """
    title = (
        written.replace("<![CDATA[", "").replace("]]>", "") if "<![CDATA[" in written else written
    )
    # Feeds escape twice: the tags for HTML, and the HTML for XML.
    for _ in range(2):
        if "<" in title:
            title = _INLINE_TAG.sub("", title)
        title = unescape(title)
    if "<" in title and "&lt;" in written:
        title = _INLINE_TAG.sub("", title)
    return one_line(title)


def read_url(value: Any) -> str:
    """The value if it is a web address, else an empty string."""
    text = one_line(value) if isinstance(value, str) else ""
    return text if _WEB_ADDRESS.match(text) and " " not in text else ""


def read_name(value: Any) -> str:
    """The name or names in a value, joined with "、"."""
    if isinstance(value, str):
        return one_line(unescape(value))
    names = (one_line(unescape(name)) for name in _strings(value))
    return "、".join(filter(None, names))


def _first_name(values: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = values.get(key)
        if value and (name := read_name(value)):
            return name
    return ""


def _date(values: Mapping[str, Any]) -> tuple[datetime | None, list[str]]:
    problems: list[str] = []
    empty = False
    for key in DATE_KEYS:
        if key not in values:
            continue
        value = values[key]
        if not value:
            empty = True
            continue
        moment = parse_timestamp(value)
        if moment is not None:
            return moment, problems
        problems.append(f"{key} not understood: {_quoted(value)}")
    if empty and not problems:
        problems.append(DATE_IS_EMPTY)
    return None, problems


DATE_IS_EMPTY = "date is empty"


def _quoted(value: Any) -> str:
    text = one_line(value) if isinstance(value, str) else "a list"
    return repr(text if len(text) <= _MAX_QUOTED else text[:_MAX_QUOTED] + "…")


def _categories(values: Mapping[str, Any]) -> Iterator[str]:
    for key in CATEGORY_KEYS:
        value = values.get(key)
        if not value:
            continue
        for names in _strings(value):
            for name in _COMMAS.split(_without_brackets(names)):
                category = one_line(unescape(name))
                if category:
                    yield category


def _without_brackets(names: str) -> str:
    """Take off the brackets of a list that could not be read as one: `[#双减, 经济]`."""
    names = names.strip()
    if names.startswith("[") and names.endswith("]"):
        return names[1:-1]
    return names


def _strings(value: Any) -> Iterator[str]:
    """Give the strings in a value, however they are listed; whoever read them bounds the depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        yield from _strings(value.get("name"))


def host_of(url: str) -> str:
    """The name of the machine in a web address, empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""

"""From the bytes of a file to an article: decoding, front matter, text, fields."""

import os
import posixpath
import re
import stat
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from searcher.article import Article, make_id
from searcher.errors import ArticleError
from searcher.ingest.decoding import MAX_BYTES, decode
from searcher.ingest.front_matter import split_front_matter
from searcher.ingest.markup import (
    Text,
    clean,
    html_to_text,
    markdown_to_text,
    one_line,
    removed_controls,
    typed_to_text,
    unescape,
)
from searcher.ingest.timestamps import parse_timestamp

# Dialects of front matter, the usual key first.
_DATE_KEYS = ("date", "published", "publishdate", "pubdate", "created", "updated", "last_updated")
_AUTHOR_KEYS = ("author", "authors", "creator")
_CATEGORY_KEYS = ("categories", "category", "tags")
_URL_KEYS = ("link", "url", "from")

_LONGEST_HEADING = 300  # characters of a heading that stands in for the title
_MAX_CATEGORIES = 100
_MAX_QUOTED = 40  # characters of a value that a problem quotes


def read_article(path: str | Path, *, root: str | Path | None = None) -> Article:
    """Read an article from a file (.md .markdown .html .htm .txt).

    Args:
        path: the file.
        root: the folder that `Article.path` is relative to; the file's own folder by default.

    Raises:
        ArticleError: the file is missing, unreadable, too large, binary or undecodable. What is
            merely odd becomes an entry of `Article.problems`.

    >>> read_article("corpus/2021/call.md", root="corpus").path  # doctest: +SKIP
    '2021/call.md'
    """
    try:
        path = Path(path)
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ArticleError("not a file that can be read; give a text file")
        if status.st_size > MAX_BYTES:
            raise ArticleError(f"larger than {MAX_BYTES // 2**20} MB; split the file")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ArticleError(f"cannot be read: {reason}") from error
    relative = os.path.relpath(path, root) if root is not None else path.name
    return parse_article(data, relative.replace(os.sep, "/"))


def parse_article(data: bytes, path: str) -> Article:
    r"""Make an article of the bytes of a file; the file system is not touched.

    Args:
        data: the whole file.
        path: POSIX path relative to the corpus; its ending says how to read the text, its stem
            is the title where there is no other, and the id is made from it.

    Raises:
        ArticleError: the bytes are binary or undecodable.

    >>> parse_article("# 普京\n\n莫斯科".encode(), "a/b.md").title
    '普京'
    """
    text, _, decoding_problems = decode(data)
    problems = list(decoding_problems)
    cleaned = clean(text)
    if cleaned != text:
        problems += removed_controls(text)
    text = cleaned.replace("\r\n", "\n").replace("\r", "\n")
    values, body, front_matter_problems = split_front_matter(text)
    problems += front_matter_problems

    stem, suffix = posixpath.splitext(posixpath.basename(path))
    content = _read_body(body, suffix.lower())
    problems += content.problems
    title = _title(values.get("title", ""))
    problems += removed_controls(values.get("title", ""))
    if "title" in values and not title:
        problems.append("title is empty")
    title = title or content.heading[:_LONGEST_HEADING] or one_line(stem) or "?"
    body = _without_title(content.text, title)
    if not body:
        problems.append("no text below the title")
    date, date_problems = _date(values)
    categories = list(dict.fromkeys(_categories(values)))
    if len(categories) > _MAX_CATEGORIES:
        problems.append(f"more than {_MAX_CATEGORIES} categories; the rest left out")
    author = next(filter(None, (_name(values.get(key)) for key in _AUTHOR_KEYS)), "")
    url = next(filter(None, (_url(values.get(key)) for key in _URL_KEYS)), "")
    return Article(
        id=make_id(path),
        path=path,
        title=title,
        body=body,
        date=date,
        author=author,
        source=_name(values.get("source")) or author or _host(url),
        categories=tuple(categories[:_MAX_CATEGORIES]),
        url=url,
        problems=tuple(dict.fromkeys((*problems, *date_problems))),
    )


# -- the text ----------------------------------------------------------------------------------

_STARTS_WITH_TAG = re.compile(
    r"(?:\s*<!--(?:(?!-->).)*-->)*\s*<(?:!doctype\b|[a-z][a-z0-9-]*[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN_PARAGRAPH = re.compile(r"\n[^\S\n]*\n[^\S\n]*[^\s<]")


def _read_body(body: str, suffix: str) -> Text:
    if suffix == ".txt":
        return typed_to_text(body)
    if suffix in (".html", ".htm") or _is_html(body):
        return html_to_text(body)
    return markdown_to_text(body)


def _is_html(body: str) -> bool:
    """Say whether a Markdown file is HTML from its first tag to its last."""
    return (
        body.endswith(">")
        and _STARTS_WITH_TAG.match(body) is not None
        and _MARKDOWN_PARAGRAPH.search(body) is None
    )


_SITE_NAME = re.compile(r"(?:\s*[-–—|_·]\s.*)?")  # behind a headline: "标题 - 站名"


def _without_title(text: str, title: str) -> str:
    """Drop the first line where it says no more than the title."""
    first, _, rest = text.partition("\n")
    headline = first.rstrip(".…")
    if headline and title.startswith(headline) and _SITE_NAME.fullmatch(title, len(headline)):
        return rest
    return text


# -- the fields --------------------------------------------------------------------------------

_INLINE_TAG = re.compile(
    r"</?(?:a|b|br|em|font|i|mark|p|span|strong|sub|sup|u)\b[^<>]*>", re.IGNORECASE
)
_COMMAS = re.compile("[,，]")


def _title(value: str) -> str:
    if "<" in value:
        value = _INLINE_TAG.sub("", value)
    return one_line(unescape(value))


def _date(values: Mapping[str, Any]) -> tuple[datetime | None, list[str]]:
    problems: list[str] = []
    empty = False
    for key in _DATE_KEYS:
        if key not in values:
            continue
        if not (value := values[key]):
            empty = True
        elif (date := parse_timestamp(value)) is not None:
            return date, problems
        else:
            problems.append(f"{key} not understood: {_quoted(value)}")
    if empty and not problems:
        problems.append("date is empty")
    return None, problems


def _quoted(value: Any) -> str:
    text = one_line(value) if isinstance(value, str) else "a list"
    return repr(text if len(text) <= _MAX_QUOTED else text[:_MAX_QUOTED] + "…")


def _categories(values: Mapping[str, Any]) -> Iterator[str]:
    for key in _CATEGORY_KEYS:
        for name in _strings(values.get(key)):
            yield from filter(None, map(one_line, _COMMAS.split(name)))


def _strings(value: Any) -> Iterator[str]:
    """Give the strings in a value, however they are listed; the front matter bounds the depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        yield from _strings(value.get("name"))


def _name(value: Any) -> str:
    return "、".join(filter(None, map(one_line, _strings(value))))


def _url(value: Any) -> str:
    """Give the value if it is a web address."""
    text = one_line(value) if isinstance(value, str) else ""
    return text if re.match(r"https?://[^\s/]", text, re.IGNORECASE) and " " not in text else ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""

"""From the bytes of a file to an article: decoding, front matter, text, fields."""

import os
import posixpath
import re
import stat
from pathlib import Path

from searcher.article import Article, make_id
from searcher.errors import ArticleError
from searcher.ingest.decoding import MAX_BYTES, decode
from searcher.ingest.fields import DATE_IS_EMPTY, read_fields
from searcher.ingest.front_matter import split_front_matter
from searcher.ingest.html import html_to_text
from searcher.ingest.kinds import PAGE_ENDINGS, ending_of, stem_of
from searcher.ingest.markdown import markdown_to_text
from searcher.ingest.page import is_page, read_page
from searcher.ingest.path_dates import date_of_path
from searcher.ingest.plain_text import Text, clean, one_line, removed_controls, typed_to_text
from searcher.lazy_pattern import compile_late

_LONGEST_HEADING = 300  # characters of a heading that stands in for the title


def read_article(path: str | Path, *, root: str | Path | None = None) -> Article:
    """Read an article from a file: Markdown, HTML or typed text.

    Args:
        path: the file.
        root: the folder that `Article.path` is relative to; the file's own folder by default.

    Raises:
        ArticleError: the file is missing, unreadable, too large, binary or undecodable. What is
            merely odd becomes an entry of `Article.problems`.

    >>> read_article("corpus/2021/call.md", root="corpus").path  # doctest: +SKIP
    '2021/call.md'
    """
    name = os.fspath(path)
    return parse_article(read_file(name), _relative(name, root))


def read_file(name: str) -> bytes:
    """The bytes of a file that may be an article. Raises ArticleError, as read_article does."""
    try:
        status = os.stat(name)  # noqa: PTH116 - strings, as a Path for each file costs too much
        if not stat.S_ISREG(status.st_mode):
            raise ArticleError("not a file that can be read; give a text file")
        if status.st_size > MAX_BYTES:
            raise ArticleError(f"larger than {MAX_BYTES // 2**20} MB; split the file")
        with open(name, "rb") as file:  # noqa: PTH123 - as above
            return file.read()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ArticleError(f"cannot be read: {reason}") from error


def _relative(name: str, root: str | Path | None) -> str:
    """The path of a file below the root, as POSIX writes it."""
    if root is None:
        return os.path.basename(name)  # noqa: PTH119 - as in read_file
    # What os.path.relpath makes of a path that begins with the root, without asking the system.
    beginning = os.path.join(root, "")  # noqa: PTH118 - a Path drops the slash at the end
    relative = name.removeprefix(beginning)
    if relative != name and ".." not in relative:
        return relative.replace(os.sep, "/")
    return os.path.relpath(name, root).replace(os.sep, "/")


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

    name = posixpath.basename(path)
    ending = ending_of(name)
    page = None
    if not values and ending in (*PAGE_ENDINGS, "") and is_page(body):
        page = read_page(body)
    if page is not None:
        content, fields = page
    else:
        content = _read_body(body, ending, has_front_matter=bool(values))
        fields = read_fields(values)
    problems += (*content.problems, *fields.problems)
    title = fields.title or content.heading[:_LONGEST_HEADING] or one_line(stem_of(name)) or "?"
    body = _without_title(content.text, title)
    if not body:
        problems.append("no text below the title")
    date = fields.date
    if date is None:
        date = date_of_path(path)
        if date is not None and DATE_IS_EMPTY in problems:
            problems.remove(DATE_IS_EMPTY)
    return Article(
        id=make_id(path),
        path=path,
        title=title,
        body=body,
        date=date,
        author=fields.author,
        source=fields.source,
        categories=fields.categories,
        url=fields.url,
        problems=tuple(dict.fromkeys(problems)),
    )


# -- the text ----------------------------------------------------------------------------------

_STARTS_WITH_TAG = compile_late(
    r"(?:\s*<!--(?:(?!-->).)*-->)*\s*<(?:!doctype\b|[a-z][a-z0-9-]*[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN_PARAGRAPH = compile_late(r"\n[^\S\n]*\n[^\S\n]*[^\s<]")


def _read_body(body: str, ending: str, *, has_front_matter: bool) -> Text:
    if ending in (".txt", ".text"):
        return typed_to_text(body)
    if ending in PAGE_ENDINGS or _is_html(body):
        return html_to_text(body)
    if not ending and not has_front_matter:
        return typed_to_text(body)
    return markdown_to_text(body)


def _is_html(body: str) -> bool:
    """Say whether a Markdown file is HTML from its first tag to its last."""
    return (
        body.endswith(">")
        and _STARTS_WITH_TAG.match(body) is not None
        and _MARKDOWN_PARAGRAPH.search(body) is None
    )


_SITE_NAME = compile_late(r"(?:\s*[-–—|_·]\s.*)?")  # behind a headline: "标题 - 站名"


def _without_title(text: str, title: str) -> str:
    """Drop the first line where it says no more than the title."""
    first, _, rest = text.partition("\n")
    headline = first.rstrip(".…")
    if headline and title.startswith(headline) and _SITE_NAME.fullmatch(title, len(headline)):
        return rest
    return text

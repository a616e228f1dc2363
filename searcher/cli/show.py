"""``searcher show``: one article as plain text."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from searcher.cli import options
from searcher.cli.article_files import ArticleFiles, find_article
from searcher.cli.folders import open_index
from searcher.cli.options import Argument, Option
from searcher.cli.render import BOLD, Page, Spans, say

if TYPE_CHECKING:
    from datetime import datetime

    from searcher import Article

EXAMPLES = """
Examples:
  searcher show 2021/biden-putin-video-call.md
  searcher show xpge --query 普京      # the start of an id will do
"""


def show(
    *,
    id: Annotated[str, Argument("The id or the path of an article, or its file.", "ID")],  # noqa: A002 - an option's name
    index: options.IndexFolder = "",
    query: Annotated[str, Option("Highlight what this query finds.", "-q", metavar="QUERY")] = "",
    hyperlink: options.Hyperlink = "auto",
    output: options.OutputWithoutTable,
) -> int:
    """Show an article as plain text."""
    with open_index(index) as opened:
        article = find_article(opened, id)
        if article is None:
            say(options.no_such_article(id))
            return 1
        file = ArticleFiles(opened).absolute(article.path)
        title = opened.highlight(query, article.title) if query else ()
        body = opened.highlight(query, article.body) if query else ()
    if output.get("json"):
        from searcher.cli.records import write_record
        from searcher.records import article_record

        write_record(article_record(article, {"title": title, "body": body} if query else None))
    else:
        page = Page(output.get("color", "auto"), pager=not output.get("no_pager"), links=hyperlink)
        page.show(lines(article, page, title, body, file))
    return 0


def lines(
    article: "Article", page: Page, title: Spans, body: Spans, file: str = ""
) -> Iterator[str]:
    """Title, origin and paragraphs, with an empty line between any two.

    The path leads to the ``file``, where the page has links, and the address to its page.
    """
    links = _links(article, file) if page.links else {}
    yield from page.paragraph(article.title, title, style=BOLD)
    author = article.author if article.author != article.source else ""
    yield from page.details((when(article.date), article.source, author, *article.categories))
    yield from page.details((article.path, article.id), links=links)
    yield from page.details((article.url,), links=links)
    start = 0
    for paragraph in article.body.split("\n"):
        end = start + len(paragraph)
        if paragraph:
            yield ""
            spans = [(left - start, right - start) for left, right in body if start <= left < end]
            yield from page.paragraph(paragraph, spans)
        start = end + 1


def _links(article: "Article", file: str) -> dict[str, str]:
    from searcher.cli.hyperlinks import file_uri, is_web_address

    links = {article.path: file_uri(file)}
    if is_web_address(article.url):
        links[article.url] = article.url
    return links


def when(date: "datetime | None") -> str:
    """Day and time; only the day at midnight, which is what a date without a time becomes."""
    if date is None:
        return ""
    return f"{date:%Y-%m-%d %H:%M %Z}" if date.hour or date.minute else f"{date:%Y-%m-%d}"

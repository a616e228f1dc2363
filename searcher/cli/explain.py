"""``searcher explain``: why an article has its place, or why it is not found at all."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from searcher.cli import options
from searcher.cli.article_files import find_article
from searcher.cli.folders import open_index
from searcher.cli.language import tr
from searcher.cli.options import Argument, OfSearch
from searcher.cli.output import say_notes, show
from searcher.cli.query_text import query_of
from searcher.cli.render import BOLD, Page, safe
from searcher.cli.widths import columns, padded
from searcher.records import explanation_record

if TYPE_CHECKING:
    from searcher import Explanation

EXAMPLES = """
Examples:
  searcher explain '拜登 普京' xpgehfoga3
  searcher explain 布林肯 2021/biden-putin-video-call.md --json
"""


WORDS = (
    *("title", "body", "title+body", "text"),
    *("word", "part", "alias", "literal", "prefix", "near", "nearness", "date"),
)
"""What explanations call fields and kinds of matches."""


def explain(
    *,
    query: Annotated[str, Argument("The query.", "QUERY")],
    id: Annotated[str, Argument("The id or the path of an article.", "ID")],  # noqa: A002 - an option's name
    index: options.IndexFolder = "",
    asked: Annotated[dict[str, Any], OfSearch("any", "aliases")],
    output: options.OutputWithoutTable,
) -> int:
    """Say why an article is found, or why not.

    Exits with 1 when the article does not match.
    """
    with open_index(index) as opened:
        article = find_article(opened, id)
        explanation = opened.explain(query_of([query]), article.id if article else id, **asked)
    say_notes(explanation.notes)
    show(
        output,
        record=lambda: explanation_record(explanation),
        lines=lambda page: lines(explanation, article.title if article else "", page),
    )
    return 0 if explanation.matched else 1


def lines(explanation: "Explanation", title: str, page: Page) -> Iterator[str]:
    """What was found and what is missing."""
    yield from page.paragraph(title, style=BOLD)
    if explanation.matches:
        yield from page.explanation(explanation.score, explanation.matches, "")
    if explanation.matched:
        return
    yield tr("It is not found for: {query}", query=safe(explanation.query))
    names = [tr("missing:"), tr("nearest:"), tr("cut as:")]
    width = max(map(columns, names)) + 1
    for missing in explanation.missing:
        texts = [missing.term]
        if missing.nearest:
            texts += [missing.nearest, " / ".join(missing.words)]
        for name, text in zip(names, texts, strict=False):
            yield from page.paragraph(text, first=padded(name, width), indent=" " * width)

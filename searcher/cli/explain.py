"""``searcher explain``: why an article has its place, or why it is not found at all."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.options import Argument, OfSearch
from searcher.cli.render import BOLD, Page, safe, say

if TYPE_CHECKING:
    from searcher import Explanation

EXAMPLES = """
Examples:
  searcher explain '拜登 普京' xpgehfoga3
  searcher explain 布林肯 2021/biden-putin-video-call.md --json
"""


def explain(
    *,
    query: Annotated[str, Argument("The query.", "QUERY")],
    id: Annotated[str, Argument("The id or the path of an article.", "ID")],  # noqa: A002 - an option's name
    index: options.IndexFolder = "",
    asked: Annotated[dict[str, Any], OfSearch("any", "aliases")],
    as_json: options.Json = False,
    color: options.Color = "auto",
    no_pager: options.NoPager = False,
) -> int:
    """Say why an article is found, or why not.

    Exits with 1 when the article does not match.
    """
    with open_index(index) as opened:
        explanation = opened.explain(query, id, **asked)
        article = opened.get(explanation.id)
    for note in explanation.notes:
        say(note)
    if as_json:
        from searcher.cli.records import write_record
        from searcher.records import explanation_record

        write_record(explanation_record(explanation))
    else:
        page = Page(color, pager=not no_pager)
        page.show(lines(explanation, article.title if article else "", page))
    return 0 if explanation.matched else 1


def lines(explanation: "Explanation", title: str, page: Page) -> Iterator[str]:
    """What was found and what is missing."""
    yield from page.paragraph(title, style=BOLD)
    if explanation.matches:
        yield from page.explanation(explanation.score, explanation.matches, "")
    if explanation.matched:
        return
    yield f"It is not found for: {safe(explanation.query)}"
    for missing in explanation.missing:
        yield from page.paragraph(missing.term, first="missing: ", indent="         ")
        if missing.nearest:
            yield from page.paragraph(missing.nearest, first="nearest: ", indent="         ")
            yield from page.paragraph(
                " / ".join(missing.words), first="cut as:  ", indent="         "
            )

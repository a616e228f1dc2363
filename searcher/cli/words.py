"""``searcher words``: what is said here and not elsewhere."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.language import tr
from searcher.cli.options import Argument, Option
from searcher.cli.output import check_output, say_about, show
from searcher.cli.query_text import query_of
from searcher.cli.render import BOLD, Page, counted
from searcher.cli.widths import columns
from searcher.exploring_records import keywords_record

if TYPE_CHECKING:
    from searcher import Keyword, Keywords

EXAMPLES = """
Terms of the matches are compared with those of all other articles: by log-likelihood (Dunning
1993), which says how sure the difference is, and by log ratio (Hardie 2014), which says how large
it is: 1 for twice as often, 2 for four times.

Examples:
  searcher words 普京
  searcher words 普京 --near 10
  searcher words 奥运 --top 5 --csv
  searcher words 乌克兰 --json | jq '.names[].term'
"""

COLUMNS = ("term", "kind", "here", "elsewhere", "log_likelihood", "log_ratio")
"""Of the CSV."""


def words(
    *,
    query: Annotated[list[str], Argument("What to look for; several words are joined.", "QUERY")],
    index: options.IndexFolder = "",
    near: Annotated[
        int | None,
        Option("Words within N characters of a match instead.", metavar="N", least=1),
    ] = None,
    top: Annotated[int, Option("Show at most this many words and names.", "-n", least=1)] = 20,
    least: Annotated[int, Option("Leave out what fewer matches have.", least=1)] = 2,
    filters: options.Filters,
    output: options.Output,
) -> int:
    """Show the words and names by which the matches differ from other articles.

    With --near, those that stand near the matches more often than elsewhere in the same articles.
    Exits with 1 when nothing matches.
    """
    check_output(output)
    with open_index(index) as opened:
        found = opened.keywords(query_of(query), top=top, least=least, near=near, **filters)
        say_about(opened, found, filters)
    show(
        output,
        record=lambda: keywords_record(found),
        table=lambda: (COLUMNS, (_row(word) for word in (*found.words, *found.names))),
        lines=lambda page: lines(found, page),
        summary=_summary(found),
    )
    return 0 if found.total else 1


def lines(keywords: "Keywords", page: Page) -> Iterator[str]:
    """Two tables: words, and names."""
    for title, found in ((tr("words"), keywords.words), (tr("names"), keywords.names)):
        if found:
            yield page.style(title, BOLD)
            yield from page.table([*_rows(found)], "  ")


def _rows(found: "Sequence[Keyword]") -> Iterator[Sequence[str]]:
    heads = ((tr("here"), 9), (tr("elsewhere"), 9), (tr("likelihood"), 10), (tr("ratio"), 5))
    yield ("", *(" " * (width - columns(head)) + head for head, width in heads))
    for word in found:
        yield (
            word.term, f"{word.here:9,}", f"{word.elsewhere:9,}", f"{word.log_likelihood:10,.1f}",
            f"{word.log_ratio:5.1f}",
        )  # fmt: skip


def _row(word: "Keyword") -> tuple[object, ...]:
    return (*word[:4], round(word.log_likelihood, 6), round(word.log_ratio, 6))


def _summary(found: "Keywords") -> str:
    values = {
        "articles": counted(found.total, "article"),
        "others": f"{found.size_elsewhere:,}",
        "words": counted(found.size_here, "word"),
    }
    if found.near is None:
        return tr("{articles} beside {others} others", **values)
    return tr(
        "{words} within {characters} of a match, beside {others} others in {articles}",
        characters=counted(found.near, "character"),
        **values,
    )

"""``searcher kwic``: every place that matches, one below the other with its context."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.language import plural, tr
from searcher.cli.options import Argument, Option
from searcher.cli.output import check_output, say_about, show
from searcher.cli.query_text import query_of
from searcher.cli.render import DIM, MATCH, Page, counted, safe
from searcher.cli.widths import columns, first_columns, last_columns, padded
from searcher.exploring_records import concordance_record
from searcher.translation import filled

if TYPE_CHECKING:
    from searcher import Concordance, ConcordanceLine

EXAMPLES = """
The match stands in the middle, after the date and the id of its article. --sort left goes by what
stands before the match, read from its end.

Examples:
  searcher kwic 普京
  searcher kwic 普京 --sort right --width 24
  searcher kwic '"视频通话"' --csv > lines.csv
  searcher kwic 普京 --limit 5 --json | jq '.lines[].right'
"""

COLUMNS = ("id", "path", "date", "source", "field", "start", "end", "left", "match", "right")
"""Of the CSV."""

_DEFAULT_WIDTH = 30
_ID_WIDTH = 10


def kwic(
    *,
    query: Annotated[list[str], Argument("What to look for; several words are joined.", "QUERY")],
    index: options.IndexFolder = "",
    sort: Annotated[
        Literal["date", "left", "right"],
        Option("Newest first, or by the text on the left or the right."),
    ] = "date",
    width: Annotated[
        int, Option("Columns of text on either side of the match.", least=1)
    ] = _DEFAULT_WIDTH,
    limit: Annotated[int, Option("Show at most this many lines.", "-n", least=1)] = 1000,
    filters: options.Filters,
    output: options.Output,
) -> int:
    """Show every place that matches in its context (key word in context).

    Exits with 1 when nothing matches.
    """
    check_output(output)
    with open_index(index) as opened:
        found = opened.concordance(
            query_of(query), sort=sort, context=width, limit=limit, **filters
        )
        say_about(opened, found, filters)
    show(
        output,
        record=lambda: concordance_record(found),
        table=lambda: (COLUMNS, map(_row, found.lines)),
        lines=lambda page: lines(found.lines, page, width),
        summary=_summary(found),
    )
    return 0 if found.lines else 1


def lines(found: "Iterable[ConcordanceLine]", page: Page, width: int) -> Iterator[str]:
    """A line for each match: date, id, the text on the left, the match, the text on the right."""
    for line in found:
        left = last_columns(safe(line.left), width)
        right = first_columns(safe(line.right), width)
        day = line.date.date().isoformat() if line.date else ""
        name = padded(first_columns(safe(line.id), _ID_WIDTH), _ID_WIDTH)
        head = page.style(f"{day:10}  {name}", DIM)
        padding = " " * (width - columns(left))
        yield f"{head}  {padding}{left} {page.style(safe(line.match), MATCH)} {right}".rstrip()


def _row(line: "ConcordanceLine") -> tuple[object, ...]:
    return (
        line.id, line.path, line.date.isoformat() if line.date else "", line.source, line.field,
        line.start, line.end, line.left, line.match, line.right,
    )  # fmt: skip


def _summary(found: "Concordance") -> str:
    articles = counted(found.total, "article")
    if not found.complete:
        return tr(
            "the first {number} matches in {articles}; more with --limit",
            number=f"{len(found.lines):,}",
            articles=articles,
        )
    number = len(found.lines)
    form = plural("{number} match in {articles}", "{number} matches in {articles}", number)
    return filled(form, {"number": f"{number:,}", "articles": articles})

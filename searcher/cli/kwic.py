"""``searcher kwic``: every place that matches, one below the other with its context."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from searcher import QueryError
from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.options import Argument, Option
from searcher.cli.render import DIM, MATCH, Page, counted, safe, say
from searcher.cli.search import words
from searcher.cli.tables import write_csv

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
    as_json: options.Json = False,
    as_csv: options.Csv = False,
    color: options.Color = "auto",
    no_pager: options.NoPager = False,
) -> int:
    """Show every place that matches in its context (key word in context).

    Exits with 1 when nothing matches.
    """
    if as_json and as_csv:
        raise QueryError("choose one of --json and --csv")
    with open_index(index) as opened:
        found = opened.concordance(words(query), sort=sort, context=width, limit=limit, **filters)
    for note in found.notes:
        say(note)
    if as_json:
        from searcher.cli.records import write_record
        from searcher.exploring_records import concordance_record

        write_record(concordance_record(found))
    elif as_csv:
        write_csv(COLUMNS, map(_row, found.lines))
    else:
        page = Page(color, pager=not no_pager)
        page.show(lines(found.lines, page, width))
        say(_summary(found))
    return 0 if found.lines else 1


def lines(found: "Iterable[ConcordanceLine]", page: Page, width: int) -> Iterator[str]:
    """A line for each match: date, id, the text on the left, the match, the text on the right."""
    from wcwidth import width as columns

    for line in found:
        left = _last_columns(safe(line.left), width)
        right = _first_columns(safe(line.right), width)
        day = line.date.date().isoformat() if line.date else ""
        head = page.style(f"{day:10}  {safe(line.id)[:_ID_WIDTH]:{_ID_WIDTH}}", DIM)
        padding = " " * (width - columns(left))
        yield f"{head}  {padding}{left} {page.style(safe(line.match), MATCH)} {right}".rstrip()


def _first_columns(text: str, width: int) -> str:
    """The beginning of a text, of at most ``width`` columns; no character is cut in two."""
    return "".join(_that_fit(text, width))


def _last_columns(text: str, width: int) -> str:
    """The end of a text, of at most ``width`` columns."""
    from wcwidth import iter_graphemes

    return "".join(reversed([*_that_fit([*iter_graphemes(text)][::-1], width)]))


def _that_fit(text: "str | list[str]", width: int) -> Iterator[str]:
    from wcwidth import iter_graphemes
    from wcwidth import width as columns

    for grapheme in iter_graphemes(text) if isinstance(text, str) else text:
        width -= columns(grapheme)
        if width < 0:
            return
        yield grapheme


def _row(line: "ConcordanceLine") -> tuple[object, ...]:
    return (
        line.id, line.path, line.date.isoformat() if line.date else "", line.source, line.field,
        line.start, line.end, line.left, line.match, line.right,
    )  # fmt: skip


def _summary(found: "Concordance") -> str:
    articles = counted(found.total, "article")
    if not found.complete:
        return f"the first {len(found.lines):,} matches in {articles}; more with --limit"
    verb = "match" if len(found.lines) == 1 else "matches"
    return f"{len(found.lines):,} {verb} in {articles}"

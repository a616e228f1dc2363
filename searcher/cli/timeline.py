"""``searcher timeline``: articles over time."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from searcher import QueryError
from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.options import Argument, Option
from searcher.cli.render import Page, counted, say
from searcher.cli.search import words
from searcher.cli.tables import BAR_WIDTH, bar, write_csv

if TYPE_CHECKING:
    from searcher import Period, Timeline

EXAMPLES = """
Each argument is a query of its own; put quotes around one of several words.

Examples:
  searcher timeline 普京
  searcher timeline 普京 拜登 --by year
  searcher timeline '普京 拜登' --share
  searcher timeline 普京 --by week --csv > weeks.csv
  searcher timeline 普京 拜登 --svg chart.svg
"""


def timeline(
    *,
    queries: Annotated[list[str], Argument("What to look for, one or several queries.", "QUERY")],
    index: options.IndexFolder = "",
    by: Annotated[Literal["day", "week", "month", "year"], Option("The periods.")] = "month",
    share: Annotated[bool, Option("Show per cent of all articles of the time.")] = False,
    svg: Annotated[str, Option("Write a chart to this file.", metavar="FILE")] = "",
    filters: options.Filters,
    as_json: options.Json = False,
    as_csv: options.Csv = False,
    color: options.Color = "auto",
    no_pager: options.NoPager = False,
) -> int:
    """Count the matches of queries over time.

    Periods without a match count 0. Exits with 1 when nothing matches.
    """
    if as_json and as_csv:
        raise QueryError("choose one of --json and --csv")
    with open_index(index) as opened:
        found = opened.timeline(*[words([query]) for query in queries], by=by, **filters)
    for note in found.notes:
        say(note)
    if svg:
        Path(svg).write_text(found.to_svg(share=share), encoding="utf-8")
        say(f"wrote {svg}")
    if as_json:
        from searcher.cli.records import write_record
        from searcher.exploring_records import timeline_record

        write_record(timeline_record(found))
    elif as_csv:
        header = ("period", "start", "articles", *found.queries)
        rows = (
            (period.name, period.start, period.articles, *_values(period, share))
            for period in found.periods
        )
        write_csv(header, rows)
    else:
        if not svg:
            page = Page(color, pager=not no_pager)
            page.show(lines(found, page, share))
        say(_summary(found))
    return 0 if any(found.totals) else 1


def lines(timeline: "Timeline", page: Page, share: bool) -> Iterator[str]:
    """A line for each period, with a number and a bar for each query."""
    if not timeline.periods:
        return
    values = [_values(period, share) for period in timeline.periods]
    most = max(max(row) for row in values)
    width = max(4, BAR_WIDTH // len(timeline.queries))
    header = [""]
    for query in timeline.queries:
        header += ["", query]
    rows: list[Sequence[str]] = [header] if len(timeline.queries) > 1 else []
    for period, row in zip(timeline.periods, values, strict=True):
        cells = [period.name]
        for value in row:
            number = f"{value:.2f}%" if share else f"{value:,}"
            cells += [number.rjust(7), bar(value, most, width)]
        rows.append(cells)
    yield from page.table(rows)


def _values(period: "Period", share: bool) -> tuple[float, ...]:
    if share:
        return tuple(round(value, 6) for value in period.shares)
    return period.counts


def _summary(timeline: "Timeline") -> str:
    parts = []
    for query, total, undated in zip(
        timeline.queries, timeline.totals, timeline.undated, strict=True
    ):
        without = f", {undated:,} without a date" if undated else ""
        parts.append(f"{query}: {counted(total, 'article')}{without}")
    return "; ".join(parts)

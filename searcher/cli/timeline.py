"""``searcher timeline``: articles over time."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from searcher.cli import options
from searcher.cli.emptiness import say_why_empty
from searcher.cli.folders import open_index
from searcher.cli.language import tr
from searcher.cli.options import Argument, Option
from searcher.cli.output import Table, check_output, check_place, say_notes, show
from searcher.cli.query_text import query_of
from searcher.cli.render import Page, counted, say
from searcher.cli.tables import BAR_WIDTH, bar
from searcher.exploring_records import timeline_record

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
    output: options.Output,
) -> int:
    """Count the matches of queries over time.

    Periods without a match count 0. Exits with 1 when nothing matches.
    """
    check_output(output)
    if svg:
        check_place(svg)
    with open_index(index) as opened:
        found = opened.timeline(*[query_of([query]) for query in queries], by=by, **filters)
        say_notes(found.notes)
        for query, total in zip(found.queries, found.totals, strict=True):
            if not total:
                say_why_empty(opened, query, filters)
    if svg:
        Path(svg).write_text(found.to_svg(share=share), encoding="utf-8")
        say(tr("wrote {file}", file=svg))
    show(
        output,
        record=lambda: timeline_record(found),
        table=lambda: _table(found, share),
        lines=lambda page: () if svg else lines(found, page, share),
        summary=_summary(found),
    )
    return 0 if any(found.totals) else 1


def _table(found: "Timeline", share: bool) -> Table:
    rows = (
        (period.name, period.start, period.articles, *_values(period, share))
        for period in found.periods
    )
    return ("period", "start", "articles", *found.queries), rows


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
        values = {"query": query, "articles": counted(total, "article"), "undated": f"{undated:,}"}
        if undated:
            parts.append(tr("{query}: {articles}, {undated} without a date", **values))
        else:
            parts.append(tr("{query}: {articles}", **values))
    return tr("; ").join(parts)

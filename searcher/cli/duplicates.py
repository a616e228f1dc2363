"""``searcher duplicates``: articles that are the same but for a few words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.language import tr
from searcher.cli.options import Argument
from searcher.cli.output import check_output, say_about, show
from searcher.cli.query_text import query_of
from searcher.cli.render import BOLD, Page, counted
from searcher.exploring_records import duplicates_record

if TYPE_CHECKING:
    from searcher import Duplicate, Duplicates

EXAMPLES = """
Of each group the earliest article comes first; below the others stands what differs from it: +
before what only they have, - before what they lack.

Examples:
  searcher duplicates || echo none
  searcher duplicates 普京 --csv || echo none
  searcher duplicates --json | jq '.groups[].articles[].path' || echo none
"""

COLUMNS = ("group", "id", "path", "title", "date", "source", "similarity")
"""Of the CSV."""


def duplicates(
    *,
    query: Annotated[
        list[str], Argument("Only among what this finds; all articles without it.", "[QUERY]...")
    ] = (),  # type: ignore[assignment]  # a default is never changed
    index: options.IndexFolder = "",
    filters: options.Filters,
    output: options.Output,
) -> int:
    """Show groups of near-duplicates: wire copies, updates, reposts.

    Exits with 1 when there are none.
    """
    check_output(output)
    with open_index(index) as opened:
        found = opened.duplicates(query_of(query) if query else "*", **filters)
        say_about(opened, found, filters)
    groups = enumerate(found.groups, 1)
    show(
        output,
        record=lambda: duplicates_record(found),
        table=lambda: (COLUMNS, (_row(number, one) for number, group in groups for one in group)),
        lines=lambda page: lines(found, page),
        summary=tr(
            "{groups} of {articles} among {total}",
            groups=counted(len(found.groups), "group"),
            articles=counted(sum(map(len, found.groups)), "article"),
            total=f"{found.total:,}",
        ),
    )
    return 0 if found.groups else 1


def lines(found: "Duplicates", page: Page) -> Iterator[str]:
    """The groups, with what differs."""
    for number, group in enumerate(found.groups, 1):
        first, *others = group
        lead = f"{number}. "
        indent = " " * len(lead)
        yield from page.paragraph(first.title, style=BOLD, first=lead, indent=indent)
        yield from page.details((_iso(first)[:10], first.source, first.path, first.id), indent)
        for one in others:
            if one.title != first.title:
                yield from page.paragraph(one.title, first=indent, indent=indent)
            share = f"{100 * one.similarity:.0f}%"
            yield from page.details((share, _iso(one)[:10], one.source, one.path, one.id), indent)
            for sign, sentences in (("+ ", one.only_here), ("- ", one.only_first)):
                for sentence in sentences:
                    yield from page.paragraph(
                        sentence, first=f"{indent}  {sign}", indent=f"{indent}    "
                    )
        yield ""


def _row(number: int, one: "Duplicate") -> tuple[object, ...]:
    return number, one.id, one.path, one.title, _iso(one), one.source, round(one.similarity, 6)


def _iso(one: "Duplicate") -> str:
    return one.date.isoformat() if one.date else ""

"""``searcher facets``: how many matches have each value of a field."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from searcher import QueryError
from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.options import Argument, Option
from searcher.cli.render import BOLD, Page, counted, say
from searcher.cli.search import words
from searcher.cli.tables import bar, write_csv

if TYPE_CHECKING:
    from searcher import Facets

EXAMPLES = """
The query * stands for all articles.

Examples:
  searcher facets 普京
  searcher facets 普京 --by source,year
  searcher facets 乌克兰 --by people,places
  searcher facets '*' --by month --top 12 --csv
  searcher facets 拜登 普京 --by weekday --json | jq '.facets[0].values'
"""


def facets(
    *,
    query: Annotated[list[str], Argument("What to look for; several words are joined.", "QUERY")],
    index: options.IndexFolder = "",
    by: Annotated[
        str,
        Option(
            "source, author, category, year, month, weekday, people, places or organisations; "
            "several with commas between."
        ),
    ] = "source",
    top: Annotated[int, Option("Show at most this many values.", "-n", least=1)] = 10,
    filters: options.Filters,
    as_json: options.Json = False,
    as_csv: options.Csv = False,
    color: options.Color = "auto",
    no_pager: options.NoPager = False,
) -> int:
    """Count all matches by source, author, category or time.

    Shows the most frequent values first. Exits with 1 when nothing matches.
    """
    if as_json and as_csv:
        raise QueryError("choose one of --json and --csv")
    fields = [field.strip() for field in by.split(",") if field.strip()]
    with open_index(index) as opened:
        found = opened.facets(words(query), fields, top=top, **filters)
    for note in found.notes:
        say(note)
    if as_json:
        from searcher.cli.records import write_record
        from searcher.exploring_records import facets_record

        write_record(facets_record(found))
    elif as_csv:
        rows = (
            (facet.field, value.value, value.articles)
            for facet in found.facets
            for value in facet.values
        )
        write_csv(("field", "value", "articles"), rows)
    else:
        page = Page(color, pager=not no_pager)
        page.show(lines(found, page))
        say(f"{counted(found.total, 'article')}{_how_to_narrow(found)}")
    return 0 if found.total else 1


def lines(facets: "Facets", page: Page) -> Iterator[str]:
    """A table for each field: value, articles, bar."""
    for number, facet in enumerate(facets.facets):
        if number:
            yield ""
        yield page.style(facet.field, BOLD)
        most = max((value.articles for value in facet.values), default=0)
        rows = [
            (f"{value.articles:,}".rjust(9), value.value, bar(value.articles, most))
            for value in facet.values
        ]
        if rows:
            yield from page.table(rows)
        if facet.others:
            yield f"{'':9}  … and {counted(facet.others, 'value')} more"
        if facet.without:
            yield f"{facet.without:9,}  (none)"


def _how_to_narrow(facets: "Facets") -> str:
    """What to add to the query for the first value that something finds."""
    for facet in facets.facets:
        for value in facet.values:
            if value.query:
                return f"; narrow it by adding, for example, {value.query}"
    return ""

"""``searcher facets``: how many matches have each value of a field."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.language import tr
from searcher.cli.options import Argument, Option
from searcher.cli.output import check_output, say_about, show
from searcher.cli.query_text import query_of
from searcher.cli.render import BOLD, Page, counted
from searcher.cli.tables import bar
from searcher.exploring_records import facets_record

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
    output: options.Output,
) -> int:
    """Count all matches by source, author, category or time.

    Shows the most frequent values first. Exits with 1 when nothing matches.
    """
    check_output(output)
    fields = [field.strip() for field in by.split(",") if field.strip()]
    with open_index(index) as opened:
        found = opened.facets(query_of(query), fields, top=top, **filters)
        say_about(opened, found, filters)
    rows = (
        (facet.field, value.value, value.articles)
        for facet in found.facets
        for value in facet.values
    )
    show(
        output,
        record=lambda: facets_record(found),
        table=lambda: (("field", "value", "articles"), rows),
        lines=lambda page: lines(found, page),
        summary=_summary(found),
    )
    return 0 if found.total else 1


def lines(facets: "Facets", page: Page) -> Iterator[str]:
    """A table for each field: value, articles, bar."""
    for number, facet in enumerate(facets.facets):
        if number:
            yield ""
        yield page.style(tr(facet.field), BOLD)
        most = max((value.articles for value in facet.values), default=0)
        rows = [
            (f"{value.articles:,}".rjust(9), value.value, bar(value.articles, most))
            for value in facet.values
        ]
        if rows:
            yield from page.table(rows)
        if facet.others:
            more = tr("… and {values} more", values=counted(facet.others, "value"))
            yield f"{'':9}  {more}"
        if facet.without:
            yield f"{facet.without:9,}  {tr('(none)')}"


def _summary(facets: "Facets") -> str:
    """How many articles, and what to add to the query for the first value that something finds."""
    articles = counted(facets.total, "article")
    for facet in facets.facets:
        for value in facet.values:
            if value.query:
                return tr(
                    "{articles}; narrow it by adding, for example, {query}",
                    articles=articles,
                    query=value.query,
                )
    return articles

"""``searcher names``: people, places and organisations in the matches."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.language import tr
from searcher.cli.options import Argument, Option
from searcher.cli.output import Table, check_output, say_about, show
from searcher.cli.query_text import query_of
from searcher.cli.render import BOLD, Page, counted
from searcher.cli.tables import bar
from searcher.exploring_records import names_record

if TYPE_CHECKING:
    from searcher import Names

EXAMPLES = """
All names of one thing count together: 普京, 普丁 and Putin are one.

Examples:
  searcher names 乌克兰
  searcher names 乌克兰 --kind people --together
  searcher names '*' --kind places,organisations --csv
  searcher names 乌克兰 --json | jq '.names[0].aliases'
"""


def names(
    *,
    query: Annotated[list[str], Argument("What to look for; several words are joined.", "QUERY")],
    index: options.IndexFolder = "",
    kind: Annotated[
        str, Option("people, places or organisations; several with commas between.")
    ] = "people,places,organisations",
    top: Annotated[int, Option("Show at most this many names of a kind.", "-n", least=1)] = 10,
    together: Annotated[bool, Option("Show who is named together with whom.")] = False,
    filters: options.Filters,
    output: options.Output,
) -> int:
    """Show the people, places and organisations that the matches name.

    Names are those of the lexicon. Exits with 1 when no match names any.
    """
    check_output(output)
    kinds = [one.strip() for one in kind.split(",") if one.strip()]
    with open_index(index) as opened:
        found = opened.names(query_of(query), kinds, top=top, together=together, **filters)
        say_about(opened, found, filters)
    show(
        output,
        record=lambda: names_record(found),
        table=lambda: _pairs(found) if together else _names(found),
        lines=lambda page: lines(found, page),
        summary=counted(found.total, "article"),
    )
    return 0 if found.names else 1


def _names(found: "Names") -> Table:
    rows = ((n.name, n.kind, n.articles, ";".join(n.aliases)) for n in found.names)
    return ("name", "kind", "articles", "aliases"), rows


def _pairs(found: "Names") -> Table:
    return ("first", "second", "articles"), found.together


def lines(found: "Names", page: Page) -> Iterator[str]:
    """A table for each kind, then the pairs."""
    for kind in dict.fromkeys(name.kind for name in found.names):
        own = [name for name in found.names if name.kind == kind]
        yield page.style(tr(kind), BOLD)
        most = own[0].articles
        yield from page.table([(f"{n.articles:9,}", n.name, bar(n.articles, most)) for n in own])
        yield ""
    if found.together:
        yield page.style(tr("together"), BOLD)
        yield from page.table(
            [(f"{pair.articles:9,}", pair.first, pair.second) for pair in found.together]
        )

"""``searcher names``: people, places and organisations in the matches."""

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
    as_json: options.Json = False,
    as_csv: options.Csv = False,
    color: options.Color = "auto",
    no_pager: options.NoPager = False,
) -> int:
    """Show the people, places and organisations that the matches name.

    Names are those of the lexicon. Exits with 1 when no match names any.
    """
    if as_json and as_csv:
        raise QueryError("choose one of --json and --csv")
    kinds = [one.strip() for one in kind.split(",") if one.strip()]
    with open_index(index) as opened:
        found = opened.names(words(query), kinds, top=top, together=together, **filters)
    for note in found.notes:
        say(note)
    if as_json:
        from searcher.cli.records import write_record
        from searcher.exploring_records import names_record

        write_record(names_record(found))
    elif as_csv and together:
        write_csv(("first", "second", "articles"), found.together)
    elif as_csv:
        rows = ((n.name, n.kind, n.articles, ";".join(n.aliases)) for n in found.names)
        write_csv(("name", "kind", "articles", "aliases"), rows)
    else:
        page = Page(color, pager=not no_pager)
        page.show(lines(found, page))
        say(counted(found.total, "article"))
    return 0 if found.names else 1


def lines(found: "Names", page: Page) -> Iterator[str]:
    """A table for each kind, then the pairs."""
    for kind in dict.fromkeys(name.kind for name in found.names):
        own = [name for name in found.names if name.kind == kind]
        yield page.style(kind, BOLD)
        most = own[0].articles
        yield from page.table([(f"{n.articles:9,}", n.name, bar(n.articles, most)) for n in own])
        yield ""
    if found.together:
        yield page.style("together", BOLD)
        yield from page.table(
            [(f"{pair.articles:9,}", pair.first, pair.second) for pair in found.together]
        )

"""``searcher stats``: what is in an index."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.render import Page, counted

if TYPE_CHECKING:
    from searcher import Stats

EXAMPLES = """
Examples:
  searcher stats
  searcher stats --json | jq '.sources[:3]'
"""

_MOST_FREQUENT = 12


def stats(
    *,
    index: options.IndexFolder = "",
    as_json: options.Json = False,
    color: options.Color = "auto",
    no_pager: options.NoPager = False,
) -> int:
    """Show what is in the index: how much, from when, from where."""
    with open_index(index) as opened:
        found = opened.stats()
    if as_json:
        from searcher.cli.records import write_record
        from searcher.records import stats_record

        write_record(stats_record(found))
    else:
        page = Page(color, pager=not no_pager)
        page.show(page.table([*rows(found)]))
    return 0


def rows(stats: "Stats") -> "Iterator[tuple[str, str]]":
    """What a reader wants to know, with names on the left."""
    yield "articles", f"{stats.articles:,}"
    yield "words", f"{stats.words:,} different, {stats.tokens:,} in all"
    yield "size", f"{stats.bytes / 1e6:,.1f} MB in {counted(stats.segments, 'segment')}"
    if stats.first_date and stats.last_date:
        undated = f", {stats.undated:,} without a date" if stats.undated else ""
        yield "dates", f"{stats.first_date:%Y-%m-%d} to {stats.last_date:%Y-%m-%d}{undated}"
    yield "built", f"{stats.built:%Y-%m-%d %H:%M:%S %Z}"
    yield from named("from", stats.corpora)
    yield from named("sources", frequent(stats.sources))
    yield from named("categories", frequent(stats.categories))


def frequent(counts: Sequence[tuple[str, int]]) -> Iterator[str]:
    """The most frequent values, and how many others there are."""
    for name, count in counts[:_MOST_FREQUENT]:
        yield f"{count:7,}  {name or '(none)'}"
    if others := counts[_MOST_FREQUENT:]:
        yield f"{sum(count for _, count in others):7,}  in {len(others):,} others"


def named(name: str, values: "Iterator[str] | Sequence[str]") -> Iterator[tuple[str, str]]:
    """Several values below one another, with their name beside the first."""
    for value in values:
        yield name, value
        name = ""

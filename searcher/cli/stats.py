"""``searcher stats``: what is in an index."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.language import tr
from searcher.cli.output import show
from searcher.cli.render import counted
from searcher.records import stats_record

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
    output: options.OutputWithoutTable,
) -> int:
    """Show what is in the index: how much, from when, from where."""
    with open_index(index) as opened:
        found = opened.stats()
    show(
        output,
        record=lambda: stats_record(found),
        lines=lambda page: page.table([*rows(found)]),
    )
    return 0


def rows(stats: "Stats") -> "Iterator[tuple[str, str]]":
    """What a reader wants to know, with names on the left."""
    yield tr("articles"), f"{stats.articles:,}"
    words, tokens = f"{stats.words:,}", f"{stats.tokens:,}"
    yield tr("words"), tr("{words} different, {tokens} in all", words=words, tokens=tokens)
    yield tr("size"), size(stats)
    if stats.first_date and stats.last_date:
        first, last = f"{stats.first_date:%Y-%m-%d}", f"{stats.last_date:%Y-%m-%d}"
        dates = tr("{first} to {last}", first=first, last=last)
        if stats.undated:
            undated = f"{stats.undated:,}"
            dates = tr("{dates}, {undated} without a date", dates=dates, undated=undated)
        yield tr("dates"), dates
    yield tr("built"), f"{stats.built:%Y-%m-%d %H:%M:%S %Z}"
    yield from named(tr("from"), stats.corpora)
    yield from named(tr("sources"), frequent(stats.sources))
    yield from named(tr("categories"), frequent(stats.categories))


def size(stats: "Stats") -> str:
    """How large the files of an index are."""
    megabytes, segments = f"{stats.bytes / 1e6:,.1f}", counted(stats.segments, "segment")
    return tr("{megabytes} MB in {segments}", megabytes=megabytes, segments=segments)


def frequent(counts: Sequence[tuple[str, int]]) -> Iterator[str]:
    """The most frequent values, and how many others there are."""
    for name, count in counts[:_MOST_FREQUENT]:
        yield f"{count:7,}  {name or tr('(none)')}"
    if others := counts[_MOST_FREQUENT:]:
        total = sum(count for _, count in others)
        yield f"{total:7,}  {tr('in {number} others', number=f'{len(others):,}')}"


def named(name: str, values: "Iterator[str] | Sequence[str]") -> Iterator[tuple[str, str]]:
    """Several values below one another, with their name beside the first."""
    for value in values:
        yield name, value
        name = ""

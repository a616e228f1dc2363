"""``searcher new``: what has come since the last time."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import searcher
from searcher import QueryError, SearcherError
from searcher.cli.language import told, tr
from searcher.cli.listing import list_files_of
from searcher.cli.options import Argument, OfOutput, Option
from searcher.cli.output import check_place, choose_one, say_notes, show
from searcher.cli.render import BOLD, Page, counted, safe, say, write
from searcher.exploring_records import new_record

if TYPE_CHECKING:
    from searcher import NewArticles, SavedSearches

EXAMPLES = """
New is what the search had not found when it was asked last, whatever its date. The exit code is 0
if there is something, so that a line of a crontab can send it:

  0 7 * * *  searcher index ~/news --index ~/news.index && searcher new putin | mail -E -s new me

Examples:
  searcher save putin 普京 && searcher new putin || echo nothing new
  searcher new --list
  searcher new putin --feed putin.xml || echo nothing new
"""


def new(
    *,
    name: Annotated[str, Argument("A saved search; all of them without it.", "[NAME]")] = "",
    list_: Annotated[bool, Option("Print the names of all saved searches.", "--list")] = False,
    feed: Annotated[str, Option("Write the latest as an Atom feed, too.", metavar="FILE")] = "",
    files: Annotated[
        bool, Option("Print only the files of the articles, as they open here.")
    ] = False,
    output: Annotated[dict[str, Any], OfOutput(tables=False, pager=False)],
) -> int:
    """Show what saved searches have found since the last time.

    What is shown counts as seen when all of it is written. Exits with 1 when nothing is new.
    """
    # Help pages are shown without numpy.
    saved = searcher.SavedSearches()
    if list_:
        for one in saved.names():
            write(one)
        return 0
    choose_one(**{"--json": output.get("json"), "--files": files})
    if feed and not name:
        raise QueryError(tr("a feed is of one search; give its NAME"))
    if feed:
        check_place(feed)
    names = [name] if name else saved.names()
    if not names:
        raise QueryError(tr("no search is saved; run: searcher save NAME QUERY"))
    if name:
        return 0 if _show(saved, name, feed, files, output) else 1
    counts = [_show_or_say(saved, one, files, output) for one in names]
    if None in counts:
        return 2
    return 0 if any(counts) else 1


def _show_or_say(
    saved: "SavedSearches", name: str, files: bool, output: Mapping[str, Any]
) -> int | None:
    """The same as ``_show``; None for a search that fails, of which it says why."""
    try:
        return _show(saved, name, "", files, output)
    except SearcherError as error:
        say(f"searcher: {name}: {told(error)}")
        return None


def _show(
    saved: "SavedSearches", name: str, feed: str, files: bool, output: Mapping[str, Any]
) -> int:
    """Show what is new of one search; how many articles that are."""
    with saved.new(name) as found:
        say_notes(found.notes)
        if files:
            with searcher.open_index(saved.get(name).index) as opened:
                list_files_of(opened, found.hits)
        elif found.hits or output.get("json"):
            show(
                {**output, "no_pager": True},
                record=lambda: new_record(found),
                lines=lambda page: _lines(found, page),
            )
        if feed:
            path = Path(feed)
            temporary = path.with_name(f".{path.name}.new")
            temporary.write_text(found.to_atom(), encoding="utf-8")
            temporary.replace(path)
        # What cannot be written is not seen.
        sys.stdout.flush()
    return len(found.hits)


def _lines(found: "NewArticles", page: Page) -> Iterator[str]:
    articles = counted(len(found.hits), "new article")
    yield page.style(tr("{name}: {articles}", name=safe(found.name), articles=articles), BOLD)
    for hit in found.hits:
        yield from page.hit(hit)

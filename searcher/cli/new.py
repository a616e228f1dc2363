"""``searcher new``: what has come since the last time."""

import sys
from pathlib import Path
from typing import Annotated

from searcher import QueryError, SavedSearches, SearcherError
from searcher.cli import options
from searcher.cli.options import Argument, Option
from searcher.cli.render import BOLD, Page, counted, say, write

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
    as_json: options.Json = False,
    files: Annotated[bool, Option("Print only the paths of the articles.")] = False,
    color: options.Color = "auto",
) -> int:
    """Show what saved searches have found since the last time.

    What is shown counts as seen when all of it is written. Exits with 1 when nothing is new.
    """
    saved = SavedSearches()
    if list_:
        for one in saved.names():
            write(one)
        return 0
    if as_json and files:
        raise QueryError("choose one of --json and --files")
    if feed and not name:
        raise QueryError("a feed is of one search; give its NAME")
    names = [name] if name else saved.names()
    if not names:
        raise QueryError("no search is saved; run: searcher save NAME QUERY")
    page = Page(color, pager=False)
    if name:
        return 0 if _show(saved, name, feed, as_json, files, page) else 1
    counts = [_show_or_say(saved, one, as_json, files, page) for one in names]
    if None in counts:
        return 2
    return 0 if any(counts) else 1


def _show_or_say(
    saved: SavedSearches, name: str, as_json: bool, files: bool, page: Page
) -> int | None:
    """The same as ``_show``; None for a search that fails, of which it says why."""
    try:
        return _show(saved, name, "", as_json, files, page)
    except SearcherError as error:
        say(f"searcher: {name}: {error}")
        return None


def _show(
    saved: SavedSearches, name: str, feed: str, as_json: bool, files: bool, page: Page
) -> int:
    """Show what is new of one search; how many articles that are."""
    with saved.new(name) as found:
        for note in found.notes:
            say(note)
        if as_json:
            from searcher.cli.records import write_record
            from searcher.exploring_records import new_record

            write_record(new_record(found))
        elif files:
            for hit in found.hits:
                page.path(hit.path)
        elif found.hits:
            write(page.style(f"{name}: {counted(len(found.hits), 'new article')}", BOLD))
            page.show(line for hit in found.hits for line in page.hit(hit))
        if feed:
            path = Path(feed)
            temporary = path.with_name(f".{path.name}.new")
            temporary.write_text(found.to_atom(), encoding="utf-8")
            temporary.replace(path)
        # What cannot be written is not seen.
        sys.stdout.flush()
    return len(found.hits)

"""``searcher similar``: articles like one."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import searcher
from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.options import Argument, Option
from searcher.cli.render import Page, counted, say

if TYPE_CHECKING:
    from searcher import Article, Index

EXAMPLES = """
Examples:
  searcher similar 2021/biden-putin-video-call.md
  searcher similar xpge --limit 3 --files
  searcher similar corpus/2021/biden-putin-video-call.md --json | jq '.hits[].title'
"""


def similar(
    *,
    article: Annotated[
        str, Argument("The id or the path of an article, or a file that need not be in the index.")
    ],
    index: options.IndexFolder = "",
    limit: Annotated[int, Option("Show at most this many.", "-n", least=1)] = 10,
    as_json: options.Json = False,
    files: Annotated[bool, Option("Print only the paths of the hits.")] = False,
    color: options.Color = "auto",
    no_pager: options.NoPager = False,
) -> int:
    """Find the articles most like one, by its weightiest terms.

    Exits with 1 when there is none.
    """
    if as_json and files:
        raise searcher.QueryError("choose one of --json and --files")
    with open_index(index) as opened:
        results = opened.similar(_article(opened, article), limit=limit)
    for note in results.notes:
        say(note)
    if as_json:
        from searcher.cli.records import write_record
        from searcher.records import results_record

        write_record(results_record(results))
    elif files:
        page = Page(color)
        for hit in results:
            page.path(hit.path)
    else:
        page = Page(color, pager=not no_pager)
        page.show(line for hit in results for line in page.hit(hit))
        say(f"{counted(len(results), 'article')} by the terms: {results.query}")
    return 0 if results else 1


def _article(index: "Index", given: str) -> "str | Article":
    """What an argument names: an article of the index, or else a file."""
    if given in index or index.get(given) is not None or not Path(given).is_file():
        return given
    # Its id is that of its path, which an article of the index may have by chance.
    return replace(searcher.read_article(Path(given)), id="")

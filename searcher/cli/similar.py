"""``searcher similar``: articles like one."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import searcher
from searcher.cli import options
from searcher.cli.article_files import find_article
from searcher.cli.folders import open_index
from searcher.cli.language import tr
from searcher.cli.listing import list_files_of
from searcher.cli.options import Argument, Option
from searcher.cli.output import choose_one, say_notes, show
from searcher.cli.render import counted
from searcher.records import results_record

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
    files: Annotated[bool, Option("Print only the files of the hits, as they open here.")] = False,
    output: options.OutputWithoutTable,
) -> int:
    """Find the articles most like one, by its weightiest terms.

    Exits with 1 when there is none.
    """
    choose_one(**{"--json": output.get("json"), "--files": files})
    with open_index(index) as opened:
        results = opened.similar(_article(opened, article), limit=limit)
        say_notes(results.notes)
        if files:
            list_files_of(opened, results)
            return 0 if results else 1
    show(
        output,
        record=lambda: results_record(results),
        lines=lambda page: (line for hit in results for line in page.hit(hit)),
        summary=tr(
            "{articles} by the terms: {terms}",
            articles=counted(len(results), "article"),
            terms=results.query,
        ),
    )
    return 0 if results else 1


def _article(index: "Index", given: str) -> "str | Article":
    """What an argument names: an article of the index, or else a file."""
    if (known := find_article(index, given)) is not None:
        return known.id
    if not Path(given).is_file():
        return given
    # Its id is that of its path, which an article of the index may have by chance.
    return replace(searcher.read_article(Path(given)), id="")

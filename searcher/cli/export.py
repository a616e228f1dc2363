"""``searcher export``: all matches of a query in a file."""

from typing import Annotated, Literal

from searcher import QueryError
from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.language import tr
from searcher.cli.options import Argument, Option
from searcher.cli.output import check_place
from searcher.cli.progress import bar
from searcher.cli.query_text import query_of
from searcher.cli.render import counted, say

EXAMPLES = """
All matches are written, newest first, not a page of them. The query * stands for all articles.

Examples:
  searcher export 普京 --to putin.csv
  searcher export 普京 拜登 --to both.html --text
  searcher export '*' --to sample.jsonl --sample 20 --seed 7
  searcher export 标题：普京 --to putin.md --no-snippets
"""


def export(
    *,
    query: Annotated[list[str], Argument("What to look for; several words are joined.", "QUERY")],
    to: Annotated[
        str, Option("The file: .csv, .jsonl, .md, .html, .xlsx or .parquet.", metavar="FILE")
    ] = "",
    index: options.IndexFolder = "",
    format: Annotated[  # noqa: A002 - the option's name
        Literal["auto", "csv", "jsonl", "md", "html", "xlsx", "parquet"],
        Option("The form of the file, where its name does not say it."),
    ] = "auto",
    text: Annotated[bool, Option("Write the whole texts, too.")] = False,
    snippets: Annotated[
        bool, Option("Leave out the places that match.", "--no-snippets", value=False)
    ] = True,
    sample: Annotated[
        int | None, Option("Only so many articles, chosen by chance.", metavar="N", least=1)
    ] = None,
    seed: Annotated[int, Option("Another number gives another sample.", metavar="N")] = 0,
    filters: options.Filters,
) -> int:
    """Write all articles that match to a file.

    The file is replaced when all is written. Exits with 1 when nothing matches.
    """
    if not to:
        raise QueryError(tr("say where to: --to FILE"))
    check_place(to)
    with open_index(index) as opened, bar(tr("articles")) as advance:
        written = opened.export(
            query_of(query),
            to,
            format=None if format == "auto" else format,
            text=text,
            snippets=snippets,
            sample=sample,
            seed=seed,
            progress=lambda done, total: advance(tr("writing"), done, total),
            **filters,
        )
    say(tr("wrote {articles} to {file}", articles=counted(written, "article"), file=to))
    return 0 if written else 1

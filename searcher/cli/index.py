"""``searcher index``: a folder of articles becomes an index, or an index is brought up to date."""

from typing import Annotated

from searcher.cli import options
from searcher.cli.folders import corpus_folders, index_folder
from searcher.cli.options import Argument, Option
from searcher.cli.progress import bar
from searcher.cli.render import counted, say

EXAMPLES = """
Examples:
  searcher index                       # reads corpus/, writes index/
  searcher index ~/news ~/more --index ~/news.index
  searcher index --strict              # fails when a file could not be read
"""


def index(
    *,
    corpus: Annotated[
        list[str],
        Argument("Folders of articles.  [default: $SEARCHER_CORPUS or corpus]", "CORPUS"),
    ] = [],  # noqa: B006 - never changed
    index: options.IndexFolder = "",
    rebuild: Annotated[bool, Option("Make the index anew, also where nothing changed.")] = False,
    lexicon: Annotated[
        str | None, Option("Your own words and names, one a line.", metavar="FILE")
    ] = None,
    jobs: Annotated[
        int | None,
        Option("Processes that read articles.  [default: one a core]", "-j", least=1, metavar="N"),
    ] = None,
    strict: Annotated[bool, Option("Exit with 2 if a file has a problem or is skipped.")] = False,
) -> int:
    """Read articles and bring the index up to date.

    Adds new articles, replaces changed ones, removes vanished ones. Nothing changed: nothing is
    written. What cannot be read is reported, and the rest goes on.
    """
    import searcher

    folders = corpus_folders(corpus)
    try:
        with bar("articles") as advance:
            report = searcher.build_index(
                folders if len(folders) > 1 else folders[0],
                index_folder(index),
                rebuild=rebuild,
                jobs=jobs,
                lexicon=lexicon,
                on_progress=lambda progress: advance(progress.stage, progress.done, progress.total),
            )
    except KeyboardInterrupt:
        say(
            "searcher: interrupted; what was committed before can be searched, "
            "and the same command carries on"
        )
        return 130
    for problem in report.problems:
        say(f"{problem.path}: {problem.message}")
    say(
        f"{report.added} added, {report.changed} changed, {report.removed} removed, "
        f"{report.unchanged} unchanged, {report.skipped} skipped, "
        f"{counted(len(report.problems), 'problem')}; "
        + pace(report.added + report.changed, report.seconds)
    )
    return 2 if strict and (report.problems or report.skipped) else 0


def pace(articles: int, seconds: float) -> str:
    """How long it took, and how fast that is."""
    took = f"{seconds:.1f} s"
    return f"{took}, {articles / seconds:,.0f} articles/s" if articles and seconds else took

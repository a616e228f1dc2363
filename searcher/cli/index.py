"""``searcher index``: a folder of articles becomes an index, or an index is brought up to date."""

from typing import TYPE_CHECKING, Annotated

from searcher import QueryError
from searcher.cli import options
from searcher.cli.folders import corpus_folders, index_folder
from searcher.cli.language import told, tr
from searcher.cli.options import Argument, Option
from searcher.cli.progress import bar
from searcher.cli.render import counted, say
from searcher.cli.settings import field_settings, setting

if TYPE_CHECKING:
    from searcher import Report

EXAMPLES = """
Examples:
  searcher index                       # reads corpus/, writes index/; later, what has changed
  searcher index ~/news ~/more --index ~/news.index
  searcher index ~/more --add          # besides what the index has already
  searcher index --exclude drafts/ --exclude '*.bak.md'
  searcher index --part 3/8            # a share of an index on a cluster, on one of 8 machines
  searcher index --strict              # fails when a file could not be read
"""


def index(
    *,
    corpus: Annotated[
        list[str],
        Argument(
            "Folders and files of articles.  "
            "[default: $SEARCHER_CORPUS, or those that the index has, or corpus]",
            "CORPUS",
        ),
    ] = [],  # noqa: B006 - never changed
    index: options.IndexFolder = "",
    add: Annotated[bool, Option("Keep the other sources that the index has.")] = False,
    replace: Annotated[
        bool, Option("Remove other sources; also lets a run remove most articles.")
    ] = False,
    glob: Annotated[
        list[str], Option("Read only files like this, as in .gitignore.", metavar="PATTERN")
    ] = [],  # noqa: B006 - never changed
    exclude: Annotated[
        list[str], Option("Leave out files like this, as in .gitignore.", metavar="PATTERN")
    ] = [],  # noqa: B006 - never changed
    follow: Annotated[bool, Option("Follow links that lead out of a folder.")] = False,
    fields: options.Fields = "",
    rebuild: Annotated[bool, Option("Make the index anew, also where nothing changed.")] = False,
    lexicon: Annotated[
        str | None, Option("Your own words and names, one a line.", metavar="FILE")
    ] = None,
    jobs: Annotated[
        int | None,
        Option("Processes that read articles.  [default: one a core]", "-j", least=1, metavar="N"),
    ] = None,
    strict: Annotated[bool, Option("Exit with 2 if a file has a problem or is skipped.")] = False,
    part: Annotated[
        str,
        Option(
            "On a cluster: make this share of a new index, beside other processes.",
            metavar="NUMBER/OF",
        ),
    ] = "",
    publish: Annotated[
        bool, Option("On a cluster: make visible what other processes have made in parts.")
    ] = False,
    watch: Annotated[
        bool, Option("Go on: what changes is found within a second, until Ctrl-C.")
    ] = False,
) -> int:
    """Read articles and bring the index up to date.

    Adds new articles, replaces changed ones, removes vanished ones. Nothing changed: nothing is
    written. What cannot be read is reported, and the rest goes on.
    """
    import searcher

    if publish:
        articles = searcher.publish_index(index_folder(index))
        say(tr("the index has {articles} now", articles=counted(articles, "article")))
        return 0
    kept = setting("lexicon")
    if watch:
        searcher.check_watching()
    try:
        with bar(tr("articles")) as advance:
            report = searcher.build_index(
                corpus_folders(corpus) or None,
                index_folder(index),
                add=add,
                replace=replace,
                rebuild=rebuild,
                jobs=jobs,
                lexicon=lexicon or (kept.value if kept else None),
                glob=glob or None,
                exclude=exclude or None,
                follow=follow or None,
                fields=options.field_names(fields) or field_settings(),
                part=_part(part),
                on_progress=lambda progress: advance(
                    told(progress.stage), progress.done, progress.total
                ),
            )
    except KeyboardInterrupt:
        say(
            "searcher: "
            + tr(
                "interrupted; what was committed before can be searched, "
                "and the same command carries on"
            )
        )
        return 130
    for problem in report.problems:
        say(f"{problem.path}: {told(problem.message)}")
    if report.left_out:
        endings = ", ".join(f"{count} {told(ending)}" for ending, count in report.left_out)
        say(tr("left out: {endings}", endings=endings))
    say(summary(report))
    if watch:
        from searcher.cli.watch import follow_sources

        return follow_sources(index_folder(index))
    if strict and (report.problems or report.skipped):
        return 2
    return 0 if report.added or report.changed or report.removed or report.unchanged else 2


def _part(given: str) -> tuple[int, int] | None:
    """The number of a part and how many there are. Raises QueryError."""
    if not given:
        return None
    number, slash, of = given.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal()):
        raise QueryError(
            tr("--part is a number and how many there are, as in 3/8, not {given}", given=given)
        )
    return int(number), int(of)


def summary(report: "Report") -> str:
    """What a run did, in one line."""
    return tr(
        "{added} added, {changed} changed, {removed} removed, {unchanged} unchanged, "
        "{skipped} skipped, {problems}; {pace}",
        added=report.added,
        changed=report.changed,
        removed=report.removed,
        unchanged=report.unchanged,
        skipped=report.skipped,
        problems=counted(len(report.problems), "problem"),
        pace=pace(report.added + report.changed, report.seconds),
    )


def pace(articles: int, seconds: float) -> str:
    """How long it took, and how fast that is."""
    took = f"{seconds:.1f}"
    if not (articles and seconds):
        return tr("{seconds} s", seconds=took)
    speed = f"{articles / seconds:,.0f}"
    return tr("{seconds} s, {speed} articles/s", seconds=took, speed=speed)

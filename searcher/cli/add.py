"""``searcher add``: single files, or articles from standard input, become part of an index."""

import sys
from typing import Annotated

from searcher.cli import options
from searcher.cli.folders import index_folder
from searcher.cli.language import told, tr
from searcher.cli.options import Argument
from searcher.cli.render import counted, say
from searcher.cli.settings import field_settings

EXAMPLES = """
Examples:
  searcher add call.md                 # at once to be found, and kept by searcher index
  searcher add ~/more/*.md             # those of a source are read anew
  searcher add news.jsonl --fields title=headline,body=content
"""


def add(
    *,
    files: Annotated[list[str], Argument("Files of articles; - is standard input.", "FILE...")],
    index: options.IndexFolder = "",
    fields: options.Fields = "",
) -> int:
    """Add single articles to the index.

    They stay when the index is brought up to date with its sources. An article with the same path
    is replaced.
    """
    import searcher

    names = options.field_names(fields) or field_settings()
    with searcher.open_writer(index_folder(index)) as writer:
        for file in files:
            if file == "-":
                writer.add_stream(sys.stdin.buffer, fields=names)
            else:
                writer.add_files(file, fields=names)
        report = writer.commit()
    for problem in report.problems:
        say(f"{problem.path}: {told(problem.message)}")
    say(
        tr(
            "{added} added, {changed} changed, {removed} removed, {unchanged} unchanged, "
            "{problems}",
            added=report.added,
            changed=report.changed,
            removed=report.removed,
            unchanged=report.unchanged,
            problems=counted(len(report.problems), "problem"),
        )
    )
    changed = report.added + report.changed + report.removed + report.unchanged
    return 0 if changed or not report.problems else 2

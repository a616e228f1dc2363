"""``searcher batch``: many queries, one after another, answered while they are still being read."""

import sys
from dataclasses import fields
from pathlib import Path
from textwrap import fill, indent
from typing import Annotated, BinaryIO, Literal

from searcher import QueryError, SearcherError, SearchOptions
from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.language import told, tr
from searcher.cli.options import Argument, Option
from searcher.cli.progress import bar
from searcher.cli.render import is_terminal, say
from searcher.query_lines import answers

EXAMPLES = f"""
A line of input is
  {{"id": "q1", "query": "普京", "since": "2021-12"}}    if it begins with {{
  q1<tab>普京                                          if it has a tab
  普京                                                 if not; its id is its line number
  Empty lines are left out. Options of a JSON line:
{indent(fill(", ".join(field.name for field in fields(SearchOptions)), 70), "  ")}.

A .csv file whose header has a column called query is a spreadsheet: columns with the names of
options are options, all others are carried into the output, which is CSV with one row a hit.

Articles with only some of the words come after the others and are marked: "relaxed" in JSON and
CSV, the name searcher-relaxed in TREC; "total" does not count them; --strict leaves them out.

Examples:
  searcher batch queries.txt > answers.jsonl
  searcher batch queries.csv > hits.csv
  searcher batch queries.csv --summary
  searcher batch topics.tsv --format trec --limit 100 > run.trec
  echo '{{"id": "q1", "query": "普京", "since": "2021-12"}}' | searcher batch -
"""


def batch(
    *,
    file: Annotated[str, Argument("A file of queries, or - for standard input.", "FILE")],
    index: options.IndexFolder = "",
    # The option is called so.
    format: Annotated[Literal["jsonl", "csv", "trec"], Option("The form of the output.")] = "jsonl",  # noqa: A002 - the option's name
    summary: Annotated[
        bool, Option("Of a spreadsheet, write one row a query: total, dates, sources.")
    ] = False,
    bom: Annotated[bool, Option("Begin CSV with a byte order mark, for Excel.")] = False,
    asked: options.Search,
) -> int:
    """Answer many queries, one a line.

    The answers come in the order of the queries. A bad query is answered by an error, the others
    go on, and the exit code is 2 in the end. The options hold for queries that do not say else.
    """
    from searcher.cli.answers import WRITERS
    from searcher.cli.records import speak_utf8
    from searcher.cli.spreadsheet import answer_table, is_spreadsheet, read_file

    if bom:
        if format != "csv" and not is_spreadsheet(file):
            raise QueryError(tr("--bom is for --format csv"))
        speak_utf8()
        sys.stdout.write("\ufeff")
    if is_spreadsheet(file):
        with open_index(index) as opened:
            asked["snippets"] = False
            return 0 if answer_table(opened, read_file(Path(file)), summary, asked) else 2
    if summary:
        raise QueryError(tr("--summary is for a .csv file whose header has a column called query"))
    write_answer = WRITERS[format]()
    failed = False
    on_terminal = is_terminal(sys.stdout)
    with open_index(index) as opened, _lines(file) as source:
        total = _count(source) if is_terminal(sys.stderr) and not on_terminal else None
        if format != "jsonl":
            asked["snippets"] = False
        found = answers(opened, source, **asked)
        with bar(tr("queries"), wanted=not on_terminal) as advance:
            for done, (request, answer) in enumerate(found, 1):
                if isinstance(answer, SearcherError):
                    failed = True
                    what = tr("query {id}: {problem}", id=request.id, problem=told(answer))
                    say(f"searcher: {what}")
                write_answer(request.id, request.query, answer)
                # Whoever reads the other end of a pipe gets each answer when it is there.
                sys.stdout.flush()
                advance(tr("searching"), done, total)
    return 2 if failed else 0


def _lines(file: str) -> BinaryIO:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")


def _count(source: BinaryIO) -> int | None:
    if not source.seekable():
        return None
    total = sum(1 for line in source if line.strip())
    source.seek(0)
    return total

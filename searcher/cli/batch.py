"""``searcher batch``: many queries, one after another, answered while they are still being read."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from textwrap import fill, indent
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal, NamedTuple

from searcher import QueryError, SearcherError, SearchOptions
from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.options import Argument, Option
from searcher.cli.progress import bar
from searcher.cli.render import is_terminal, say

if TYPE_CHECKING:
    from searcher import Index, Results

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


class Request(NamedTuple):
    """One line of input: its id, and either a query with its own options or what is wrong."""

    id: str
    query: str
    options: Mapping[str, Any]
    problem: str = ""


def batch(
    *,
    file: Annotated[str, Argument("A file of queries, or - for standard input.", "FILE")],
    index: options.IndexFolder = "",
    # The option is called so.
    format: Annotated[Literal["jsonl", "csv", "trec"], Option("The form of the output.")] = "jsonl",  # noqa: A002
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
    from searcher.cli.spreadsheet import answer_table, is_spreadsheet, read_table

    if bom:
        if format != "csv" and not is_spreadsheet(file):
            raise QueryError("--bom is for --format csv")
        speak_utf8()
        sys.stdout.write("\ufeff")
    if is_spreadsheet(file):
        with open_index(index) as opened:
            asked["snippets"] = False
            return 0 if answer_table(opened, read_table(Path(file)), summary, asked) else 2
    if summary:
        raise QueryError("--summary is for a .csv file whose header has a column called query")
    write_answer = WRITERS[format]()
    failed = False
    on_terminal = is_terminal(sys.stdout)
    with open_index(index) as opened, _lines(file) as source:
        total = _count(source) if is_terminal(sys.stderr) and not on_terminal else None
        if format != "jsonl":
            asked["snippets"] = False
        found = answers(opened, source, **asked)
        with bar("queries", wanted=not on_terminal) as advance:
            for done, (request, answer) in enumerate(found, 1):
                if isinstance(answer, SearcherError):
                    failed = True
                    say(f"searcher: query {request.id}: {answer}")
                write_answer(request.id, request.query, answer)
                # Whoever reads the other end of a pipe gets each answer when it is there.
                sys.stdout.flush()
                advance("searching", done, total)
    return 2 if failed else 0


def answers(
    index: "Index", lines: Iterable[bytes], **defaults: Any
) -> "Iterator[tuple[Request, Results | SearcherError]]":
    """Each request of ``lines`` with its answer; no more of them are held than the index wants."""
    waiting: deque[Request] = deque()

    def good() -> Iterator[Mapping[str, Any]]:
        for request in requests(lines):
            waiting.append(request)
            if not request.problem:
                yield {**request.options, "query": request.query}

    def bad() -> Iterator[tuple[Request, SearcherError]]:
        while waiting and waiting[0].problem:
            request = waiting.popleft()
            yield request, QueryError(request.problem)

    for answer in index.batch(good(), **defaults):
        yield from bad()
        yield waiting.popleft(), answer
    yield from bad()


def requests(lines: Iterable[bytes]) -> Iterator[Request]:
    """What each line asks for."""
    for number, raw in enumerate(lines, 1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
        except UnicodeDecodeError:
            shown = raw.decode(errors="replace").strip("\r\n")
            yield Request(str(number), shown, {}, f"line {number} is not UTF-8")
            continue
        if line.strip():
            yield _request(str(number), line)


def _request(number: str, line: str) -> Request:
    if line.lstrip().startswith("{"):
        return _object(number, line)
    id_, tab, query = line.partition("\t")
    return Request(id_.strip() or number, query, {}) if tab else Request(number, line, {})


def _object(number: str, line: str) -> Request:
    import json

    try:
        given: dict[str, Any] = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Request(number, line, {}, f"line {number} is not a JSON object: {error}")
    id_ = given.pop("id", None)
    if id_ is None:
        id_ = number
    query = given.pop("query", None)
    problem = ""
    if isinstance(id_, bool) or not isinstance(id_, str | int):
        id_, problem = number, f'line {number} has an "id" that is neither text nor a whole number'
    elif query is None:
        problem = f'line {number} has no "query"'
    elif not isinstance(query, str):
        problem = f'line {number} has a "query" that is not text'
    if problem:
        return Request(str(id_), query if isinstance(query, str) else line, {}, problem)
    return Request(str(id_), query, given)


def _lines(file: str) -> BinaryIO:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")


def _count(source: BinaryIO) -> int | None:
    if not source.seekable():
        return None
    total = sum(1 for line in source if line.strip())
    source.seek(0)
    return total

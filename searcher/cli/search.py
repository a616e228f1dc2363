"""``searcher search``: a query in, ranked hits out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from searcher import QueryError
from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.language import plural, tr
from searcher.cli.options import Argument, Option
from searcher.cli.output import choose_one, say_notes
from searcher.cli.query_text import query_of
from searcher.cli.render import Page, counted, say, write
from searcher.translation import filled

if TYPE_CHECKING:
    from searcher import Index, Results

EXAMPLES = """
Query:
  拜登 普京             both words          "视频通话"    exactly this
  拜登 OR 普京          one of them         新冠*  普?    what begins so; one character more
  拜登 -普京  !普京     one, not the other  ( )           what belongs together
  "拜登 普京"~20        both, with at most 20 characters between them
  title:  author:  category:  source:  site:cctv.com  path:2021/
  date:2021-12  date:2021-12-01..2021-12-31  after:2021-12-05  before:2022
  标题：  作者：  分类：  来源：  网站：  路径：  日期：2021年12月

--format takes {rank} {id} {title} {date} {time} {path} {file} {author} {source} {categories} {url}
{score} {snippet}, and \\t \\n \\0. The index calls an article {path}; {file} opens from here.

Examples:
  searcher search 拜登 普京
  searcher 拜登 普京                   # the same: what is no command is a query
  searcher search '"视频通话" -体育' --since 2021-12 --sort newest
  searcher search 普京 -拜登 --files
  searcher search 疫苗 -- -WHO         # what begins like an option stands after --
  searcher search 标题：普京 --files | xargs wc -c
  searcher search 普京 --files -0 | xargs -0 grep -c 北约
  searcher search 普京 --format '{date}\\t{title}\\t{file}'
  searcher search 普京 --tsv > putin.tsv
  searcher search 普京 --json | jq '.hits[].title'
  echo 拜登 普京 | searcher search -   # the query from standard input
"""


def search(
    *,
    query: Annotated[
        list[str], Argument("What to look for; several words are joined, - reads it.", "QUERY")
    ],
    index: options.IndexFolder = "",
    asked: options.Search,
    as_json: options.Json = False,
    as_jsonl: Annotated[bool, Option("Print one JSON object a hit.", "--jsonl")] = False,
    count: Annotated[bool, Option("Print only how many articles match.")] = False,
    files: Annotated[bool, Option("Print only the files of the hits, as they open here.")] = False,
    absolute: Annotated[bool, Option("With --files, print absolute paths.")] = False,
    null: Annotated[
        bool, Option("With --files or --format, end each with a NUL, for xargs -0.", "-0")
    ] = False,
    format: Annotated[  # noqa: A002 - the option's name
        str, Option("Print a line a hit, such as '{date} {title}'; see below.", metavar="TEMPLATE")
    ] = "",
    tsv: Annotated[bool, Option("Print a table with tabs between its columns.")] = False,
    partial: Annotated[
        bool, Option("On a cluster: answer, with a note, where a part of the index does not.")
    ] = False,
    color: options.Color = "auto",
    hyperlink: options.Hyperlink = "auto",
    no_pager: options.NoPager = False,
) -> int:
    """Find articles and show the best.

    Prints title, date, source, path, id and the places that match. Exits with 1 when nothing does.
    """
    forms = {
        "--json": as_json, "--jsonl": as_jsonl, "--count": count, "--files": files,
        "--format": format, "--tsv": tsv,
    }  # fmt: skip
    choose_one(**forms)
    if absolute and not files:
        raise QueryError(tr("--absolute is for --files"))
    if null and not (files or format):
        raise QueryError(tr("-0 is for --files and --format"))
    text = query_of(query)
    with open_index(index, partial=partial) as opened:
        if count:
            asked["limit"] = 0
        if files or count or tsv:
            asked["snippets"] = False
        if format:
            from searcher.cli.templates import Template

            template = Template(format)
        results = opened.search(text, **asked)
        say_notes(results.notes)
        if as_json:
            from searcher.cli.records import write_record
            from searcher.records import results_record

            write_record(results_record(results))
        elif as_jsonl:
            from searcher.cli.records import write_record
            from searcher.records import hit_record

            for hit in results:
                write_record(hit_record(hit))
        elif count:
            write(str(results.total))
        elif files:
            from searcher.cli.listing import list_files

            list_files(opened, results, absolute=absolute, null=null)
        elif format:
            from searcher.cli.listing import list_filled

            list_filled(opened, results, template, null=null)
        elif tsv:
            from searcher.cli.records import speak_utf8
            from searcher.cli.templates import tab_separated

            speak_utf8()
            for line in tab_separated(results):
                write(line)
        else:
            page = Page(color, pager=not no_pager, links=hyperlink)
            page.show(lines(results, page, opened))
            say(summary(results, asked.get("offset", 0)))
        if not as_json:
            _say_what_helps(opened, text, results, asked)
    found = results.total or (results and not files)
    return 0 if found else 1


def _say_what_helps(index: "Index", query: str, results: "Results", asked: dict[str, Any]) -> None:
    """Say what may have been meant, and which filter left nothing."""
    if not results.total:
        from searcher.cli.emptiness import say_why_empty

        say_why_empty(index, query, asked)
    for text, _, articles in results.suggestions:
        say(
            tr(
                "did you mean {query}? {articles}",
                query=text,
                articles=counted(articles, "article"),
            )
        )


def lines(results: "Results", page: Page, index: "Index") -> Iterator[str]:
    """The hits, with a dividing line before those that match only in part."""
    files = None
    if page.links:
        from searcher.cli.article_files import ArticleFiles
        from searcher.cli.hyperlinks import file_uri

        files = ArticleFiles(index)
    strict = len(results) - results.relaxed
    for place, hit in enumerate(results):
        if place == strict:
            yield from page.divider(
                tr("only some of the words ({number}):", number=results.relaxed)
            )
        yield from page.hit(hit, file_uri(files.absolute(hit.path)) if files else "")


def summary(results: "Results", offset: int) -> str:
    """The closing line of a result."""
    if not results and not results.total:
        return tr("nothing found for: {query}", query=results.query)
    values = {
        "articles": counted(results.total, "article"),
        "took": f"{results.took * 1000:.1f}",
        "offset": offset,
        "first": offset + 1,
        "last": offset + len(results),
        "relaxed": results.relaxed,
    }
    if results.relaxed:
        return filled(_relaxed_summary(results), values)
    if len(results) == results.total:
        return tr("{articles} in {took} ms", **values)
    if not results:
        return tr("{articles} in {took} ms; none is left after {offset}", **values)
    if offset + len(results) < results.total:
        return tr("{first}–{last} of {articles} in {took} ms; more with --offset {last}", **values)
    return tr("{first}–{last} of {articles} in {took} ms", **values)


def _relaxed_summary(results: "Results") -> str:
    if results.total == 1:
        return plural(
            "{articles} matches as asked; {relaxed} with only some of the words follows, "
            "in {took} ms",
            "{articles} matches as asked; {relaxed} with only some of the words follow, "
            "in {took} ms",
            results.relaxed,
        )
    return plural(
        "{articles} match as asked; {relaxed} with only some of the words follows, in {took} ms",
        "{articles} match as asked; {relaxed} with only some of the words follow, in {took} ms",
        results.relaxed,
    )

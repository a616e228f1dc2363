"""``searcher search``: a query in, ranked hits out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from searcher import QueryError
from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.options import Argument, Option
from searcher.cli.render import Page, counted, say, write

if TYPE_CHECKING:
    from searcher import Results

EXAMPLES = """
Query:
  拜登 普京             both words          "视频通话"    exactly this
  拜登 OR 普京          one of them         新冠*  普?    what begins so; one character more
  拜登 -普京  !普京     one, not the other  ( )           what belongs together
  "拜登 普京"~20        both, with at most 20 characters between them
  title:  author:  category:  source:  site:cctv.com  path:2021/
  date:2021-12  date:2021-12-01..2021-12-31  after:2021-12-05  before:2022
  标题：  作者：  分类：  来源：  网站：  路径：  日期：2021年12月

Examples:
  searcher search 拜登 普京
  searcher search '"视频通话" -体育' --since 2021-12 --sort newest
  searcher search 普京 -拜登 --files
  searcher search 疫苗 -- -WHO         # what begins like an option stands after --
  searcher search 标题：普京 --files | (cd corpus && xargs wc -c)
  searcher search 普京 --json | jq '.hits[].title'
"""


def search(
    *,
    query: Annotated[list[str], Argument("What to look for; several words are joined.", "QUERY")],
    index: options.IndexFolder = "",
    asked: options.Search,
    as_json: options.Json = False,
    as_jsonl: Annotated[bool, Option("Print one JSON object a hit.", "--jsonl")] = False,
    count: Annotated[bool, Option("Print only how many articles match.")] = False,
    files: Annotated[bool, Option("Print only the paths of the hits.")] = False,
    partial: Annotated[
        bool, Option("On a cluster: answer, with a note, where a part of the index does not.")
    ] = False,
    color: options.Color = "auto",
    no_pager: options.NoPager = False,
) -> int:
    """Find articles and show the best.

    Prints title, date, source, path, id and the places that match. Exits with 1 when nothing does.
    """
    if as_json + as_jsonl + count + files > 1:
        raise QueryError("choose one of --json, --jsonl, --count and --files")
    with open_index(index, partial=partial) as opened:
        if count:
            asked["limit"] = 0
        if files or count:
            asked["snippets"] = False
        results = opened.search(words(query), **asked)
        for note in results.notes:
            say(note)
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
            page = Page(color)
            for hit in results:
                if not hit.relaxed:
                    page.path(hit.path)
            if results.relaxed:
                say(f"left out: {counted(results.relaxed, 'article')} {SOME}")
        else:
            page = Page(color, pager=not no_pager)
            page.show(lines(results, page))
            say(summary(results, asked.get("offset", 0)))
        if not as_json:
            for text, _, articles in results.suggestions:
                say(f"did you mean {text}? {counted(articles, 'article')}")
    found = results.total or (results and not files)
    return 0 if found else 1


def words(query: list[str]) -> str:
    """The words of a command line as one query; bytes that are no text become �."""
    return " ".join(query).encode(errors="surrogateescape").decode(errors="replace")


SOME = "with only some of the words"


def lines(results: "Results", page: Page) -> Iterator[str]:
    """The hits, with a dividing line before those that match only in part."""
    strict = len(results) - results.relaxed
    for place, hit in enumerate(results):
        if place == strict:
            yield from page.divider(f"only some of the words ({results.relaxed}):")
        yield from page.hit(hit)


def summary(results: "Results", offset: int) -> str:
    """The closing line of a result."""
    if not results and not results.total:
        return f"nothing found for: {results.query}"
    articles = counted(results.total, "article")
    took = f"in {results.took * 1000:.1f} ms"
    first, last = offset + 1, offset + len(results)
    if results.relaxed:
        verb = "matches" if results.total == 1 else "match"
        follow = "follows" if results.relaxed == 1 else "follow"
        return f"{articles} {verb} as asked; {results.relaxed} {SOME} {follow}, {took}"
    if len(results) == results.total:
        return f"{articles} {took}"
    if not results:
        return f"{articles} {took}; none is left after {offset}"
    more = f"; more with --offset {last}" if last < results.total else ""
    return f"{first}–{last} of {articles} {took}{more}"

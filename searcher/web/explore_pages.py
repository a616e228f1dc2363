"""The pages that tell of all matches: one query in full, several beside one another, and files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from searcher import Index, QueryError
from searcher.web import overview, pictures
from searcher.web.caching import caching_headers, entity_tag, is_fresh, not_modified
from searcher.web.limits import MAX_LINES
from searcher.web.links import narrowed, search_link
from searcher.web.operations import NAME_KINDS, PERIODS
from searcher.web.parameters import QUERY, Parameter, search_options
from searcher.web.pool import IndexPool
from searcher.web.rendering import VARY, render, sayer, tag_of, texts_of, values_of
from searcher.web.tables import CSV, SVG, file_response, table_text

if TYPE_CHECKING:
    from searcher import Keyword, NamePair, Names, Timeline

T = TypeVar("T")

FILTERS = ("since", "until", "source", "category", "author", "any")
EXPLORE_PARAMETERS = (QUERY, *search_options(*FILTERS))
COMPARE_PARAMETERS = (
    QUERY._replace(many=True, required=False),
    Parameter("by", "string", "How long a period is.", "month", PERIODS),
    Parameter("share", "boolean", "Per cent of all articles of a period.", False),
    *search_options(*FILTERS),
)
MAX_QUERIES = 6
"""Queries beside one another; there are colours for no more."""

SEARCH_PLOT = 64
"""Pixels of the timeline above results."""

KEYWORD_COLUMNS = ("term", "kind", "here", "elsewhere", "log_likelihood", "log_ratio")


class File(NamedTuple):
    """A table or picture to keep: how it is made from an index, a query and options."""

    media_type: str
    make: Callable[[Index, str, Mapping[str, Any]], str]


def routes(pool: IndexPool) -> list[Route]:
    """The routes of these pages and files."""

    async def explore(request: Request) -> Response:
        return await _explore_page(request, pool)

    async def explore_file(request: Request) -> Response:
        return await _explore_file(request, pool)

    async def compare(request: Request) -> Response:
        return await _compare_page(request, pool)

    async def compare_file(request: Request) -> Response:
        return await _compare_file(request, pool)

    return [
        Route("/explore", explore, name="explore_page"),
        Route("/explore/{file}", explore_file, name="explore_file"),
        Route("/compare", compare, name="compare_page"),
        Route("/compare.{form}", compare_file, name="compare_file"),
    ]


async def _explore_page(request: Request, pool: IndexPool) -> Response:
    values = values_of(EXPLORE_PARAMETERS, request)
    tag = tag_of(request, pool.commit)
    if is_fresh(request, tag):
        return not_modified(tag, VARY)
    query, options = _asked(values)

    def work(index: Index) -> tuple[overview.Overview, str]:
        return overview.make_overview(index, query, options), index.commit

    found, commit = await pool.run(work)

    bars = [(period.name, period.counts[0]) for period in found.timeline.periods]

    def search_both(name: str) -> str:
        return search_link(values, q=narrowed(query, name))

    return render(
        request,
        "explore.html",
        tag=tag_of(request, commit),
        values=values,
        overview=found,
        timeline=timeline_picture(request, bars, values),
        kinds=[(kind, _of_kind(found.names, kind)) for kind in NAME_KINDS],
        words=keyword_picture(found.keywords.words, search_both),
        network=network_picture(found.names, search_both) if found.names.together else "",
    )


def timeline_picture(
    request: Request, bars: Sequence[tuple[str, int]], values: Mapping[str, Any]
) -> Markup | str:
    """The matches of a search over time; each bar leads to those of its period. "" without any."""
    if not bars:
        return ""
    say = sayer(request)
    kept = {name: value for name, value in values.items() if name not in ("page", "since", "until")}
    start = search_link(kept)
    joint = "&" if "?" in start else "?"
    return pictures.columns(
        [period for period, _ in bars],
        [pictures.Series("", [count for _, count in bars])],
        # The names of periods need no escaping in an address.
        link=lambda period: f"{start}{joint}since={period}&until={period}",
        describe=lambda period, count: say("period_count", period=period, count=count),
        plot=SEARCH_PLOT,
    )


def keyword_picture(words: Iterable[Keyword], link: Callable[[str], str] | None = None) -> Markup:
    """Words by how sure it is that they mark the matches."""
    return pictures.rows([(word.term, round(word.log_likelihood)) for word in words], link)


def network_picture(names: Names, link: Callable[[str], str] | None = None) -> Markup:
    """Who is named with whom."""
    kinds = {name.name: name.kind for name in names.names}
    return pictures.network(_pairs(names), kinds, link)


def _pairs(names: Names) -> Sequence[NamePair]:
    return names.together[: overview.MAX_TIES]


def _of_kind(names: Names, kind: str) -> list[Any]:
    return [name for name in names.names if name.kind == kind][: overview.MAX_NAMES]


async def _explore_file(request: Request, pool: IndexPool) -> Response:
    file = FILES.get(request.path_params["file"])
    if file is None:
        raise HTTPException(404)
    values = values_of(EXPLORE_PARAMETERS, request)
    query, options = _asked(values)
    return await _file(
        request, pool, request.path_params["file"], file.media_type,
        lambda index: file.make(index, query, options),
    )  # fmt: skip


async def _file(
    request: Request, pool: IndexPool, name: str, media_type: str, make: Callable[[Index], str]
) -> Response:
    tag = entity_tag(pool.commit)
    if is_fresh(request, tag):
        return not_modified(tag)
    text, commit = await pool.run(lambda index: (make(index), index.commit))
    return file_response(name, text, media_type, caching_headers(entity_tag(commit)))


def _timeline_table(index: Index, query: str, options: Mapping[str, Any]) -> str:
    return _periods_table(overview.fitting_timeline(index, query, options))


def _timeline_picture(index: Index, query: str, options: Mapping[str, Any]) -> str:
    timeline = overview.fitting_timeline(index, query, options)
    return _columns(timeline, share=False, heading=True)


def _facets_table(index: Index, query: str, options: Mapping[str, Any]) -> str:
    found = index.facets(query, overview.FACETS, top=MAX_LINES, **options)
    rows = (
        (facet.field, value.value, value.articles)
        for facet in found.facets
        for value in facet.values
    )
    return table_text([("field", "value", "articles"), *rows])


def _keywords_table(index: Index, query: str, options: Mapping[str, Any]) -> str:
    found = index.keywords(query, top=MAX_LINES, **options)
    rows = ([getattr(word, name) for name in KEYWORD_COLUMNS] for word in found.words)
    return table_text([KEYWORD_COLUMNS, *rows])


def _keywords_picture(index: Index, query: str, options: Mapping[str, Any]) -> str:
    return keyword_picture(index.keywords(query, top=overview.MAX_WORDS, **options).words)


def _names_table(index: Index, query: str, options: Mapping[str, Any]) -> str:
    found = index.names(query, top=MAX_LINES, **options)
    rows = ((n.name, n.kind, n.articles, ";".join(n.aliases)) for n in found.names)
    return table_text([("name", "kind", "articles", "aliases"), *rows])


def _pairs_table(index: Index, query: str, options: Mapping[str, Any]) -> str:
    found = index.names(query, top=MAX_LINES, together=True, **options)
    return table_text([("first", "second", "articles"), *found.together])


def _pairs_picture(index: Index, query: str, options: Mapping[str, Any]) -> str:
    found = index.names(query, top=overview.MAX_PAIRS, together=True, **options)
    return network_picture(found)


def _contexts_table(index: Index, query: str, options: Mapping[str, Any]) -> str:
    found = index.concordance(query, limit=MAX_LINES, **options)
    header = ("id", "path", "date", "source", "field", "left", "match", "right")
    rows = ([getattr(line, name) for name in header] for line in found.lines)
    return table_text([header, *rows])


FILES: dict[str, File] = {
    "timeline.csv": File(CSV, _timeline_table),
    "timeline.svg": File(SVG, _timeline_picture),
    "facets.csv": File(CSV, _facets_table),
    "keywords.csv": File(CSV, _keywords_table),
    "keywords.svg": File(SVG, _keywords_picture),
    "names.csv": File(CSV, _names_table),
    "pairs.csv": File(CSV, _pairs_table),
    "pairs.svg": File(SVG, _pairs_picture),
    "contexts.csv": File(CSV, _contexts_table),
}
"""What can be kept of a query, by the names of the files."""


async def _compare_page(request: Request, pool: IndexPool) -> Response:
    try:
        values, queries, options = _compared(request)
    except QueryError as error:
        shown = {"values": {}, "queries": request.query_params.getlist("q")[:MAX_QUERIES]}
        shown["values"] = texts_of(COMPARE_PARAMETERS[1:], request)
        return _compare(request, 400, problem=str(error), **shown)
    tag = tag_of(request, pool.commit)
    if is_fresh(request, tag):
        return not_modified(tag, VARY)
    if not queries:
        return _compare(request, values=values, queries=[])

    def work(index: Index) -> tuple[Timeline, str]:
        return index.timeline(*queries, **options), index.commit

    try:
        timeline, commit = await pool.run(work)
    except QueryError as error:
        return _compare(request, 400, values=values, queries=queries, problem=str(error))
    share = values.get("share", False)
    return _compare(
        request,
        tag=tag_of(request, commit),
        values=values,
        queries=queries,
        timeline=timeline,
        picture=_columns(timeline, share=share, heading=True),
        rows=_period_rows(timeline, share),
    )


def _compare(request: Request, status: int = 200, **context: Any) -> Response:
    empty: dict[str, Any] = {"problem": "", "timeline": None, "picture": "", "rows": []}
    return render(
        request, "compare.html", status=status, most=MAX_QUERIES, periods=PERIODS,
        **{**empty, **context},
    )  # fmt: skip


async def _compare_file(request: Request, pool: IndexPool) -> Response:
    form = request.path_params["form"]
    if form not in ("csv", "svg"):
        raise HTTPException(404)
    values, queries, options = _compared(request)
    if not queries:
        raise QueryError("q is missing: give the queries to compare")
    share = values.get("share", False)

    def make(index: Index) -> str:
        timeline = index.timeline(*queries, **options)
        if form == "csv":
            return _periods_table(timeline)
        return _columns(timeline, share=share, heading=True)

    media_type = CSV if form == "csv" else SVG
    return await _file(request, pool, f"compare.{form}", media_type, make)


def _compared(request: Request) -> tuple[dict[str, Any], list[str], dict[str, Any]]:
    """The values of an address, its queries, and the options of a timeline. Raises QueryError."""
    values = values_of(COMPARE_PARAMETERS, request)
    queries = values.get("q", [])
    if len(queries) > MAX_QUERIES:
        raise QueryError(f"at most {MAX_QUERIES} queries are compared; leave some out")
    options = {name: value for name, value in values.items() if name not in ("q", "share")}
    return values, queries, options


def _columns(timeline: Timeline, *, share: bool, heading: bool) -> Markup:
    rows = [period.shares if share else period.counts for period in timeline.periods]
    series = [
        pictures.Series(query, [row[number] for row in rows])
        for number, query in enumerate(timeline.queries)
    ]
    names = [period.name for period in timeline.periods]
    return pictures.columns(names, series, unit=" %" if share else "", heading=heading)


def _period_rows(timeline: Timeline, share: bool) -> list[tuple[str, list[str]]]:
    if share:
        return [(p.name, [f"{value:.2f} %" for value in p.shares]) for p in timeline.periods]
    return [(p.name, [f"{value:,}" for value in p.counts]) for p in timeline.periods]


def _periods_table(timeline: Timeline) -> str:
    header = ("period", "start", *timeline.queries, "articles")
    rows = ((p.name, p.start, *p.counts, p.articles) for p in timeline.periods)
    return table_text([header, *rows])


def _asked(values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The query of an address and its options."""
    return values["q"], {name: value for name, value in values.items() if name != "q"}

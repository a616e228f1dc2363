"""The pages for people: searching, one article, the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from searcher import Index, QueryError
from searcher.web.caching import is_fresh, not_modified
from searcher.web.explore_pages import FILTERS, timeline_picture
from searcher.web.limits import MAX_DEPTH, MAX_TEXT_LENGTH
from searcher.web.marking import marked, paragraphs
from searcher.web.overview import Counted, count_beside
from searcher.web.parameters import QUERY, Parameter, search_options
from searcher.web.pool import IndexPool
from searcher.web.rendering import VARY, error_page, render, tag_of, texts_of, values_of

if TYPE_CHECKING:
    from searcher import Article, Duplicate, Explanation, Hit, Results, Stats

PAGE_SIZE = 10
MAX_PAGE = MAX_DEPTH // PAGE_SIZE
MAX_MATCH_LINKS = 50
"""The maximum number of links to single matches above an article."""

MAX_SIMILAR = 5
"""Similar articles below an article."""
MIN_COUNTED = 2
"""With fewer matches nothing is counted beside the results."""
MAX_GROUP = 20
"""Near-duplicates below an article."""

_OPTIONS = (*FILTERS, "strict", "unique")
_QUERY = QUERY._replace(required=False)
SEARCH_PARAMETERS = (
    _QUERY,
    *search_options("sort", *_OPTIONS),
    Parameter("page", "integer", "The page, from 1.", 1, most=MAX_PAGE),
)


class Answer(NamedTuple):
    """What an index says for a page of results."""

    results: Results
    counted: Counted | None
    commit: str


class Found(NamedTuple):
    """What an index says for a page of an article."""

    article: Article
    title_spans: tuple[tuple[int, int], ...]
    body_spans: tuple[tuple[int, int], ...]
    explanation: Explanation | None
    group: tuple[Duplicate, ...]
    similar: list[Hit]
    commit: str


def routes(pool: IndexPool) -> list[Route]:
    """The routes of all pages."""

    async def search(request: Request) -> Response:
        return await _search_page(request, pool)

    async def article(request: Request) -> Response:
        return await _article_page(request, pool)

    return [
        Route("/", search, name="search_page"),
        Route("/articles/{id:path}", article, name="article_page"),
        Route("/keys", _keys_page, name="keys_page"),
    ]


async def _search_page(request: Request, pool: IndexPool) -> Response:
    problem = ""
    try:
        values = values_of(SEARCH_PARAMETERS, request)
    except QueryError as error:
        values, problem = texts_of(SEARCH_PARAMETERS, request), str(error)
    tag = tag_of(request, pool.commit)
    if not problem and is_fresh(request, tag):
        return not_modified(tag, VARY)
    shown: dict[str, Any] = {"values": values, "problem": problem}
    if problem:
        return render(request, "search.html", status=400, **shown)
    if "q" not in values:
        return await _home_page(request, pool)
    page = max(1, values.get("page", 1))
    try:
        results, counted, commit = await pool.run(lambda index: _answer(index, pool, values, page))
    except QueryError as error:
        return render(request, "search.html", status=400, **{**shown, "problem": str(error)})
    return render(
        request,
        "search.html",
        tag=tag_of(request, commit),
        results=results,
        strict=[hit for hit in results if not hit.relaxed],
        relaxed=[hit for hit in results if hit.relaxed],
        picture=timeline_picture(request, counted.bars, values) if counted else "",
        fields=counted.fields if counted else [],
        page=page,
        has_next=page * PAGE_SIZE < results.total and page < MAX_PAGE,
        **shown,
    )


async def _home_page(request: Request, pool: IndexPool) -> Response:
    def work(index: Index) -> tuple[Stats, Counted, str]:
        return pool.stats(index), count_beside(index, "*", {}), index.commit

    stats, counted, commit = await pool.run(work)
    return render(
        request,
        "home.html",
        tag=tag_of(request, commit),
        stats=stats,
        picture=timeline_picture(request, counted.bars, {"q": "*"}),
    )


def _answer(index: Index, pool: IndexPool, values: dict[str, Any], page: int) -> Answer:
    """The results of a page, with what is counted beside them where there are several."""
    query, offset = values["q"], (page - 1) * PAGE_SIZE
    options = {name: values[name] for name in ("sort", *_OPTIONS) if name in values}
    results = index.search(query, limit=PAGE_SIZE, offset=offset, **options)
    if results.total < MIN_COUNTED:
        return Answer(results, None, index.commit)
    filters = {name: values[name] for name in FILTERS if name in values}
    key = (query, *filters.items())
    counted = pool.counted.get(index.commit, key, lambda: count_beside(index, query, filters))
    return Answer(results, counted, index.commit)


async def _article_page(request: Request, pool: IndexPool) -> Response:
    id_ = request.path_params["id"]
    values = values_of((_QUERY,), request)
    tag = tag_of(request, pool.commit)
    if is_fresh(request, tag):
        return not_modified(tag, VARY)
    found = await pool.run(lambda index: _find(index, id_, values.get("q", "")))
    if found is None:
        return error_page(request, 404, "no article has this id or path")
    count = len(found.title_spans) + len(found.body_spans)
    article = found.article
    return render(
        request,
        "article.html",
        tag=tag_of(request, found.commit),
        values=values,
        article=article,
        title=marked(article.title, found.title_spans, 1),
        paragraphs=paragraphs(article.body, found.body_spans, 1 + len(found.title_spans)),
        matches=count,
        match_links=range(1, min(count, MAX_MATCH_LINKS) + 1),
        explanation=found.explanation,
        group=[one for one in found.group if one.id != article.id],
        similar=found.similar,
    )


def _find(index: Index, id_: str, query: str) -> Found | None:
    if len(id_) > MAX_TEXT_LENGTH:
        return None
    try:
        article = index.get(id_)
    except QueryError:  # the beginning of several ids
        return None
    if article is None:
        return None
    group = index.near_duplicates(article.id, limit=MAX_GROUP)
    copies = {one.id for one in group}
    similar = index.similar(article.id, limit=MAX_SIMILAR + len(copies))
    others = [hit for hit in similar if hit.id not in copies][:MAX_SIMILAR]
    if not query:
        return Found(article, (), (), None, group, others, index.commit)
    return Found(
        article,
        index.highlight(query, article.title),
        index.highlight(query, article.body),
        index.explain(query, article.id),
        group,
        others,
        index.commit,
    )


async def _keys_page(request: Request) -> Response:
    return render(request, "keys.html")

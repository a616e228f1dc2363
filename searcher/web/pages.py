"""The pages for people: searching, one article, the keys, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from searcher import Index, QueryError, quote
from searcher.web import links
from searcher.web.caching import caching_headers, entity_tag, is_fresh, not_modified
from searcher.web.languages import LANGUAGES, choose_language
from searcher.web.limits import MAX_DEPTH, MAX_QUERY_LENGTH, MAX_TEXT_LENGTH
from searcher.web.marking import harmless, marked, paragraphs, shortened, title_spans
from searcher.web.overview import CHART_HEIGHT, CHART_WIDTH, Overview, make_overview
from searcher.web.parameters import QUERY, Parameter, read, search_options
from searcher.web.pool import IndexPool

if TYPE_CHECKING:
    from jinja2 import Environment

    from searcher import Article, Explanation, Hit, Results

PAGE_SIZE = 10
MAX_PAGE = MAX_DEPTH // PAGE_SIZE
MAX_MATCH_LINKS = 50
"""The maximum number of links to single matches above an article."""

MAX_SIMILAR = 5
"""Similar articles below an article."""
MAX_TITLE = 300
"""Characters of a title that a list shows."""
MAX_NAME = 60
"""Characters of a source or category that a list shows."""

_FILTERS = ("since", "until", "source", "category", "author", "any", "strict", "unique")
_QUERY = QUERY._replace(required=False)
SEARCH_PARAMETERS = (
    _QUERY,
    *search_options("sort", *_FILTERS),
    Parameter("page", "integer", "The page, from 1.", 1, most=MAX_PAGE),
)

EXPLORE_PARAMETERS = (
    QUERY,
    *search_options(*(name for name in _FILTERS if name not in ("strict", "unique"))),
)

VARY = "Accept-Encoding, Accept-Language"


class Found(NamedTuple):
    """What an index says for a page of an article."""

    article: Article
    title_spans: tuple[tuple[int, int], ...]
    body_spans: tuple[tuple[int, int], ...]
    explanation: Explanation | None
    similar: Results
    commit: str


def routes(pool: IndexPool) -> list[Route]:
    """The routes of all pages."""

    async def search(request: Request) -> Response:
        return await _search_page(request, pool)

    async def article(request: Request) -> Response:
        return await _article_page(request, pool)

    async def explore(request: Request) -> Response:
        return await _explore_page(request, pool)

    return [
        Route("/", search, name="search_page"),
        Route("/articles/{id:path}", article, name="article_page"),
        Route("/explore", explore, name="explore_page"),
        Route("/keys", _keys_page, name="keys_page"),
    ]


def error_page(request: Request, status: int, detail: str) -> Response:
    """A page that says what went wrong."""
    known = f"error_{status}" if f"error_{status}" in LANGUAGES["en"] else "error_other"
    phrase = HTTPStatus(status).phrase
    return _page(request, "error.html", status=status, phrase=phrase, known=known, detail=detail)


async def _search_page(request: Request, pool: IndexPool) -> Response:
    problem = ""
    try:
        values = _values(SEARCH_PARAMETERS, request)
    except QueryError as error:
        values, problem = _texts(SEARCH_PARAMETERS, request), str(error)
    tag = _tag(request, pool.commit)
    if not problem and is_fresh(request, tag):
        return not_modified(tag, VARY)
    shown: dict[str, Any] = {"values": values, "problem": problem, "limit": MAX_QUERY_LENGTH}
    if problem:
        return _page(request, "search.html", status=400, **shown)
    if "q" not in values:
        stats, commit = await pool.run(lambda index: (pool.stats(index), index.commit))
        return _page(request, "home.html", tag=_tag(request, commit), stats=stats, **shown)
    page = max(1, values.get("page", 1))
    options = {name: values[name] for name in ("sort", *_FILTERS) if name in values}

    def work(index: Index) -> tuple[Results, str]:
        offset = (page - 1) * PAGE_SIZE
        return index.search(values["q"], limit=PAGE_SIZE, offset=offset, **options), index.commit

    try:
        results, commit = await pool.run(work)
    except QueryError as error:
        return _page(request, "search.html", status=400, **{**shown, "problem": str(error)})
    return _page(
        request,
        "search.html",
        tag=_tag(request, commit),
        results=results,
        strict=[hit for hit in results if not hit.relaxed],
        relaxed=[hit for hit in results if hit.relaxed],
        page=page,
        has_next=page * PAGE_SIZE < results.total and page < MAX_PAGE,
        **shown,
    )


async def _article_page(request: Request, pool: IndexPool) -> Response:
    id_ = request.path_params["id"]
    values = _values((_QUERY,), request)
    tag = _tag(request, pool.commit)
    if is_fresh(request, tag):
        return not_modified(tag, VARY)
    found = await pool.run(lambda index: _find(index, id_, values.get("q", "")))
    if found is None:
        return error_page(request, 404, "no article has this id or path")
    count = len(found.title_spans) + len(found.body_spans)
    article = found.article
    return _page(
        request,
        "article.html",
        tag=_tag(request, found.commit),
        values=values,
        limit=MAX_QUERY_LENGTH,
        article=article,
        title=marked(article.title, found.title_spans, 1),
        paragraphs=paragraphs(article.body, found.body_spans, 1 + len(found.title_spans)),
        matches=count,
        match_links=range(1, min(count, MAX_MATCH_LINKS) + 1),
        explanation=found.explanation,
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
    similar = index.similar(article.id, limit=MAX_SIMILAR)
    if not query:
        return Found(article, (), (), None, similar, index.commit)
    return Found(
        article,
        index.highlight(query, article.title),
        index.highlight(query, article.body),
        index.explain(query, article.id),
        similar,
        index.commit,
    )


async def _explore_page(request: Request, pool: IndexPool) -> Response:
    values = _values(EXPLORE_PARAMETERS, request)
    tag = _tag(request, pool.commit)
    if is_fresh(request, tag):
        return not_modified(tag, VARY)
    options = {name: value for name, value in values.items() if name != "q"}

    def work(index: Index) -> tuple[Overview, str]:
        return make_overview(index, values["q"], options), index.commit

    overview, commit = await pool.run(work)
    return _page(
        request,
        "explore.html",
        tag=_tag(request, commit),
        values=values,
        limit=MAX_QUERY_LENGTH,
        overview=overview,
        chart_width=CHART_WIDTH,
        chart_height=CHART_HEIGHT,
    )


async def _keys_page(request: Request) -> Response:
    return _page(request, "keys.html", values={}, limit=MAX_QUERY_LENGTH)


def _values(parameters: tuple[Parameter, ...], request: Request) -> dict[str, Any]:
    """The values of a page's address; what others have added to it does not matter.

    Raises QueryError.
    """
    known = {parameter.name for parameter in parameters}
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] in known]
    return read(parameters, pairs)


def _texts(parameters: tuple[Parameter, ...], request: Request) -> dict[str, Any]:
    """What was typed into a form that makes no sense, cut to a length that can be shown."""
    given = request.query_params
    return {
        parameter.name: given[parameter.name][:MAX_QUERY_LENGTH]
        for parameter in parameters
        if given.get(parameter.name) and parameter.type == "string"
    }


def _tag(request: Request, commit: str) -> str:
    return entity_tag(commit, _language(request))


def _language(request: Request) -> str:
    return choose_language(request.headers.get("accept-language", ""))


def _page(
    request: Request, template: str, *, status: int = 200, tag: str = "", **context: Any
) -> Response:
    """A page made from a template, in the language of the browser."""
    language = _language(request)
    messages = LANGUAGES[language]

    def say(key: str, **values: object) -> str:
        return messages[key].format(**values)

    def say_or(prefix: str, word: str) -> str:
        return messages.get(f"{prefix}_{word}", word)

    text = _environment().get_template(template).render(
        say=say, say_or=say_or, language=language, **{"values": {}, "status": status, **context}
    )  # fmt: skip
    headers = caching_headers(tag, VARY) if tag else {"Vary": VARY}
    headers["Content-Language"] = language
    body = text.encode("utf-8", "replace")
    return Response(body, status, headers, media_type="text/html; charset=utf-8")


@cache
def _environment() -> Environment:
    """The templates, with the functions that they use."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("searcher.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_finalize,
    )
    functions: dict[str, Callable[..., Any]] = {
        "article_link": links.article_link,
        "explore_link": links.explore_link,
        "facets_link": links.facets_link,
        "search_link": links.search_link,
        "static_link": links.static_link,
        "outer_link": links.outer_link,
        "hit_title": _hit_title,
        "marked": marked,
        "moment": _moment,
        "name_of": _name,
        "narrowed": links.narrowed,
        "quote": quote,
    }
    environment.globals.update(functions)
    return environment


def _finalize(value: Any) -> Any:
    """Every text that a template shows, made harmless; what is HTML already is so."""
    return harmless(value) if type(value) is str else value


def _hit_title(hit: Hit) -> Any:
    spans = title_spans(hit.title, hit.snippets)
    return marked(*shortened(hit.title, spans, MAX_TITLE))


def _name(text: str) -> str:
    """A source or category, cut where it is no name any more."""
    return shortened(text, (), MAX_NAME)[0]


def _moment(date: datetime | None) -> str:
    """Day and time; only the day at midnight, which is what a date without a time becomes."""
    if date is None:
        return ""
    return f"{date:%Y-%m-%d %H:%M}" if date.hour or date.minute else f"{date:%Y-%m-%d}"

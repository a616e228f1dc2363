"""Making a page: a template, the language of the browser, and texts that cannot become HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from searcher import quote
from searcher.web import links
from searcher.web.caching import caching_headers, entity_tag
from searcher.web.languages import LANGUAGES, choose_language
from searcher.web.limits import MAX_QUERY_LENGTH, MAX_TEXT_LENGTH
from searcher.web.marking import harmless, marked, shortened, title_spans
from searcher.web.parameters import Parameter, read

if TYPE_CHECKING:
    from jinja2 import Environment

    from searcher import Hit

MAX_TITLE = 300
"""Characters of a title that a list shows."""
MAX_CATEGORIES = 5
"""Categories of a hit that a list shows."""
MAX_NAME = 60
"""Characters of a source or category that a list shows."""

VARY = "Accept-Encoding, Accept-Language"
"""What the answer to one address depends on."""


def error_page(request: Request, status: int, detail: str) -> Response:
    """A page that says what went wrong."""
    known = f"error_{status}" if f"error_{status}" in LANGUAGES["en"] else "error_other"
    phrase = HTTPStatus(status).phrase
    return render(request, "error.html", status=status, phrase=phrase, known=known, detail=detail)


def values_of(parameters: Iterable[Parameter], request: Request) -> dict[str, Any]:
    """The values of a page's address; what others have added to it does not matter.

    Raises QueryError.
    """
    parameters = tuple(parameters)
    known = {parameter.name for parameter in parameters}
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] in known]
    return read(parameters, pairs)


def texts_of(parameters: Iterable[Parameter], request: Request) -> dict[str, Any]:
    """What was typed into a form that makes no sense, cut to a length that can be shown."""
    given = request.query_params
    return {
        parameter.name: given[parameter.name][:MAX_QUERY_LENGTH]
        for parameter in parameters
        if given.get(parameter.name) and parameter.type == "string"
    }


def tag_of(request: Request, commit: str) -> str:
    """The entity tag of a page from a commit, in the language of the browser."""
    return entity_tag(commit, language_of(request))


def language_of(request: Request) -> str:
    """The language of a page."""
    return choose_language(request.headers.get("accept-language", ""))


def sayer(request: Request) -> Callable[..., str]:
    """What gives a message by its key, in the language of the browser."""
    messages = LANGUAGES[language_of(request)]

    def say(key: str, **values: object) -> str:
        return messages[key].format(**values)

    return say


def render(
    request: Request, template: str, *, status: int = 200, tag: str = "", **context: Any
) -> Response:
    """A page made from a template, in the language of the browser."""
    language = language_of(request)
    messages = LANGUAGES[language]
    say = sayer(request)

    def say_or(prefix: str, word: str) -> str:
        return messages.get(f"{prefix}_{word}", word)

    shown = {"values": {}, "status": status, "limit": MAX_QUERY_LENGTH, **context}
    made = _environment().get_template(template)
    text = made.render(say=say, say_or=say_or, language=language, **shown)
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
        "compare_link": links.compare_link,
        "explore_link": links.explore_link,
        "facets_link": links.facets_link,
        "kept_link": links.kept_link,
        "search_link": links.search_link,
        "static_link": links.static_link,
        "outer_link": links.outer_link,
        "hit_title": _hit_title,
        "marked": marked,
        "moment": _moment,
        "name_of": name_of,
        "narrowing_links": _narrowing_links,
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


def name_of(text: str) -> str:
    """A source or category, cut where it is no name any more."""
    return shortened(text, (), MAX_NAME)[0]


def _narrowing_links(values: Mapping[str, Any], hit: Hit) -> Iterator[tuple[str, str]]:
    """The source and the categories of a hit, with links to other articles that have them."""
    named = [("source", hit.source)] if hit.source else []
    named += [("category", name) for name in hit.categories[:MAX_CATEGORIES]]
    starts = {}
    for kind, name in named:
        if kind not in starts:
            start = links.search_link(values, page=None, **{kind: None})
            starts[kind] = f"{start}{'&' if '?' in start else '?'}{kind}="
        yield name_of(name), starts[kind] + links.quoted(name[:MAX_TEXT_LENGTH])


def _moment(date: datetime | None) -> str:
    """Day and time; only the day at midnight, which is what a date without a time becomes."""
    if date is None:
        return ""
    return f"{date:%Y-%m-%d %H:%M}" if date.hour or date.minute else f"{date:%Y-%m-%d}"

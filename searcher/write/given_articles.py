"""Articles that a program gives as mappings: checked, and made to articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from hashlib import blake2b
from typing import Any

from searcher.article import Article, make_id
from searcher.errors import ArticleError
from searcher.ingest.decoding import MAX_BYTES
from searcher.ingest.timestamps import parse_timestamp
from searcher.lazy_pattern import compile_late

_HALF_CHARACTER = compile_late("[\ud800-\udfff]")
_TEXTS = ("id", "path", "title", "body", "author", "source", "url")
_KNOWN = tuple(field.name for field in fields(Article) if field.name != "problems")


def article_of(given: Article | Mapping[str, Any]) -> Article:
    """An article, as it is or from a mapping with the names of its fields.

    ``title`` and ``body`` are needed. ``path`` gives the id where there is none; without either,
    title, date and body do. ``date`` is a datetime, or text as in articles; ``categories`` is a
    list, or text.

    Raises ArticleError: what is no article, or has a field that is unknown or of another type.

    >>> article_of({"title": "普京访华", "body": "……", "path": "a/b.md"}).id
    'djr6hxpjtr'
    """
    if isinstance(given, Article):
        return given
    if not isinstance(given, Mapping):
        raise ArticleError(f"an article is a mapping or an Article, not {type(given).__name__}")
    unknown = [str(name) for name in given if name not in _KNOWN]
    if unknown:
        raise ArticleError(f"an article has no field {unknown[0]!r}; it has {', '.join(_KNOWN)}")
    texts = {name: _text(name, given[name]) for name in _TEXTS if given.get(name) is not None}
    for name in ("title", "body"):
        if name not in texts:
            raise ArticleError(f"an article needs a {name}; add the key {name!r}")
    date, problems = _date(given.get("date"))
    path = texts.get("path", "")
    id_ = texts.get("id", "")
    if not id_:
        id_ = make_id(path) if path else _id_of_contents(texts["title"], date, texts["body"])
    return Article(
        id=id_,
        path=path or id_,
        title=texts["title"],
        body=texts["body"],
        date=date,
        author=texts.get("author", ""),
        source=texts.get("source", "") or texts.get("author", ""),
        categories=_categories(given.get("categories")),
        url=texts.get("url", ""),
        problems=problems,
    )


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ArticleError(f"{name} of an article must be text, not {type(value).__name__}")
    if len(value) > MAX_BYTES:
        raise ArticleError(f"{name} of an article is longer than {MAX_BYTES} characters; split it")
    return _HALF_CHARACTER.sub("\ufffd", value)


def _date(value: object) -> tuple[datetime | None, tuple[str, ...]]:
    if value is None or value == "":
        return None, ()
    date = parse_timestamp(value)
    if date is None:
        return None, (f"date not understood: {str(value)[:40]!r}",)
    return date, ()


def _categories(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(_text("a category", item) for item in value))
    raise ArticleError(f"categories must be a list of texts, not {type(value).__name__}")


def _id_of_contents(title: str, date: datetime | None, body: str) -> str:
    text = "\0".join((title, str(date or ""), body)).encode("utf-8", "surrogatepass")
    return make_id(blake2b(text, digest_size=16).hexdigest())

"""Why a query finds nothing: the filters without which it would find something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from searcher.query import syntax
from searcher.query.parser import parse

OPTIONS = ("since", "until", "category", "author", "source")
"""The options that filter."""

_FILTER_FIELDS = frozenset({"author", "category", "source", "site", "path"})


class Filter(NamedTuple):
    """A filter: the option with a value, or a part of the query where ``option`` is ""."""

    option: str
    text: str


class Excluding(NamedTuple):
    """Filters without which a query finds articles.

    Attributes:
        filters: one; all of them where it takes more than one away to find anything.
        articles: how many articles there are without them.
    """

    filters: tuple[Filter, ...]
    articles: int


def excluding_filters(
    count: Callable[..., int], query: str, options: Mapping[str, Any]
) -> Iterator[Excluding]:
    """The filters of a query and its options that leave nothing of it, each taken alone.

    Where none does so alone, all together. ``count`` counts the articles of a query with options.
    """
    given = {name: value for name, value in options.items() if value is not None}
    own = {name: value for name, value in given.items() if name in OPTIONS}
    tree, _ = parse(query)
    parts = tree.parts if isinstance(tree, syntax.And) else ()
    filters = [part for part in parts if _is_filter(part)]
    found = False
    for name in own:
        others = {other: value for other, value in given.items() if other != name}
        if articles := count(query, **others):
            found = True
            yield Excluding((Filter(name, str(own[name])),), articles)
    for part in filters:
        if articles := count(_without(parts, [part]), **given):
            found = True
            yield Excluding((Filter("", str(part)),), articles)
    if not found and len(own) + len(filters) > 1 and len(filters) < max(1, len(parts)):
        rest = query if not filters else _without(parts, filters)
        others = {name: value for name, value in given.items() if name not in own}
        if articles := count(rest, **others):
            all_options = (Filter(name, str(value)) for name, value in own.items())
            all_parts = (Filter("", str(part)) for part in filters)
            yield Excluding((*all_options, *all_parts), articles)


def _without(parts: Sequence[syntax.Node], left_out: Sequence[syntax.Node]) -> str:
    """The query of some parts of a tree without others."""
    rest = tuple(part for part in parts if part not in left_out)
    return str(rest[0] if len(rest) == 1 else syntax.And(rest))


def _is_filter(part: syntax.Node) -> bool:
    if isinstance(part, syntax.Dates | syntax.Not):
        return True
    return isinstance(part, syntax.Words | syntax.Literal | syntax.Prefix) and (
        part.field in _FILTER_FIELDS
    )

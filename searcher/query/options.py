"""The options of a search, checked before anything is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from searcher.errors import QueryError
from searcher.query import syntax
from searcher.query.periods import NotADate, parse_period

Sort = Literal["relevance", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a search, checked: see :meth:`Index.search`."""

    limit: int = 10
    offset: int = 0
    sort: Sort = "relevance"
    since: str | date | None = None
    until: str | date | None = None
    category: str | None = None
    author: str | None = None
    any: bool = False
    aliases: bool = True
    expand: bool = False
    fresh: float | None = None
    explain: bool = False
    snippets: bool = True

    def __post_init__(self) -> None:
        for name in ("limit", "offset"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 0:
                raise QueryError(f"{name} must be 0 or more, not {value!r}")
        for name in ("category", "author"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise QueryError(f"{name} must be text, not {value!r}")
        for name in ("since", "until"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str | date):
                raise QueryError(f"{name} must be a date or text, not {value!r}")
        if self.sort not in ("relevance", "newest", "oldest"):
            raise QueryError(f"sort must be relevance, newest or oldest, not {self.sort!r}")
        if self.fresh is not None and (
            not isinstance(self.fresh, int | float) or not 0 < self.fresh < float("inf")
        ):
            raise QueryError(f"fresh must be a number of days above 0, not {self.fresh!r}")

    def filtered(self, tree: syntax.Node | None) -> syntax.Node | None:
        """A query's tree with what the options ask for besides. Raises QueryError."""
        parts: list[syntax.Node] = []
        if self.since is not None or self.until is not None:
            parts.append(syntax.Dates(_day(self.since, 0), _day(self.until, 1)))
        if self.category:
            parts.append(syntax.Words(self.category, "category"))
        if self.author:
            parts.append(syntax.Words(self.author, "author"))
        if not parts or tree is None:
            return tree
        own = tree.parts if isinstance(tree, syntax.And) else (tree,)
        return syntax.And((*own, *parts))


def _day(value: str | date | None, end: int) -> date | None:
    if value is None or isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    period = parse_period(value)
    if isinstance(period, NotADate):
        raise QueryError(f"not a date: {period.reason}")
    return period.until if end else period.since

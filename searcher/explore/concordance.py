"""Concordances: every place that matches, with what stands to its left and right (KWIC)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from searcher.errors import QueryError
from searcher.explore.occurrences import MatchedArticle, matched_articles
from searcher.text.folding import fold

if TYPE_CHECKING:
    from searcher.backends.base import Matches, ReadBackend

LineSort: TypeAlias = Literal["date", "left", "right"]

SORTS: tuple[LineSort, ...] = ("date", "left", "right")

MAX_CONTEXT = 1000
"""Characters on either side of a match."""


class ConcordanceLine(NamedTuple):
    """A place that matches.

    Attributes:
        id: of the article.
        path: of the article.
        date: of the article.
        source: of the article.
        field: "title" or "body".
        start: the offset of the match in that field of the article, in characters.
        end: the offset after its last character.
        left: what stands before it, as written; the field from ``start - len(left)`` on.
        match: what matches, as written.
        right: what stands after it, as written.
    """

    id: str
    path: str
    date: datetime | None
    source: str
    field: str
    start: int
    end: int
    left: str
    match: str
    right: str


@dataclass(frozen=True, slots=True)
class Concordance:
    """The places where a query matches.

    Attributes:
        query: what was searched for.
        total: the number of articles that match.
        lines: the places, in the order asked for.
        complete: whether these are all.
        notes: what is to be said about the query.
    """

    query: str
    total: int
    lines: tuple[ConcordanceLine, ...]
    complete: bool
    notes: tuple[str, ...] = ()


def check_sort(sort: str) -> None:
    """Raise QueryError for an order that there is not."""
    if sort not in SORTS:
        raise QueryError(f"sort must be one of {', '.join(SORTS)}, not {sort!r}")


def make_concordance(
    backend: ReadBackend,
    query: str,
    matches: Matches,
    sort: LineSort,
    context: int,
    limit: int | None,
) -> Concordance:
    """Collect the places where a query matches.

    Args:
        backend: the opened index.
        query: what was searched for.
        matches: what it found.
        sort: "date" has the newest articles first, "left" and "right" go by the folded text before
            the match, read from its end, and after it.
        context: the number of characters to keep on either side.
        limit: the maximum number of lines; None keeps all.
    """
    lines = _lines(backend, matches, context)
    if sort == "date":
        kept = [*islice(lines, None if limit is None else limit + 1)]
    elif limit is None:
        kept = sorted(lines, key=_KEYS[sort])
    else:
        kept = nsmallest(limit + 1, lines, key=_KEYS[sort])
    complete = limit is None or len(kept) <= limit
    return Concordance(query, len(matches), tuple(kept[:limit]), complete, matches.notes)


def _lines(backend: ReadBackend, matches: Matches, context: int) -> Iterator[ConcordanceLine]:
    if matches.plan is None:
        return
    for matched in matched_articles(backend, matches.plan, matches.refs_by_date()):
        yield from _lines_of(matched, context)


def _lines_of(matched: MatchedArticle, context: int) -> Iterator[ConcordanceLine]:
    article = matched.article
    fields = (
        ("title", article.title, matched.title_spans),
        ("body", article.body, matched.body_spans),
    )
    for field, text, spans in fields:
        for start, end in spans:
            yield ConcordanceLine(
                article.id, article.path, article.date, article.source, field, start, end,
                text[max(0, start - context) : start], text[start:end], text[end : end + context],
            )  # fmt: skip


def _by_left(line: ConcordanceLine) -> str:
    return fold(line.left[::-1])


def _by_right(line: ConcordanceLine) -> str:
    return fold(line.right)


_KEYS: dict[LineSort, Callable[[ConcordanceLine], str]] = {"left": _by_left, "right": _by_right}

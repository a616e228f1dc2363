"""Answers to queries as the rows of a table, for the command line and the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from searcher import SearcherError

if TYPE_CHECKING:
    from searcher import Hit, Results

COLUMNS: dict[str, Callable[[Hit], object]] = {
    "rank": lambda hit: hit.rank,
    "article": lambda hit: hit.id,
    "title": lambda hit: hit.title,
    "date": lambda hit: hit.date.isoformat() if hit.date else "",
    "path": lambda hit: hit.path,
    "author": lambda hit: hit.author,
    "source": lambda hit: hit.source,
    "categories": lambda hit: ";".join(hit.categories),
    "url": lambda hit: hit.url,
    "score": lambda hit: round(hit.score, 6),
    "relaxed": lambda hit: int(hit.relaxed),
    "duplicates": lambda hit: hit.duplicates,
}
"""The columns of a hit in CSV, between those of its query."""

HEADER = ("id", "query", "total", *COLUMNS, "error", "notes")
"""The names of all columns."""

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
"""How a cell begins that a spreadsheet would compute, and what it computes may be a command."""


def answer_rows(
    id_: str, query: str, answer: Results | SearcherError
) -> Iterator[tuple[object, ...]]:
    """One row a hit; a query that finds nothing has one row, and so has one that fails.

    ``total`` counts the articles that match as asked; of others the column ``relaxed`` is 1.
    """
    none = ("",) * len(COLUMNS)
    if isinstance(answer, SearcherError):
        yield id_, query, "", *none, answer, ""
        return
    notes = "; ".join(answer.notes)
    if not answer:
        yield id_, query, answer.total, *none, "", notes
    for hit in answer:
        yield id_, query, answer.total, *(cell(hit) for cell in COLUMNS.values()), "", notes


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe.

    >>> guarded("=1+1"), guarded("普京")
    ("'=1+1", '普京')
    """
    return f"'{text}" if _FORMULA.match(text) else text

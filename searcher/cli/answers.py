"""The three forms in which a batch is answered."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from searcher import SearcherError
from searcher.cli.records import speak_utf8, write_record
from searcher.cli.render import safe, write
from searcher.records import answer_record

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

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
"""How a cell begins that a spreadsheet would compute, and what it computes may be a command."""

WriteAnswer = Callable[[str, str, "Results | SearcherError"], None]
"""Takes the id of a query, the query, and its answer."""


def jsonl() -> WriteAnswer:
    """One object a query: that of ``search --json`` with its id, or with ``error``."""

    def write_answer(id_: str, query: str, answer: Results | SearcherError) -> None:
        write_record(answer_record(id_, query, answer))

    return write_answer


def comma_separated() -> WriteAnswer:
    """One row a hit; a query that finds nothing has one row, and so has one that fails.

    ``total`` counts the articles that match as asked; of others the column ``relaxed`` is 1.
    """
    speak_utf8()
    table = csv.writer(sys.stdout, lineterminator="\n")

    def row(*values: object) -> None:
        table.writerow([cell(value) for value in values])

    row("id", "query", "total", *COLUMNS, "error", "notes")

    def write_answer(id_: str, query: str, answer: Results | SearcherError) -> None:
        if isinstance(answer, SearcherError):
            row(id_, query, "", *[""] * len(COLUMNS), answer, "")
            return
        notes = "; ".join(answer.notes)
        if not answer:
            row(id_, query, answer.total, *[""] * len(COLUMNS), "", notes)
        for hit in answer:
            row(id_, query, answer.total, *(value(hit) for value in COLUMNS.values()), "", notes)

    return write_answer


def cell(value: object) -> object:
    """A value for a table: a number, or text in one line that nothing takes for a formula."""
    if isinstance(value, int | float):
        return value
    text = safe(str(value))
    # What a spreadsheet shows as text begins with an apostrophe.
    return f"'{text}" if _FORMULA.match(text) else text


def trec() -> WriteAnswer:
    """A TREC run: query, Q0, article, rank, score, name of the run. Errors have no place in it.

    Articles with only some of the words have the name ``searcher-relaxed``, and scores below those
    of the others, since evaluation programs sort by score.
    """
    from searcher.evaluation.runs import falling_scores

    speak_utf8()

    def write_answer(id_: str, query: str, answer: Results | SearcherError) -> None:  # noqa: ARG001 - as its siblings
        if isinstance(answer, SearcherError):
            return
        # The columns are separated by white space, so an id must not contain any.
        topic = safe("_".join(id_.split()))
        for hit, score in zip(answer, falling_scores(answer), strict=True):
            name = "searcher-relaxed" if hit.relaxed else "searcher"
            write(f"{topic} Q0 {safe(hit.id)} {hit.rank} {score:.6f} {name}")

    return write_answer


WRITERS: dict[str, Callable[[], WriteAnswer]] = {
    "jsonl": jsonl,
    "csv": comma_separated,
    "trec": trec,
}

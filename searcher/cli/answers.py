"""The three forms in which a batch is answered."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from searcher import SearcherError
from searcher.cli.records import speak_utf8, write_record
from searcher.cli.render import safe, write
from searcher.csv_rows import HEADER, answer_rows, guarded
from searcher.records import answer_record

if TYPE_CHECKING:
    from searcher import Results

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

    def row(*cells: object) -> None:
        table.writerow([_cell(cell) for cell in cells])

    row(*HEADER)

    def write_answer(id_: str, query: str, answer: Results | SearcherError) -> None:
        for cells in answer_rows(id_, query, answer):
            row(*cells)

    return write_answer


def _cell(value: object) -> object:
    """A value for a table: a number, or text in one line that nothing takes for a formula."""
    if isinstance(value, int | float):
        return value
    return guarded(safe(str(value)))


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

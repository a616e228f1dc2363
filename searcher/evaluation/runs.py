"""Runs: what a system found for each query, as TREC files hold it.

A line is ``query Q0 document rank score name`` (https://trec.nist.gov, trec_eval's input).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from searcher import EvaluationError, Hit
from searcher.evaluation.lines import checked_id, read_lines

MIN_STEP = 1e-5
"""The least difference of score between strict and relaxed hits; six decimals are written."""

Run: TypeAlias = Mapping[str, Sequence[tuple[str, float]]]
"""Query → documents with their scores, best first."""


def falling_scores(hits: Sequence[Hit]) -> list[float]:
    """The scores of hits, those of relaxed ones lowered by as much as puts them below the others.

    They are of another plan than the others, so that they may be higher.
    """
    strict = [hit.score for hit in hits if not hit.relaxed]
    relaxed = [hit.score for hit in hits if hit.relaxed]
    excess = max(0.0, max(relaxed) - min(strict) + MIN_STEP) if strict and relaxed else 0.0
    return [hit.score - excess * hit.relaxed for hit in hits]


def write_run(path: str | PathLike[str], run: Run, name: str = "searcher") -> None:
    """Write a run.

    Raises:
        EvaluationError: the file cannot be written.
    """
    try:
        with Path(path).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(
                f"{query} Q0 {document} {rank} {score:.6f} {name}\n"
                for query, ranking in run.items()
                for rank, (document, score) in enumerate(ranking, 1)
            )
    except OSError as error:
        raise EvaluationError(f"{path} cannot be written: {error.strerror}") from error


def parse_run(path: str | PathLike[str]) -> Run:
    """Read a run. The score decides the order, as in trec_eval, and between equal scores the rank.

    Raises:
        EvaluationError: a line is not one of a run, or a query has a document twice.
    """
    found: dict[str, dict[str, tuple[float, int]]] = {}
    for place, line in read_lines(Path(path)):
        columns = line.split()
        try:
            query, _, document, rank, score, _ = columns
            key = -float(score), int(rank)
        except ValueError:
            key = math.nan, 0
        if math.isnan(key[0]):
            raise EvaluationError(f"{place}: not query, Q0, document, rank, score, name")
        ranking = found.setdefault(checked_id(query, place), {})
        if document in ranking:
            raise EvaluationError(f"{place}: query {query!r} has document {document!r} already")
        ranking[checked_id(document, place)] = key
    if not found:
        raise EvaluationError(f"{path} is an empty run")
    return {
        query: [(document, -key[0]) for document, key in sorted(ranking.items(), key=_by_key)]
        for query, ranking in found.items()
    }


def _by_key(item: tuple[str, tuple[float, int]]) -> tuple[float, int]:
    return item[1]

"""Reading the articles of a file that has any number of them, as a source of an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from searcher.ingest.walk import Problem
from searcher.sources import Source

if TYPE_CHECKING:
    from searcher.article import Article


def read_records(source: Source, on_problem: Callable[[Problem], None]) -> Iterator[Article]:
    """The articles of a file with many; ``on_problem`` is told of what cannot be read.

    Raises ArticleError for a file that cannot be read at all.
    """
    records = import_module("searcher.ingest.records")
    fields = dict(source.fields) or None
    for record in records.read_records(Path(source.where), name=source.name, fields=fields):
        if isinstance(record, Problem):
            on_problem(record)
        else:
            yield record

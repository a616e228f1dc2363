"""Reading the articles of files that are given one by one, and of files that have many."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from searcher.article import make_id
from searcher.errors import ArticleError
from searcher.ingest.kinds import Kind, kind_of
from searcher.ingest.walk import Problem, printable

if TYPE_CHECKING:
    from searcher.article import Article
    from searcher.ingest.records import RecordKind
    from searcher.sources import Source

OnProblem = Callable[[Problem], None]


def read_records(source: Source, on_problem: OnProblem) -> Iterator[Article]:
    """The articles of a source that is a file with many; ``on_problem`` is told of others.

    Raises ArticleError for a file that cannot be read at all.
    """
    return _records_in(Path(source.where), source.name, dict(source.fields), on_problem)


def articles_in(
    path: Path, fields: Mapping[str, str] | None, on_problem: OnProblem
) -> Iterator[Article]:
    """The articles of a file, with one article or with many.

    Their paths are relative to the current folder where the file lies in it. A file that cannot
    be read is told to ``on_problem``.

    Raises ArticleError for what is no file, or has no articles by its ending.
    """
    if path.is_dir():
        raise ArticleError(
            f"{printable(str(path))} is a folder; to follow it: searcher index --add FOLDER"
        )
    if not path.exists():
        raise ArticleError(f"there is no file {printable(str(path))}; give the path of a file")
    name = printable(_name_of(path))
    kind = kind_of(path.name)
    if kind is Kind.ARTICLE:
        from searcher.ingest.reader import read_article

        try:
            article = read_article(path)
        except ArticleError as error:
            on_problem(Problem(name, str(error)))
            return
        yield replace(article, path=name, id=make_id(name))
    elif kind is Kind.RECORDS:
        yield from _records_in(path, name, fields, on_problem)
    else:
        raise ArticleError(f"{printable(str(path))} has no articles by its ending")


def articles_in_stream(
    stream: BinaryIO,
    name: str,
    fields: Mapping[str, str] | None,
    kind: RecordKind | None,
    on_problem: OnProblem,
) -> Iterator[Article]:
    """The articles of a stream. Raises ArticleError where it cannot be read at all."""
    from searcher.ingest.records import read_record_stream

    found = read_record_stream(stream, name=name, fields=fields or None, kind=kind)
    return _articles(found, on_problem)


def resolved(path: str | os.PathLike[str]) -> str:
    """The absolute path of a file or folder: links that it lies behind are resolved, it is not."""
    folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100 - keeps the link
    return os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - strings


def _records_in(
    path: Path, name: str, fields: Mapping[str, str] | None, on_problem: OnProblem
) -> Iterator[Article]:
    from searcher.ingest import records

    return _articles(records.read_records(path, name=name, fields=fields or None), on_problem)


def _articles(records: Iterable[Article | Problem], on_problem: OnProblem) -> Iterator[Article]:
    for record in records:
        if isinstance(record, Problem):
            on_problem(record)
        else:
            yield record


def _name_of(path: Path) -> str:
    """The path below the current folder, or else the absolute one."""
    where = Path(resolved(path))
    here = Path.cwd()
    return where.relative_to(here).as_posix() if where.is_relative_to(here) else where.as_posix()

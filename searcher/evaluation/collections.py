"""Test collections: documents, queries and judgements, in the forms that people share them in.

==========  ====================================================================================
documents   JSON lines: ``id`` or ``_id`` (BEIR), ``title`` if there is one, ``text``;
            lines ``id<TAB>text``; or a folder of articles, with the ids that a search shows
queries     JSON lines: ``id`` or ``_id``, ``query`` or ``text``; or lines ``id<TAB>query``
judgements  TREC: ``query 0 document grade``; BEIR: ``query document grade`` below a header
==========  ====================================================================================

TREC: https://trec.nist.gov/data/qrels_eng/; BEIR: https://github.com/beir-cellar/beir/wiki.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from searcher import Article, EvaluationError, Problem, clean, one_line, read_articles
from searcher.evaluation.lines import checked_id, read_lines

Qrels: TypeAlias = dict[str, dict[str, int]]
"""Query → document → grade; above 0 is relevant."""

OnProblem: TypeAlias = Callable[[Problem], None]


def read_documents(
    path: str | PathLike[str], on_problem: OnProblem = lambda _: None
) -> Iterator[Article]:
    """The documents of a collection as articles, in the order of the file.

    Args:
        path: a file of JSON lines or of ``id<TAB>text``, or a folder of articles.
        on_problem: is told of files in a folder that cannot be read; the rest goes on.

    Raises:
        EvaluationError: there is no document, a line is none, or an id comes twice.
    """
    documents: Iterator[tuple[str, Article]]
    if Path(path).is_dir():
        documents = ((article.path, article) for article in read_articles(path, on_problem))
    else:
        documents = _file(Path(path))
    seen: set[str] = set()
    for place, article in documents:
        if article.id in seen:
            raise EvaluationError(f"{place}: there is a document {article.id!r} already")
        seen.add(article.id)
        yield article
    if not seen:
        raise EvaluationError(f"{path} has no documents; give JSON lines, id<TAB>text or a folder")


def read_queries(
    path: str | PathLike[str], on_empty: Callable[[str], None] = lambda _: None
) -> dict[str, str]:
    """The queries of a collection by their ids, in the order of the file.

    Args:
        path: a file of JSON lines or of ``id<TAB>query``.
        on_empty: is told of queries without text, which are left out: "file:line".

    Raises:
        EvaluationError: there is no query, a line is none, or an id comes twice.
    """
    queries: dict[str, str] = {}
    for place, line in read_lines(Path(path)):
        if line.lstrip().startswith("{"):
            record = _record(line, place)
            id_, query = (
                record.get("id", record.get("_id")),
                record.get("query", record.get("text")),
            )
        else:
            id_, _, query = line.partition("\t")
        id_ = checked_id(id_, place)
        if isinstance(query, str) and not query.strip() and (query or "\t" in line or "{" in line):
            on_empty(place)
            continue
        if not isinstance(query, str) or not query.strip():
            raise EvaluationError(f'{place}: no query; it stands in "query" or behind a tab')
        if id_ in queries:
            raise EvaluationError(f"{place}: there is a query {id_!r} already")
        queries[id_] = query
    if not queries:
        raise EvaluationError(f"{path} has no queries; give JSON lines or id<TAB>query")
    return queries


def read_qrels(path: str | PathLike[str]) -> Qrels:
    """The judgements of a collection.

    Raises:
        EvaluationError: there is no judgement, a line is none, or a document is judged twice.
    """
    qrels: Qrels = {}
    header = True
    for place, line in read_lines(Path(path)):
        columns = line.split("\t") if "\t" in line else line.split()
        grade = _grade(columns[-1])
        if len(columns) not in (3, 4) or (grade is None and not (header and len(columns) == 3)):
            raise EvaluationError(f"{place}: not a judgement: query, 0, document, whole grade")
        header = False
        if grade is None:
            continue
        query, document = checked_id(columns[0], place), checked_id(columns[-2], place)
        if document in qrels.setdefault(query, {}):
            raise EvaluationError(f"{place}: {document!r} has a grade for {query!r} already")
        qrels[query][document] = grade
    if not qrels:
        raise EvaluationError(f"{path} has no judgements; give query, 0, document, grade")
    return qrels


def _file(path: Path) -> Iterator[tuple[str, Article]]:
    for place, line in read_lines(path):
        if line.lstrip().startswith("{"):
            record = _record(line, place)
            id_, title = record.get("id", record.get("_id")), record.get("title") or ""
            text = record.get("text", record.get("body"))
        else:
            id_, tab, text = line.partition("\t")
            title = ""
            text = text if tab else None
        id_ = checked_id(id_, place)
        if not isinstance(text, str) or not isinstance(title, str):
            raise EvaluationError(f'{place}: no text; it stands in "text" or behind a tab')
        yield place, Article(id=id_, path=id_, title=one_line(title), body=clean(text))


def _record(line: str, place: str) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"{place}: not a JSON object: {error}") from error
    return record


def _grade(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None

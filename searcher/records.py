"""The JSON forms of hits, articles and words: what programs read, so it stays as it is.

The command line and the HTTP interface give the same. A change that could break a reader raises
``FORMAT_VERSION``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from searcher import (
        Article,
        Explanation,
        Hit,
        Match,
        Results,
        SearcherError,
        Stats,
        Suggestion,
        TermFrequency,
    )

FORMAT_VERSION = 1

Record = dict[str, Any]

Spans = Sequence[tuple[int, int]]


def iso(moment: date | None) -> str | None:
    """A day or a moment in ISO 8601, None where there is none."""
    return moment.isoformat() if moment is not None else None


def hit_record(hit: Hit) -> Record:
    """One hit, the same in ``--json``, ``--jsonl`` and batch output."""
    record: Record = {
        "rank": hit.rank,
        "id": hit.id,
        "path": hit.path,
        "title": hit.title,
        "date": iso(hit.date),
        "author": hit.author,
        "source": hit.source,
        "categories": hit.categories,
        "url": hit.url,
        "score": round(hit.score, 6),
        "relaxed": hit.relaxed,
        "duplicates": hit.duplicates,
        "snippets": [
            {"field": snippet.field, "text": snippet.text, "spans": snippet.spans}
            for snippet in hit.snippets
        ],
    }
    if hit.explanation:
        record["explanation"] = [match_record(match) for match in hit.explanation]
    return record


def results_record(results: Results) -> Record:
    """A whole answer."""
    return {
        "format_version": FORMAT_VERSION,
        "query": results.query,
        "total": results.total,
        "relaxed": results.relaxed,
        "took_ms": round(results.took * 1000, 3),
        "notes": results.notes,
        "suggestions": [suggestion._asdict() for suggestion in results.suggestions],
        "hits": [hit_record(hit) for hit in results],
    }


def match_record(match: Match) -> Record:
    """One line of an explanation."""
    return {
        "term": match.term,
        "field": match.field,
        "kind": match.kind,
        "score": round(match.score, 6),
        "detail": match.detail,
    }


def article_record(article: Article, spans: Mapping[str, Spans] | None = None) -> Record:
    """A whole article; ``spans`` are the places in its title and body that match a query."""
    record: Record = {
        "format_version": FORMAT_VERSION,
        "id": article.id,
        "path": article.path,
        "title": article.title,
        "date": iso(article.date),
        "author": article.author,
        "source": article.source,
        "categories": article.categories,
        "url": article.url,
        "body": article.body,
    }
    if spans is not None:
        record["spans"] = spans
    return record


def explanation_record(explanation: Explanation) -> Record:
    """Why an article is found, or why not."""
    return {
        "format_version": FORMAT_VERSION,
        "query": explanation.query,
        "id": explanation.id,
        "matched": explanation.matched,
        "score": round(explanation.score, 6),
        "matches": [match_record(match) for match in explanation.matches],
        "missing": [
            {"term": missing.term, "nearest": missing.nearest, "words": missing.words}
            for missing in explanation.missing
        ],
    }


def stats_record(stats: Stats) -> Record:
    """What is in an index; sizes in bytes."""
    return {
        "format_version": FORMAT_VERSION,
        "articles": stats.articles,
        "words": stats.words,
        "tokens": stats.tokens,
        "segments": stats.segments,
        "bytes": stats.bytes,
        "first_date": iso(stats.first_date),
        "last_date": iso(stats.last_date),
        "undated": stats.undated,
        "sources": [{"name": name, "articles": count} for name, count in stats.sources],
        "categories": [{"name": name, "articles": count} for name, count in stats.categories],
        "built": stats.built.isoformat(),
        "corpora": stats.corpora,
    }


def answer_record(id_: str, query: str, answer: Results | SearcherError) -> Record:
    """The answer to one query of a batch: that of a search with its id, or with ``error``."""
    from searcher import SearcherError

    if isinstance(answer, SearcherError):
        record: Record = {"query": query, "error": str(answer)}
    else:
        record = results_record(answer)
    return {"format_version": FORMAT_VERSION, "id": id_, **record}


def suggestions_record(query: str, suggestions: Sequence[Suggestion]) -> Record:
    """What may have been meant by a query."""
    return {
        "format_version": FORMAT_VERSION,
        "query": query,
        "suggestions": [suggestion._asdict() for suggestion in suggestions],
    }


def completions_record(prefix: str, terms: Sequence[TermFrequency]) -> Record:
    """Terms that begin with what was typed, and how many articles have each."""
    return {
        "format_version": FORMAT_VERSION,
        "prefix": prefix,
        "terms": [{"term": term, "articles": articles} for term, articles in terms],
    }

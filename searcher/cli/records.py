"""The JSON forms of hits, articles and words: what programs read, so it stays as it is.

A change that could break a reader raises ``FORMAT_VERSION``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from searcher.cli.render import Spans, safe, write

if TYPE_CHECKING:
    from searcher import Article, Explanation, Hit, Match, Results, Stats

FORMAT_VERSION = 1

Record = dict[str, Any]


def hit_record(hit: Hit) -> Record:
    """One hit, the same in ``--json``, ``--jsonl`` and batch output."""
    record: Record = {
        "rank": hit.rank,
        "id": hit.id,
        "path": hit.path,
        "title": hit.title,
        "date": hit.date.isoformat() if hit.date else None,
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
        "date": article.date.isoformat() if article.date else None,
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
        "first_date": stats.first_date.isoformat() if stats.first_date else None,
        "last_date": stats.last_date.isoformat() if stats.last_date else None,
        "undated": stats.undated,
        "sources": [{"name": name, "articles": count} for name, count in stats.sources],
        "categories": [{"name": name, "articles": count} for name, count in stats.categories],
        "built": stats.built.isoformat(),
        "corpora": stats.corpora,
    }


def write_record(record: Mapping[str, Any]) -> None:
    """One JSON object on one line of standard output."""
    speak_utf8()
    write(_plain(json.dumps(record, ensure_ascii=False)))


def speak_utf8() -> None:
    """Data for programs is UTF-8 wherever it is written; half characters are escaped."""
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors != "backslashreplace":
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _plain(text: str) -> str:
    # JSON itself escapes only what is below a space. The rest of what could steer a terminal, and
    # half characters (from file names), stand in strings, where an escape means the same.
    return text if text.isascii() and "\x7f" not in text else text.translate(_ESCAPES)


class _Escapes(dict[int, str | int]):
    def __missing__(self, code: int) -> str | int:
        char = chr(code)
        self[code] = code if safe(char) == char else f"\\u{code:04x}"
        return self[code]


_ESCAPES = _Escapes()

"""The JSON forms of what all matches say; the conventions are those of ``records.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from searcher.records import FORMAT_VERSION, Record, hit_record, iso

if TYPE_CHECKING:
    from searcher import (
        Concordance,
        Duplicate,
        Duplicates,
        Facets,
        Keyword,
        Keywords,
        Names,
        NewArticles,
        Timeline,
    )


class _Found(Protocol):
    """What all matches of a query say."""

    @property
    def query(self) -> str: ...
    @property
    def total(self) -> int: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


def _record(found: _Found, figures: Record, **lists: object) -> Record:
    """What every record of a query has, with its own figures and lists."""
    return {
        "format_version": FORMAT_VERSION,
        "query": found.query,
        "total": found.total,
        **figures,
        "notes": found.notes,
        **lists,
    }


def facets_record(facets: Facets) -> Record:
    """Counts by fields."""
    values = [
        {
            "field": facet.field,
            "values": [value._asdict() for value in facet.values],
            "others": facet.others,
            "without": facet.without,
        }
        for facet in facets.facets
    ]
    return _record(facets, {"first": iso(facets.first), "last": iso(facets.last)}, facets=values)


def timeline_record(timeline: Timeline) -> Record:
    """Counts over time; shares are in per cent."""
    return {
        "format_version": FORMAT_VERSION,
        "by": timeline.by,
        "queries": timeline.queries,
        "totals": timeline.totals,
        "undated": timeline.undated,
        "notes": timeline.notes,
        "periods": [
            {
                "period": period.name,
                "start": iso(period.start),
                "counts": period.counts,
                "articles": period.articles,
                "shares": [round(share, 6) for share in period.shares],
            }
            for period in timeline.periods
        ],
    }


def concordance_record(concordance: Concordance) -> Record:
    """Places that match; offsets in characters."""
    lines = [{**line._asdict(), "date": iso(line.date)} for line in concordance.lines]
    return _record(concordance, {"complete": concordance.complete}, lines=lines)


def keywords_record(keywords: Keywords) -> Record:
    """Words and names by which the matches differ."""
    figures = {
        "near": keywords.near,
        "size_here": keywords.size_here,
        "size_elsewhere": keywords.size_elsewhere,
    }
    words = [_keyword_record(word) for word in keywords.words]
    names = [_keyword_record(word) for word in keywords.names]
    return _record(keywords, figures, words=words, names=names)


def _keyword_record(word: Keyword) -> Record:
    return {
        **word._asdict(),
        "log_likelihood": round(word.log_likelihood, 6),
        "log_ratio": round(word.log_ratio, 6),
    }


def names_record(names: Names) -> Record:
    """Names, and pairs of them."""
    found = [name._asdict() for name in names.names]
    return _record(names, {}, names=found, together=[pair._asdict() for pair in names.together])


def new_record(found: NewArticles) -> Record:
    """What a saved search has found since the last time."""
    return {
        "format_version": FORMAT_VERSION,
        "name": found.name,
        "query": found.query,
        "total": found.total,
        "notes": found.notes,
        "hits": [hit_record(hit) for hit in found.hits],
    }


def duplicates_record(duplicates: Duplicates) -> Record:
    """Groups of near-duplicates."""
    groups = [
        {"articles": [_duplicate_record(article) for article in group]}
        for group in duplicates.groups
    ]
    return _record(duplicates, {}, groups=groups)


def _duplicate_record(article: Duplicate) -> Record:
    return {
        **article._asdict(),
        "date": iso(article.date),
        "similarity": round(article.similarity, 6),
    }

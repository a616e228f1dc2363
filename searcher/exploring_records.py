"""The JSON forms of what all matches say; the conventions are those of ``records.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searcher.records import FORMAT_VERSION, Record, hit_record

if TYPE_CHECKING:
    from searcher import (
        Concordance,
        Duplicates,
        Facets,
        Keyword,
        Keywords,
        Names,
        NewArticles,
        Timeline,
    )


def facets_record(facets: Facets) -> Record:
    """Counts by fields."""
    return {
        "format_version": FORMAT_VERSION,
        "query": facets.query,
        "total": facets.total,
        "first": facets.first.isoformat() if facets.first else None,
        "last": facets.last.isoformat() if facets.last else None,
        "notes": facets.notes,
        "facets": [
            {
                "field": facet.field,
                "values": [value._asdict() for value in facet.values],
                "others": facet.others,
                "without": facet.without,
            }
            for facet in facets.facets
        ],
    }


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
                "start": period.start.isoformat(),
                "counts": period.counts,
                "articles": period.articles,
                "shares": [round(share, 6) for share in period.shares],
            }
            for period in timeline.periods
        ],
    }


def concordance_record(concordance: Concordance) -> Record:
    """Places that match; offsets in characters."""
    return {
        "format_version": FORMAT_VERSION,
        "query": concordance.query,
        "total": concordance.total,
        "complete": concordance.complete,
        "notes": concordance.notes,
        "lines": [
            {**line._asdict(), "date": line.date.isoformat() if line.date else None}
            for line in concordance.lines
        ],
    }


def keywords_record(keywords: Keywords) -> Record:
    """Words and names by which the matches differ."""
    return {
        "format_version": FORMAT_VERSION,
        "query": keywords.query,
        "total": keywords.total,
        "near": keywords.near,
        "size_here": keywords.size_here,
        "size_elsewhere": keywords.size_elsewhere,
        "notes": keywords.notes,
        "words": [_keyword_record(word) for word in keywords.words],
        "names": [_keyword_record(word) for word in keywords.names],
    }


def _keyword_record(word: Keyword) -> Record:
    return {
        **word._asdict(),
        "log_likelihood": round(word.log_likelihood, 6),
        "log_ratio": round(word.log_ratio, 6),
    }


def names_record(names: Names) -> Record:
    """Names, and pairs of them."""
    return {
        "format_version": FORMAT_VERSION,
        "query": names.query,
        "total": names.total,
        "notes": names.notes,
        "names": [name._asdict() for name in names.names],
        "together": [pair._asdict() for pair in names.together],
    }


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
    return {
        "format_version": FORMAT_VERSION,
        "query": duplicates.query,
        "total": duplicates.total,
        "notes": duplicates.notes,
        "groups": [
            {
                "articles": [
                    {
                        **article._asdict(),
                        "date": article.date.isoformat() if article.date else None,
                        "similarity": round(article.similarity, 6),
                    }
                    for article in group
                ]
            }
            for group in duplicates.groups
        ],
    }

"""Statistics and verification of a whole index of the embedded engine."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from searcher.backends.local_terms import living_terms
from searcher.results import Stats
from searcher.store.check import check_segment
from searcher.store.dates import NO_DATE, read_date
from searcher.store.manifest import NAME

if TYPE_CHECKING:
    from searcher.backends.local import LocalBackend
    from searcher.sources import Source


def stats(index: LocalBackend) -> Stats:
    """What is in an index."""
    moments: list[tuple[int, int]] = []
    undated = articles = tokens = 0
    words: set[bytes] = set()
    for _, s, _ in index.segments:
        alive = np.ones(s.size, bool) if s.alive is None else s.alive
        articles += int(alive.sum())
        tokens += int(s.segment.lengths[alive].sum())
        dates, utc_offsets = s.segment.dates[alive], s.segment.utc_offsets[alive]
        dated = dates != NO_DATE
        undated += int((~dated).sum())
        if dated.any():
            ends = dates[dated].argmin(), dates[dated].argmax()
            moments += [(int(dates[dated][i]), int(utc_offsets[dated][i])) for i in ends]
        words.update(term for term, _ in living_terms(s))
    files = [path for path in index.folder.iterdir() if NAME in path.name and path.is_file()]
    return Stats(
        articles=articles,
        words=len(words),
        tokens=tokens,
        segments=len(index.segments),
        bytes=sum(path.stat().st_size for path in files),
        first_date=read_date(*min(moments)) if moments else None,
        last_date=read_date(*max(moments)) if moments else None,
        undated=undated,
        sources=_values(index, "source"),
        categories=_values(index, "category"),
        built=datetime.fromisoformat(index.manifest.built),
        corpora=tuple(source.where for source in index.manifest.sources if source.where),
    )


def _values(index: LocalBackend, field: str) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for _, s, _ in index.segments:
        keyword = s.segment.keywords[field]
        for number, value in enumerate(keyword.values()):
            docs = keyword.docs(number)
            counts[value] += len(docs) if s.alive is None else int(s.alive[docs].sum())
    found = [(name, count) for name, count in counts.items() if count]
    return tuple(sorted(found, key=lambda item: (-item[1], item[0])))


def sources(index: LocalBackend) -> tuple[tuple[Source, int], ...]:
    """The sources of an index, and how many documents each has."""
    counts: Counter[int] = Counter()
    for _, s, _ in index.segments:
        numbers = s.segment.column("sources")
        counts.update((numbers if s.alive is None else numbers[s.alive]).tolist())
    return tuple((source, counts[source.number]) for source in index.manifest.sources)


def check(index: LocalBackend) -> list[str]:
    """What is wrong with an index, one line each."""
    problems = [f"{index.manifest.lexicon_name}: {problem}" for problem in index.lexicon.check()]
    for entry, (_, matcher, _) in zip(index.manifest.segments, index.segments, strict=True):
        found = check_segment(matcher.segment, entry.documents)
        problems += [f"{entry.file}: {problem}" for problem in found]
    return problems

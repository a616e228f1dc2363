"""Statistics and verification of a whole index of the embedded engine."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from searcher.errors import SearcherError
from searcher.results import Stats
from searcher.store.dates import NO_DATE, read_date
from searcher.store.manifest import NAME
from searcher.store.postings import TITLE_END
from searcher.store.stored_documents import text_bounds

if TYPE_CHECKING:
    from searcher.backends.local import LocalBackend
    from searcher.search.match import SegmentMatcher


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
        words.update(map(s.segment.terms.term, range(len(s.segment.terms))))
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
        corpora=index.manifest.roots,
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


def check(index: LocalBackend) -> list[str]:
    """What is wrong with an index, one line each."""
    problems = [f"{index.manifest.lexicon_name}: {problem}" for problem in index.lexicon.check()]
    for entry, (_, s, _) in zip(index.manifest.segments, index.segments, strict=True):
        problems += [
            f"{entry.file}: section {name} is damaged" for name in s.segment.container.check()
        ]
        if s.segment.container.check():
            continue
        if s.size != entry.documents:
            problems.append(f"{entry.file}: has {s.size} documents, not {entry.documents}")
        try:
            found = [*_postings(s), *_documents(s)]
        except (SearcherError, IndexError, ValueError, OverflowError, MemoryError) as error:
            found = [f"cannot be read through ({error})"]
        problems += [f"{entry.file}: {problem}" for problem in found]
    return problems


def _postings(s: SegmentMatcher) -> list[str]:
    layout = s.segment.container
    problems = []
    for name in ("words", "author", "category", "source", "id"):
        docs, ends = layout[f"{name}_docs"], layout[f"{name}_ends"].astype(np.int64)
        if len(ends) and (ends[-1] != len(docs) or (np.diff(ends, prepend=0) < 1).any()):
            problems.append(f"the ends of {name} are out of order")
        elif len(docs):
            rising = np.diff(docs.astype(np.int64)) > 0
            rising[ends[:-1] - 1] = True
            if not rising.all() or docs.max() >= s.size:
                problems.append(f"the documents of {name} are out of order")
    problems += s.segment.bigrams.check(s.size)
    terms = [s.segment.terms.term(number) for number in range(len(s.segment.terms))]
    if any(a >= b for a, b in pairwise(terms)):
        problems.append("the words are out of order")
    if any(s.segment.terms.find(term) != number for number, term in enumerate(terms)):
        problems.append("a word cannot be looked up")
    return problems


def _documents(s: SegmentMatcher) -> list[str]:
    return [f"document {number} cannot be read" for number in range(s.size) if _broken(s, number)]


def _broken(s: SegmentMatcher, number: int) -> bool:
    try:
        raw = s.segment.raw(number)
        s.segment.stored_fields(number)
    except (SearcherError, ValueError, TypeError, IndexError, OverflowError):
        return True
    start, units = text_bounds(raw)
    title = start + 2 * int(s.segment.title_lengths[number])
    separated = raw[title : title + 2] == TITLE_END.encode("utf-16-le")
    return len(raw) != start + 2 * units + (units + 7) // 8 or not separated

"""All matches of a query, segment by segment: what everything here counts over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.backends.base import WeightedPlan
from searcher.query.clauses import MatchAllClause
from searcher.query.parser import parse
from searcher.search.planner import Planner, terms_to_look_up
from searcher.search.weights import weigh
from searcher.store.dates import NO_DATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import DocRef, Matches, ReadBackend
    from searcher.query.options import SearchOptions
    from searcher.search.collect import SegmentSearcher
    from searcher.search.doc_ids import DocIds
    from searcher.search.match import SegmentMatcher
    from searcher.store.segment_reader import SegmentReader


class SegmentMatches(NamedTuple):
    """The matches in one segment.

    Attributes:
        base: added to a document number it gives a reference (DocRef).
        matcher: of the segment.
        docs: the documents that match, sorted, deleted ones left out.
    """

    base: int
    matcher: SegmentMatcher
    docs: DocIds

    @property
    def segment(self) -> SegmentReader:
        """The segment."""
        return self.matcher.segment

    def present(self) -> NDArray[np.bool_]:
        """Which documents of the segment match, bool (size,)."""
        present = np.zeros(self.matcher.size, bool)
        present[self.docs] = True
        return present

    def local_times(self) -> NDArray[np.int64]:
        """The local times of the dated matches, in seconds since 1970.

        A day is the day where the article was written, as it is for ``date:`` in a query.
        """
        dates = self.segment.dates.take(self.docs)
        offsets = self.segment.utc_offsets.take(self.docs).astype(np.int64)
        times: NDArray[np.int64] = (dates + 60 * offsets)[dates != NO_DATE]
        return times


class MatchSet:
    """All matches of a query.

    Attributes:
        parts: the matches of each segment.
        plan: what matched, with its weights; None where there is nothing to search for.
        notes: what is to be said about the query.
    """

    def __init__(
        self,
        parts: list[SegmentMatches],
        plan: WeightedPlan | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.parts = parts
        self.plan = plan
        self.notes = notes

    def __len__(self) -> int:
        return sum(len(part.docs) for part in self.parts)

    def refs(self) -> Iterator[DocRef]:
        """The references of all matches, in the order of the index."""
        for part in self.parts:
            yield from (part.docs + part.base).tolist()

    def refs_by_date(self) -> list[DocRef]:
        """The references of all matches, newest first; undated ones come last."""
        if not self.parts:
            return []
        refs = np.concatenate([part.docs + part.base for part in self.parts])
        dates = np.concatenate([part.segment.dates.take(part.docs) for part in self.parts])
        ordered: list[DocRef] = refs[np.lexsort((refs, -dates))].tolist()
        return ordered

    def days(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The days of dated matches, from 1970-01-01, ascending, and how many each has."""
        times = [part.local_times() for part in self.parts]
        days, counts = np.unique(
            np.concatenate([np.zeros(0, np.int64), *times]) // 86_400, return_counts=True
        )
        return days, counts

    def keyword_counts(self, field: str) -> tuple[dict[str, int], int]:
        """How many matches have each value of a keyword field, and how many have none."""
        counts: Counter[str] = Counter()
        without = 0
        for part in self.parts:
            keyword = part.segment.keywords[field]
            present = part.present()
            in_segment = keyword.counts(present)
            for number in in_segment.nonzero()[0].tolist():
                value = keyword.terms.term(number).decode()
                if value:
                    counts[value] += int(in_segment[number])
            without += keyword.without(present)
        return counts, without


class _MatchCollector:
    """Keeps the matches of each segment."""

    def __init__(self) -> None:
        self.parts: list[SegmentMatches] = []

    def collect(self, segment: SegmentSearcher, docs: DocIds) -> None:
        self.parts.append(SegmentMatches(segment.base, segment.matcher, docs))


def find_matches(backend: ReadBackend, query: str, options: SearchOptions) -> Matches:
    """Find all articles that match a query as asked, with the filters of the options.

    Raises:
        QueryError: an option makes no sense.
    """
    tree, notes = parse(query)
    tree = options.filtered(tree)
    notes = (*backend.notes, *notes, *options.notes())
    if tree is None:
        return MatchSet([], None, notes)
    wanted = tree
    statistics = backend.statistics(lambda: terms_to_look_up(wanted))
    planner = Planner(lambda term: statistics.term_df(term) > 0, backend.synonyms, backend.analyser)
    plan = planner.plan(tree, any_word=options.any, aliases=options.aliases)
    return _matches(backend, weigh(plan, statistics), notes)


def all_articles(backend: ReadBackend) -> Matches:
    """All articles of an index."""
    return _matches(backend, WeightedPlan(MatchAllClause(), (), (), {}), ())


def _matches(backend: ReadBackend, plan: WeightedPlan, notes: tuple[str, ...]) -> Matches:
    counted = backend.match_set(plan, notes)
    if counted is not None:
        return counted
    collector = _MatchCollector()
    backend.collect(plan.plan, [collector])
    return MatchSet(collector.parts, plan, notes)

"""One search: a query and its options in, hits out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from searcher.query.parser import parse
from searcher.results import Hit, Match, Snippet
from searcher.search import plan as p
from searcher.search.bm25 import FEEDBACK_DOCUMENTS, FRESHNESS, NEARNESS, WINDOW
from searcher.search.highlighter import Highlighter, Reading, patterns_of
from searcher.search.maxscore import best_of_disjunction, is_worthwhile
from searcher.search.plan import Planner
from searcher.search.score import Weights, score_together
from searcher.search.snippets import Snippets
from searcher.search.texts import TOGETHER, Record, Texts, read, title_and_body, title_of
from searcher.store.dates import NO_DATE, read_date
from searcher.store.postings import TITLE_END
from searcher.store.stored_documents import decode_fields

if TYPE_CHECKING:
    from searcher.query.options import SearchOptions
    from searcher.search.match import Documents, SegmentMatcher
    from searcher.search.snapshot import Snapshot

FALLBACK = "nothing has all the words; showing articles with any of them"


_LITTLE = 64
"""So few documents of a segment are scored together with those of others."""


class Found(NamedTuple):
    """A document found: its segment's place, its number there, its score; ``near`` is in it."""

    segment: int
    number: int
    score: float
    near: float = 0.0


class Search:
    """One search on one snapshot."""

    def __init__(
        self,
        snapshot: Snapshot,
        query: str,
        options: SearchOptions,
    ) -> None:
        self._snapshot = snapshot
        self._segments = snapshot.segments
        self._analyser = snapshot.analyser
        self._options = options
        self._query = query
        self.total = 0
        self.notes: tuple[str, ...] = ()
        self.relaxed = False
        self._records: dict[tuple[int, int], Record] = {}

    def run(self) -> list[Hit]:
        """The hits; :attr:`total`, :attr:`notes` and :attr:`relaxed` are known afterwards."""
        options = self._options
        tree, notes = parse(self._query)
        self.notes = notes = (*self._snapshot.notes, *notes)
        tree = options.filtered(tree)
        if tree is None:
            return []
        planner = Planner(self._snapshot.knows, self._snapshot.names.synonyms, self._analyser)
        plan = planner.plan(tree, any_word=options.any, aliases=options.aliases)
        found = self._find(plan)
        # A count says how many articles match the query as it stands.
        if not self.total and not options.any and options.limit:
            looser = planner.plan(tree, any_word=True, aliases=options.aliases)
            if looser != plan:
                found = self._find(looser)
                if found:
                    plan = looser
                    self.relaxed = True
                    self.notes = (*notes, FALLBACK)
        if not options.limit:
            return []
        if options.expand and options.sort == "relevance" and found:
            from searcher.search.feedback import expanded

            plan = expanded(
                plan, self._texts(found), self._analyser(), self._df, self._snapshot.documents
            )
            found = self._find(plan)
        return self._hits(found[options.offset : options.offset + options.limit])

    def _df(self, term: str) -> int:
        return sum(s.df(term) for s in self._segments)

    def _texts(self, found: Sequence[Found]) -> list[str]:
        """The texts of the best documents."""
        best = found[:FEEDBACK_DOCUMENTS]
        return [TITLE_END.join(title_and_body(self._record(hit))) for hit in best]

    def _find(self, plan: p.Plan) -> list[Found]:
        """The documents to show, best first; counts all that match."""
        options = self._options
        wanted = options.offset + options.limit
        weights = Weights(plan, self._segments, self._snapshot.documents)
        self._plan, self._weights = plan, weights
        if options.limit:
            self._marker = Highlighter(patterns_of(weights), self._parts)
        self._readings: dict[tuple[int, int], tuple[Snippets, int]] = {}
        relevance = options.sort == "relevance"
        least = max(WINDOW, FEEDBACK_DOCUMENTS if options.expand else 0)
        depth = max(wanted, least) if relevance and wanted else wanted
        self.total = 0
        hits: list[Found] = []
        few: list[tuple[int, Documents]] = []
        for place, s in enumerate(self._segments):
            if depth:
                hits += self._best_of(place, depth, hits, few)
            else:
                self.total += len(s.documents(plan))
        hits += self._all_of(few)
        if relevance and options.limit:
            several = len(self._segments) > 1
            return self._reranked(self._ordered(hits, depth) if several else hits)
        if len(self._segments) == 1:
            return hits
        key = self._newest if options.sort == "newest" else self._oldest
        return self._in_order(hits, key, depth)

    def _best_of(
        self, place: int, depth: int, others: Sequence[Found], few: list[tuple[int, Documents]]
    ) -> Iterable[Found]:
        """The documents of a segment to show; counts all that match.

        What is only a few documents of one of several segments goes to ``few`` instead.
        """
        s, plan, options = self._segments[place], self._plan, self._options
        scorer = self._snapshot.scorers[place]
        relevance = options.sort == "relevance"
        if (
            isinstance(plan, p.Or)
            and relevance
            and options.fresh is None  # else a score would be more than its voices say
            and is_worthwhile(s, plan)
        ):
            least = nlargest(depth, map(_score, others))[-1] if len(others) >= depth else None
            voices = scorer.voices(self._weights)
            documents, scores, total = best_of_disjunction(s, scorer, plan, voices, depth, least)
            self.total += total
        else:
            documents = s.documents(plan)
            self.total += len(documents)
            if not relevance:
                documents = self._first(s, documents, depth)
            if len(documents) <= _LITTLE and len(self._segments) > 1:
                few.append((place, documents))
                return ()
            scores = scorer.score(documents, scorer.voices(self._weights))
            if options.fresh is not None and relevance:
                scores *= self._freshness(s.segment.dates[documents])
        if relevance:
            best = _best(scores, s.segment.recency, documents, depth)
            documents, scores = documents.take(best), scores.take(best)
        return map(Found, repeat(place), documents.tolist(), scores.tolist())

    def _all_of(self, few: Iterable[tuple[int, Documents]]) -> Iterator[Found]:
        """A few documents of each of several segments."""
        some = [(place, documents) for place, documents in few if len(documents)]
        if not some:
            return
        scorers, weights = self._snapshot.scorers, self._weights
        scores = score_together(
            [(scorers[n], docs, scorers[n].voices(weights)) for n, docs in some]
        )
        if self._options.fresh is not None and self._options.sort == "relevance":
            dates = [self._segments[n].segment.dates[docs] for n, docs in some]
            scores *= self._freshness(np.concatenate(dates))
        places = [n for n, docs in some for _ in range(len(docs))]
        numbers = [number for _, docs in some for number in docs.tolist()]
        yield from map(Found, places, numbers, scores.tolist())

    def _first(self, s: SegmentMatcher, documents: Documents, count: int) -> Documents:
        """The newest or the oldest documents, so many."""
        order = s.segment.recency[documents]
        if self._options.sort == "oldest":
            # Undated articles come last either way; ties by id, as recency has them.
            dates = s.segment.dates[documents]
            return documents[np.lexsort((order, dates, dates == NO_DATE))[:count]]
        if len(order) > 4 * count:
            early = order <= np.partition(order, count)[count]
            documents, order = documents[early], order[early]
        return documents[order.argsort()[:count]]

    def _freshness(self, dates: Any) -> Any:
        """Factors by age; undated articles gain nothing."""
        age = np.maximum(time.time() - dates, 0) / 86400
        factors = 1 + FRESHNESS * 0.5 ** np.minimum(age / self._options.fresh, 1000.0)
        return factors.astype(np.float32)

    def _date(self, found: Found) -> int:
        return self._segments[found.segment].segment.dates.item(found.number)

    def _newest(self, found: Found) -> tuple[float, ...]:
        return (-self._date(found),)

    def _oldest(self, found: Found) -> tuple[float, ...]:
        date = self._date(found)
        return date == NO_DATE, date

    def _in_order(
        self, found: Sequence[Found], key: Callable[[Found], tuple[float, ...]], most: int
    ) -> list[Found]:
        """The first ``most`` by a key, and then by id; ids are read only where they decide."""
        keys = {hit: key(hit) for hit in found}
        if len(found) > most:
            last = sorted(keys.values())[most - 1]
            keys = {hit: k for hit, k in keys.items() if k <= last}
        often = Counter(keys.values())

        def with_id(hit: Found) -> tuple[tuple[float, ...], str]:
            if often[keys[hit]] == 1:
                return keys[hit], ""
            return keys[hit], decode_fields(self._record(hit).raw)[0]

        return sorted(keys, key=with_id)[:most]

    def _reranked(self, found: list[Found]) -> list[Found]:
        """The best ones with what their best sentence adds."""
        # One thing is as near to itself everywhere; and behind the window nothing changes.
        if len(self._marker.groups) < 2 or self._options.offset >= WINDOW:
            return found
        options = self._options
        wanted = max(options.offset + options.limit, FEEDBACK_DOCUMENTS if options.expand else 0)
        # Where all words are in all articles, so they are in a sentence of most.
        first = WINDOW if isinstance(self._plan, p.Or) else min(wanted, WINDOW)
        near = self._near(found[:first])
        if wanted < len(found) and first < WINDOW:
            # Of the others only those need be read that could still come before the last of these.
            least, most = min([hit.score for hit in near]), NEARNESS * self._marker.weight
            near += self._near([hit for hit in found[wanted:WINDOW] if hit.score + most >= least])
        return [*self._ordered(near, len(near)), *found[WINDOW:]]

    def _near(self, found: Sequence[Found]) -> list[Found]:
        """Add to the scores what the best sentences say."""
        if not found:
            return []
        nearness = self._read(found).nearness()
        return [
            Found(hit.segment, hit.number, hit.score + NEARNESS * near, NEARNESS * near)
            for hit, near in zip(found, nearness, strict=True)
        ]

    def _ordered(self, found: list[Found], most: int) -> list[Found]:
        """The first ``most`` by score, then newer first, then by id."""
        if len({hit.score for hit in found}) == len(found):
            return sorted(found, key=_score, reverse=True)[:most]
        if len(self._segments) == 1:
            place = self._segments[0].segment.recency.item
            return sorted(found, key=lambda hit: (-hit.score, place(hit.number)))[:most]
        return self._in_order(found, lambda hit: (-hit.score, -self._date(hit)), most)

    def _read(self, found: Sequence[Found]) -> Reading:
        """Read texts."""
        folding = self._segments[0].segment.folding
        reading = self._marker.read(Texts(list(map(self._record, found)), folding))
        snippets = Snippets(reading)
        for owner, hit in enumerate(found):
            self._readings[hit.segment, hit.number] = snippets, owner
        return reading

    def _record(self, hit: Found) -> Record:
        """The record of a document, read once."""
        key = hit.segment, hit.number
        record = self._records.get(key)
        if record is None:
            segment = self._segments[hit.segment].segment
            record = self._records[key] = read(segment, hit.number)
        return record

    def _parts(self, word: str) -> frozenset[tuple[int, int]]:
        return self._snapshot.analyser().spans(word)

    def _hits(self, found: Sequence[Found]) -> list[Hit]:
        options = self._options
        hits = []
        if options.snippets:
            new = [hit for hit in found if (hit.segment, hit.number) not in self._readings]
            for first in range(0, len(new), TOGETHER):
                self._read(new[first : first + TOGETHER])
        for rank, hit in enumerate(found, options.offset + 1):
            segment = self._segments[hit.segment].segment
            snippets: tuple[Snippet, ...] = ()
            if options.snippets:
                marked, owner = self._readings[hit.segment, hit.number]
                snippets = marked.of(owner)
            record = self._record(hit)
            id_, path, author, source, url, *categories = decode_fields(record.raw)
            moment = read_date(segment.dates.item(hit.number), segment.utc_offsets.item(hit.number))
            hits.append(
                Hit(
                    rank, id_, path, title_of(record), moment, author, source,
                    tuple(categories), url, hit.score, snippets,
                    self._explanation(hit) if options.explain else (),
                    self.relaxed,
                )
            )  # fmt: skip
        return hits

    def _explanation(self, hit: Found) -> tuple[Match, ...]:
        from searcher.search.explain import matches_of

        scorer, segment = self._snapshot.scorers[hit.segment], self._segments[hit.segment].segment
        text = Texts([self._record(hit)], segment.folding)
        parts = [*matches_of(scorer, hit.number, self._weights, text, self._parts)]
        if hit.near:
            parts.append(Match("", "text", "nearness", hit.near, "the best sentence"))
        if self._options.fresh is not None and self._options.sort == "relevance":
            date = segment.dates[hit.number : hit.number + 1]
            own = hit.score - hit.near
            gain = own - own / float(self._freshness(date)[0])
            parts.append(Match("", "date", "freshness", gain))
        return tuple(parts)


def _score(found: Found) -> float:
    return found.score


def _best(
    scores: np.ndarray[Any, Any], recency: Any, documents: Any, count: int
) -> np.ndarray[Any, Any]:
    """Places of the best ``count`` scores, best first; ties by recency."""
    if len(scores) > 4 * count:
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        places = np.flatnonzero(scores >= least)
    else:
        places = np.arange(len(scores))
    order = np.lexsort((recency[documents[places]], -scores[places]))
    best: np.ndarray[Any, Any] = places[order[:count]]
    return best

"""One search: a query and its options in, hits out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher.index.contents import NO_DATE, read_date
from searcher.results import Hit, Match, Snippet
from searcher.search import plan as p
from searcher.search.evaluate import Weights
from searcher.search.language import parse
from searcher.search.plan import Planner
from searcher.search.rank import FEEDBACK_DOCUMENTS, FRESHNESS, NEARNESS, WINDOW
from searcher.search.reading import DocumentText
from searcher.search.snippets import Marker, Reading, forms_of

if TYPE_CHECKING:
    from searcher.search.options import Options
    from searcher.search.snapshot import Snapshot

FALLBACK = "nothing has all the words; showing articles with any of them"


@dataclass(frozen=True, slots=True)
class Found:
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
        options: Options,
    ) -> None:
        self._snapshot = snapshot
        self._segments = snapshot.segments
        self._analyser = snapshot.analyser
        self._options = options
        self._query = query
        self.total = 0
        self.notes: tuple[str, ...] = ()

    def run(self) -> list[Hit]:
        """The hits; :attr:`total` and :attr:`notes` are known afterwards."""
        options = self._options
        tree, notes = parse(self._query)
        self.notes = notes = (*self._snapshot.notes, *notes)
        tree = options.filtered(tree)
        if tree is None:
            return []
        planner = Planner(self._snapshot.knows, self._snapshot.names.others, self._analyser)
        plan = planner.plan(tree, any_word=options.any, aliases=options.aliases)
        found = self._find(plan)
        # A count says how many articles match the query as it stands.
        if not self.total and not options.any and options.limit:
            looser = planner.plan(tree, any_word=True, aliases=options.aliases)
            if looser != plan:
                found = self._find(looser)
                if found:
                    plan = looser
                    self.notes = (*notes, FALLBACK)
        if not options.limit:
            return []
        if options.expand and options.sort == "relevance" and found:
            from searcher.search.expand import expanded

            plan = expanded(
                plan, self._texts(found), self._analyser(), self._df, self._snapshot.documents
            )
            found = self._find(plan)
        return self._hits(found[options.offset : options.offset + options.limit])

    def _df(self, term: str) -> int:
        return sum(s.df(term) for s in self._segments)

    def _texts(self, found: Sequence[Found]) -> list[str]:
        """The texts of the best documents."""
        texts = []
        for hit in found[:FEEDBACK_DOCUMENTS]:
            text = DocumentText(self._segments[hit.segment].segment, hit.number)
            texts.append(text.piece(0, text.length - 1))
        return texts

    def _find(self, plan: p.Plan) -> list[Found]:
        """The documents to show, best first; counts all that match."""
        options = self._options
        wanted = options.offset + options.limit
        weights = Weights(plan, self._segments, self._snapshot.documents)
        self._weights = weights
        self._marker = Marker(forms_of(weights.leaves, weights), self._parts)
        self._readings: dict[tuple[int, int], Reading] = {}
        relevance = options.sort == "relevance"
        least = max(WINDOW, FEEDBACK_DOCUMENTS if options.expand else 0)
        depth = max(wanted, least) if relevance and wanted else wanted
        self.total = 0
        hits: list[Found] = []
        for place, s in enumerate(self._segments):
            documents = s.documents(plan)
            self.total += len(documents)
            if not depth or not len(documents):
                continue
            scores = s.score(documents, weights)
            if relevance:
                if options.fresh is not None:
                    scores *= self._freshness(s.segment.dates[documents])
                best = _best(scores, s.segment.recency, documents, depth)
            else:
                order = s.segment.recency[documents].astype(np.int64)
                if options.sort == "oldest":
                    # Undated articles come last either way; ties by id, as recency has them.
                    dates = s.segment.dates[documents]
                    order = np.lexsort((order, dates, dates == NO_DATE))
                    best = order[:depth]
                else:
                    best = np.argsort(order)[:depth]
            numbers, best_scores = documents[best].tolist(), scores[best].tolist()
            hits += map(Found, repeat(place), numbers, best_scores)
        if relevance:
            hits = self._reranked(self._ordered(hits) if len(self._segments) > 1 else hits)
        elif options.sort == "newest":
            hits.sort(key=self._tie)
        else:
            hits.sort(key=lambda f: ((d := self._date(f)) == NO_DATE, d, self._tie(f)[1]))
        return hits

    def _freshness(self, dates: Any) -> Any:
        """Factors by age; undated articles gain nothing."""
        age = np.maximum(time.time() - dates, 0) / 86400
        factors = 1 + FRESHNESS * 0.5 ** np.minimum(age / self._options.fresh, 1000.0)
        return factors.astype(np.float32)

    def _date(self, found: Found) -> int:
        return int(self._segments[found.segment].segment.dates[found.number])

    def _tie(self, found: Found) -> tuple[int, str]:
        """Newer first, then by id."""
        segment = self._segments[found.segment].segment
        return -int(segment.dates[found.number]), segment.card(found.number).id

    def _reranked(self, found: list[Found]) -> list[Found]:
        """The best ones with what their best sentence adds."""
        marker = self._marker
        if len(marker.groups) < 2:
            return found
        near = []
        self._read(found[:WINDOW])
        for hit in found[:WINDOW]:
            reading = self._readings[hit.segment, hit.number]
            bonus = NEARNESS * marker.nearness(reading)
            near.append(Found(hit.segment, hit.number, hit.score + bonus, bonus))
        return [*self._ordered(near), *found[WINDOW:]]

    def _ordered(self, found: list[Found]) -> list[Found]:
        """By score; the cards that ties need are read only where there are ties."""
        if len({hit.score for hit in found}) == len(found):
            return sorted(found, key=_score, reverse=True)
        return sorted(found, key=lambda hit: (-hit.score, *self._tie(hit)))

    def _read(self, found: Sequence[Found]) -> None:
        """Read the texts that are not read yet."""
        new = [hit for hit in found if (hit.segment, hit.number) not in self._readings]
        if new:
            texts = [DocumentText(self._segments[h.segment].segment, h.number) for h in new]
            for hit, reading in zip(new, self._marker.read_all(texts), strict=True):
                self._readings[hit.segment, hit.number] = reading

    def _parts(self, word: str) -> frozenset[tuple[int, int]]:
        return self._snapshot.analyser().spans(word)

    def _hits(self, found: Sequence[Found]) -> list[Hit]:
        options = self._options
        hits = []
        if options.snippets or options.explain:
            self._read(found)
        for rank, hit in enumerate(found, options.offset + 1):
            segment = self._segments[hit.segment].segment
            card = segment.card(hit.number)
            snippets = self._snippets(hit) if options.snippets else ()
            moment = read_date(int(segment.dates[hit.number]), int(segment.zones[hit.number]))
            hits.append(
                Hit(
                    rank, card.id, card.path, card.title, moment, card.author, card.source,
                    card.categories, card.url, hit.score, snippets,
                    self._explanation(hit) if options.explain else (),
                )
            )  # fmt: skip
        return hits

    def _explanation(self, hit: Found) -> tuple[Match, ...]:
        from searcher.search.explain import matches_of

        place = self._segments[hit.segment]
        reading = self._readings[hit.segment, hit.number]
        parts = list(matches_of(place, hit.number, self._weights, reading))
        if hit.near:
            parts.append(Match("", "text", "nearness", hit.near, "the best sentence"))
        if self._options.fresh is not None and self._options.sort == "relevance":
            date = place.segment.dates[hit.number : hit.number + 1]
            own = hit.score - hit.near
            gain = own - own / float(self._freshness(date)[0])
            parts.append(Match("", "date", "freshness", gain))
        return tuple(parts)

    def _snippets(self, hit: Found) -> tuple[Snippet, ...]:
        return self._marker.snippets(self._readings[hit.segment, hit.number])


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

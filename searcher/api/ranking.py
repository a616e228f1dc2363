"""The best documents for one plan: by the engine's scores, then by what is near in their texts."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from searcher.backends.base import DocRef, ReadBackend, ScoredDoc, TopRequest, WeightedPlan
from searcher.lazy_numpy import numpy as np
from searcher.query.clauses import OrClause
from searcher.results import Match, Snippet
from searcher.search.bigram_ranker import BigramRanker
from searcher.search.bm25 import (
    BIGRAM_BM25_WEIGHT,
    BIGRAM_SENTENCE_WEIGHT,
    COVERAGE_WEIGHT,
    PROXIMITY_WEIGHT,
    RERANK_DEPTH,
    SENTENCE_DEPTH,
    freshness,
)
from searcher.search.collect import rank_by_score
from searcher.search.passages import PassageFinder, Passages
from searcher.search.patterns import patterns_of
from searcher.search.texts import BATCH_SIZE, Texts
from searcher.store.stored_documents import decode_fields

if TYPE_CHECKING:
    from searcher.backends.base import StoredDocument
    from searcher.query.options import SearchOptions


class DocumentCache:
    """Stored documents of a backend, each fetched once."""

    def __init__(self, backend: ReadBackend) -> None:
        self._backend = backend
        self._known: dict[DocRef, StoredDocument] = {}

    def fetch(self, refs: Sequence[DocRef]) -> list[StoredDocument]:
        """The stored documents."""
        known = self._known
        new = [ref for ref in refs if ref not in known]
        if new:
            known.update(zip(new, self._backend.fetch(new), strict=True))
        return [known[ref] for ref in refs]

    def ids(self, refs: Sequence[DocRef]) -> list[str]:
        """The ids of some documents."""
        return [decode_fields(document.raw)[0] for document in self.fetch(refs)]

    def texts(self, docs: Sequence[ScoredDoc]) -> Texts:
        """The texts of some documents."""
        stored = self.fetch([doc.ref for doc in docs])
        return Texts([document[:2] for document in stored], self._backend.folding)


class Ranking:
    """Ranks the documents of one plan, and cuts their snippets."""

    def __init__(
        self,
        backend: ReadBackend,
        documents: DocumentCache,
        plan: WeightedPlan,
        options: SearchOptions,
        bigrams: BigramRanker | None = None,
        is_headline: bool = False,
    ) -> None:
        self.plan = plan
        self._bigrams = bigrams
        self._is_headline = is_headline
        self.total = 0
        """How many documents match; known after :meth:`best`."""
        self._backend = backend
        self._documents = documents
        self._options = options
        self._finder = PassageFinder(patterns_of(plan), partial(_parts, backend))
        self._passages: dict[DocRef, tuple[Passages, int]] = {}

    def best(self, wanted: int, first: int = 0) -> list[ScoredDoc]:
        """The best documents in order, at least ``wanted`` of them where as many match.

        The order of those before ``first`` does not matter.
        """
        docs, self.total = self._backend.best(self.plan, self.request(wanted))
        if self._options.sort != "relevance":
            return docs
        return self._rerank_sentence(docs) if self._bigrams else self._rerank(docs, wanted, first)

    def request(self, wanted: int) -> TopRequest:
        """What the engine is asked for, given how many documents are wanted."""
        options = self._options
        depth = wanted
        if options.sort == "relevance":
            depth = max(wanted, SENTENCE_DEPTH if self._bigrams else RERANK_DEPTH)
        return TopRequest(depth, options.sort, options.fresh)

    def prepare_snippets(self, docs: Sequence[ScoredDoc]) -> None:
        """Look for the query in the texts of documents that were not read for ranking."""
        new = [doc for doc in docs if doc.ref not in self._passages]
        for first in range(0, len(new), BATCH_SIZE):
            self._read(new[first : first + BATCH_SIZE])

    def snippets(self, doc: ScoredDoc) -> tuple[Snippet, ...]:
        """The snippets of a document that was prepared."""
        passages, number = self._passages[doc.ref]
        return passages.snippets(number)

    def explanation(self, doc: ScoredDoc) -> tuple[Match, ...]:
        """What each part of the plan adds to the score of a document."""
        from searcher.search.explain import explain_score

        text = self._documents.texts([doc])
        contributions = self._backend.contributions(doc.ref, self.plan)
        matches = [*explain_score(self.plan, contributions, text, partial(_parts, self._backend))]
        if doc.proximity:
            matches.append(Match("", "text", "nearness", doc.proximity, "the best sentence"))
        if self._options.fresh is not None and self._options.sort == "relevance":
            date = np.array([doc.date], np.int64)
            own = doc.score - doc.proximity
            factor = float(freshness(date, time.time(), self._options.fresh)[0])
            matches.append(Match("", "date", "freshness", own - own / factor))
        return tuple(matches)

    def _rerank(self, found: list[ScoredDoc], wanted: int, first: int) -> list[ScoredDoc]:
        """The best documents in order of their scores with proximity added."""
        # One leaf is as near to itself everywhere; and after the window nothing changes.
        if self._finder.leaves < 2 or first >= RERANK_DEPTH:
            return found
        # Where documents have all words, most have them in one sentence.
        is_or = isinstance(self.plan.plan, OrClause)
        read = RERANK_DEPTH if is_or else min(wanted, RERANK_DEPTH)
        near = self._with_proximity(found[:read])
        if wanted < len(found) and read < RERANK_DEPTH:
            # Of the others only those need be read that could still come before the last of these.
            least = min([doc.score for doc in near])
            most = PROXIMITY_WEIGHT * self._finder.weight
            others = [doc for doc in found[wanted:RERANK_DEPTH] if doc.score + most >= least]
            near += self._with_proximity(others)
        return [*rank_by_score(near, len(near), self._documents.ids), *found[RERANK_DEPTH:]]

    def _rerank_sentence(self, found: list[ScoredDoc]) -> list[ScoredDoc]:
        """The best documents in order of their scores with proximity and pairs added."""
        near, rest = found[:SENTENCE_DEPTH], found[SENTENCE_DEPTH:]
        if not near or self._bigrams is None:
            return found
        documents = self._documents.fetch([doc.ref for doc in near])
        lengths = [document.length for document in documents]
        if self._is_headline:
            # The words of a headline need not stand near each other.
            features = self._bigrams.score(self._documents.texts(near), lengths)
            gains = BIGRAM_BM25_WEIGHT * features.bm25 + COVERAGE_WEIGHT * features.coverage
        else:
            features = self._bigrams.score(self._documents.texts(near), lengths)
            gains = BIGRAM_BM25_WEIGHT * features.bm25 + BIGRAM_SENTENCE_WEIGHT * features.best
            if self._finder.leaves > 1:
                gains += PROXIMITY_WEIGHT * np.array(self._read(near).proximity())
        ranked = [
            ScoredDoc(ref, score + gain, date, gain)
            for (ref, score, date, _), gain in zip(near, gains.tolist(), strict=True)
        ]
        return [*rank_by_score(ranked, len(ranked), self._documents.ids), *rest]

    def _with_proximity(self, found: Sequence[ScoredDoc]) -> list[ScoredDoc]:
        if not found:
            return []
        proximity = self._read(found).proximity()
        return [
            ScoredDoc(ref, score + PROXIMITY_WEIGHT * near, date, PROXIMITY_WEIGHT * near)
            for (ref, score, date, _), near in zip(found, proximity, strict=True)
        ]

    def _read(self, docs: Sequence[ScoredDoc]) -> Passages:
        """Look for the query in the texts of some documents."""
        stored = [document[:2] for document in self._documents.fetch([doc.ref for doc in docs])]
        passages = self._finder.read(stored, self._backend.folding)
        for number, doc in enumerate(docs):
            self._passages[doc.ref] = passages, number
        return passages


def _parts(backend: ReadBackend, token: str) -> Iterable[tuple[int, int]]:
    # No method: finder and ranking, each referring to the other, would be kept as garbage.
    return backend.analyser().spans(token)

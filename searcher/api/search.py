"""One search: a query and its options in, hits out.

This is the same for every engine: the query is parsed, planned and weighed, the engine gives the
best documents, and the texts of these are ranked again by proximity and cut into snippets.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from searcher.backends.base import DocRef, ReadBackend, ScoredDoc, Statistics, TopRequest
from searcher.query.clauses import Clause, OrClause
from searcher.query.parser import parse
from searcher.results import Hit, Match, Snippet
from searcher.search.bm25 import FEEDBACK_DOCUMENTS, PROXIMITY_WEIGHT, RERANK_DEPTH, freshness
from searcher.search.collect import rank_by_score
from searcher.search.highlight import Highlighter, Occurrences
from searcher.search.patterns import patterns_of
from searcher.search.planner import Planner, terms_to_look_up
from searcher.search.snippets import Snippets
from searcher.search.texts import BATCH_SIZE, StoredText, Texts, title_and_body, title_of
from searcher.search.weights import weigh
from searcher.store.dates import read_date
from searcher.store.postings import TITLE_END
from searcher.store.stored_documents import decode_fields

if TYPE_CHECKING:
    from searcher.backends.base import StoredDocument
    from searcher.query.options import Options
    from searcher.query.syntax import Node

RELAXED = "nothing has all the words; showing articles with any of them"


class Search:
    """One search in one opened index.

    Attributes:
        total: how many documents match; known after :meth:`run`.
        relaxed: whether they match only some of the words.
        notes: what is to be said about the query and the result.
    """

    def __init__(self, backend: ReadBackend, query: str, options: Options) -> None:
        self._backend = backend
        self._options = options
        tree, notes = parse(query)
        self._tree = options.filtered(tree)
        self.notes: tuple[str, ...] = (*backend.notes, *notes)
        self.total = 0
        self.relaxed = False
        self._stored: dict[DocRef, StoredDocument] = {}

    def run(self) -> list[Hit]:
        """Search; the hits of the page that was asked for."""
        if self._tree is None:
            return []
        options, tree = self._options, self._tree
        statistics = self._backend.statistics(lambda: terms_to_look_up(tree))
        plan = self._plan(tree, statistics, options.any)
        if not options.limit:
            # A count says how many documents match the query as it stands.
            self.total = self._backend.count(plan)
            return []
        found = self._best(plan, statistics)
        if not self.total and not options.any:
            relaxed = self._plan(tree, statistics, any_word=True)
            if relaxed != plan:
                found = self._best(relaxed, statistics)
                if found:
                    plan = relaxed
                    self.relaxed = True
                    self.notes = (*self.notes, RELAXED)
        if options.expand and options.sort == "relevance" and found:
            from searcher.search.feedback import expand

            texts = self._texts_of(found[:FEEDBACK_DOCUMENTS])
            plan = expand(plan, texts, self._backend.analyser(), statistics)
            found = self._best(plan, statistics)
        return self._hits(found[options.offset : options.offset + options.limit])

    def _plan(self, tree: Node, statistics: Statistics, any_word: bool) -> Clause:
        backend = self._backend
        planner = Planner(
            lambda term: statistics.term_df(term) > 0, backend.synonyms, backend.analyser
        )
        return planner.plan(tree, any_word=any_word, aliases=self._options.aliases)

    def _best(self, plan: Clause, statistics: Statistics) -> list[ScoredDoc]:
        """The documents to show, best first; counts all that match."""
        options = self._options
        self._weighted = weigh(plan, statistics)
        self._highlighter = Highlighter(patterns_of(self._weighted), self._parts)
        self._snippets: dict[DocRef, tuple[Snippets, int]] = {}
        wanted = options.offset + options.limit
        by_score = options.sort == "relevance"
        if by_score:
            wanted = max(wanted, RERANK_DEPTH, FEEDBACK_DOCUMENTS if options.expand else 0)
        request = TopRequest(wanted, options.sort, options.fresh)
        docs, self.total = self._backend.best(self._weighted, request)
        return self._rerank(docs) if by_score else docs

    def _rerank(self, found: list[ScoredDoc]) -> list[ScoredDoc]:
        """The best documents in order of their scores with proximity added."""
        options = self._options
        # One leaf is as near to itself everywhere; and after the window nothing changes.
        if len(self._highlighter.leaves) < 2 or options.offset >= RERANK_DEPTH:
            return found
        wanted = max(options.offset + options.limit, FEEDBACK_DOCUMENTS if options.expand else 0)
        # Where documents have all words, most have them in one sentence.
        is_or = isinstance(self._weighted.plan, OrClause)
        first = RERANK_DEPTH if is_or else min(wanted, RERANK_DEPTH)
        near = self._with_proximity(found[:first])
        if wanted < len(found) and first < RERANK_DEPTH:
            # Of the others only those need be read that could still come before the last of these.
            least = min([doc.score for doc in near])
            most = PROXIMITY_WEIGHT * self._highlighter.weight
            others = [doc for doc in found[wanted:RERANK_DEPTH] if doc.score + most >= least]
            near += self._with_proximity(others)
        return [*rank_by_score(near, len(near), self._id), *found[RERANK_DEPTH:]]

    def _with_proximity(self, found: Sequence[ScoredDoc]) -> list[ScoredDoc]:
        if not found:
            return []
        proximity = self._occurrences(found).proximity()
        return [
            ScoredDoc(ref, score + PROXIMITY_WEIGHT * near, date, PROXIMITY_WEIGHT * near)
            for (ref, score, date, _), near in zip(found, proximity, strict=True)
        ]

    def _occurrences(self, found: Sequence[ScoredDoc]) -> Occurrences:
        """Look for the query in the texts of some documents."""
        stored = self._fetch([doc.ref for doc in found])
        texts = Texts([document[:2] for document in stored], self._backend.folding)
        occurrences = self._highlighter.find(texts)
        snippets = Snippets(occurrences)
        for number, doc in enumerate(found):
            self._snippets[doc.ref] = snippets, number
        return occurrences

    def _fetch(self, refs: Sequence[DocRef]) -> list[StoredDocument]:
        """Stored documents, each fetched once."""
        known = self._stored
        new = [ref for ref in refs if ref not in known]
        if new:
            known.update(zip(new, self._backend.fetch(new), strict=True))
        return [known[ref] for ref in refs]

    def _id(self, ref: DocRef) -> str:
        return decode_fields(self._fetch([ref])[0].raw)[0]

    def _texts_of(self, found: Sequence[ScoredDoc]) -> list[str]:
        stored = self._fetch([doc.ref for doc in found])
        return [TITLE_END.join(title_and_body(StoredText(*d[:2]))) for d in stored]

    def _parts(self, token: str) -> Iterable[tuple[int, int]]:
        return self._backend.analyser().spans(token)

    def _hits(self, found: Sequence[ScoredDoc]) -> list[Hit]:
        options = self._options
        if options.snippets:
            new = [doc for doc in found if doc.ref not in self._snippets]
            for first in range(0, len(new), BATCH_SIZE):
                self._occurrences(new[first : first + BATCH_SIZE])
        stored = self._fetch([doc.ref for doc in found])
        hits = []
        for rank, (doc, document) in enumerate(zip(found, stored, strict=True), options.offset + 1):
            snippets: tuple[Snippet, ...] = ()
            if options.snippets:
                cut, number = self._snippets[doc.ref]
                snippets = cut.of(number)
            raw, title_length, seconds, utc_offset = document
            id_, path, author, source, url, *categories = decode_fields(raw)
            hits.append(
                Hit(
                    rank, id_, path, title_of(StoredText(raw, title_length)),
                    read_date(seconds, utc_offset), author, source, tuple(categories), url,
                    doc.score, snippets, self._explanation(doc) if options.explain else (),
                )
            )  # fmt: skip
        return hits

    def _explanation(self, doc: ScoredDoc) -> tuple[Match, ...]:
        from searcher.search.explain import explain_score

        (document,) = self._fetch([doc.ref])
        text = Texts([document[:2]], self._backend.folding)
        contributions = self._backend.contributions(doc.ref, self._weighted)
        matches = [*explain_score(self._weighted, contributions, text, self._parts)]
        if doc.proximity:
            matches.append(Match("", "text", "nearness", doc.proximity, "the best sentence"))
        if self._options.fresh is not None and self._options.sort == "relevance":
            date = np.array([doc.date], np.int64)
            own = doc.score - doc.proximity
            factor = float(freshness(date, time.time(), self._options.fresh)[0])
            matches.append(Match("", "date", "freshness", own - own / factor))
        return tuple(matches)

"""One search: a query and its options in, hits out.

This is the same for every engine: the query is parsed, planned and weighed, the engine gives the
best documents, and the texts of these are ranked again by proximity and cut into snippets. Where
too few documents match as asked, those with most of the query follow, marked as relaxed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from searcher.api.query_text import cleaned
from searcher.api.ranking import DocumentCache, Ranking
from searcher.backends.base import ReadBackend, ScoredDoc, Statistics
from searcher.query.clauses import Clause
from searcher.query.parser import parse
from searcher.results import Hit, Snippet
from searcher.search.bm25 import FEEDBACK_DOCUMENTS, MAX_FEEDBACK_CHARACTERS, MIN_CLOSENESS
from searcher.search.bounds import most_matches
from searcher.search.planner import Planner, terms_to_look_up
from searcher.search.sentence import sentence_of
from searcher.search.texts import StoredText, title_and_body
from searcher.search.weights import bigram_idf, clause_weight, is_known, weigh
from searcher.store.dates import read_date
from searcher.store.postings import TITLE_END
from searcher.store.stored_documents import title_and_fields

if TYPE_CHECKING:
    from searcher.backends.base import DocRef
    from searcher.query.options import SearchOptions
    from searcher.query.syntax import Node
    from searcher.search.bigram_ranker import BigramRanker


MAX_TOTAL_TO_SUGGEST = 3
"""A query that finds more documents is not taken for a slip."""


MIN_UNIQUE_DEPTH, MAX_UNIQUE_DEPTH = 200, 10_000
"""The number of best documents among which near-duplicates are left out."""


class Answers(NamedTuple):
    """The best documents for a query: as asked (``found``), and with only a part (``more``)."""

    strict: Ranking
    found: list[ScoredDoc]
    relaxed: Ranking
    more: list[ScoredDoc]


class Search:
    """One search in one opened index.

    Attributes:
        total: how many documents match as asked; known after :meth:`run`.
        relaxed: how many of the hits match only most of the query.
        notes: what is to be said about the query.
        has_unknown_word: whether the query has a word that no document has as a word; known after
            :meth:`run`.
    """

    def __init__(self, backend: ReadBackend, query: str, options: SearchOptions) -> None:
        self._backend = backend
        self._options = options
        self._documents = DocumentCache(backend)
        tree, notes = parse(cleaned(query))
        self._tree = options.filtered(tree)
        self._sentence = sentence_of(tree) if tree is not None else None
        self.notes: tuple[str, ...] = (*backend.notes, *notes, *options.notes())
        self.total = 0
        self.relaxed = 0
        self._duplicates: dict[DocRef, int] = {}
        self.has_unknown_word = False

    def run(self) -> list[Hit]:
        """Search; the hits of the page that was asked for."""
        if self._tree is None:
            return []
        options, tree = self._options, self._tree
        if not options.limit:
            self.total = self.count()
            return []
        statistics, planner, plan = self._planned(tree)
        wanted = options.offset + options.limit
        if options.unique:
            return self._distinct_page(planner, tree, plan, statistics, wanted)
        return self._page(*self._answers(planner, tree, plan, statistics, wanted, options.offset))

    def count(self) -> int:
        """How many documents match as asked; needs no ranking."""
        return 0 if self._tree is None else self._backend.count(self._planned(self._tree)[2])

    def _planned(self, tree: Node) -> tuple[Statistics, Planner, Clause]:
        """The plan of the query, and what it was made by."""
        options = self._options
        statistics = self._backend.statistics(lambda: terms_to_look_up(tree))
        planner = self._planner(statistics)
        plan = planner.plan(tree, any_word=options.any, aliases=options.aliases)
        return statistics, planner, plan

    def _answers(
        self,
        planner: Planner,
        tree: Node,
        plan: Clause,
        statistics: Statistics,
        wanted: int,
        offset: int,
    ) -> Answers:
        """The best documents as asked, and relaxed ones where these are too few.

        The order of those before ``offset`` does not matter.
        """
        may_relax = not (self._options.any or self._options.strict)
        ranking = self._first_ranking(plan, statistics)
        relaxed_plan, relaxed_ranking = None, None
        is_expected = (
            may_relax and self._backend.by_requests and most_matches(plan, statistics) < wanted
        )
        if is_expected:
            relaxed_plan = self._relaxed_plan(planner, tree, plan, statistics)
            if relaxed_plan is not None:
                relaxed_ranking = self._first_ranking(relaxed_plan, statistics)
                both = (ranking, relaxed_ranking)
                self._backend.expect([(one.plan, one.request(wanted)) for one in both])
        strict, found = self._ranked(plan, ranking, statistics, wanted, offset)
        self.total = strict.total
        if self.total <= MAX_TOTAL_TO_SUGGEST:
            self.has_unknown_word = planner.has_unknown_word(tree)
        if len(found) < wanted and may_relax:
            if not is_expected:
                relaxed_plan = self._relaxed_plan(planner, tree, plan, statistics)
            if relaxed_plan is not None:
                ranking = relaxed_ranking or self._first_ranking(relaxed_plan, statistics)
                first = max(0, offset - len(found))
                relaxed, more = self._ranked(
                    relaxed_plan, ranking, statistics, wanted - len(found), first
                )
                return Answers(strict, found, relaxed, more)
        return Answers(strict, found, strict, [])

    def _distinct_page(
        self, planner: Planner, tree: Node, plan: Clause, statistics: Statistics, wanted: int
    ) -> list[Hit]:
        """The hits of the page, one of each group of near-duplicates."""
        from searcher.explore.duplicates import distinct

        depth = max(MIN_UNIQUE_DEPTH, 4 * wanted)
        while True:
            answers = self._answers(planner, tree, plan, statistics, depth, 0)
            refs = [doc.ref for doc in (*answers.found, *answers.more)]
            self._duplicates = distinct(self._backend, refs)
            if (
                len(self._duplicates) >= wanted
                or answers.strict.total <= depth
                or depth >= MAX_UNIQUE_DEPTH
            ):
                break
            depth *= 4
        found = [doc for doc in answers.found if doc.ref in self._duplicates]
        more = [doc for doc in answers.more if doc.ref in self._duplicates]
        return self._page(answers.strict, found, answers.relaxed, more)

    def _planner(self, statistics: Statistics) -> Planner:
        return Planner(
            lambda term: statistics.term_df(term) > 0,
            self._backend.synonyms,
            self._backend.analyser,
        )

    def _relaxed_plan(
        self, planner: Planner, tree: Node, strict: Clause, statistics: Statistics
    ) -> Clause | None:
        parts = planner.relaxed(tree, aliases=self._options.aliases)
        if parts is None:
            return None
        statistics.look_up([*parts.should, *parts.optional], parts.bigrams)
        return parts.clause(
            lambda clause: clause_weight(clause, statistics),
            lambda clause: is_known(clause, statistics),
            strict,
        )

    def _first_ranking(self, plan: Clause, statistics: Statistics) -> Ranking:
        """Ranks the documents of a plan, without feedback."""
        statistics.look_up([plan], self._sentence.bigrams() if self._sentence else ())
        return self._ranking(plan, statistics, self._bigram_ranker(statistics))

    def _ranked(
        self, plan: Clause, ranking: Ranking, statistics: Statistics, wanted: int, first: int
    ) -> tuple[Ranking, list[ScoredDoc]]:
        """The best documents for a plan, with feedback where it was asked for or is safe.

        ``ranking``: of the plan as it is. Those before ``first`` are not shown.
        """
        options = self._options
        sentence = self._sentence
        is_short = (
            sentence is not None
            and not sentence.is_headline
            and len(sentence.text) <= MAX_FEEDBACK_CHARACTERS
        )
        if options.sort != "relevance" or not (options.expand or is_short):
            return ranking, ranking.best(wanted, first)
        from searcher.search.feedback import closeness, expand

        best = ranking.best(max(wanted, FEEDBACK_DOCUMENTS))
        scores = [doc.score for doc in best[:FEEDBACK_DOCUMENTS]]
        if not best or not (options.expand or closeness(scores) >= MIN_CLOSENESS):
            return ranking, best
        documents = [*zip(scores, self._texts_of(best[:FEEDBACK_DOCUMENTS]), strict=True)]
        plan = expand(plan, documents, self._backend.analyser(), statistics)
        # The terms that were learnt say more than the query's own pairs of characters.
        ranking = self._ranking(plan, statistics, None)
        return ranking, ranking.best(wanted, first)

    def _ranking(
        self, plan: Clause, statistics: Statistics, bigrams: BigramRanker | None
    ) -> Ranking:
        weighted = weigh(plan, statistics)
        is_headline = self._sentence is not None and self._sentence.is_headline
        return Ranking(
            self._backend, self._documents, weighted, self._options, bigrams, is_headline
        )

    def _bigram_ranker(self, statistics: Statistics) -> BigramRanker | None:
        """What ranks the best documents for a sentence again."""
        sentence = self._sentence
        if sentence is None:
            return None
        from searcher.search.bigram_ranker import BigramRanker

        weights = {bigram: bigram_idf(bigram, statistics) for bigram in sentence.bigrams()}
        if not weights:
            return None
        return BigramRanker(weights, sentence.characters(), self._backend.average_length)

    def _texts_of(self, docs: Sequence[ScoredDoc]) -> list[str]:
        stored = self._documents.fetch([doc.ref for doc in docs])
        return [TITLE_END.join(title_and_body(StoredText(*d[:2]))) for d in stored]

    def _page(
        self,
        strict: Ranking,
        strict_docs: list[ScoredDoc],
        relaxed: Ranking,
        relaxed_docs: list[ScoredDoc],
    ) -> list[Hit]:
        """The hits of the page, strict ones first."""
        first, last = self._options.offset, self._options.offset + self._options.limit
        docs = strict_docs[first:last]
        more = relaxed_docs[max(0, first - len(strict_docs)) : max(0, last - len(strict_docs))]
        self.relaxed = len(more)
        if self._options.snippets:
            strict.prepare_snippets(docs)
            relaxed.prepare_snippets(more)
        shown = [*zip(docs, repeat(strict)), *zip(more, repeat(relaxed))]
        return [*self._hits(shown, len(docs))]

    def _hits(self, shown: Sequence[tuple[ScoredDoc, Ranking]], strict: int) -> Iterator[Hit]:
        options = self._options
        stored = self._documents.fetch([doc.ref for doc, _ in shown])
        for place, ((doc, ranking), document) in enumerate(zip(shown, stored, strict=True)):
            snippets: tuple[Snippet, ...] = ranking.snippets(doc) if options.snippets else ()
            raw, title_length, seconds, utc_offset, _ = document
            title, (id_, path, author, source, url, *categories) = title_and_fields(
                raw, title_length
            )
            yield Hit(
                options.offset + place + 1, id_, path, title,
                read_date(seconds, utc_offset), author, source, tuple(categories), url, doc.score,
                snippets, ranking.explanation(doc) if options.explain else (), place >= strict,
                self._duplicates.get(doc.ref, 0),
            )  # fmt: skip

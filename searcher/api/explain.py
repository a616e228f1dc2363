"""Why a document matches a query and what each part adds; or what it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from searcher.api.query_text import cleaned
from searcher.query.parser import parse
from searcher.results import Explanation, Match
from searcher.search.bm25 import PROXIMITY_WEIGHT
from searcher.search.explain import explain_score, missing_clauses
from searcher.search.highlight import Highlighter
from searcher.search.highlight_text import highlight_text
from searcher.search.patterns import patterns_of
from searcher.search.planner import Planner, terms_to_look_up
from searcher.search.texts import Texts
from searcher.search.weights import weigh
from searcher.store.stored_documents import decode_fields

if TYPE_CHECKING:
    from searcher.backends.base import DocRef, ReadBackend, WeightedPlan
    from searcher.query.options import SearchOptions
    from searcher.query.syntax import Node


def explain(backend: ReadBackend, query: str, ref: DocRef, options: SearchOptions) -> Explanation:
    """Explain one document for a query."""
    (document,) = backend.fetch([ref])
    id_ = decode_fields(document.raw)[0]
    tree, notes = parse(cleaned(query))
    if tree is None:
        return Explanation(query, id_, False, 0.0, (), (), notes)

    plan = _weighted(backend, tree, any_word=options.any, aliases=options.aliases)
    text = Texts([document[:2]], backend.folding)

    def parts(token: str) -> Iterable[tuple[int, int]]:
        return backend.analyser().spans(token)

    matches = [*explain_score(plan, backend.contributions(ref, plan), text, parts)]
    highlighter = Highlighter(patterns_of(plan), parts)
    if len(highlighter.leaves) > 1:
        near = PROXIMITY_WEIGHT * highlighter.find(text).proximity()[0]
        if near:
            matches.append(Match("", "text", "nearness", near, "the best sentence"))
    missing = missing_clauses(
        plan.plan, lambda clause: backend.matches(ref, clause), text, backend.analyser
    )
    score = sum(match.score for match in matches)
    matched = backend.matches(ref, plan.plan)
    return Explanation(query, id_, matched, score, tuple(matches), tuple(missing), notes)


def highlight(backend: ReadBackend, query: str, text: str) -> tuple[tuple[int, int], ...]:
    """Where a query matches in any text: spans in characters."""
    tree = parse(cleaned(query)).tree
    if tree is None or not text:
        return ()
    return highlight_text(_weighted(backend, tree), text, backend.analyser())


def _weighted(
    backend: ReadBackend, tree: Node, *, any_word: bool = False, aliases: bool = True
) -> WeightedPlan:
    statistics = backend.statistics(lambda: terms_to_look_up(tree))
    planner = Planner(lambda term: statistics.term_df(term) > 0, backend.synonyms, backend.analyser)
    return weigh(planner.plan(tree, any_word=any_word, aliases=aliases), statistics)

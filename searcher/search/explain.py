"""Why an article matches a query and what each part adds; or what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from searcher.query.parser import parse
from searcher.results import Explanation, Match, Missing
from searcher.search import plan as p
from searcher.search.bm25 import NEARNESS
from searcher.search.highlighter import Highlighter, patterns_of
from searcher.search.match import SegmentMatcher
from searcher.search.plan import Planner
from searcher.search.score import Scorer, Weights
from searcher.search.texts import Texts, read

if TYPE_CHECKING:
    from searcher.query.options import SearchOptions
    from searcher.search.snapshot import Snapshot
    from searcher.store.segment_reader import SegmentReader
    from searcher.text.analyser import Analyser

AROUND = 8
"""So many characters are shown on both sides of the nearest thing."""


def explain(
    snapshot: Snapshot,
    query: str,
    found: tuple[SegmentReader, int],
    options: SearchOptions,
) -> Explanation:
    """Explain one document for a query."""
    segment, number = found
    place = next(s for s in snapshot.segments if s.segment is segment)
    id_ = segment.stored_fields(number).id
    analyser = snapshot.analyser
    tree, notes = parse(query)
    if tree is None:
        return Explanation(query, id_, False, 0.0, (), (), notes)

    planner = Planner(snapshot.knows, snapshot.names.synonyms, analyser)
    plan = planner.plan(tree, any_word=options.any, aliases=options.aliases)
    weights = Weights(plan, snapshot.segments, snapshot.documents)
    text = Texts([read(segment, number)], segment.folding)
    matched = number in place.documents(plan)

    def parts(word: str) -> frozenset[tuple[int, int]]:
        return analyser().spans(word)

    marker = Highlighter(patterns_of(weights), parts)
    scorer = snapshot.scorers[snapshot.segments.index(place)]
    matches = [*matches_of(scorer, number, weights, text, parts)]
    near = NEARNESS * marker.read(text).nearness()[0] if len(marker.groups) > 1 else 0.0
    if near:
        matches.append(Match("", "text", "nearness", near, "the best sentence"))
    missing = tuple(_missing(place, number, plan, text, analyser))
    score = sum(match.score for match in matches)
    return Explanation(query, id_, matched, score, tuple(matches), missing, notes)


def matches_of(
    scorer: Scorer,
    number: int,
    weights: Weights,
    text: Texts,
    parts: Callable[[str], Iterable[tuple[int, int]]],
) -> Iterator[Match]:
    """What each part of a plan adds to the score of a document, and where it stands in its text.

    ``parts`` gives the parts of a word.
    """
    within = np.array([number], np.intp)
    places = Highlighter(patterns_of(weights, unmarked=True), parts).read(text).places()
    for group in range(len(weights.leaves)):
        here = [q for q in places if q.group == group]
        for name, kind, shares in scorer.shares(group, within, weights):
            if not shares[0]:
                continue
            if kind == "word" and here and all(q.kind == "part" for q in here):
                kind = "part"
            in_title = sum(q.start < text.titles[0] for q in here)
            fields = [f for f, n in (("title", in_title), ("body", len(here) - in_title)) if n]
            detail = f"title {in_title}, body {len(here) - in_title}" if here else ""
            yield Match(name, "+".join(fields) or "text", kind, float(shares[0]), detail)


def _missing(
    place: SegmentMatcher,
    number: int,
    plan: p.Plan,
    text: Texts,
    analyser: Callable[[], Analyser],
) -> Iterator[Missing]:
    if isinstance(plan, p.And):
        for part in plan.parts:
            yield from _missing(place, number, part, text, analyser)
        for part in plan.without:
            if number in place.documents(part):
                yield Missing(f"not {_name(part)}", "", ())
    elif number not in place.documents(plan):
        name = _name(plan)
        nearest = _nearest(name, text) if isinstance(plan, p.Term | p.String | p.Prefix) else ""
        yield Missing(name, nearest, tuple(piece.term for piece in analyser().tokens(nearest)))


def _nearest(name: str, text: Texts) -> str:
    """The text around the longest piece of a word that the document has."""
    for size in range(len(name), 0, -1):
        for start in range(len(name) - size + 1):
            at = text.string.find(name[start : start + size])
            if at >= 0:
                first = max(0, at - AROUND)
                around = text.piece(first, min(text.ends[0], at + size + AROUND))
                return around.replace("\x01", " ").replace("\n", " ").strip()
    return ""


def _name(plan: p.Plan) -> str:
    if isinstance(plan, p.Term):
        return plan.term
    if isinstance(plan, p.String | p.Prefix | p.Value):
        return plan.text
    if isinstance(plan, p.Or):
        return " or ".join(map(_name, plan.parts))
    if isinstance(plan, p.And):
        return " and ".join(map(_name, plan.parts))
    return "date" if isinstance(plan, p.Between) else "anything"

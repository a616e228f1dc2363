"""What each part of a plan adds to a document's score, and what a document lacks of a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from searcher.query.clauses import (
    AndClause,
    Clause,
    DateRangeClause,
    KeywordClause,
    LiteralClause,
    NearClause,
    OrClause,
    PrefixClause,
    TermClause,
)
from searcher.results import Match, Missing
from searcher.search.highlight import Highlighter
from searcher.search.patterns import patterns_of

if TYPE_CHECKING:
    from searcher.backends.base import Contribution, WeightedPlan
    from searcher.search.texts import Texts
    from searcher.text.analyser import Analyser

CONTEXT = 8
"""The number of characters shown on both sides of the nearest match."""


def explain_score(
    plan: WeightedPlan,
    contributions: Iterable[Contribution],
    text: Texts,
    parts: Callable[[str], Iterable[tuple[int, int]]],
) -> Iterator[Match]:
    """What each leaf of a plan adds to the score of a document, and where it occurs in its text.

    ``text`` is that of the document alone; ``parts`` gives the spans of a token's parts.
    """
    found = Highlighter(patterns_of(plan, unmarked=True), parts).find(text).occurrences()
    for leaf, name, kind, score in contributions:
        here = [occurrence for occurrence in found if occurrence.leaf == leaf]
        if kind == "word" and here and all(occurrence.kind == "part" for occurrence in here):
            kind = "part"
        in_title = sum(occurrence.start < text.titles[0] for occurrence in here)
        fields = [f for f, n in (("title", in_title), ("body", len(here) - in_title)) if n]
        detail = f"title {in_title}, body {len(here) - in_title}" if here else ""
        yield Match(name, "+".join(fields) or "text", kind, score, detail)


def missing_clauses(
    plan: Clause,
    matches: Callable[[Clause], bool],
    text: Texts,
    analyser: Callable[[], Analyser],
) -> Iterator[Missing]:
    """The clauses that keep a document from matching; ``matches`` says whether it has one."""
    if isinstance(plan, AndClause):
        for clause in plan.must:
            yield from missing_clauses(clause, matches, text, analyser)
        for clause in plan.must_not:
            if matches(clause):
                yield Missing(f"not {_name(clause)}", "", ())
    elif not matches(plan):
        if isinstance(plan, OrClause) and isinstance(plan.should[0], LiteralClause):
            # A run is what it says, whatever words it is cut into besides.
            plan = plan.should[0]
        name = _name(plan)
        has_text = isinstance(plan, TermClause | LiteralClause | PrefixClause)
        nearest = _nearest(name, text) if has_text else ""
        yield Missing(name, nearest, tuple(token.term for token in analyser().tokens(nearest)))


def _nearest(name: str, text: Texts) -> str:
    """The text around the longest piece of a term that the document has."""
    for size in range(len(name), 0, -1):
        for start in range(len(name) - size + 1):
            at = text.string.find(name[start : start + size])
            if at >= 0:
                first = max(0, at - CONTEXT)
                around = text.substring(first, min(text.ends[0], at + size + CONTEXT))
                return around.replace("\x01", " ").replace("\n", " ").strip()
    return ""


def _name(plan: Clause) -> str:
    if isinstance(plan, TermClause):
        return plan.term
    if isinstance(plan, LiteralClause | PrefixClause | KeywordClause):
        return plan.text
    if isinstance(plan, NearClause):
        return f'"{" ".join(plan.texts)}"~{plan.distance}'
    if isinstance(plan, OrClause):
        return " or ".join(map(_name, plan.should))
    if isinstance(plan, AndClause):
        return " and ".join(map(_name, plan.must))
    return "date" if isinstance(plan, DateRangeClause) else "anything"

"""Patterns: the strings that a plan makes a highlighter look for in a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from searcher.query.clauses import LiteralClause, PrefixClause, TermClause
from searcher.search.texts import split_units

if TYPE_CHECKING:
    from searcher.backends.base import WeightedPlan

Anchor: TypeAlias = Literal["token", "boundaries", "start", "anywhere"]

AS_TOKEN: Final = "token"  # noqa: S105 - not a password
"""As a token, or as a part of a longer one where the text has no such token."""
BOUNDARIES: Final = "boundaries"
"""Where tokens begin before it and end after it."""
START: Final = "start"
"""Where a token begins."""
ANYWHERE: Final = "anywhere"

MAX_JUDGED = 100
"""The maximum number of doubtful occurrences of a pattern judged in a text."""


class Pattern(NamedTuple):
    """A folded string to look for.

    Attributes:
        units: its UTF-16 units, one character each.
        anchor: how it must stand in the text.
        title_only: whether it counts only in the title.
        leaf: the number of the leaf that it belongs to; synonyms share one.
        weight: of the leaf.
        more: the number of characters of a token that must follow; 0 except for 普?.
    """

    units: str
    anchor: Anchor
    title_only: bool
    leaf: int
    weight: float
    more: int = 0


def patterns_of(plan: WeightedPlan, *, unmarked: bool = False) -> list[Pattern]:
    """The patterns of a plan, each string once.

    ``unmarked``: also those of leaves that only add to the score.
    """
    patterns: dict[str, Pattern] = {}
    for number, (leaf, weight) in enumerate(zip(plan.leaves, plan.weights, strict=True)):
        anchor: Anchor
        more = 0
        if isinstance(leaf, TermClause):
            if not (leaf.highlighted or unmarked):
                continue
            anchor, names = AS_TOKEN, (leaf.term, *leaf.synonyms)
        elif isinstance(leaf, LiteralClause):
            anchor = BOUNDARIES if leaf.at_boundaries else ANYWHERE
            names = (leaf.text, *leaf.synonyms)
        elif isinstance(leaf, PrefixClause):
            anchor, names = START, (leaf.text,)
            if leaf.more is not None:
                anchor, more = AS_TOKEN, leaf.more
        else:
            continue
        title_only = leaf.field == "title"
        for place, name in enumerate(names):
            units = split_units(name)
            # A synonym of a string that may stand anywhere is a word all the same.
            own: Anchor = AS_TOKEN if place and anchor == ANYWHERE else anchor
            key = units + more * "?"
            if key not in patterns:
                patterns[key] = Pattern(units, own, title_only, number, weight, more)
    return list(patterns.values())


def is_run(pattern: Pattern) -> bool:
    """Whether a pattern is letters and digits that may be written with joiners (F-35)."""
    units = pattern.units
    return (
        pattern.anchor == AS_TOKEN
        and not pattern.more
        and len(units) > 1
        and units.isalnum()
        and units.isascii()
    )

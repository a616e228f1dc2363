"""Clauses: what a plan consists of, after the query's text has been analysed.

A plan says which documents match and what adds to their scores. The planner makes it of a syntax
tree; the embedded engine matches and scores it, other engines translate it into queries of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from searcher.lazy_pattern import compile_late
from searcher.query.syntax import Field


@dataclass(frozen=True, slots=True)
class TermClause:
    """Documents that have a term of the index, or one of its synonyms.

    ``highlighted``: whether the term is marked in snippets.
    """

    term: str
    field: Field = None
    synonyms: tuple[str, ...] = ()
    weight: float = 1.0
    highlighted: bool = True


@dataclass(frozen=True, slots=True)
class LiteralClause:
    """Documents that contain a folded string, or one of its synonyms as a word.

    ``at_boundaries``: only where tokens begin before it and end after it. ``by_frequency``: scored
    like a term, by how often the string occurs; otherwise containing it adds a constant.
    """

    text: str
    field: Field = None
    at_boundaries: bool = False
    weight: float = 1.0
    synonyms: tuple[str, ...] = ()
    by_frequency: bool = False


@dataclass(frozen=True, slots=True)
class NearClause:
    """Documents in which folded strings stand near each other, in any order; adds no score.

    In the title or in the body there is a stretch of text with all of them in which at most
    ``distance`` characters belong to none of them: its length less those of the strings. A
    character is a code point.
    """

    texts: tuple[str, ...]
    distance: int
    field: Field = None


@dataclass(frozen=True, slots=True)
class PrefixClause:
    """Documents that have a term which begins with a folded text.

    ``more``: the exact number of characters (code points) that follow; None for any number.
    """

    text: str
    field: Field = None
    more: int | None = None


_HOST = compile_late(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class KeywordClause:
    """Documents with a value of a keyword field that contains a folded text.

    A host name in the field "site" is one of the text, or of a domain in it: cctv.com has
    news.cctv.com, but not notcctv.com.
    """

    text: str
    field: str

    def matches(self, value: str) -> bool:
        """Whether a folded value is one of those.

        >>> KeywordClause("cctv.com", "site").matches("news.cctv.com")
        True
        """
        if self.field == "site" and _HOST.fullmatch(value):
            return f".{value}".endswith(f".{self.text}")
        return self.text in value


@dataclass(frozen=True, slots=True)
class DateRangeClause:
    """Documents dated from ``start`` to before ``end``, by the clock of their own time zone.

    Both are seconds since 1970; None leaves that end open.
    """

    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class MatchAllClause:
    """Every document."""


@dataclass(frozen=True, slots=True)
class BigramClause:
    """Adds to the score of documents with these pairs of adjacent characters; matches nothing."""

    bigrams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AndClause:
    """Documents that match all of ``must`` and none of ``must_not``.

    ``optional`` clauses only add to the score.
    """

    must: tuple[Clause, ...]
    must_not: tuple[Clause, ...] = ()
    optional: tuple[Leaf, ...] = ()


@dataclass(frozen=True, slots=True)
class OrClause:
    """Documents that match at least one of ``should``; ``optional`` only adds to the score."""

    should: tuple[Clause, ...]
    optional: tuple[Leaf, ...] = ()


@dataclass(frozen=True, slots=True)
class ThresholdClause:
    """Documents that match clauses with at least a share of all their weight; adds no score.

    ``weights`` are beside ``should``; ``share`` is between 0 and 1.
    """

    should: tuple[Clause, ...]
    weights: tuple[float, ...]
    share: float


Leaf: TypeAlias = (
    TermClause
    | LiteralClause
    | NearClause
    | PrefixClause
    | KeywordClause
    | DateRangeClause
    | MatchAllClause
    | BigramClause
)
Clause: TypeAlias = Leaf | AndClause | OrClause | ThresholdClause

FILTERS = (KeywordClause, DateRangeClause, MatchAllClause, NearClause)
"""Clauses that select documents and add nothing to the score."""


def scoring_leaves(clause: Clause) -> list[Leaf]:
    """The leaves outside of filters and ``must_not``, from left to right: what adds to the score.

    >>> scoring_leaves(AndClause((TermClause("普京"),), (TermClause("拜登"),)))[0].term
    '普京'
    """
    if isinstance(clause, AndClause):
        return [leaf for part in (*clause.must, *clause.optional) for leaf in scoring_leaves(part)]
    if isinstance(clause, OrClause):
        return [leaf for c in (*clause.should, *clause.optional) for leaf in scoring_leaves(c)]
    if isinstance(clause, ThresholdClause):
        return []
    return [clause]

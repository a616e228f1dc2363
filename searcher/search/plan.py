"""From the syntax tree of a query to a plan: what to look up, and what each thing weighs.

Here the unquoted runs of a query become words. A run that the index knows as a word is one; else
it is segmented as a text is. A short run with a character that is no word by itself (布林肯 is
布/林肯 to the dictionary) is taken as one name and found where it stands between word boundaries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timezone
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from searcher.query import syntax
from searcher.query.syntax import Field
from searcher.search.bm25 import INNER, QUIET
from searcher.text.folding import fold
from searcher.text.runs import RUN, parse_run
from searcher.text.stopwords import QUESTION_WORDS, STOP_WORDS

if TYPE_CHECKING:
    from searcher.text.analyser import Analyser

NAME_LENGTH = 4
"""Up to so many characters a run with a lone character is taken as one name."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word, by the index's term; ``aliases`` are terms of other names of the same thing.

    ``marked``: whether it is shown where it stands.
    """

    term: str
    field: Field = None
    aliases: tuple[str, ...] = ()
    weight: float = 1.0
    marked: bool = True


@dataclass(frozen=True, slots=True)
class String:
    """A folded string; ``whole``: only where both its ends are word boundaries."""

    text: str
    field: Field = None
    whole: bool = False
    weight: float = 1.0
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin with a folded text."""

    text: str
    field: Field = None


@dataclass(frozen=True, slots=True)
class Value:
    """Articles whose author, category or source contains a folded text."""

    text: str
    field: str


@dataclass(frozen=True, slots=True)
class Between:
    """Articles dated from ``first`` to before ``stop``, seconds since 1970; None is open."""

    first: int | None
    stop: int | None


@dataclass(frozen=True, slots=True)
class All:
    """Every article."""


@dataclass(frozen=True, slots=True)
class And:
    """What matches all of ``parts``; what matches ``without`` is left out.

    ``extra`` only adds to the score.
    """

    parts: tuple[Plan, ...]
    without: tuple[Plan, ...] = ()
    extra: tuple[Leaf, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """What matches any of ``parts``; ``extra`` only adds to the score."""

    parts: tuple[Plan, ...]
    extra: tuple[Leaf, ...] = ()


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of characters that stand together in the query, across its words: the second voice."""

    pairs: tuple[str, ...]


Leaf: TypeAlias = Term | String | Prefix | Value | Between | All | Pairs
Plan: TypeAlias = Leaf | And | Or


class Planner:
    """Makes plans for one index.

    ``knows(term)`` says whether the index has a word, ``names(folded)`` gives all names of the
    thing with this name, ``analyser()`` the analyser, loaded when first needed.
    """

    def __init__(
        self,
        knows: Callable[[str], bool],
        names: Callable[[str], tuple[str, ...]],
        analyser: Callable[[], Analyser],
    ) -> None:
        self._knows = knows
        self._names = names
        self._analyser = analyser

    def plan(self, tree: syntax.Node, *, any_word: bool = False, aliases: bool = True) -> Plan:
        """The plan of a tree; ``any_word`` joins words by or where they are joined by and."""
        return _Planning(self._knows, self._names, self._analyser, any_word, aliases).node(tree)


class _Planning:
    def __init__(
        self,
        knows: Callable[[str], bool],
        names: Callable[[str], tuple[str, ...]],
        analyser: Callable[[], Analyser],
        any_word: bool,
        aliases: bool,
    ) -> None:
        self._knows = knows
        self._names = names if aliases else lambda _: ()
        self._analyser = analyser
        self._any_word = any_word

    def node(self, node: syntax.Node) -> Plan:
        if isinstance(node, syntax.Words):
            return self._words(node.text, node.field)
        if isinstance(node, syntax.And):
            return self._and(node.parts)
        if isinstance(node, syntax.Or):
            return Or(tuple(map(self.node, node.parts)))
        if isinstance(node, syntax.Literal):
            return self._literal(node)
        if isinstance(node, syntax.Prefix):
            return self._prefix(node)
        if isinstance(node, syntax.Dates):
            return Between(
                _seconds(node.since) if node.since else None,
                _seconds(node.until, 1) if node.until else None,
            )
        if isinstance(node, syntax.Not):
            return And((All(),), (self.node(node.part),))
        return All()

    def _and(self, nodes: Sequence[syntax.Node]) -> Plan:
        nodes = self._with_names(nodes)
        positive = [self.node(node) for node in nodes if not isinstance(node, syntax.Not)]
        without = tuple(self.node(node.part) for node in nodes if isinstance(node, syntax.Not))
        quiet = [_is_quiet(node) for node in nodes if not isinstance(node, syntax.Not)]
        loud = [p for p, is_quiet in zip(positive, quiet, strict=True) if not is_quiet]
        # Beside filters alone a quiet word is what was asked for.
        if any(quiet) and not all(isinstance(part, Value | Between | All) for part in loud):
            extra = [p for p, is_quiet in zip(positive, quiet, strict=True) if is_quiet]
            positive = [p for p, is_quiet in zip(positive, quiet, strict=True) if not is_quiet]
        else:
            extra = []
        return self._joined(
            positive,
            without,
            [replace(e, weight=QUIET) for e in extra if isinstance(e, Term | String)],
        )

    def _with_names(self, nodes: Sequence[syntax.Node]) -> list[syntax.Node]:
        """The nodes, with neighbouring words that are one name (New York) joined to one."""
        joined: list[syntax.Node] = []
        place = 0
        while place < len(nodes):
            node, behind = nodes[place], place + 1
            if isinstance(node, syntax.Words):
                text = node.text
                for last in range(behind, min(len(nodes), place + _MOST_NAME_WORDS)):
                    other = nodes[last]
                    if not isinstance(other, syntax.Words) or other.field != node.field:
                        break
                    text = f"{text} {other.text}"
                    if self._names(fold(text)):
                        node, behind = syntax.Words(text, other.field), last + 1
            joined.append(node)
            place = behind
        return joined

    def _joined(
        self, parts: Sequence[Plan], without: Sequence[Plan] = (), extra: Sequence[Leaf] = ()
    ) -> Plan:
        """Joined as the mode says: filters by and, words and strings by and or by or."""
        if not self._any_word:
            flat: list[Plan] = []
            for part in parts:
                if isinstance(part, And) and not part.without:
                    flat += part.parts
                    extra = (*extra, *part.extra)
                else:
                    flat.append(part)
            if len(flat) == 1 and not without and not extra:
                return flat[0]
            return And(tuple(flat), tuple(without), tuple(extra))
        filters = [part for part in parts if isinstance(part, Value | Between | All)]
        words: list[Plan] = []
        for part in parts:
            if isinstance(part, Or):
                words += part.parts
                extra = (*extra, *part.extra)
            elif not isinstance(part, Value | Between | All):
                words.append(part)
        joined: Plan | None = None
        if words:
            joined = words[0] if len(words) == 1 and not extra else Or(tuple(words), tuple(extra))
        if joined is not None and not filters and not without:
            return joined
        return And((*([joined] if joined is not None else []), *filters), tuple(without))

    def _words(self, text: str, field: Field) -> Plan:
        folded = fold(text)
        if field not in (None, "title"):
            return Value(folded, str(field))
        if len(folded) == 1 and not folded.isascii():
            return String(folded, field)
        if self._knows(folded):
            return Term(folded, field, self._aliases(folded))
        others = self._aliases(folded)
        if others and " " in folded:
            return String(folded, field, whole=True, aliases=others)
        units = self._units(folded, field)
        if len(units) == 1 and isinstance(units[0], Term | String):
            return replace(units[0], aliases=others) if others else units[0]
        pairs = self._pairs(folded)
        joined = self._joined(
            [unit for unit in units if unit.weight == 1], (),
            [*(unit for unit in units if unit.weight < 1), *([Pairs(pairs)] if pairs else [])],
        )  # fmt: skip
        # A name of several words: the words, or the name itself and its other names.
        named = String(folded, field, whole=True, aliases=others)
        return Or((joined, named)) if others else joined

    def _units(self, folded: str, field: Field) -> list[Term | String]:
        """The words of a run that the index does not know as one."""
        pieces = [(p.term, p.start, p.end) for p in self._analyser().tokens(folded)]
        if not pieces:
            return [String(folded, field)]
        if len(pieces) == 1:
            return [Term(pieces[0][0], field)]
        loud = [piece for piece in pieces if piece[0] not in STOP_WORDS]
        if not loud:
            return [Term(term, field) for term, _, _ in pieces]
        lone = any(end - start == 1 for _, start, end in loud)
        gaps = [folded[a[2] : b[1]] for a, b in pairwise(pieces)]
        joined = any(gaps) and all(gap in _JOINERS for gap in gaps) and _is_name(folded)
        short = lone and len(loud) == len(pieces) and len(folded) <= NAME_LENGTH and not any(gaps)
        if (joined and len(loud) == len(pieces)) or short:
            return [String(folded[pieces[0][1] : pieces[-1][2]], field, whole=True)]
        if self._any_word:
            units = [
                Term(term, field, weight=1 if term not in STOP_WORDS else QUIET)
                for term, _, _ in pieces
            ]
            parts = [part for p in self._analyser().tokens(folded) for part in p.parts]
            return [*units, *(Term(part, field, weight=INNER) for part in parts)]
        return list(self._grouped(folded, loud, field))

    def _grouped(
        self, folded: str, pieces: Sequence[tuple[str, int, int]], field: Field
    ) -> Iterable[Term | String]:
        """Neighbouring lone characters are one string; one alone among words only adds score."""
        group: list[tuple[str, int, int]] = []
        for piece in (*pieces, None):
            if piece and piece[2] - piece[1] == 1 and (not group or group[-1][2] == piece[1]):
                group.append(piece)
                continue
            if len(group) > 1:
                text = folded[group[0][1] : group[-1][2]]
                yield String(text, field, whole=True, aliases=self._aliases(text))
            elif group:
                yield Term(group[0][0], field, weight=QUIET if len(pieces) > 1 else 1)
            group = []
            if piece and piece[2] - piece[1] == 1:
                group = [piece]
            elif piece:
                yield Term(piece[0], field, self._aliases(piece[0]))

    def _pairs(self, folded: str) -> tuple[str, ...]:
        """The pairs across the words of a run, without those of words that only help along."""
        pairs = []
        last = None
        for piece in self._analyser().tokens(folded):
            if last and last.end == piece.start and not {last.term, piece.term} & QUESTION_WORDS:
                pairs.append(folded[piece.start - 1 : piece.start + 1])
            last = piece
        return tuple(dict.fromkeys(pairs))

    def _aliases(self, folded: str) -> tuple[str, ...]:
        group = self._names(folded)
        if not group:
            return ()
        names = dict.fromkeys(name for name in map(_term, group) if name.strip())
        names.pop(_term(folded), None)
        single = {name for name in (folded, *names) if _SPLIT.search(name) is None}
        # Where 普京 stands, 弗拉基米尔·普京 has nothing to add.
        return tuple(
            name for name in names if single.isdisjoint(_SPLIT.split(name)) or name in single
        )

    def _literal(self, node: syntax.Literal) -> Plan:
        folded = fold(node.text)
        if node.field not in (None, "title"):
            return Value(folded, str(node.field))
        if not folded:
            return All()
        string = String(folded, node.field)
        if len(folded) == 1:
            return string
        # Its words say how much an article is about it, which being there alone does not.
        if self._knows(folded):
            return And((string,), (), (Term(folded, node.field, marked=False),))
        pieces = [
            piece for piece in self._analyser().tokens(folded) if piece.term not in STOP_WORDS
        ]
        field = node.field
        words = [Term(piece.term, field, marked=False) for piece in pieces]
        parts = [
            Term(part, field, weight=INNER, marked=False)
            for piece in pieces
            for part in piece.parts
        ]
        return And((string,), (), (*words, *parts))

    def _prefix(self, node: syntax.Prefix) -> Plan:
        folded = fold(node.text)
        if node.field not in (None, "title"):
            return Value(folded, str(node.field))
        # What is indexed of F-35 is f35.
        beginning = folded.rstrip("-'’&_+,.")
        run = RUN.fullmatch(beginning)
        return Prefix(parse_run(beginning).term if run else folded, node.field)


_MOST_NAME_WORDS = 4

_LONGEST_NAME = 6


def _is_name(folded: str) -> bool:
    """Whether what stands between joiners is short enough to be parts of one name or address."""
    for joiner in _JOINERS - {""}:
        folded = folded.replace(joiner, "·")
    return all(part.isascii() or len(part) <= _LONGEST_NAME for part in folded.split("·"))


# What may stand inside one thing that is written in several words: 乔·拜登, 2021-12-05, a.b/c.
_JOINERS = frozenset(["", *"·-./:_@~'&+#"])


_SPLIT = re.compile("[ ·]")


def _term(name: str) -> str:
    folded = fold(name)
    return parse_run(folded).term if RUN.fullmatch(folded) else folded


def leaves(plan: Plan) -> list[Leaf]:
    """What adds to the score: the leaves of a plan outside of what is left out."""
    if isinstance(plan, And | Or):
        return [leaf for part in (*plan.parts, *plan.extra) for leaf in leaves(part)]
    return [plan]


def _is_quiet(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Words) and node.field is None and fold(node.text) in STOP_WORDS


def _seconds(day: date, days_later: int = 0) -> int:
    start = datetime.combine(day, time(), timezone.utc)
    return int(start.timestamp()) + 86400 * days_later

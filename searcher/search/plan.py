"""From the syntax tree of a query to a plan: what to look up, and what each thing weighs.

Here the unquoted runs of a query become words. A run that the index knows as a word is one; else
it is segmented as a text is. A short run with a character that is no word by itself (布林肯 is
布/林肯 to the dictionary) is taken as one name and found where it stands between word boundaries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, TypeAlias

from searcher.search import syntax
from searcher.search.syntax import Field
from searcher.text.normalise import fold
from searcher.text.runs import RUN, read_run

if TYPE_CHECKING:
    from searcher.text.analysis import Analyser

NAME_LENGTH = 4
"""Up to so many characters a run with a lone character is taken as one name."""

# Words that help a question or sentence along: they never empty a query and never decide it.
_QUESTION = (
    "什么 哪些 哪个 哪里 哪儿 哪位 哪年 哪一年 哪一 哪种 哪天 多少 几个 几 谁 何时 何地 何人 何 如何 怎么 "
    "怎样 怎么样 为什么 为何 是否 吗 呢 吧 么 哪"
)
_FUNCTION = (
    "的 地 得 了 着 过 是 在 和 与 及 或 而 被 把 将 对 为 以 于 由 从 到 向 等 也 就 都 又 还 很 有 之 其 所 让 使 "
    "这 那 此 该 某 并 但 则 若 会 要 能 可 因 第 约 曾 最 更 较 再 才 只 仅 已 即 且 个 们 上 中 下 里 内 外 后 前 时 "
    "我 你 他 她 它 我们 你们 他们 她们 它们 自己 来 去 做 叫 称 一 一个 一座 一种 一位 一名 一些 一项 一门 一部 "
    "这个 那个 这些 那些 这样 那样 这里 那里 此时 当时 时候 之间 之后 之前 之中 以及 及其 以后 以前 其中 其他 其它 "
    "因为 因此 所以 由于 虽然 但是 然而 而且 并且 如果 不过 可以 可能 能够 应该 进行 主要 属于 位于 作为 成为 "
    "称为 叫做 为了 关于 对于 根据 通过 曾经 已经 目前 是由 是因为"
)
STOP_WORDS = frozenset(f"{_QUESTION} {_FUNCTION}".split())


@dataclass(frozen=True, slots=True)
class Term:
    """A word, by the index's term; ``aliases`` are terms of other names of the same thing."""

    term: str
    field: Field = None
    aliases: tuple[str, ...] = ()
    weight: float = 1.0


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
        positive = [self.node(node) for node in nodes if not isinstance(node, syntax.Not)]
        without = tuple(self.node(node.part) for node in nodes if isinstance(node, syntax.Not))
        quiet = [_is_quiet(node) for node in nodes if not isinstance(node, syntax.Not)]
        if any(quiet) and not all(quiet):
            extra = [p for p, is_quiet in zip(positive, quiet, strict=True) if is_quiet]
            positive = [p for p, is_quiet in zip(positive, quiet, strict=True) if not is_quiet]
        else:
            extra = []
        return self._joined(
            positive,
            without,
            [replace(e, weight=QUIET_WEIGHT) for e in extra if isinstance(e, Term | String)],
        )

    def _joined(
        self, parts: Sequence[Plan], without: Sequence[Plan] = (), extra: Sequence[Leaf] = ()
    ) -> Plan:
        """Joined as the mode says: filters and what is quoted by and, words by and or by or."""
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
        units = self._units(folded, field)
        if len(units) == 1 and isinstance(units[0], Term | String):
            return replace(units[0], aliases=others) if others else units[0]
        pairs = self._pairs(folded)
        return self._joined(
            [unit for unit in units if unit.weight == 1], (),
            [*(unit for unit in units if unit.weight < 1), *([Pairs(pairs)] if pairs else [])],
        )  # fmt: skip

    def _units(self, folded: str, field: Field) -> list[Term | String]:
        """The words of a run that the index does not know as one."""
        pieces = [(p.term, p.start, p.end) for p in self._analyser().pieces(folded)]
        if not pieces:
            return [String(folded, field)]
        if len(pieces) == 1:
            return [Term(pieces[0][0], field)]
        loud = [piece for piece in pieces if piece[0] not in STOP_WORDS]
        if not loud:
            return [Term(term, field) for term, _, _ in pieces]
        lone = any(end - start == 1 for _, start, end in loud)
        gaps = [folded[a[2] : b[1]] for a, b in zip(pieces, pieces[1:], strict=False)]
        joined = any(gaps) and all(gap in _JOINERS for gap in gaps) and _is_name(folded)
        short = lone and len(loud) == len(pieces) and len(folded) <= NAME_LENGTH and not any(gaps)
        if (joined and len(loud) == len(pieces)) or short:
            return [String(folded[pieces[0][1] : pieces[-1][2]], field, whole=True)]
        if self._any_word:
            units = [
                Term(term, field, weight=1 if term not in STOP_WORDS else QUIET_WEIGHT)
                for term, _, _ in pieces
            ]
            parts = [part for p in self._analyser().pieces(folded) for part in p.parts]
            return [*units, *(Term(part, field, weight=PART_WEIGHT) for part in parts)]
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
                yield String(folded[group[0][1] : group[-1][2]], field, whole=True)
            elif group:
                yield Term(group[0][0], field, weight=QUIET_WEIGHT if len(pieces) > 1 else 1)
            group = []
            if piece and piece[2] - piece[1] == 1:
                group = [piece]
            elif piece:
                yield Term(piece[0], field, self._aliases(piece[0]))

    def _pairs(self, folded: str) -> tuple[str, ...]:
        """The pairs across the words of a run, without those of words that only help along."""
        pairs = []
        last = None
        for piece in self._analyser().pieces(folded):
            if last and last.end == piece.start and not {last.term, piece.term} & _QUESTIONS:
                pairs.append(folded[piece.start - 1 : piece.start + 1])
            last = piece
        return tuple(dict.fromkeys(pairs))

    def _aliases(self, folded: str) -> tuple[str, ...]:
        names = dict.fromkeys(map(_term, self._names(folded)))
        names.pop(folded, None)
        single = {name for name in (folded, *names) if _SPLIT.search(name) is None}
        # Where 普京 stands, 弗拉基米尔·普京 has nothing to add.
        return tuple(name for name in names if single.isdisjoint(_SPLIT.split(name)) or name in single)

    def _literal(self, node: syntax.Literal) -> Plan:
        folded = fold(node.text)
        if node.field not in (None, "title"):
            return Value(folded, str(node.field))
        return String(folded, node.field) if folded.strip() else All()

    def _prefix(self, node: syntax.Prefix) -> Plan:
        folded = fold(node.text)
        if node.field not in (None, "title"):
            return Value(folded, str(node.field))
        # What is indexed of F-35 is f35.
        run = RUN.fullmatch(folded)
        return Prefix(read_run(folded).term if run else folded, node.field)


QUIET_WEIGHT = 0.1
PART_WEIGHT = 0.3
"""The weight of words inside the words of a sentence, which only add to the score."""

_LONGEST_NAME = 6


def _is_name(folded: str) -> bool:
    """Whether what stands between joiners is short enough to be parts of one name or address."""
    for joiner in _JOINERS - {""}:
        folded = folded.replace(joiner, "·")
    return all(part.isascii() or len(part) <= _LONGEST_NAME for part in folded.split("·"))


# What may stand inside one thing that is written in several words: 乔·拜登, 2021-12-05, a.b/c.
_JOINERS = frozenset(["", *"·-./:_@~'&+#"])
_QUESTIONS = frozenset(_QUESTION.split()) | {"的", "了", "是", "吗", "呢"}


_SPLIT = re.compile("[ ·]")


def _term(name: str) -> str:
    folded = fold(name)
    return read_run(folded).term if RUN.fullmatch(folded) else folded


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


_ = timedelta

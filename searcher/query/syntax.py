"""The syntax tree of a query: what is asked for, before any text is segmented.

`str()` of a tree is its canonical query: the parser reads it back as the same tree, as long as it
stays within the parser's limits. The parser's trees are themselves canonical: no `And` directly in
an `And`, no `Or` in an `Or`, no `Not` in a `Not`, at least two parts each, and a negation stands in
an `And` beside something to subtract from (`All` when there is nothing else).
"""

from __future__ import annotations

import typing
from dataclasses import dataclass
from datetime import date

from searcher.errors import QueryError

Field: typing.TypeAlias = typing.Literal["title", "author", "category", "source"] | None
"""Where to look; None means title and body."""

OPERATORS = frozenset({"AND", "OR", "NOT"})

# Opening and closing quotes, the plainest first: a text is written with the first pair that fits.
QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "《": "》"}


@dataclass(frozen=True, slots=True, init=False)
class Words:
    """An unquoted run without white space, still to be segmented: `拜登会晤普京`."""

    text: str
    field: Field = None

    # Most queries are nothing but Words. Setting the slots without the generated __init__'s two
    # calls of object.__setattr__ takes a third less time.
    def __init__(self, text: str, field: Field = None) -> None:
        _set_text(self, text)
        _set_field(self, field)

    def __str__(self) -> str:
        # An operator's name in brackets has no operands, so it can only be a word.
        if self.field is None and self.text in OPERATORS:
            return f"({self.text})"
        return _with_field(self.field, self.text)


_set_text = Words.__dict__["text"].__set__
_set_field = Words.__dict__["field"].__set__


@dataclass(frozen=True, slots=True)
class Literal:
    """A quoted string, kept as typed: `"视频通话"`."""

    text: str
    field: Field = None

    def __str__(self) -> str:
        # The parser cuts a text at its closing quote, so there is always a pair that fits.
        text = self.text.replace("＂", '"')
        fitting = (pair for pair in QUOTES.items() if pair[1] not in text)
        opening, closing = next(fitting, ('"', '"'))
        return _with_field(self.field, f"{opening}{self.text}{closing}")


def quote(text: str) -> str:
    """The query that finds exactly this string: the text between quotation marks that it lacks.

    Raises:
        QueryError: the text has closing quotation marks of every kind.

    >>> quote('他说"好"')
    '“他说"好"”'
    """
    if all(closing in text.replace("＂", '"') for closing in QUOTES.values()):
        raise QueryError("a text with closing quotation marks of every kind cannot be quoted")
    return str(Literal(text))


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin with a text: `新冠*`; `text` is without the star."""

    text: str
    field: Field = None

    def __str__(self) -> str:
        return _with_field(self.field, f"{self.text}*")


@dataclass(frozen=True, slots=True)
class Dates:
    """Articles of the days `since` to `until`, both included; None leaves that end open."""

    since: date | None
    until: date | None

    def __str__(self) -> str:
        if self.since is not None and self.since == self.until:
            return f"date:{self.since}"
        return f"date:{self.since or ''}..{self.until or ''}"


@dataclass(frozen=True, slots=True)
class All:
    """Every article: `*`."""

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True)
class Not:
    """Articles that do not match `part`: `-普京`."""

    part: Node

    def __str__(self) -> str:
        return f"-{_enclosed(self.part, (And, Or))}"


@dataclass(frozen=True, slots=True)
class And:
    """Articles that match every one of `parts`: `拜登 普京`."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        # Negations alone imply All, whose star would not be read beside anything else.
        return " ".join(_enclosed(p, (And, Or)) for p in self.parts if not isinstance(p, All))


@dataclass(frozen=True, slots=True)
class Or:
    """Articles that match at least one of `parts`: `普京 OR 普丁`."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(_enclosed(part, (Or,)) for part in self.parts)


Node: typing.TypeAlias = Words | Literal | Prefix | Dates | And | Or | Not | All


def _with_field(field: Field, text: str) -> str:
    return text if field is None else f"{field}:{text}"


def _enclosed(node: Node, kinds: tuple[type[Node], ...]) -> str:
    return f"({node})" if isinstance(node, kinds) else str(node)

"""The syntax tree of a query, in which texts are not segmented yet.

``str()`` of a tree is its canonical query: parsing it gives the same tree, within the limits of the
parser. The trees that the parser makes are canonical, too: an :class:`And` or :class:`Or` has at
least two parts and none of its own class, a :class:`Not` has no :class:`Not` in it and is a part of
an :class:`And` that has other parts, :class:`All` if there are no others.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass
from datetime import date

from searcher.errors import QueryError

Field: typing.TypeAlias = (
    typing.Literal["title", "author", "category", "source", "site", "path"] | None
)
"""The field to search; None is title and body."""

OPERATORS = frozenset({"AND", "OR", "NOT"})

# Opening quote -> closing quote, in the order in which canonical queries prefer them.
QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "《": "》"}

TEXT_FIELDS: dict[str, Field] = {
    "title": "title", "intitle": "title", "标题": "title", "標題": "title",
    "author": "author", "作者": "author",
    "category": "category", "分类": "category", "分類": "category",
    "tag": "category", "标签": "category", "標籤": "category",
    "source": "source", "来源": "source", "來源": "source",
    "site": "site", "网站": "site", "網站": "site",
    "path": "path", "路径": "path", "路徑": "path",
}  # fmt: skip
"""The names of fields with text, and the field that each is."""

DATE_FIELDS = {
    "date": "date", "日期": "date", "since": "since", "until": "until",
    "after": "since", "before": "before",
}  # fmt: skip
"""The names of fields with dates, and the kind of range that each gives."""

FIELDS = frozenset(TEXT_FIELDS.keys() | DATE_FIELDS.keys())
"""The names of fields that a query may have before a colon, in lower case."""


@dataclass(frozen=True, slots=True, init=False)
class Words:
    """Unquoted text without white space, which may consist of several words: ``拜登会晤普京``."""

    text: str
    field: Field = None

    # Most queries consist of Words. Setting the slots directly takes a third less time than the
    # generated __init__ with its calls of object.__setattr__.
    def __init__(self, text: str, field: Field = None) -> None:
        _set_text(self, text)
        _set_field(self, field)

    def __str__(self) -> str:
        # In brackets, an operator has no operands and is read as a word.
        if self.field is None and self.text in OPERATORS:
            return f"({self.text})"
        return _with_field(self.field, self.text)


_set_text = Words.__dict__["text"].__set__
_set_field = Words.__dict__["field"].__set__


@dataclass(frozen=True, slots=True)
class Literal:
    """A quoted string, as typed: ``"视频通话"``."""

    text: str
    field: Field = None

    def __str__(self) -> str:
        # The parser ends a text at its closing quote, so at least one pair fits.
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
class Near:
    """Strings near each other, in any order: ``"拜登 普京"~20``.

    At most ``distance`` characters stand between them.
    """

    texts: tuple[str, ...]
    distance: int
    field: Field = None

    def __str__(self) -> str:
        return f"{Literal(' '.join(self.texts), self.field)}~{self.distance}"


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin with ``text``: ``新冠*`` has the text ``新冠``.

    ``more``: the exact number of characters that follow, as in ``普?``; None for any number.
    """

    text: str
    field: Field = None
    more: int | None = None

    def __str__(self) -> str:
        return _with_field(self.field, self.text + ("*" if self.more is None else "?" * self.more))


@dataclass(frozen=True, slots=True)
class Dates:
    """Articles of the days from ``since`` to ``until``, both included; None is an open end."""

    since: date | None
    until: date | None

    def __str__(self) -> str:
        if self.since is not None and self.since == self.until:
            return f"date:{self.since}"
        return f"date:{self.since or ''}..{self.until or ''}"


@dataclass(frozen=True, slots=True)
class All:
    """Every article: ``*``."""

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True)
class Not:
    """Articles that do not match ``part``: ``-普京``."""

    part: Node

    def __str__(self) -> str:
        return f"-{_enclosed(self.part, (And, Or))}"


@dataclass(frozen=True, slots=True)
class And:
    """Articles that match all of ``parts``: ``拜登 普京``."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        # Negations without other parts imply All; "*" is All only if it is the whole query.
        return " ".join(_enclosed(p, (And, Or)) for p in self.parts if not isinstance(p, All))


@dataclass(frozen=True, slots=True)
class Or:
    """Articles that match at least one of ``parts``: ``普京 OR 普丁``."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(_enclosed(part, (Or,)) for part in self.parts)


Node: typing.TypeAlias = Words | Literal | Near | Prefix | Dates | And | Or | Not | All


def _with_field(field: Field, text: str) -> str:
    return text if field is None else f"{field}:{text}"


def _enclosed(node: Node, kinds: tuple[type[Node], ...]) -> str:
    return f"({node})" if isinstance(node, kinds) else str(node)

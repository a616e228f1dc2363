"""The parser of the query language: the tokens of a query become a syntax tree and notes.

::

    query   = all (("OR" | "|") all)*
    all     = negated ("AND"? negated)*         a space means and; and binds before or
    negated = ("-" | "!" | "NOT")* operand      "-" only where a word begins: F-35 is a word
    operand = [field ":"] (word | word "*" | word "?" | quoted | near | "(" query ")")
    quoted  = "…" | “…” | 「…」 | 『…』 | 《…》   kept as typed
    near    = quoted "~" number                 its words, at most so many characters apart

Outside quotes, full-width ASCII (``：（－｜＊２０２１``) is read as ASCII, but ``？～＾`` are not.
What does not fit the grammar is read as plain words, with a note instead of an error. The parser
never raises, takes time in proportion to the query's length, and returns trees of at most
:data:`MAX_DEPTH` nested brackets.
``docs/query-language.md`` describes the language for users.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from searcher.lazy_pattern import compile_late
from searcher.query.lexer import HALF_WIDTH, Token, tokens_of
from searcher.query.operators import (
    MAX_NEAR_DISTANCE,
    MAX_NEAR_WORDS,
    host_of,
    split_suffix,
    wildcards,
)
from searcher.query.periods import NotADate, Period, parse_period
from searcher.query.syntax import (
    DATE_FIELDS,
    OPERATORS,
    TEXT_FIELDS,
    All,
    And,
    Dates,
    Field,
    Literal,
    Near,
    Node,
    Not,
    Or,
    Prefix,
    Words,
)

MAX_LENGTH = 4096
"""Characters of a query; the rest is cut off."""

MAX_CLAUSES = 256
"""Words, quoted strings, prefixes and date ranges of a query; the rest is left out."""

MAX_DEPTH = 50
"""Nested brackets; further inside, brackets are left out and operators are plain words."""

MAX_NOTES = 10
"""Notes on a query; further ones are left out."""


class Parsed(NamedTuple):
    """The result of :func:`parse`.

    ``tree`` is None if there is nothing to search for; ``notes`` say, one line each, what was
    read otherwise than it may have been meant.
    """

    tree: Node | None
    notes: tuple[str, ...] = ()


# The fast path: words that begin with a letter or digit and contain nothing that could be an
# operator, a full-width character or half of a surrogate pair.
_PLAIN_WORD = (
    r"(?!(?:AND|OR|NOT)(?!\S)|(?:NEAR|ADJ|AROUND|XOR)\b)[^\W_\uff01-\uff5e]"
    r'[^\s"“”「」『』《》()|*:?~^\ud800-\udfff\uff01-\uff5e]*'
)
_PLAIN_QUERY = compile_late(rf"\s*{_PLAIN_WORD}(?:\s+{_PLAIN_WORD})*\s*")
_SURROGATE = compile_late("[\ud800-\udfff]")
# A letter, digit or ideograph, also those newer than Python's Unicode tables and private ones.
_SEARCHABLE = compile_late(r"[^\W_]|[\ue000-\uf8ff\U00020000-\U0003ffff]")


def parse(query: str, today: date | None = None) -> Parsed:
    """Parse a query; never raises.

    ``today`` is the day from which relative dates such as 昨天 count, by default the local one.

    >>> str(parse("普京 －标题：“视频通话”").tree)
    '普京 -title:"视频通话"'
    """
    if len(query) <= MAX_LENGTH and _PLAIN_QUERY.fullmatch(query):
        words = query.split()
        if len(words) == 1:
            return Parsed(Words(words[0]))
        if len(words) <= MAX_CLAUSES:
            return Parsed(And(tuple(map(Words, words))))
    return _Parser(today).parse(query)


class _Group:
    """A pair of brackets, or the whole query, while it is parsed."""

    __slots__ = ("alternatives", "field", "field_name", "joiner", "negations")

    def __init__(self, field: str = "") -> None:
        self.field = field  # of the whole group, as in title:(…)
        self.alternatives: list[list[Node]] = [[]]  # joined by or; the nodes of each by and
        # Read already, but waiting for the operand:
        self.joiner = ""  # "AND", "OR" or "|"
        self.negations: list[str] = []  # "NOT", "-" or "!"
        self.field_name = ""  # as typed

    def add(self, node: Node) -> None:
        """Add an operand with the operators that wait for it."""
        if len(self.negations) % 2:
            node = _negation(node)
        if self.joiner and self.joiner != "AND":
            self.alternatives.append([])
        self.joiner = self.field_name = ""
        self.negations.clear()
        self.alternatives[-1].append(node)


class _Parser:
    """Parses one query.

    Open groups are kept on a stack. Tokens go into the innermost one, which becomes a node of the
    next when its bracket closes.
    """

    def __init__(self, today: date | None) -> None:
        self.today = today
        self.notes: dict[str, None] = {}  # an ordered set
        self.groups = [_Group()]
        self.clauses = 0

    def parse(self, query: str) -> Parsed:
        if len(query) > MAX_LENGTH:
            query = query[:MAX_LENGTH]
            self.note(f"long query: only its first {MAX_LENGTH} characters are read")
        query = _SURROGATE.sub("\ufffd", query)
        if query.translate(HALF_WIDTH).strip() == "*":
            return Parsed(All(), tuple(self.notes))
        for kind, text in self.balanced(tokens_of(query, self.note)):
            self.token(kind, text)
        tree = self.group_node()
        if tree is None:
            if query.strip():
                self.note("nothing to search for: punctuation counts only in quotes")
            else:
                self.note("nothing to search for")
        return Parsed(tree, tuple(self.notes))

    def note(self, text: str) -> None:
        if len(self.notes) < MAX_NOTES:
            self.notes[text] = None

    def balanced(self, tokens: list[Token]) -> Iterable[Token]:
        """The tokens without unmatched brackets and those nested deeper than ``MAX_DEPTH``."""
        opened: list[int] = []
        matched: set[int] = set()
        for at, (kind, _) in enumerate(tokens):
            if kind == "open":
                opened.append(at)
            elif kind == "close" and opened:
                matched.update((opened.pop(), at))
        depth = 0
        for at, (kind, text) in enumerate(tokens):
            if kind in ("open", "close"):
                if at not in matched:
                    self.note("unbalanced bracket: read as plain words")
                    continue
                depth += 1 if kind == "open" else -1
                if depth + (kind == "close") <= MAX_DEPTH:
                    yield kind, text
            elif depth > MAX_DEPTH:
                self.note(f"brackets deeper than {MAX_DEPTH}: the inner part is read as words")
                yield ("word", text) if kind in OPERATORS else (kind, text)
            else:
                yield kind, text

    def token(self, kind: str, text: str) -> None:
        """Take in the next token."""
        group = self.groups[-1]
        if kind == "open":
            self.groups.append(_Group(group.field_name.lower() or group.field))
            group.field_name = ""
        elif kind == "close":
            self.close_group()
        elif self.clauses > MAX_CLAUSES:
            return
        elif kind == "field":
            self.flush_field()
            group.field_name = text
        elif kind == "NOT":
            self.flush_field()
            group.negations.append(text)
        elif kind in OPERATORS:
            self.join(text)
        else:
            self.add(self.clause(kind, text))

    def close_group(self) -> None:
        node = self.group_node()
        self.groups.pop()
        if node is None:
            self.flush()
        else:
            self.groups[-1].add(node)

    def add(self, clause: Node | None) -> None:
        """Add a clause to the innermost group; None is one with nothing to search for."""
        group = self.groups[-1]
        if clause is None:
            self.flush()
            return
        self.clauses += 1
        if self.clauses <= MAX_CLAUSES:
            group.add(clause)
        else:
            self.note(f"long query: only its first {MAX_CLAUSES} words are read")
            group.field_name = ""

    def join(self, operator: str) -> None:
        self.flush()
        group = self.groups[-1]
        if group.alternatives[-1] and not group.joiner:
            group.joiner = operator
        else:
            self.add_lone_operator(operator)

    def flush(self) -> None:
        """Add as plain words what waits for an operand that did not come, but for the joiner."""
        self.flush_field()
        negations = self.groups[-1].negations
        while negations:
            self.add_lone_operator(negations.pop())

    def flush_field(self) -> None:
        group = self.groups[-1]
        if group.field_name:
            name, group.field_name = group.field_name, ""
            self.note(f"{name}: has no value; read as plain words")
            self.add(Words(name, TEXT_FIELDS.get(group.field)))

    def add_lone_operator(self, operator: str) -> None:
        if self.clauses > MAX_CLAUSES:
            return  # its operand was left out
        self.note(f"lone {operator}: read as plain words")
        if operator in OPERATORS:
            self.add(Words(operator, TEXT_FIELDS.get(self.groups[-1].field)))

    def group_node(self) -> Node | None:
        """The node of the innermost group at its end; None if there is nothing in it."""
        self.flush()
        group = self.groups[-1]
        if group.joiner:
            operator, group.joiner = group.joiner, ""
            self.add_lone_operator(operator)
        return _disjunction([_conjunction(nodes) for nodes in group.alternatives if nodes])

    def clause(self, kind: str, text: str) -> Node | None:
        """The node of a word or quotation; None if there is nothing in it to search for."""
        group = self.groups[-1]
        name = group.field_name.lower() or group.field
        if name in DATE_FIELDS:
            if dates := self.dates(DATE_FIELDS[name], text.translate(HALF_WIDTH)):
                return dates
            if group.field_name and kind == "word":
                return Words(f"{group.field_name}:{text}")
        field = TEXT_FIELDS.get(name)
        if kind == "near":
            return self.near(text, field)
        if kind == "literal":
            if text.strip():
                return Literal(text, field)
            self.note("empty quotes: ignored")
            return None
        return self.word(text, field)

    def dates(self, name: str, text: str) -> Dates | None:
        """The date range of a date field; None, with a note, if the text is no date."""
        period = parse_period(text, self.today)
        if name == "before":
            period = _before(period)
        if isinstance(period, NotADate):
            self.note(f"{period.reason}; read as plain words")
            return None
        if period.swapped:
            self.note("range with its later date first: read the other way round")
        since = None if name == "until" else period.since
        until = None if name == "since" else period.until
        if since or until:
            return Dates(since, until)
        self.note(f"{name}: has no date; read as plain words")
        return None

    def near(self, text: str, field: Field) -> Near | Literal | None:
        """The node of a quotation with a distance; a field of keywords has no distances."""
        quoted, _, digits = text.rpartition("~")
        words = tuple(dict.fromkeys(quoted.split()))
        if not words:
            self.note("empty quotes: ignored")
            return None
        if len(words) < 2 or field not in (None, "title"):
            # Of a long number only the beginning is shown.
            self.note(
                f"~{digits[:6]} needs two words or more with spaces between them, in the title or "
                "the text: ignored"
            )
            return Literal(quoted, field)
        if len(words) > MAX_NEAR_WORDS:
            self.note(f"~{digits[:6]}: only the first {MAX_NEAR_WORDS} words are read")
        distance = MAX_NEAR_DISTANCE
        if len(digits.lstrip("0")) <= len(str(distance)):
            distance = min(distance, int(digits))
        return Near(words[:MAX_NEAR_WORDS], distance, field)

    def word(self, text: str, field: Field) -> Words | Prefix | None:
        if field not in (None, "title"):
            text = host_of(text) if field == "site" else text
        elif _SEARCHABLE.search(text):
            text, note = split_suffix(text)
            if note:
                self.note(note)
        if not _SEARCHABLE.search(text):
            if text in ("-", "!", "*"):
                self.note(f"lone {text}: ignored")
            return None
        if "*" in text:
            if text.index("*") == len(text) - 1:
                return Prefix(text[:-1], field)
            self.note("* works only at the end of a word: read as plain words")
        elif "?" in text and field in (None, "title"):
            more, note = wildcards(text)
            if note:
                self.note(note)
            if more:
                return Prefix(text[:-more], field, more)
        return Words(text, field)


def _before(period: Period | NotADate) -> Period | NotADate:
    """The days before a period."""
    if isinstance(period, NotADate) or period.since is None:
        return period if isinstance(period, NotADate) else Period(None, None)
    if period.since == date.min:
        return NotADate(f"no day is before {period.since}")
    return Period(None, period.since - timedelta(1))


def _conjunction(nodes: list[Node]) -> Node:
    flat: list[Node] = []
    for node in nodes:
        if isinstance(node, And):
            flat += [part for part in node.parts if not isinstance(part, All)]
        else:
            flat.append(node)
    if all(isinstance(node, Not) for node in flat):
        flat.insert(0, All())
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def _disjunction(nodes: list[Node]) -> Node | None:
    flat: list[Node] = []
    for node in nodes:
        flat += node.parts if isinstance(node, Or) else [node]
    if len(flat) > 1:
        return Or(tuple(flat))
    return flat[0] if flat else None


def _negation(node: Node) -> Node:
    # A single negation has become And(All, Not): two negations cancel.
    match node:
        case And((All(), Not(inner))):
            return inner
    return Not(node)

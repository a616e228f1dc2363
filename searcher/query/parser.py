"""The query language: what a person typed → a syntax tree, with notes instead of errors.

    query   = all (("OR" | "|") all)*
    all     = negated ("AND"? negated)*         a space means and; and binds before or
    negated = ("-" | "NOT")* operand            "-" only where a word begins: F-35 is a word
    operand = [field ":"] (word | word "*" | quoted | "(" query ")")
    quoted  = "…" | “…” | 「…」 | 『…』 | 《…》   kept as typed

Outside quotes, full-width ASCII (`：（－｜＊２０２１`) is read as ASCII. What makes no sense as an
operator is read as a plain word, with a note. Reading never raises, takes time in proportion to
the query's length, and neither reads nor returns anything deeper than `MAX_DEPTH` brackets.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from searcher.query.periods import NotADate, parse_period
from searcher.query.syntax import (
    OPERATORS,
    QUOTES,
    All,
    And,
    Dates,
    Field,
    Literal,
    Node,
    Not,
    Or,
    Prefix,
    Words,
)

MAX_LENGTH = 4096  # characters; the rest is cut
MAX_CLAUSES = 256  # words, quoted strings, prefixes and dates; the rest is cut
MAX_DEPTH = 50  # brackets in brackets; deeper, brackets and operators are read as plain words
MAX_NOTES = 10


class Parsed(NamedTuple):
    """A query as understood; `tree` is None when there is nothing to search for."""

    tree: Node | None
    notes: tuple[str, ...] = ()


_TEXT_FIELDS: dict[str, Field] = {
    "title": "title", "标题": "title", "標題": "title",
    "author": "author", "作者": "author",
    "category": "category", "分类": "category", "分類": "category",
    "source": "source", "来源": "source", "來源": "source",
}  # fmt: skip
_DATE_FIELDS = {"date": "date", "日期": "date", "since": "since", "until": "until"}
_FIELDS = _TEXT_FIELDS.keys() | _DATE_FIELDS.keys()

# The fast path: runs that begin with a letter or digit, without anything that could be an operator,
# a full-width character or half of a surrogate pair.
_PLAIN_RUN = (
    r"(?!(?:AND|OR|NOT)(?!\S))[^\W_\uff01-\uff5e]"
    r'[^\s"“”「」『』《》()|*:\ud800-\udfff\uff01-\uff5e]*'
)
_PLAIN = re.compile(rf"\s*{_PLAIN_RUN}(?:\s+{_PLAIN_RUN})*\s*")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SURROGATE = re.compile("[\ud800-\udfff]")
# A letter, digit or ideograph; also those that Python's tables may not know yet.
_WORDY = re.compile(r"[^\W_]|[\ue000-\uf8ff\U00020000-\U0003ffff]")

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<quote> ["“”「『《])
    | (?P<stray> [」』》])
    | (?P<open> \()
    | (?P<close> \))
    | (?P<or> \|+)
    | (?P<minus> (?<![^\s(|]) - (?=[^\s-]))
    | (?P<run> [^\s"“”「」『』《》()|]+)
    )""",
    re.VERBOSE,
)
_DOUBLE_QUOTES = '"“”'
_ANY_DOUBLE_QUOTE = re.compile(f"[{_DOUBLE_QUOTES}]")


def parse(query: str, today: date | None = None) -> Parsed:
    """Read a query; never raises. `today` (default: the local day) is what relative dates mean.

    >>> str(parse("普京 －标题：“视频通话”").tree)
    '普京 -title:"视频通话"'
    """
    if len(query) <= MAX_LENGTH and _PLAIN.fullmatch(query):
        runs = query.split()
        if len(runs) == 1:
            return Parsed(Words(runs[0]))
        if len(runs) <= MAX_CLAUSES:
            return Parsed(And(tuple(map(Words, runs))))
    return _Reader(today).read(query)


_Token = tuple[str, str]  # kind ("word", "literal", "field", "open", "close", "AND" …) and text


class _Group:
    """One level of brackets while it is read."""

    __slots__ = ("choices", "field", "joiner", "name", "nots")

    def __init__(self, field: str = "") -> None:
        self.field = field  # of the whole group: title:(…)
        self.choices: list[list[Node]] = [[]]  # alternatives, each a list of what must all hold
        # What waits for the operand that follows:
        self.joiner = ""  # "AND", "OR" or "|"
        self.nots: list[str] = []  # "NOT" or "-"
        self.name = ""  # of a field, as typed

    def place(self, node: Node) -> None:
        if len(self.nots) % 2:
            node = _negation(node)
        if self.joiner and self.joiner != "AND":
            self.choices.append([])
        self.joiner = self.name = ""
        self.nots.clear()
        self.choices[-1].append(node)


class _Reader:
    """Reads one query: tokens into nested groups, a group into a node when it closes."""

    def __init__(self, today: date | None) -> None:
        self.today = today
        self.notes: dict[str, None] = {}
        self.groups = [_Group()]
        self.clauses = 0

    def read(self, query: str) -> Parsed:
        if len(query) > MAX_LENGTH:
            query = query[:MAX_LENGTH]
            self.note(f"long query: only its first {MAX_LENGTH} characters are read")
        query = _SURROGATE.sub("\ufffd", query)
        plain = query.translate(_HALF_WIDTH)
        if plain.strip() == "*":
            return Parsed(All(), tuple(self.notes))
        for kind, text in self.balanced(self.tokens(query, plain)):
            self.take(kind, text)
        tree = self.finished()
        if tree is None:
            hint = ": punctuation counts only in quotes" if query.strip() else ""
            self.note(f"nothing to search for{hint}")
        return Parsed(tree, tuple(self.notes))

    def note(self, text: str) -> None:
        if len(self.notes) < MAX_NOTES:
            self.notes[text] = None

    def tokens(self, query: str, plain: str) -> list[_Token]:
        """Cut `plain`, the query in half width, into tokens; quoted text comes from `query`."""
        tokens: list[_Token] = []
        unclosed: set[str] = set()  # opening quotes whose closing one does not come again
        at = 0
        while found := _TOKEN.match(plain, at):
            kind, at = found.lastgroup or "", found.end()
            text = found[kind]
            if kind == "run":
                tokens += _run(text)
            elif kind == "quote":
                end = -1 if text in unclosed else _closing(plain, at, text)
                if end < 0:
                    unclosed.add(text)
                    self.note("unbalanced quote: read as plain words")
                else:
                    tokens.append(("literal", query[at:end]))
                    at = end + 1
            elif kind == "stray":
                self.note("unbalanced quote: read as plain words")
            elif kind == "or":
                tokens.append(("OR", "|"))
            elif kind == "minus":
                tokens.append(("NOT", "-"))
            else:
                tokens.append((kind, text))
        return tokens

    def balanced(self, tokens: list[_Token]) -> Iterable[_Token]:
        """The tokens without the brackets that have no partner or lie too deep."""
        opened: list[int] = []
        partners: set[int] = set()
        for at, (kind, _) in enumerate(tokens):
            if kind == "open":
                opened.append(at)
            elif kind == "close" and opened:
                partners.update((opened.pop(), at))
        depth = 0
        for at, (kind, text) in enumerate(tokens):
            if kind in ("open", "close"):
                if at not in partners:
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

    def take(self, kind: str, text: str) -> None:
        group = self.groups[-1]
        if kind == "open":
            self.groups.append(_Group(group.name.lower() or group.field))
            group.name = ""
        elif kind == "close":
            self.close()
        elif self.clauses > MAX_CLAUSES:
            return
        elif kind == "field":
            self.settle_name()
            group.name = text
        elif kind == "NOT":
            self.settle_name()
            group.nots.append(text)
        elif kind in OPERATORS:
            self.join(text)
        else:
            self.place(self.leaf(kind, text))

    def close(self) -> None:
        inner = self.finished()
        self.groups.pop()
        if inner is None:
            self.settle()
        else:
            self.groups[-1].place(inner)

    def place(self, leaf: Node | None) -> None:
        group = self.groups[-1]
        if leaf is None:
            self.settle()
            return
        self.clauses += 1
        if self.clauses <= MAX_CLAUSES:
            group.place(leaf)
        else:
            self.note(f"long query: only its first {MAX_CLAUSES} words are read")
            group.name = ""

    def join(self, operator: str) -> None:
        self.settle()
        group = self.groups[-1]
        if group.choices[-1] and not group.joiner:
            group.joiner = operator
        else:
            self.lone(operator)

    def settle(self) -> None:
        """Read what waits for an operand that did not come as plain words."""
        self.settle_name()
        nots = self.groups[-1].nots
        while nots:
            self.lone(nots.pop())

    def settle_name(self) -> None:
        group = self.groups[-1]
        if group.name:
            name, group.name = group.name, ""
            self.note(f"{name}: has no value; read as plain words")
            self.place(Words(name, _TEXT_FIELDS.get(group.field)))

    def lone(self, operator: str) -> None:
        if self.clauses > MAX_CLAUSES:
            return  # what it waited for was cut
        self.note(f"lone {operator}: read as plain words")
        if operator in OPERATORS:
            self.place(Words(operator, _TEXT_FIELDS.get(self.groups[-1].field)))

    def finished(self) -> Node | None:
        """What the innermost group says, once nothing waits any more."""
        self.settle()
        group = self.groups[-1]
        if group.joiner:
            operator, group.joiner = group.joiner, ""
            self.lone(operator)
        return _any_of([_all_of(parts) for parts in group.choices if parts])

    def leaf(self, kind: str, text: str) -> Node | None:
        """A word or quoted string as a node, None when there is nothing in it to search for."""
        group = self.groups[-1]
        name = group.name.lower() or group.field
        if name in _DATE_FIELDS:
            if dates := self.dates(_DATE_FIELDS[name], text.translate(_HALF_WIDTH)):
                return dates
            if group.name and kind == "word":
                return Words(f"{group.name}:{text}")
        field = _TEXT_FIELDS.get(name)
        if kind == "literal":
            if text.strip():
                return Literal(text, field)
            self.note("empty quotes: ignored")
            return None
        return self.word(text, field)

    def dates(self, name: str, text: str) -> Dates | None:
        period = parse_period(text, self.today)
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

    def word(self, text: str, field: Field) -> Words | Prefix | None:
        if not _WORDY.search(text):
            if text in ("-", "*"):
                self.note(f"lone {text}: ignored")
            return None
        if "*" not in text:
            return Words(text, field)
        if text.index("*") == len(text) - 1:
            return Prefix(text[:-1], field)
        self.note("* works only at the end of a word: read as plain words")
        return Words(text, field)


def _run(text: str) -> list[_Token]:
    """A run without white space: an operator, a word, or a field and the word after its colon."""
    # A minus that negates was cut off before; other leading ones are dashes.
    text = text.lstrip("-") or "-"
    if text in OPERATORS:
        return [(text, text)]
    name, colon, value = text.partition(":")
    if colon and name.lower() in _FIELDS:
        return [("field", name), ("word", value)] if value else [("field", name)]
    return [("word", text)]


def _closing(text: str, at: int, opening: str) -> int:
    """Where a quotation that was opened before `at` ends; -1 when it never does."""
    end = text.find(QUOTES[opening], at) if opening in QUOTES else -1
    # Input methods mix the double quotes up, so any of them closes what would stay open.
    if end < 0 and opening in _DOUBLE_QUOTES and (found := _ANY_DOUBLE_QUOTE.search(text, at)):
        return found.start()
    return end


def _all_of(parts: list[Node]) -> Node:
    flat: list[Node] = []
    for part in parts:
        if isinstance(part, And):
            flat += [inner for inner in part.parts if not isinstance(inner, All)]
        else:
            flat.append(part)
    if all(isinstance(part, Not) for part in flat):
        flat.insert(0, All())
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def _any_of(choices: list[Node]) -> Node | None:
    flat: list[Node] = []
    for choice in choices:
        flat += choice.parts if isinstance(choice, Or) else [choice]
    if len(flat) > 1:
        return Or(tuple(flat))
    return flat[0] if flat else None


def _negation(node: Node) -> Node:
    # What is negated already and alone stands in an And beside All.
    match node:
        case And((All(), Not(inner))):
            return inner
    return Not(node)

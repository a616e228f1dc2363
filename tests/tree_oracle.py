"""Which documents a query finds, by its syntax tree alone: the planner is not asked.

This holds for trees whose unquoted words are terms of the index, since all that the planner does
about others is not needed for them. The rules:

- A word finds its term, or any other name of the same thing; a single character is a string.
- A quoted string is found wherever it is written.
- A prefix finds every term that begins so.
- Stop words do not matter beside other words.
- A word of four or more Han characters is found wherever it is written, too.
- With `any_word`, one of the words and strings that stand side by side is enough, but not one of
  the filters: fields of keywords, dates, everything.
"""

import re
from collections.abc import Callable, Iterable

from naive_backend import NaiveBackend
from naive_document import NaiveDocument

from searcher.query.syntax import And, Dates, Literal, Node, Not, Or, Prefix, Words
from searcher.text.folding import fold
from searcher.text.runs import HAN, RUN, parse_run
from searcher.text.stopwords import STOP_WORDS

IS_HAN = re.compile(f"[{HAN}]+").fullmatch
MIN_COMPOUND_LENGTH = 4
KEYWORD_FIELDS = ("author", "category", "source")


class TreeOracle:
    """Evaluates trees in the documents of a naive engine."""

    def __init__(self, backend: NaiveBackend, *, any_word: bool, aliases: bool) -> None:
        self._backend = backend
        self._any_word = any_word
        self._aliases = aliases

    def ids(self, tree: Node) -> set[str]:
        """The ids of the documents that match."""
        stored = self._backend.stored
        return {stored[r].article.id for r in self._backend.refs() if self._is_in(tree, stored[r])}

    def ids_with_some(self, tree: Node) -> set[str]:
        """The ids of the documents that have at least one of the words that stand side by side.

        Filters and negations hold all the same. No other document may be a relaxed hit.
        """
        stored = self._backend.stored
        parts = tree.parts if isinstance(tree, And) else (tree,)
        docs = [stored[ref] for ref in self._backend.refs()]
        return {d.article.id for d in docs if self._is_in_all(parts, d, any)}

    def _is_in(self, node: Node, d: NaiveDocument) -> bool:
        if isinstance(node, Words | Literal | Prefix) and node.field in KEYWORD_FIELDS:
            return d.has_value(fold(node.text), str(node.field))
        if isinstance(node, Words):
            return self._has_word(d, fold(node.text), node.field)
        if isinstance(node, Literal):
            return bool(d.spans(fold(node.text), False, node.field))
        if isinstance(node, Prefix):
            return any(t.startswith(fold(node.text)) for t in d.halves if d.has(t, node.field))
        if isinstance(node, Dates):
            day = d.article.date and d.article.date.date()
            if day is None:
                return False
            return (node.since or day) <= day <= (node.until or day)
        if isinstance(node, Or):
            return any(self._is_in(part, d) for part in node.parts)
        if isinstance(node, Not):
            return not self._is_in(node.part, d)
        one_of = any if self._any_word else all
        return self._is_in_all(node.parts, d, one_of) if isinstance(node, And) else True

    def _is_in_all(
        self, parts: Iterable[Node], d: NaiveDocument, one_of: Callable[[Iterable[bool]], bool]
    ) -> bool:
        required = [part for part in parts if isinstance(part, Not) or _is_filter(part)]
        words = [part for part in parts if part not in required]
        words = [word for word in words if not _is_stop_word(word)] or words
        if not all(self._is_in(part, d) for part in required):
            return False
        return not words or one_of(self._is_in(word, d) for word in words)

    def _has_word(self, d: NaiveDocument, word: str, field: str | None) -> bool:
        if len(word) == 1 and not word.isascii():
            return bool(d.spans(word, False, field))
        if len(word) >= MIN_COMPOUND_LENGTH and IS_HAN(word) and d.spans(word, False, field):
            return True
        names = {word, *(self._backend.synonyms(word) if self._aliases else ())}
        return any(self._has_name(d, fold(name), field) for name in names)

    def _has_name(self, d: NaiveDocument, name: str, field: str | None) -> bool:
        term = parse_run(name).term if RUN.fullmatch(name) else name
        if self._backend.term_df(term):
            return d.has(term, field)
        return bool(d.spans(term, True, field))


def _is_filter(node: Node) -> bool:
    if isinstance(node, Words | Literal | Prefix):
        return node.field in KEYWORD_FIELDS
    return not isinstance(node, And | Or | Not)


def _is_stop_word(node: Node) -> bool:
    return isinstance(node, Words) and node.field is None and fold(node.text) in STOP_WORDS

"""Queries that are sentences (questions, headlines, pasted text), told from words typed one by one.

A sentence is more than its words: what word segmentation cuts otherwise, names that no dictionary
has, and word order show in its pairs of adjacent characters.
"""

from __future__ import annotations

from typing import NamedTuple

from searcher.lazy_pattern import compile_late
from searcher.query import syntax
from searcher.text.folding import fold
from searcher.text.runs import HAN
from searcher.text.stopwords import FUNCTION_CHARACTERS, QUESTION_WORDS

MIN_SENTENCE = 8
"""A query with fewer Han characters is no sentence."""

MIN_PART = 5
"""Han characters that the parts of a sentence have on average: keywords are shorter."""

MIN_NATURAL = 18
"""Han characters of a query that is read as natural language."""

_HAN = compile_late(f"[{HAN}]")
_RUN = compile_late(f"[{HAN}]+|[a-z0-9]+")
_PUNCTUATION = compile_late(r"[^\w·+%.-]")
_QUESTION = compile_late(
    "|".join(sorted((w for w in QUESTION_WORDS if len(w) > 1), key=len, reverse=True))
)


class Sentence(NamedTuple):
    """A query that is a sentence.

    Attributes:
        text: its words and quoted strings without filters and negated parts, folded.
        is_question: whether it asks something.
    """

    text: str
    is_question: bool

    @property
    def is_headline(self) -> bool:
        """Whether it was copied from somewhere: it has punctuation and asks nothing."""
        return not self.is_question and _PUNCTUATION.search(self.text) is not None

    def bigrams(self) -> list[str]:
        """The distinct pairs of adjacent characters that say something, in order.

        Of a question, question words and pairs of two function characters are left out.

        >>> Sentence("普京是什么人", True).bigrams()
        ['普京', '京是']
        """
        text = _QUESTION.sub(" ", self.text) if self.is_question else self.text
        bigrams: dict[str, None] = {}
        for run in _RUN.findall(text):
            for at in range(len(run) - 1):
                bigram = run[at : at + 2]
                if self.is_question and FUNCTION_CHARACTERS.issuperset(bigram):
                    continue
                bigrams[bigram] = None
        return list(bigrams)

    def characters(self) -> set[str]:
        """The distinct Han characters."""
        return set(_HAN.findall(self.text))


def sentence_of(tree: syntax.Node) -> Sentence | None:
    """The sentence that a query is; None for words typed one by one."""
    nodes = _text_nodes(tree)
    if sum([len(node.text) for node in nodes]) < MIN_SENTENCE:
        return None
    if not any(isinstance(node, syntax.Words) for node in nodes):
        return None  # what stands in quotes is meant exactly
    text = _text_of(nodes)
    if han_length(text) < max(MIN_SENTENCE, MIN_PART * len(nodes)):
        return None
    return Sentence(text, is_question(text))


def is_natural(tree: syntax.Node) -> bool:
    """Whether a query is natural language: a question, a headline, or long."""
    text = _text_of(_text_nodes(tree))
    if is_question(text):
        return True
    if len(text) < MIN_SENTENCE:
        return False
    if han_length(text) >= MIN_NATURAL:
        return True
    sentence = sentence_of(tree)
    return sentence is not None and sentence.is_headline


def is_question(folded: str) -> bool:
    """Whether a text asks something: it has a question mark or a question word."""
    return "?" in folded or _QUESTION.search(folded) is not None or "谁" in folded or "吗" in folded


def han_length(text: str) -> int:
    """How many Han characters a text has."""
    return len(_HAN.findall(text))


def _text_nodes(tree: syntax.Node) -> list[syntax.Words | syntax.Literal]:
    """The parts of a query that are looked for in texts."""
    nodes = tree.parts if isinstance(tree, syntax.And) else (tree,)
    return [
        node
        for node in nodes
        if isinstance(node, syntax.Words | syntax.Literal) and node.field in (None, "title")
    ]


def _text_of(nodes: list[syntax.Words | syntax.Literal]) -> str:
    return " ".join(fold(node.text) for node in nodes)

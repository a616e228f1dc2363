"""The planner: from the syntax tree of a query to a plan of clauses.

This module decides how clauses are joined; :mod:`searcher.search.run_clauses` decides what an
unquoted run comes to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timezone
from typing import TYPE_CHECKING

from searcher.lazy_pattern import compile_late
from searcher.query import syntax
from searcher.query.clauses import (
    FILTERS,
    AndClause,
    BigramClause,
    Clause,
    DateRangeClause,
    KeywordClause,
    Leaf,
    LiteralClause,
    MatchAllClause,
    NearClause,
    OrClause,
    PrefixClause,
    TermClause,
)
from searcher.search.bm25 import STOP_WEIGHT, SUBWORD_WEIGHT
from searcher.search.relaxed import Relaxed
from searcher.search.run_clauses import RunAnalysis, every_word
from searcher.search.sentence import MIN_SENTENCE, han_length, is_natural, sentence_of
from searcher.text.folding import fold
from searcher.text.runs import HAN, RUN, parse_run
from searcher.text.stopwords import STOP_WORDS

if TYPE_CHECKING:
    from searcher.text.analyser import Analyser

_JOINED_RUN = compile_late(rf"(?:{RUN.pattern}|[{HAN}]+)+", re.VERBOSE)
_BEYOND = compile_late("[\U00010000-\U0010ffff]")

MAX_NAME_WORDS = 4
"""The maximum number of adjacent words tried as one name (New York)."""


class Planner:
    """Makes plans for one index.

    ``knows(term)`` says whether the index has a term; ``synonyms(folded)`` gives all names of the
    thing with this name; ``analyser()`` gives the analyser and is called when first needed.
    """

    def __init__(
        self,
        knows: Callable[[str], bool],
        synonyms: Callable[[str], tuple[str, ...]],
        analyser: Callable[[], Analyser],
    ) -> None:
        self._knows = knows
        self._synonyms = synonyms
        self._analyser = analyser
        self._runs: dict[bool, RunAnalysis] = {}

    def plan(self, tree: syntax.Node, *, any_word: bool = False, aliases: bool = True) -> Clause:
        """The plan of a tree.

        ``any_word`` joins words by or where a space would join them by and; ``aliases`` adds
        synonyms.
        """
        planner = self._planner(aliases, any_word)
        planner.natural = is_natural(tree)
        return planner.clause(tree)

    def relaxed(self, tree: syntax.Node, *, aliases: bool = True) -> Relaxed | None:
        """What a document should have where none has all; None for a query of one thing."""
        return self._planner(aliases).relaxed(tree)

    def has_unknown_word(self, tree: syntax.Node) -> bool:
        """Whether a query has a word that the index does not know as a term.

        A lone character counts as unknown: a slip may have torn it from a word.
        """
        return any(not self._is_known(word) for word in self._planner().words(tree))

    def _planner(self, aliases: bool = True, any_word: bool = False) -> _TreePlanner:
        synonyms = self._synonyms if aliases else _no_synonyms
        runs = self._runs.get(aliases)
        if runs is None:
            runs = self._runs[aliases] = RunAnalysis(self._knows, synonyms, self._analyser)
        return _TreePlanner(self._knows, synonyms, self._analyser, any_word, runs)

    def _is_known(self, word: Clause) -> bool:
        if isinstance(word, TermClause):
            text = word.term
        elif isinstance(word, LiteralClause):
            text = word.text
        else:
            return True
        return len(text) > 1 and self._knows(text)


def terms_to_look_up(tree: syntax.Node) -> Iterator[str]:
    """The terms of which :meth:`Planner.plan` asks whether the index knows them; repeats occur.

    Engines that answer by requests ask for all of them at once.
    """
    if isinstance(tree, syntax.Words | syntax.Literal):
        folded = fold(tree.text)
        yield folded
        # The runs between joiners are looked up by themselves.
        yield from (match[0] for match in _JOINED_RUN.finditer(_BEYOND.sub(" ", folded)))
    elif isinstance(tree, syntax.Not):
        yield from terms_to_look_up(tree.part)
    elif isinstance(tree, syntax.And | syntax.Or):
        words = [part.text for part in tree.parts if isinstance(part, syntax.Words)]
        for size in range(2, MAX_NAME_WORDS + 1):
            for first in range(len(words) - size + 1):
                yield fold(" ".join(words[first : first + size]))
        for part in tree.parts:
            yield from terms_to_look_up(part)


class _TreePlanner:
    """Plans one tree."""

    def __init__(
        self,
        knows: Callable[[str], bool],
        synonyms: Callable[[str], tuple[str, ...]],
        analyser: Callable[[], Analyser],
        any_word: bool,
        runs: RunAnalysis,
    ) -> None:
        self._knows = knows
        self._synonyms = synonyms
        self._analyser = analyser
        self._any_word = any_word
        self._runs = runs
        self.natural = False

    def clause(self, node: syntax.Node) -> Clause:
        if isinstance(node, syntax.Words):
            return self._run(node)
        if isinstance(node, syntax.And):
            return self._and(node.parts)
        if isinstance(node, syntax.Or):
            return OrClause(tuple(map(self.clause, node.parts)))
        if isinstance(node, syntax.Literal):
            return self._literal(node)
        if isinstance(node, syntax.Near):
            return self._near(node)
        if isinstance(node, syntax.Prefix):
            return self._prefix(node)
        if isinstance(node, syntax.Dates):
            return DateRangeClause(
                _seconds(node.since) if node.since else None,
                _seconds(node.until, 1) if node.until else None,
            )
        if isinstance(node, syntax.Not):
            return AndClause((MatchAllClause(),), (self.clause(node.part),))
        return MatchAllClause()

    def words(self, tree: syntax.Node) -> list[Clause]:
        """The words of a query's runs, without negated ones and those of keyword fields."""
        found: list[Clause] = []
        if isinstance(tree, syntax.And | syntax.Or):
            for part in tree.parts:
                found += self.words(part)
        elif isinstance(tree, syntax.Words) and tree.field in (None, "title"):
            run = self._runs.run(fold(tree.text), tree.field)
            found += run.words or (run.whole,)
        return found

    def relaxed(self, tree: syntax.Node) -> Relaxed | None:
        should: list[Clause] = []
        must: list[Clause] = []
        must_not: list[Clause] = []
        optional: list[Leaf] = []
        nodes = tree.parts if isinstance(tree, syntax.And) else (tree,)
        for node in self._with_names(nodes):
            if isinstance(node, syntax.Not):
                must_not.append(self.clause(node.part))
            elif isinstance(node, syntax.Words) and node.field in (None, "title"):
                if not _is_stop_word(node):
                    folded = fold(node.text)
                    run = self._runs.run(folded, node.field)
                    should += run.words or (run.whole,)
                    optional += run.optional
                    if run.units:
                        words = every_word(self._analyser(), folded, node.field)
                        optional += [word for word in words if word.weight == SUBWORD_WEIGHT]
            else:
                clause = self.clause(node)
                (must if isinstance(clause, FILTERS) else should).append(clause)
        sentence = sentence_of(tree)
        natural = is_natural(tree)
        if len(should) < (1 if natural else 2):
            return None
        bigrams = sentence.bigrams() if sentence else []
        return Relaxed(
            tuple(should), tuple(must), tuple(must_not), tuple(optional), tuple(bigrams), natural
        )

    def _and(self, nodes: Sequence[syntax.Node]) -> Clause:
        must_not: list[Clause] = []
        positive: list[tuple[Clause, bool]] = []
        for node in self._with_names(nodes):
            if isinstance(node, syntax.Not):
                must_not.append(self.clause(node.part))
            else:
                positive.append((self.clause(node), _is_stop_word(node)))
        must = [clause for clause, is_stop_word in positive if not is_stop_word]
        # Beside filters alone a stop word is what was asked for.
        if all(isinstance(clause, FILTERS) for clause in must):
            return self._join([clause for clause, _ in positive], must_not)
        optional = [
            replace(clause, weight=STOP_WEIGHT)
            for clause, is_stop_word in positive
            if is_stop_word and isinstance(clause, TermClause | LiteralClause)
        ]
        return self._join(must, must_not, optional)

    def _with_names(self, nodes: Sequence[syntax.Node]) -> list[syntax.Node]:
        """The nodes, neighbouring words that are one name (New York) joined to one node."""
        joined: list[syntax.Node] = []
        place = 0
        while place < len(nodes):
            node, behind = nodes[place], place + 1
            if isinstance(node, syntax.Words):
                text = node.text
                for last in range(behind, min(len(nodes), place + MAX_NAME_WORDS)):
                    other = nodes[last]
                    if not isinstance(other, syntax.Words) or other.field != node.field:
                        break
                    text = f"{text} {other.text}"
                    if self._synonyms(fold(text)):
                        node, behind = syntax.Words(text, other.field), last + 1
            joined.append(node)
            place = behind
        return joined

    def _join(
        self,
        clauses: Sequence[Clause],
        must_not: Sequence[Clause] = (),
        optional: Sequence[Leaf] = (),
    ) -> Clause:
        """Join as the mode says: filters by and, everything else by and or by or."""
        if self._any_word:
            return self._join_any(clauses, must_not, optional)
        must: list[Clause] = []
        for clause in clauses:
            if isinstance(clause, AndClause) and not clause.must_not:
                must += clause.must
                optional = (*optional, *clause.optional)
            else:
                must.append(clause)
        if len(must) == 1 and not must_not and not optional:
            return must[0]
        return AndClause(tuple(must), tuple(must_not), tuple(optional))

    def _join_any(
        self, clauses: Sequence[Clause], must_not: Sequence[Clause], optional: Sequence[Leaf]
    ) -> Clause:
        filters = [clause for clause in clauses if isinstance(clause, FILTERS)]
        should: list[Clause] = []
        for clause in clauses:
            if isinstance(clause, OrClause):
                should += clause.should
                optional = (*optional, *clause.optional)
            elif not isinstance(clause, FILTERS):
                should.append(clause)
        joined: list[Clause] = []
        if should:
            alone = len(should) == 1 and not optional
            joined = [should[0] if alone else OrClause(tuple(should), tuple(optional))]
        if joined and not filters and not must_not:
            return joined[0]
        return AndClause((*joined, *filters), tuple(must_not))

    def _run(self, node: syntax.Words) -> Clause:
        folded = fold(node.text)
        if node.field not in (None, "title"):
            return KeywordClause(folded, str(node.field))
        run = self._runs.run(folded, node.field)
        if self._any_word and run.units:
            words = [*every_word(self._analyser(), folded, node.field)]
            must: list[Clause] = [run.whole, *(word for word in words if word.weight == 1)]
            optional: list[Leaf] = [word for word in words if word.weight < 1]
            optional += [leaf for leaf in run.optional if isinstance(leaf, BigramClause)]
            return self._join(must, (), optional)
        is_long = han_length(folded) >= MIN_SENTENCE
        if not self._any_word and is_long and (self.natural or is_natural(node)):
            # No document has all words of a question; one that has it as it stands is meant.
            return replace(run.whole, weight=1.0)
        return run.clause()

    def _literal(self, node: syntax.Literal) -> Clause:
        folded, field = fold(node.text), node.field
        if field not in (None, "title"):
            return KeywordClause(folded, str(field))
        if not folded:
            return MatchAllClause()
        literal = LiteralClause(folded, field)
        if len(folded) == 1:
            return literal
        # Its words say how much a document is about it, which containing it alone does not.
        if self._knows(folded):
            return AndClause((literal,), (), (TermClause(folded, field, highlighted=False),))
        tokens = [t for t in self._analyser().tokens(folded) if t.term not in STOP_WORDS]
        words = [TermClause(token.term, field, highlighted=False) for token in tokens]
        parts = [
            TermClause(part, field, weight=SUBWORD_WEIGHT, highlighted=False)
            for token in tokens
            for part in token.parts
        ]
        return AndClause((literal,), (), (*words, *parts))

    def _near(self, node: syntax.Near) -> Clause:
        texts = tuple(map(fold, node.texts))
        strings = [LiteralClause(t, node.field, by_frequency=len(t) > 1) for t in texts]
        return AndClause((*strings, NearClause(texts, node.distance, node.field)))

    def _prefix(self, node: syntax.Prefix) -> Clause:
        folded = fold(node.text)
        if node.field not in (None, "title"):
            return KeywordClause(folded, str(node.field))
        # The term of F-35 is f35.
        beginning = folded.rstrip("-'’&_+,.")
        is_run = RUN.fullmatch(beginning)
        text = parse_run(beginning).term if is_run else folded
        return PrefixClause(text, node.field, node.more)


def _no_synonyms(_: str) -> tuple[str, ...]:
    return ()


def _is_stop_word(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Words) and node.field is None and fold(node.text) in STOP_WORDS


def _seconds(day: date, days_later: int = 0) -> int:
    start = datetime.combine(day, time(), timezone.utc)
    return int(start.timestamp()) + 86400 * days_later

"""What an unquoted run of a query comes to.

A run is first of all the string that it is. One that the index knows as a term is that term. Any
other is looked up as a string, whatever a dictionary thinks of it, and scored like a term. Where it
is segmented into two words or more, documents that have all of these match, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from searcher.lazy_pattern import compile_late
from searcher.query.clauses import (
    AndClause,
    BigramClause,
    Clause,
    Leaf,
    LiteralClause,
    OrClause,
    TermClause,
)
from searcher.query.syntax import Field
from searcher.search.bm25 import STOP_WEIGHT, SUBWORD_WEIGHT, WHOLE_WEIGHT
from searcher.text.folding import fold
from searcher.text.runs import HAN, RUN, parse_run
from searcher.text.stopwords import QUESTION_WORDS, STOP_WORDS

if TYPE_CHECKING:
    from searcher.text.analyser import Analyser, TermToken

MIN_COMPOUND_LENGTH = 4
"""Known Han terms of so many characters are looked up as strings, too: what stands before them may
have drawn their first characters into another token (全国政协|委员)."""

_HAN_ONLY = compile_late(f"[{HAN}]+")
_HAS_LETTER = compile_late(r"[^\W\d_]")
_NAME_SEPARATOR = compile_late("[ ·]")


class Run(NamedTuple):
    """A run as clauses.

    Attributes:
        whole: the run as one thing.
        units: the words that it consists of, or the runs between its joiners: two or more, or none.
        words: ``units`` with the words of each run; what a relaxed hit should have.
        optional: what only adds to the score of documents that have the units.
    """

    whole: TermClause | LiteralClause
    units: tuple[Clause, ...] = ()
    words: tuple[Clause, ...] = ()
    optional: tuple[Leaf, ...] = ()

    def clause(self) -> Clause:
        """Documents that have the whole, or else all units."""
        if not self.units:
            return self.whole
        return OrClause((self.whole, AndClause(self.units)), self.optional)


class RunAnalysis:
    """Analyses runs, given what the index knows; the arguments are those of the planner."""

    def __init__(
        self,
        knows: Callable[[str], bool],
        synonyms: Callable[[str], tuple[str, ...]],
        analyser: Callable[[], Analyser],
    ) -> None:
        self._knows = knows
        self._group = synonyms
        self._analyser = analyser
        self._known_runs: dict[tuple[str, Field], Run] = {}

    def run(self, folded: str, field: Field) -> Run:
        """The clauses of a folded run; a query's plan and its relaxed form ask for the same."""
        run = self._known_runs.get((folded, field))
        if run is None:
            run = self._known_runs[folded, field] = self._analyse(folded, field)
        return run

    def _analyse(self, folded: str, field: Field) -> Run:
        if len(folded) == 1 and not folded.isascii():
            return Run(LiteralClause(folded, field))
        synonyms = self.synonyms(folded)
        if self._knows(folded):
            if len(folded) >= MIN_COMPOUND_LENGTH and _HAN_ONLY.fullmatch(folded):
                return Run(LiteralClause(folded, field, synonyms=synonyms, by_frequency=True))
            return Run(TermClause(folded, field, synonyms))
        if synonyms and " " in folded:
            return Run(LiteralClause(folded, field, at_boundaries=True, synonyms=synonyms))
        tokens = list(self._analyser().tokens(folded))
        if not tokens:
            return Run(LiteralClause(folded, field))
        if len(tokens) == 1 and not _HAN_ONLY.fullmatch(tokens[0].term):
            return Run(TermClause(tokens[0].term, field, synonyms))
        text = folded[tokens[0].start : tokens[-1].end]
        whole = LiteralClause(text, field, synonyms=synonyms, by_frequency=True)
        segments = [*_segments(tokens)]
        if len(segments) > 1:
            runs = [self.run(folded[a:b], field) for a, b in segments]
            return _joined(whole, runs)
        if len(tokens) == 1:
            tokens = list(self._taken_apart(tokens[0]))
        units = [*self._units(folded, tokens, field)]
        words = [unit for unit in units if unit.weight == 1]
        # One word is what the run is about beside stop words or in a question, but not beside a
        # lone character.
        asks = any(token.term in QUESTION_WORDS for token in tokens)
        is_one = len(words) == 1 and (len(tokens) == 1 or len(units) > 1) and not asks
        if not words or is_one or words == [LiteralClause(text, field, synonyms=synonyms)]:
            return Run(whole)
        optional: list[Leaf] = [unit for unit in units if unit.weight < 1]
        if bigrams := _bigrams(folded, tokens):
            optional.append(BigramClause(bigrams))
        whole = replace(whole, weight=WHOLE_WEIGHT)
        return Run(whole, tuple(words), tuple(words), tuple(optional))

    def synonyms(self, folded: str) -> tuple[str, ...]:
        """The terms or strings of the other names of a thing."""
        group = self._group(folded)
        if not group:
            return ()
        names = [name for name in names_to_look_up((folded, *group)) if name != _term_of(folded)]
        return tuple(names)

    def _taken_apart(self, token: TermToken) -> Iterator[TermToken]:
        """The words of a dictionary word that no document has: 台风杜苏芮 is 台风 and 杜苏芮."""
        analyser = self._analyser()
        is_word = analyser.segmenter.is_word
        word = token.term
        for end in range(len(word) - 1, 1, -1):
            if is_word(word[:end]):
                for start, stop in ((0, end), (end, len(word))):
                    for inner in analyser.tokens(word[start:stop]):
                        yield inner._replace(
                            start=token.start + start + inner.start,
                            end=token.start + start + inner.end,
                        )
                return
        yield token

    def _units(
        self, folded: str, tokens: Sequence[TermToken], field: Field
    ) -> Iterator[TermClause | LiteralClause]:
        """Words; adjacent single characters as one string; a lone one with a small weight."""
        group: list[TermToken] = []
        for token in (*(t for t in tokens if t.term not in STOP_WORDS), None):
            is_single = token is not None and token.end - token.start == 1
            if token and is_single and (not group or group[-1].end == token.start):
                group.append(token)
                continue
            if len(group) > 1:
                text = folded[group[0].start : group[-1].end]
                yield LiteralClause(text, field, synonyms=self.synonyms(text))
            elif group:
                yield TermClause(group[0].term, field, weight=STOP_WEIGHT)
            group = [token] if token and is_single else []
            if token and not is_single:
                yield TermClause(token.term, field, self.synonyms(token.term))


def _segments(tokens: Sequence[TermToken]) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch of tokens with nothing between them."""
    start, end = tokens[0].start, tokens[0].end
    for token in tokens[1:]:
        if token.start > end:
            yield start, end
            start = token.start
        end = token.end
    yield start, end


def _joined(whole: LiteralClause, runs: Sequence[Run]) -> Run:
    """Runs with a joiner between them: 普京+德国, but also 乔·拜登, which is one name."""
    if not any(says_something(run.whole) for run in runs) or any(map(_is_lone, runs)):
        return Run(whole)
    words = [word for run in runs for word in run.words or (run.whole,)]
    optional = [leaf for run in runs for leaf in run.optional]
    units = [run.clause() for run in runs]
    return Run(replace(whole, weight=WHOLE_WEIGHT), tuple(units), tuple(words), tuple(optional))


def _is_lone(run: Run) -> bool:
    return isinstance(run.whole, LiteralClause) and len(run.whole.text) == 1


def every_word(analyser: Analyser, folded: str, field: Field) -> Iterator[TermClause]:
    """The tokens of a run and their parts, each by itself."""
    tokens = list(analyser.tokens(folded))
    for token in tokens:
        weight = 1 if token.term not in STOP_WORDS else STOP_WEIGHT
        yield TermClause(token.term, field, weight=weight)
    for token in tokens:
        for part in token.parts:
            yield TermClause(part, field, weight=SUBWORD_WEIGHT)


def says_something(clause: Clause) -> bool:
    """Whether a clause by itself tells what a document is about: no number, no lone character."""
    if isinstance(clause, TermClause):
        text = clause.term
    elif isinstance(clause, LiteralClause):
        text = clause.text
    else:
        return True
    return len(text) > 1 and text not in STOP_WORDS and _HAS_LETTER.search(text) is not None


def _bigrams(folded: str, tokens: Sequence[TermToken]) -> tuple[str, ...]:
    """The pairs of characters across token boundaries, without those of question words."""
    bigrams = []
    last = None
    for token in tokens:
        if last and last.end == token.start and not {last.term, token.term} & QUESTION_WORDS:
            bigrams.append(folded[token.start - 1 : token.start + 1])
        last = token
    return tuple(dict.fromkeys(bigrams))


def names_to_look_up(group: Iterable[str]) -> tuple[str, ...]:
    """The terms or strings that stand for the names of a thing, without those that add nothing."""
    folded = [*map(fold, group)]
    names = dict.fromkeys(name for name in map(_term_of, folded) if name.strip())
    single = {name for name in (*folded, *names) if _NAME_SEPARATOR.search(name) is None}
    # Where 普京 stands, 弗拉基米尔·普京 has nothing to add.
    return tuple(
        name for name in names if single.isdisjoint(_NAME_SEPARATOR.split(name)) or name in single
    )


def _term_of(name: str) -> str:
    folded = fold(name)
    return parse_run(folded).term if RUN.fullmatch(folded) else folded

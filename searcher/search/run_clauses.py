"""What an unquoted run of a query comes to: a term, a name, or the words it is segmented into.

A run that the index knows as a term is one. Otherwise it is segmented as a text is. A short run
with a character that is no word by itself (the dictionary has 布 and 林肯, not 布林肯) is taken as
one name and found where it stands between token boundaries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from searcher.query.clauses import LiteralClause, TermClause
from searcher.query.syntax import Field
from searcher.search.bm25 import STOP_WEIGHT, SUBWORD_WEIGHT
from searcher.text.folding import fold
from searcher.text.runs import RUN, parse_run
from searcher.text.stopwords import QUESTION_WORDS, STOP_WORDS

if TYPE_CHECKING:
    from searcher.text.analyser import Analyser, TermToken

MAX_NAME_LENGTH = 4
"""Up to so many characters a run with a single-character token is taken as one name."""

MAX_NAME_PART = 6
"""Longer Han parts between joiners are no parts of one name."""

# What may stand inside one thing that is written in several words: 乔·拜登, 2021-12-05, a.b/c.
_JOINERS = frozenset(["", *"·-./:_@~'&+#"])
_NAME_SEPARATOR = re.compile("[ ·]")


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

    def as_one(self, folded: str, field: Field) -> TermClause | LiteralClause | None:
        """The clause of a run that need not be segmented, else None."""
        if len(folded) == 1 and not folded.isascii():
            return LiteralClause(folded, field)
        if self._knows(folded):
            return TermClause(folded, field, self.synonyms(folded))
        synonyms = self.synonyms(folded)
        if synonyms and " " in folded:
            return LiteralClause(folded, field, at_boundaries=True, synonyms=synonyms)
        return None

    def units(
        self, folded: str, field: Field, *, every_word: bool
    ) -> Sequence[TermClause | LiteralClause]:
        """The clauses that a run is segmented into; those of weight below 1 are optional.

        ``every_word``: each token by itself, with its parts.
        """
        tokens = list(self._analyser().tokens(folded))
        if not tokens:
            return [LiteralClause(folded, field)]
        if len(tokens) == 1:
            return [TermClause(tokens[0].term, field)]
        content = [token for token in tokens if token.term not in STOP_WORDS]
        if not content:
            return [TermClause(token.term, field) for token in tokens]
        if len(content) == len(tokens) and _is_one_name(folded, tokens):
            text = folded[tokens[0].start : tokens[-1].end]
            return [LiteralClause(text, field, at_boundaries=True)]
        if every_word:
            return [*_every_word(tokens, field)]
        return [*self._grouped(folded, content, field)]

    def bigrams(self, folded: str) -> tuple[str, ...]:
        """The pairs of characters across the token boundaries of a run, without question words."""
        bigrams = []
        last = None
        for token in self._analyser().tokens(folded):
            if last and last.end == token.start and not {last.term, token.term} & QUESTION_WORDS:
                bigrams.append(folded[token.start - 1 : token.start + 1])
            last = token
        return tuple(dict.fromkeys(bigrams))

    def synonyms(self, folded: str) -> tuple[str, ...]:
        """The terms or strings of the other names of a thing."""
        group = self._group(folded)
        if not group:
            return ()
        names = dict.fromkeys(name for name in map(_term_of, group) if name.strip())
        names.pop(_term_of(folded), None)
        single = {name for name in (folded, *names) if _NAME_SEPARATOR.search(name) is None}
        # Where 普京 stands, 弗拉基米尔·普京 has nothing to add.
        return tuple(
            name
            for name in names
            if single.isdisjoint(_NAME_SEPARATOR.split(name)) or name in single
        )

    def _grouped(
        self, folded: str, tokens: Sequence[TermToken], field: Field
    ) -> Iterable[TermClause | LiteralClause]:
        """Adjacent single characters become one string; one alone among words only adds score."""
        group: list[TermToken] = []
        for token in (*tokens, None):
            is_single = token is not None and token.end - token.start == 1
            if token and is_single and (not group or group[-1].end == token.start):
                group.append(token)
                continue
            if len(group) > 1:
                text = folded[group[0].start : group[-1].end]
                yield LiteralClause(text, field, at_boundaries=True)
            elif group:
                yield TermClause(group[0].term, field, weight=STOP_WEIGHT if len(tokens) > 1 else 1)
            group = [token] if token and is_single else []
            if token and not is_single:
                yield TermClause(token.term, field, self.synonyms(token.term))


def _every_word(tokens: Sequence[TermToken], field: Field) -> Iterable[TermClause]:
    for token in tokens:
        weight = 1 if token.term not in STOP_WORDS else STOP_WEIGHT
        yield TermClause(token.term, field, weight=weight)
    for token in tokens:
        for part in token.parts:
            yield TermClause(part, field, weight=SUBWORD_WEIGHT)


def _is_one_name(folded: str, tokens: Sequence[TermToken]) -> bool:
    """Whether tokens, none of them a stop word, are one name: 布林肯, 乔·拜登."""
    gaps = [folded[a.end : b.start] for a, b in pairwise(tokens)]
    if any(gaps):
        return all(gap in _JOINERS for gap in gaps) and _has_short_parts(folded)
    has_single = any(token.end - token.start == 1 for token in tokens)
    return has_single and len(folded) <= MAX_NAME_LENGTH


def _has_short_parts(folded: str) -> bool:
    """Whether what stands between joiners is short enough to be parts of a name or address."""
    for joiner in _JOINERS - {""}:
        folded = folded.replace(joiner, "·")
    return all(part.isascii() or len(part) <= MAX_NAME_PART for part in folded.split("·"))


def _term_of(name: str) -> str:
    folded = fold(name)
    return parse_run(folded).term if RUN.fullmatch(folded) else folded

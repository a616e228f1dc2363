"""The index's analyser as Whoosh calls it: words, their parts, and the positions of both.

A position is the number of a *piece*, counted from 0 within a field. A word without parts is one
piece; a longer word is as many pieces as its parts divide it into, and it covers all of them::

    国防部长说     国防部长 0-2   国防 0   国防部 0-1   部长 1-2   说 3

So two terms are neighbours, the second one beginning at the position after the last one of the
first, just where no piece stands between them: 国防 and 部长, 部长 and 说, 国防部长 and 说, but not
国防部 and 说. Punctuation and blanks have no position.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from whoosh.analysis import Analyzer
from whoosh.analysis import Token as WhooshToken

from searcher.text.folding import fold
from searcher.text.runs import RUN, parse_run

if TYPE_CHECKING:
    from searcher.text.analyser import Analyser, TermToken

_JOINERS_AT_END = "-'’&_+,."


class Occurrence(NamedTuple):
    """A term where it stands.

    ``first``, ``last``: its positions; ``start``, ``end``: its characters, end exclusive;
    ``is_part``: whether it is only a part of the word there.
    """

    term: str
    first: int
    last: int
    start: int
    end: int
    is_part: bool


def occurrences(analyser: Analyser, text: str) -> Iterator[Occurrence]:
    """Every word of a text and, after each, its parts; in the order of their beginnings."""
    folded = fold(text)
    position = 0
    for token in analyser.tokens(text):
        parts = sorted(_parts(analyser, token, folded[token.start : token.end]))
        length = token.end - token.start
        cuts = sorted({0, length}.union(*((start, end) for start, end, _ in parts)))
        place = {cut: position + number for number, cut in enumerate(cuts)}
        yield Occurrence(token.term, position, place[length] - 1, token.start, token.end, False)
        for start, end, term in parts:
            yield Occurrence(
                term, place[start], place[end] - 1, token.start + start, token.start + end, True
            )
        position = place[length]


def _parts(analyser: Analyser, token: TermToken, written: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and term of each part of a word, offsets within the word."""
    if RUN.fullmatch(written) is None:
        for start, end in analyser.spans(written):
            yield start, end, written[start:end]
        return
    for part in token.parts:
        start = written.find(part)
        # The 1234 of 1,234万 does not stand there as such: it is where the number is.
        yield (start, start + len(part), part) if start >= 0 else (0, len(written), part)


def prefix_term(text: str) -> str:
    """How the terms begin that begin so in a text: ``f3`` for ``F-3``."""
    folded = fold(text)
    beginning = folded.rstrip(_JOINERS_AT_END)
    return parse_run(beginning).term if RUN.fullmatch(beginning) else folded


class WordAnalyzer(Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's door to the analyser, for query parsers, highlighting and ``more_like``.

    ``load`` loads the analyser; ``knows`` says whether the index has a term. With ``mode="index"``
    words and their parts are given, as the index holds them. Else it is words alone, as a query
    asks for them: what is typed in one run and is a term is one, even where a text would be cut
    otherwise, as a given name is (the 克强 of 李克强). No word is dropped as a stop word.
    """

    def __init__(self, load: Callable[[], Analyser], knows: Callable[[str], bool]) -> None:
        self._load = load
        self._knows = knows

    def __call__(
        self,
        value: str,
        *,
        mode: str = "",
        tokenize: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        **attributes: Any,
    ) -> Iterator[WhooshToken]:
        """The tokens of a text; ``tokenize=False``: all of it as the beginning of a term."""
        if not tokenize:
            found: Iterable[Occurrence] = [
                Occurrence(prefix_term(value), 0, 0, 0, len(value), False)
            ]
        elif mode == "index":
            found = occurrences(self._load(), value)
        else:
            found = self._asked(value)
        token = WhooshToken(mode=mode, **attributes)
        for one in found:
            token.text = token.original = one.term
            token.pos = start_pos + one.first
            token.startchar, token.endchar = start_char + one.start, start_char + one.end
            # Whoosh, too, gives one token again and again: who keeps it copies it.
            yield token

    def _asked(self, value: str) -> Iterator[Occurrence]:
        """The words that a query asks for."""
        folded = fold(value)
        position = 0
        for run in re.finditer(r"\S+", folded):
            found = [one for one in occurrences(self._load(), run.group()) if not one.is_part]
            if len(found) > 1 and self._knows(run.group()):
                found = [Occurrence(run.group(), 0, 0, 0, len(run.group()), False)]
            for one in found:
                yield one._replace(
                    first=one.first + position, last=one.last + position,
                    start=one.start + run.start(), end=one.end + run.start(),
                )  # fmt: skip
            position += found[-1].last + 1 if found else 0

"""From a text to its tokens: the words that the index holds, and where they stand.

This is the plain way, one text at a time, for queries, highlighting and tests. Indexing does the
same over whole batches (:mod:`searcher.write.invert`); a test holds both equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from searcher.text.folding import fold
from searcher.text.lexicon import Lexicon, load_lexicon
from searcher.text.runs import HAN, RUN, parse_run
from searcher.text.segmenter import Additions, Segmenter

_TOKEN = re.compile(rf"{RUN.pattern}|(?P<han>[{HAN}]+)", re.VERBOSE)

# Characters beyond the basic plane (emoji, rare Han) are no words: quoted strings find them.
_BEYOND = re.compile("[\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: the text as written, and its offsets in characters, end exclusive."""

    text: str
    start: int
    end: int


class TermToken(NamedTuple):
    """A token as the index sees it: the term it is looked up as, its offsets, its parts' terms.

    ``inner_boundaries`` are offsets inside it at which a part may begin (the 12月 of 2021年12月5日).
    """

    term: str
    start: int
    end: int
    parts: tuple[str, ...]
    inner_boundaries: tuple[int, ...] = ()


class Analyser:
    """Cuts text into pieces by the words of a lexicon. Loading its dictionary takes 0.1 s.

    >>> [piece.term for piece in Analyser().tokens("拜登和普京谈F-35")]
    ['拜登', '和', '普京', '谈', 'f35']
    """

    def __init__(
        self, lexicon: Lexicon | None = None, *, additions: Additions | None = None
    ) -> None:
        if lexicon is None and additions is None:
            lexicon = load_lexicon()
        self.segmenter = Segmenter(lexicon, additions=additions)
        # Indexing remembers every word itself; these are for queries and for showing matches.
        self.spans = lru_cache(maxsize=8192)(self._spans)
        self.parts = lru_cache(maxsize=8192)(self._parts)

    def tokens(self, text: str) -> Iterator[TermToken]:
        """The pieces of a text, folded or not, in order and without overlap."""
        for match in _TOKEN.finditer(_BEYOND.sub("\ufffd", fold(text))):
            start, end = match.span()
            if match.lastgroup == "han":
                for word in self.segmenter.cut(match.group()):
                    yield TermToken(word, start, start + len(word), self.parts(word))
                    start += len(word)
            else:
                run = parse_run(match.group())
                yield TermToken(
                    run.term, start, end, run.parts, tuple(start + b for b in run.inner_boundaries)
                )

    def _spans(self, word: str) -> frozenset[tuple[int, int]]:
        """Where the parts of a word or of a run as written stand in it: (start, end)."""
        if RUN.fullmatch(word) is None:
            return self.segmenter.parts(word)
        places = ((word.find(part), len(part)) for part in parse_run(word).parts)
        return frozenset((start, start + size) for start, size in places if start >= 0)

    def _parts(self, word: str) -> tuple[str, ...]:
        return tuple(word[start:end] for start, end in sorted(self._spans(word)))


@lru_cache(maxsize=1)
def default_analyser() -> Analyser:
    """The analyser with the program's own lexicon, loaded once."""
    return Analyser()


def analyse(text: str) -> list[Token]:
    """The words of a text as the index sees them, with offsets in ``text`` (characters).

    >>> analyse("普京说")
    [Token(text='普京', start=0, end=2), Token(text='说', start=2, end=3)]
    """
    return [
        Token(text[piece.start : piece.end], piece.start, piece.end)
        for piece in default_analyser().tokens(text)
    ]

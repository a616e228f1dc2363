"""The analyser: from a text to its tokens, with the terms by which they are indexed and offsets.

It takes one text at a time, for queries, highlighting and tests. Indexing analyses whole batches
of texts (:mod:`searcher.write.invert`) and gives the same tokens, which a test checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from searcher.lazy_pattern import compile_late
from searcher.text.folding import fold
from searcher.text.lexicon import Lexicon, load_lexicon
from searcher.text.runs import HAN, MAX_RUN, RUN, parse_run
from searcher.text.segmenter import Additions, Segmenter

_RUN_OR_HAN = compile_late(rf"{RUN.pattern}|(?P<han>[{HAN}]+)", re.VERBOSE)

MAX_ANALYSED = 1 << 20
"""The maximum number of UTF-16 units of a text that are segmented: more than long novels have."""

_LONG_RUN = compile_late(rf"[A-Za-z0-9.,+&'_-]{{{MAX_RUN + 1}}}")
_OF_RUNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,+&'_-")

# Characters above U+FFFF (emoji, rare Han) are not indexed as words; quoted strings find them.
_SUPPLEMENTARY = compile_late("[\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: the text as written, and its offsets in characters, end exclusive."""

    text: str
    start: int
    end: int


class TermToken(NamedTuple):
    """A token as it is indexed: its term, its offsets in the text, and the terms of its parts.

    A part is a shorter word inside the token (:meth:`Segmenter.parts`) or a shorter form of a run
    (:func:`parse_run`); it is found with less weight. ``inner_boundaries`` are the offsets in the
    text, inside the token, at which a word may begin: of 12月 and of 5日 in 2021年12月5日.
    """

    term: str
    start: int
    end: int
    parts: tuple[str, ...]
    inner_boundaries: tuple[int, ...] = ()


class Analyser:
    """Makes the tokens of texts by jieba's dictionary and a lexicon.

    ``lexicon`` is by default the one that comes with the program; ``additions`` are what another
    analyser's segmenter has derived from its lexicon, and ``trie`` what a dictionary file keeps of
    it: see :class:`~searcher.text.segmenter.Segmenter`. Loading the dictionary takes 0.1 s.

    >>> [token.term for token in Analyser().tokens("拜登和普京谈F-35")]
    ['拜登', '和', '普京', '谈', 'f35']
    """

    def __init__(
        self,
        lexicon: Lexicon | None = None,
        *,
        additions: Additions | Callable[[], Additions] | None = None,
        trie: Any = None,
    ) -> None:
        if lexicon is None and additions is None:
            lexicon = load_lexicon()
        self.segmenter = Segmenter(lexicon, additions=additions, trie=trie)
        # For queries and highlighting; indexing keeps every word of a segment itself.
        self.spans = lru_cache(maxsize=8192)(self._spans)
        self.parts = lru_cache(maxsize=8192)(self._parts)

    def tokens(self, text: str) -> Iterator[TermToken]:
        """The tokens of a text, folded or not, in order and without overlap."""
        for match in _RUN_OR_HAN.finditer(_SUPPLEMENTARY.sub("\ufffd", fold(_beginning(text)))):
            start, end = match.span()
            if match.lastgroup == "han":
                for word in self.segmenter.cut(match.group()):
                    yield TermToken(word, start, start + len(word), self.parts(word))
                    start += len(word)
            else:
                run = parse_run(match.group())
                boundaries = tuple(start + offset for offset in run.inner_boundaries)
                yield TermToken(run.term, start, end, run.parts, boundaries)

    def terms(self, text: str) -> Iterator[str]:
        """The terms of the tokens of a text: what :meth:`tokens` gives, in a fraction of the time.

        >>> [*Analyser().terms("拜登和普京谈F-35")]
        ['拜登', '和', '普京', '谈', 'f35']
        """
        for match in _RUN_OR_HAN.finditer(_SUPPLEMENTARY.sub("\ufffd", fold(_beginning(text)))):
            if match.lastgroup == "han":
                yield from self.segmenter.cut(match.group())
            else:
                yield parse_run(match.group()).term

    def _spans(self, word: str) -> frozenset[tuple[int, int]]:
        """Where the parts of a folded Han word or run stand in it, as (start, end)."""
        if RUN.fullmatch(word) is None:
            return self.segmenter.parts(word)
        starts = ((word.find(part), len(part)) for part in parse_run(word).parts)
        return frozenset((start, start + length) for start, length in starts if start >= 0)

    def _parts(self, word: str) -> tuple[str, ...]:
        """The parts of a folded Han word, in the order of their spans."""
        return tuple(word[start:end] for start, end in sorted(self._spans(word)))


def _beginning(text: str) -> str:
    """The units of a text that words are made of."""
    if 2 * len(text) <= MAX_ANALYSED:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * MAX_ANALYSED]
    # A character cut in two is none that a word has.
    return units.decode("utf-16-le", "replace")


def what_is_cut(text: str) -> list[str]:
    """What the analysis leaves out of a text or cuts to pieces, a message for each.

    >>> what_is_cut("普京" + "a" * 1000)
    ['a word is longer than 250 characters and was cut to pieces']
    """
    messages = []
    if len(_beginning(text)) < len(text):
        messages.append(
            f"only the first {MAX_ANALYSED:,} characters are indexed by words; "
            "search what follows by quoted strings"
        )
    # A run that is too long has one of every MAX_RUN + 1 characters.
    if not _OF_RUNS.isdisjoint(text[MAX_RUN :: MAX_RUN + 1]) and _LONG_RUN.search(text):
        messages.append(f"a word is longer than {MAX_RUN} characters and was cut to pieces")
    return messages


@lru_cache(maxsize=1)
def default_analyser() -> Analyser:
    """The analyser with the program's own lexicon, loaded once."""
    return Analyser()


def analyse(text: str) -> list[Token]:
    """The words of a text as the index sees them, with offsets in ``text`` in characters.

    >>> analyse("普京说")
    [Token(text='普京', start=0, end=2), Token(text='说', start=2, end=3)]
    """
    return [
        Token(text[token.start : token.end], token.start, token.end)
        for token in default_analyser().tokens(text)
    ]

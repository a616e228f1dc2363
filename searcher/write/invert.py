"""Inverting a batch of articles: texts go in, sorted postings come out, all by array operations.

The plain way of the same analysis is :mod:`searcher.text.analyser`; a test holds both equal.
A batch is worked on in its own process; what comes out does not depend on which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from searcher.store.postings import TEXT_END, TITLE_END, TITLE_FREQ, Postings, heads
from searcher.text.folding import folding_table
from searcher.text.runs import HAN, NEAR_RUNS
from searcher.write.vocabulary import Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.text.analyser import Analyser

MOST_KNOWN = 1 << 19
"""When so much was learnt, learning starts again: there are always new names and numbers."""
_TOGETHER = 1 << 16


@dataclass(frozen=True, slots=True)
class Inverted:
    """A batch inverted: postings of words and pairs, and by document length and word starts.

    ``lengths``: words of each document, uint32; ``units``: the UTF-16 units of all documents as
    written, one after another, each ``title TITLE_END body TEXT_END``; ``ends``: where each
    document's units end; ``title_lengths``: units of each title; ``inside``: bool for each unit,
    True where no word begins.
    """

    words: Postings
    pairs: Postings
    lengths: NDArray[np.uint32]
    units: NDArray[np.uint16]
    ends: NDArray[np.int64]
    title_lengths: NDArray[np.uint32]
    inside: NDArray[np.bool_]


class Inverter:
    """Inverts batches with one analyser; keeps what it learnt of each word from batch to batch."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._cut = analyser.segmenter.cut
        self._vocabulary = Vocabulary(analyser)
        self._fold = folding_table()
        self._is_han = _table(re.compile(f"[{HAN}]"))
        self._is_alphanumeric = _table(re.compile(rf"[^\W_{HAN}]"))
        self._is_near_runs = self._is_alphanumeric | _table(re.compile(f"[{NEAR_RUNS}]"))

    def invert(self, texts: Iterable[tuple[str, str]]) -> Inverted:
        """The batch of (title, body) texts: at most 65,536, without control characters."""
        if len(self._vocabulary) > MOST_KNOWN:
            self._vocabulary = Vocabulary(self._analyser)
        joined = "".join([f"{title}{TITLE_END}{body}{TEXT_END}" for title, body in texts])
        units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)
        folded = self._fold[units]
        ends = np.flatnonzero(folded == ord(TEXT_END)) + 1
        title_ends = np.flatnonzero(folded == ord(TITLE_END))
        sizes = np.diff(ends, prepend=0)
        document = np.repeat(np.arange(len(ends)), sizes)

        entries, starts, stops, breaks = self._tokens(folded, ends)
        docs = document[starts]
        in_title = starts < title_ends[docs]
        inside = _covered(len(units), starts + 1, stops)
        inside[breaks] = False
        return Inverted(
            words=self._words(entries, docs, in_title),
            pairs=_pairs(folded, document),
            lengths=np.bincount(docs, minlength=len(ends)).astype(np.uint32),
            units=units,
            ends=ends,
            title_lengths=(title_ends - ends + sizes).astype(np.uint32),
            inside=inside,
        )

    def _tokens(
        self, folded: NDArray[np.uint16], ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], ...]:
        """Entries, starts and ends of all tokens, and the breaks inside them."""
        # Characters of two units stand aside, so that offsets in the string are offsets in units.
        folded = np.where((folded & 0xF800) == 0xD800, np.uint16(0xFFFD), folded)
        text = folded.tobytes().decode("utf-16-le")
        runs, run_starts, run_stops, breaks = self._vocabulary.runs(text, *self._stretches(folded))
        han = self._is_han[folded] & ~_covered(len(folded), run_starts, run_stops)

        # All else becomes blanks, which no word reaches across.
        only_han = np.where(han, folded, np.uint16(0x20)).tobytes().decode("utf-16-le")
        lengths = np.concatenate(list(self._word_lengths(only_han, ends)))
        stops = np.cumsum(lengths)
        starts = stops - lengths
        real = han[starts]
        starts, stops, lengths = starts[real], stops[real], lengths[real]
        return (
            np.concatenate((self._vocabulary.words(text, folded, starts, lengths), runs)),
            np.concatenate((starts, run_starts)),
            np.concatenate((stops, run_stops)),
            breaks,
        )

    def _word_lengths(self, text: str, ends: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """The lengths of all words, some documents at a time: few enough for the caches."""
        start = 0
        for stop in ends[np.flatnonzero(np.diff(ends // _TOGETHER, append=-1))].tolist():
            words = self._cut(text[start:stop])
            yield np.fromiter(map(len, words), np.int64, len(words))
            start = stop

    def _stretches(self, folded: NDArray[np.uint16]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the stretches that hold runs begin, with a run, and where they end."""
        # The last unit is the end of a text, so what begins ends.
        bounds = np.flatnonzero(np.diff(self._is_near_runs[folded], prepend=False))
        begins, stops = bounds[::2], bounds[1::2]
        runs = np.flatnonzero(self._is_alphanumeric[folded])
        starts = np.append(runs, len(folded))[runs.searchsorted(begins)]
        some = starts < stops
        return starts[some], stops[some]

    def _words(
        self, entries: NDArray[np.int64], docs: NDArray[np.intp], in_title: NDArray[np.bool_]
    ) -> Postings:
        terms, counts = self._vocabulary.terms(entries)
        # One key for a term in a document; the low bits say: in the title? as a part?
        keys = (terms << 18) | np.repeat((docs << 2) | (in_title.astype(np.int64) << 1), counts) | 1
        keys[np.cumsum(counts) - counts] -= 1
        keys.sort()
        first = heads(keys >> 2)
        # Halves of the body count in the low 32 bits, those of the title above.
        halves = _sums((2 - (keys & 1)) << ((keys & 2) << 4), first)
        codes = np.minimum(halves & 0xFFFFFFFF, TITLE_FREQ - 1)
        codes += TITLE_FREQ * np.minimum(halves >> 32, 3)

        postings = keys[first] >> 2
        first = heads(postings >> 16)
        return Postings(
            self._vocabulary.keys(postings[first] >> 16),
            np.diff(first, append=len(postings)).astype(np.uint32),
            (postings & 0xFFFF).astype(np.uint16),
            codes.astype(np.uint8),
        )


def _pairs(folded: NDArray[np.uint16], document: NDArray[np.intp]) -> Postings:
    """The documents of each pair of neighbouring units; a text's last unit pairs with its end."""
    left = folded[:-1].astype(np.int64)
    keys = ((left << 16 | folded[1:]) << 16 | document[:-1])[left > ord(TEXT_END)]
    keys.sort()
    keys = keys[heads(keys)]
    first = heads(keys >> 16)
    return Postings(
        (keys[first] >> 16).astype(np.uint32),
        np.diff(first, append=len(keys)).astype(np.uint32),
        (keys & 0xFFFF).astype(np.uint16),
    )


def _sums(values: NDArray[np.int64], first: NDArray[np.intp]) -> NDArray[np.int64]:
    return np.add.reduceat(values, first) if len(first) else values


def _covered(length: int, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the places 0 to length - 1 lie in one of the intervals; none overlap."""
    steps = np.zeros(length + 1, np.int8)
    steps[starts] += 1
    steps[stops] -= 1
    return np.cumsum(steps[:-1], dtype=np.int8).astype(bool)


def _table(characters: re.Pattern[str]) -> NDArray[np.bool_]:
    """Which of the 65,536 units an expression for one character matches."""
    table = np.zeros(0x10000, bool)
    everything = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x10000))))
    places = [found.start() for found in characters.finditer(everything)]
    table[np.array([ord(everything[place]) for place in places])] = True
    return table

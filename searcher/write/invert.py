"""Inverting a batch of texts: (title, body) go in, posting lists come out, by array operations.

:mod:`searcher.text.analyser` makes the same tokens one text at a time; a test holds both equal.
The posting lists of a batch do not depend on what was inverted before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from searcher.store.arrays import distinct, run_starts
from searcher.store.postings import (
    MAX_BODY_FREQ,
    MAX_TITLE_FREQ,
    TEXT_END,
    TITLE_END,
    TITLE_FREQ,
    InvertedField,
    Postings,
)
from searcher.text.analyser import MAX_ANALYSED
from searcher.text.folding import folding_table
from searcher.text.unit_classes import IS_ALPHANUMERIC, IS_HAN, IS_NEAR_RUNS, unit_classes
from searcher.write.vocabulary import Tokens, Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.text.analyser import Analyser

MAX_VOCABULARY = 1 << 19
"""A vocabulary with more entries is dropped: there is no end of new names and numbers."""
UNITS_OF_BIGRAMS = 1 << 22
"""The number of units whose bigrams are sorted at a time."""
_SEGMENTED_UNITS = 1 << 16
"""The maximum number of units segmented at a time, few enough for the processor's caches."""


@dataclass(frozen=True, slots=True)
class InvertedBatch:
    """A batch of n texts, inverted.

    ``words``: terms in no order, their documents ascending; ``bigrams``: keys ascending;
    ``lengths``: tokens of each text, uint32 (n,); ``title_lengths``: UTF-16 units of each title,
    uint32 (n,); ``units``: the UTF-16 units of all texts as written, one after another, each
    ``title TITLE_END body TEXT_END``, uint16 (u,); ``ends``: where each text ends in ``units``,
    int64 (n,); ``continues_token``: bool (u,), True where a unit continues the token of the unit
    before it, so that no token starts or ends in front of it.
    """

    words: InvertedField
    bigrams: InvertedField
    lengths: NDArray[np.uint32]
    title_lengths: NDArray[np.uint32]
    units: NDArray[np.uint16]
    ends: NDArray[np.int64]
    continues_token: NDArray[np.bool_]


class Inverter:
    """Inverts batches with one analyser; keeps its vocabulary from batch to batch.

    ``folding``: the folding of UTF-16 units, where an index has kept it: making it takes time.
    """

    def __init__(self, analyser: Analyser, folding: NDArray[np.uint16] | None = None) -> None:
        self._analyser = analyser
        self._cut = analyser.segmenter.cut
        self._vocabulary = Vocabulary(analyser)
        self._folding = folding_table() if folding is None else folding
        classes = unit_classes()
        self._is_han = (classes & IS_HAN).astype(bool)
        self._is_alphanumeric = (classes & IS_ALPHANUMERIC).astype(bool)
        self._is_near_runs = (classes & IS_NEAR_RUNS).astype(bool)

    def invert(self, texts: Iterable[tuple[str, str]]) -> InvertedBatch:
        """Invert (title, body) texts: at most 65,536, without control characters but line ends."""
        if len(self._vocabulary) > MAX_VOCABULARY:
            self._vocabulary = Vocabulary(self._analyser)
        joined = "".join([f"{title}{TITLE_END}{body}{TEXT_END}" for title, body in texts])
        units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)
        folded = self._folding[units]
        ends = np.flatnonzero(folded == ord(TEXT_END)) + 1
        title_ends = np.flatnonzero(folded == ord(TITLE_END))
        sizes = np.diff(ends, prepend=0)
        doc_of_unit = np.repeat(np.arange(len(ends), dtype=np.int32), sizes)

        tokens = self._tokens_of_beginnings(folded, title_ends, ends)
        docs = doc_of_unit[tokens.starts]
        in_title = tokens.starts < title_ends[docs]
        continues_token = _inside(len(units), tokens.starts + 1, tokens.ends)
        continues_token[tokens.inner_boundaries] = False
        return InvertedBatch(
            words=self._invert_words(tokens.entries, docs, in_title),
            bigrams=invert_bigrams(folded, doc_of_unit),
            lengths=np.bincount(docs, minlength=len(ends)).astype(np.uint32),
            title_lengths=(title_ends - ends + sizes).astype(np.uint32),
            units=units,
            ends=ends,
            continues_token=continues_token,
        )

    def _tokens_of_beginnings(
        self, folded: NDArray[np.uint16], title_ends: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> Tokens:
        """The tokens of the first MAX_ANALYSED units of each title and body."""
        sizes = np.diff(ends, prepend=0)
        long = np.flatnonzero(sizes > MAX_ANALYSED).tolist()
        if not long:
            return self._tokens(folded, ends)
        kept = np.ones(len(folded), bool)
        for number in long:
            start, title_end, end = ends[number] - sizes[number], title_ends[number], ends[number]
            kept[start + MAX_ANALYSED : title_end] = False
            kept[title_end + 1 + MAX_ANALYSED : end - 1] = False
        places = np.flatnonzero(kept)
        tokens = self._tokens(folded[places], places.searchsorted(ends))
        return Tokens(
            tokens.entries,
            places[tokens.starts],
            places[tokens.ends - 1] + 1,
            places[tokens.inner_boundaries],
        )

    def _tokens(self, folded: NDArray[np.uint16], ends: NDArray[np.int64]) -> Tokens:
        # Surrogates are replaced, so that offsets in the str are offsets in units.
        folded = np.where((folded & 0xF800) == 0xD800, np.uint16(0xFFFD), folded)
        text = folded.tobytes().decode("utf-16-le")
        runs = self._vocabulary.run_tokens(text, *self._stretches(folded))
        is_han = self._is_han[folded] & ~_inside(len(folded), runs.starts, runs.ends)

        # All other characters become blanks, which no word reaches across.
        only_han = np.where(is_han, folded, np.uint16(0x20)).tobytes().decode("utf-16-le")
        lengths = np.concatenate(list(self._word_lengths(only_han, ends)))
        stops = np.cumsum(lengths)
        starts = stops - lengths
        is_word = is_han[starts]
        starts, stops, lengths = starts[is_word], stops[is_word], lengths[is_word]
        words = self._vocabulary.word_entries(text, folded, starts, lengths)
        return Tokens(
            np.concatenate((words, runs.entries)),
            np.concatenate((starts, runs.starts)),
            np.concatenate((stops, runs.ends)),
            runs.inner_boundaries,
        )

    def _word_lengths(self, text: str, ends: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """The lengths of all words and blanks of a text, some documents at a time."""
        start = 0
        is_last = np.diff(ends // _SEGMENTED_UNITS, append=-1)
        for stop in ends[np.flatnonzero(is_last)].tolist():
            words = self._cut(text[start:stop])
            yield np.fromiter(map(len, words), np.int64, len(words))
            start = stop

    def _stretches(self, folded: NDArray[np.uint16]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where stretches begin and end that contain runs.

        A stretch begins with a letter or digit, and goes on as long as characters follow that can
        be in a run or tell where it ends.
        """
        # The last unit is TEXT_END, so every stretch has an end.
        bounds = np.flatnonzero(np.diff(self._is_near_runs[folded], prepend=False))
        begins, stops = bounds[::2], bounds[1::2]
        alphanumeric = np.flatnonzero(self._is_alphanumeric[folded])
        starts = np.append(alphanumeric, len(folded))[alphanumeric.searchsorted(begins)]
        has_runs = starts < stops
        return starts[has_runs], stops[has_runs]

    def _invert_words(
        self, entries: NDArray[np.int64], docs: NDArray[np.int32], in_title: NDArray[np.bool_]
    ) -> InvertedField:
        """The posting lists of tokens, given by entry, document and whether in the title."""
        numbers, counts = self._vocabulary.term_numbers(entries)
        # Sort keys: term number, document (16 bits), whether in the title, whether as a part.
        token_bits = (docs << 2) | (in_title.astype(np.int64) << 1)
        keys = (numbers << 18) | np.repeat(token_bits, counts) | 1
        # The first term of an entry is the token itself, the others are its parts.
        keys[np.cumsum(counts) - counts] -= 1
        keys.sort()
        first = run_starts(keys >> 2)
        # A token counts 2, a part 1; the body in the low 32 bits, the title above them.
        sums = _sums((2 - (keys & 1)) << ((keys & 2) << 4), first)
        freqs = np.minimum(sums & 0xFFFFFFFF, MAX_BODY_FREQ)
        freqs += TITLE_FREQ * np.minimum(sums >> 32, MAX_TITLE_FREQ)

        postings = keys[first] >> 2
        first = run_starts(postings >> 16)
        return InvertedField(
            self._vocabulary.terms(postings[first] >> 16),
            Postings(
                np.diff(first, append=len(postings)).astype(np.uint32),
                (postings & 0xFFFF).astype(np.uint16),
                freqs.astype(np.uint8),
            ),
        )


def invert_bigrams(folded: NDArray[np.uint16], doc_of_unit: NDArray[np.int32]) -> InvertedField:
    """The posting lists of all pairs of neighbouring units; the last of a text is with its end."""
    parts = []
    # In parts: a very large document needs no more memory at once than many small ones.
    for start in range(0, max(1, len(folded) - 1), UNITS_OF_BIGRAMS):
        left = folded[start : start + UNITS_OF_BIGRAMS + 1].astype(np.int64)
        docs = doc_of_unit[start : start + len(left) - 1]
        keys = ((left[:-1] << 16 | left[1:]) << 16 | docs)[left[:-1] > ord(TEXT_END)]
        keys.sort()
        parts.append(keys[run_starts(keys)])
    keys = parts[0] if len(parts) == 1 else distinct(np.concatenate(parts))
    first = run_starts(keys >> 16)
    return InvertedField(
        (keys[first] >> 16).astype(np.uint32),
        Postings(
            np.diff(first, append=len(keys)).astype(np.uint32), (keys & 0xFFFF).astype(np.uint16)
        ),
    )


def _sums(values: NDArray[np.int64], first: NDArray[np.intp]) -> NDArray[np.int64]:
    return np.add.reduceat(values, first) if len(first) else values


def _inside(size: int, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of 0 to size - 1 are in one of the intervals, which do not overlap: bool (size,)."""
    steps = np.zeros(size + 1, np.int8)
    steps[starts] += 1
    steps[ends] -= 1
    return np.cumsum(steps[:-1], dtype=np.int8).astype(bool)

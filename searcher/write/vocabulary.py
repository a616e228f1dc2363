"""The vocabulary of indexing: for each word met so far, the terms that it is indexed as.

A token is indexed as its own term and those of its parts; this list of term numbers is its
*entry*. Words of up to four UTF-16 units are found by array operations, all words of a batch at
once; only what is met for the first time is analysed, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.store.arrays import distinct
from searcher.store.packed_terms import MAX_PACKED_UNITS, PackedTerms, pack, pack_strings, unpack
from searcher.text.runs import RUN, parse_run
from searcher.write.hash_table import HashTable
from searcher.write.ragged_rows import RaggedRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.text.analyser import Analyser


class Tokens(NamedTuple):
    """Tokens of a text: for each its entry, and the offsets at which it starts and ends.

    ``inner_boundaries``: the offsets inside of tokens at which parts begin (the 12月 of
    2021年12月5日), of all tokens one after another.
    """

    entries: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    inner_boundaries: NDArray[np.int64]


class Vocabulary:
    """Gives the entries of words and runs, and the terms by their numbers."""

    def __init__(self, analyser: Analyser) -> None:
        self._parts = analyser.segmenter.parts
        # Entries, by their number: the number of the token's term, then those of its parts.
        self._entries = RaggedRows()
        # The entry of a word or run as written.
        self._entry_of_short_word = HashTable()
        self._entry_of_long_word = Memo(self._enter_word)
        self._entry_of_run = Memo(lambda run: self._enter(*parse_run(run)[:2]))
        # Stretches, by their number: start, end and entry of each run in it; inner boundaries.
        self._stretch_number = Memo(self._read_stretch)
        self._length_of_stretches = 0
        self._runs_of_stretch = RaggedRows()
        self._boundaries_of_stretch = RaggedRows()
        # Terms, by their number; those of the first ones packed.
        self._terms: list[str] = []
        self._term_number = Memo(self._add_term)
        self._packed = np.zeros(0, np.uint64)

    def __len__(self) -> int:
        """How many entries and stretches are known; a long stretch counts as several."""
        return len(self._entries) + len(self._runs_of_stretch) + self._length_of_stretches // 64

    def word_entries(
        self,
        text: str,
        units: NDArray[np.uint16],
        starts: NDArray[np.int64],
        lengths: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """The entries of the Han words at some places of a text, given as str and as units."""
        packed = pack(units, starts, lengths)
        entries = self._entry_of_short_word.find(packed)
        is_long = lengths > MAX_PACKED_UNITS
        spans = zip(starts[is_long].tolist(), lengths[is_long].tolist(), strict=True)
        long = [self._entry_of_long_word[text[start : start + length]] for start, length in spans]
        entries[is_long] = long
        new = np.flatnonzero(entries < 0)
        if len(new):
            words = distinct(packed[new])
            new_entries = np.array(list(map(self._enter_word, unpack(words))), np.int64)
            self._entry_of_short_word.add(words, new_entries)
            entries[new] = self._entry_of_short_word.find(packed[new])
        return entries

    def run_tokens(self, text: str, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Tokens:
        """The runs in some stretches of a text, in order.

        A stretch must contain every character that its runs could contain or that tells where
        they end, so that it can be read without the text around it.
        """
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        number = self._stretch_number.__getitem__
        stretches = np.array([number(text[start:end]) for start, end in spans], np.int64)
        runs, counts = self._runs_of_stretch.take(stretches)
        run_starts, run_ends, entries = runs.reshape(-1, 3).T
        offsets = np.repeat(starts, counts // 3)
        boundaries, counts = self._boundaries_of_stretch.take(stretches)
        return Tokens(
            entries,
            run_starts + offsets,
            run_ends + offsets,
            boundaries + np.repeat(starts, counts),
        )

    def term_numbers(
        self, entries: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The term numbers of some entries, one entry after another, and how many each has."""
        return self._entries.take(entries)

    def terms(self, numbers: NDArray[np.int64]) -> PackedTerms:
        """The terms with these numbers."""
        if len(self._packed) != len(self._terms):
            new = self._terms[len(self._packed) :]
            is_long = np.array([len(term) > MAX_PACKED_UNITS for term in new])
            packed = np.where(is_long, np.uint64(0), pack_strings(new))
            self._packed = np.concatenate((self._packed, packed))
        packed = self._packed[numbers]
        return PackedTerms(packed, [self._terms[n] for n in numbers[packed == 0].tolist()])

    def _add_term(self, term: str) -> int:
        self._terms.append(term)
        return len(self._terms) - 1

    def _enter_word(self, word: str) -> int:
        # The parts of a word have two characters or more.
        spans = sorted(self._parts(word)) if len(word) > 2 else ()
        return self._enter(word, [word[start:end] for start, end in spans])

    def _enter(self, term: str, parts: Iterable[str]) -> int:
        return self._entries.append([self._term_number[t] for t in (term, *parts)])

    def _read_stretch(self, text: str) -> int:
        self._length_of_stretches += len(text)
        runs: list[int] = []
        boundaries: list[int] = []
        for found in RUN.finditer(text):
            written, start = found.group(), found.start()
            runs += start, found.end(), self._entry_of_run[written]
            if found.lastgroup == "date":
                boundaries += [start + offset for offset in parse_run(written).inner_boundaries]
        self._boundaries_of_stretch.append(boundaries)
        return self._runs_of_stretch.append(runs)


class Memo(dict[str, int]):
    """A dict that computes the value of a missing key, and keeps it."""

    def __init__(self, compute: Callable[[str], int]) -> None:
        self._compute = compute

    def __missing__(self, key: str) -> int:
        value = self[key] = self._compute(key)
        return value

"""What indexing learns of the words it meets: terms and parts of each, looked up by arrays.

A word of up to four units is a number of 64 bits, and a table of such numbers is asked for all
words of a batch at once. Only what is met for the first time is worked out, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from searcher.store.postings import SHORT, TermKeys, distinct, pack, pack_all, ranges, unpack
from searcher.text.runs import RUN, parse_run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.text.analyser import Analyser


class Vocabulary:
    """Numbers for terms, and entries: what a word or a run, as written, is indexed as."""

    def __init__(self, analyser: Analyser) -> None:
        self._parts = analyser.segmenter.parts
        self._short = Table()
        self._long = Memo(self._enter_word)
        self._runs = Memo(lambda run: self._enter(*parse_run(run)[:2]))
        self._stretches = Memo(self._read_stretch)
        # A row is an entry's term and its parts; or where the runs of a stretch begin and end in
        # it, with their entries; or where the breaks in them are.
        self._entries, self._runs_of, self._breaks_of = Rows(), Rows(), Rows()
        self._terms: list[str] = []
        self._numbers = Memo(self._number)
        self._packed = np.zeros(0, np.uint64)

    def __len__(self) -> int:
        """How many entries and stretches are known."""
        return len(self._entries) + len(self._runs_of)

    def words(
        self,
        text: str,
        units: NDArray[np.uint16],
        starts: NDArray[np.int64],
        lengths: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """The entries of words by their places in a text, given as str and as units."""
        packed = pack(units, starts, lengths)
        entries = self._short.find(packed)
        is_long = lengths > SHORT
        spans = zip(starts[is_long].tolist(), lengths[is_long].tolist(), strict=True)
        long = [self._long[text[start : start + length]] for start, length in spans]
        entries[is_long] = long
        new = np.flatnonzero(entries < 0)
        if len(new):
            first_met = distinct(packed[new])
            made = np.array(list(map(self._enter_word, unpack(first_met))), np.int64)
            self._short.add(first_met, made)
            entries[new] = self._short.find(packed[new])
        return entries

    def runs(
        self, text: str, starts: NDArray[np.int64], stops: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Entries, starts and stops of the runs in some stretches of a text, and their breaks.

        A stretch must hold all that could belong to its runs, or tells where they end.
        """
        spans = zip(starts.tolist(), stops.tolist(), strict=True)
        read = self._stretches.__getitem__
        stretches = np.array([read(text[start:stop]) for start, stop in spans], np.int64)
        runs, counts = self._runs_of.take(stretches)
        run_starts, run_stops, entries = runs.reshape(-1, 3).T
        base = np.repeat(starts, counts // 3)
        breaks, counts = self._breaks_of.take(stretches)
        return entries, run_starts + base, run_stops + base, breaks + np.repeat(starts, counts)

    def terms(self, entries: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The numbers of the terms of some entries, parts after each, and how many of each."""
        return self._entries.take(entries)

    def keys(self, numbers: NDArray[np.int64]) -> TermKeys:
        """The terms with these numbers."""
        if len(self._packed) != len(self._terms):
            new = self._terms[len(self._packed) :]
            long = np.array([len(term) > SHORT for term in new])
            packed = np.where(long, np.uint64(0), pack_all(new))
            self._packed = np.concatenate((self._packed, packed))
        packed = self._packed[numbers]
        return TermKeys(packed, [self._terms[n] for n in numbers[packed == 0].tolist()])

    def _number(self, term: str) -> int:
        self._terms.append(term)
        return len(self._terms) - 1

    def _enter_word(self, word: str) -> int:
        # What a word of two characters holds are no words of their own.
        spans = sorted(self._parts(word)) if len(word) > 2 else ()
        return self._enter(word, [word[start:end] for start, end in spans])

    def _enter(self, term: str, parts: Iterable[str]) -> int:
        return self._entries.append([self._numbers[t] for t in (term, *parts)])

    def _read_stretch(self, text: str) -> int:
        runs: list[int] = []
        breaks: list[int] = []
        for found in RUN.finditer(text):
            written, start = found.group(), found.start()
            runs += start, found.end(), self._runs[written]
            if found.lastgroup == "date":
                breaks += [start + offset for offset in parse_run(written).inner_boundaries]
        self._breaks_of.append(breaks)
        return self._runs_of.append(runs)


class Memo(dict[str, int]):
    """A dict that works out what it lacks."""

    def __init__(self, work_out: Callable[[str], int]) -> None:
        self._work_out = work_out

    def __missing__(self, key: str) -> int:
        value = self[key] = self._work_out(key)
        return value


class Rows:
    """Rows of numbers, of any length: added one at a time, taken many at a time."""

    def __init__(self) -> None:
        self._values = np.zeros(0, np.int64)
        self._offsets = np.zeros(1, np.int64)
        self._new: list[list[int]] = []

    def __len__(self) -> int:
        return len(self._offsets) + len(self._new) - 1

    def append(self, row: list[int]) -> int:
        """Add a row; returns its number."""
        self._new.append(row)
        return len(self) - 1

    def take(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The values of some rows, one row after another, and how many each has."""
        if self._new:
            lengths = np.cumsum([len(row) for row in self._new])
            values = np.fromiter(chain.from_iterable(self._new), np.int64, lengths[-1])
            self._offsets = np.concatenate((self._offsets, self._offsets[-1] + lengths))
            self._values = np.concatenate((self._values, values))
            self._new = []
        starts = self._offsets[rows]
        counts = self._offsets[rows + 1] - starts
        return self._values[ranges(starts, counts)], counts


class Table:
    """Numbers from 0 by keys of 64 bits other than 0: a hash table that is asked by arrays.

    Keys stand in the slot that a product with the golden ratio gives, or in the next free one
    (Knuth, The Art of Computer Programming 3, 6.4).
    """

    def __init__(self) -> None:
        self._used = 0
        self._make_room(12)

    def _make_room(self, bits: int) -> None:
        self._shift = np.uint64(64 - bits)
        self._keys = np.zeros(1 << bits, np.uint64)
        self._numbers = np.full(1 << bits, -1, np.int64)

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The numbers of keys, -1 for each that is not there."""
        slots = self._first_slots(keys)
        numbers: NDArray[np.int64] = self._numbers[slots]
        others = np.flatnonzero((self._keys[slots] != keys) & (numbers >= 0))
        while len(others):
            slots[others] = self._next(slots[others])
            numbers[others] = self._numbers[slots[others]]
            differs = self._keys[slots[others]] != keys[others]
            others = others[differs & (numbers[others] >= 0)]
        return numbers

    def add(self, keys: NDArray[np.uint64], numbers: NDArray[np.int64]) -> None:
        """Add keys, each once and none of them there already, with their numbers."""
        self._used += len(keys)
        # Where more than half is full, many keys share their first slot.
        if 2 * self._used > len(self._keys):
            old = self._numbers >= 0
            keys = np.concatenate((self._keys[old], keys))
            numbers = np.concatenate((self._numbers[old], numbers))
            self._make_room((4 * self._used).bit_length())
        slots = self._first_slots(keys)
        left = np.arange(len(keys))
        while len(left):
            wanted = slots[left]
            free = self._numbers[wanted] < 0
            # Of several that want a slot one gets it.
            self._numbers[wanted[free]] = numbers[left[free]]
            self._keys[wanted[free]] = keys[left[free]]
            left = left[self._numbers[wanted] != numbers[left]]
            slots[left] = self._next(slots[left])

    def _first_slots(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        return ((keys * _GOLDEN) >> self._shift).astype(np.int64)

    def _next(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        return (slots + 1) & (len(self._keys) - 1)


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)

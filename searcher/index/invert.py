"""Inverting a batch of articles: texts go in, sorted postings come out, all by array operations.

The plain way of the same analysis is :mod:`searcher.text.analysis`; a test holds both equal.
A batch is worked on in its own process; what comes out does not depend on which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher.text.normalise import folding_table
from searcher.text.runs import HAN, RUN, read_run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.text.analysis import Analyser

TITLE_END = "\x01"
"""Stands between title and body, so that no pair of characters reaches across."""
TEXT_END = "\x02"

TITLE_UNIT = 64
"""A posting's code is ``TITLE_UNIT * title + body``: up to 3 and up to 63 half occurrences.

A word counts as two halves, a part of a longer word as one; the title's are capped at 3, so that
3 means at least one whole word and more."""


_TOGETHER = 1 << 16
_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Postings:
    """Terms with the documents of each: in ascending order, but for the words of a batch.

    ``keys``: list of str, or array (n,) of uint32 for pairs; ``counts``: documents of each key,
    uint32 (n,); ``docs``: document numbers within the batch or segment, uint16, ascending for each
    key; ``codes``: uint8 beside ``docs``, None for pairs.
    """

    keys: Sequence[str] | NDArray[np.uint32]
    counts: NDArray[np.uint32]
    docs: NDArray[np.uint16]
    codes: NDArray[np.uint8] | None = None

    def pieces(self) -> Iterator[tuple[slice, slice]]:
        """Slices of the keys and of their documents, for working with bounded memory."""
        ends = np.cumsum(self.counts, dtype=np.int64)
        stops = ends.searchsorted(np.arange(_PIECE, len(self.docs), _PIECE), "right")
        first = start = 0
        for stop in dict.fromkeys([*stops.tolist(), len(ends)]):
            if stop > first:
                end = int(ends[stop - 1])
                yield slice(first, stop), slice(start, end)
                first, start = stop, end


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
        self._cut = analyser.segmenter.cut
        self._vocabulary = _Vocabulary(analyser)
        self._fold = folding_table()
        self._is_han = _table(re.compile(f"[{HAN}]"))
        self._is_alphanumeric = _table(re.compile(rf"[^\W_{HAN}]"))

    def invert(self, texts: Iterable[tuple[str, str]]) -> Inverted:
        """The batch of (title, body) texts: at most 65,536, without control characters."""
        joined = "".join([f"{title}{TITLE_END}{body}{TEXT_END}" for title, body in texts])
        units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)
        folded = self._fold[units]
        ends = np.flatnonzero(folded == ord(TEXT_END)) + 1
        title_ends = np.flatnonzero(folded == ord(TITLE_END))
        sizes = np.diff(ends, prepend=0)
        document = np.repeat(np.arange(len(ends)), sizes)

        ids, starts, stops, breaks = self._tokens(folded, ends)
        docs = document[starts]
        in_title = starts < title_ends[docs]
        inside = _covered(len(units), starts + 1, stops)
        inside[breaks] = False
        return Inverted(
            words=self._words(ids, docs, in_title),
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
        """Entry numbers, starts and ends of all tokens, and the breaks inside them."""
        # Characters of two units stand aside, so that offsets in the string are offsets in units.
        folded = np.where((folded & 0xF800) == 0xD800, np.uint16(0xFFFD), folded)
        text = folded.tobytes().decode("utf-16-le")
        numbers, run_starts, run_stops, breaks = self._runs(text, folded)
        han = self._is_han[folded] & ~_covered(len(folded), run_starts, run_stops)

        # All else becomes blanks, which no word reaches across.
        only_han = np.where(han, folded, np.uint16(0x20)).tobytes().decode("utf-16-le")
        word_numbers = np.concatenate(list(self._word_numbers(only_han, ends)))
        word_stops = np.cumsum(self._vocabulary.lengths()[word_numbers])
        word_starts = np.concatenate(([0], word_stops[:-1]))
        real = han[word_starts]
        return (
            np.concatenate((word_numbers[real], numbers)),
            np.concatenate((word_starts[real], run_starts)),
            np.concatenate((word_stops[real], run_stops)),
            breaks,
        )

    def _word_numbers(self, text: str, ends: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """Entry numbers of the words of some documents at a time: few enough for the caches."""
        number = self._vocabulary.words.__getitem__
        start = 0
        for stop in ends[np.flatnonzero(np.diff(ends // _TOGETHER, append=-1))].tolist():
            words = self._cut(text[start:stop])
            yield np.fromiter(map(number, words), np.int64, len(words))
            start = stop

    def _runs(self, text: str, folded: NDArray[np.uint16]) -> tuple[NDArray[np.int64], ...]:
        """Entry numbers, starts and stops of everything that is no Han word, and the breaks."""
        number = self._vocabulary.runs.__getitem__
        match = RUN.match
        numbers, starts, stops, breaks = [], [], [], []
        alphanumeric = self._is_alphanumeric[folded]
        # Searching with the expression itself would try all of it at every Han character.
        first = np.flatnonzero(alphanumeric & ~np.concatenate(([False], alphanumeric[:-1])))
        stop = 0
        for start in first.tolist():
            stop = max(start, stop)
            while alphanumeric[stop] and (found := match(text, stop)):
                written = found.group()
                numbers.append(number(written))
                starts.append(stop)
                if found.lastgroup == "date":
                    breaks += [stop + offset for offset in read_run(written).breaks]
                stop = found.end()
                stops.append(stop)
        return tuple(np.array(values, np.int64) for values in (numbers, starts, stops, breaks))

    def _words(
        self, entries: NDArray[np.int64], docs: NDArray[np.intp], in_title: NDArray[np.bool_]
    ) -> Postings:
        vocabulary = self._vocabulary
        terms, offsets, parts = vocabulary.arrays()
        # One key for a term in a document; the low bits say: in the title? as a part?
        place = (docs << 2) | (in_title.astype(np.int64) << 1)
        counts = offsets[entries + 1] - offsets[entries]
        keys = np.concatenate(
            (
                (terms[entries] << 18) | place,
                (parts[ranges(offsets[entries], counts)] << 18) | np.repeat(place, counts) | 1,
            )
        )
        keys.sort()
        heads = _heads(keys >> 2)
        halves = 2 - (keys & 1)
        in_title = (keys & 2) != 0
        body = _sums(np.where(in_title, 0, halves), heads)
        title = _sums(np.where(in_title, halves, 0), heads)
        codes = np.minimum(body, TITLE_UNIT - 1) + TITLE_UNIT * np.minimum(title, 3)

        postings = keys[heads] >> 2
        first = _heads(postings >> 16)
        counts = np.diff(first, append=len(postings))
        return Postings(
            [vocabulary.terms[term] for term in (postings[first] >> 16).tolist()],
            counts.astype(np.uint32),
            (postings & 0xFFFF).astype(np.uint16),
            codes.astype(np.uint8),
        )


class _Vocabulary:
    """Numbers: of terms, and of entries, the written words and runs that have a term and parts."""

    def __init__(self, analyser: Analyser) -> None:
        self._parts_of = analyser.parts
        self.terms: list[str] = []
        self.words = _Lazily(lambda word: self._enter(word, self._parts_of(word)))
        self.runs = _Lazily(lambda written: self._enter(*read_run(written)[:2]))
        self._numbers = _Lazily(self._number)
        self._entries: list[tuple[int, ...]] = []
        self._arrays = np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0, np.int64)
        self._lengths = np.zeros(0, np.int64)

    def _number(self, term: str) -> int:
        self.terms.append(term)
        return len(self.terms) - 1

    def _enter(self, term: str, parts: tuple[str, ...]) -> int:
        self._entries.append((self._numbers[term], *map(self._numbers.__getitem__, parts)))
        return len(self._entries) - 1

    def lengths(self) -> NDArray[np.int64]:
        """The characters of each entry's term, which for a Han word are those written."""
        if len(self._lengths) != len(self._entries):
            terms = self.terms
            new = [len(terms[entry[0]]) for entry in self._entries[len(self._lengths) :]]
            self._lengths = np.concatenate((self._lengths, np.array(new, np.int64)))
        return self._lengths

    def arrays(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The term of each entry; offsets (entries + 1,) into all parts; the parts' terms."""
        terms, offsets, parts = self._arrays
        new = self._entries[len(terms) :]
        if new:
            counts = np.fromiter(map(len, new), np.int64, len(new)) - 1
            more = np.fromiter((t for entry in new for t in entry[1:]), np.int64, counts.sum())
            self._arrays = (
                np.concatenate((terms, np.fromiter((entry[0] for entry in new), np.int64))),
                np.concatenate((offsets, offsets[-1] + np.cumsum(counts))),
                np.concatenate((parts, more)),
            )
        return self._arrays


class _Lazily(dict[str, int]):
    """A dict that works out what it lacks."""

    def __init__(self, work_out: Callable[[str], int]) -> None:
        self._work_out = work_out

    def __missing__(self, key: str) -> int:
        value = self[key] = self._work_out(key)
        return value


def _pairs(folded: NDArray[np.uint16], document: NDArray[np.intp]) -> Postings:
    """The documents of each pair of neighbouring units; a text's last unit pairs with its end."""
    left = folded[:-1].astype(np.int64)
    keys = ((left << 16 | folded[1:]) << 16 | document[:-1])[left > ord(TEXT_END)]
    keys.sort()
    keys = keys[_heads(keys)]
    first = _heads(keys >> 16)
    return Postings(
        (keys[first] >> 16).astype(np.uint32),
        np.diff(first, append=len(keys)).astype(np.uint32),
        (keys & 0xFFFF).astype(np.uint16),
    )


def _heads(keys: NDArray[np.int64]) -> NDArray[np.intp]:
    """Where each run of equal keys begins, in a sorted array."""
    return np.flatnonzero(np.diff(keys, prepend=-1))


def _sums(values: NDArray[np.int64], heads: NDArray[np.intp]) -> NDArray[np.int64]:
    return np.add.reduceat(values, heads) if len(heads) else values


def ranges(starts: NDArray[np.int64], counts: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """The numbers starts[i], starts[i] + 1, ... (counts[i] of them) for each i, in one array."""
    counts = counts.astype(np.int64)
    total = int(counts.sum())
    places: NDArray[np.int64] = np.repeat(starts - np.cumsum(counts) + counts, counts)
    places += np.arange(total)
    return places


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

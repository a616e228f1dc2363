"""Inverting batches by native code: what :class:`~searcher.write.invert.Inverter` does, faster.

It needs the trie of a dictionary file, so it is used where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher._native import extension
from searcher.store.packed_terms import MAX_PACKED_UNITS, PackedTerms, pack
from searcher.store.postings import TEXT_END, TITLE_END, InvertedField, Postings
from searcher.text.analyser import MAX_ANALYSED
from searcher.text.runs import RUN, parse_run
from searcher.write.invert import (
    MAX_VOCABULARY,
    UNITS_OF_BIGRAMS,
    InvertedBatch,
    Inverter,
    invert_bigrams,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.text.analyser import Analyser

_Run = tuple[int, int, str, tuple[str, ...], tuple[int, ...]]


def make_inverter(
    analyser: Analyser, folding: NDArray[np.uint16] | None = None
) -> Inverter | NativeInverter:
    """An inverter with an analyser: by native code where it is there and the analyser has a trie.

    ``folding``: see :class:`~searcher.write.invert.Inverter`.
    """
    if analyser.segmenter.trie is None:
        return Inverter(analyser, folding)
    if extension("inverting") is None or extension("sorting") is None:
        return Inverter(analyser, folding)
    return NativeInverter(analyser)


class NativeInverter:
    """Inverts batches by native code; keeps its vocabulary from batch to batch."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._inverting: Any = extension("inverting")
        self._sorting: Any = extension("sorting")
        self._begin()

    def _begin(self) -> None:
        segmenter = self._analyser.segmenter
        self._native = self._inverting.BatchInverter(
            segmenter.trie,
            segmenter.trie.folding,
            segmenter.trie.classes,
            _read_stretch,
            segmenter.parts,
            MAX_ANALYSED,
        )
        # Of each term by its number: packed, 0 for a longer one; and the longer ones.
        self._packed = np.zeros(0, np.uint64)
        self._long: dict[int, str] = {}

    def invert(self, texts: Iterable[tuple[str, str]]) -> InvertedBatch:
        """Invert (title, body) texts: see :meth:`searcher.write.invert.Inverter.invert`."""
        if len(self._native) > MAX_VOCABULARY:
            self._begin()
        pieces = [f"{title}{TITLE_END}{body}{TEXT_END}" for title, body in texts]
        units = np.frombuffer("".join(pieces).encode("utf-16-le", "surrogatepass"), np.uint16)
        numbers, counts, docs, freqs, *arrays = self._native.invert(units, len(pieces))
        folded, doc_of_unit, title_ends_, ends_, lengths, inside = arrays
        ends, title_ends = np.frombuffer(ends_, np.int64), np.frombuffer(title_ends_, np.int64)
        return InvertedBatch(
            words=InvertedField(
                self._terms(np.frombuffer(numbers, np.int32)),
                Postings(
                    np.frombuffer(counts, np.uint32).copy(),
                    np.frombuffer(docs, np.uint16).copy(),
                    np.frombuffer(freqs, np.uint8).copy(),
                ),
            ),
            bigrams=self._bigrams(
                np.frombuffer(folded, np.uint16), np.frombuffer(doc_of_unit, np.uint16)
            ),
            lengths=np.frombuffer(lengths, np.uint32),
            title_lengths=(title_ends - np.concatenate(([0], ends[:-1]))).astype(np.uint32),
            units=units,
            ends=ends,
            continues_token=np.frombuffer(inside, np.bool_),
        )

    def _bigrams(
        self, folded: NDArray[np.uint16], doc_of_unit: NDArray[np.uint16]
    ) -> InvertedField:
        if len(folded) > UNITS_OF_BIGRAMS:
            return invert_bigrams(folded, doc_of_unit.astype(np.int32))
        keys, counts, docs = self._sorting.invert_bigrams(folded, doc_of_unit)
        return InvertedField(
            np.frombuffer(keys, np.uint32).copy(),
            Postings(
                np.frombuffer(counts, np.uint32).copy(), np.frombuffer(docs, np.uint16).copy()
            ),
        )

    def _terms(self, numbers: NDArray[np.int32]) -> PackedTerms:
        """The terms with these numbers."""
        known = len(self._packed)
        if self._native.term_count > known:
            joined, ends_ = self._native.terms(known)
            units, ends = np.frombuffer(joined, np.uint16), np.frombuffer(ends_, np.int64)
            ends = ends - (ends[-1] - len(units))
            starts = np.concatenate(([0], ends[:-1]))
            is_long = ends - starts > MAX_PACKED_UNITS
            packed = np.where(is_long, np.uint64(0), pack(units, starts, ends - starts))
            self._packed = np.concatenate((self._packed, packed))
            for index in np.flatnonzero(is_long).tolist():
                term = joined[2 * starts[index] : 2 * ends[index]]
                self._long[known + index] = term.decode("utf-16-le")
        packed = self._packed[numbers]
        return PackedTerms(packed, [self._long[n] for n in numbers[packed == 0].tolist()])


def _read_stretch(text: str) -> list[_Run]:
    """The runs of a stretch: start, end, term, parts, and the inner boundaries in the stretch."""
    runs: list[_Run] = []
    for found in RUN.finditer(text):
        start, end = found.span()
        run = parse_run(found.group())
        boundaries = tuple(start + offset for offset in run.inner_boundaries)
        runs.append((start, end, run.term, run.parts, boundaries))
    return runs

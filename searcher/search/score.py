"""Scoring the documents that match: what each leaf of a plan adds, by the formulas of ranking.

All arrays here go with ``within``, the documents that match, so that norms are fetched once and
shares are simply added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from searcher.search import plan as p
from searcher.search.evaluate import Documents, SegmentSearch
from searcher.search.rank import ALIAS, K1, PAIR, PRESENCE, idf, length_norms, term_frequencies

if TYPE_CHECKING:
    from numpy.typing import NDArray

Scores: TypeAlias = "NDArray[np.float32]"


class Weights:
    """What the leaves of a plan weigh, over all segments of an index: idf times own weight.

    ``leaves`` are the leaves, ``values`` beside them their weights, 1.0 where there is none.
    """

    def __init__(self, plan: p.Plan, segments: Sequence[SegmentSearch], documents: int) -> None:
        self.leaves = p.leaves(plan)
        self._segments = segments
        self._documents = documents
        self.values = list(map(self._weight, self.leaves))

    def _weight(self, leaf: p.Leaf) -> float:
        if isinstance(leaf, p.Term):
            names = (leaf.term, *leaf.aliases)
            return leaf.weight * self._idf([s.df(name) for s in self._segments for name in names])
        if isinstance(leaf, p.String):
            found = [len(s.string(leaf.text, leaf.whole, leaf.field)) for s in self._segments]
            return leaf.weight * self._idf(found)
        return 1.0

    def pair(self, pair: str) -> float:
        """The weight of a pair of characters."""
        return PAIR * self._idf([len(s.pair(pair)) for s in self._segments])

    def _idf(self, found: Sequence[int]) -> float:
        return idf(min(sum(found), self._documents), self._documents)


class Scorer:
    """Scores documents of one segment. ``average``: words of a document, over all segments."""

    def __init__(self, segment: SegmentSearch, average: float) -> None:
        self._segment = segment
        self._norms = length_norms(segment.segment.lengths, average)

    def score(self, within: Documents, weights: Weights) -> Scores:
        """The scores of some documents: the sum of the shares of all leaves."""
        total = np.zeros(len(within), np.float32)
        norms = self._norms.take(within)
        for leaf, weight in zip(weights.leaves, weights.values, strict=True):
            for _, _, share in self._shares(leaf, weight, within, norms, weights):
                total += share
        return total

    def shares(
        self, leaf: int, within: Documents, weights: Weights
    ) -> Iterator[tuple[str, str, Scores]]:
        """What a leaf, given by its number, adds: (name, kind, shares); 0 where it is not."""
        norms = self._norms.take(within)
        return self._shares(weights.leaves[leaf], weights.values[leaf], within, norms, weights)

    def _shares(
        self, leaf: p.Leaf, weight: float, within: Documents, norms: Scores, weights: Weights
    ) -> Iterator[tuple[str, str, Scores]]:
        segment = self._segment
        if isinstance(leaf, p.Term):
            codes = segment.codes(leaf.term, leaf.field, within)
            if codes is not None:
                yield leaf.term, "word", _word(codes, norms, weight, PRESENCE)
        elif isinstance(leaf, p.String):
            found = segment.string(leaf.text, leaf.whole, leaf.field)
            kind = "word" if leaf.whole else "literal"
            yield leaf.text, kind, self._flat(found, within, weight * (PRESENCE + 1))
        elif isinstance(leaf, p.Pairs):
            for pair in leaf.pairs:
                yield pair, "pair", self._flat(segment.pair(pair), within, weights.pair(pair))
            return
        else:
            return
        for alias in leaf.aliases:
            codes = segment.codes(alias, leaf.field, within)
            if codes is not None:
                yield alias, "alias", _word(codes, norms, weight * ALIAS, 0.0)
            elif len(found := segment.name(alias, leaf.field)):
                yield alias, "alias", self._flat(found, within, weight * ALIAS / 2)

    def _flat(
        self, docs: Documents | NDArray[np.uint16], within: Documents, share: float
    ) -> Scores:
        """The same share for each of the documents that are among ``docs``."""
        return self._segment.are_in(docs, within) * np.float32(share)


def _word(codes: NDArray[np.uint8], norms: Scores, weight: float, presence: float) -> Scores:
    tf = _FREQUENCIES.take(codes)
    share = tf * np.float32(weight * (1 + K1))
    share /= tf + norms
    if presence:
        # Half an occurrence is the least, so this is the whole of it or nothing.
        tf *= np.float32(2 * weight * presence)
        share += np.minimum(tf, np.float32(weight * presence), out=tf)
    return share


_FREQUENCIES = term_frequencies()

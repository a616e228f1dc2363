"""Scoring the documents that match: what each leaf of a plan adds, by the formulas of ranking.

All arrays here go with ``within``, the documents that match, so that norms are fetched once and
shares are simply added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from searcher.search import plan as p
from searcher.search.bm25 import ALIAS, K1, PAIR, PRESENCE, idf, length_norms, term_frequencies
from searcher.search.match import Documents, Narrow, SegmentMatcher

if TYPE_CHECKING:
    from numpy.typing import NDArray

Scores: TypeAlias = "NDArray[np.float32]"


class Weights:
    """What the leaves of a plan weigh, over all segments of an index: idf times own weight.

    ``leaves`` are the leaves, ``values`` beside them their weights, 1.0 where there is none.
    """

    def __init__(self, plan: p.Plan, segments: Sequence[SegmentMatcher], documents: int) -> None:
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


class Voice(NamedTuple):
    """One thing that adds to scores: a word by its codes, or something flat for some documents.

    ``share`` is a word's weight, or what each of ``docs`` gets. For being there at all a word adds
    ``presence`` of its weight.
    """

    name: str
    kind: str
    share: float
    presence: float = 0.0
    field: str | None = None
    docs: Documents | Narrow | None = None


class Scorer:
    """Scores documents of one segment. ``average``: words of a document, over all segments."""

    def __init__(self, segment: SegmentMatcher, average: float) -> None:
        self._segment = segment
        self._norms = length_norms(segment.segment.lengths, average)
        least = self._norms.min(initial=np.inf)
        codes = np.arange(256, dtype=np.uint8)
        self._tops = {
            presence: (top, float(top.max()))
            for presence in (PRESENCE, 0.0)
            for top in [_words(codes, least, np.float32(1), np.float32(presence))]
        }
        """What a word of weight 1 adds at the most by its code, and by any, for each presence."""

    def voices(self, weights: Weights) -> list[Voice]:
        """What the leaves of a plan come to in this segment."""
        leaves = zip(weights.leaves, weights.values, strict=True)
        return [voice for leaf, weight in leaves for voice in self._voices(leaf, weight, weights)]

    def score(self, within: Documents, voices: Sequence[Voice]) -> Scores:
        """The scores of some documents: the sum of the shares of all voices."""
        total = np.zeros(len(within), np.float32)
        norms = self._norms.take(within)
        for share in self._shares(within, norms, voices):
            # One after another, whatever they were worked out with: sums of floats have an order.
            total += share
        return total

    def shares(
        self, leaf: int, within: Documents, weights: Weights
    ) -> Iterator[tuple[str, str, Scores]]:
        """What a leaf, given by its number, adds: (name, kind, shares); 0 where it is not."""
        norms = self._norms.take(within)
        voices = [*self._voices(weights.leaves[leaf], weights.values[leaf], weights)]
        for voice, share in zip(voices, self._shares(within, norms, voices), strict=True):
            yield voice.name, voice.kind, share

    def bounds(self, voices: Sequence[Voice]) -> tuple[NDArray[np.uint8], float]:
        """What the score of each document of the segment is at the most, uint8, and its unit.

        Zero only where no voice is. There must be fewer than 255 voices.
        """
        tops = [self._tops[voice.presence] if voice.docs is None else _FLAT for voice in voices]
        most = sum([voice.share * top for voice, (_, top) in zip(voices, tops, strict=True)])
        # Each may be rounded up by one, and all together must not run over.
        unit = max(most, 1e-30) / (255 - len(voices))
        total = np.zeros(self._segment.size, np.uint8)
        for voice, (top, _) in zip(voices, tops, strict=True):
            levels = np.ceil(top * np.float32(voice.share / unit)).astype(np.uint8)
            if voice.docs is None:
                total += self._segment.by_code(voice.name, voice.field, levels)
            else:
                # No document is in there twice.
                total[voice.docs] += levels
        return total, unit

    def _shares(
        self, within: Documents, norms: Scores, voices: Sequence[Voice]
    ) -> Iterator[Scores]:
        """What each voice adds; words are worked out several at once, where documents are few."""
        codes_of = self._segment.codes
        together = max(1, _TOGETHER // max(1, len(within)))
        place = 0
        while place < len(voices):
            voice = voices[place]
            words = [*takewhile(lambda v: v.docs is None, voices[place : place + together])]
            if voice.docs is not None:
                yield self._segment.are_in(voice.docs, within) * np.float32(voice.share)
            elif len(words) == 1:
                weight, presence = np.float32(voice.share), np.float32(voice.presence)
                codes = codes_of(voice.name, voice.field, within)
                yield _words(codes, norms, weight, weight * presence)
            else:
                codes = np.array([codes_of(v.name, v.field, within) for v in words])
                weights = np.array([[v.share] for v in words], np.float32)
                presences = np.array([[v.presence] for v in words], np.float32)
                yield from _words(codes, norms, weights, weights * presences)
            place += max(1, len(words))

    def _voices(self, leaf: p.Leaf, weight: float, weights: Weights) -> Iterator[Voice]:
        segment = self._segment
        if isinstance(leaf, p.Term):
            if segment.find(leaf.term) >= 0:
                yield Voice(leaf.term, "word", weight, PRESENCE, leaf.field)
        elif isinstance(leaf, p.String):
            docs = segment.string(leaf.text, leaf.whole, leaf.field)
            kind = "word" if leaf.whole else "literal"
            yield Voice(leaf.text, kind, weight * (PRESENCE + 1), docs=docs)
        elif isinstance(leaf, p.Pairs):
            for pair in leaf.pairs:
                yield Voice(pair, "pair", weights.pair(pair), docs=segment.pair(pair))
            return
        else:
            return
        for alias in leaf.aliases:
            if segment.find(alias) >= 0:
                yield Voice(alias, "alias", weight * ALIAS, 0.0, leaf.field)
            elif len(docs := segment.name(alias, leaf.field)):
                yield Voice(alias, "alias", weight * ALIAS / 2, docs=docs)


def score_together(parts: Sequence[tuple[Scorer, Documents, Sequence[Voice]]]) -> Scores:
    """The scores of documents of several segments, one segment after another.

    They are what :meth:`Scorer.score` gives for each segment. To work out few of each at once
    saves most of the time.
    """
    rows = max([len(voices) for _, _, voices in parts])
    norms = np.concatenate([scorer._norms.take(within) for scorer, within, _ in parts])
    codes = np.zeros((rows, len(norms)), np.uint8)
    weights, presences = np.zeros((2, rows, len(norms)), np.float32)
    flat = []
    stop = 0
    for scorer, within, voices in parts:
        here = slice(stop, stop := stop + len(within))
        said = np.array([(v.share, v.presence) for v in voices], np.float32).reshape(-1, 2)
        weights[: len(voices), here] = said[:, :1]
        presences[: len(voices), here] = said[:, 1:]
        for row, voice in enumerate(voices):
            if voice.docs is None:
                codes[row, here] = scorer._segment.codes(voice.name, voice.field, within)
            else:
                are_in = scorer._segment.are_in(voice.docs, within)
                flat.append((row, here, are_in * np.float32(voice.share)))
    shares = _words(codes, norms, weights, weights * presences)
    for row, here, share in flat:
        shares[row, here] = share
    total = np.zeros(len(norms), np.float32)
    for row_of_shares in shares:
        total += row_of_shares
    return total


def _words(codes: NDArray[np.uint8], norms: Any, weights: Any, presences: Any) -> Scores:
    """What words add that have these codes; arrays as numpy broadcasts them."""
    tf = _FREQUENCIES.take(codes)
    shares: Scores = tf * (weights * np.float32(1 + K1))
    tf += norms
    shares /= tf
    shares += (codes != 0) * presences
    return shares


_TOGETHER = 1 << 16
_FLAT = np.ones(1, np.float32), 1.0
_FREQUENCIES = term_frequencies()

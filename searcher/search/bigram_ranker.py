"""Ranking the best documents for a sentence again, by its characters and pairs of characters.

The index knows which documents have a pair; how often and where is read from the texts of the best
ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from searcher.lazy_numpy import numpy as np
from searcher.search.bm25 import BIGRAM_B, BIGRAM_K1

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.search.texts import Texts


class SentenceFeatures(NamedTuple):
    """What some texts have of a sentence, each float64 (texts,).

    Attributes:
        bm25: BM25 over its pairs of characters.
        best: the weight of its pairs in the best sentence of a text.
        coverage: the share of its distinct characters, times the weight of all pairs.
    """

    bm25: NDArray[np.float64]
    best: NDArray[np.float64]
    coverage: NDArray[np.float64]


class BigramRanker:
    """Scores texts by the pairs of characters of a sentence.

    Args:
        weights: pairs of UTF-16 units with their inverse document frequencies.
        characters: the distinct Han characters of the sentence.
        average_length: of a document of the index, in tokens.
    """

    def __init__(
        self, weights: Mapping[str, float], characters: Iterable[str], average_length: float
    ) -> None:
        keys = np.array([ord(b[0]) << 16 | ord(b[1]) for b in weights], np.uint32)
        order = keys.argsort()
        self._keys = keys[order]
        self._weights = np.array([*weights.values()], np.float64)[order]
        self._begins = np.zeros(0x10000, bool)
        self._begins[self._keys >> 16] = True
        self._characters = np.array([ord(c) for c in characters if c <= "\uffff"], np.uint16)
        self._average_length = max(average_length, 1.0)

    def score(self, texts: Texts, lengths: Sequence[int]) -> SentenceFeatures:
        """What each text has of the sentence; ``lengths``: of the documents, in tokens."""
        kinds, size = len(self._keys), len(texts)
        offsets, which = self._occurrences(texts)
        numbers = texts.text_numbers(offsets)
        counts = np.bincount(numbers * kinds + which, minlength=size * kinds).reshape(size, kinds)
        length = np.array(lengths, np.float64)[:, np.newaxis] / self._average_length
        norms = BIGRAM_K1 * (1 - BIGRAM_B + BIGRAM_B * length)
        shares = (1 + BIGRAM_K1) * counts / (counts + norms)
        bm25 = shares @ self._weights
        sentences = texts.sentence_ends().searchsorted(offsets)
        pairs, first = np.unique(sentences * kinds + which, return_index=True)
        weight = np.bincount(pairs // kinds, self._weights.take(pairs % kinds))
        best = np.zeros(size)
        np.maximum.at(best, numbers[first], weight.take(pairs // kinds))
        return SentenceFeatures(bm25, best, self._coverage(texts) * self._weights.sum())

    def _coverage(self, texts: Texts) -> NDArray[np.float64]:
        """The share of the distinct characters that each text has."""
        kinds, size = len(self._characters), len(texts)
        if not kinds:
            return np.zeros(size)
        number_of = np.zeros(0x10000, np.uint16)
        number_of[self._characters] = np.arange(1, kinds + 1)
        found = number_of.take(texts.folded)
        (offsets,) = found.nonzero()
        has = np.zeros((size, kinds), bool)
        has[texts.text_numbers(offsets), found.take(offsets) - 1] = True
        share: NDArray[np.float64] = has.sum(axis=1) / kinds
        return share

    def _occurrences(self, texts: Texts) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Offsets of all pairs in the texts, and which pair each is."""
        folded = texts.folded
        (offsets,) = self._begins.take(folded[:-1]).nonzero()
        keys = folded.take(offsets).astype(np.uint32) << 16 | folded.take(offsets + 1)
        places = self._keys.searchsorted(keys)
        found = self._keys.take(places, mode="clip") == keys
        return offsets[found], places[found]

"""Ranking the best documents for a sentence again, by its pairs of characters in their texts.

A sentence (a question, a headline) is more than its words: what word segmentation cuts otherwise,
names that no dictionary has, and word order show in the pairs of adjacent characters. The index
knows which documents have a pair; how often and where is read from the texts of the best ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from searcher.search.bm25 import BIGRAM_B, BIGRAM_K1
from searcher.text.runs import HAN
from searcher.text.stopwords import FUNCTION_CHARACTERS, QUESTION_WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.search.texts import Texts

_QUESTION = re.compile(
    "|".join(sorted((w for w in QUESTION_WORDS if len(w) > 1), key=len, reverse=True))
)
_RUN = re.compile(f"[{HAN}]+|[a-z0-9]+")


def is_question(folded: str) -> bool:
    """Whether a text asks something: it has a question mark or a question word."""
    return "?" in folded or _QUESTION.search(folded) is not None or "谁" in folded or "吗" in folded


def sentence_bigrams(folded: str) -> list[str]:
    """The distinct pairs of characters of a sentence that say something, in order.

    Question words, and pairs of two function characters, are left out.

    >>> sentence_bigrams("普京是什么人")
    ['普京', '京是']
    """
    bigrams: dict[str, None] = {}
    for run in _RUN.findall(_QUESTION.sub(" ", folded)):
        for at in range(len(run) - 1):
            bigram = run[at : at + 2]
            if not (bigram[0] in FUNCTION_CHARACTERS and bigram[1] in FUNCTION_CHARACTERS):
                bigrams[bigram] = None
    return list(bigrams)


class BigramRanker:
    """Scores texts by the pairs of characters of a sentence.

    Args:
        weights: pairs of UTF-16 units with their inverse document frequencies.
        average_length: of a document of the index, in tokens.
    """

    def __init__(self, weights: Mapping[str, float], average_length: float) -> None:
        keys = np.array([ord(b[0]) << 16 | ord(b[1]) for b in weights], np.uint32)
        order = keys.argsort()
        self._keys = keys[order]
        self._weights = np.array([*weights.values()], np.float64)[order]
        self._begins = np.zeros(0x10000, bool)
        self._begins[self._keys >> 16] = True
        self._average_length = max(average_length, 1.0)

    def score(
        self, texts: Texts, lengths: Sequence[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For each text: BM25 over pairs, and the weight of the pairs in its best sentence.

        ``lengths`` are those of the documents, in tokens.
        """
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
        return bm25, best

    def _occurrences(self, texts: Texts) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Offsets of all pairs in the texts, and which pair each is."""
        folded = texts.folded
        (offsets,) = self._begins.take(folded[:-1]).nonzero()
        keys = folded.take(offsets).astype(np.uint32) << 16 | folded.take(offsets + 1)
        places = self._keys.searchsorted(keys)
        found = self._keys.take(places, mode="clip") == keys
        return offsets[found], places[found]

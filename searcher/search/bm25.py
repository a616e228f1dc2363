"""The formulas of ranking, and every constant in them.

A word's share of a document's score is BM25 (Robertson & Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", 2009) with a constant for being there at all::

    idf * weight * (PRESENCE + (1 + K1) * tf / (tf + K1 * (1 - B + B * length / average)))

``tf`` counts a word as 1 and a part of a longer word as 1/2, each TITLE_BOOST times in the title.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from searcher.store.postings import TITLE_FREQ

if TYPE_CHECKING:
    from numpy.typing import NDArray

K1 = 0.9
B = 0.4
PRESENCE = 0.35
"""For having the word at all, beside how often: what matters in short texts and many words."""

TITLE_BOOST = 2.0
ALIAS = 0.25
"""Another name for the thing counts so much, without PRESENCE: it comes after the name itself."""

PAIR = 0.5
"""The second voice: two characters that stand together in the query and in the document."""

QUIET = 0.2
"""The weight of words that only help a sentence along, beside words that say something."""

INNER = 0.3
"""The weight of the words inside the words of a sentence."""

NEARNESS = 1.0
"""How much counts what the best sentence says of the query."""

WINDOW = 16
"""So many of the best documents are read to see how near the words stand to each other."""

FEEDBACK_DOCUMENTS = 8
FEEDBACK_TERMS = 20
FEEDBACK = 0.4
"""``expand``: documents to learn from, words to take, and what the strongest weighs beside 1."""


FRESHNESS = 0.5
"""``fresh=days``: a factor ``1 + FRESHNESS * 0.5 ** (age / days)``; undated gain nothing."""


def idf(df: int, documents: int) -> float:
    """Inverse document frequency, never negative (Lucene's BM25Similarity)."""
    return math.log1p(max(documents - df + 0.5, 0.5) / (df + 0.5))


def term_frequencies() -> NDArray[np.float32]:
    """The weighted frequency of each posting code, float32 (256,)."""
    codes = np.arange(256)
    return ((codes % TITLE_FREQ + TITLE_BOOST * (codes // TITLE_FREQ)) / 2).astype(np.float32)


def length_norms(lengths: NDArray[np.uint32], average: float) -> NDArray[np.float32]:
    """``K1 * (1 - B + B * length / average)`` for each document, float32."""
    return (K1 * (1 - B) + (K1 * B / max(average, 1.0)) * lengths).astype(np.float32)

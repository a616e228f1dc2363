"""The formula of ranking, BM25, and every constant of it.

A term's share of a document's score is BM25 (Robertson & Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", 2009) with a constant for having the term at all::

    idf * weight * (PRESENCE + (1 + K1) * tf / (tf + K1 * (1 - B + B * length / average)))

``tf`` counts a token as 1 and a part of a longer token as 1/2, each TITLE_BOOST times in the title.
"""

from __future__ import annotations

import math
from array import array
from functools import cache
from typing import TYPE_CHECKING, Any

from searcher.lazy_numpy import numpy as np
from searcher.store.postings import TITLE_FREQ

if TYPE_CHECKING:
    from numpy.typing import NDArray

K1 = 0.9
B = 0.4
PRESENCE = 0.35
"""For having the term at all, beside how often: it matters in short texts and many words."""

TITLE_PRESENCE = 2.0
"""For having the term in the title, beside PRESENCE: what a title says an article is about."""

TITLE_BOOST = 2.0
SYNONYM_WEIGHT = 0.25
"""The weight of a synonym, which gets no PRESENCE: it ranks below the term itself."""

BIGRAM_WEIGHT = 0.5
"""Two characters that stand together in the query and in the document."""

BIGRAM_K1, BIGRAM_B = 1.2, 0.75
"""BM25 over the pairs of characters of a sentence: texts differ in length more than in words."""
BIGRAM_BM25_WEIGHT = 0.4
BIGRAM_SENTENCE_WEIGHT = 0.3
"""For the pairs of characters in the best sentence of a text."""
COVERAGE_WEIGHT = 0.3
"""For the share of the characters of a headline that a text has."""
SENTENCE_DEPTH = 50
"""The number of best documents that are ranked again by the bigrams of a sentence."""

STOP_WEIGHT = 0.2
"""The weight of stop words beside other words."""

WHOLE_WEIGHT = 0.5
"""A run as a string, beside the words that it is segmented into."""

MIN_RELAXED_SHARE = 0.5
"""The share of a query's weight that a relaxed hit has at least."""

MIN_BIGRAM_SHARE = 0.36
"""The share of the weight of its pairs of characters that is as good."""
MIN_NATURAL_WORDS = 0.12
MIN_NATURAL_SHARE = 0.12
"""The same share for questions and long queries, of which no document has most words."""

SUBWORD_WEIGHT = 0.3
"""The weight of the parts of the words of a sentence."""

PROXIMITY_WEIGHT = 1.0
"""The weight of what the best sentence has of the query."""

RERANK_DEPTH = 16
"""The number of best documents that are read and ranked again by proximity."""

FEEDBACK_DOCUMENTS = 16
FEEDBACK_TERMS = 30
FEEDBACK_WEIGHT = 0.5
MIN_CLOSENESS = 0.14
"""The least closeness of the best scores at which feedback is used without being asked for."""
MAX_FEEDBACK_CHARACTERS = 20
"""... and the query has no more characters: a long one says enough by itself."""
"""``expand``: documents to learn from, terms to take, and what the strongest weighs beside 1."""

FRESHNESS = 0.5
"""``fresh=days``: a factor ``1 + FRESHNESS * 0.5 ** (age / days)``; undated gain nothing."""


def idf(df: int, documents: int) -> float:
    """Inverse document frequency, never negative (Lucene's BM25Similarity)."""
    return math.log1p(max(documents - df + 0.5, 0.5) / (df + 0.5))


def norm_and_slope(average: float) -> tuple[float, float]:
    """``norm`` and ``slope``, so that ``norm + slope * length`` is the length norm of a document.

    That is ``K1 * (1 - B + B * length / average)``; ``average``: tokens of a document of the index.
    """
    return K1 * (1 - B), K1 * B / max(average, 1.0)


def length_norms(lengths: NDArray[np.uint32], average: float) -> NDArray[np.float32]:
    """The length norm of each document, float32."""
    norm, slope = norm_and_slope(average)
    return (norm + slope * lengths).astype(np.float32)


def bm25(freqs: NDArray[np.uint8], norms: Any, weights: Any, presences: Any) -> NDArray[np.float32]:
    """Shares of terms with these encoded frequencies; arrays broadcast as numpy does it.

    Args:
        freqs: uint8, see :data:`searcher.store.postings.TITLE_FREQ`; 0 where the term is not.
        norms: float32, see :func:`length_norms`.
        weights: float32, idf times the clause's weight.
        presences: float32, what is added for having the term at all.
    """
    frequencies, factors = _tables()
    tf = frequencies.take(freqs)
    shares: NDArray[np.float32] = tf * (weights * np.float32(1 + K1))
    tf += norms
    shares /= tf
    shares += factors.take(freqs) * presences
    return shares


def freshness(dates: NDArray[np.int64], now: float, days: float) -> NDArray[np.float32]:
    """The factor by age of documents with these dates (seconds since 1970)."""
    age = np.maximum(now - dates, 0) / 86400
    factors: NDArray[np.float32] = (1 + FRESHNESS * 0.5 ** np.minimum(age / days, 1000.0)).astype(
        np.float32
    )
    return factors


TERM_FREQUENCIES = array(
    "f", [(f % TITLE_FREQ + TITLE_BOOST * (f // TITLE_FREQ)) / 2 for f in range(256)]
)
"""The weighted frequency of each encoded frequency."""

PRESENCE_FACTORS = array("f", [(f > 0) + TITLE_PRESENCE * (f >= TITLE_FREQ) for f in range(256)])
"""What each encoded frequency gets of a term's presence."""


@cache
def _tables() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Both for array operations."""
    return np.frombuffer(TERM_FREQUENCIES, np.float32), np.frombuffer(PRESENCE_FACTORS, np.float32)

"""The formula of ranking in numbers."""

import math

import numpy as np
import pytest

from searcher.search.bm25 import PRESENCE, bm25, freshness, idf, length_norms
from searcher.store.dates import NO_DATE

TITLE = 64
"""A term's frequency is encoded as TITLE * halves in the title + halves in the body."""


def share(code: int, *, norm: float = 0.9, weight: float = 1.0, presence: float = 0.35) -> float:
    shares = bm25(np.array([code], np.uint8), np.float32(norm), weight, presence)
    assert shares.dtype == np.float32
    return float(shares[0])


@pytest.mark.parametrize(
    ("code", "tf", "presence", "why"),
    [
        (2, 1, 1, "a token of the body"),
        (1, 0.5, 1, "a part of a longer token counts half"),
        (3, 1.5, 1, "a token and a part"),
        (63, 31.5, 1, "as many as are counted"),
        (2 * TITLE, 2, 3, "a token of the title counts twice, and being there at all three times"),
        (TITLE, 1, 3, "a part of one in the title"),
        (3 * TITLE + 63, 34.5, 3, "the highest frequency"),
        (2 * TITLE + 2, 3, 3, "once in each"),
    ],
)
def test_share_of_a_term(code: int, tf: float, presence: float, why: str) -> None:
    assert share(code) == pytest.approx(0.35 * presence + 1.9 * tf / (tf + 0.9)), why


def test_what_is_not_there_adds_nothing() -> None:
    assert share(0) == 0


def test_the_longer_the_text_the_less_a_term_says() -> None:
    lengths = np.array([100, 200, 50, 0], np.uint32)
    norms = length_norms(lengths, 100.0)
    assert norms.dtype == np.float32
    assert norms.tolist() == pytest.approx([0.9, 0.9 * 1.4, 0.9 * 0.8, 0.9 * 0.6])
    assert length_norms(lengths[:1], 0.0).tolist() == pytest.approx([0.9 * (0.6 + 0.4 * 100)])
    assert share(2, norm=0.9 * 1.4) < share(2) < share(2, norm=0.9 * 0.8)


def test_weight_and_presence() -> None:
    assert PRESENCE == 0.35
    assert share(2, weight=3.0, presence=0.0) == pytest.approx(3.0)
    assert share(2, weight=0.0, presence=0.7) == pytest.approx(0.7)


def test_terms_and_documents_at_once() -> None:
    freqs = np.array([[2, 0, 2 * TITLE], [1, 2, 0]], np.uint8)
    norms = np.array([0.9, 1.2, 0.6], np.float32)
    weights, presences = np.array([[2.0], [3.0]], np.float32), np.array([[0.5], [0.1]], np.float32)
    shares = bm25(freqs, norms, weights, presences)
    for row, weight, presence in (0, 2.0, 0.5), (1, 3.0, 0.1):
        one_by_one = [
            share(int(code), norm=float(norm), weight=weight, presence=presence)
            for code, norm in zip(freqs[row], norms, strict=True)
        ]
        assert shares[row].tolist() == pytest.approx(one_by_one)


def test_nothing_given_is_changed() -> None:
    freqs, norms = np.array([2, 0], np.uint8), np.array([0.9, 0.9], np.float32)
    bm25(freqs, norms, np.float32(2), np.float32(1))
    assert freqs.tolist() == [2, 0]
    assert norms.tolist() == pytest.approx([0.9, 0.9])


def test_freshness_halves_with_age() -> None:
    day = 86400
    now = 20_000.0 * day
    ages = [0, 30, 60, 90, 1e9, -5]
    dates = np.array([now - day * age for age in ages], np.int64)
    assert freshness(dates, now, 30.0).tolist() == pytest.approx([1.5, 1.25, 1.125, 1.0625, 1, 1.5])
    undated = freshness(np.array([NO_DATE], np.int64), now, 30.0)
    assert undated.dtype == np.float32
    assert undated.tolist() == [1.0]


def test_idf_is_of_lucene() -> None:
    assert idf(10, 100) == pytest.approx(math.log(1 + 90.5 / 10.5))
    assert idf(0, 100) == pytest.approx(math.log(1 + 100.5 / 0.5))
    assert idf(100, 100) == pytest.approx(math.log(1 + 0.5 / 100.5))
    assert idf(0, 0) == pytest.approx(math.log(2))
    assert idf(200, 100) > 0, "however the two were counted"

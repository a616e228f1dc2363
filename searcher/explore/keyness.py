"""Keyness: how much more often something occurs in one set than in another.

Two measures: log-likelihood says how sure it is that the sets differ (T. Dunning, "Accurate Methods
for the Statistics of Surprise and Coincidence", Computational Linguistics 19(1), 1993); log ratio
says how much (A. Hardie, "Log Ratio: an informal introduction", CASS, Lancaster, 2014). Both are of
the table::

                    with the term    without it
    here            a                c - a
    elsewhere       b                d - b
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 0.5
"""Stands for a frequency of 0 elsewhere in the log ratio, as Hardie has it."""


def log_likelihood(
    a: NDArray[np.int64], b: NDArray[np.int64], c: int, d: int
) -> NDArray[np.float64]:
    """Dunning's log-likelihood: twice the sum of ``observed * ln(observed / expected)``, float64.

    Args:
        a: how often each term occurs here.
        b: how often it occurs elsewhere.
        c: the size of what is here.
        d: the size of what is elsewhere.
    """
    with_term, size = a + b, c + d
    without = size - with_term
    total = np.zeros(len(a), np.float64)
    for observed, margin, here in (
        (a, with_term, c),
        (b, with_term, d),
        (c - a, without, c),
        (d - b, without, d),
    ):
        total += _term(observed, margin * (here / max(size, 1)))
    return np.maximum(2 * total, 0.0)


def log_ratio(a: NDArray[np.int64], b: NDArray[np.int64], c: int, d: int) -> NDArray[np.float64]:
    """Hardie's log ratio: the binary logarithm of the ratio of the shares ``a / c`` and ``b / d``.

    1 stands for twice as often here, 2 for four times. Arguments as for :func:`log_likelihood`;
    each of ``a`` is at least 1.
    """
    elsewhere = np.maximum(b, LEAST) / max(d, 1)
    ratio: NDArray[np.float64] = np.log2((a / max(c, 1)) / elsewhere)
    return ratio


def _term(observed: NDArray[np.int64], expected: NDArray[Any]) -> NDArray[np.float64]:
    """``observed * ln(observed / expected)``, 0 where nothing was observed."""
    found = np.zeros(len(observed), np.float64)
    seen = observed > 0
    found[seen] = observed[seen] * np.log(observed[seen] / expected[seen])
    return found

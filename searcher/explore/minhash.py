"""MinHash: texts that share most of their shingles get an equal key with high probability.

A. Z. Broder, "On the Resemblance and Containment of Documents", SEQUENCES 1997. The minima of
BANDS * ROWS hash functions are cut into bands of ROWS; texts with a whole band alike are candidates
(J. Leskovec et al., "Mining of Massive Datasets", 3.4). Two texts with a Jaccard index of 0.8 are
candidates with a probability of 1 - (1 - 0.8 ** 6) ** 20 = 0.998, two with 0.4 with 0.08.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from searcher.explore.shingles import mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

BANDS, ROWS = 20, 6

_SEEDS = mixed(np.arange(1, 2 * BANDS * ROWS + 1, dtype=np.uint64))
_FACTORS, _SUMMANDS = _SEEDS[: BANDS * ROWS] | np.uint64(1), _SEEDS[BANDS * ROWS :]


def band_keys(shingles: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """The keys of some texts by their shingles, uint64 (texts, BANDS).

    Texts without shingles have keys of their own, which are not to be used.
    """
    keys = np.zeros((len(shingles), BANDS), np.uint64)
    filled = [number for number, own in enumerate(shingles) if len(own)]
    if not filled:
        return keys
    every = np.concatenate([shingles[number] for number in filled])
    starts = np.cumsum([0, *(len(shingles[number]) for number in filled[:-1])])
    for band in range(BANDS):
        key = np.zeros(len(filled), np.uint64)
        for row in range(band * ROWS, (band + 1) * ROWS):
            hashed = every * _FACTORS[row] + _SUMMANDS[row]
            # The lowest bits of a product depend on few bits of its factors.
            hashed ^= hashed >> np.uint64(32)
            key = mixed(key + np.minimum.reduceat(hashed, starts))
        keys[filled, band] = key
    return keys

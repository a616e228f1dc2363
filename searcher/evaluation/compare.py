"""Whether one run is better than another, or only luckier: a paired randomisation test.

If both systems were equally good, each query's difference could as well have the other sign. The
test draws signs at random and counts how often the mean becomes as far from 0 as it is (Smucker,
Allan & Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval
Evaluation", CIKM 2007). The draw that was observed counts, so p is never 0 (Phipson & Smyth 2010).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from searcher import EvaluationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.evaluation.measures import Values

ROUNDS = 10_000

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs by one measure.

    ``difference`` is the mean of the first less that of the second, ``p`` the two-sided chance of
    one as large between equals; on ``better``, ``equal`` and ``worse`` queries the first is so.
    """

    difference: float
    p: float
    better: int
    equal: int
    worse: int


def compare(
    first: Mapping[str, float],
    second: Mapping[str, float],
    *,
    rounds: int = ROUNDS,
    seed: int = 1,
) -> Comparison:
    """Compare the values of two runs, query by query; the same seed gives the same p.

    Raises:
        EvaluationError: the values are not of the same queries, or there are none.
    """
    if not first or first.keys() != second.keys():
        raise EvaluationError("only runs of the same queries can be compared")
    differences = np.array([first[query] - second[query] for query in sorted(first)])
    better, worse = int((differences > 0).sum()), int((differences < 0).sum())
    return Comparison(
        difference=float(differences.mean()),
        p=_chance(differences[differences != 0], rounds, seed),
        better=better,
        equal=len(differences) - better - worse,
        worse=worse,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A measure's mean over all queries for one run or two, and then how these compare."""

    measure: str
    means: tuple[float, ...]
    comparison: Comparison | None


def side_by_side(first: Values, second: Values | None = None, *, seed: int = 1) -> list[Line]:
    """One line a measure.

    Raises:
        EvaluationError: the values are not of the same queries, or there are none.
    """
    lines = []
    for measure, values in first.items():
        both = [values] if second is None else [values, second[measure]]
        means = tuple(sum(v.values()) / max(len(v), 1) for v in both)
        comparison = compare(*both, seed=seed) if len(both) == 2 else None
        lines.append(Line(measure, means, comparison))
    return lines


def _chance(differences: NDArray[np.float64], rounds: int, seed: int) -> float:
    observed = abs(differences.sum())
    # Sums of the same numbers in another order may differ in their last digits.
    least = observed - 1e-9 * np.abs(differences).sum()
    random = np.random.default_rng(seed)
    as_far = 0
    for start in range(0, rounds, _CHUNK):
        size = (min(_CHUNK, rounds - start), len(differences))
        signs = 2.0 * random.integers(0, 2, size, dtype=np.int8) - 1.0
        as_far += int((np.abs(signs @ differences) >= least).sum())
    return (as_far + 1) / (rounds + 1)

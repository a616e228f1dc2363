"""Sorted arrays and runs of equal values: the steps that inverting, merging and reading share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Number = TypeVar("_Number", bound=np.integer[Any])


def distinct(values: NDArray[_Number]) -> NDArray[_Number]:
    """The values in ascending order, each once.

    numpy.unique may use a hash table, which takes more time and memory.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    values = np.sort(values)
    return values[run_starts(values)]


def run_starts(values: NDArray[Any]) -> NDArray[np.intp]:
    """The index at which each run of equal values begins, in a sorted array.

    >>> run_starts(np.array([5, 5, 7])).tolist()
    [0, 2]
    """
    if not len(values):
        return np.zeros(0, np.intp)
    return np.concatenate(([0], np.flatnonzero(values[1:] != values[:-1]) + 1))


def ranges(starts: NDArray[np.int64], counts: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """The numbers starts[i], starts[i] + 1, ... (counts[i] of them) for each i, in one array.

    >>> ranges(np.array([10, 20]), np.array([2, 3])).tolist()
    [10, 11, 20, 21, 22]
    """
    counts = counts.astype(np.int64)
    total = int(counts.sum())
    numbers: NDArray[np.int64] = np.repeat(starts - np.cumsum(counts) + counts, counts)
    numbers += np.arange(total)
    return numbers


def ascending_runs(values: NDArray[Any], ends: NDArray[np.int64]) -> bool:
    """Whether each of the runs that end at ``ends`` is strictly ascending; no run may be empty."""
    rising = values[1:] > values[:-1]
    rising[ends[:-1] - 1] = True
    return bool(rising.all())

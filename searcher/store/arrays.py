"""Sorted arrays and runs of equal values: the steps that inverting, merging and reading share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from searcher._native import extension
from searcher.lazy_numpy import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Number = TypeVar("_Number", bound="np.integer[Any]")


def distinct(values: NDArray[_Number]) -> NDArray[_Number]:
    """The values in ascending order, each once.

    numpy.unique may use a hash table, which takes more time and memory.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    values = np.sort(values)
    return values[run_starts(values)]


def unite_keys(
    parts: Sequence[NDArray[np.unsignedinteger[Any]]],
) -> tuple[NDArray[np.uint64], list[NDArray[np.int64]]]:
    """All keys of some arrays, ascending, each once; and the index among them of each array's.

    >>> keys, indexes = unite_keys([np.array([7, 5], np.uint64), np.array([6, 7], np.uint64)])
    >>> keys.tolist(), [index.tolist() for index in indexes]
    ([5, 6, 7], [[2, 0], [1, 2]])
    """
    merging = extension("merging")
    if merging is None:
        keys = distinct(np.concatenate(parts)).astype(np.uint64)
        return keys, [keys.searchsorted(part.astype(np.uint64)) for part in parts]
    # Keys come from articles: with the secret nobody can choose them to share their slots.
    table = merging.KeyTable(int.from_bytes(os.urandom(8), "little"))
    numbers = [np.empty(len(part), np.int32) for part in parts]
    for part, mine in zip(parts, numbers, strict=True):
        table.number(np.ascontiguousarray(part, np.uint64), mine)
    met = np.empty(table.count, np.uint64)
    table.all_keys(met)
    order = np.argsort(met)
    index_of = np.empty(len(met), np.int64)
    index_of[order] = np.arange(len(met))
    return met[order], [index_of[mine] for mine in numbers]


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

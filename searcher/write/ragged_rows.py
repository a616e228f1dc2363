"""Rows of numbers of any length: appended one at a time, taken many at a time."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from searcher.store.arrays import ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray


class RaggedRows:
    """A ragged array: the values of all rows one after another, and where each row begins.

    >>> rows = RaggedRows()
    >>> rows.append([7]), rows.append([8, 9])
    (0, 1)
    >>> values, counts = rows.take(np.array([1, 0]))
    >>> values.tolist(), counts.tolist()
    ([8, 9, 7], [2, 1])
    """

    def __init__(self) -> None:
        self._values = np.zeros(0, np.int64)
        self._offsets = np.zeros(1, np.int64)
        self._appended: list[list[int]] = []

    def __len__(self) -> int:
        return len(self._offsets) + len(self._appended) - 1

    def append(self, row: list[int]) -> int:
        """Append a row; returns its number."""
        self._appended.append(row)
        return len(self) - 1

    def take(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The values of the rows with these numbers, row after row, and how many each has."""
        if self._appended:
            ends = np.cumsum([len(row) for row in self._appended])
            values = np.fromiter(chain.from_iterable(self._appended), np.int64, ends[-1])
            self._offsets = np.concatenate((self._offsets, self._offsets[-1] + ends))
            self._values = np.concatenate((self._values, values))
            self._appended = []
        starts = self._offsets[rows]
        counts = self._offsets[rows + 1] - starts
        return self._values[ranges(starts, counts)], counts

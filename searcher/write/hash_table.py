"""A hash table from 64-bit numbers to numbers, asked and filled by whole arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio."""


class HashTable:
    """Maps keys (uint64, not 0) to values (int64, 0 or more).

    A key is in the slot that its product with the golden ratio gives, or in the next free one:
    Fibonacci hashing with linear probing (Knuth, The Art of Computer Programming 3, 6.4).
    """

    def __init__(self) -> None:
        self._used = 0
        self._allocate(12)

    def _allocate(self, bits: int) -> None:
        self._shift = np.uint64(64 - bits)
        self._keys = np.zeros(1 << bits, np.uint64)
        self._values = np.full(1 << bits, -1, np.int64)

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The value of each key, -1 where there is none."""
        slots = self._first_slots(keys)
        values: NDArray[np.int64] = self._values[slots]
        pending = np.flatnonzero((self._keys[slots] != keys) & (values >= 0))
        while len(pending):
            slots[pending] = self._next(slots[pending])
            values[pending] = self._values[slots[pending]]
            differs = self._keys[slots[pending]] != keys[pending]
            pending = pending[differs & (values[pending] >= 0)]
        return values

    def add(self, keys: NDArray[np.uint64], values: NDArray[np.int64]) -> None:
        """Add keys with their values; each key once, and none that is there already."""
        self._used += len(keys)
        # In a table that is more than half full, many keys share their first slot.
        if 2 * self._used > len(self._keys):
            taken = self._values >= 0
            keys = np.concatenate((self._keys[taken], keys))
            values = np.concatenate((self._values[taken], values))
            self._allocate((4 * self._used).bit_length())
        slots = self._first_slots(keys)
        pending = np.arange(len(keys))
        while len(pending):
            wanted = slots[pending]
            free = self._values[wanted] < 0
            # Of several keys that want a slot, the last one written gets it.
            self._values[wanted[free]] = values[pending[free]]
            self._keys[wanted[free]] = keys[pending[free]]
            pending = pending[self._values[wanted] != values[pending]]
            slots[pending] = self._next(slots[pending])

    def _first_slots(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        return ((keys * _GOLDEN) >> self._shift).astype(np.int64)

    def _next(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        return (slots + 1) & (len(self._keys) - 1)

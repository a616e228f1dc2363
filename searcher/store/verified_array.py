"""An array in a memory map that is verified, block by block, when it is first read.

There is a CRC-32 for every BLOCK bytes. A process verifies a block once, before the first value of
it is given out, and notes that; from then on reading costs the look at the note.
"""

from __future__ import annotations

import mmap
import zlib
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from searcher._native import extension
from searcher.lazy_numpy import numpy as np
from searcher.store.file_errors import damaged_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK = 4096
"""The bytes that one checksum covers: a page of memory, and of most disks."""


def block_count(size: int) -> int:
    """How many checksums so many bytes have.

    >>> block_count(0), block_count(1), block_count(BLOCK + 1)
    (0, 1, 2)
    """
    return -(-size // BLOCK)


_lookup: Any = extension("lookup")

_BYTES_SHIFT = BLOCK.bit_length() - 1

FORMATS: Final[dict[str, Literal["B", "H", "I", "Q", "h", "i", "q"]]] = {
    "|u1": "B", "<u2": "H", "<u4": "I", "<u8": "Q", "<i2": "h", "<i4": "i", "<i8": "q",
}  # fmt: skip
"""The integers that there may be: as numpy calls them, and as :mod:`struct` does."""


class VerifiedArray:
    """The n integers of a section of a container.

    Args:
        path: the file, for errors.
        file: its memory map.
        dtype: of the integers, one of FORMATS.
        offset, size: where they are in the file, in bytes.
        checksums: CRC-32 of each block of them, block_count(size) numbers.

    Everything that gives out values raises IndexInvalidError where the bytes are not those that
    were written.
    """

    def __init__(
        self,
        path: Path,
        file: mmap.mmap,
        dtype: str,
        offset: int,
        size: int,
        checksums: memoryview,
    ) -> None:
        self._dtype = dtype
        self._path = path
        self._file = file
        self._offset = offset
        self._bytes = memoryview(file)[offset : offset + size]
        self.unverified = self._bytes.cast(FORMATS[dtype])
        """The values as they are in the file, for searches whose outcome is verified."""
        self._checksums = checksums
        self._block_shift = (BLOCK // self.unverified.itemsize).bit_length() - 1
        self._unverified = bytearray(b"\x01") * len(checksums)

    def __len__(self) -> int:
        return len(self.unverified)

    @cached_property
    def _array(self) -> NDArray[Any]:
        """The values for array operations, not verified."""
        return np.frombuffer(self._bytes, self._dtype)

    def blocks(self) -> Any:
        """What native code needs to verify blocks; the extension ``lookup`` must be there."""
        return _lookup.Blocks(self._unverified, self._block_shift, self._verify_blocks)

    def item(self, index: int) -> int:
        """One value. Raises IndexInvalidError beyond the end, too."""
        try:
            block = index >> self._block_shift
            if self._unverified[block]:
                self._verify_blocks(block, block + 1)
            value: int = self.unverified[index]
            return value
        except IndexError as error:
            raise damaged_file(self._path) from error

    def span(self, number: int) -> tuple[int, int]:
        """Where the part with a number begins and ends, of an array that says where parts end.

        Raises IndexInvalidError beyond the end, too.
        """
        if not number:
            return 0, self.item(0)
        try:
            before = (number - 1) >> self._block_shift
            block = number >> self._block_shift
            if self._unverified[before] or self._unverified[block]:
                self._verify_blocks(before, block + 1)
            return self.unverified[number - 1], self.unverified[number]
        except IndexError as error:
            raise damaged_file(self._path) from error

    def view(self, start: int, stop: int) -> memoryview:
        """The values from ``start`` to ``stop - 1``, for native code.

        Raises IndexInvalidError where these are no places of the array.
        """
        if not 0 <= start <= stop <= len(self.unverified):
            raise damaged_file(self._path)
        shift = self._block_shift
        if self._unverified.find(1, start >> shift, ((stop - 1) >> shift) + 1) >= 0:
            self.verify(start, stop)
        return self.unverified[start:stop]

    def slice(self, start: int, stop: int) -> NDArray[Any]:
        """The same values for array operations, a read-only view."""
        if not 0 <= start <= stop <= len(self.unverified):
            raise damaged_file(self._path)
        self.verify(start, stop)
        return self._array[start:stop]

    def bytes(self, start: int, stop: int) -> bytes:
        """A copy of the bytes from ``start`` to ``stop - 1``, of an array of bytes."""
        if not 0 <= start <= stop <= len(self.unverified):
            raise damaged_file(self._path)
        if self._unverified.find(1, start >> _BYTES_SHIFT, ((stop - 1) >> _BYTES_SHIFT) + 1) >= 0:
            self.verify(start, stop)
        return self._file[self._offset + start : self._offset + stop]

    def all(self) -> NDArray[Any]:
        """All values, a read-only view."""
        self.verify(0, len(self))
        return self._array

    def all_viewed(self) -> memoryview:
        """All values, for native code."""
        return self.view(0, len(self))

    def search(self, wanted: Iterable[int]) -> list[int]:
        """The place of the first value that is not less than each of the wanted ones.

        For an array that was written in ascending order. Places are not verified: see
        :meth:`confirm`.
        """
        values = self.unverified
        return [bisect_left(values, value) for value in wanted]

    def confirm(self, wanted: int, place: int) -> None:
        """Verify that :meth:`search` has found the right place.

        It has where the two values that the place lies between are sound and the wanted one
        belongs between them, whatever values the search has looked at before.
        """
        if place and self.item(place - 1) >= wanted:
            raise damaged_file(self._path)
        if place < len(self) and self.item(place) < wanted:
            raise damaged_file(self._path)

    def verify(self, start: int, stop: int) -> None:
        """Verify the values from ``start`` to ``stop - 1``."""
        first = start >> self._block_shift
        last = (stop - 1) >> self._block_shift
        if self._unverified.find(1, first, last + 1) >= 0:
            self._verify_blocks(first, last + 1)

    def is_sound(self) -> bool:
        """Whether all bytes are those that were written; reads all of them, verified or not."""
        return all(self._is_sound(block) for block in range(len(self._checksums)))

    def _verify_blocks(self, first: int, stop: int) -> None:
        for block in range(first, stop):
            if self._unverified[block]:
                if not self._is_sound(block):
                    raise damaged_file(self._path)
                self._unverified[block] = 0

    def _is_sound(self, block: int) -> bool:
        content = self._bytes[block * BLOCK : (block + 1) * BLOCK]
        return zlib.crc32(content) == self._checksums[block]

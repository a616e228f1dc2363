"""Bitmaps: a bit for each document, the first in the lowest bit of the first byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def write_bitmap(bits: NDArray[np.bool_]) -> bytes:
    """The bitmap of bits, bool (n,): ceil(n / 8) bytes."""
    return np.packbits(bits, bitorder="little").tobytes()


def read_bitmap(bitmap: bytes, size: int) -> NDArray[np.bool_]:
    """The first ``size`` bits of a bitmap, bool; missing bytes count as zero."""
    padded = bitmap.ljust((size + 7) // 8, b"\0")
    return np.unpackbits(np.frombuffer(padded, np.uint8), bitorder="little")[:size].astype(bool)

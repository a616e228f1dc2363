"""Bitmaps: a bit for each document, the first in the lowest bit of the first byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searcher.lazy_numpy import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def write_bitmap(bits: NDArray[np.bool_]) -> bytes:
    """The bitmap of bits, bool (n,): ceil(n / 8) bytes."""
    return np.packbits(bits, bitorder="little").tobytes()


def bitmap_bytes(bitmap: bytes, size: int) -> bytes:
    r"""The first ``size`` bits of a bitmap, a byte of 0 or 1 each; missing bytes count as zero.

    >>> bitmap_bytes(b"\x05", 4)
    b'\x01\x00\x01\x00'
    """
    number = int.from_bytes(bitmap[: (size + 7) // 8], "little") | 1 << size
    # The highest bit is the one that was added, so that none is left out; then the last one comes.
    return f"{number:b}"[-size:][::-1].encode().translate(_BITS) if size else b""


def read_bitmap(bitmap: bytes, size: int) -> NDArray[np.bool_]:
    """The first ``size`` bits of a bitmap, bool; missing bytes count as zero."""
    padded = bitmap.ljust((size + 7) // 8, b"\0")
    return np.unpackbits(np.frombuffer(padded, np.uint8), bitorder="little")[:size].astype(bool)


_BITS = bytes.maketrans(b"01", b"\x00\x01")

"""Text records: the title and body of an article as written, with where its words begin.

A record is ``units (UTF-16, little endian) | inside (bits, first unit first)``, compressed by
Zstandard with a dictionary of the segment's own. Two bytes a character compress better here than
UTF-8's three, and slices of them are slices of the text.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import zstandard

from searcher.errors import IndexInvalid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.index.layout import LayoutReader

LEVEL = 5
DICTIONARY_BYTES = 1 << 16
LEAST_SAMPLES = 1000
"""With fewer documents a dictionary costs more than it saves."""
MOST_SAMPLES = 3000
_SAMPLE_BYTES = 4000


def train(
    samples: Sequence[bytes], size: int = DICTIONARY_BYTES, least: int = LEAST_SAMPLES
) -> bytes:
    """A dictionary for records like these; empty when there are too few of them."""
    if len(samples) < least:
        return b""
    step = max(1, len(samples) // MOST_SAMPLES)
    pieces: list[Any] = [sample[:_SAMPLE_BYTES] for sample in samples[::step]]
    try:
        return zstandard.train_dictionary(size, pieces, level=LEVEL).as_bytes()
    except zstandard.ZstdError:
        return b""


class Packer:
    """Makes records with one dictionary."""

    def __init__(self, dictionary: bytes) -> None:
        known: dict[str, Any] = {}
        if dictionary:
            known["dict_data"] = zstandard.ZstdCompressionDict(dictionary)
            known["dict_data"].precompute_compress(level=LEVEL)
        self._compress = zstandard.ZstdCompressor(
            LEVEL, write_checksum=False, write_dict_id=False, **known
        ).compress

    def pack(self, units: NDArray[np.uint16], inside: NDArray[np.bool_]) -> bytes:
        """The record of one document."""
        return self._compress(units.tobytes() + np.packbits(inside, bitorder="little").tobytes())

    def repack(self, raw: bytes) -> bytes:
        """A record from the raw bytes that :meth:`Unpacker.raw` gives."""
        return self._compress(raw)


class Unpacker:
    """Reads records with one dictionary."""

    def __init__(self, dictionary: bytes) -> None:
        known: dict[str, Any] = {}
        if dictionary:
            known["dict_data"] = zstandard.ZstdCompressionDict(dictionary)
        self.unpack: Callable[[bytes | memoryview], bytes] = zstandard.ZstdDecompressor(
            **known
        ).decompress
        """Like :meth:`raw`, but what it raises is zstandard's own."""

    def raw(self, record: bytes | memoryview) -> bytes:
        """The record's units and bits as one string of bytes: 17 bits for each unit."""
        try:
            return self.unpack(record)
        except zstandard.ZstdError as error:
            raise _damaged() from error


class Packed:
    """The records of a section of a segment file; serves several threads."""

    def __init__(self, layout: LayoutReader, name: str) -> None:
        self._layout = layout
        self._name = name
        self._base = layout.place(f"{name}s")[0]
        self._ends = layout[f"{name}_ends"].data
        self._read = layout.read
        self._local = threading.local()

    def __len__(self) -> int:
        return len(self._ends)

    def raw(self, number: int) -> bytes:
        """The unpacked record of a document. Raises IndexInvalid when it is damaged."""
        start = self._ends[number - 1] if number else 0
        packed = self._read(self._base + start, self._ends[number] - start)
        try:
            raw: bytes = self._local.unpack(packed)
        except AttributeError:
            # An unpacker serves one thread at a time.
            dictionary = self._layout.copied(f"{self._name}_dictionary")
            self._local.unpack = Unpacker(dictionary).unpack
            return self.raw(number)
        except zstandard.ZstdError as error:
            raise _damaged() from error
        return raw


def _damaged() -> IndexInvalid:
    return IndexInvalid("a text in the index is damaged; run: searcher index --rebuild")


def unit_count(raw: bytes) -> int:
    """How many UTF-16 units a raw record holds: the n with 2 n + ceil(n / 8) bytes."""
    return len(raw) * 8 // 17

"""Records: what is stored of an article; its text as written, with where its words begin.

A record is compressed by Zstandard with a dictionary of the segment's own::

    size of the card (uint32) | card (UTF-16) | units (UTF-16) | inside (bits, first unit first)

all little endian. The units are ``title TITLE_END body TEXT_END``; two bytes a character compress
better here than UTF-8's three, and slices of them are slices of the text. The card is what else a
list of hits shows: id, path, author, source, url and each category, SEPARATOR between them.
"""

from __future__ import annotations

import threading
from codecs import utf_16_le_decode
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import zstandard

from searcher.errors import IndexInvalid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.store.container import ContainerReader

SEPARATOR = "\x1f"

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


class DocumentEncoder:
    """Makes records with one dictionary."""

    def __init__(self, dictionary: bytes) -> None:
        known: dict[str, Any] = {}
        if dictionary:
            known["dict_data"] = zstandard.ZstdCompressionDict(dictionary)
            known["dict_data"].precompute_compress(level=LEVEL)
        self._compress = zstandard.ZstdCompressor(
            LEVEL, write_checksum=False, write_dict_id=False, **known
        ).compress

    def pack(self, card: bytes, units: NDArray[np.uint16], inside: NDArray[np.bool_]) -> bytes:
        """The record of one document."""
        bits = np.packbits(inside, bitorder="little")
        return self._compress(b"".join((beginning(card), units.tobytes(), bits.tobytes())))

    def repack(self, raw: bytes) -> bytes:
        """A record from the raw bytes that :meth:`DocumentDecoder.raw` gives."""
        return self._compress(raw)


class DocumentDecoder:
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
        """The record unpacked."""
        try:
            return self.unpack(record)
        except zstandard.ZstdError as error:
            raise _damaged() from error


class Records:
    """The records in a segment file; serves several threads."""

    def __init__(self, container: ContainerReader) -> None:
        self._container = container
        self._base = container.place("records")[0]
        self._ends = container["record_ends"].data
        self._read = container.read
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
            dictionary = self._container.copied("record_dictionary")
            self._local.unpack = DocumentDecoder(dictionary).unpack
            return self.raw(number)
        except zstandard.ZstdError as error:
            raise _damaged() from error
        return raw


def _damaged() -> IndexInvalid:
    return IndexInvalid("a text in the index is damaged; run: searcher index --rebuild")


def beginning(card: bytes) -> bytes:
    """What a raw record with this card begins with."""
    return len(card).to_bytes(4, "little") + card


def text_bounds(raw: bytes) -> tuple[int, int]:
    """Where the units begin in a raw record, in bytes, and how many there are.

    Raises IndexInvalid for what cannot be a record.
    """
    start = 4 + int.from_bytes(raw[:4], "little")
    if start > len(raw):
        raise _damaged()
    # n units take 2 n bytes, and their bits ceil(n / 8).
    return start, (len(raw) - start) * 8 // 17


def decode_fields(raw: bytes) -> list[str]:
    """The fields of the card of a raw record."""
    end = 4 + int.from_bytes(raw[:4], "little")
    return utf_16_le_decode(raw[4:end], "surrogatepass", True)[0].split(SEPARATOR)

"""A container file: named arrays one after another, read through a memory map.

Segment files and lexicon files are containers::

    magic (8 bytes) | header offset (uint64) | header length (uint32) | header CRC-32 (uint32)
    | sections | header (JSON)

The header gives the offset, dtype, size and CRC-32 of each section, by name. Sections begin at
multiples of 64 bytes. Nothing in the file is code or a pickle: reading a damaged or hostile file
raises IndexInvalidError, or gives other numbers.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import weakref
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from searcher.errors import IndexInvalidError
from searcher.store.schema import FORMAT

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MAGIC = b"SEARCHR%d" % FORMAT
ALIGNMENT = 64
"""Sections begin at multiples of so many bytes."""
DAMAGE = (IndexError, ValueError, OverflowError, KeyError, TypeError)
"""What working on the numbers of a damaged file may raise, beside IndexInvalidError."""
_PREFIX = struct.Struct("<8sQII")
_DTYPES = frozenset({"|u1", "<u2", "<u4", "<u8", "<i2", "<i4", "<i8"})


class ContainerWriter:
    """Writes a container section by section; a context manager.

    ``sync``: whether the file must be on the disk when the context ends.
    """

    def __init__(self, path: Path, *, sync: bool = True) -> None:
        self._sync = sync
        self._sections: dict[str, dict[str, Any]] = {}
        self._path = path
        self._file: BinaryIO = path.open("wb")
        self._file.write(_PREFIX.pack(b"", 0, 0, 0))

    def write(self, name: str, values: ArrayLike | bytes) -> None:
        """Append a section: an array of integers, or bytes."""
        self.write_parts(name, [values])

    def write_parts(self, name: str, parts: Iterable[ArrayLike | bytes | memoryview]) -> None:
        """Append a section given in parts, all of one dtype."""
        offset = self._align()
        crc = size = 0
        dtype = "|u1"
        for part in parts:
            if not isinstance(part, bytes | memoryview):
                array = np.ascontiguousarray(part)
                dtype, part = array.dtype.str, array.data.cast("B")
            crc = zlib.crc32(part, crc)
            size += self._file.write(part)
        self._sections[name] = {"offset": offset, "dtype": dtype, "size": size, "crc32": crc}

    def __enter__(self) -> ContainerWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._file.close()

    def _align(self) -> int:
        """Write zeros up to the next multiple of ALIGNMENT; returns that offset."""
        offset = self._file.tell()
        self._file.write(b"\0" * (-offset % ALIGNMENT))
        return offset + -offset % ALIGNMENT

    def _finish(self) -> None:
        offset = self._align()
        header = json.dumps(self._sections, separators=(",", ":")).encode()
        self._file.write(header)
        self._file.seek(0)
        # The magic comes last, so that a half written file has none.
        self._file.write(_PREFIX.pack(MAGIC, offset, len(header), zlib.crc32(header)))
        self._file.flush()
        if self._sync:
            os.fsync(self._file.fileno())


class ContainerReader:
    """The sections of a container as read-only arrays over a memory map.

    Raises IndexInvalidError for a file that is no container of this format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                self._descriptor = os.dup(file.fileno())
            weakref.finalize(self, os.close, self._descriptor)
            magic, offset, length, crc = _PREFIX.unpack_from(self.map)
            header = self.map[offset : offset + length]
            if magic != MAGIC or zlib.crc32(header) != crc or offset + length != len(self.map):
                raise ValueError("no container")
            self._sections: dict[str, dict[str, Any]] = json.loads(header)
        except (OSError, ValueError, RecursionError, struct.error) as error:
            raise _damaged(path) from error

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A section.

        Raises IndexInvalidError where there is none, or it lies outside of the file.
        """
        offset, size, dtype = self.section(name)
        return np.frombuffer(self.map, dtype, size // dtype.itemsize, offset)

    def names(self) -> list[str]:
        """The names of all sections."""
        return list(self._sections)

    def section(self, name: str) -> tuple[int, int, np.dtype[Any]]:
        """Offset and size in bytes of a section within :attr:`map`, and its dtype."""
        try:
            section = self._sections[name]
            offset, size = section["offset"], section["size"]
            if section["dtype"] not in _DTYPES or type(offset) is not int or type(size) is not int:
                raise ValueError("section header")
            dtype = np.dtype(section["dtype"])
            if not 0 <= offset <= offset + size <= len(self.map):
                raise ValueError("section outside of the file")
            if size % dtype.itemsize or offset % dtype.itemsize:
                raise ValueError("section not aligned")
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(self.path) from error
        return offset, size, dtype

    def read_section(self, name: str) -> bytes:
        """A copy of a section's bytes."""
        offset, size, _ = self.section(name)
        return self.map[offset : offset + size]

    def read(self, start: int, size: int) -> bytes:
        """Bytes of the file, read without the map: what is read once would only fill the memory."""
        try:
            return os.pread(self._descriptor, size, start)
        except OSError as error:
            raise _damaged(self.path) from error
        except AttributeError:
            # Windows has no pread.
            return self.map[start : start + size]

    def damaged_sections(self) -> list[str]:
        """The names of sections whose bytes do not have the CRC-32 that was written with them."""
        return [
            name
            for name, section in self._sections.items()
            if zlib.crc32(self.read_section(name)) != section.get("crc32")
        ]

    def release(self) -> None:
        """Let the system drop the pages of the map that were read; using them reads them again."""
        if hasattr(self.map, "madvise"):
            self.map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Close the map, or let it close with the last array that points into it."""
        with suppress(BufferError):
            self.map.close()


@contextmanager
def reporting_damage() -> Iterator[None]:
    """Raise IndexInvalidError for whatever working on the numbers of a damaged file raises."""
    try:
        yield
    except DAMAGE as error:
        raise IndexInvalidError("the index is damaged; run: searcher index --rebuild") from error


def _damaged(path: Path) -> IndexInvalidError:
    return IndexInvalidError(
        f"the index file {path.name} is damaged; run: searcher index --rebuild"
    )

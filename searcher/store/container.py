"""The segment file: named arrays one after another, read through a memory map.

::

    magic (8 bytes) | header at (uint64) | its length (uint32) | its CRC-32 (uint32)
    | sections | header (JSON)

The header lists for each section its place, dtype, size and CRC-32. Sections begin at multiples
of 64 bytes. Nothing in the file is code or a pickle: a damaged or hostile file gives
:class:`~searcher.errors.IndexInvalid`, not more.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import weakref
import zlib
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from searcher.errors import IndexInvalid

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MAGIC = b"SEARCHR3"
ALIGNMENT = 64
DAMAGE = (IndexError, ValueError, OverflowError, KeyError, MemoryError, TypeError)
"""What working on the numbers of a damaged file may raise, beside IndexInvalid."""
_PREFIX = struct.Struct("<8sQII")
_DTYPES = frozenset({"|u1", "<u2", "<u4", "<u8", "<i2", "<i4", "<i8"})


class ContainerWriter:
    """Writes a segment file section by section; a context manager.

    ``sync``: whether it must be on the disk when the context ends.
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

    def write_parts(self, name: str, parts: Any) -> None:
        """Append a section given piece by piece, all of one dtype."""
        offset = self._align()
        crc = size = 0
        dtype = "|u1"
        for part in parts:
            if not isinstance(part, bytes | memoryview):
                array = np.ascontiguousarray(part)
                dtype, part = array.dtype.str, array.data.cast("B")
            crc = zlib.crc32(part, crc)
            size += self._file.write(part)
        self._sections[name] = {"at": offset, "dtype": dtype, "bytes": size, "crc": crc}

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
        """Go on at the next multiple of ALIGNMENT."""
        offset = self._file.tell()
        self._file.write(b"\0" * (-offset % ALIGNMENT))
        return offset + -offset % ALIGNMENT

    def _finish(self) -> None:
        at = self._align()
        header = json.dumps(self._sections, separators=(",", ":")).encode()
        self._file.write(header)
        self._file.seek(0)
        # A file that was left half written has no magic.
        self._file.write(_PREFIX.pack(MAGIC, at, len(header), zlib.crc32(header)))
        self._file.flush()
        if self._sync:
            os.fsync(self._file.fileno())


class ContainerReader:
    """The sections of a segment file as read-only arrays over a memory map.

    Raises IndexInvalid for a file that is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                self._descriptor = os.dup(file.fileno())
            weakref.finalize(self, os.close, self._descriptor)
            magic, at, length, crc = _PREFIX.unpack_from(self.map)
            header = self.map[at : at + length]
            if magic != MAGIC or zlib.crc32(header) != crc or at + length != len(self.map):
                raise ValueError("no segment file")
            self._sections: dict[str, dict[str, Any]] = json.loads(header)
        except (OSError, ValueError, RecursionError, struct.error) as error:
            raise _damaged(path) from error

    def __getitem__(self, name: str) -> NDArray[Any]:
        offset, size, dtype = self.place(name)
        return np.frombuffer(self.map, dtype, size // dtype.itemsize, offset)

    def __contains__(self, name: object) -> bool:
        return name in self._sections

    def place(self, name: str) -> tuple[int, int, np.dtype[Any]]:
        """Offset and size in bytes of a section within :attr:`map`, and its dtype."""
        try:
            section = self._sections[name]
            offset, size = section["at"], section["bytes"]
            if section["dtype"] not in _DTYPES or type(offset) is not int or type(size) is not int:
                raise ValueError("section header")
            dtype = np.dtype(section["dtype"])
            if not 0 <= offset <= offset + size <= len(self.map):
                raise ValueError("section outside of the file")
            if size % dtype.itemsize or offset % dtype.itemsize:
                raise ValueError("section out of line")
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(self.path) from error
        return offset, size, dtype

    def copied(self, name: str) -> bytes:
        """A section's bytes, copied."""
        offset, size, _ = self.place(name)
        return self.map[offset : offset + size]

    def read(self, start: int, size: int) -> bytes:
        """Bytes of the file, past the map: what is read once would only fill the memory."""
        try:
            return os.pread(self._descriptor, size, start)
        except OSError as error:
            raise _damaged(self.path) from error
        except AttributeError:
            # Not every system has it.
            return self.map[start : start + size]

    def check(self) -> list[str]:
        """The names of sections whose bytes are not those that were written."""
        return [
            name
            for name, section in self._sections.items()
            if zlib.crc32(self.copied(name)) != section["crc"]
        ]

    def release(self) -> None:
        """Give back the memory that reading it took; it is read again when needed."""
        if hasattr(self.map, "madvise"):
            self.map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Let go of the file, once no array of it is in use any more."""
        # Arrays handed out may still point into the map; it closes with the last of them.
        with suppress(BufferError):
            self.map.close()


def _damaged(path: Path) -> IndexInvalid:
    return IndexInvalid(f"the index file {path.name} is damaged; run: searcher index --rebuild")

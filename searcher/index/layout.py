"""The segment file: named arrays one after another, read through a memory map.

::

    magic (8 bytes) | header length (uint32) | header CRC-32 (uint32) | header (JSON) | sections

The header lists for each section its place, dtype, count and CRC-32. Sections begin at multiples
of 64 bytes. Nothing in the file is code or a pickle: a damaged or hostile file gives
:class:`~searcher.errors.IndexInvalid`, not more.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from searcher.errors import IndexInvalid

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MAGIC = b"SEARCHR1"
ALIGNMENT = 64
_PREFIX = struct.Struct("<8sII")
_DTYPES = frozenset({"|u1", "<u2", "<u4", "<u8", "<i2", "<i4", "<i8"})


class LayoutWriter:
    """Writes a segment file section by section; a context manager that syncs it to the disk."""

    def __init__(self, path: Path) -> None:
        self._sections: dict[str, dict[str, Any]] = {}
        self._path = path
        # The header's size is known only at the end, so the sections gather in a file beside it.
        self._body: BinaryIO = path.with_suffix(".body").open("w+b")

    def write(self, name: str, values: ArrayLike | bytes) -> None:
        """Append a section: an array of integers, or bytes."""
        self.write_parts(name, [values])

    def write_parts(self, name: str, parts: Any) -> None:
        """Append a section given piece by piece, all of one dtype."""
        offset = self._body.tell()
        self._body.write(b"\0" * (-offset % ALIGNMENT))
        offset += -offset % ALIGNMENT
        crc = size = 0
        dtype = "|u1"
        for part in parts:
            if not isinstance(part, bytes):
                array = np.ascontiguousarray(part)
                dtype, part = array.dtype.str, array.data.cast("B")
            crc = zlib.crc32(part, crc)
            size += self._body.write(part)
        self._sections[name] = {"at": offset, "dtype": dtype, "bytes": size, "crc": crc}

    def __enter__(self) -> LayoutWriter:
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
            self._body.close()
            self._path.with_suffix(".body").unlink()

    def _finish(self) -> None:
        header = json.dumps(self._sections, separators=(",", ":")).encode()
        header += b" " * (-(len(header) + _PREFIX.size) % ALIGNMENT)
        self._body.seek(0)
        with self._path.open("wb") as file:
            file.write(_PREFIX.pack(MAGIC, len(header), zlib.crc32(header)))
            file.write(header)
            while piece := self._body.read(1 << 22):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())


class LayoutReader:
    """The sections of a segment file as read-only arrays over a memory map.

    Raises IndexInvalid for a file that is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            magic, length, crc = _PREFIX.unpack_from(self.map)
            header = self.map[_PREFIX.size : _PREFIX.size + length]
            if magic != MAGIC or zlib.crc32(header) != crc:
                raise ValueError("no segment file")
            self._sections: dict[str, dict[str, Any]] = json.loads(header)
            self._base = _PREFIX.size + length
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
            offset, size = self._base + section["at"], section["bytes"]
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

    def bytes(self, name: str) -> bytes:
        """A section's bytes, copied."""
        offset, size, _ = self.place(name)
        return self.map[offset : offset + size]

    def check(self) -> list[str]:
        """The names of sections whose bytes are not those that were written."""
        return [
            name
            for name, section in self._sections.items()
            if zlib.crc32(self.bytes(name)) != section["crc"]
        ]

    def close(self) -> None:
        """Let go of the file, once no array of it is in use any more."""
        # Arrays handed out may still point into the map; it closes with the last of them.
        with suppress(BufferError):
            self.map.close()


def _damaged(path: Path) -> IndexInvalid:
    return IndexInvalid(f"the index file {path.name} is damaged; run: searcher index --rebuild")

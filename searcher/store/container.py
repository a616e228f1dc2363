"""A container file: named arrays one after another, read through a memory map.

Segment files and lexicon files are containers::

    magic (8 bytes) | header offset (uint64) | header length (uint32) | blocks (uint32)
    | CRC-32 of checksums and header (uint32) | sections | checksums (uint32 each) | header (JSON)

The header gives the offset, dtype and size of each section, by name. Sections begin at multiples
of 64 bytes. There is a checksum for each block of each section, in the order of the header. They
and the header are verified when the file is opened, a section block by block when it is read: see
:mod:`searcher.store.verified_array`. Nothing in the file is code or a pickle: reading a damaged
file raises IndexInvalidError, reading a hostile one does so or gives other numbers.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

from searcher.errors import IndexInvalidError
from searcher.lazy_numpy import numpy as np
from searcher.regular_file import open_regular
from searcher.store.file_errors import damaged_file, unreadable_file
from searcher.store.schema import FORMAT
from searcher.store.verified_array import BLOCK, FORMATS, VerifiedArray, block_count

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MAGIC = b"SEARCHR%d" % FORMAT
ALIGNMENT = 64
"""The alignment of sections in bytes."""
DAMAGE = (IndexError, ValueError, OverflowError, KeyError, TypeError)
"""What working on the numbers of a damaged file may raise, beside IndexInvalidError."""
_NO_HEADER = (AttributeError, KeyError, TypeError, ValueError, RecursionError, struct.error)
"""What reading a header that is none may raise."""
_pread: Callable[[int, int, int], bytes] | None = getattr(os, "pread", None)
"""None on Windows."""
_PREFIX = struct.Struct("<8sQIII")


class ContainerWriter:
    """Writes a container section by section; a context manager.

    ``sync``: whether the file must be on the disk when the context ends.
    """

    def __init__(self, path: Path, *, sync: bool = True) -> None:
        self._sync = sync
        self._sections: dict[str, dict[str, Any]] = {}
        self._checksums: list[int] = []
        self._path = path
        # Whatever is there already is not written to: somebody may read it, or it may be a pipe.
        try:
            self._file: BinaryIO = path.open("xb")
        except FileExistsError:
            path.unlink()
            self._file = path.open("xb")
        self._file.write(_PREFIX.pack(b"", 0, 0, 0, 0))

    def write(self, name: str, values: ArrayLike | bytes) -> None:
        """Append a section: an array of integers, or bytes."""
        self.write_parts(name, [values])

    def write_parts(self, name: str, parts: Iterable[ArrayLike | bytes | memoryview]) -> None:
        """Append a section given in parts, all of one dtype."""
        offset = self._align()
        size = 0
        dtype = "|u1"
        for part in parts:
            if not isinstance(part, bytes | memoryview):
                array = np.ascontiguousarray(part)
                dtype, part = array.dtype.str, array.data.cast("B")
            self._add_checksums(memoryview(part), size)
            size += self._file.write(part)
        self._sections[name] = {"offset": offset, "dtype": dtype, "size": size}

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

    def _add_checksums(self, part: memoryview, size: int) -> None:
        """Add a part to the checksums of the section being written, of which ``size`` bytes are."""
        start = 0
        while start < len(part):
            room = BLOCK - (size + start) % BLOCK
            piece = part[start : start + room]
            if room == BLOCK:
                self._checksums.append(zlib.crc32(piece))
            else:
                self._checksums[-1] = zlib.crc32(piece, self._checksums[-1])
            start += len(piece)

    def _align(self) -> int:
        """Write zeros up to the next multiple of ALIGNMENT; returns that offset."""
        offset = self._file.tell()
        self._file.write(b"\0" * (-offset % ALIGNMENT))
        return offset + -offset % ALIGNMENT

    def _finish(self) -> None:
        checksums = np.array(self._checksums, np.uint32).tobytes()
        header = json.dumps(self._sections, separators=(",", ":")).encode()
        crc = zlib.crc32(checksums + header)
        offset = self._align() + len(checksums)
        self._file.write(checksums + header)
        self._file.seek(0)
        # The magic comes last, so that a half written file has none.
        blocks = len(self._checksums)
        self._file.write(_PREFIX.pack(MAGIC, offset, len(header), blocks, crc))
        self._file.flush()
        if self._sync:
            os.fsync(self._file.fileno())


class ContainerReader:
    """The sections of a container as read-only arrays over a memory map.

    Raises IndexInvalidError for a file that is no container of this format, and
    IndexUnreadableError where the system does not let us read it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with open_regular(path) as file:
                self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                self._descriptor = os.dup(file.fileno())
            weakref.finalize(self, os.close, self._descriptor)
        except OSError as error:
            raise unreadable_file(path, error) from error
        except ValueError as error:  # an empty file cannot be mapped
            raise damaged_file(path) from error
        try:
            self._headers, self._checksums = self._read_header()
            self._first_block = self._first_blocks()
        except _NO_HEADER as error:
            raise damaged_file(path) from error
        self._sections: dict[str, VerifiedArray] = {}

    def is_whole(self) -> bool:
        """Whether the file is as long as when it was opened; to read beyond its end is SIGBUS."""
        return os.fstat(self._descriptor).st_size >= len(self.map)

    def _read_header(self) -> tuple[dict[str, dict[str, Any]], memoryview]:
        """The header, and the checksums of all blocks."""
        magic, offset, length, blocks, crc = _PREFIX.unpack_from(self.map)
        start = offset - 4 * blocks
        if magic != MAGIC or start < _PREFIX.size or offset + length != len(self.map):
            raise ValueError("no container")
        end = self.map[start:]
        if zlib.crc32(end) != crc:
            raise ValueError("checksum of the header")
        headers: dict[str, dict[str, Any]] = json.loads(end[4 * blocks :])
        return headers, memoryview(end)[: 4 * blocks].cast("I")

    def _first_blocks(self) -> dict[str, int]:
        """For each section the number of its first checksum."""
        first = 0
        numbers: dict[str, int] = {}
        for name, header in self._headers.items():
            size = header["size"]
            if type(size) is not int or size < 0:
                raise ValueError("size of a section")
            numbers[name] = first
            first += block_count(size)
        if first != len(self._checksums):
            raise ValueError("number of checksums")
        return numbers

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A whole section, verified.

        Raises IndexInvalidError where there is none, it lies outside of the file or is damaged.
        """
        return self.section(name).all()

    def names(self) -> list[str]:
        """The names of all sections."""
        return list(self._headers)

    def section(self, name: str) -> VerifiedArray:
        """A section, of which each part is verified when it is read.

        Raises IndexInvalidError where there is none, or it lies outside of the file.
        """
        if name not in self._sections:
            offset, size, dtype = self.place(name)
            first = self._first_block[name]
            checksums = self._checksums[first : first + block_count(size)]
            self._sections[name] = VerifiedArray(
                self.path, self.map, dtype, offset, size, checksums
            )
        return self._sections[name]

    def place(self, name: str) -> tuple[int, int, str]:
        """Offset and size in bytes of a section within the file, and its dtype: one of FORMATS."""
        try:
            header = self._headers[name]
            offset, size, dtype = header["offset"], header["size"], header["dtype"]
            if type(offset) is not int or type(dtype) is not str:
                raise ValueError("section header")
            itemsize = struct.calcsize(FORMATS[dtype])
            if not 0 <= offset <= offset + size <= len(self.map):
                raise ValueError("section outside of the file")
            if size % itemsize or offset % itemsize:
                raise ValueError("section not aligned")
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise damaged_file(self.path) from error
        return offset, size, dtype

    def read_section(self, name: str) -> bytes:
        """A copy of a section's bytes, verified."""
        return self.section(name).all_viewed().tobytes()

    def read(self, start: int, size: int) -> bytes:
        """Bytes of the file, not verified, and read without the map.

        What is read once would only fill the memory.
        """
        if _pread is None:
            return self.map[start : start + size]
        try:
            return _pread(self._descriptor, size, start)
        except OSError as error:
            raise unreadable_file(self.path, error) from error

    def damaged_sections(self) -> list[str]:
        """The names of sections whose bytes are not those that were written."""
        return [name for name in self.names() if not self.section(name).is_sound()]

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

"""Stored documents: what is kept of an article to be shown, and where its tokens are.

A stored document is compressed by Zstandard with a dictionary that its segment keeps. Decompressed
("raw") it is::

    header size in bytes (uint32) | header (UTF-16) | text (UTF-16) | continuation bits

all little endian. The header is the fields id, path, author, source and url, and each category,
joined by SEPARATOR. The text is ``title TITLE_END body TEXT_END`` as written: UTF-16 compresses
better here than UTF-8, and offsets in it are offsets in its bytes. There is a continuation bit for
each UTF-16 unit of the text, the first one lowest in the first byte: 1 where the unit continues
the token of the unit before it, so that no token starts or ends in front of it.

Sections: ``stored.documents``, one document after another; ``stored.document_ends``, where each
ends; ``stored.dictionary``, the dictionary, empty where there is none.
"""

from __future__ import annotations

import threading
from codecs import utf_16_le_decode
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import zstandard

from searcher._native import extension
from searcher.errors import ArticleError, IndexInvalidError
from searcher.lazy_numpy import numpy as np
from searcher.store.postings import TEXT_END
from searcher.store.schema import STORED_FIELDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.article import Article
    from searcher.store.container import ContainerReader, ContainerWriter

SEPARATOR = "\x1f"

LEVEL = 5
MAX_RAW_BYTES = 36 << 20
"""No document is larger: files are read up to 16 MB, which are 34 MB of UTF-16 and its bits."""
MAX_DICTIONARY_BYTES = 1 << 16
MIN_SAMPLES = 1000
"""With fewer documents a dictionary takes more room than it saves."""
MAX_SAMPLES = 3000
MAX_KEPT_BYTES = 1 << 21
"""The size in bytes of each of the two generations of documents that a segment keeps in memory."""
_MAX_SAMPLE_BYTES = 4000

_reading = extension("reading")
_lookup: Any = extension("lookup")

_content_size: Callable[[bytes | memoryview], int] = zstandard.frame_content_size

_FLAGS, _HAS_CHECKSUM = 4, 4
"""The byte of a Zstandard frame that says whether it has a checksum, and the bit (RFC 8878)."""

_TEXT_END = TEXT_END.encode("utf-16-le")
_LINE_FIELDS = tuple(field.name for field in STORED_FIELDS if field.kind == "line")
_LINES_FIELDS = tuple(field.name for field in STORED_FIELDS if field.kind == "lines")


class StoredFields(NamedTuple):
    """What a list of hits shows of a document."""

    id: str
    path: str
    title: str
    author: str
    source: str
    url: str
    categories: tuple[str, ...]


class StoredDocuments(NamedTuple):
    """Compressed documents: their bytes, where each ends (uint32 or uint64), the dictionary."""

    documents: bytes | memoryview
    ends: NDArray[np.unsignedinteger[Any]]
    dictionary: bytes

    def take(self, numbers: NDArray[np.intp]) -> list[bytes | memoryview]:
        """The compressed documents with these numbers."""
        ends = self.ends
        starts = (ends - np.diff(ends, prepend=ends[:1] * 0))[numbers].tolist()
        spans = zip(starts, ends[numbers].tolist(), strict=True)
        return [self.documents[start:end] for start, end in spans]


# Raw documents


def encode_fields(article: Article) -> bytes:
    """The fields of an article that are in the header, encoded."""
    values = [getattr(article, name) for name in _LINE_FIELDS]
    for name in _LINES_FIELDS:
        values += getattr(article, name)
    return SEPARATOR.join(values).encode("utf-16-le", "surrogatepass")


def decode_fields(raw: bytes) -> list[str]:
    """The fields in the header of a raw document: id, path, author, source, url, categories."""
    end = 4 + int.from_bytes(raw[:4], "little")
    return utf_16_le_decode(raw[4:end], "surrogatepass", True)[0].split(SEPARATOR)


def title_and_fields(raw: bytes, title_length: int) -> tuple[str, list[str]]:
    """The title, ``title_length`` UTF-16 units, and what :func:`decode_fields` gives."""
    if _reading is not None:
        found: tuple[str, list[str]] = _reading.stored_fields(raw, title_length)
        return found
    start, _ = text_bounds(raw)
    title = utf_16_le_decode(raw[start : start + 2 * title_length], "replace")[0]
    return title, decode_fields(raw)


def header(fields: bytes) -> bytes:
    """The beginning of a raw document with these encoded fields, up to its text."""
    return len(fields).to_bytes(4, "little") + fields


def raw_document(
    fields: bytes, units: NDArray[np.uint16], continues_token: NDArray[np.bool_]
) -> bytes:
    """A raw document: its encoded fields, the units of its text, and a bool for each unit."""
    bits = np.packbits(continues_token, bitorder="little")
    return b"".join((header(fields), units.tobytes(), bits.tobytes()))


def text_bounds(raw: bytes) -> tuple[int, int]:
    """The byte at which the text of a raw document begins, and its length in UTF-16 units.

    Raises IndexInvalidError for what cannot be a raw document.
    """
    start = 4 + int.from_bytes(raw[:4], "little")
    if start > len(raw):
        raise _damaged()
    # n units take 2 n bytes, and their continuation bits ceil(n / 8).
    return start, (len(raw) - start) * 8 // 17


# Compression


def train_dictionary(
    samples: Sequence[bytes],
    max_bytes: int = MAX_DICTIONARY_BYTES,
    min_samples: int = MIN_SAMPLES,
) -> bytes:
    """A dictionary for documents like these raw ones; empty where there are too few of them."""
    if len(samples) < min_samples:
        return b""
    step = max(1, len(samples) // MAX_SAMPLES)
    parts: list[Any] = [sample[:_MAX_SAMPLE_BYTES] for sample in samples[::step]]
    try:
        return zstandard.train_dictionary(max_bytes, parts, level=LEVEL).as_bytes()
    except zstandard.ZstdError:
        return b""


class DocumentEncoder:
    """Compresses raw documents with one dictionary; for one thread at a time."""

    def __init__(self, dictionary: bytes) -> None:
        options: dict[str, Any] = {}
        if dictionary:
            options["dict_data"] = zstandard.ZstdCompressionDict(dictionary)
            options["dict_data"].precompute_compress(level=LEVEL)
        self._compress: Callable[[bytes], bytes] = zstandard.ZstdCompressor(
            LEVEL, write_checksum=True, write_dict_id=False, **options
        ).compress

    def compress(self, raw: bytes) -> bytes:
        """The compressed document. Raises ArticleError for one that could not be read again."""
        if len(raw) > MAX_RAW_BYTES:
            raise ArticleError("an article has more than 16 million characters; divide it")
        return self._compress(raw)


class DocumentDecoder:
    """Decompresses documents with one dictionary; for one thread at a time."""

    def __init__(self, dictionary: bytes) -> None:
        options: dict[str, Any] = {}
        if dictionary:
            options["dict_data"] = zstandard.ZstdCompressionDict(dictionary)
        self.decompress = zstandard.ZstdDecompressor(**options).decompress

    def raw(self, compressed: bytes | memoryview) -> bytes:
        """The raw document. Raises IndexInvalidError where it is damaged, or larger than allowed.

        A frame ends with a checksum of what it decompresses to, which Zstandard verifies.
        """
        try:
            # Zstandard allocates what a frame claims to decompress to.
            size = _content_size(compressed)
            if not 0 < size <= MAX_RAW_BYTES or not compressed[_FLAGS] & _HAS_CHECKSUM:
                raise _damaged()
            raw = self.decompress(compressed)
        except (zstandard.ZstdError, IndexError) as error:
            raise _damaged() from error
        start = 4 + int.from_bytes(raw[:4], "little")
        end = start + (size - start) * 8 // 17 * 2
        if start > size or raw[end - 2 : end] != _TEXT_END:
            raise _damaged()
        return raw


# The sections of a segment file


def write_stored_documents(
    out: ContainerWriter,
    dictionary: bytes,
    parts: Iterable[tuple[bytes | memoryview, NDArray[np.unsignedinteger[Any]]]],
) -> None:
    """Write the stored documents of a segment, given in parts: their bytes, the size of each."""
    sizes: list[NDArray[Any]] = []

    def documents() -> Iterable[bytes | memoryview]:
        for compressed, part_sizes in parts:
            sizes.append(part_sizes)
            yield compressed

    out.write("stored.dictionary", dictionary)
    out.write_parts("stored.documents", documents())
    ends = np.cumsum(np.concatenate(sizes), dtype=np.uint64)
    is_small = not len(ends) or ends[-1] < 1 << 32
    out.write("stored.document_ends", ends.astype(np.uint32) if is_small else ends)


def read_stored_documents(container: ContainerReader) -> StoredDocuments:
    """All stored documents of a segment, compressed."""
    return StoredDocuments(
        container["stored.documents"].data,
        container["stored.document_ends"],
        container.read_section("stored.dictionary"),
    )


class StoredDocumentReader:
    """Reads single documents of a segment file; serves several threads."""

    def __init__(self, container: ContainerReader) -> None:
        self._container = container
        self._base, self._size, _ = container.place("stored.documents")
        self._ends = container.section("stored.document_ends")
        self._compressed = container.read
        self._local = threading.local()
        # Two generations, so that what is read again and again stays.
        self._kept: dict[int, bytes] = {}
        self._kept_before: dict[int, bytes] = {}
        self._kept_bytes = 0

    def __len__(self) -> int:
        return len(self._ends)

    def raw(self, number: int) -> bytes:
        """The raw document with this number. Raises IndexInvalidError when it is damaged."""
        return self._decoder().raw(self._compressed(*self._span(number)))

    def raws(self, numbers: Sequence[int]) -> list[bytes]:
        """The raw documents with these numbers. Raises IndexInvalidError when one is damaged."""
        kept, before = self._kept, self._kept_before
        # No raw document is empty.
        found = [kept.get(number) or before.get(number, b"") for number in numbers]
        new = {n: raw for n, raw in zip(numbers, found, strict=True) if raw and n not in kept}
        missing = [*dict.fromkeys(n for n, raw in zip(numbers, found, strict=True) if not raw)]
        if missing:
            new.update(zip(missing, self._read(self._decoder(), missing), strict=True))
        if not new:
            return found
        documents = [new.get(number) or kept[number] for number in numbers]
        self._keep(new)
        return documents

    def _keep(self, documents: dict[int, bytes]) -> None:
        """Keep documents that were read, and let go of the older half of them when it is time."""
        size = sum(map(len, documents.values()))
        if size > MAX_KEPT_BYTES:
            return
        if self._kept_bytes + size > MAX_KEPT_BYTES:
            self._kept_before = self._kept
            self._kept, self._kept_bytes = documents, size
        else:
            self._kept.update(documents)
            self._kept_bytes += size

    def _read(self, decoder: DocumentDecoder, numbers: Sequence[int]) -> list[bytes]:
        if _reading is None or _lookup is None:
            return [decoder.raw(self._compressed(*self._span(number))) for number in numbers]
        try:
            found: list[bytes] = _reading.raw_documents(
                numbers, self._spans, self._base, self._size, self._compressed, _content_size,
                decoder.decompress, MAX_RAW_BYTES,
            )  # fmt: skip
        except (zstandard.ZstdError, ValueError, IndexError) as error:
            raise _damaged() from error
        return found

    @cached_property
    def _spans(self) -> Any:
        """The spans of the compressed documents for native code."""
        return _lookup.Spans(self._ends.unverified, self._ends.blocks())

    def _span(self, number: int) -> tuple[int, int]:
        """Where a document begins in the file, and its size."""
        start, end = self._ends.span(number)
        if not start <= end <= self._size:
            raise _damaged()
        return self._base + start, end - start

    def _decoder(self) -> DocumentDecoder:
        try:
            decoder: DocumentDecoder = self._local.decoder
        except AttributeError:
            # A decompressor serves one thread at a time.
            dictionary = self._container.read_section("stored.dictionary")
            decoder = self._local.decoder = DocumentDecoder(dictionary)
        return decoder


def _damaged() -> IndexInvalidError:
    return IndexInvalidError("a text in the index is damaged; run: searcher index --rebuild")

"""Stored texts of several documents as one array of UTF-16 units, so that each step is done once.

Offsets are in UTF-16 units, as the index counts; :meth:`Texts.substring` returns text, whose
offsets are in characters. The two differ only after characters beyond the basic plane.
"""

from __future__ import annotations

from codecs import utf_16_le_decode
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from searcher._native import extension
from searcher.lazy_numpy import numpy as np
from searcher.store.stored_documents import text_bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.search.doc_ids import DocIds
    from searcher.store.segment_reader import SegmentReader


_reading = extension("reading")


class StoredText(NamedTuple):
    """A document as :mod:`searcher.store.stored_documents` encodes it, and its title's length.

    ``title_length`` is in UTF-16 units.
    """

    raw: bytes
    title_length: int


def load_document(segment: SegmentReader, number: int) -> StoredText:
    """The stored text of a document. Raises IndexInvalidError when it is damaged."""
    return StoredText(segment.raw(number), segment.viewed_column("title_lengths")[number])


def load_batches(segment: SegmentReader, docs: DocIds) -> Iterator[tuple[slice, list[StoredText]]]:
    """The stored texts of some documents, a few at a time, each time with their places."""
    first = size = 0
    batch: list[StoredText] = []
    for place, number in enumerate(docs.tolist(), 1):
        batch.append(load_document(segment, number))
        size += len(batch[-1].raw)
        if len(batch) == BATCH_SIZE or size > MAX_BATCH_BYTES:
            yield slice(first, place), batch
            first, size, batch = place, 0, []
    if batch:
        yield slice(first, len(docs)), batch


class Texts:
    """Texts one after another: each a title, a separator, a body, an end mark, and padding.

    ``bases`` are the offsets of the texts, ``titles`` where their titles end, ``ends`` where their
    end marks stand, ``folded`` the folded units of all, uint16. Texts are padded to a multiple of
    eight units, since their boundary bits come in whole bytes.

    Args:
        stored: (raw, title length) of each document, see :class:`StoredText`.
        folding: the folding of UTF-16 units, uint16 (65536,).
    """

    def __init__(self, stored: Sequence[tuple[bytes, int]], folding: memoryview) -> None:
        written: list[bytes] = []
        bits: list[bytes] = []
        self.bases = bases = [0]
        self.ends: list[int] = []
        self.titles: list[int] = []
        base = 0
        for raw, title_length in stored:
            start, size = text_bounds(raw)
            stop = start + 2 * size
            written += raw[start:stop], _PADDING[size & 7]
            bits.append(raw[stop:])
            self.titles.append(base + title_length)
            self.ends.append(base + size - 1)
            base += (size + 7) & -8
            bases.append(base)
        # One more unit, so that there is one after every place.
        written.append(_PADDING[7])
        self._written = b"".join(written)
        self._mid_token = np.unpackbits(np.frombuffer(b"".join(bits), np.uint8), bitorder="little")
        self._bases = np.array(bases)
        units = np.frombuffer(self._written, np.uint16)
        self.folded: NDArray[np.uint16] = np.frombuffer(folding, np.uint16).take(units)
        self._string = ""
        self._mid_token_bytes = b""

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def string(self) -> str:
        """The folded texts, one character for each UTF-16 unit."""
        if not self._string:
            text = utf_16_le_decode(self.folded.tobytes(), "surrogatepass", True)[0]
            if len(text) < len(self.folded):
                text = "".join(map(chr, self.folded.tolist()))
            self._string = text
        return self._string

    def text_numbers(self, offsets: NDArray[np.intp]) -> NDArray[np.intp]:
        """The number of the text that each offset is in."""
        numbers: NDArray[np.intp] = self._bases.searchsorted(offsets, "right") - 1
        return numbers

    def find(self, units: str) -> NDArray[np.intp]:
        """The offsets of all occurrences of a folded string of units, overlapping ones too."""
        folded = self.folded
        if len(units) == 1:
            starts: NDArray[np.intp] = (folded == ord(units)).nonzero()[0]
            return starts
        pair = folded[:-1] == ord(units[0])
        pair &= folded[1:] == ord(units[1])
        (starts,) = pair.nonzero()
        for offset in range(2, len(units)):
            if not len(starts):
                break
            # What would reach over the end finds the padding or an end mark there.
            starts = starts[folded.take(starts + offset, mode="clip") == ord(units[offset])]
        return starts

    def are_boundaries(self, offsets: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether a token may begin or end before each of these units."""
        boundaries: NDArray[np.bool_] = self._mid_token.take(offsets) == 0
        return boundaries

    def token_around(self, start: int, end: int) -> tuple[int, int]:
        """The token that contains a span: start, end. Empty where the span holds a boundary."""
        mid = self._mid_token_bytes = self._mid_token_bytes or self._mid_token.tobytes()
        if mid.find(0, start + 1, end) >= 0:
            return start, start
        return mid.rfind(0, 0, start + 1), mid.find(0, end)

    def sentence_ends(self) -> NDArray[np.intp]:
        """The offsets of units that end sentences: marks, line ends, ``.`` before a blank."""
        (ends,) = _sentence_marks().take(self.folded).nonzero()
        # Every text has some, and after the last there is padding.
        points = self.folded.take(ends) == ord(".")
        if np.logical_or.reduce(points):
            points &= self.folded.take(ends + 1, mode="clip") != ord(" ")
            ends = ends[~points]
        return ends

    def substring(self, start: int, end: int) -> str:
        """The text as written from ``start`` to ``end``."""
        return utf_16_le_decode(self._written[2 * start : 2 * end], "replace", True)[0]


def split_units(text: str) -> str:
    """A string of UTF-16 units: characters beyond the basic plane become two surrogates."""
    if text.isascii():
        return text
    data = text.encode("utf-16-le", "surrogatepass")
    if len(data) == 2 * len(text):
        return text
    return "".join(chr(data[i] | data[i + 1] << 8) for i in range(0, len(data), 2))


def title_and_body(record: StoredText) -> tuple[str, str]:
    """The title and the body as they were written."""
    raw, title = record
    start, size = text_bounds(raw)
    text = raw[start : start + 2 * size]
    pieces = text[: 2 * title], text[2 * title + 2 : -2]
    first, second = (piece.decode("utf-16-le", "replace") for piece in pieces)
    return first, second


def documents_with(
    segment: SegmentReader, docs: DocIds, units: str, *, at_boundaries: bool, title_only: bool
) -> list[int]:
    """Those of some documents that contain a folded string of units, sorted as they were.

    ``at_boundaries``: only where tokens begin before it and end after it.
    """
    found: list[int] = []
    for first in range(0, len(docs), READ_AT_ONCE):
        numbers = docs[first : first + READ_AT_ONCE].tolist()
        title_lengths = segment.viewed_column("title_lengths")
        stored = [
            StoredText(raw, title_lengths[number])
            for raw, number in zip(segment.raws(numbers), numbers, strict=True)
        ]
        contain = _contain(stored, units, segment.folding, at_boundaries, title_only)
        found += [number for number, does in zip(numbers, contain, strict=True) if does]
    return found


def _contain(
    stored: list[StoredText],
    units: str,
    folding: memoryview,
    at_boundaries: bool,
    title_only: bool,
) -> list[bool]:
    """Whether each text contains a string; see :func:`documents_with`."""
    if _reading is not None:
        answers: list[bool] = _reading.documents_with(
            stored, units, folding, at_boundaries, title_only
        )
        return answers
    contain = [False] * len(stored)
    if not at_boundaries and not title_only:
        # Most articles write the string as folded, and folding a text takes longer than this.
        needle = units.encode("utf-16-le", "surrogatepass")
        contain = [_contains_unfolded(needle, text.raw) for text in stored]
    unsure = [place for place, does in enumerate(contain) if not does]
    if unsure:
        texts = Texts([stored[place] for place in unsure], folding)
        starts = texts.find(units)
        if at_boundaries and len(starts):
            at_both = texts.are_boundaries(starts) & texts.are_boundaries(starts + len(units))
            starts = starts[at_both]
        numbers = texts.text_numbers(starts)
        if title_only:
            numbers = numbers[starts < np.array(texts.titles).take(numbers)]
        for text in set(numbers.tolist()):
            contain[unsure[text]] = True
    return contain


def _contains_unfolded(needle: bytes, raw: bytes) -> bool:
    start, size = text_bounds(raw)
    stop = start + 2 * size
    at = raw.find(needle, start, stop)
    while at >= 0 and (at - start) & 1:
        at = raw.find(needle, at + 1, stop)
    return at >= 0


READ_AT_ONCE = 16
"""The number of documents read at once where only a few bytes of each are kept."""

BATCH_SIZE = 64
"""The number of texts searched at once: enough to save steps, few enough for the caches."""

MAX_BATCH_BYTES = 1 << 23
"""Fewer texts are searched at once where they have more bytes together."""

_PADDING = [b"\x02\x00" * (-size % 8) for size in range(8)]


@cache
def _sentence_marks() -> NDArray[np.bool_]:
    """Which units may end a sentence, bool (65536,)."""
    marks = np.zeros(0x10000, bool)
    marks[[ord(mark) for mark in "。!?;….\n\x01\x02"]] = True
    return marks

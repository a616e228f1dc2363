"""Reading texts back: several documents' texts as one array, so that each step is done once.

Offsets are in UTF-16 units, as the index counts; :meth:`Texts.piece` gives text out, whose offsets
are in characters. The two differ only after characters beyond the basic plane.
"""

from __future__ import annotations

from codecs import utf_16_le_decode
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from searcher.store.stored_documents import text_bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.store.segment_reader import SegmentReader


class Record(NamedTuple):
    """A text as :mod:`searcher.store.stored_documents` stores it, and the units of its title."""

    raw: bytes
    title_length: int


def read(segment: SegmentReader, number: int) -> Record:
    """The record of a document. Raises IndexInvalid when it is damaged."""
    return Record(segment.raw(number), segment.title_lengths.item(number))


class Texts:
    """Texts one after another: each a title, a separator, a body, an end mark, and padding.

    ``bases`` are the offsets of the texts, ``ends`` where each one's end mark stands, ``folded``
    the folded units of all, uint16. Padding to eight units keeps their bits in step with them.
    """

    def __init__(self, records: Sequence[Record], folding: NDArray[np.uint16]) -> None:
        written: list[bytes] = []
        bits: list[bytes] = []
        self.bases = bases = [0]
        self.ends: list[int] = []
        self.titles: list[int] = []
        """Where each text's title ends."""
        base = 0
        for raw, title_length in records:
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
        self._inside = np.unpackbits(np.frombuffer(b"".join(bits), np.uint8), bitorder="little")
        self._bases = np.array(bases)
        self.folded = folding.take(np.frombuffer(self._written, np.uint16))
        self._string = ""
        self._inside_bytes = b""

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

    def owners(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """Which text each place is in."""
        owners: NDArray[np.intp] = self._bases.searchsorted(places, "right") - 1
        return owners

    def find(self, units: str) -> NDArray[np.intp]:
        """All places where a folded string of units stands, overlapping ones too."""
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

    def are_boundaries(self, places: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether a word may begin or end before each of these units."""
        boundaries: NDArray[np.bool_] = self._inside.take(places) == 0
        return boundaries

    def word_around(self, start: int, end: int) -> tuple[int, int]:
        """The word that a place within it belongs to; empty where the place is several words."""
        inside = self._inside_bytes = self._inside_bytes or self._inside.tobytes()
        if inside.find(0, start + 1, end) >= 0:
            return start, start
        return inside.rfind(0, 0, start + 1), inside.find(0, end)

    def sentence_ends(self) -> NDArray[np.intp]:
        """The places of units that end sentences: marks, line ends, ``.`` before a blank."""
        (ends,) = _ENDS.take(self.folded).nonzero()
        # Every text has some, and after the last there is padding.
        points = self.folded.take(ends) == ord(".")
        if np.logical_or.reduce(points):
            points &= self.folded.take(ends + 1, mode="clip") != ord(" ")
            ends = ends[~points]
        return ends

    def piece(self, start: int, end: int) -> str:
        """The text as written from ``start`` to ``end``."""
        return utf_16_le_decode(self._written[2 * start : 2 * end], "replace", True)[0]


def split_units(text: str) -> str:
    """A string of UTF-16 units: characters beyond the basic plane become two surrogates."""
    if text.isascii() or max(text) < "\U00010000":
        return text
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(data[i] | data[i + 1] << 8) for i in range(0, len(data), 2))


def title_of(record: Record) -> str:
    """The title as it was written."""
    start, _ = text_bounds(record.raw)
    return utf_16_le_decode(record.raw[start : start + 2 * record.title_length], "replace")[0]


def title_and_body(record: Record) -> tuple[str, str]:
    """The title and the body as they were written."""
    raw, title = record
    start, size = text_bounds(raw)
    text = raw[start : start + 2 * size]
    pieces = text[: 2 * title], text[2 * title + 2 : -2]
    first, second = (piece.decode("utf-16-le", "replace") for piece in pieces)
    return first, second


def containing(
    records: Iterable[tuple[int, Record]],
    units: str,
    folding: NDArray[np.uint16],
    *,
    whole: bool,
    title_only: bool,
) -> list[int]:
    """The numbers of those records that contain a folded string of units.

    ``whole``: between word boundaries.
    """
    needle = units.encode("utf-16-le", "surrogatepass")
    found: list[int] = []
    unsure: list[tuple[int, Record]] = []
    for number, record in records:
        # Most articles write it just so; to fold a text takes longer than to look.
        if not whole and not title_only and _stands(needle, record.raw):
            found.append(number)
        else:
            unsure.append((number, record))
        if len(unsure) == TOGETHER:
            found += _containing(unsure, units, folding, whole, title_only)
            unsure.clear()
    if unsure:
        found += _containing(unsure, units, folding, whole, title_only)
    return sorted(found)


def _containing(
    numbered: Sequence[tuple[int, Record]],
    units: str,
    folding: NDArray[np.uint16],
    whole: bool,
    title_only: bool,
) -> list[int]:
    texts = Texts([record for _, record in numbered], folding)
    starts = texts.find(units)
    if whole and len(starts):
        sound = texts.are_boundaries(starts) & texts.are_boundaries(starts + len(units))
        starts = starts[sound]
    owners = texts.owners(starts)
    if title_only:
        owners = owners[starts < np.array(texts.titles).take(owners)]
    return [numbered[owner][0] for owner in set(owners.tolist())]


def _stands(needle: bytes, raw: bytes) -> bool:
    start, size = text_bounds(raw)
    stop = start + 2 * size
    at = raw.find(needle, start, stop)
    while at >= 0 and (at - start) & 1:
        at = raw.find(needle, at + 1, stop)
    return at >= 0


TOGETHER = 64
"""So many texts are looked at together: enough to save steps, few enough for the caches."""

_PADDING = [b"\x02\x00" * (-size % 8) for size in range(8)]

_ENDS: NDArray[Any] = np.zeros(0x10000, bool)
_ENDS[[ord(mark) for mark in "。!?;….\n\x01\x02"]] = True

"""Reading a document's text back: where a string stands in it, and whether as a word.

Offsets are in UTF-16 units, as the index counts; :meth:`DocumentText.piece` gives text out with
offsets in characters. The two differ only after characters beyond the basic plane.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from searcher.index.records import unit_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.index.segment import Segment


class DocumentText:
    """The text of one document: title, a separator, body, an end mark."""

    def __init__(self, segment: Segment, number: int) -> None:
        raw = segment.raw(number)
        self._raw = raw
        self.folding = segment.folding
        self._bits = raw[2 * unit_count(raw) :]
        self.length = unit_count(raw)
        """UTF-16 units, the separator and the end mark included."""
        self.title_length = int(segment.title_lengths[number])

    @cached_property
    def folded(self) -> str:
        """The folded text, one character for each UTF-16 unit."""
        units = self.folding[np.frombuffer(self._raw, np.uint16, self.length)]
        text = units.tobytes().decode("utf-16-le", "surrogatepass")
        return text if len(text) == self.length else "".join(map(chr, units.tolist()))

    def sentence_ends(self) -> list[int]:
        """The places of the units that end sentences; the last unit is one."""
        return sentence_ends(self.folding[np.frombuffer(self._raw, np.uint16, self.length)])

    def is_boundary(self, place: int) -> bool:
        """Whether a word may begin or end before this unit."""
        return not self._bits[place >> 3] >> (place & 7) & 1

    def occurrences(self, text: str) -> Iterator[int]:
        """The places where a string of units stands, overlapping ones too."""
        find = self.folded.find
        place = find(text)
        while place >= 0:
            yield place
            place = find(text, place + 1)

    def units(self) -> bytes:
        """The text as written, UTF-16."""
        return self._raw[: 2 * self.length]

    def bits(self) -> bytes:
        """A bit for each unit: 0 where a word may begin."""
        return self._bits

    def is_whole(self, start: int, end: int) -> bool:
        """Whether words begin and end at both ends."""
        return self.is_boundary(start) and self.is_boundary(end)

    def contains(self, text: str, whole: bool = False, field: str | None = None) -> bool:
        """Whether the folded text contains a folded string; ``whole``: between word boundaries."""
        from searcher.search.evaluate import split_units

        units = split_units(text)
        if not whole and field is None:
            return units in self.folded
        size = len(units)
        return any(
            (not whole or self.is_whole(start, start + size))
            and (field is None or start < self.title_length)
            for start in self.occurrences(units)
        )

    def word_around(self, start: int, end: int) -> tuple[int, int]:
        """The word that a place within it belongs to."""
        while not self.is_boundary(start):
            start -= 1
        while not self.is_boundary(end):
            end += 1
        return start, end

    def piece(self, start: int, end: int) -> str:
        """The text as written from ``start`` to ``end``."""
        return self._raw[2 * start : 2 * end].decode("utf-16-le", "replace")

    def characters(self, start: int, end: int) -> int:
        """How many characters these units are."""
        return len(self._raw[2 * start : 2 * end].decode("utf-16-le", "replace"))


class JoinedTexts:
    """Several texts as one string, so that each form is looked for once.

    ``folded`` has one character for each UTF-16 unit; ``bases`` are the offsets of the texts in it,
    ``ends`` the places that end sentences.
    """

    def __init__(self, texts: Sequence[DocumentText]) -> None:
        self._texts = texts
        self.bases = [0, *accumulate(text.length for text in texts)]
        units = np.frombuffer(b"".join([text.units() for text in texts]), np.uint16)
        folded = texts[0].folding.take(units) if texts else units
        string = folded.tobytes().decode("utf-16-le", "surrogatepass")
        self.folded = string if len(string) == len(units) else "".join(map(chr, folded.tolist()))
        self.ends = sentence_ends(folded)
        bits = [text.bits() for text in texts]
        self._inside = np.unpackbits(np.frombuffer(b"".join(bits), np.uint8), bitorder="little")
        bit_bases = np.array([0, *accumulate(8 * len(b) for b in bits)])
        self._shifts = bit_bases - np.array(self.bases)

    def find(self, units: str, title_only: bool, most: int) -> tuple[list[int], list[int]]:
        """Where a string stands, at most so often in each text, and in which texts."""
        starts: list[int] = []
        owners: list[int] = []
        find = self.folded.find
        start = find(units)
        owner, stop, left = -1, 0, 0
        while start >= 0:
            if start >= stop:
                owner = bisect_right(self.bases, start) - 1
                stop, left = self.bases[owner + 1], most
                limit = self.bases[owner] + self._texts[owner].title_length if title_only else stop
            if start >= limit or not left:
                start = find(units, stop)
                continue
            starts.append(start)
            owners.append(owner)
            left -= 1
            start = find(units, start + 1)
        return starts, owners

    def boundaries(
        self, starts: Sequence[int], owners: Sequence[int], size: int
    ) -> tuple[list[bool], list[bool]]:
        """Whether words begin at the starts, and end ``size`` units later."""
        places = np.array(starts) + self._shifts[np.array(owners)]
        inside = self._inside
        return (inside[places] == 0).tolist(), (inside[places + size] == 0).tolist()


def sentence_ends(folded: NDArray[np.uint16]) -> list[int]:
    """The places of units that end sentences, in order: marks, line ends, ``.`` before a blank."""
    ends = _ENDS[folded]
    points = np.flatnonzero(folded == ord("."))
    if len(points):
        ends[points] = folded[np.minimum(points + 1, len(folded) - 1)] == ord(" ")
    places: list[int] = np.flatnonzero(ends).tolist()
    return places


_ENDS = np.zeros(0x10000, bool)
_ENDS[[ord(mark) for mark in "。!?;…\n\x01\x02"]] = True

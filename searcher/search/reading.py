"""Reading a document's text back: where a string stands in it, and whether as a word.

Offsets are in UTF-16 units, as the index counts; :meth:`DocumentText.piece` gives text out with
offsets in characters. The two differ only after characters beyond the basic plane.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from searcher.index.records import unit_count
from searcher.text.normalise import folding_table

if TYPE_CHECKING:
    from searcher.index.segment import Segment


class DocumentText:
    """The text of one document: title, a separator, body, an end mark."""

    def __init__(self, segment: Segment, number: int) -> None:
        raw = segment.raw(number)
        self._raw = raw
        self._bits = raw[2 * unit_count(raw) :]
        self.length = unit_count(raw)
        """UTF-16 units, the separator and the end mark included."""
        self.title_length = int(segment.title_lengths[number])

    @cached_property
    def folded(self) -> str:
        """The folded text, one character for each UTF-16 unit."""
        units = folding_table()[np.frombuffer(self._raw, np.uint16, self.length)]
        text = units.tobytes().decode("utf-16-le", "surrogatepass")
        return text if len(text) == self.length else "".join(map(chr, units.tolist()))

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

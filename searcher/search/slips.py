"""What a slip costs: of each character that may stand for another, of each reading of pinyin.

Costs are in nats, roughly the negative logarithm of how often a slip happens. They come as arrays
over all UTF-16 units, uint8 (65536,), one for each place of a string, for
:meth:`searcher.search.title_strings.TitleStrings.find`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from searcher.lazy_numpy import numpy as np
from searcher.search.title_strings import CHANGED, MAX_COST, NEVER
from searcher.text.lookalikes import lookalikes
from searcher.text.pinyin import Piece, beginning, near, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOMOPHONE = 1
RARE_READING = 1
NEAR_SOUND = 2
SWAPPED = 2
LOOKALIKE = 3
MISSING = 3
EXTRA = 4
OTHER = MAX_COST

LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MAX_CACHED = 256


def codes(chars: str) -> NDArray[np.intp]:
    """The UTF-16 units of characters of the basic plane."""
    return np.array([ord(char) for char in chars], np.intp)


@lru_cache(maxsize=_MAX_CACHED)
def exact(char: str) -> NDArray[np.uint8]:
    """Nothing but this character."""
    return _costing(char)


@lru_cache(maxsize=1)
def any_han() -> NDArray[np.uint8]:
    """Any Han character that has a reading."""
    return _costing("".join(table().readings))


@lru_cache(maxsize=1)
def any_letter() -> NDArray[np.uint8]:
    """Any letter of ASCII."""
    return _costing(LETTERS)


@lru_cache(maxsize=_MAX_CACHED)
def alike(char: str) -> NDArray[np.uint8]:
    """This character, those that sound or look like it, and any other of its kind.

    All but the same sound count as changed.
    """
    others = any_letter() if char in LETTERS else any_han()
    costs = np.where(others == 0, CHANGED + OTHER, NEVER).astype(np.uint8)
    costs[codes(lookalikes().get(char, ""))] = CHANGED + LOOKALIKE
    for syllable in table().readings.get(char, ()):
        np.minimum(costs, _heard(syllable) + np.uint8(HOMOPHONE), out=costs)
    costs[ord(char)] = 0
    return costs


def sounding(piece: Piece) -> NDArray[np.uint8]:
    """The characters for a syllable, those for its beginning, or a character itself."""
    if not piece.letters.isascii():
        return exact(piece.letters)
    return _heard(piece.letters) if piece.is_whole else _begun(piece.letters)


@lru_cache(maxsize=_MAX_CACHED)
def _heard(syllable: str) -> NDArray[np.uint8]:
    readings = table()
    costs = np.full(1 << 16, NEVER, np.uint8)
    for other in near(syllable):
        costs[codes(readings.usual[other])] = CHANGED + NEAR_SOUND - HOMOPHONE
    costs[codes(readings.rare[syllable])] = RARE_READING
    costs[codes(readings.usual[syllable])] = 0
    return costs


@lru_cache(maxsize=_MAX_CACHED)
def _begun(letters: str) -> NDArray[np.uint8]:
    return _costing(beginning(letters))


def _costing(chars: str) -> NDArray[np.uint8]:
    costs = np.full(1 << 16, NEVER, np.uint8)
    costs[codes(chars)] = 0
    return costs

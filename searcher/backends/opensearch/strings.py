"""Strings as an index on OpenSearch has them: pairs of UTF-16 units with positions.

The unit number i of a text has two positions: at 2 i there is the token ``^`` where a token of the
text begins or ends before the unit, and nothing where not; at 2 i + 1 there is the pair that begins
with the unit. So a string is a phrase of pairs, and one between token boundaries is the same phrase
with ``^`` before and after it. Pairs are rarer than characters, which makes phrases fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from searcher.backends.opensearch.mapping import BOUNDARY, NOTHING
from searcher.store.postings import TEXT_END

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PLANE = 0x10000

_SPECIAL = [
    *range(0x21),
    ord(BOUNDARY),
    ord(NOTHING),
    *range(0x7F, 0xA1),
    0x1680, *range(0x2000, 0x2010), *range(0x2028, 0x2030), 0x205F, 0x3000, 0xFEFF,
    *range(0xD800, 0xE000),
    *range(0xFFF0, 0x10000),
]  # fmt: skip
"""Units that a token cannot have: blanks, control characters, halves of characters, our marks."""

_ESCAPES = {unit: chr(_PLANE + unit) for unit in _SPECIAL}

_characters = np.array([chr(unit) for unit in range(0x10000)], object)
_characters[_SPECIAL] = [_ESCAPES[unit] for unit in _SPECIAL]


def escaped(units: str) -> str:
    """A string of UTF-16 units as tokens have it: special units as characters of the next plane.

    No unit is such a character, so nothing else becomes the same.

    >>> escaped("a b") == "a\\U00010020b"
    True
    """
    return units.translate(_ESCAPES)


def pair(units: str) -> str:
    """The token of two units."""
    return escaped(units)


def position_text(folded: NDArray[np.uint16], continues_token: NDArray[np.bool_]) -> str:
    """The pairs and boundaries of a text, for the analyser of the index.

    Args:
        folded: the units of a text, with a mark at its end, uint16 (n,).
        continues_token: whether a unit continues the token of the unit before it, bool (n,).

    >>> ab = np.array([97, 98, 2], np.uint16)
    >>> escaped_end = escaped(TEXT_END)
    >>> position_text(ab, np.array([False, True, False])) == f"^ ab _ b{escaped_end} ^"
    True
    """
    if not len(folded):
        return ""
    characters = _characters.take(folded).tolist()
    marks = np.where(continues_token, NOTHING, BOUNDARY).tolist()
    pieces = [
        f"{mark} {left}{right}"
        for mark, left, right in zip(marks, characters, characters[1:], strict=False)
    ]
    # Nothing begins with a mark between title and body.
    for place in (folded[:-1] <= ord(TEXT_END)).nonzero()[0].tolist():
        pieces[place] = f"{marks[place]} {NOTHING}"
    pieces.append(marks[-1])
    return " ".join(pieces)


def phrase(units: str, *, at_boundaries: bool = False) -> str:
    """The phrase by which a string of two units or more is found.

    Every second pair suffices, since each unit is in one of them.

    >>> phrase("abcd"), phrase("abc", at_boundaries=True)
    ('ab _ _ _ cd', '^ ab _ bc _ _ ^')
    """
    starts = [*range(0, len(units) - 1, 2)]
    if starts[-1] != len(units) - 2:
        starts.append(len(units) - 2)
    pieces: list[str] = [BOUNDARY] if at_boundaries else []
    for number, start in enumerate(starts):
        if number:
            pieces += [NOTHING] * (2 * (start - starts[number - 1]) - 1)
        pieces.append(escaped(units[start : start + 2]))
    if at_boundaries:
        pieces += [NOTHING, NOTHING, BOUNDARY]
    return " ".join(pieces)

"""Character folding: maps each character to the one that stands for it in comparisons.

Folded are full width to half width, capital to small letters, traditional to simplified Chinese,
character variants, quotation marks, dashes, middle dots, white space and control characters. The
result has the length of its input in characters and in UTF-16 units, so an offset in the folded
text is an offset in the original.

Sources: Unicode NFKC and simple lower case; OpenCC's table in ``variants.txt``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_VARIANTS_FILE = Path(__file__).with_name("variants.txt")

# Target character -> characters folded to it.
_EQUIVALENTS = {
    " ": "\t\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000",
    "·": "•‧∙⋅・･᛫⸱",
    '"': "“”„‟«»「」『』〝〞＂",
    "'": "‘’‚‛＇′",
    "-": "‐‑‒–—―−－﹣",
    "~": "〜～∼",
}


class _Folding(dict[int, int]):
    """Code point -> folded code point; an entry is computed when it is first looked up."""

    def __init__(self) -> None:
        self.variants: dict[str, str] = {}
        for line in _VARIANTS_FILE.read_text("utf-8").splitlines():
            if line[0] != "#":
                self.variants[line[0]] = line[1]
        for target, sources in _EQUIVALENTS.items():
            self.update(dict.fromkeys(map(ord, sources), ord(target)))

    def __missing__(self, code: int) -> int:
        folded = code
        # Above U+FFFF nothing is folded: the length in UTF-16 units could change.
        if code < 0x20 or 0x7F <= code < 0xA0:
            folded = code if code == 0x0A else 0x20
        elif code < 0x80:
            folded = ord(chr(code).lower())
        elif code < 0x10000 and not 0xD800 <= code < 0xE000:
            folded = ord(self._fold_character(chr(code)))
        self[code] = folded
        return folded

    def _fold_character(self, character: str) -> str:
        from unicodedata import normalize

        for step in (lambda c: normalize("NFKC", c), str.lower, self._simplify):
            changed = step(character)
            if len(changed) == 1 and changed < "\U00010000":
                character = changed
        # NFKC makes ﹁ into 「, which is then folded as a quotation mark.
        return chr(self.get(ord(character), ord(character)))

    def _simplify(self, character: str) -> str:
        return self.variants.get(character, character)


MAX_SHORT = 64
"""Texts of at most this length are kept for the next time that they are folded."""


@lru_cache(maxsize=1)
def folding() -> dict[int, int]:
    """The folding as a mapping for :meth:`str.translate`; entries are computed on first use."""
    return _Folding()


def fold(text: str) -> str:
    """The folded form of ``text``, of the same length.

    >>> fold("５Ｇ與澤連斯基")
    '5g与泽连斯基'
    """
    return _fold_short(text) if len(text) <= MAX_SHORT else text.translate(folding())


@lru_cache(maxsize=1024)
def _fold_short(text: str) -> str:
    """The words of a query are folded by each step of planning."""
    return text.translate(folding())


@lru_cache(maxsize=1)
def folding_table() -> NDArray[np.uint16]:
    """The folding of UTF-16 units as an array of shape (65536,), to fold whole buffers.

    U+0001 and U+0002 map to themselves: the index uses them as end marks of titles and texts, and
    no article contains them.
    """
    from unicodedata import is_normalized

    import numpy as np

    mapping = _Folding()
    table = np.arange(0x10000, dtype=np.uint16)
    # Han and Hangul change by the variants alone, surrogates and private use not at all.
    for first, last in ((0xA0, 0x4E00), (0xA000, 0xAC00), (0xD7A4, 0xD800), (0xF900, 0x10000)):
        for character in map(chr, range(first, last)):
            # This check is faster than folding, and most characters do not change.
            if not is_normalized("NFKC", character) or character.lower() != character:
                table[ord(character)] = mapping[ord(character)]
    equivalents = map(ord, "".join(_EQUIVALENTS.values()))
    for code in (*range(0xA0), *map(ord, mapping.variants), *equivalents):
        table[code] = mapping[code]
    table[1:3] = 1, 2
    return table

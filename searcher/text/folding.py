"""Folding: every character becomes the one that it is compared as, one for one.

Full width, letter case, traditional script, character variants, quotation marks, dashes, middle
dots and white space are folded. The result has the length of its input, in characters and in
UTF-16 units, so an offset in the folded text is an offset in the original.

Sources: Unicode NFKC and simple lower case; OpenCC's table in ``variants.txt``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_VARIANTS = Path(__file__).with_name("variants.txt")

_GROUPS = {
    " ": "\t\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000",
    "·": "•‧∙⋅・･᛫⸱",
    '"': "“”„‟«»「」『』〝〞＂",
    "'": "‘’‚‛＇′",
    "-": "‐‑‒–—―−－﹣",
    "~": "〜～∼",
}


class _Folding(dict[int, int]):
    """Code point -> folded code point, worked out when a character is first met."""

    def __init__(self) -> None:
        self.variants: dict[str, str] = {}
        for line in _VARIANTS.read_text("utf-8").splitlines():
            if line[0] != "#":
                self.variants[line[0]] = line[1]
        for target, sources in _GROUPS.items():
            self.update(dict.fromkeys(map(ord, sources), ord(target)))

    def __missing__(self, code: int) -> int:
        folded = code
        # Beyond the basic plane nothing is folded: the length in UTF-16 units would change.
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

        for step in (lambda c: normalize("NFKC", c), str.lower, self._variant):
            changed = step(character)
            if len(changed) == 1 and changed < "\U00010000":
                character = changed
        # What one step gives another may fold further: ﹁ is 「, which is a quotation mark.
        return chr(self.get(ord(character), ord(character)))

    def _variant(self, character: str) -> str:
        return self.variants.get(character, character)


@lru_cache(maxsize=1)
def folding() -> dict[int, int]:
    """The folding as a mapping for :meth:`str.translate`; it fills itself as it is used."""
    return _Folding()


def fold(text: str) -> str:
    """The form of ``text`` in which it is compared: same length, one character for one.

    >>> fold("５Ｇ與澤連斯基")
    '5g与泽连斯基'
    """
    return text.translate(folding())


@lru_cache(maxsize=1)
def folding_table() -> NDArray[np.uint16]:
    """The folding of UTF-16 units as an array of shape (65536,), for whole buffers at once."""
    from unicodedata import is_normalized

    import numpy as np

    mapping = _Folding()
    table = np.arange(0x10000, dtype=np.uint16)
    # Han and Hangul change by the variants alone, surrogates and private use not at all.
    for first, last in ((0xA0, 0x4E00), (0xA000, 0xAC00), (0xD7A4, 0xD800), (0xF900, 0x10000)):
        for character in map(chr, range(first, last)):
            # To ask this of each is sooner done than to fold it.
            if not is_normalized("NFKC", character) or character.lower() != character:
                table[ord(character)] = mapping[ord(character)]
    for code in (*range(0xA0), *map(ord, mapping.variants), *map(ord, "".join(_GROUPS.values()))):
        table[code] = mapping[code]
    # The index marks the ends of titles and texts with these, and cleans texts of them.
    table[1:3] = 1, 2
    return table

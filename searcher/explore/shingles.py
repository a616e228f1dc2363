"""Shingles: five words in a row, as numbers; what texts have of them in common says how alike."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from searcher.text.runs import HAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.search.texts import Texts

SHINGLE_WORDS = 5

_RADIX = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that it has an inverse in arithmetic with 64 bits."""
_INVERSE = np.uint64(pow(int(_RADIX), -1, 1 << 64))
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def shingles_of(texts: Texts) -> list[NDArray[np.uint64]]:
    """The hashes of the shingles of each text, title and body, sorted, each once.

    A text of fewer than SHINGLE_WORDS words has one, of all of them; one without words has none.
    """
    folded = texts.folded
    starts, ends = _words(texts)
    words = _hash_words(folded, starts, ends)
    numbers = texts.text_numbers(starts)
    counts = np.bincount(numbers, minlength=len(texts)).tolist()
    found = []
    first = 0
    for count in counts:
        found.append(_hash_shingles(words[first : first + count]))
        first += count
    return found


def jaccard(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """How many shingles two texts share, of all that either has; 0.0 to 1.0.

    >>> jaccard(np.array([1, 2, 3], np.uint64), np.array([2, 3, 4], np.uint64))
    0.5
    """
    if not len(one) or not len(other):
        return 0.0
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


def _words(texts: Texts) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the words of all texts begin and end, by the boundaries of the index."""
    size = texts.bases[-1]
    starts = texts.are_boundaries(np.arange(size)).nonzero()[0]
    ends = np.append(starts[1:], size)
    is_word = _is_word_unit().take(texts.folded[starts])
    return starts[is_word], ends[is_word]


@lru_cache(maxsize=1)
def _is_word_unit() -> NDArray[np.bool_]:
    """Which UTF-16 units begin a word: Han characters, letters and digits, bool (65536,)."""
    pattern = re.compile(rf"[{HAN}]|[^\W_]")
    return np.array([pattern.match(chr(unit)) is not None for unit in range(0x10000)], bool)


def _hash_words(
    folded: NDArray[np.uint16], starts: NDArray[np.intp], ends: NDArray[np.intp]
) -> NDArray[np.uint64]:
    """A hash of each word: the sum of its units times powers of the radix, shifted to its start."""
    powers = np.full(len(folded) + 1, _RADIX, np.uint64)
    powers[0] = 1
    np.cumprod(powers, out=powers)
    sums = np.zeros(len(folded) + 1, np.uint64)
    np.cumsum(folded * powers[:-1], out=sums[1:])
    inverses = np.full(len(folded) + 1, _INVERSE, np.uint64)
    inverses[0] = 1
    np.cumprod(inverses, out=inverses)
    return mixed((sums[ends] - sums[starts]) * inverses[starts])


def _hash_shingles(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    if not len(words):
        return words
    size = min(SHINGLE_WORDS, len(words))
    count = len(words) - size + 1
    hashes = np.zeros(count, np.uint64)
    for place in range(size):
        hashes = mixed(hashes * _RADIX + words[place : place + count])
    return np.unique(hashes)


def mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers in which every bit depends on all bits of what was given (splitmix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _MIX
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))

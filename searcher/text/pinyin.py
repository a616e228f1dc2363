"""Pinyin without tones: the characters of a syllable, syllables that sound alike, typed letters.

The readings are in ``pinyin.txt``, which says where they come from.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

MAX_LETTERS = 40
"""Longer texts are not read as pinyin."""

MAX_READINGS = 12
"""The maximum number of ways to read typed letters tried."""

_FILE = Path(__file__).with_name("pinyin.txt")

_INITIALS = "zh ch sh b p m f d t n l g k h j q x r z c s y w".split()

# Pairs that regional accents and input methods confuse.
_NEAR_INITIALS = "z zh, c ch, s sh, n l, f h, l r, s x, c q, z j"
_NEAR_FINALS = "in ing, en eng, an ang, ian iang, uan uang, on ong, u v, ue ve"


class Table(NamedTuple):
    """The readings of characters.

    ``usual``: the characters of each syllable of which it is the usual reading. ``rare``: those
    with another usual reading. ``readings``: the syllables of each character, the usual one first.
    """

    usual: dict[str, str]
    rare: dict[str, str]
    readings: dict[str, list[str]]


class Piece(NamedTuple):
    """A part of typed letters: a whole syllable, or its first letters only."""

    letters: str
    is_whole: bool


@lru_cache(maxsize=1)
def table() -> Table:
    """The table of readings; loading it the first time takes 10 ms."""
    usual: dict[str, str] = {}
    rare: dict[str, str] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        if line[0] != "#":
            syllable, usual[syllable], *others = line.split(" ")
            rare[syllable] = "".join(others)
    readings = {char: [syllable] for syllable, chars in usual.items() for char in chars}
    for syllable, chars in rare.items():
        for char in chars:
            readings.setdefault(char, []).append(syllable)
    return Table(usual, rare, readings)


@lru_cache(maxsize=1024)
def near(syllable: str) -> frozenset[str]:
    """Other syllables that differ in an initial, a final or both that are easily confused.

    >>> sorted(near("zhen"))
    ['zen', 'zeng', 'zheng']
    """
    initial = next((one for one in _INITIALS if syllable.startswith(one)), "")
    final = syllable[len(initial) :]
    initials = {initial, *_partners(_NEAR_INITIALS).get(initial, ())}
    finals = {final, *_partners(_NEAR_FINALS).get(final, ())}
    known = table().usual
    return frozenset(i + f for i in initials for f in finals if i + f in known) - {syllable}


@lru_cache(maxsize=2)
def _partners(pairs: str) -> dict[str, list[str]]:
    partners: dict[str, list[str]] = {}
    for pair in pairs.split(", "):
        one, other = pair.split()
        partners.setdefault(one, []).append(other)
        partners.setdefault(other, []).append(one)
    return partners


@lru_cache(maxsize=256)
def beginning(letters: str) -> str:
    """The characters whose usual reading begins with these letters."""
    return "".join(chars for one, chars in table().usual.items() if one.startswith(letters))


def readings_of(letters: str, least: int = 2) -> list[tuple[Piece, ...]]:
    """The ways to read letters as ``least`` or more syllables, those with most letters first.

    At most about ``MAX_READINGS``. An apostrophe or a blank separates syllables.

    >>> ["".join(f"{p.letters} " for p in way) for way in readings_of("pujing")][0]
    'pu jing '
    """
    if len(letters) > MAX_LETTERS:
        return []
    parts = letters.replace("'", " ").split()
    ways: list[tuple[Piece, ...]] = [()]
    for part in parts:
        ways = [way + more for way in ways for more in _part_readings(part)]
        # Those with the fewest pieces have the most whole syllables.
        ways = sorted(ways, key=_rank)[:MAX_READINGS]
    return [way for way in ways if len(way) >= least]


def _rank(way: tuple[Piece, ...]) -> tuple[int, int]:
    return sum(not piece.is_whole for piece in way), len(way)


def _part_readings(part: str) -> list[tuple[Piece, ...]]:
    best: list[list[tuple[Piece, ...]]] = [[] for _ in range(len(part) + 1)]
    best[0] = [()]
    for end in range(1, len(part) + 1):
        ways = [
            (*way, piece)
            for start in range(max(0, end - 6), end)
            for piece in _pieces(part[start:end])
            for way in best[start]
        ]
        fullest = sorted(ways, key=_rank)[:MAX_READINGS]
        # The reading as initials only is always among them.
        initials = [way for way in ways if not any(piece.is_whole for piece in way)]
        best[end] = fullest + [way for way in initials[:2] if way not in fullest]
    return best[-1]


def _pieces(letters: str) -> Iterator[Piece]:
    if letters in table().usual:
        yield Piece(letters, True)
    elif letters in _INITIALS:
        yield Piece(letters, False)
    if letters in ("a", "e", "o"):
        yield Piece(letters, False)

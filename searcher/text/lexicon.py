"""The lexicon: words that jieba's dictionary lacks, and groups of synonymous names.

A lexicon file is UTF-8 with one entry a line, ``word [frequency] [tag] [= name]...``, the form of
jieba's user dictionary with further names of the same thing after ``=``::

    # a comment
    云深处科技 nz
    冰墩墩 100 nz
    普京 nrf = 普丁 = 蒲亭 = 弗拉基米尔·普京 = Putin

The tags are jieba's, with ``nrf``, ``nsf``, ``ntf`` and ``nzf`` of the ICTCLAS set for
transliterated names, in which the segmenter sees no shorter words (no 克兰 in 乌克兰). Words may
contain spaces and dots.

The tag ``x`` (a string) makes a group without adding words: its names are segmented as they would
be without the entry, and looked up as strings::

    国常会 x = 国务院常务会议
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from searcher.errors import LexiconError
from searcher.lazy_pattern import compile_late
from searcher.regular_file import read_regular
from searcher.text.folding import fold
from searcher.text.runs import HAN

NAMES = Path(__file__).with_name("names")
"""The folder of the lexicon that comes with the program."""

USER_FILE = "lexicon.txt"
"""The name of the user's lexicon file, beside the corpus folder."""

MAX_LINE = 1000
"""The longest line of a lexicon file, in characters."""

MAX_BYTES = 16 << 20
"""The largest lexicon file, in bytes."""

_TAGS = frozenset(
    "n nr nrf nrt nrfg ns nsf nt ntf nz nzf ng v vn vd vg a an ad ag d dg m mq q r t tg f s b z "
    "i j l o p c u e y h k x w eng g".split()
)
_ENTRY = compile_late(r"(?P<word>.+?)(?: (?P<frequency>[0-9]{1,9}))?(?: (?P<tag>[a-z]+))?")
_HAN_WORD = compile_late(f"[{HAN}]{{2,}}")

TRANSLITERATION_TAGS = frozenset({"nrt", "nrf", "nsf", "ntf", "nzf"})
"""Tags of transliterated names."""

STRING_TAG = "x"
"""The tag of a group whose names do not become words."""


class Word(NamedTuple):
    """A word for the segmenter.

    ``frequency`` is in counts of jieba's dictionary; None is the least with which the word is cut
    as one. ``tag`` is its part of speech.
    """

    frequency: int | None
    tag: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by their folded form, groups of synonymous names, and a hash of the files of both.

    ``words`` has only the names that consist of two or more Han characters. ``groups`` maps each
    folded name to all names of its group, as written, itself included. ``tagged`` has each
    name as written with its tag by its folded form, also names that are no words.
    """

    words: Mapping[str, Word]
    groups: Mapping[str, tuple[str, ...]]
    fingerprint: str
    tagged: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def transliterated(self) -> frozenset[str]:
        """The folded words that are transliterated names."""
        return frozenset(
            word for word, entry in self.words.items() if entry.tag in TRANSLITERATION_TAGS
        )


def load_lexicon(files: Iterable[str | Path] = ()) -> Lexicon:
    """The program's lexicon together with the user's ``files``; a later entry replaces an earlier.

    Groups that share a name are united.

    Raises:
        LexiconError: A file cannot be read, or a line is no entry; names the file and the line.

    >>> load_lexicon().groups["普丁"][0]
    '普京'
    """
    words: dict[str, Word] = {}
    groups = _Groups()
    tagged: dict[str, tuple[str, str]] = {}
    paths = lexicon_files(files)
    for path in paths:
        for names, entry in _read_file(path):
            folded = [fold(name) for name in names]
            for name, written in zip(folded, names, strict=True):
                tagged[name] = written, entry.tag
                if entry.tag != STRING_TAG and _HAN_WORD.fullmatch(name):
                    words[name] = entry
            if len(names) > 1:
                groups.add(names, folded)
    return Lexicon(words, groups.by_name(), fingerprint(paths), tagged)


class _Groups:
    """Groups of names, which become one where they share a name.

    ``_members`` has the folded names of the group that each folded name is in, in the order of
    the files: one deque for all names of a group. The smaller of two groups is added to the larger
    one, so that a long chain of lines takes no longer than as many groups.
    """

    def __init__(self) -> None:
        self._written: dict[str, str] = {}
        self._members: dict[str, deque[str]] = {}

    def add(self, names: Sequence[str], folded: Sequence[str]) -> None:
        """Add a group of names, given as written and folded."""
        first = self._members.get(folded[0])
        for name, folded_name in zip(names, folded, strict=True):
            self._written[folded_name] = name
            other = self._members.get(folded_name)
            if other is None:
                continue
            first = other if first is None else self._united(first, other)
        if first is None:
            first = deque()
        for folded_name in folded:
            if folded_name not in self._members:
                first.append(folded_name)
                self._members[folded_name] = first

    def _united(self, first: deque[str], second: deque[str]) -> deque[str]:
        """One group of two, the names of the first before those of the second."""
        if first is second:
            return first
        small, large = (first, second) if len(first) < len(second) else (second, first)
        if small is first:
            large.extendleft(reversed(small))
        else:
            large.extend(small)
        for name in small:
            self._members[name] = large
        return large

    def by_name(self) -> dict[str, tuple[str, ...]]:
        """All names of its group, as written, for each folded name."""
        groups: dict[int, tuple[str, ...]] = {}
        for members in self._members.values():
            if id(members) not in groups:
                groups[id(members)] = tuple(self._written[name] for name in members)
        return {name: groups[id(members)] for name, members in self._members.items()}


def lexicon_files(files: Iterable[str | Path] = ()) -> list[Path]:
    """The program's lexicon files, sorted by name, then ``files``."""
    return [*_built_in_files(), *(Path(file) for file in files)]


@lru_cache(maxsize=1)
def _built_in_files() -> tuple[Path, ...]:
    return tuple(sorted(NAMES.glob("*.txt")))


def fingerprint(paths: Iterable[Path]) -> str:
    """A hash of the contents of lexicon files, 16 hexadecimal digits.

    Raises:
        LexiconError: A file cannot be read.
    """
    digest = blake2b(digest_size=8)
    for path in paths:
        digest.update(_read_bytes(path))
        digest.update(b"\0")
    return digest.hexdigest()


def _read_bytes(path: Path) -> bytes:
    try:
        data = read_regular(path, MAX_BYTES + 1)
    except OSError as error:
        raise LexiconError(f"cannot read the lexicon {path}: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise LexiconError(f"the lexicon {path} is larger than {MAX_BYTES >> 20} MB")
    return data


def _read_file(path: Path) -> Iterator[tuple[list[str], Word]]:
    try:
        text = _read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LexiconError(f"the lexicon {path} is not UTF-8; save it as UTF-8") from error
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_LINE:
            raise LexiconError(f"{path}:{number}: longer than {MAX_LINE} characters")
        content = line.split("#", 1)[0].strip()
        if content:
            yield _parse_entry(content, f"{path}:{number}")


def _parse_entry(content: str, where: str) -> tuple[list[str], Word]:
    first, *others = (" ".join(name.split()) for name in content.split("="))
    match = _ENTRY.fullmatch(first)
    if match is None or not all(others):
        raise LexiconError(f"{where}: not an entry; write: word [frequency] [tag] [= name]...")
    word, frequency, tag = match["word"], match["frequency"], match["tag"]
    if tag and tag not in _TAGS:
        # "New york" is a name of two words, not the word New with the tag york.
        word, frequency, tag = first, None, None
    names = [word, *map(_without_tag, others)]
    return names, Word(int(frequency) if frequency else None, tag or "n")


def _without_tag(name: str) -> str:
    """A further name without the frequency and tag that may follow it."""
    match = _ENTRY.fullmatch(name) if " " in name else None
    return match["word"] if match and match["tag"] in _TAGS else name

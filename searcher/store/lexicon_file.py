"""The lexicon file: the lexicon that an index was built with, made for looking up names.

A search needs the synonyms of the few names in its query, so they are found by a hash table in a
memory map; the lexicon's text files are not read again. The file also keeps what every process
would otherwise compute anew: the words that the lexicon adds to the segmenter's dictionary, and
the folding table.

Sections (see ``docs/index-format.md``): a term dictionary ``names`` of all folded names, with
``names.groups``, the group of each; the names of each group as written, ``groups.names`` and
``groups.name_ends``; ``dictionary.words``, ``dictionary.transliterated`` and ``folding``.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from searcher.errors import SearcherError
from searcher.lazy_numpy import numpy as np
from searcher.lazy_pattern import compile_late
from searcher.store.container import DAMAGE, ContainerReader, ContainerWriter
from searcher.store.stored_documents import SEPARATOR
from searcher.store.term_dictionary import TermDictionary, join_terms, write_terms
from searcher.text.folding import folding_table
from searcher.text.lexicon import Lexicon
from searcher.text.runs import HAN, RUN, parse_run
from searcher.text.segmenter import Additions

_MAX_CACHED = 4096
_HAN = compile_late(f"[{HAN}]")


class KeptAdditions(NamedTuple):
    """What a lexicon adds to the segmenter's dictionary, as a lexicon file keeps it."""

    words: bytes
    transliterated: bytes

    @classmethod
    def of(cls, additions: Additions) -> KeptAdditions:
        """The same as bytes."""
        words = ["\t".join(map(str, word)) for word in additions.words]
        transliterated = "\n".join(sorted(additions.transliterated))
        return cls("\n".join(words).encode(), transliterated.encode())

    def decode(self) -> Additions:
        """The same read; takes some milliseconds.

        Raises one of :data:`searcher.store.container.DAMAGE` where it cannot be read.
        """
        words = (line.split("\t") for line in self.words.decode().split("\n") if line)
        return Additions(
            tuple((word, int(frequency), tag) for word, frequency, tag in words),
            frozenset(self.transliterated.decode().split("\n")),
        )

    def digest(self) -> str:
        """A hash of it, 32 hexadecimal digits."""
        return blake2b(b"\0".join(self), digest_size=16).hexdigest()


def write_lexicon_file(path: Path, lexicon: Lexicon, additions: Additions) -> None:
    """Write the groups of a lexicon, what it adds to the dictionary, and the folding table."""
    # By their identity: all names of a group have one tuple, and hashing a long one takes long.
    groups = sorted({id(group): group for group in lexicon.groups.values()}.values())
    group_number = {id(group): number for number, group in enumerate(groups)}
    group_of = dict(lexicon.groups)
    for name, group in lexicon.groups.items():
        # AB-19 is looked up as ab19, too: that is the term of both.
        # Most names are Han, which the expression for runs would take longer to find out.
        if not _HAN.match(name) and RUN.fullmatch(name):
            group_of.setdefault(parse_run(name).term, group)
    names = sorted(group_of)
    groups_joined = [SEPARATOR.join(group).encode("utf-8", "surrogatepass") for group in groups]
    with ContainerWriter(path) as out:
        write_terms(out, "names", *join_terms(names))
        numbers = [group_number[id(group_of[name])] for name in names]
        out.write("names.groups", np.array(numbers, np.uint32))
        out.write("groups.names", b"".join(groups_joined))
        out.write("groups.name_ends", np.cumsum(list(map(len, groups_joined)), dtype=np.uint32))
        kept = KeptAdditions.of(additions)
        out.write("dictionary.words", kept.words)
        out.write("dictionary.transliterated", kept.transliterated)
        out.write("folding", folding_table())


class LexiconFile:
    """A lexicon file, opened. Raises IndexInvalidError for a file that is none."""

    def __init__(self, path: Path) -> None:
        self._container = ContainerReader(path)
        self._names = TermDictionary(self._container, "names", has_postings=False)
        self._groups = self._container.section("names.groups")
        self._ends = self._container.section("groups.name_ends")
        self._group_names = self._container.section("groups.names")
        self._cache: dict[str, tuple[str, ...]] = {}

    def synonyms(self, folded: str) -> tuple[str, ...]:
        """All names, as written, of what has this folded name; empty where there are none."""
        names = self._cache.get(folded)
        if names is None:
            if len(self._cache) >= _MAX_CACHED:
                self._cache.clear()
            names = self._cache[folded] = self._look_up(folded)
        return names

    def _look_up(self, folded: str) -> tuple[str, ...]:
        number = self._names.find(folded.encode("utf-8", "surrogatepass"))
        if number < 0:
            return ()
        joined = self._group_names.bytes(*self._ends.span(self._groups.item(number)))
        return tuple(joined.decode("utf-8", "surrogatepass").split(SEPARATOR))

    def additions(self) -> KeptAdditions:
        """The words that the lexicon adds to the segmenter's dictionary."""
        read = self._container.read_section
        return KeptAdditions(read("dictionary.words"), read("dictionary.transliterated"))

    def folding(self) -> memoryview:
        """The folding of UTF-16 units, uint16 (65536,): to compute it takes 0.1 s."""
        return self._container.section("folding").all_viewed()

    def check(self) -> list[str]:
        """What is wrong with the file, one line each."""
        damaged = self._container.damaged_sections()
        problems = [f"section {name} is damaged" for name in damaged]
        if problems:
            return problems
        try:
            problems += self._names.check("names")
            names = [self._names.term(number) for number in range(len(self._names))]
            if any(not self.synonyms(name.decode("utf-8", "surrogatepass")) for name in names):
                problems.append("a name cannot be looked up")
            if self.folding() != folding_table().data:
                problems.append("the folding is another one")
            self.additions().decode()
        except (SearcherError, *DAMAGE) as error:
            problems.append(f"cannot be read through ({error})")
        return problems

    def close(self) -> None:
        """Close the file."""
        self._container.close()

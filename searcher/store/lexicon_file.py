"""The lexicon as the index keeps it: a file to look groups of names up in.

A search needs the groups of the few names in its query, so they are looked up by hash in a memory
map; the lexicon's text files are not read again. With them are what else would be worked out anew
in every process: the words that the lexicon adds to the dictionary, and the folding.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from searcher.store.container import ContainerReader, ContainerWriter
from searcher.store.segment_reader import TermDictionary
from searcher.store.stored_documents import SEPARATOR
from searcher.text.folding import folding_table
from searcher.text.lexicon import Lexicon
from searcher.text.runs import HAN, RUN, parse_run
from searcher.text.segmenter import Additions
from searcher.write.merge import slot_table

if TYPE_CHECKING:
    from numpy.typing import NDArray


_MOST_KNOWN = 4096
_HAN = re.compile(f"[{HAN}]").match


def write_lexicon_file(path: Path, lexicon: Lexicon, additions: Additions) -> None:
    """Write the groups of a lexicon, what it adds to the dictionary, and the folding."""
    groups = sorted(set(lexicon.groups.values()))
    number = {group: place for place, group in enumerate(groups)}
    groups_of = dict(lexicon.groups)
    for key, group in lexicon.groups.items():
        # AB-19 is looked up as ab19, too: that is the term of both.
        # Most names are Han, which takes longer to find out with the expression for runs.
        if not _HAN(key) and RUN.fullmatch(key):
            groups_of.setdefault(parse_run(key).term, group)
    keys = sorted(groups_of)
    terms = [key.encode("utf-8", "surrogatepass") for key in keys]
    blobs = [SEPARATOR.join(group).encode("utf-8", "surrogatepass") for group in groups]
    with ContainerWriter(path) as out:
        out.write("names_terms", b"".join(terms))
        out.write("names_term_ends", np.cumsum([len(t) for t in terms], dtype=np.uint32))
        out.write("names_ends", np.arange(1, len(terms) + 1, dtype=np.uint32))
        out.write("names_slots", slot_table(terms))
        out.write("names_group", np.array([number[groups_of[k]] for k in keys], np.uint32))
        out.write("groups", b"".join(blobs))
        out.write("words", "\n".join("\t".join(map(str, w)) for w in additions.words).encode())
        out.write("transliterated", "\n".join(sorted(additions.transliterated)).encode())
        out.write("folding", folding_table())
        out.write("group_ends", np.cumsum([len(blob) for blob in blobs], dtype=np.uint32))


class LexiconFile:
    """Looks up groups of names in a file of :func:`write_lexicon_file`."""

    def __init__(self, path: Path) -> None:
        self._container = ContainerReader(path)
        self._terms = TermDictionary(self._container, "names")
        self._group = self._container["names_group"].data
        self._ends = self._container["group_ends"].data
        self._base = self._container.place("groups")[0]
        self._known: dict[str, tuple[str, ...]] = {}

    def synonyms(self, folded: str) -> tuple[str, ...]:
        """All names of the thing with this folded name, as written; empty when there are none."""
        known = self._known.get(folded)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[folded] = self._look_up(folded)
        return known

    def _look_up(self, folded: str) -> tuple[str, ...]:
        number = self._terms.find(folded.encode("utf-8", "surrogatepass"))
        if number < 0:
            return ()
        group = self._group[number]
        start = self._ends[group - 1] if group else 0
        blob = self._container.map[self._base + start : self._base + self._ends[group]]
        return tuple(blob.decode("utf-8", "surrogatepass").split(SEPARATOR))

    def additions(self) -> Additions:
        """What the lexicon adds to the dictionary."""
        lines = self._container.copied("words").decode().split("\n")
        words = (line.split("\t") for line in lines if line)
        return Additions(
            tuple((word, int(frequency), tag) for word, frequency, tag in words),
            frozenset(self._container.copied("transliterated").decode().split("\n")),
        )

    def digest(self) -> str:
        """A hash of what the lexicon adds to the dictionary."""
        parts = self._container.copied("words"), self._container.copied("transliterated")
        return blake2b(b"\0".join(parts), digest_size=16).hexdigest()

    def folding(self) -> NDArray[np.uint16]:
        """The folding of UTF-16 units, (65536,): working it out anew takes 0.1 s."""
        return self._container["folding"]

    def check(self) -> list[str]:
        """What is wrong with the file, one line each."""
        problems = [f"section {name} is damaged" for name in self._container.check()]
        try:
            names = [self._terms.term(number) for number in range(len(self._terms))]
            if any(not self.synonyms(name.decode("utf-8", "surrogatepass")) for name in names):
                problems.append("a name cannot be looked up")
            if not np.array_equal(self.folding(), folding_table()):
                problems.append("the folding is another one")
            self.additions()
        except (IndexError, ValueError, OverflowError) as error:
            problems.append(f"cannot be read through ({error})")
        return problems

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

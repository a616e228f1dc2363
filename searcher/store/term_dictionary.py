"""The term dictionary of a field: its terms in order, found by a hash table.

Sections of a field F (see ``docs/index-format.md``):

- ``F.terms``: the terms in UTF-8, one after another, in ascending order of their bytes;
- ``F.term_ends``: where each term ends in ``F.terms``;
- ``F.hash``: a hash table with 2^b slots. A slot holds the number of a term plus 1, or 0. A term
  is in slot ``crc32(term) mod 2^b``, or in the next one that was free (linear probing);
- ``F.doc_ends``: where the posting list of each term ends in ``F.docs``.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from searcher._native import extension
from searcher.lazy_numpy import numpy as np
from searcher.store.container import ContainerReader, ContainerWriter
from searcher.store.file_errors import damaged_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

_lookup: Any = extension("lookup")


def write_terms(
    out: ContainerWriter,
    field: str,
    terms: bytes,
    ends: NDArray[np.uint32],
    *,
    with_hash: bool = True,
) -> None:
    """Write the terms of a field, given in ascending order, and their hash table.

    ``terms``: in UTF-8, one after another; ``ends``: the byte at which each ends. Without
    ``with_hash`` the table is empty: the terms can be read one after another, for a merge, but not
    be looked up.
    """
    out.write(f"{field}.terms", terms)
    out.write(f"{field}.term_ends", ends)
    out.write(f"{field}.hash", hash_table(terms, ends) if with_hash else np.zeros(0, np.uint32))


def join_terms(terms: Sequence[str]) -> tuple[bytes, NDArray[np.uint32]]:
    """Terms in UTF-8, one after another, and the byte at which each ends."""
    encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
    return b"".join(encoded), np.cumsum(list(map(len, encoded)), dtype=np.uint32)


def hash_table(terms: bytes, ends: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The slots of a hash table of terms, at most four fifths of them taken."""
    size = 1 << max(3, (len(ends) * 5 // 4).bit_length())
    merging = extension("merging")
    if merging is not None:
        filled = np.zeros(size, np.uint32)
        merging.fill_hash_table(terms, ends, filled)
        return filled
    slots = [0] * size
    start = 0
    for number, end in enumerate(ends.tolist(), 1):
        slot = zlib.crc32(terms[start:end]) & (size - 1)
        while slots[slot]:
            slot = (slot + 1) & (size - 1)
        slots[slot] = number
        start = end
    return np.array(slots, np.uint32)


def read_terms(container: ContainerReader, field: str) -> tuple[bytes, NDArray[np.uint32]]:
    """All terms of a field, one after another in UTF-8, and where each ends."""
    return container.read_section(f"{field}.terms"), container[f"{field}.term_ends"]


class TermDictionary:
    """Finds the terms of a field in a segment or lexicon file; terms are numbered from 0.

    ``has_postings``: whether the field has posting lists, so that :meth:`postings` may be asked.
    Raises IndexInvalidError where the sections do not fit together.
    """

    def __init__(
        self, container: ContainerReader, field: str, *, has_postings: bool = True
    ) -> None:
        self._path = container.path
        self._terms = container.section(f"{field}.terms")
        self._term_ends = container.section(f"{field}.term_ends")
        self._doc_ends = container.section(f"{field}.doc_ends") if has_postings else self._term_ends
        self.postings_of = self._doc_ends.span
        """Where the documents of the term with a number begin and end in ``F.docs``."""
        self._slots = container.section(f"{field}.hash")
        self._mask = len(self._slots) - 1
        if len(self._doc_ends) != len(self._term_ends) or self._mask & (self._mask + 1):
            raise damaged_file(container.path)

    def __len__(self) -> int:
        return len(self._term_ends)

    def term(self, number: int) -> bytes:
        """The term with this number, UTF-8."""
        return self._terms.bytes(*self._term_ends.span(number))

    def slice(self, first: int, stop: int) -> list[bytes]:
        """The terms with the numbers from ``first`` to ``stop - 1``, UTF-8."""
        start = self._term_ends.item(first - 1) if first else 0
        ends = [end - start for end in self._term_ends.slice(first, stop).tolist()]
        joined = self._terms.bytes(start, start + ends[-1]) if ends else b""
        return [joined[a:b] for a, b in zip([0, *ends], ends, strict=False)]

    def find(self, term: bytes) -> int:
        """The number of a term, or -1."""
        if self._table is not None:
            number: int = self._table.find(term)
            return number
        slots, mask = self._slots, self._mask
        slot = zlib.crc32(term) & mask
        # A damaged table may have no free slot, so there are no more steps than slots.
        for _ in range(len(slots)):
            number = slots.item(slot)
            if not number:
                break
            if self.term(number - 1) == term:
                return number - 1
            slot = (slot + 1) & mask
        return -1

    @cached_property
    def _table(self) -> Any:
        """What finds terms by native code; None without it."""
        if _lookup is None:
            return None
        return _lookup.TermTable(
            self._terms.unverified,
            self._terms.blocks(),
            _lookup.Spans(self._term_ends.unverified, self._term_ends.blocks()),
            self._slots.unverified,
            self._slots.blocks(),
        )

    def bisect(self, term: bytes) -> int:
        """The number of the first term that is not less than ``term``, or the number of terms."""
        # Terms on the way are read unverified: where the two that the place lies between are
        # sound, and the term belongs between them, the place is right.
        low, high = 0, len(self)
        ends, terms = self._term_ends.unverified, self._terms.unverified
        while low < high:
            middle = (low + high) // 2
            if terms[ends[middle - 1] if middle else 0 : ends[middle]].tobytes() < term:
                low = middle + 1
            else:
                high = middle
        if (low and self.term(low - 1) >= term) or (low < len(self) and self.term(low) < term):
            raise damaged_file(self._path)
        return low

    def prefix(self, prefix: bytes) -> tuple[int, int]:
        """The numbers (first, last + 1) of the terms that begin with ``prefix``."""
        first = self.bisect(prefix)
        # No UTF-8 text contains the byte FF, so this comes after all terms with the prefix.
        return first, self.bisect(prefix + b"\xff")

    def postings(self, first: int, stop: int) -> tuple[int, int]:
        """Where the documents of terms ``first`` to ``stop - 1`` begin and end in ``F.docs``."""
        ends = self._doc_ends
        return (ends.item(first - 1) if first else 0), (ends.item(stop - 1) if stop else 0)

    def posting_ends(self, first: int, stop: int) -> list[int]:
        """Where the documents of each of these terms end in ``F.docs``."""
        ends: list[int] = self._doc_ends.slice(first, stop).tolist()
        return ends

    def check(self, name: str) -> list[str]:
        """What is wrong with the terms of the field with this name, one line each."""
        ends = self._term_ends.all().astype(np.int64)
        if (ends[-1] if len(ends) else 0) != len(self._terms) or (
            np.diff(ends, prepend=0) < 0
        ).any():
            return [f"the ends of the terms of {name} are out of order"]
        problems = []
        terms = [self.term(number) for number in range(len(self))]
        if any(a >= b for a, b in pairwise(terms)):
            problems.append(f"the terms of {name} are out of order")
        if not all(map(_is_text, terms)):
            problems.append(f"a term of {name} is no text")
        if (self._slots.all() > len(self)).any():
            problems.append(f"the hash table of {name} leads to terms that are not there")
        elif any(self.find(term) != number for number, term in enumerate(terms)):
            problems.append(f"a term of {name} cannot be looked up")
        return problems


def _is_text(term: bytes) -> bool:
    try:
        term.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True

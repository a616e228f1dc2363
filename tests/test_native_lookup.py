"""Looking up by native code: terms and spans, and that each block is verified before it is read."""

from typing import Any

import numpy as np
import pytest

from searcher._native import extension
from searcher.store.term_dictionary import hash_table

lookup: Any = extension("lookup")
if lookup is None:
    pytest.skip("needs the native modules", allow_module_level=True)

SHIFT = 4  # sixteen values a block


class Blocks:
    """Blocks none of which was verified, and those that are asked for."""

    def __init__(self, values: Any, damaged: int = -1) -> None:
        self.unverified = bytearray(b"\1") * (-(-len(values) // (1 << SHIFT)))
        self.asked: list[tuple[int, int]] = []
        self.damaged = damaged
        self.native = lookup.Blocks(self.unverified, SHIFT, self.verify)

    def verify(self, first: int, stop: int) -> None:
        self.asked.append((first, stop))
        if first <= self.damaged < stop:
            raise ValueError("damaged")
        self.unverified[first:stop] = bytes(stop - first)


class Table:
    def __init__(self, terms: list[bytes], slots: Any = None, damaged: int = -1) -> None:
        joined = b"".join(terms)
        ends = np.cumsum([*map(len, terms)]).astype(np.uint32)
        slots = hash_table(joined, ends) if slots is None else slots
        self.terms, self.ends = Blocks(joined, damaged), Blocks(ends)
        self.slots = Blocks(slots)
        spans = lookup.Spans(ends, self.ends.native)
        self.native = lookup.TermTable(joined, self.terms.native, spans, slots, self.slots.native)


TERMS = [*sorted(f"词{number}".encode() for number in range(500)), b"\xff"]


def test_terms_are_found() -> None:
    table = Table([b"", *TERMS])
    for number, term in enumerate([b"", *TERMS]):
        assert table.native.find(term) == number
    for term in (b"nothing", "词".encode(), "词1000".encode(), b"x" * 99):
        assert table.native.find(term) == -1
    assert Table([], np.zeros(0, np.uint32)).native.find(b"a") == -1


def test_only_blocks_that_are_read_are_verified() -> None:
    table = Table(TERMS)
    assert table.native.find(TERMS[77]) == 77
    assert len(table.slots.asked) == 1
    assert len(table.terms.asked) <= 1 + table.terms.asked[0][1] - table.terms.asked[0][0]
    assert sum(table.terms.unverified) >= len(table.terms.unverified) - 2
    before = [*table.slots.asked], [*table.ends.asked], [*table.terms.asked]
    assert table.native.find(TERMS[77]) == 77
    assert (table.slots.asked, table.ends.asked, table.terms.asked) == before, "once"


def test_what_is_damaged_raises() -> None:
    with pytest.raises(ValueError, match="damaged"):
        Table(TERMS, damaged=0).native.find(TERMS[0])
    with pytest.raises(IndexError):
        Table([b"a", b"b"], np.full(8, 9, np.uint32)).native.find(b"a")
    full = Table([b"a", b"b"], np.full(8, 1, np.uint32)).native
    assert full.find(b"b") == -1, "a table without a free slot"

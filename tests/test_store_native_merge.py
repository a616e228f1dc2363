"""Merging by native code gives what numpy gives, and refuses lists that do not fit."""

import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher._native import extension
from searcher.store.arrays import unite_keys
from searcher.store.postings import Postings, append_lists
from searcher.store.term_dictionary import hash_table, join_terms

merging: Any = extension("merging")
pytestmark = pytest.mark.skipif(merging is None, reason="needs the native modules")

keys = st.lists(st.integers(1, 2**64 - 1) | st.integers(1, 9), max_size=20, unique=True)


@given(st.lists(keys, min_size=1, max_size=5))
def test_keys_are_united_alike(parts: list[list[int]]) -> None:
    arrays = [np.array(part, np.uint64) for part in parts]
    got, indexes = unite_keys(arrays)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEARCHER_NATIVE", "0")
        expected, others = unite_keys(arrays)
    assert got.tolist() == expected.tolist() == sorted({key for part in parts for key in part})
    for index, other, part in zip(indexes, others, parts, strict=True):
        assert index.tolist() == other.tolist()
        assert got[index].tolist() == part


def test_many_keys_are_united() -> None:
    parts = [np.arange(1, 200_000, step, dtype=np.uint64) for step in (3, 2)]
    united, indexes = unite_keys(parts)
    assert united.tolist() == sorted({*parts[0].tolist(), *parts[1].tolist()})
    assert all((united[index] == part).all() for part, index in zip(parts, indexes, strict=True))


lists = st.lists(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 255))), max_size=8)


@given(lists, st.booleans(), st.integers(0, 60_000))
def test_lists_are_appended_alike(
    some: list[list[tuple[int, int]]], with_freqs: bool, first: int
) -> None:
    postings = Postings(
        np.array([len(each) for each in some], np.uint32),
        np.array([doc for each in some for doc, _ in each], np.uint16),
        np.array([freq for each in some for _, freq in each], np.uint8) if with_freqs else None,
    )
    index = np.arange(len(some))[::-1].copy()
    results = []
    for native in ("1", "0"):
        counts = np.zeros(len(some), np.int64)
        counts[index] = postings.counts
        cursors = np.cumsum(counts) - counts
        docs = np.zeros(len(postings.docs), np.uint16)
        freqs = np.zeros(len(docs), np.uint8) if with_freqs else None
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SEARCHER_NATIVE", native)
            append_lists(index, postings, cursors, docs, freqs, first)
        results.append((cursors.tolist(), docs.tolist(), freqs is None or freqs.tolist()))
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("index", "counts", "docs", "cursors", "room"),
    [
        ([0], [2], [1], [0], 5),
        ([0], [1], [1, 2], [0], 5),
        ([1], [1], [1], [0], 5),
        ([-1], [1], [1], [0], 5),
        ([0], [1], [1], [5], 5),
        ([0], [1], [1], [-1], 5),
        ([0], [2**32 - 1], [1], [0], 5),
        ([0, 0], [1], [1], [0], 5),
    ],
)
def test_lists_that_do_not_fit_are_refused(
    index: list[int], counts: list[int], docs: list[int], cursors: list[int], room: int
) -> None:
    with pytest.raises(ValueError, match=r"fit|outside"):
        merging.append_lists(
            np.array(index, np.int64), np.array(counts, np.uint32), np.array(docs, np.uint16),
            None, np.array(cursors, np.int64), np.zeros(room, np.uint16), None, 0,
        )  # fmt: skip


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=40, unique=True))
def test_hash_tables_are_alike(terms: list[str]) -> None:
    joined, ends = join_terms(sorted(terms))
    got = hash_table(joined, ends)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEARCHER_NATIVE", "0")
        assert hash_table(joined, ends).tolist() == got.tolist()
    for number, term in enumerate(sorted(terms), 1):
        slot = zlib.crc32(term.encode()) & (len(got) - 1)
        while got[slot] != number:
            assert got[slot]
            slot = (slot + 1) & (len(got) - 1)


@pytest.mark.parametrize(("ends", "size"), [([3, 2], 4), ([9], 4), ([1, 2], 2), ([1], 3)])
def test_hash_tables_that_do_not_fit_are_refused(ends: list[int], size: int) -> None:
    with pytest.raises(ValueError, match=r"ascend|power"):
        merging.fill_hash_table(b"abcd", np.array(ends, np.uint32), np.zeros(size, np.uint32))

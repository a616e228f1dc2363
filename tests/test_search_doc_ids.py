"""Lists of document numbers: the same as sets of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searcher.search.doc_ids import (
    SKIP_RATIO,
    DocIds,
    bitset,
    intersect,
    intersection_places,
    is_member,
    no_docs,
    union,
    union_sorted,
)

SIZE = 400
# Short beside long lists are looked up by binary search.
long_lists = st.sets(st.integers(0, SIZE - 1), max_size=SIZE)
short_lists = st.sets(st.integers(0, SIZE - 1), max_size=4)
lists = st.one_of(long_lists, short_lists)


def ids(numbers: set[int]) -> DocIds:
    return np.array(sorted(numbers), np.intp)


@given(lists, lists)
def test_intersection(one: set[int], other: set[int]) -> None:
    assert intersect(ids(one), ids(other), SIZE).tolist() == sorted(one & other)
    places = intersection_places(ids(one), ids(other), SIZE)
    assert ids(one)[places].tolist() == sorted(one & other)


def test_intersection_of_lists_of_very_different_length() -> None:
    long = np.arange(0, SIZE, 2)
    for short in ([], [0], [1], [SIZE - 1], [SIZE - 2], [0, 1, 2, SIZE - 2, SIZE - 1]):
        docs = np.array(short, np.intp)
        assert len(docs) * SKIP_RATIO < len(long)
        both = [doc for doc in short if doc % 2 == 0]
        assert intersect(docs, long, SIZE).tolist() == both
        assert intersect(long, docs, SIZE).tolist() == both


@given(st.lists(lists, max_size=4))
def test_union(some: list[set[int]]) -> None:
    whole = sorted(set().union(*some))
    assert union_sorted(map(ids, some), SIZE).tolist() == whole
    unsorted = [np.array([*numbers, *numbers], np.uint16) for numbers in some]
    assert union(unsorted, SIZE).tolist() == whole
    assert bitset(unsorted, SIZE).nonzero()[0].tolist() == whole
    assert bitset(unsorted, SIZE).shape == (SIZE,)


def test_the_union_with_nothing_copies_nothing() -> None:
    docs = ids({1, 2})
    assert union_sorted([no_docs(), docs, no_docs()], SIZE) is docs
    assert union_sorted([], SIZE) is no_docs()


@given(lists, lists)
def test_membership(docs: set[int], others: set[int]) -> None:
    members = is_member(ids(docs), ids(others).astype(np.uint16), SIZE)
    assert members.dtype == bool
    assert members.tolist() == [doc in others for doc in sorted(docs)]

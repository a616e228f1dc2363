"""Operations on lists of document numbers: union, intersection, membership.

A list is a sorted array of document numbers of one segment (``intp``); postings as stored are
``uint16``. ``size`` is the number of documents of the segment.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from searcher.lazy_numpy import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DocIds: TypeAlias = "NDArray[np.intp]"
StoredDocIds: TypeAlias = "NDArray[np.uint16]"

SKIP_RATIO = 16
"""The ratio of lengths from which a list is looked up in a longer one by binary search."""


@cache
def no_docs() -> DocIds:
    """The empty list."""
    return np.zeros(0, np.intp)


def union(lists: Iterable[DocIds | StoredDocIds], size: int) -> DocIds:
    """The union of lists that may be unsorted or hold a document twice.

    >>> union([np.array([3, 1]), np.array([0, 3])], 4).tolist()
    [0, 1, 3]
    """
    return bitset(lists, size).nonzero()[0]


def union_sorted(lists: Iterable[DocIds], size: int) -> DocIds:
    """The union of sorted lists; the only one that is not empty is returned as it is."""
    filled = [docs for docs in lists if len(docs)]
    if len(filled) > 1:
        return union(filled, size)
    return filled[0] if filled else no_docs()


def bitset(lists: Iterable[DocIds | StoredDocIds], size: int) -> NDArray[np.bool_]:
    """Which documents are in any of the lists, bool (size,)."""
    present = np.zeros(size, bool)
    for docs in lists:
        present[docs.astype(np.intp, copy=False)] = True
    return present


def is_member(docs: DocIds, others: DocIds | StoredDocIds, size: int) -> NDArray[np.bool_]:
    """Which of ``docs`` are among others, bool (len(docs),)."""
    members: NDArray[np.bool_] = bitset([others], size).take(docs)
    return members


def intersection_places(docs: DocIds, others: DocIds, size: int) -> NDArray[np.intp]:
    """The places in ``docs`` of the documents that are in both lists."""
    if len(docs) * SKIP_RATIO < len(others):
        found: NDArray[Any] = others.take(others.searchsorted(docs), mode="clip") == docs
        return found.nonzero()[0]
    if len(others) * SKIP_RATIO < len(docs):
        places = docs.searchsorted(others)
        both: NDArray[np.intp] = places[docs.take(places, mode="clip") == others]
        return both
    return is_member(docs, others, size).nonzero()[0]


def intersect(docs: DocIds, others: DocIds, size: int) -> DocIds:
    """The intersection of two sorted lists.

    >>> intersect(np.array([1, 3, 5]), np.array([3, 4, 5]), 6).tolist()
    [3, 5]
    """
    return docs.take(intersection_places(docs, others, size))

"""Posting lists: for each term the documents that have it, and how often.

Sections of a field F besides its term dictionary: ``F.docs``, the documents of all terms, term
after term; ``F.freqs`` beside it, for the field of words; ``F.doc_ends``, where each term's
documents end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from searcher._native import extension
from searcher.lazy_numpy import numpy as np
from searcher.store.arrays import ranges
from searcher.store.packed_terms import PackedTerms
from searcher.store.term_dictionary import join_terms, write_terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.store.container import ContainerReader, ContainerWriter

TITLE_END = "\x01"
"""Stands between the title and the body of a text, so that no bigram reaches across."""
TEXT_END = "\x02"
"""Stands after the body."""

TITLE_FREQ = 64
"""A frequency is one byte, ``TITLE_FREQ * title + body``.

``title`` (0 to 3) and ``body`` (0 to 63) count occurrences in half units: 2 for a token that is
the term, 1 for a longer token that the term is a part of (部长 in 国防部长). Higher counts are
stored as the highest. The title has the term where ``freq >= TITLE_FREQ``; a ``title`` of 3 stands
for a token and at least one more occurrence.
"""

MAX_TITLE_FREQ, MAX_BODY_FREQ = 3, TITLE_FREQ - 1
"""Half occurrences that a posting can tell apart, in the title and in the body."""

_CHUNK_POSTINGS = 1 << 18

Terms: TypeAlias = "Sequence[str] | PackedTerms | NDArray[np.uint32]"
"""Terms of a field: keywords, words, or bigrams (``first unit << 16 | second unit``)."""


class Postings(NamedTuple):
    """The posting lists of a field, one after another.

    ``counts``: documents of each term, uint32 (t,); ``docs``: their numbers, ascending within each
    list, uint16 (p,); ``freqs``: uint8 (p,) beside ``docs``, see TITLE_FREQ, or None for a field
    that has no frequencies.
    """

    counts: NDArray[np.uint32]
    docs: NDArray[np.uint16]
    freqs: NDArray[np.uint8] | None = None

    def chunks(self) -> Iterator[tuple[slice, slice]]:
        """Slices of the terms and of their postings, for working with bounded memory."""
        ends = np.cumsum(self.counts, dtype=np.int64)
        stops = ends.searchsorted(
            np.arange(_CHUNK_POSTINGS, len(self.docs), _CHUNK_POSTINGS), "right"
        )
        first = start = 0
        for stop in dict.fromkeys([*stops.tolist(), len(ends)]):
            if stop > first:
                end = int(ends[stop - 1])
                yield slice(first, stop), slice(start, end)
                first, start = stop, end


class InvertedField(NamedTuple):
    """A field inverted: its terms, and the posting list of each in the same order."""

    terms: Terms
    postings: Postings


def append_lists(
    index: NDArray[np.intp],
    postings: Postings,
    cursors: NDArray[np.int64],
    docs: NDArray[np.uint16],
    freqs: NDArray[np.uint8] | None,
    first_doc: int,
) -> None:
    """Append the posting lists of a segment to those of a merge.

    Args:
        index: for each term of the segment its number in the merge.
        postings: its lists.
        cursors: for each term of the merge where its next document goes; moves on.
        docs: those of the merge, which are put there; ``freqs`` beside them.
        first_doc: what is added to the numbers of documents.
    """
    merging = extension("merging")
    if merging is not None:
        arrays = map(np.ascontiguousarray, (index, postings.counts, postings.docs))
        some = None if freqs is None else postings.freqs
        merging.append_lists(*arrays, some, cursors, docs, freqs, first_doc)
        return
    for some_terms, some_docs in postings.chunks():
        target = ranges(cursors[index[some_terms]], postings.counts[some_terms])
        docs[target] = postings.docs[some_docs] + np.uint16(first_doc)
        if freqs is not None and postings.freqs is not None:
            freqs[target] = postings.freqs[some_docs]
    cursors[index] += postings.counts


def write_field(
    out: ContainerWriter, name: str, field: InvertedField, *, with_hash: bool = True
) -> None:
    """Write the sections of a field of words or keywords, its terms in ascending order.

    ``with_hash``: see :func:`~searcher.store.term_dictionary.write_terms`.
    """
    terms, postings = field
    out.write(f"{name}.docs", postings.docs)
    if postings.freqs is not None:
        out.write(f"{name}.freqs", postings.freqs)
    out.write(f"{name}.doc_ends", np.cumsum(postings.counts, dtype=np.uint32))
    joined = terms.encode() if isinstance(terms, PackedTerms) else join_terms(list(map(str, terms)))
    write_terms(out, name, *joined, with_hash=with_hash)


def read_postings(container: ContainerReader, name: str, *, with_freqs: bool) -> Postings:
    """All posting lists of a field of words or keywords."""
    counts = np.diff(container[f"{name}.doc_ends"], prepend=np.uint32(0))
    freqs = container[f"{name}.freqs"] if with_freqs else None
    return Postings(counts, container[f"{name}.docs"], freqs)

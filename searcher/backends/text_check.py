"""Checking an index against its texts: they are analysed again, one by one, and compared.

It shares nothing with indexing but the analyser, so that a fault of either shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from searcher.errors import SearcherError
from searcher.search.texts import StoredText, split_units, title_and_body
from searcher.store.arrays import run_starts
from searcher.store.container import DAMAGE
from searcher.store.postings import (
    MAX_BODY_FREQ,
    MAX_TITLE_FREQ,
    TEXT_END,
    TITLE_END,
    TITLE_FREQ,
    Postings,
    read_postings,
)
from searcher.store.stored_documents import decode_fields, text_bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.local import LocalBackend
    from searcher.store.segment_reader import SegmentReader
    from searcher.text.analyser import Analyser

_DOCUMENTS_AT_ONCE = 4096
"""The number of documents whose terms are gathered in one pass over the posting lists."""


def check_texts(index: LocalBackend, sample: int | None = None) -> list[str]:
    """What an index says of its documents that their texts do not, one line each.

    ``sample``: the number of documents to look at, evenly chosen; None for all.
    """
    problems: list[str] = []
    before = 0
    for entry, (_, matcher, _) in zip(index.manifest.segments, index.segments, strict=True):
        living = np.arange(matcher.size) if matcher.alive is None else np.flatnonzero(matcher.alive)
        if sample is not None and sample < len(index):
            chosen = np.arange(sample) * len(index) // max(sample, 1) - before
            before += len(living)
            living = living[chosen[(chosen >= 0) & (chosen < len(living))]]
        try:
            found = list(_segment_problems(matcher.segment, living, index.analyser()))
        except (SearcherError, *DAMAGE) as error:
            found = [f"cannot be read through ({error})"]
        problems += [f"{entry.file}: {problem}" for problem in found]
    return problems


def _segment_problems(
    segment: SegmentReader, numbers: NDArray[np.intp], analyser: Analyser
) -> Iterator[str]:
    terms = segment.terms.slice(0, len(segment.terms))
    words = read_postings(segment.container, "words", with_freqs=True)
    bigram_keys, bigrams = segment.bigrams.all_keys(), segment.bigrams.postings()
    for first in range(0, len(numbers), _DOCUMENTS_AT_ONCE):
        some = numbers[first : first + _DOCUMENTS_AT_ONCE]
        words_of, bigrams_of = _by_document(words, some), _by_document(bigrams, some)
        for number in some.tolist():
            expected = _analyse(segment, number, analyser)
            places, freqs = words_of[number]
            found_words = dict(
                zip([terms[n] for n in places.tolist()], freqs.tolist(), strict=True)
            )
            wrong = []
            if found_words != expected.words:
                wrong.append("words")
            if bigram_keys[bigrams_of[number][0]].tolist() != expected.bigrams:
                wrong.append("bigrams")
            if segment.lengths.item(number) != expected.length:
                wrong.append("number of words")
            if not expected.boundaries_fit:
                wrong.append("word boundaries")
            if wrong:
                yield f"document {expected.id}: {' and '.join(wrong)} are not those of its text"


class _Expected(NamedTuple):
    """What the index must say of a document."""

    id: str
    words: dict[bytes, int]
    bigrams: list[int]
    length: int
    boundaries_fit: bool


def _analyse(segment: SegmentReader, number: int, analyser: Analyser) -> _Expected:
    raw = segment.raw(number)
    start, size = text_bounds(raw)
    halves: dict[str, list[int]] = {}
    inside = np.zeros(size, bool)
    length = offset = 0
    title, body = map(
        split_units, title_and_body(StoredText(raw, segment.title_lengths.item(number)))
    )
    for place, text in enumerate((title, body)):
        for token in analyser.tokens(text):
            length += 1
            halves.setdefault(token.term, [0, 0])[place] += 2
            for part in token.parts:
                halves.setdefault(part, [0, 0])[place] += 1
            inside[offset + token.start + 1 : offset + token.end] = True
            inside[[offset + boundary for boundary in token.inner_boundaries]] = False
        offset += len(text) + 1
    words = {
        term.encode(): TITLE_FREQ * min(in_title, MAX_TITLE_FREQ) + min(in_body, MAX_BODY_FREQ)
        for term, (in_title, in_body) in halves.items()
    }
    bits = np.frombuffer(raw, np.uint8, offset=start + 2 * size)
    stored_inside = np.unpackbits(bits, bitorder="little", count=size).astype(bool)
    return _Expected(
        decode_fields(raw)[0],
        words,
        _bigrams(f"{title}{TITLE_END}{body}{TEXT_END}", segment.folding),
        length,
        np.array_equal(stored_inside, inside),
    )


def _bigrams(text: str, folding: memoryview) -> list[int]:
    table = np.frombuffer(folding, np.uint16)
    units = table[np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)].tolist()
    keys = {left << 16 | right for left, right in pairwise(units) if left > ord(TEXT_END)}
    return sorted(keys)


def _by_document(
    postings: Postings, numbers: NDArray[np.intp]
) -> dict[int, tuple[NDArray[Any], NDArray[Any]]]:
    """For each document the places of its terms, ascending, and their frequencies."""
    nothing = np.zeros(0, np.intp), np.zeros(0, np.uint8)
    found: dict[int, tuple[NDArray[Any], NDArray[Any]]] = dict.fromkeys(numbers.tolist(), nothing)
    wanted = np.zeros(1 << 16, bool)
    wanted[numbers] = True
    chosen = np.flatnonzero(wanted[postings.docs])
    docs = postings.docs[chosen]
    order = docs.argsort(kind="stable")
    docs, chosen = docs[order], chosen[order]
    places = np.cumsum(postings.counts, dtype=np.int64).searchsorted(chosen, "right")
    freqs = np.zeros(len(chosen), np.uint8) if postings.freqs is None else postings.freqs[chosen]
    starts = run_starts(docs)
    for first, stop in pairwise([*starts.tolist(), len(docs)]):
        found[int(docs[first])] = places[first:stop], freqs[first:stop]
    return found

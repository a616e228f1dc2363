"""Merging segments into one segment file: the batches of a build and old segments alike.

Documents keep their order, and those of an earlier segment come first. So a posting list of the
new segment is the lists of the old ones, one after another, and nothing is sorted again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher.store import schema
from searcher.store.arrays import unite_keys
from searcher.store.bigrams import write_bigrams
from searcher.store.container import ContainerWriter
from searcher.store.packed_terms import PackedTerms, unite
from searcher.store.postings import InvertedField, Postings, Terms, append_lists, write_field
from searcher.store.schema import MAX_SEGMENT_DOCUMENTS, IndexedField
from searcher.store.stored_documents import (
    MAX_SAMPLES,
    DocumentDecoder,
    DocumentEncoder,
    StoredDocuments,
    train_dictionary,
    write_stored_documents,
)
from searcher.write.columns import rank_columns
from searcher.write.merge_input import MergeInput

if TYPE_CHECKING:
    from numpy.typing import NDArray


def write_segment(
    path: Path, inputs: Sequence[MergeInput], *, temporary: bool = False, cores: int = 1
) -> int:
    """Merge segments into a new segment file; returns how many documents it has.

    A ``temporary`` file is only written to be merged again: it lacks the hash tables, the ranks
    and the gaps of frequent bigrams, which only searching needs. With several ``cores`` it takes
    less time and more memory.
    """
    documents = sum(len(each.numbers()) for each in inputs)
    if documents > MAX_SEGMENT_DOCUMENTS:
        raise ValueError(f"a segment holds at most {MAX_SEGMENT_DOCUMENTS} documents")

    with ExitStack() as stack:
        out = stack.enter_context(ContainerWriter(path, sync=not temporary))
        merges: dict[str, Callable[[], InvertedField]] = {
            field.name: partial(_merge_field, inputs, field) for field in schema.INDEXED_FIELDS
        }
        if cores > 1:
            from concurrent.futures import ThreadPoolExecutor

            # numpy lets other threads run; the bigrams take as long as all else together.
            pool = stack.enter_context(ThreadPoolExecutor(1))
            merges["bigrams"] = pool.submit(merges["bigrams"]).result
        _write_columns(out, inputs, temporary)
        _write_stored_documents(out, inputs)
        for field in schema.INDEXED_FIELDS:
            merged = merges[field.name]()
            if field.kind == "bigrams":
                write_bigrams(out, merged, documents, temporary=temporary)
            else:
                write_field(out, field.name, merged, with_hash=not temporary)
    return documents


# Columns


def _write_columns(out: ContainerWriter, inputs: Sequence[MergeInput], temporary: bool) -> None:
    columns: dict[str, NDArray[Any]] = {}
    for column in schema.COLUMNS:
        if column.merge == "copy":
            parts = [each.source.column(column.name)[each.numbers()] for each in inputs]
            columns[column.name] = np.concatenate(parts)
    if not temporary:
        columns |= rank_columns(columns, _ids(inputs))
    for name, values in columns.items():
        out.write(name, values)


def _ids(inputs: Sequence[MergeInput]) -> list[str]:
    """The ids of all kept documents, in their order."""
    (field,) = (field for field in schema.INDEXED_FIELDS if field.name == "id")
    ids: list[str] = []
    for each in inputs:
        postings = each.source.postings(field)
        terms = np.repeat(np.array(each.source.terms(field), object), postings.counts)
        by_number = dict(zip(postings.docs.tolist(), terms.tolist(), strict=True))
        ids += [str(by_number.get(number, "")) for number in each.numbers().tolist()]
    return ids


# Fields


def _merge_field(inputs: Sequence[MergeInput], field: IndexedField) -> InvertedField:
    """A field of all inputs; terms that no kept document has are left out."""
    terms, term_indexes = _unite_terms([each.source.terms(field) for each in inputs], field)
    counts = np.zeros(len(terms), np.int64)
    for each, index in zip(inputs, term_indexes, strict=True):
        counts[index] += each.postings(field).counts
        each.source.release()
    # Where the next documents of each term go.
    cursors = np.cumsum(counts) - counts
    docs = np.empty(int(counts.sum()), np.uint16)
    freqs = np.empty(len(docs), np.uint8) if field.kind == "words" else None
    first_doc = 0
    for each, index in zip(inputs, term_indexes, strict=True):
        postings = each.postings(field)
        append_lists(index, postings, cursors, docs, freqs, first_doc)
        first_doc += len(each.numbers())
        each.source.release()
    has_docs = counts > 0
    kept: Terms
    if isinstance(terms, np.ndarray):
        kept = terms[has_docs]
    elif isinstance(terms, PackedTerms):
        kept = terms.compress(has_docs)
    else:
        kept = list(compress(terms, has_docs.tolist()))
    return InvertedField(kept, Postings(counts[has_docs].astype(np.uint32), docs, freqs))


def _unite_terms(
    all_terms: Sequence[Terms], field: IndexedField
) -> tuple[Terms, list[NDArray[np.intp]]]:
    """All terms ascending, each once, and the index among them of each input's terms."""
    if field.kind == "bigrams":
        keys, indexes = unite_keys([np.asarray(terms, np.uint32) for terms in all_terms])
        return keys.astype(np.uint32), indexes
    if field.kind == "words":
        return unite([terms for terms in all_terms if isinstance(terms, PackedTerms)])
    values = sorted(set().union(*(map(str, terms) for terms in all_terms)))
    index_of = {value: index for index, value in enumerate(values)}.__getitem__
    return values, [
        np.fromiter(map(index_of, map(str, terms)), np.intp, len(terms)) for terms in all_terms
    ]


# Stored documents


def _write_stored_documents(out: ContainerWriter, inputs: Sequence[MergeInput]) -> None:
    """Copy the compressed documents, or compress them anew with another dictionary."""
    dictionary = _dictionary(inputs)
    encode = DocumentEncoder(dictionary).compress

    def parts() -> Iterator[tuple[bytes | memoryview, NDArray[Any]]]:
        for each in inputs:
            stored, numbers = each.source.stored, each.numbers()
            if stored.dictionary == dictionary and len(numbers) == len(stored.ends):
                yield stored.documents, np.diff(stored.ends, prepend=stored.ends[:1] * 0)
            else:
                documents = stored.take(numbers)
                if stored.dictionary != dictionary:
                    decode = DocumentDecoder(stored.dictionary).raw
                    documents = [encode(decode(document)) for document in documents]
                sizes = np.array([len(document) for document in documents], np.uint64)
                yield b"".join(documents), sizes
            each.source.release()

    write_stored_documents(out, dictionary, parts())


def _dictionary(inputs: Sequence[MergeInput]) -> bytes:
    """The dictionary for a merged segment: that of the largest input, or a new one."""
    stored = [each.source.stored for each in inputs]
    largest = max(stored, key=lambda s: len(s.ends) if s.dictionary else 0)
    dictionary = largest.dictionary
    # A dictionary contains parts of the documents that it was made of: those of deleted ones
    # must not stay.
    loses_documents = any(
        len(each.numbers()) < len(s.ends)
        for each, s in zip(inputs, stored, strict=True)
        if s.dictionary == dictionary
    )
    if dictionary and not loses_documents:
        return dictionary
    return train_dictionary(_samples(inputs))


def _samples(inputs: Sequence[MergeInput]) -> list[bytes]:
    """Raw documents to make a dictionary of: every so many of those kept."""
    samples: list[bytes] = []
    step = max(1, sum(len(each.numbers()) for each in inputs) // MAX_SAMPLES)
    for each in inputs:
        stored: StoredDocuments = each.source.stored
        decode = DocumentDecoder(stored.dictionary).raw
        samples += map(decode, stored.take(each.numbers()[::step]))
    return samples

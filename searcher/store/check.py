"""Checking a segment file: every section is there, undamaged, and fits the others.

What there must be follows from :mod:`searcher.store.schema`.
"""

from __future__ import annotations

from collections.abc import Callable

from searcher.errors import SearcherError
from searcher.lazy_numpy import numpy as np
from searcher.store import schema
from searcher.store.arrays import ascending_runs
from searcher.store.container import DAMAGE
from searcher.store.dates import FIRST_SECOND, LAST_SECOND, MAX_UTC_OFFSET, NO_DATE
from searcher.store.postings import TITLE_END
from searcher.store.schema import Column, IndexedField
from searcher.store.segment_reader import SegmentReader
from searcher.store.stored_documents import text_bounds
from searcher.store.term_dictionary import TermDictionary


def check_segment(segment: SegmentReader, documents: int) -> list[str]:
    """What is wrong with a segment file that must have so many documents, one line each."""
    try:
        return _sections(segment) or _contents(segment, documents)
    except (SearcherError, *DAMAGE) as error:
        return [f"cannot be read through ({error})"]


def _contents(segment: SegmentReader, documents: int) -> list[str]:
    problems = []
    if len(segment) != documents:
        problems.append(f"has {len(segment)} documents, not {documents}")
    for column in schema.COLUMNS:
        problems += _column(segment, column)
    problems += _dates(segment)
    for field in schema.INDEXED_FIELDS:
        problems += _FIELD_CHECKS[field.kind](segment, field)
    return problems + _stored_documents(segment)


def _sections(segment: SegmentReader) -> list[str]:
    """Whether there are exactly the sections of the schema, as they were written."""
    container = segment.container
    expected = {section.name: section.dtypes for section in schema.segment_sections()}
    problems = [f"section {name} is damaged" for name in container.damaged_sections()]
    found = set(container.names())
    problems += [f"section {name} is missing" for name in expected if name not in found]
    problems += [f"section {name} is unknown" for name in sorted(found - set(expected))]
    for name in sorted(found & set(expected)):
        dtype = container.place(name)[2]
        if dtype not in expected[name]:
            problems.append(f"section {name} has the type {dtype}, not {expected[name][0]}")
    return problems


def _column(segment: SegmentReader, column: Column) -> list[str]:
    values = segment.column(column.name)
    if len(values) != len(segment):
        return [f"the column {column.name} has {len(values)} values"]
    if column.merge == "rank" and not np.array_equal(np.sort(values), np.arange(len(values))):
        return [f"the column {column.name} is no order of the documents"]
    return []


def _dates(segment: SegmentReader) -> list[str]:
    """Whether every date can be shown."""
    offsets = segment.utc_offsets.astype(np.int64)
    local = segment.dates + 60 * np.clip(offsets, -MAX_UTC_OFFSET, MAX_UTC_OFFSET)
    dated = segment.dates != NO_DATE
    out_of_range = dated & ((local < FIRST_SECOND) | (local > LAST_SECOND))
    if out_of_range.any() or (abs(offsets) > MAX_UTC_OFFSET).any():
        return ["a date is out of range"]
    return []


def _terms_and_postings(segment: SegmentReader, field: IndexedField) -> list[str]:
    """A field of words or keywords: its terms in order, all found, each with its documents."""
    container, name = segment.container, field.name
    docs, ends = container[f"{name}.docs"], container[f"{name}.doc_ends"].astype(np.int64)
    if len(docs) != (ends[-1] if len(ends) else 0) or (np.diff(ends, prepend=0) < 1).any():
        return [f"the ends of the documents of {name} are out of order"]
    problems = []
    if len(docs) and (docs.max() >= len(segment) or not ascending_runs(docs, ends)):
        problems.append(f"the documents of {name} are out of order")
    if field.kind == "words" and len(container[f"{name}.freqs"]) != len(docs):
        problems.append(f"there are not as many frequencies of {name} as documents")
    return problems + TermDictionary(container, name).check(name)


def _bigrams(segment: SegmentReader, _: IndexedField) -> list[str]:
    return segment.bigrams.check(len(segment))


_FIELD_CHECKS: dict[str, Callable[[SegmentReader, IndexedField], list[str]]] = {
    "words": _terms_and_postings,
    "keyword": _terms_and_postings,
    "bigrams": _bigrams,
}


def _stored_documents(segment: SegmentReader) -> list[str]:
    numbers = range(len(segment))
    return [f"document {n} cannot be read" for n in numbers if _is_broken(segment, n)]


def _is_broken(segment: SegmentReader, number: int) -> bool:
    try:
        raw = segment.raw(number)
        segment.stored_fields(number)
    except (SearcherError, *DAMAGE):
        return True
    start, units = text_bounds(raw)
    title_end = start + 2 * int(segment.title_lengths[number])
    has_title_end = raw[title_end : title_end + 2] == TITLE_END.encode("utf-16-le")
    return len(raw) != start + 2 * units + (units + 7) // 8 or not has_title_end

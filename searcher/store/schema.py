"""What an index consists of: every column, indexed field and stored field, said once.

The writer (:mod:`searcher.write.memory_segment`), the merger (:mod:`searcher.write.merge`),
:class:`~searcher.store.segment_reader.SegmentReader`, :mod:`searcher.store.check` and
``docs/index-format.md`` follow from the tables here.

To add a numeric column, add a :class:`Column` to :data:`COLUMNS`, and the function that fills it
to :data:`searcher.write.columns.FILL`. It is then written, merged, checked, and read by
``SegmentReader.column(name)``. Indexes without it are rebuilt by the next ``searcher index``,
because :func:`fingerprint` is another one.
"""

from __future__ import annotations

import zlib
from typing import Literal, NamedTuple

FORMAT = 6
"""The version of all files; raised when their bytes change in a way that no table here shows."""

MAX_SEGMENT_DOCUMENTS = 1 << 16
"""Documents of a segment are numbered from 0 in 16 bits."""


class Section(NamedTuple):
    """An array in a file.

    ``dtypes``: numpy's names of the types it may have, little endian; of several, the writer takes
    the smallest one that holds all values.
    """

    name: str
    dtypes: tuple[str, ...]


class Column(NamedTuple):
    """A number for each document; one section with the column's name.

    ``merge``: how a merge makes the column of the new segment. "copy": the values of the documents
    that are kept, segment after segment. "rank": worked out anew from the other columns, as the
    place of each document in an order of all documents of the segment (a permutation of 0 to
    n - 1); temporary segments lack it.
    """

    name: str
    dtype: str
    meaning: str
    merge: Literal["copy", "rank"] = "copy"

    def sections(self) -> list[Section]:
        """The sections of the column."""
        return [Section(self.name, (self.dtype,))]


class IndexedField(NamedTuple):
    """A field that can be searched: a term dictionary and a posting list for each term.

    ``kind``: "words" has terms of the analysis, with frequencies; "keyword" has whole values;
    "bigrams" has pairs of UTF-16 units. A merge unites the terms in order, renumbers the documents
    of each posting list, copies frequencies, and drops terms that no document has any more.
    """

    name: str
    kind: Literal["words", "keyword", "bigrams"]
    meaning: str

    def sections(self) -> list[Section]:
        """The sections of the field."""
        if self.kind == "bigrams":
            parts = {
                "keys": "<u4", "doc_ends": "<u4", "docs": "<u2",
                "frequent_keys": "<u4", "frequent_gap_ends": "<u4", "frequent_gaps": "|u1",
            }  # fmt: skip
        else:
            parts = {"terms": "|u1", "term_ends": "<u4", "hash": "<u4", "doc_ends": "<u4",
                     "docs": "<u2"}  # fmt: skip
            if self.kind == "words":
                parts["freqs"] = "|u1"
        return [Section(f"{self.name}.{part}", (dtype,)) for part, dtype in parts.items()]


class StoredField(NamedTuple):
    """What is kept of an article as it was written, to be shown.

    ``kind``: a "line" or several "lines" of the header of a stored document, or a "text" after it.
    A merge copies stored documents as they are, or compresses them anew with another dictionary.
    """

    name: str
    kind: Literal["line", "lines", "text"]


COLUMNS: tuple[Column, ...] = (
    Column("lengths", "<u4", "tokens of the title and the body"),
    Column("title_lengths", "<u4", "UTF-16 units of the title"),
    Column("dates", "<i8", "seconds since 1970 in UTC; -2^62 where there is no date"),
    Column("utc_offsets", "<i2", "minutes by which the date's own clock is ahead of UTC"),
    Column("revisions", "<i8", "hash of the file's times and size, or of the article"),
    Column("contents", "<i8", "hash of the bytes of the file; 0 without a file"),
    Column("sources", "<u2", "number of the source that has the document"),
    Column("keys", "<u8", "hash of the key that updates know the document by"),
    Column("recency", "<u2", "place of the document, newest first and then by id", "rank"),
)  # fmt: skip

INDEXED_FIELDS: tuple[IndexedField, ...] = (
    IndexedField("words", "words", "terms of the title and the body, folded"),
    IndexedField("bigrams", "bigrams", "neighbouring UTF-16 units of title and body, folded"),
    IndexedField("author", "keyword", "the author as written"),
    IndexedField("category", "keyword", "each category as written"),
    IndexedField("source", "keyword", "the source as written"),
    IndexedField("site", "keyword", "the host of the URL, and the source as written"),
    IndexedField("path", "keyword", "the path, half characters as U+FFFD"),
    IndexedField("id", "keyword", "the id"),
)

STORED_FIELDS: tuple[StoredField, ...] = (
    StoredField("id", "line"),
    StoredField("path", "line"),
    StoredField("author", "line"),
    StoredField("source", "line"),
    StoredField("url", "line"),
    StoredField("categories", "lines"),
    StoredField("title", "text"),
    StoredField("body", "text"),
)
"""In the order in which a stored document has them; at most one has several lines."""

KEYWORD_FIELDS: tuple[str, ...] = tuple(f.name for f in INDEXED_FIELDS if f.kind == "keyword")
"""Fields whose whole values are looked up."""

_STORED_SECTIONS = [
    Section("stored.dictionary", ("|u1",)),
    Section("stored.documents", ("|u1",)),
    Section("stored.document_ends", ("<u4", "<u8")),
]

LEXICON_SECTIONS: tuple[Section, ...] = (
    Section("names.terms", ("|u1",)),
    Section("names.term_ends", ("<u4",)),
    Section("names.hash", ("<u4",)),
    Section("names.groups", ("<u4",)),
    Section("groups.names", ("|u1",)),
    Section("groups.name_ends", ("<u4",)),
    Section("dictionary.words", ("|u1",)),
    Section("dictionary.transliterated", ("|u1",)),
    Section("folding", ("<u2",)),
)
"""The sections of a lexicon file, see :mod:`searcher.store.lexicon_file`."""


def segment_sections() -> list[Section]:
    """The sections of a segment file."""
    sections = [section for column in COLUMNS for section in column.sections()]
    sections += _STORED_SECTIONS
    sections += [section for field in INDEXED_FIELDS for section in field.sections()]
    return sections


def fingerprint() -> str:
    """A hash of the names and types of all sections; kept in the manifest.

    An index with another one was written with another schema and has to be rebuilt.
    """
    sections = [*segment_sections(), *LEXICON_SECTIONS]
    return f"{zlib.crc32(repr([tuple(section) for section in sections]).encode()):08x}"

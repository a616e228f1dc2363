"""What a segment holds, as arrays: the same for a batch just inverted and for a file read back.

Documents have numbers from 0, in 16 bits: no segment has more than 65,536.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher.store.dates import date_columns
from searcher.store.postings import Postings, TermKeys
from searcher.store.stored_documents import SEPARATOR, DocumentEncoder
from searcher.write.invert import Inverter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.article import Article


@dataclass(frozen=True, slots=True)
class MemorySegment:
    """All arrays of a segment; n documents.

    ``dates``: int64 (n,) seconds since 1970; ``utc_offsets``: int16 (n,) minutes east of UTC;
    ``revisions``, ``sizes``: int64 (n,) of the files, nanoseconds and bytes; ``keys``: uint64 (n,)
    hashes of what updates know articles by; ``records``: packed with ``dictionary``, one after
    another, ``record_ends``: uint64 (n,) ends therein.
    """

    words: Postings
    pairs: Postings
    keywords: dict[str, Postings]
    lengths: NDArray[np.uint32]
    title_lengths: NDArray[np.uint32]
    dates: NDArray[np.int64]
    utc_offsets: NDArray[np.int16]
    revisions: NDArray[np.int64]
    sizes: NDArray[np.int64]
    keys: NDArray[np.uint64]
    records: bytes | memoryview
    record_ends: NDArray[np.uint64]
    dictionary: bytes

    def __len__(self) -> int:
        return len(self.lengths)

    def terms(self, name: str) -> Sequence[str] | TermKeys | NDArray[np.uint32]:
        """The keys of the postings of "words", "pairs" or a facet."""
        return self.postings(name).keys

    def postings(self, name: str) -> Postings:
        """The postings of "words", "pairs" or a facet."""
        return {"words": self.words, "pairs": self.pairs, **self.keywords}[name]

    def release(self) -> None:
        """Give back what was read of a file: here, nothing."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article with the revision (mtime in ns) and size of the file that it came from, or zeros.

    ``key``: what updates know it by: the name of its file, or its id.
    """

    article: Article
    key: str
    revision: int = 0
    size: int = 0

    def __reduce__(self) -> tuple[Callable[..., Document], tuple[Any, ...]]:
        # On the way to another process: a fifth of the work that it is to send the article itself.
        return _new_source, (_values(self.article), self.key, self.revision, self.size)


def _values(article: Article) -> tuple[Any, ...]:
    return tuple([getattr(article, name) for name in article.__slots__])


def _new_source(values: tuple[Any, ...], key: str, revision: int, size: int) -> Document:
    from searcher.article import Article

    return Document(Article(*values), key, revision, size)


def build_memory_segment(
    sources: Sequence[Document], inverter: Inverter, packer: DocumentEncoder, dictionary: bytes
) -> MemorySegment:
    """The contents of a segment of these articles."""
    articles = [source.article for source in sources]
    inverted = inverter.invert((article.title, article.body) for article in articles)
    units, inside = inverted.units, inverted.inside
    bounds = pairwise([0, *inverted.ends.tolist()])
    records = [
        packer.pack(encode_fields(article), units[start:end], inside[start:end])
        for article, (start, end) in zip(articles, bounds, strict=True)
    ]
    dates = [date_columns(article.date) for article in articles]
    return MemorySegment(
        words=inverted.words,
        pairs=inverted.pairs,
        keywords={
            "author": _facet([article.author] for article in articles),
            "category": _facet(article.categories for article in articles),
            "source": _facet([article.source] for article in articles),
            "id": _facet([article.id] for article in articles),
        },
        lengths=inverted.lengths,
        title_lengths=inverted.title_lengths,
        dates=np.array([seconds for seconds, _ in dates], np.int64),
        utc_offsets=np.array([minutes for _, minutes in dates], np.int16),
        revisions=np.array([source.revision for source in sources], np.int64),
        sizes=np.array([source.size for source in sources], np.int64),
        keys=np.array([key_hash(source.key) for source in sources], np.uint64),
        records=b"".join(records),
        record_ends=_ends(records),
        dictionary=dictionary,
    )


def recency(dates: NDArray[np.int64], ids: Sequence[str]) -> NDArray[np.uint16]:
    """The place of each document, newest first and then by id: what ties are broken by."""
    by_id = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    order = by_id[np.argsort(-dates[by_id], kind="stable")]
    places = np.empty(len(order), np.uint16)
    places[order] = np.arange(len(order))
    return places


def key_hash(key: str) -> int:
    """The hash of a key, 64 bits."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def encode_fields(article: Article) -> bytes:
    """The card of an article."""
    fields = article.id, article.path, article.author, article.source, article.url
    return SEPARATOR.join((*fields, *article.categories)).encode("utf-16-le", "surrogatepass")


def _ends(pieces: Sequence[bytes]) -> NDArray[np.uint64]:
    return np.cumsum(np.fromiter(map(len, pieces), np.uint64, len(pieces)), dtype=np.uint64)


def _facet(values: Iterable[Iterable[str]]) -> Postings:
    documents: dict[str, list[int]] = {}
    for number, names in enumerate(values):
        for name in dict.fromkeys(names):
            if name:
                documents.setdefault(name, []).append(number)
    keys = sorted(documents)
    return Postings(
        keys,
        np.array([len(documents[key]) for key in keys], np.uint32),
        np.array([number for key in keys for number in documents[key]], np.uint16),
    )

"""Articles as an index on OpenSearch takes them: analysed here, by the analysis of the program."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from searcher.backends.opensearch.ids import id_of, keyword, signed
from searcher.backends.opensearch.packed import pack
from searcher.backends.opensearch.strings import position_text
from searcher.backends.writing import Document, IndexedDocument, key_hash
from searcher.store.dates import NO_DATE, date_columns
from searcher.store.postings import TITLE_FREQ
from searcher.store.stored_documents import DocumentEncoder, encode_fields, raw_document
from searcher.text.folding import fold, folding_table
from searcher.write.columns import host
from searcher.write.invert import Inverter

if TYPE_CHECKING:
    from searcher.article import Article
    from searcher.store.postings import InvertedField
    from searcher.text.analyser import Analyser
    from searcher.text.segmenter import Additions

_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Line(NamedTuple):
    """A document as it is sent: its id in the index, its key hash, what updates know, its JSON."""

    id: str
    key: int
    known: IndexedDocument
    data: bytes


class DocumentMaker:
    """Makes lines of a batch of documents; can be pickled for another process.

    ``dictionary``: what stored documents are compressed with; ``folding``: that of the index.
    """

    def __init__(
        self, analyser: Analyser, dictionary: bytes, folding: memoryview | None = None
    ) -> None:
        self._additions = analyser.segmenter.additions
        table = folding_table() if folding is None else np.frombuffer(folding, np.uint16)
        self._folding = table
        self._inverter = Inverter(analyser, table)
        self.dictionary = dictionary
        self._encoder = DocumentEncoder(dictionary)

    def __reduce__(self) -> tuple[Callable[..., DocumentMaker], tuple[Additions, bytes]]:
        # A process that was not forked loads the segmenter's dictionary itself.
        return _unpickle, (self._additions, self.dictionary)

    def analyse(self, documents: Sequence[Document]) -> list[tuple[list[str], int, bytes]]:
        """Of each document its terms, the number of its tokens, and its raw document."""
        articles = [document.article for document in documents]
        batch = self._inverter.invert((article.title, article.body) for article in articles)
        words = _words_of(batch.words, len(documents))
        found = []
        for number, (start, end) in enumerate(pairwise([0, *batch.ends.tolist()])):
            terms = [word.rpartition("|")[0] for word in words[number][0].split()]
            units, inside = batch.units[start:end], batch.continues_token[start:end]
            raw = raw_document(encode_fields(articles[number]), units, inside)
            found.append((terms, batch.lengths.item(number), raw))
        return found

    def __call__(self, documents: Sequence[Document]) -> list[Line]:
        """The lines of a batch of documents."""
        articles = [document.article for document in documents]
        batch = self._inverter.invert((article.title, article.body) for article in articles)
        words = _words_of(batch.words, len(documents))
        folded = self._folding.take(batch.units)
        lines = []
        for number, (start, end) in enumerate(pairwise([0, *batch.ends.tolist()])):
            document, article = documents[number], articles[number]
            units, inside = folded[start:end], batch.continues_token[start:end]
            title_length = batch.title_lengths.item(number)
            date, utc_offset = date_columns(article.date)
            length = batch.lengths.item(number)
            compressed = self._encoder.compress(
                raw_document(encode_fields(article), batch.units[start:end], inside)
            )
            body: dict[str, Any] = {
                "words": words[number][0],
                "title_words": words[number][1],
                "text": position_text(units, inside),
                "title": position_text(units[: title_length + 1], inside[: title_length + 1]),
                "length": length,
                "raw": pack(title_length, date, utc_offset, length, compressed),
            }
            if date != NO_DATE:
                body["date"], body["local"] = date, date + 60 * utc_offset
            body |= _keywords(article)
            body |= _numbers(document)
            data = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            key = key_hash(document.key)
            known = IndexedDocument(document.revision, document.contents, document.source)
            line = data.encode("utf-8", "replace")
            lines.append(Line(id_of(document.key), key, known, line))
        return lines


def is_host(value: str) -> bool:
    """Whether a folded value is the name of a host: see KeywordClause."""
    return _HOST.fullmatch(value) is not None


def _keywords(article: Article) -> dict[str, Any]:
    """The values of an article that are searched and counted as a whole; empty ones are left."""
    values = {
        "author": [article.author],
        "source": [article.source],
        "category": [*dict.fromkeys(article.categories)],
    }
    found: dict[str, Any] = {}
    for name, own in values.items():
        written = [keyword(value) for value in own if value]
        if written:
            found[name] = written
            found[f"{name}_folded"] = [keyword(fold(value)) for value in written]
    sites = [fold(value) for value in (host(article.url), article.source) if value]
    for name, own in (
        ("host", [value for value in sites if is_host(value)]),
        ("publisher", [value for value in sites if not is_host(value)]),
    ):
        if own:
            found[name] = [*dict.fromkeys(keyword(value) for value in own)]
    if article.path:
        found["path"] = keyword(fold(_SURROGATE.sub("\ufffd", article.path)))
    found["id"] = keyword(article.id)
    return found


def _numbers(document: Document) -> dict[str, int]:
    return {
        "key": signed(key_hash(document.key)),
        "revision": document.revision,
        "contents": document.contents,
        "origin": document.source,
    }


def _words_of(words: InvertedField, size: int) -> list[tuple[str, str]]:
    """For each document its terms with their frequencies, and those of its title."""
    postings = words.postings
    order = postings.docs.argsort(kind="stable")
    number = np.arange(len(postings.counts)).repeat(postings.counts)[order].tolist()
    freqs = [] if postings.freqs is None else postings.freqs[order].tolist()
    ends = np.cumsum(np.bincount(postings.docs, minlength=size)).tolist()
    terms = [*map(str, words.terms)]
    found = []
    for start, end in pairwise([0, *ends]):
        own = [*zip((terms[n] for n in number[start:end]), freqs[start:end], strict=True)]
        found.append(
            (
                " ".join([f"{term}|{freq}" for term, freq in own]),
                " ".join([term for term, freq in own if freq >= TITLE_FREQ]),
            )
        )
    return found


def _unpickle(additions: Additions, dictionary: bytes) -> DocumentMaker:
    from searcher.text.analyser import Analyser

    return DocumentMaker(Analyser(additions=additions), dictionary)

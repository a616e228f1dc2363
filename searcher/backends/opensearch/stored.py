"""Documents read back from an index on OpenSearch, and samples to make a dictionary of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searcher.article import Article
from searcher.backends.opensearch.packed import text_of, unpack
from searcher.backends.writing import Document
from searcher.search.texts import title_and_body
from searcher.store.dates import read_date
from searcher.store.postings import TEXT_END, TITLE_END
from searcher.store.stored_documents import decode_fields, encode_fields, header

if TYPE_CHECKING:
    from searcher.backends.base import StoredDocument
    from searcher.store.stored_documents import DocumentDecoder


def document_of(hit: dict[str, Any], decoder: DocumentDecoder) -> Document:
    """The document of a hit with its stored fields and its numbers."""
    fields = hit["fields"]
    article = article_of(unpack(fields["raw"][0], decoder))
    revision, contents, origin = (
        int(fields[name][0]) for name in ("revision", "contents", "origin")
    )
    return Document(article, article.id, revision, contents, origin)


def article_of(stored: StoredDocument) -> Article:
    """The article of a stored document."""
    id_, path, author, source, url, *categories = decode_fields(stored.raw)
    title, body = title_and_body(text_of(stored))
    return Article(
        id=id_,
        path=path,
        title=title,
        body=body,
        date=read_date(stored.date, stored.utc_offset),
        author=author,
        source=source,
        categories=tuple(categories),
        url=url,
    )


def raw_sample(document: Document) -> bytes:
    """A raw document before its tokens are known, to make a dictionary of."""
    article = document.article
    text = f"{article.title}{TITLE_END}{article.body}{TEXT_END}"
    return header(encode_fields(article)) + text.encode("utf-16-le", "surrogatepass")

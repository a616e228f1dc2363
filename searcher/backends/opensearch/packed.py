"""What an index on OpenSearch stores of an article, as bytes.

They are the numbers of :data:`HEAD`, little endian, and behind them the document that the embedded
engine stores (:mod:`searcher.store.stored_documents`), compressed with the dictionary of the index:
the text, where its tokens begin and end, and the fields. A search needs nothing else of a hit.
"""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from searcher.backends.base import StoredDocument
from searcher.errors import IndexInvalidError
from searcher.search.texts import StoredText
from searcher.store.dates import FIRST_SECOND, LAST_SECOND, MAX_UTC_OFFSET, NO_DATE
from searcher.store.stored_documents import text_bounds

if TYPE_CHECKING:
    from searcher.store.stored_documents import DocumentDecoder

HEAD = struct.Struct("<IqhI")
"""UTF-16 units of the title, seconds since 1970, minutes east of UTC, tokens."""

DAMAGED = "a document in the index is damaged; run: searcher index --rebuild"


def pack(title_length: int, date: int, utc_offset: int, length: int, compressed: bytes) -> str:
    """The bytes that are stored, in base 64."""
    head = HEAD.pack(title_length, date, utc_offset, length)
    return b64encode(head + compressed).decode("ascii")


def unpack(stored: object, decoder: DocumentDecoder) -> StoredDocument:
    """The stored document of the bytes that are stored, in base 64.

    Raises IndexInvalidError where they are none.
    """
    try:
        data = b64decode(str(stored), validate=True)
        title_length, date, utc_offset, length = HEAD.unpack_from(data)
        raw = decoder.raw(data[HEAD.size :])
    except (ValueError, struct.error) as error:
        raise IndexInvalidError(DAMAGED) from error
    _, size = text_bounds(raw)
    is_dated = FIRST_SECOND <= date <= LAST_SECOND or date == NO_DATE
    if title_length > max(0, size - 2) or not is_dated or abs(utc_offset) > MAX_UTC_OFFSET:
        raise IndexInvalidError(DAMAGED)
    return StoredDocument(raw, title_length, date, utc_offset, length)


def text_of(document: StoredDocument) -> StoredText:
    """The text of a stored document."""
    return StoredText(document.raw, document.title_length)

"""Names of documents: their ids on a cluster, and key hashes as its numbers have them."""

from __future__ import annotations

import re
from hashlib import blake2b

from searcher.backends.opensearch.mapping import MAX_KEYWORD

MAX_ID_BYTES = 500
"""OpenSearch takes ids of up to 512 bytes; an article with a longer one has a hash for it."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def id_of(key: str) -> str:
    """The id in the index of the document with a key."""
    written = keyword(key)
    if 0 < len(written.encode()) <= MAX_ID_BYTES and not written.startswith("#"):
        return written
    return "#" + blake2b(written.encode(), digest_size=16).hexdigest()


def keyword(value: str) -> str:
    """A value as the index takes it whole: without half characters, and not too long."""
    return _SURROGATE.sub("\ufffd", value[:MAX_KEYWORD])


def signed(key: int) -> int:
    """A key hash of 64 bits as a long of OpenSearch."""
    return key - (1 << 64) if key >> 63 else key


def unsigned(key: int) -> int:
    """The key hash of a long of OpenSearch."""
    return key & ((1 << 64) - 1)

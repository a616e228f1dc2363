"""A news article, as it is indexed and shown, and the id that its path gives it."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b as _hash


@dataclass(frozen=True, slots=True)
class Article:
    """One article, as it is indexed and shown.

    Attributes:
        id: ten lower-case base32 characters of a hash of `path`; given for other collections.
        path: POSIX path relative to the corpus it came from.
        title: one line without control characters.
        body: plain text without control characters; paragraphs are separated by "\\n".
        date: with its zone; a date without a zone counts as UTC.
        author: as written; several are joined with "、".
        source: the front matter's `source`, else the author, else the host of `url`.
        categories: `categories`, `category` and `tags`, in this order, without repeats.
        url: `link`, `url` or `from`, when it is an http(s) address.
        problems: what could not be read, one short line each.
    """

    id: str
    path: str
    title: str
    body: str
    date: datetime | None = None
    author: str = ""
    source: str = ""
    categories: tuple[str, ...] = ()
    url: str = ""
    problems: tuple[str, ...] = ()


def make_id(path: str) -> str:
    """Ten lower-case base32 characters (50 bits) of a hash of a path.

    >>> make_id("a/b.md")
    'djr6hxpjtr'
    """
    digest = _hash(path.encode(errors="surrogateescape"), digest_size=7).digest()
    # As base64.b32encode does, which takes ten times as long.
    bits = int.from_bytes(digest, "big") >> 6
    return (
        _PAIRS[bits >> 40]
        + _PAIRS[bits >> 30 & 1023]
        + _PAIRS[bits >> 20 & 1023]
        + _PAIRS[bits >> 10 & 1023]
        + _PAIRS[bits & 1023]
    )


_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648, section 6
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]

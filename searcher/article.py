"""A news article, and how to get it from a file.

What reads files is imported only when there is one to read: searching needs the class alone.
"""

import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from searcher.errors import ArticleError


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


def read_article(path: str | Path, *, root: str | Path | None = None) -> Article:
    """Read an article from a file (.md .markdown .html .htm .txt).

    Args:
        path: the file.
        root: the folder that `Article.path` is relative to; the file's own folder by default.

    Raises:
        ArticleError: the file is missing, unreadable, too large, binary or undecodable. What is
            merely odd becomes an entry of `Article.problems`.

    >>> read_article("corpus/2021/call.md", root="corpus").path  # doctest: +SKIP
    '2021/call.md'
    """
    from searcher.decoding import MAX_BYTES
    from searcher.reading import parse_article

    try:
        path = Path(path)
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ArticleError("not a file that can be read; give a text file")
        if status.st_size > MAX_BYTES:
            raise ArticleError(f"larger than {MAX_BYTES // 2**20} MB; split the file")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ArticleError(f"cannot be read: {reason}") from error
    relative = os.path.relpath(path, root) if root is not None else path.name
    return parse_article(data, relative.replace(os.sep, "/"))


def make_id(path: str) -> str:
    """Ten lower-case base32 characters (50 bits) of a hash of a path.

    >>> make_id("a/b.md")
    'djr6hxpjtr'
    """
    import base64
    import hashlib

    digest = hashlib.blake2b(path.encode(errors="surrogateescape"), digest_size=7).digest()
    return base64.b32encode(digest)[:10].decode().lower()

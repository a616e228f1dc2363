"""Where an article of the index is on the disk, and which article a file on the disk is.

An index names articles by paths relative to its sources; a shell wants paths from where it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searcher import Article, Index, Source

STANDARD_INPUT = "-"
"""What articles from standard input have in the place of a file."""
RECORD_SIGN = "#"
"""Stands between a file of many articles and the key of one of them."""


class ArticleFiles:
    """The files behind the articles of one opened index."""

    # os.path throughout: paths may have bytes that are no text, and a listing needs no pathlib.

    def __init__(self, index: Index) -> None:
        self._sources = [source for source, _ in index.sources()]

    def absolute(self, path: str) -> str:
        """The file with the article that the index calls ``path``; "" where it is in none.

        Where it is not there any more, the file that it was in.
        """
        first = ""
        for candidate in self._candidates(path):
            if os.path.isfile(candidate):  # noqa: PTH113 - as above
                return candidate
            first = first or candidate
        # Standard input is no file that was once there.
        return "" if path.startswith(f"{STANDARD_INPUT}{RECORD_SIGN}") else first

    def from_here(self, path: str) -> str:
        """The same, relative to the current folder where the file is below that."""
        return from_here(self.absolute(path))

    def _candidates(self, path: str) -> Iterator[str]:
        if ".." in path.split("/"):
            # No index has such a path; a damaged one could name what lies elsewhere.
            return
        names = [path, path.rpartition(RECORD_SIGN)[0]] if RECORD_SIGN in path else [path]
        for name in names:
            for source in sorted(self._sources, key=lambda each: -len(each.prefix)):
                yield from _places(source, name)

    def path_of(self, file: str) -> str:
        """What the index calls the article in a file; "" where no source has the file."""
        where = os.path.join(os.path.realpath(os.path.dirname(file) or "."), os.path.basename(file))  # noqa: PTH118, PTH119, PTH120 - as above
        for source in sorted(self._sources, key=lambda each: -len(each.where)):
            inside = os.path.join(source.where, "")  # noqa: PTH118 - as above
            if source.kind == "folder" and where.startswith(inside):
                return source.prefix + where[len(inside) :].replace(os.sep, "/")
        return ""


def _places(source: Source, name: str) -> Iterator[str]:
    """Where a source may have the file of an article."""
    if source.kind == "folder" and name.startswith(source.prefix):
        below = name[len(source.prefix) :]
        # What was added by hand may have an absolute path.
        if below and not os.path.isabs(below):  # noqa: PTH117 - as above
            yield os.path.join(source.where, below)  # noqa: PTH118 - as above
    elif source.kind == "file" and name == source.name:
        yield source.where
    elif source.kind == "added" and os.path.isfile(name):  # noqa: PTH113 - as above
        yield os.path.abspath(name)  # noqa: PTH100 - as above


def from_here(file: str) -> str:
    """An absolute path, relative to the current folder where the file is below that.

    A name that begins with a hyphen gets ``./`` before it, so that nothing takes it for an option.
    """
    if not file:
        return ""
    here = os.path.join(os.path.realpath("."), "")  # noqa: PTH118 - as above
    if not file.startswith(here):
        return file
    below = file[len(here) :]
    return f"./{below}" if below.startswith("-") else below


def find_article(index: Index, given: str) -> Article | None:
    """The article with an id or a path of the index, or the one in a file; None without one.

    Raises QueryError where several ids begin so.
    """
    article = index.get(given)
    if article is None and (path := ArticleFiles(index).path_of(given)):
        article = index.get(path)
    return article

"""The sources of an index: the folders and files that it follows, and what was added by hand."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

SourceKind: TypeAlias = Literal["folder", "file", "articles", "added"]
"""A folder, a file of articles, an iterable that a program gave, or what was added one by one."""

ADDED = "added"
"""The name of the source that has the articles that were added one by one."""
MAX_SOURCES = 1 << 16
"""A column of 16 bits says which source a document belongs to."""


class Selection(NamedTuple):
    """Which files of a folder are articles, beyond what their endings say.

    Attributes:
        globs: patterns in gitignore form; where there are any, a file has to match one.
        excludes: patterns in gitignore form of files and folders that are left out.
        follow: whether links that lead out of the folder are followed.
    """

    globs: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    follow: bool = False


EVERYTHING = Selection()


class Source(NamedTuple):
    """A source of an index.

    Attributes:
        number: what the column ``sources`` says of its documents; of no other source of the index.
        name: what people call it; of no other source of the index.
        kind: what it is.
        where: the absolute path of a folder or file, otherwise empty.
        prefix: what the paths of its documents begin with: empty, or a name and ``/``.
        selection: which files of a folder are read.
        fields: for a file of articles, pairs of a field and the name that the file has for it.
        state: a hash that changes when anything in it does; empty where that is not known.
    """

    number: int
    name: str
    kind: SourceKind
    where: str = ""
    prefix: str = ""
    selection: Selection = EVERYTHING
    fields: tuple[tuple[str, str], ...] = ()
    state: str = ""

"""The files of a source with their revisions, and a hash of all that tells of any change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from searcher.errors import ArticleError
from searcher.ingest.kinds import Kind, kind_of
from searcher.ingest.walk import Found, Problem, printable, scan
from searcher.sources import Source


class FileReference(NamedTuple):
    """A file to be read.

    ``root``: the folder; ``path``: the file below it; ``name``: the path to index it by;
    ``revision``: see :attr:`searcher.ingest.walk.Found.revision`; ``size``: in bytes; ``source``:
    the number of its source.
    """

    root: str
    path: str
    name: str
    revision: int
    size: int
    source: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """All files of a source, what could not be listed, and a hash of names and revisions.

    The hash is empty where something could not be listed or two files have one name.
    ``left_out`` counts the files that are no articles by their endings.
    """

    files: list[FileReference]
    problems: list[Problem] = field(default_factory=list)
    state: str = ""
    left_out: Counter[str] = field(default_factory=Counter)


def is_there(source: Source) -> bool:
    """Whether the folder or the file of a source is there."""
    path = Path(source.where)
    return path.is_dir() if source.kind == "folder" else path.is_file()


def list_files(source: Source, avoid: Path | None = None, below: str = "") -> Listing:
    """List the files of a source; for a file, itself.

    ``avoid``: the folder of the index, which may lie in that of the articles; ``below``: the path
    of a file or folder in the source, where only that is to be looked at.

    Raises ArticleError for a folder that cannot be opened or a file that is not there.
    """
    if source.kind == "file":
        return _list_one(source)
    listing = Listing([])
    found_files = scan(
        source.where, source.selection, below=below, avoid=avoid, left_out=listing.left_out
    )
    for found in found_files:
        if isinstance(found, Problem):
            listing.problems.append(Problem(source.prefix + found.path, found.message))
        else:
            listing.files.append(_reference(source, found))
    return Listing(listing.files, listing.problems, _state(listing), listing.left_out)


def _list_one(source: Source) -> Listing:
    path = Path(source.where)
    try:
        status = path.stat()
    except OSError as error:
        raise ArticleError(f"{path}: {error.strerror}; give a file that is there") from error
    found = Found(path.name, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
    file = FileReference(
        str(path.parent), path.name, source.name, found.revision, found.size, source.number
    )
    listing = Listing([file])
    return Listing([file], state=_state(listing))


def _reference(source: Source, found: Found) -> FileReference:
    name = source.prefix + printable(found.path)
    return FileReference(source.where, found.path, name, found.revision, found.size, source.number)


def _state(listing: Listing) -> str:
    if listing.problems or len({file.name for file in listing.files}) < len(listing.files):
        return ""
    lines = [f"{file.name}\0{file.revision}\n" for file in listing.files]
    digest = blake2b("".join(lines).encode("utf-8", "surrogatepass"), digest_size=16)
    return digest.hexdigest()


def has_many_articles(source: Source) -> bool:
    """Whether a source is one file with any number of articles, such as a feed."""
    return source.kind == "file" and kind_of(Path(source.where).name) is Kind.RECORDS


def nothing_found(listing: Listing) -> str:
    """What to say of a folder without articles."""
    if listing.left_out:
        return "has no file that can be read as an article; see the endings of what was left out"
    return "is empty: put articles there, or give another folder"

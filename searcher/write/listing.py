"""The files of a corpus with their revisions, and a hash of all that tells of any change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from searcher.ingest.walk import Problem, printable, scan


class FileReference(NamedTuple):
    """A file to be read.

    ``root``: the corpus folder; ``path``: the file below it; ``name``: the path to index it by,
    also its key; ``revision``: when it was changed, nanoseconds since 1970; ``size``: in bytes.
    """

    root: str
    path: str
    name: str
    revision: int
    size: int


@dataclass(frozen=True, slots=True)
class Listing:
    """All files of a corpus, what could not be listed, and a hash of names and revisions.

    The hash is empty where something could not be listed or two files have one name.
    """

    files: list[FileReference]
    problems: list[Problem]
    digest: str


def list_files(corpora: Sequence[Path]) -> Listing:
    """List the files of corpus folders; of several, the folders' names come first.

    Raises ArticleError for a folder that cannot be opened.
    """
    files: list[FileReference] = []
    problems: list[Problem] = []
    prefixes: dict[str, Path] = {}
    for root in corpora:
        prefix = f"{root.resolve().name}/" if len(corpora) > 1 else ""
        while prefixes.setdefault(prefix, root) is not root:
            prefix = prefix[:-1] + "+/"
        folder = str(root)
        for found in scan(root):
            name = prefix + printable(found.path)
            if isinstance(found, Problem):
                problems.append(Problem(name, found.message))
            else:
                files.append(FileReference(folder, found.path, name, found.mtime_ns, found.size))
    if problems or len({file.name for file in files}) < len(files):
        return Listing(files, problems, "")
    lines = [f"{name}\0{revision}\0{size}\n" for _, _, name, revision, size in files]
    digest = blake2b("".join(lines).encode("utf-8", "surrogatepass"), digest_size=16)
    return Listing(files, problems, digest.hexdigest())

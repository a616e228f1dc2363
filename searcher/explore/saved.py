"""The files of saved searches: a query, and a hash of each article that it has found so far."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from searcher.errors import SavedSearchError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT_VERSION = 1

MAX_NAME = 200
"""Characters of the name of a saved search."""

MAX_RECENT = 200
"""The maximum number of latest articles remembered for a feed."""

MAX_BYTES = 64 << 20
"""The largest file of a saved search: some millions of articles."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A saved search.

    Attributes:
        name: what it is called.
        query: what it looks for.
        options: the options of the search that say which articles match.
        index: the folder of the index, absolute.
        seen: a hash of the id of each article that it has found, sorted, uint64.
        recent: ids of the articles that came last, newest last, each with the time at which it was
            found, in ISO 8601.
    """

    name: str
    query: str
    options: Mapping[str, Any]
    index: str
    seen: NDArray[np.uint64] = field(repr=False)
    recent: tuple[tuple[str, str], ...] = ()

    def is_new(self, ids: Iterable[str]) -> list[bool]:
        """Whether each of these articles was not there before."""
        hashes = hashes_of(ids)
        places = self.seen.searchsorted(hashes)
        known = np.zeros(len(hashes), bool)
        inside = places < len(self.seen)
        known[inside] = self.seen[places[inside]] == hashes[inside]
        new: list[bool] = (~known).tolist()
        return new


def hashes_of(ids: Iterable[str]) -> NDArray[np.uint64]:
    """A hash of each id, uint64, in their order."""
    digests = [blake2b(id_.encode("utf-8", "surrogatepass"), digest_size=8).digest() for id_ in ids]
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


class SavedFiles:
    """A folder with a file for each saved search."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Let no other process change saved searches; a process that is killed lets go of it."""
        from whoosh.util.filelock import FileLock

        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(self.folder / "lock"))
        lock.acquire(blocking=True)
        try:
            yield
        finally:
            lock.release()

    def names(self) -> list[str]:
        """The names of all saved searches, sorted."""
        return sorted(read_search(path).name for path in self.folder.glob("*.json"))

    def has(self, name: str) -> bool:
        """Whether a search is saved under a name."""
        return self._path(name).exists()

    def read(self, name: str) -> SavedSearch:
        """The saved search with a name. Raises SavedSearchError where there is none."""
        if not self.has(name):
            raise SavedSearchError(
                f"no search is saved as {name!r}; searcher new --list shows their names"
            )
        return read_search(self._path(name))

    def write(self, search: SavedSearch) -> None:
        """Write a saved search in place of the old one of its name, all or nothing."""
        record = {
            "format_version": FORMAT_VERSION,
            "name": search.name,
            "query": search.query,
            "options": dict(search.options),
            "index": search.index,
            "recent": search.recent,
            "seen": b64encode(search.seen.astype("<u8").tobytes()).decode(),
        }
        path = self._path(search.name)
        temporary = path.with_suffix(".new")
        with temporary.open("w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(record, file, ensure_ascii=False, default=str)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    def remove(self, name: str) -> None:
        """Forget a saved search. Raises SavedSearchError where there is none."""
        self.read(name)
        self._path(name).unlink()

    def _path(self, name: str) -> Path:
        # A name may have any characters and be longer than that of a file.
        digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8)
        return self.folder / f"{digest.hexdigest()}.json"


def read_search(path: Path) -> SavedSearch:
    """Read the file of a saved search. Raises SavedSearchError where it is damaged."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("too large")
        record = json.loads(path.read_text("utf-8", "surrogateescape"))
        seen = np.frombuffer(b64decode(record["seen"], validate=True), "<u8").astype(np.uint64)
        if record["format_version"] != FORMAT_VERSION:
            raise ValueError("of another version")
        texts = (record["name"], record["query"], record["index"])
        recent = tuple((str(id_), str(found)) for id_, found in record["recent"])
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("not text")
        return SavedSearch(*texts[:2], dict(record["options"]), texts[2], np.unique(seen), recent)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SavedSearchError(
            f"the saved search in {path} is damaged ({error}); delete the file and save it again"
        ) from error

"""Comparing a corpus with an index: which documents are new, changed, unchanged or gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from searcher.backends.writing import Skipped, key_hash
from searcher.ingest.walk import Problem


class CorpusDiff:
    """Is told every document of the corpus by key, revision and size, and says which to index.

    ``indexed``: revision and size of each document of the index, by key hash; ``skipped``: files
    that could not be read when they had the revision and size noted there.
    """

    def __init__(
        self, indexed: Mapping[int, tuple[int, int]], skipped: Iterable[Skipped] = ()
    ) -> None:
        self._missing = dict(indexed)
        self._skipped = {skip.path: skip for skip in skipped}
        self._met: set[str] = set()
        self._changed: list[int] = []
        self._taken = 0
        self.unchanged = 0
        """Documents that are in the index as they are."""
        self.still_skipped: list[Skipped] = []
        """Files that could not be read before and have not changed since."""
        self.repeated: list[Problem] = []
        """A problem for each document whose key was met before."""

    def is_new(self, key: str, revision: int, size: int) -> bool:
        """Whether to index this document: it is not in the index, or there with other contents."""
        if key in self._met:
            self.repeated.append(Problem(key, "occurs more than once; the first one is taken"))
            return False
        self._met.add(key)
        hashed = key_hash(key)
        before = self._missing.pop(hashed, None)
        if before == (revision, size):
            self.unchanged += 1
            return False
        if before is not None:
            self._changed.append(hashed)
        skip = self._skipped.get(key)
        if skip is not None and (skip.revision, skip.size) == (revision, size):
            self.still_skipped.append(skip)
            return False
        return True

    def keep(self, keys: Iterable[int]) -> None:
        """Count documents that were not met as unchanged, by key hash."""
        for key in keys:
            if self._missing.pop(key, None) is not None:
                self.unchanged += 1

    def take_changed(self) -> list[int]:
        """The key hashes of changed documents that were found since the last call."""
        first, self._taken = self._taken, len(self._changed)
        return self._changed[first:]

    @property
    def changed(self) -> frozenset[int]:
        """The key hashes of all changed documents found so far."""
        return frozenset(self._changed)

    @property
    def missing(self) -> frozenset[int]:
        """The key hashes of documents of the index that have not been met so far."""
        return frozenset(self._missing)

"""Comparing sources with an index: which documents are new, changed, unchanged or gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b

from searcher.article import Article, make_id
from searcher.backends.writing import Document, IndexedDocument, Skipped, key_hash
from searcher.ingest.walk import Problem
from searcher.write.listing import FileReference


class SourceDiff:
    """Is told every document of the sources that are read, and says which to index.

    Args:
        indexed: what the index knows of its documents, by key hash.
        kept: the numbers of the sources that are not read, whose documents stay.
        by_hand: those of them that go before what is read, so that nothing need be said of it.
        removed: key hashes of documents that were removed by hand.
        skipped: files that could not be read when they had the revision noted there.
    """

    def __init__(
        self,
        indexed: Mapping[int, IndexedDocument],
        kept: frozenset[int] = frozenset(),
        by_hand: frozenset[int] = frozenset(),
        removed: frozenset[int] = frozenset(),
        skipped: Iterable[Skipped] = (),
    ) -> None:
        self._kept = {key: known for key, known in indexed.items() if known.source in kept}
        self._missing = {key: known for key, known in indexed.items() if known.source not in kept}
        self._by_hand = by_hand
        self._removed = removed
        self._skipped = {skip.path: skip for skip in skipped}
        self._reserved: set[int] = set()
        self._met: set[int] = set()
        self._changed: list[int] = []
        self._taken = 0
        self.unchanged = len(self._kept)
        """Documents that are in the index as they are."""
        self.still_skipped = [skip for skip in self._skipped.values() if skip.source in kept]
        """Files that could not be read before and have not changed since."""
        self.repeated: list[Problem] = []
        """A problem for each document whose key was met before."""

    def reserve(self, keys: Iterable[str]) -> None:
        """Leave out documents of the sources with these keys: they come from elsewhere."""
        self._reserved.update(map(key_hash, keys))

    def is_new_file(self, file: FileReference, contents: Callable[[FileReference], int]) -> bool:
        """Whether to index a file: it is not in the index, or there with other contents.

        ``contents`` gives the hash of its bytes; it is asked only where the revision is another.
        """
        key = key_hash(make_id(file.name))
        if not self._is_first(key, file.name):
            return False
        before = self._missing.pop(key, None)
        if before is not None:
            same_source = before.source == file.source
            if same_source and (
                before.revision == file.revision
                or (before.contents and before.contents == contents(file))
            ):
                self.unchanged += 1
                return False
            self._changed.append(key)
        skip = self._skipped.get(file.name)
        if skip is not None and skip.revision == file.revision:
            self.still_skipped.append(skip)
            return False
        return True

    def is_new_document(self, document: Document) -> bool:
        """Whether to index a document: it is not in the index, or there with another revision."""
        key = key_hash(document.key)
        if not self._is_first(key, document.key):
            return False
        before = self._missing.pop(key, None)
        if before is None:
            return True
        if (before.source, before.revision) == (document.source, document.revision):
            self.unchanged += 1
            return False
        self._changed.append(key)
        return True

    def _is_first(self, key: int, name: str) -> bool:
        """Whether a document is not left out and was not met before."""
        if key in self._removed:
            return False
        if key in self._reserved:
            return False
        if key in self._kept:
            if self._kept[key].source not in self._by_hand:
                message = "has the path of an article of another source, which stays"
                self.repeated.append(Problem(name, message))
            return False
        if key in self._met:
            self.repeated.append(Problem(name, "occurs more than once; the first one is taken"))
            return False
        self._met.add(key)
        return True

    def keep_source(self, number: int) -> None:
        """Count the documents of a source as unchanged: nothing in it is read."""
        for key in [key for key, known in self._missing.items() if known.source == number]:
            self._kept[key] = self._missing.pop(key)
            self.unchanged += 1

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


def article_revision(article: Article) -> int:
    """A hash of all that an article has, 56 bits."""
    digest = blake2b(article.body.encode("utf-8", "surrogatepass"), digest_size=7)
    # The repr of the body would take longer than all else.
    rest = [getattr(article, name) for name in article.__slots__ if name != "body"]
    digest.update(repr(rest).encode("utf-8", "surrogatepass"))
    return int.from_bytes(digest.digest(), "little")

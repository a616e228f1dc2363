"""What an engine must offer to be written: the protocol between a sync and an engine.

The reading side is :mod:`searcher.backends.base`. An engine may be embedded (files in a folder) or
a server.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from searcher.article import Article
    from searcher.ingest.walk import Problem
    from searcher.sources import Source

Payload = TypeVar("Payload")
"""A batch of documents in the form in which an engine takes them; it can be pickled."""


class Document(NamedTuple):
    """An article to be indexed.

    ``key``: what updates know it by: its id. ``revision``: changes when the document does: a hash
    of the times and the size of its file, or of the article. ``contents``: a hash of the bytes of
    its file, or 0. ``source``: the number of the source that has it.
    """

    article: Article
    key: str
    revision: int = 0
    contents: int = 0
    source: int = 0

    def __reduce__(self) -> tuple[Callable[..., Document], tuple[Any, ...]]:
        # To pickle the values of an article takes a fifth of the time that the article takes.
        values = tuple([getattr(self.article, name) for name in self.article.__slots__])
        return _unpickle, (values, *self[1:])


def _unpickle(values: tuple[Any, ...], *rest: Any) -> Document:
    from searcher.article import Article

    return Document(Article(*values), *rest)


class IndexedDocument(NamedTuple):
    """What an index knows of a document that it has: see :class:`Document`."""

    revision: int
    contents: int
    source: int


class Skipped(NamedTuple):
    """A file that could not be read as an article: not tried again until it changes."""

    path: str
    revision: int
    source: int
    message: str


class IndexSettings(NamedTuple):
    """What all documents of an index are analysed with.

    An index built with other settings is built anew.

    ``analysis``: the version of the analysis; ``lexicon``: a hash of the contents of all lexicon
    files; ``engines``: the versions of the segmenters.
    """

    analysis: str
    lexicon: str
    engines: str


class IndexState(NamedTuple):
    """What a commit keeps besides the documents.

    ``lexicon_files``: the user's lexicon files, absolute; ``sources``: where the documents come
    from; ``removed``: the key hashes of documents that were removed by hand, and are left out
    though a source has them; ``skipped``: files that could not be read.
    """

    settings: IndexSettings
    lexicon_files: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    removed: frozenset[int] = frozenset()
    skipped: tuple[Skipped, ...] = ()


class WriteBackend(Protocol[Payload]):
    """Changes one index. While it is open no other process writes to the index.

    Calls come in this order: :meth:`start`; then :meth:`delete`, :meth:`preparer` and :meth:`add`
    as often as need be; then :meth:`commit`, or nothing, which leaves the index as it was. After a
    commit the same may begin again, without :meth:`start`.
    """

    def start(
        self, settings: IndexSettings, lexicon_files: Sequence[str], *, rebuild: bool
    ) -> IndexState | None:
        """Begin to change the index; returns the state of the commit that is continued.

        None where the new commit starts without documents: with ``rebuild``, where there is no
        index yet, and where it was built with other settings. Then the lexicon is loaded from the
        program's own files and ``lexicon_files``. Raises LexiconError where that cannot be done.
        """

    def indexed(self, keys: Collection[int] | None = None) -> Mapping[int, IndexedDocument]:
        """What is known of the documents with these key hashes, or of all, by key hash.

        Those are meant that the next commit will have: deleted ones are not, added ones are.
        """

    def paths(self, keys: Collection[int]) -> Iterator[tuple[int, str]]:
        """Key hash and path of documents of the commit that is continued."""

    def below(self, path: str) -> Iterator[int]:
        """The key hashes of the documents whose path is this one, or lies below it.

        Documents that were added since the last commit are left aside.
        """

    def stored(self, sources: Collection[int]) -> Iterator[Document]:
        """The documents of some sources as the newest commit has stored them.

        It may have been made with other settings, so that it cannot be continued.
        """

    def delete(self, keys: Iterable[int]) -> None:
        """Delete the documents that there are so far, by key hash.

        A changed document is deleted before its new version is added.
        """

    def preparer(
        self, count: int, sample: Iterable[Document]
    ) -> Callable[[Sequence[Document]], Payload]:
        """A function that analyses a batch of documents; it can be pickled for another process.

        ``sample``: the first ``count`` documents that will be added, read one by one as they are
        asked for; an engine may learn from some of them.
        """

    def add(self, payload: Payload) -> None:
        """Add a batch of documents that was prepared."""

    def commit(self, state: IndexState) -> Sequence[Problem]:
        """Make what was added and deleted the new state of the index, all at once.

        Returns what went wrong afterwards, such as files that cannot be removed. Raises an
        IndexFolderError where the new state cannot be relied on; the message says what is there.
        """


def key_hash(key: str) -> int:
    """The hash of a document's key, 64 bits.

    >>> hex(key_hash("a/b.md"))
    '0x67cd1e89e97bf491'
    """
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")

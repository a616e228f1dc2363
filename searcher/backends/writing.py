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

Payload = TypeVar("Payload")
"""A batch of documents in the form in which an engine takes them; it can be pickled."""


class Document(NamedTuple):
    """An article to be indexed.

    ``key``: what updates know it by: the name of its file, or its id where it has none.
    ``revision``: changes when the document does: the time of its file in nanoseconds since 1970,
    or a hash of the article. ``size``: bytes of the file, or 0.
    """

    article: Article
    key: str
    revision: int = 0
    size: int = 0

    def __reduce__(self) -> tuple[Callable[..., Document], tuple[Any, ...]]:
        # To pickle the values of an article takes a fifth of the time that the article takes.
        values = tuple([getattr(self.article, name) for name in self.article.__slots__])
        return _unpickle, (values, *self[1:])


def _unpickle(values: tuple[Any, ...], key: str, revision: int, size: int) -> Document:
    from searcher.article import Article

    return Document(Article(*values), key, revision, size)


class Skipped(NamedTuple):
    """A file that could not be read as an article: not tried again until it changes."""

    path: str
    revision: int
    size: int
    message: str


class IndexSettings(NamedTuple):
    """What all documents of an index are analysed with and where they come from.

    An index built with other settings is built anew.

    ``analysis``: the version of the analysis; ``lexicon``: a hash of the contents of all lexicon
    files; ``engines``: the versions of the segmenters; ``roots``: the corpus folders, absolute, as
    the keys of documents are relative to them.
    """

    analysis: str
    lexicon: str
    engines: str
    roots: tuple[str, ...]


class IndexState(NamedTuple):
    """What a commit keeps besides the documents.

    ``lexicon_files``: the user's lexicon files, absolute; ``listing``: a hash of the names and
    revisions of all files, empty where there is none.
    """

    settings: IndexSettings
    lexicon_files: tuple[str, ...] = ()
    listing: str = ""
    skipped: tuple[Skipped, ...] = ()


class WriteBackend(Protocol[Payload]):
    """Changes one index. While it is open no other process writes to the index.

    Calls come in this order: :meth:`start`; then :meth:`delete`, :meth:`preparer` and :meth:`add`
    as often as need be; then :meth:`commit`, or nothing, which leaves the index as it was.
    """

    def start(
        self, settings: IndexSettings, lexicon_files: Sequence[str], *, rebuild: bool
    ) -> IndexState | None:
        """Begin to change the index; returns the state of the commit that is continued.

        None where the new commit starts without documents: with ``rebuild``, where there is no
        index yet, and where it was built with other settings. Then the lexicon is loaded from the
        program's own files and ``lexicon_files``. Raises LexiconError where that cannot be done.
        """

    def revisions(self) -> Mapping[int, tuple[int, int]]:
        """Revision and size of every document of the commit that is continued, by key hash."""

    def paths(self, keys: Collection[int]) -> Iterator[tuple[int, str]]:
        """Key hash and path of documents of the commit that is continued."""

    def delete(self, keys: Iterable[int]) -> None:
        """Delete documents of the commit that is continued, by key hash.

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

    def commit(self, state: IndexState) -> None:
        """Make what was added and deleted the new state of the index, all at once."""


def key_hash(key: str) -> int:
    """The hash of a document's key, 64 bits.

    >>> hex(key_hash("a/b.md"))
    '0x67cd1e89e97bf491'
    """
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")

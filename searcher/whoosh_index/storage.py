"""Opening an index with Whoosh without trusting it: the manifest is verified, nothing unpickled."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from searcher.errors import IndexFolderError, IndexInvalid, IndexReadOnlyError
from searcher.store.manifest import NAME, latest_generation, read_manifest
from searcher.whoosh_index.codec import table_of_contents

_TRIES = 10


def open_whoosh(path: str | os.PathLike[str] = "index") -> WhooshIndex:
    """Open an index as a :class:`whoosh.index.Index`, to search it by Whoosh's own means.

    Its fields are title, body, author, category, source, date, id, path, url, and "words", which
    is title and body together. It can only be read. Unlike ``whoosh.index.open_dir``, which
    unpickles a file of the folder, this runs no code that lies there.

    Raises IndexNotFoundError, IndexInvalidError or IndexOutdatedError; damage that is only met
    later raises IndexInvalidError from Whoosh's readers and searchers.

    >>> from whoosh.qparser import QueryParser  # doctest: +SKIP
    >>> with open_whoosh("index").searcher() as s:  # doctest: +SKIP
    ...     query = QueryParser("body", s.schema).parse("拜登 普京")
    ...     print([hit["title"] for hit in s.search(query)])
    """
    return ManifestStorage(path).open_index()


class ManifestStorage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """A folder with an index of ours, for Whoosh; gives out no file, and takes none."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(str(Path(path).absolute()), readonly=True)

    def open_index(self, *_: Any, **__: Any) -> WhooshIndex:
        """The index; a name, schema or class that is given is not looked at."""
        return WhooshIndex(self)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise IndexReadOnlyError

    create_file = create_index = create = destroy = clean = _refuse
    delete_file = rename_file = lock = temp_storage = _refuse

    def open_file(self, name: str, **_: Any) -> NoReturn:
        """Refuse: Whoosh would unpickle it."""
        raise IndexFolderError(f"{name} is not opened by Whoosh itself; use searcher.open_whoosh")


class WhooshIndex(FileIndex):  # type: ignore[misc]  # Whoosh has no types
    """An index of ours for Whoosh, its table of contents made from the manifest.

    As in Whoosh, :meth:`reader` and :meth:`searcher` open the newest commit.
    """

    def __init__(self, storage: ManifestStorage) -> None:
        # Whoosh's own would unpickle the table of contents.
        self.storage = storage
        self.indexname = NAME
        self._folder = Path(storage.folder)
        self._generation: int = self._read_toc().generation

    def _read_toc(self) -> TOC:
        for _ in range(_TRIES - 1):
            generation = self.latest_generation()
            try:
                return table_of_contents(self._folder, read_manifest(self._folder))
            except IndexInvalid:
                # A commit may have removed what this one was reading.
                if self.latest_generation() == generation:
                    raise
        return table_of_contents(self._folder, read_manifest(self._folder))

    def latest_generation(self) -> int:
        """The generation of the newest commit."""
        return latest_generation(self._folder)

    def up_to_date(self) -> bool:
        """Whether there was no commit since this was opened."""
        return self.latest_generation() == self._generation

    def refresh(self) -> WhooshIndex:
        """The index as of the newest commit: this one, or one opened anew."""
        return self if self.up_to_date() else WhooshIndex(self.storage)

    def writer(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: articles are added by :func:`searcher.build_index`."""
        raise IndexReadOnlyError

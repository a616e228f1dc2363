"""Saved searches: what has come since a query was asked last."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searcher.api.index import open_index
from searcher.engines import is_folder
from searcher.errors import SavedSearchError
from searcher.explore.atom import Entry, atom_feed
from searcher.explore.saved import MAX_NAME, MAX_RECENT, SavedFiles, SavedSearch, hashes_of
from searcher.results import Hit
from searcher.user_folders import data_folder

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from searcher.api.exploring import FilterKeywords


@dataclass(frozen=True, slots=True)
class NewArticles:
    """What a saved search has found since the last time.

    Attributes:
        name: of the saved search.
        query: what it looks for.
        hits: the new articles, newest first; their score is 0.
        total: how many articles match, old and new.
        recent: the articles that came last, those of ``hits`` first.
        notes: what is to be said about the query.
    """

    name: str
    query: str
    hits: tuple[Hit, ...]
    total: int
    recent: tuple[Entry, ...]
    notes: tuple[str, ...]

    def to_atom(self) -> str:
        """The articles that came last as an Atom feed (RFC 4287), up to 200 of them."""
        return atom_feed(self.name, self.query, self.recent)


class SavedSearches:
    """Searches with names, kept in a folder of the user.

    An article is new when it was not among those that the search had found before, whatever its
    date: that is remembered by its id, so an index that is built anew has nothing new.

    Args:
        folder: where they are kept; by default ``$SEARCHER_DATA``, or the folder for data of
            programs that the system has.

    >>> saved = SavedSearches()  # doctest: +SKIP
    >>> saved.save("putin", "普京 访问", "index")  # doctest: +SKIP
    >>> with saved.new("putin") as found:  # doctest: +SKIP
    ...     for hit in found.hits:
    ...         print(hit.title)
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self.folder = _default_folder() if folder is None else Path(folder)
        self._files = SavedFiles(self.folder)

    def save(
        self,
        name: str,
        query: str,
        index: str | os.PathLike[str] = "index",
        **options: Unpack[FilterKeywords],
    ) -> int:
        """Save a search in place of an older one of this name; returns how many match now.

        These are not new to it; what comes later is. To save the very same search again changes
        nothing.

        Args:
            name: what it is called.
            query: what it looks for.
            index: the folder of the index.
            options: those that say which articles match.

        Raises:
            SavedSearchError: the name is empty or too long.
            QueryError, IndexFolderError: as for :meth:`Index.count`.
        """
        if not isinstance(name, str) or not 0 < len(name.strip()) <= MAX_NAME:
            raise SavedSearchError(f"the name of a search has 1 to {MAX_NAME} characters")
        folder = Path(index).absolute() if is_folder(index) else str(index)
        with self._files.lock(), open_index(folder) as opened:
            ids = [id_ for _, id_ in opened._matching_ids(query, options)]
            search = SavedSearch(name, query, _plain(options), str(folder), _sorted(hashes_of(ids)))
            if not self._is_saved(search):
                self._files.write(search)
        return len(ids)

    def _is_saved(self, search: SavedSearch) -> bool:
        if not self._files.has(search.name):
            return False
        old = self._files.read(search.name)
        return (old.query, old.options, old.index) == (search.query, search.options, search.index)

    def names(self) -> list[str]:
        """The names of all saved searches, sorted."""
        return self._files.names()

    def get(self, name: str) -> SavedSearch:
        """The saved search with a name. Raises SavedSearchError where there is none."""
        return self._files.read(name)

    def remove(self, name: str) -> None:
        """Forget a saved search. Raises SavedSearchError where there is none."""
        with self._files.lock():
            self._files.remove(name)

    @contextmanager
    def new(self, name: str) -> Iterator[NewArticles]:
        """What a saved search has found since the last time.

        The articles count as seen when the block is left without an error: what was not dealt with
        to the end, because the process was killed, is new again the next time. Other processes wait
        meanwhile.

        Raises:
            SavedSearchError: there is no such search.
            QueryError, IndexFolderError: as for :meth:`Index.count`.
        """
        with self._files.lock():
            search = self._files.read(name)
            with open_index(search.index) as opened:
                matching = opened._matching_ids(search.query, search.options)
                ids = [id_ for _, id_ in matching]
                is_new = search.is_new(ids)
                refs = [ref for (ref, _), new in zip(matching, is_new, strict=True) if new]
                hits = tuple(opened._unranked_hits(search.query, search.options, refs))
                times = dict(search.recent)
                old_refs = {id_: ref for ref, id_ in matching if id_ in times}
                old = opened._unranked_hits(
                    search.query, search.options,
                    [old_refs[id_] for id_ in reversed(times) if id_ in old_refs],
                )  # fmt: skip
                old_entries = [Entry(hit, times[hit.id]) for hit in old]
                notes = opened._backend.notes
            now = datetime.now(timezone.utc).isoformat(timespec="seconds")
            entries = [*(Entry(hit, now) for hit in hits), *old_entries]
            found = NewArticles(
                name, search.query, hits, len(ids), tuple(entries[:MAX_RECENT]), notes
            )
            yield found
            if hits:
                recent = tuple((entry.hit.id, entry.found) for entry in reversed(found.recent))
                seen = _sorted(hashes_of(ids), search.seen)
                self._files.write(replace(search, seen=seen, recent=recent))


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as JSON has them."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in options.items()
    }


def _sorted(*hashes: Any) -> Any:
    import numpy as np

    return np.unique(np.concatenate(hashes))


def _default_folder() -> Path:
    given = os.environ.get("SEARCHER_DATA")
    if given:
        return Path(given) / "saved"
    return Path(data_folder()) / "saved"

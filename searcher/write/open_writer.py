"""A writer that stays open: articles are added, removed and read again one by one.

It holds the lock of the index, the dictionary of the segmenter and the segments from one commit to
the next, so that a commit of one article takes as long as writing that one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

from searcher.article import Article, make_id
from searcher.backends.writing import Document, Skipped, key_hash
from searcher.engines import engine_of
from searcher.errors import IndexFolderError, reporting_no_memory
from searcher.ingest.kinds import Kind, kind_of
from searcher.ingest.walk import Problem, printable
from searcher.sources import Source
from searcher.write.batches import MAX_BATCH_ARTICLES, MAX_BATCH_BYTES, BatchWorker, Item, size_of
from searcher.write.choose_sources import find_source, place_for, source_of, with_added
from searcher.write.diff import article_revision
from searcher.write.folder_writer import FolderWriter
from searcher.write.given_articles import article_of
from searcher.write.listing import FileReference
from searcher.write.records import articles_in, articles_in_stream, resolved
from searcher.write.report import Report
from searcher.write.sync import Changes, changes_at, keys_of_file

if TYPE_CHECKING:
    from searcher.engines import EngineWriter
    from searcher.ingest.records import RecordKind

NO_MEMORY = "the index is as it was; add fewer articles before each commit"

GivenArticle = Article | Mapping[str, Any]


class Writer:
    """Adds and removes single articles; what :func:`open_writer` gives.

    A context manager: what was done is committed at the end, unless there was an exception. Serves
    one thread.

    >>> with open_writer("index") as writer:  # doctest: +SKIP
    ...     writer.add({"title": "普京访华", "body": "俄罗斯总统普京抵达北京。"})
    """

    @reporting_no_memory(NO_MEMORY)
    def __init__(self, path: str | os.PathLike[str] = "index") -> None:
        engine = engine_of(path)
        self._folder = None if engine else Path(path).absolute()
        self._opened: EngineWriter = (
            engine.open_writer(str(path)) if engine else FolderWriter(Path(path).absolute())
        )
        self._backend = self._opened.backend
        self._state = self._opened.state
        self._is_open = True
        self._left_out = set(self._state.removed)
        self._waiting: dict[int, Item] = {}
        self._waiting_bytes = 0
        # Path and source of documents that were added since the last commit.
        self._recent: dict[int, tuple[str, int]] = {}
        self._worker: BatchWorker[Any] | None = None
        self._begin_report()

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.commit()
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the index; what was not committed is dropped."""
        if self._is_open:
            self._is_open = False
            self._opened.close()

    def add(self, articles: GivenArticle | Iterable[GivenArticle]) -> None:
        """Add articles, or put them in the place of those with the same ids.

        Args:
            articles: one article or several; for mappings see
                :func:`searcher.write.given_articles.article_of`.

        They stay in the index when it is brought up to date with its sources, also where one of
        these has another article with the same id.

        Raises:
            ArticleError: something is no article; those before it are added.
        """
        if isinstance(articles, Article | Mapping):
            articles = [articles]
        for given in articles:
            self._add(article_of(given))

    def add_files(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """Add the articles of some files.

        A file in a folder that is a source of the index is read as part of that folder. Of others
        the articles are taken as they are now; a change of the file is not noticed later.

        Args:
            paths: files, each with one article or with many.
            fields: our name of a field to the name that files with many articles have for it.

        Raises:
            ArticleError: a path is no file, or its ending says that it has no articles. What is
                wrong with a file is reported as a problem.
        """
        for path in [paths] if isinstance(paths, str | os.PathLike) else paths:
            where = resolved(path)
            source = source_of(self.sources, where)
            is_one = kind_of(Path(where).name) is Kind.ARTICLE and Path(where).is_file()
            if source is not None and is_one:
                self._left_out -= keys_of_file(source, where)
                self._update(where, wanted=True)
                continue
            for article in articles_in(Path(path), fields, self._problems.append):
                self._add(article)

    def add_stream(
        self,
        stream: BinaryIO,
        *,
        name: str = "-",
        fields: Mapping[str, str] | None = None,
        kind: RecordKind | None = None,
    ) -> None:
        """Add the articles of a stream of bytes, such as JSON Lines from standard input.

        Args:
            stream: the bytes of a file with many articles.
            name: what the paths of the articles begin with.
            fields: our name of a field to the name that the stream has for it.
            kind: "jsonl", "json", "feed", "csv" or "tsv"; by default the beginning says so.

        Raises:
            ArticleError: the stream cannot be read as articles at all.
        """
        for article in articles_in_stream(stream, name, fields, kind, self._problems.append):
            self._add(article)

    @reporting_no_memory(NO_MEMORY)
    def delete(self, ids: str | Iterable[str]) -> int:
        """Remove the articles with these ids or paths; returns how many there were.

        Those that a source of the index has are left out from now on, until they are added again.
        One that was added in the place of a file's makes room for that one.
        """
        self._flush()
        keys = self._find([ids] if isinstance(ids, str) else list(ids))
        by_hand = {source.number for source in self.sources if source.kind == "added"}
        known = self._backend.indexed(keys)
        self._delete(keys)
        self._left_out.update(key for key in keys if known[key].source not in by_hand)
        return len(keys)

    @reporting_no_memory(NO_MEMORY)
    def update(self, paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> None:
        """Look at some files or folders of the sources again, whatever has happened to them.

        What is new or changed is read, what is gone is removed. A source that is not there as a
        whole keeps its articles.

        Args:
            paths: files or folders in the sources of the index. Others are reported as problems.
        """
        if isinstance(paths, str | os.PathLike):
            paths = [paths]
        for path in paths:
            self._update(resolved(path))

    def move_source(self, name: str, path: str | os.PathLike[str]) -> None:
        """Say that a source is at another place now; what has not changed is not read again.

        Args:
            name: the name of the source, or the path where it was.
            path: the folder or file where it is.

        Raises:
            SourceError: there is no such source, or the place is that of another one.
            ArticleError: nothing is there.
        """
        source = find_source(self.sources, name)
        where = place_for(source, self.sources, Path(path))
        moved = (each if each != source else each._replace(where=where) for each in self.sources)
        self._state = self._state._replace(sources=tuple(moved))
        self._worth_a_commit = True

    @reporting_no_memory(NO_MEMORY)
    def remove_source(self, name: str) -> int:
        """Remove a source and its articles; returns how many those were.

        Args:
            name: the name of the source, or its path.

        Raises:
            SourceError: there is no such source.
        """
        self._flush()
        source = find_source(self.sources, name)
        keys = {
            key for key, known in self._backend.indexed().items() if known.source == source.number
        }
        self._delete(keys)
        others = tuple(each for each in self.sources if each != source)
        skipped = tuple(skip for skip in self._state.skipped if skip.source != source.number)
        self._state = self._state._replace(sources=others, skipped=skipped)
        self._worth_a_commit = True
        return len(keys)

    @reporting_no_memory(NO_MEMORY)
    def commit(self) -> Report:
        """Make all that was done so far the new state of the index; says what that was."""
        self._check_open()
        self._flush()
        if self._worth_a_commit:
            state = self._state._replace(removed=frozenset(self._left_out))
            self._problems += self._backend.commit(state)
        report = Report(
            added=self._added,
            changed=self._changed,
            removed=self._removed,
            unchanged=self._unchanged,
            skipped=len(self._state.skipped),
            problems=tuple(self._problems),
            seconds=time.perf_counter() - self._started,
            committed=self._worth_a_commit,
        )
        self._recent.clear()
        self._begin_report()
        return report

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the index."""
        return self._state.sources

    def _check_open(self) -> None:
        """Raise IndexFolderError where the lock was let go, and another process may write."""
        if not self._is_open:
            raise IndexFolderError("the writer is closed; open another one with open_writer")

    def _begin_report(self) -> None:
        self._started = time.perf_counter()
        self._added = self._changed = self._removed = self._unchanged = 0
        self._problems: list[Problem] = []
        self._worth_a_commit = False

    def _add(self, article: Article) -> None:
        sources, number = with_added(self._state.sources)
        key = key_hash(article.id)
        self._state = self._state._replace(sources=sources)
        self._left_out.discard(key)
        document = Document(article, article.id, article_revision(article), 0, number)
        self._wait(key, document)

    def _wait(self, key: int, item: Item) -> None:
        self._check_open()
        self._waiting[key] = item
        path = item.name if isinstance(item, FileReference) else item.article.path
        self._recent[key] = path, item.source
        self._waiting_bytes += size_of(item)
        if len(self._waiting) >= MAX_BATCH_ARTICLES or self._waiting_bytes > MAX_BATCH_BYTES:
            self._flush()

    @reporting_no_memory(NO_MEMORY)
    def _flush(self) -> None:
        """Prepare what waits, and put it in the place of what there was."""
        if not self._waiting:
            return
        items = list(self._waiting.values())
        waiting = set(self._waiting)
        if self._worker is None:
            documents = (item for item in items if isinstance(item, Document))
            self._worker = BatchWorker(self._backend.preparer(len(items), documents))
        batch = self._worker(items)
        before = set(self._backend.indexed(waiting))
        self._backend.delete(before)
        if batch.payload is not None:
            self._backend.add(batch.payload)
        # Where something failed, the next commit tries it again.
        self._waiting.clear()
        self._waiting_bytes = 0
        changed = before.intersection(batch.keys)
        self._changed += len(changed)
        self._added += len(batch.keys) - len(changed)
        self._removed += len(before) - len(changed)
        self._problems += [Problem(*problem) for problem in batch.problems]
        self._skip(batch.skipped)
        self._worth_a_commit = True

    def _skip(self, skipped: list[Skipped]) -> None:
        self._problems += [Problem(skip.path, skip.message) for skip in skipped]
        paths = {skip.path for skip in skipped}
        others = [skip for skip in self._state.skipped if skip.path not in paths]
        self._state = self._state._replace(skipped=(*others, *skipped))

    def _find(self, names: list[str]) -> set[int]:
        """The key hashes of the articles with some ids or paths."""
        by_name = {name: _keys_of(name) for name in names}
        known = self._backend.indexed(set[int]().union(*by_name.values()))
        found: set[int] = set()
        for name, keys in by_name.items():
            mine = keys & known.keys()
            if not mine:
                # The id is not made of the path.
                below = self._backend.indexed(set(self._backend.below(name)))
                mine = {key for key, path in self._backend.paths(below) if path == name}
                mine |= {key for key, (path, _) in self._recent.items() if path == name}
            found |= mine
        return set(self._backend.indexed(found))

    def _delete(self, keys: set[int]) -> None:
        self._check_open()
        self._backend.delete(keys)
        self._removed += len(keys)
        self._worth_a_commit = self._worth_a_commit or bool(keys)

    def _update(self, path: str, *, wanted: bool = False) -> None:
        """Look at a path again; ``wanted``: it is a problem where it is left out."""
        self._check_open()
        state = self._state._replace(removed=frozenset(self._left_out))
        changes = changes_at(self._backend, state, path, self._folder)
        if wanted and not (changes.names or changes.problems):
            self._problems.append(Problem(printable(path), "is left out by what its source says"))
        self._problems += changes.problems
        self._unchanged += changes.unchanged
        self._drop_recent(changes)
        if not changes.items and not changes.gone:
            return
        self._delete(changes.gone)
        for key, item in changes.items.items():
            self._wait(key, item)
        # The next look at the whole source has to compare all of it.
        sources = tuple(
            source._replace(state="") if source.number == changes.source else source
            for source in self._state.sources
        )
        skipped = tuple(skip for skip in self._state.skipped if skip.path not in changes.names)
        self._state = self._state._replace(sources=sources, skipped=skipped)

    def _drop_recent(self, changes: Changes) -> None:
        """Drop what was read since the last commit and is not there any more."""
        gone = {
            key
            for key, (name, source) in self._recent.items()
            if source == changes.source and name not in changes.names and changes.covers(name)
        }
        for key in gone:
            self._waiting.pop(key, None)
            del self._recent[key]
        self._delete(set(self._backend.indexed(gone)))


def _keys_of(name: str) -> set[int]:
    """The key hashes that an id or a path may stand for."""
    keys = {key_hash(name)}
    # Half characters are in no path.
    with suppress(UnicodeEncodeError):
        keys.add(key_hash(make_id(name)))
    return keys


def open_writer(path: str | os.PathLike[str] = "index") -> Writer:
    """Open an index to add and remove single articles; where there is none, a new one begins.

    As long as it is open, no other process can write to the index.

    Raises:
        IndexLockedError: another process writes.
        IndexInvalidError: the folder holds something else, or a damaged index.
        IndexOutdatedError: the index was built with another version or lexicon.

    >>> with open_writer("index") as writer:  # doctest: +SKIP
    ...     writer.delete("2021/call.md")
    """
    return Writer(path)

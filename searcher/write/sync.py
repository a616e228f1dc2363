"""Syncing an index with its sources, through the protocol of an engine's writer.

What is new or changed in the sources is read, prepared and added; what is gone is deleted; and one
commit makes it so. Nothing here knows how an engine keeps its documents.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from searcher.article import make_id
from searcher.backends.writing import (
    Document,
    IndexedDocument,
    IndexState,
    Payload,
    Skipped,
    WriteBackend,
    key_hash,
)
from searcher.errors import IndexInvalidError, SourceError
from searcher.ingest.walk import Problem, printable
from searcher.sources import Source
from searcher.write.batches import (
    Item,
    cut_batches,
    file_contents,
)
from searcher.write.choose_sources import source_of
from searcher.write.diff import SourceDiff, article_revision
from searcher.write.listing import (
    FileReference,
    Listing,
    has_many_articles,
    is_there,
    list_files,
    nothing_found,
)
from searcher.write.prepare import prepare
from searcher.write.records import read_records
from searcher.write.report import Progress, Report

if TYPE_CHECKING:
    from searcher.article import Article

MISSING = "is not there; its articles are kept as they are"
"""What is said of a folder or file that has vanished: perhaps a disk is not mounted."""

MIN_TO_PROTECT = 100
"""Of an index with more articles, no run removes more than half unless it is told to."""


@dataclass(frozen=True, slots=True)
class SyncRun:
    """What a sync is to do.

    ``state``: of the index afterwards, but for what is only found out; ``read``: the numbers of
    the sources to read; ``listings``: of those that were listed already; ``articles``: those of
    the source of that kind; ``rebuild``: whether to start from nothing; ``replace``: whether most
    articles may be removed; ``articles_before``: how many the index has; ``avoid``: the folder of
    the index; ``jobs``: processes that prepare batches; ``notify``: is told the progress;
    ``commit``: whether to commit also where nothing changed; ``share``: says by its key hash
    whether a document is meant, where other processes take the others.
    """

    state: IndexState
    read: frozenset[int]
    listings: Mapping[int, Listing] = field(default_factory=dict)
    articles: Iterable[Article] = ()
    rebuild: bool = False
    replace: bool = False
    articles_before: int = 0
    avoid: Path | None = None
    jobs: int = 1
    notify: Callable[[Progress], None] = lambda _: None
    commit: bool = False
    share: Callable[[int], bool] | None = None

    def is_meant(self, key: str) -> bool:
        """Whether this run is to index the document with a key."""
        return self.share is None or self.share(key_hash(key))


def update(writer: WriteBackend[Payload], run: SyncRun, started: float) -> Report:
    """Bring an index up to date with its sources; see :func:`searcher.build_index`.

    ``started``: the value of ``time.perf_counter`` from which the report counts its seconds.

    Raises SourceError where most articles would be removed.
    """
    state = run.state
    previous = writer.start(state.settings, state.lexicon_files, rebuild=run.rebuild)
    sources, problems = _readable(run, everything=previous is None)
    read = {source.number for source in sources}
    kept = frozenset(source.number for source in state.sources) - read
    diff = SourceDiff(
        writer.indexed(),
        kept,
        by_hand=frozenset(each.number for each in state.sources if each.kind == "added"),
        removed=state.removed,
        skipped=previous.skipped if previous else (),
    )
    # What has no file to be read again is copied where the index starts from nothing.
    copies = kept if previous is None else frozenset[int]()
    try:
        diff.reserve(document.key for document in writer.stored(copies))
    except IndexInvalidError as error:
        if not run.replace:
            raise IndexInvalidError(
                "the index is damaged, and articles that were added by hand cannot be read; "
                "searcher index --rebuild --replace makes it anew without them"
            ) from error
        copies = frozenset()
    found = _look(writer, run, sources, diff, starts_anew=previous is None)
    if previous is not None and not found.documents:
        _protect(run, len(diff.missing))
    copied = (document for document in writer.stored(copies) if run.is_meant(document.key))
    added = _add(writer, chain(found.files, *found.documents, copied), len(found.files), diff, run)
    missing = diff.missing
    writer.delete(missing)

    skipped = (*diff.still_skipped, *added.skipped)
    # A changed file that can no longer be read is removed.
    unreadable = {key for key in diff.changed if key not in added.keys}
    changed = len(diff.changed) - len(unreadable)
    removed = len(missing) + len(unreadable)
    _protect(run, removed if previous is not None else run.articles_before - added.documents)
    new_state = state._replace(
        sources=tuple(
            source._replace(state=found.states.get(source.number, source.state))
            for source in state.sources
        ),
        skipped=skipped,
    )
    write = run.rebuild or run.commit or previous != new_state
    write = write or bool(added.documents or changed or removed)
    if write:
        run.notify(Progress("writing", added.documents, added.documents))
        problems += writer.commit(new_state)
    return Report(
        added=added.documents - changed,
        changed=changed,
        removed=removed,
        unchanged=diff.unchanged,
        skipped=len(skipped),
        problems=(*problems, *found.problems, *added.problems, *diff.repeated),
        seconds=time.perf_counter() - started,
        committed=write,
        left_out=tuple(found.left_out.most_common()),
    )


@dataclass(slots=True)
class Changes:
    """What has happened at one path of a source.

    ``source``: the number of the source, or -1; ``items``: what is to be indexed, by key hash;
    ``gone``: key hashes of documents that are there no longer; ``names``: the paths of the files
    that are there, as the index has them; ``beginning``: the path that was looked at, as the index
    has it, or None for none.
    """

    source: int = -1
    beginning: str | None = None
    items: dict[int, Item] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    def covers(self, name: str) -> bool:
        """Whether a file with this path lies at the path that was looked at."""
        if self.beginning is None:
            return False
        return name == self.beginning or name.startswith(
            self.beginning and self.beginning.rstrip("/") + "/"
        )


def changes_at(
    writer: WriteBackend[Payload], state: IndexState, path: str, avoid: Path | None
) -> Changes:
    """Compare one file or folder of a source with the index, by the bytes of the files.

    ``path``: absolute; nothing need be there any more. ``avoid``: the folder of the index.
    """
    source = source_of(state.sources, path)
    if source is None:
        message = "is in none of the sources of the index; searcher add adds single files"
        return Changes(problems=[Problem(printable(path), message)])
    changes = Changes(source.number)
    if not is_there(source):
        changes.problems.append(Problem(source.where, MISSING))
        return changes
    if has_many_articles(source):
        records = read_records(source, changes.problems.append)
        found = [_document(article, source) for article in records]
        changes.items = {key_hash(document.key): document for document in found}
        beginning = ""
    else:
        changes.beginning = beginning = _name_in(source, path)
        below = os.path.relpath(path, source.where).replace(os.sep, "/")
        below = "" if below == "." else below
        listing = list_files(source, avoid, below) if os.path.lexists(path) else Listing([])
        changes.problems += listing.problems
        changes.items = {key_hash(make_id(file.name)): file for file in listing.files}
        changes.names = {file.name for file in listing.files}
    _compare(writer, state, changes, beginning)
    return changes


def keys_of_file(source: Source, path: str) -> set[int]:
    """The key hash of a file with one article in a source, in a set of its own."""
    return {key_hash(make_id(_name_in(source, path)))}


def _name_in(source: Source, path: str) -> str:
    """The path by which the index knows a file or folder of a source."""
    if source.kind == "file":
        return source.name
    below = os.path.relpath(path, source.where).replace(os.sep, "/")
    return source.prefix + ("" if below == "." else printable(below))


def _compare(
    writer: WriteBackend[Payload], state: IndexState, changes: Changes, beginning: str
) -> None:
    """Leave what is to be indexed in ``changes``, and find what is gone."""
    there = set(changes.items)
    known = writer.indexed(there.union(writer.below(beginning)))
    mine = {key for key, before in known.items() if before.source == changes.source}
    for key in there:
        if key in state.removed or (key in known and key not in mine):
            # What was added by hand takes the place of what a source has.
            del changes.items[key]
        elif key in known and _is_same(changes.items[key], known[key], exactly=len(there) == 1):
            del changes.items[key]
            changes.unchanged += 1
    gone = mine - there
    folders = tuple(f"{problem.path}/" for problem in changes.problems)
    if folders and gone:
        gone -= {key for key, path in writer.paths(gone) if path.startswith(folders)}
    changes.gone = gone


def _is_same(item: Item, before: IndexedDocument, *, exactly: bool) -> bool:
    """Whether a document is as it was; ``exactly``: by the bytes of its file in any case.

    Two changes may follow one another so soon that the clock of the file system shows one time.
    """
    if isinstance(item, FileReference):
        if not exactly and before.revision == item.revision:
            return True
        return before.contents != 0 and before.contents == file_contents(item)
    return before.revision == item.revision


def _readable(run: SyncRun, *, everything: bool) -> tuple[list[Source], list[Problem]]:
    """The sources to read, and a problem for each that is not there.

    ``everything``: also those that were not asked for, as the index starts from nothing.
    """
    sources: list[Source] = []
    problems: list[Problem] = []
    for source in run.state.sources:
        wanted = source.number in run.read
        if source.kind in ("folder", "file"):
            if (wanted or everything) and is_there(source):
                sources.append(source)
            elif wanted:
                problems.append(Problem(source.where, MISSING))
        elif wanted and source.kind == "articles":
            sources.append(source)
    return sources, problems


@dataclass(slots=True)
class _Found:
    """What is to be read: files, and documents of sources without; and what was seen on the way."""

    files: list[FileReference] = field(default_factory=list)
    documents: list[Iterator[Document]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    states: dict[int, str] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)


def _look(
    writer: WriteBackend[Payload],
    run: SyncRun,
    sources: Iterable[Source],
    diff: SourceDiff,
    *,
    starts_anew: bool,
) -> _Found:
    """Compare sources with the index; what comes from an iterable is compared when it is read."""
    found = _Found()
    for source in sources:
        if source.kind == "articles":
            found.documents.append(_new_articles(run.articles, source, diff, run))
            continue
        run.notify(Progress("listing", 0, 0))
        listing = run.listings.get(source.number) or list_files(source, run.avoid)
        found.states[source.number] = listing.state
        found.left_out += listing.left_out
        found.problems += listing.problems
        if has_many_articles(source):
            if listing.state == source.state and not starts_anew:
                diff.keep_source(source.number)
            else:
                records = read_records(source, found.problems.append)
                found.documents.append(_new_articles(records, source, diff, run))
            continue
        files = listing.files
        if run.share is not None:
            files = [file for file in files if run.is_meant(make_id(file.name))]
        found.files += [file for file in files if diff.is_new_file(file, file_contents)]
        _keep_unlisted(writer, diff, listing.problems)
        if not listing.files and not listing.problems:
            found.problems.append(Problem(source.where, nothing_found(listing)))
    return found


def _protect(run: SyncRun, removed: int) -> None:
    """Raise SourceError where a run would remove most of an index and was not told to."""
    if run.replace:
        return
    before = run.articles_before
    has_globs = any(source.selection.globs for source in run.state.sources)
    if has_globs and removed == before > 0:
        raise SourceError(
            f"no file matches --glob, so all {before} articles would be removed; nothing was "
            "changed; if that is what you want, add --replace"
        )
    if before > MIN_TO_PROTECT and removed > before / 2:
        raise SourceError(
            f"this would remove {removed} of {before} articles; nothing was changed; "
            "if that is what you want, add --replace"
        )


def _keep_unlisted(
    writer: WriteBackend[Payload], diff: SourceDiff, problems: Iterable[Problem]
) -> None:
    """Keep documents below folders that cannot be opened: they are not gone."""
    folders = tuple(f"{problem.path}/" for problem in problems)
    if folders:
        diff.keep(key for key, path in writer.paths(diff.missing) if path.startswith(folders))


def _new_articles(
    articles: Iterable[Article], source: Source, diff: SourceDiff, run: SyncRun
) -> Iterator[Document]:
    for article in articles:
        document = _document(article, source)
        if run.is_meant(document.key) and diff.is_new_document(document):
            yield document


def _document(article: Article, source: Source) -> Document:
    return Document(article, article.id, article_revision(article), 0, source.number)


@dataclass(slots=True)
class _Added:
    """Which documents were added, and what went wrong with others."""

    documents: int = 0
    keys: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def _add(
    writer: WriteBackend[Payload],
    items: Iterable[Item],
    total: int,
    diff: SourceDiff,
    run: SyncRun,
) -> _Added:
    """Prepare all items and add them; ``total``: how many there are, as far as is known."""
    added = _Added()
    done = 0
    if total:
        run.notify(Progress("reading and segmenting", 0, total))
    for batch in prepare(writer, cut_batches(items), run.jobs):
        # The new versions of some of these are in this batch.
        writer.delete(diff.take_changed())
        if batch.payload is not None:
            writer.add(batch.payload)
        added.documents += len(batch.keys)
        added.keys.update(batch.keys)
        added.problems += [Problem(*problem) for problem in batch.problems]
        added.problems += [Problem(skip.path, skip.message) for skip in batch.skipped]
        added.skipped += batch.skipped
        done += batch.items
        run.notify(Progress("reading and segmenting", done, max(total, done)))
    writer.delete(diff.take_changed())
    return added

"""Watching the sources of an index: what changes in them is looked at, and can be found at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, TypeAlias

from searcher.engines import engine_of
from searcher.errors import IndexLockedError, IndexOutdatedError, SearcherError, SourceError
from searcher.ingest.selection import IGNORE_FILE
from searcher.ingest.walk import Problem
from searcher.store.manifest import read_manifest
from searcher.write.build import build_index
from searcher.write.choose_sources import source_of
from searcher.write.open_writer import open_writer
from searcher.write.report import Report

if TYPE_CHECKING:
    from searcher.sources import Source

MAX_PATHS = 1000
"""With more changes than that at a time all sources are looked at: perhaps some were not told."""

_STEP_MS = 40
"""A change is looked at when so long nothing else has changed."""
_LONGEST_MS = 300
"""A change is looked at after so long, whatever else changes."""
_POLL_MS = 200
"""So often it is looked whether the sources are still there, and whether to stop."""

_Places: TypeAlias = dict[str, tuple[int, int]]
"""The paths of the sources that are there, and which folder or file that is."""


def watch_index(index: str | os.PathLike[str] = "index", *, stop: Event) -> Iterator[Report]:
    """Keep an index up to date with its sources until ``stop`` is set.

    Gives a report of each commit, and where something cannot be read. A change can be found within
    a second. A source that vanishes keeps its articles; when it comes back, it is compared as a
    whole. Other processes may write to the index in between.

    Raises:
        SearcherError: the package watchfiles is not installed.
        IndexNotFoundError, IndexInvalidError: there is no usable index.

    >>> for report in watch_index("index", stop=Event()):  # doctest: +SKIP
    ...     print(report.added, report.changed, report.removed)
    """
    if engine_of(index) is not None:
        raise SourceError(
            "only an index in a folder is kept up to date without end; for one on a cluster run "
            "searcher index from time to time"
        )
    watch = _watchfiles().watch
    folder = Path(index).absolute()
    while not stop.is_set():
        places = _places(folder)
        if not places:
            yield from _worth_telling(_look_at_all(folder, stop))
            while not (stop.wait(_POLL_MS / 1000) or _places(folder)):
                pass
            continue
        changes = watch(
            *places,
            watch_filter=None,
            debounce=_LONGEST_MS,
            step=_STEP_MS,
            rust_timeout=_POLL_MS,
            yield_on_timeout=True,
            stop_event=stop,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        try:
            yield from _follow(folder, places, changes, stop)
        except FileNotFoundError:
            # A source vanished just now.
            stop.wait(_POLL_MS / 1000)
        finally:
            changes.close()


def _follow(
    folder: Path, places: _Places, changes: Iterable[set[tuple[Any, str]]], stop: Event
) -> Iterator[Report]:
    """Look at what changes, as long as the same sources are there."""
    is_first = True
    for batch in changes:
        if is_first:
            # From now on changes are told; this is for those before.
            is_first = False
            yield from _worth_telling(_look_at_all(folder, stop))
            continue
        if _places(folder) != places:
            return
        paths = _paths_to_look_at(folder, batch)
        if len(paths) > MAX_PATHS:
            yield from _worth_telling(_look_at_all(folder, stop))
        elif paths:
            yield from _worth_telling(_look_at(folder, paths, stop))


def check_watching() -> None:
    """Raise SearcherError where the package that watching needs is not installed."""
    _watchfiles()


def _watchfiles() -> Any:
    try:
        import watchfiles
    except ImportError as error:
        raise SearcherError(
            "watching needs the package watchfiles; "
            "install it by: pip install 'chinese-news-search[watch]'"
        ) from error
    return watchfiles


def _sources(folder: Path) -> list[Source]:
    sources = read_manifest(folder).sources
    return [source for source in sources if source.kind in ("folder", "file")]


def _places(folder: Path) -> _Places:
    found: _Places = {}
    for source in _sources(folder):
        try:
            status = os.stat(source.where)  # noqa: PTH116 - several times a second
        except OSError:
            continue
        # A file that is replaced, as editors do, is another one and has to be watched anew.
        found[source.where] = status.st_dev, status.st_ino
    return found


def _paths_to_look_at(folder: Path, batch: Iterable[tuple[Any, str]]) -> list[str]:
    """The paths of a batch that may be articles or folders, none below another."""
    sources = _sources(folder)
    wanted: set[str] = set()
    for change, path in batch:
        source = source_of(sources, path)
        if source is None or Path(path).is_relative_to(folder):
            continue
        names = Path(path).relative_to(source.where).parts
        if names and names[-1] == IGNORE_FILE:
            wanted.add(os.path.dirname(path))  # noqa: PTH120 - strings
        elif any(name.startswith(".") for name in names):
            continue
        elif change.name == "modified" and os.path.isdir(path):  # noqa: PTH112 - paths are strings
            # What changed in it is told by itself.
            continue
        else:
            wanted.add(path)
    kept: list[str] = []
    for path in sorted(wanted):
        if not (kept and path.startswith(kept[-1] + os.sep)):
            kept.append(path)
    return kept


def _look_at(folder: Path, paths: Iterable[str], stop: Event) -> Report | None:
    """Commit what happened at some paths; None where it was to stop before that was possible."""

    def update() -> Report:
        with open_writer(folder) as writer:
            writer.update(paths)
            return writer.commit()

    try:
        return _when_free(update, stop)
    except IndexOutdatedError:
        return _look_at_all(folder, stop)


def _look_at_all(folder: Path, stop: Event) -> Report | None:
    """Compare all sources with the index; None where it was to stop before that was possible."""
    try:
        return _when_free(lambda: build_index(index=folder), stop)
    except SourceError as error:
        # Most articles would be removed: somebody has to say that this is meant.
        problem = Problem(str(folder), str(error))
        return Report(0, 0, 0, 0, 0, (problem,), 0.0, committed=False)


def _when_free(action: Callable[[], Report], stop: Event) -> Report | None:
    """Do something as soon as no other process writes to the index; None if it is to stop first."""
    while True:
        report = _unless_locked(action)
        if report is not None or stop.wait(_POLL_MS / 1000):
            return report


def _unless_locked(action: Callable[[], Report]) -> Report | None:
    try:
        return action()
    except IndexLockedError:
        return None


def _worth_telling(report: Report | None) -> Iterator[Report]:
    if report is not None and (report.committed or report.problems):
        yield report

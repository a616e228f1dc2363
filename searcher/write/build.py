"""``build_index``: whether the sources of an index have changed, and if so, a sync.

Where nothing changed, no module is loaded but those imported here, which takes little time.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from searcher.backends.writing import IndexState
from searcher.engines import engine_of
from searcher.errors import IndexOutdatedError, QueryError, SourceError, reporting_no_memory
from searcher.ingest.walk import Problem
from searcher.store.manifest import read_manifest, refuse_foreign
from searcher.write.choose_sources import GivenOptions, Mode, choose_sources, own_sources
from searcher.write.commit import (
    is_newest,
    known_commit,
    living_documents,
    previous_commit,
    remove_leftovers_if_free,
)
from searcher.write.listing import Listing, is_there, list_files, nothing_found
from searcher.write.report import Progress, Report
from searcher.write.settings import find_lexicon_files, index_settings

if TYPE_CHECKING:
    from searcher.article import Article
    from searcher.sources import Source
    from searcher.store.manifest import Manifest

Corpus = str | os.PathLike[str] | Sequence["str | os.PathLike[str]"] | Iterable["Article"]

DEFAULT_CORPUS = "corpus"


NO_MEMORY = "the index is as it was; try: searcher index --jobs 1"


@reporting_no_memory(NO_MEMORY)
def build_index(
    corpus: Corpus | None = None,
    index: str | os.PathLike[str] = "index",
    *,
    add: bool = False,
    replace: bool = False,
    rebuild: bool = False,
    jobs: int | None = None,
    lexicon: str | os.PathLike[str] | None = None,
    glob: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    follow: bool | None = None,
    fields: Mapping[str, str] | None = None,
    part: tuple[int, int] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Bring the index up to date with its sources; where nothing changed, nothing is written.

    Args:
        corpus: a folder or a file of articles, a list of them, or an iterable of
            :class:`~searcher.Article`. They become the sources of the index. By default the
            sources that the index has; where it has none, the folder ``corpus``.
        index: the folder of the index, or its address on a cluster.
        add: keep the other sources that the index has.
        replace: remove the other sources and their articles, and allow that more than half of the
            articles are removed. Articles added by :func:`searcher.open_writer` stay.
        rebuild: start from nothing, as an index of another version or lexicon does by itself.
        jobs: the number of processes, by default one for each core; the index is the same with any.
        lexicon: a file of your own words, by default ``lexicon.txt`` beside the first folder, if
            there is one.
        glob: patterns as in ``.gitignore``; only files that match one are read.
        exclude: patterns of files and folders that are left out.
        follow: whether links that lead out of a folder are followed.
        fields: of files with many articles: our name of a field to the name that the file has.
        part: (number, of how many): on a cluster, a share of a new index, made beside those of
            other processes with the same sources. It becomes visible when the last one ends.
        on_progress: is told how far it is.

    ``glob``, ``exclude``, ``follow`` and ``fields`` are kept with the sources until they are given
    anew.

    Raises:
        SourceError: the index has other sources, or most of its articles would be removed.
        IndexLockedError: another process writes.
        IndexInvalidError: the index folder holds something else.
        LexiconError: the lexicon cannot be used.
        ArticleError: a folder is not there.

    >>> build_index("corpus", "index").added  # doctest: +SKIP
    48
    """
    started = time.perf_counter()
    if jobs is not None and jobs < 1:
        raise QueryError("jobs must be 1 or more")
    notify = on_progress or (lambda _: None)
    cores = jobs or _cores()
    request = BuildRequest(
        corpus,
        mode="replace" if replace else "add" if add else "only",
        options=GivenOptions(
            globs=None if glob is None else tuple(glob),
            excludes=None if exclude is None else tuple(exclude),
            follow=follow,
            fields=None if fields is None else tuple(fields.items()),
        ),
        lexicon=lexicon,
        rebuild=rebuild,
        cores=cores,
        notify=notify,
        part=part,
    )
    engine = engine_of(index)
    if engine is not None:
        report: Report = engine.build(request, str(index), started)
        return report
    if part is not None:
        raise QueryError("only an index on a cluster is built in parts; --jobs uses several cores")
    folder = Path(index)

    def plan() -> _Plan:
        manifest = known_commit(folder, or_damaged=rebuild)
        return _Plan(manifest, *request.planned(manifest))

    refuse_foreign(folder)
    planned = plan()
    notify(Progress("listing", 0, 0))
    listings = _list_sources(planned, folder)
    if not rebuild and _is_current(planned, listings, folder):
        return _unchanged(folder, planned, listings, started)

    from searcher.write.sync import SyncRun, update
    from searcher.write.writer import IndexWriter

    with IndexWriter(folder, lambda n: notify(Progress("merging", n, n)), cores) as writer:
        # Another process may have written since.
        planned = plan()
        _refuse_to_lose(folder, planned, replace=replace)
        run = SyncRun(
            state=planned.state,
            read=planned.read,
            listings=listings,
            articles=request.articles,
            rebuild=rebuild,
            replace=replace,
            articles_before=living_documents(planned.manifest) if planned.manifest else 0,
            avoid=folder,
            jobs=cores,
            notify=notify,
            commit=planned.manifest is not None and not is_newest(folder, planned.manifest),
        )
        return update(writer, run, started)


class KnownState(Protocol):
    """What planning needs of the commit that there is."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the index."""

    @property
    def lexicon_files(self) -> tuple[str, ...]:
        """The user's lexicon files."""

    @property
    def removed(self) -> frozenset[int]:
        """The key hashes of documents that were removed by hand."""


@dataclass(frozen=True)
class BuildRequest:
    """What :func:`build_index` was asked for, as an engine takes it.

    ``corpus``, ``lexicon``, ``rebuild`` and ``part``: as given; ``mode``: what becomes of other
    sources; ``cores``: processes that prepare batches; ``notify``: is told the progress.
    """

    corpus: Corpus | None
    mode: Mode
    options: GivenOptions
    lexicon: str | os.PathLike[str] | None
    rebuild: bool
    cores: int
    notify: Callable[[Progress], None]
    part: tuple[int, int] | None

    @cached_property
    def paths(self) -> list[Path] | None:
        """The folders and files that are given; None for articles, and where nothing is."""
        return None if self.corpus is None else _paths(self.corpus)

    @property
    def articles(self) -> Iterable[Article]:
        """The articles that are given; none where folders and files are."""
        if self.corpus is None or self.paths is not None:
            return ()
        return cast("Iterable[Article]", self.corpus)

    def planned(self, before: KnownState | None) -> tuple[IndexState, frozenset[int]]:
        """The state after the run, and the numbers of the sources to read.

        ``before``: the commit that there is. Raises SourceError, ArticleError, LexiconError.
        """
        known = before.sources if before else ()
        if self.corpus is not None:
            chosen = choose_sources(known, self.paths, mode=self.mode, options=self.options)
        elif any(source.kind != "added" for source in known):
            chosen = own_sources(known, self.options)
        else:
            chosen = choose_sources(known, [Path(DEFAULT_CORPUS)], options=self.options)
        files_before = before.lexicon_files if before and self.corpus is None else ()
        lexicon_files = find_lexicon_files(self.lexicon, chosen.sources, files_before)
        state = IndexState(
            index_settings(lexicon_files),
            lexicon_files=tuple(str(file.resolve()) for file in lexicon_files),
            sources=chosen.sources,
            removed=before.removed if before else frozenset(),
        )
        return state, chosen.read


class _Plan(NamedTuple):
    """The commit there is, the state after the run, and the numbers of the sources to read."""

    manifest: Manifest | None
    state: IndexState
    read: frozenset[int]


def _list_sources(plan: _Plan, folder: Path) -> dict[int, Listing]:
    """The files of the sources that are read and are there, by the numbers of the sources."""
    return {
        source.number: list_files(source, folder)
        for source in plan.state.sources
        if source.number in plan.read and source.kind in ("folder", "file") and is_there(source)
    }


def publish_index(index: str) -> int:
    """Make visible what other processes have built of an index on a cluster in parts.

    Returns how many articles it has. Parts that have not ended are left out.

    Raises:
        QueryError: ``index`` is no address on a cluster.
        IndexNotFoundError: no part has ended.

    >>> publish_index("opensearch://localhost:9200/news")  # doctest: +SKIP
    19541
    """
    engine = engine_of(index)
    if engine is None:
        raise QueryError("only an index on a cluster is built in parts, and published")
    return engine.publish(index)


def _is_current(plan: _Plan, listings: Mapping[int, Listing], folder: Path) -> bool:
    """Whether the newest commit has all that the sources have now."""
    if set(listings) != plan.read or not all(listing.state for listing in listings.values()):
        return False
    sources = tuple(
        source._replace(state=listings[source.number].state)
        if source.number in listings
        else source
        for source in plan.state.sources
    )
    previous = previous_commit(folder, plan.state.settings)
    return previous is not None and previous.sources == sources and is_newest(folder, previous)


def _unchanged(
    folder: Path, plan: _Plan, listings: Mapping[int, Listing], started: float
) -> Report:
    left_out: Counter[str] = Counter()
    for listing in listings.values():
        left_out += listing.left_out
    manifest = plan.manifest
    problems = [
        Problem(source.where, nothing_found(listings[source.number]))
        for source in plan.state.sources
        if source.number in listings and not listings[source.number].files
    ]
    if manifest is not None:
        problems += remove_leftovers_if_free(folder, manifest)
    return Report(
        added=0,
        changed=0,
        removed=0,
        unchanged=living_documents(manifest) if manifest else 0,
        skipped=len(manifest.skipped) if manifest else 0,
        problems=tuple(problems),
        seconds=time.perf_counter() - started,
        committed=False,
        left_out=tuple(left_out.most_common()),
    )


def _refuse_to_lose(folder: Path, plan: _Plan, *, replace: bool) -> None:
    """Raise SourceError where articles were added by hand and this version cannot read them."""
    if replace or plan.manifest is None:
        return
    if any(source.kind == "added" for source in plan.manifest.sources):
        try:
            read_manifest(folder)
        except IndexOutdatedError as error:
            raise SourceError(
                "another version of searcher added articles to this index, and this one cannot "
                "read them; --replace makes the index anew without them"
            ) from error


def _paths(corpus: Corpus) -> list[Path] | None:
    """The folders and files that a corpus consists of; None for an iterable of articles."""
    if isinstance(corpus, str | os.PathLike):
        corpus = [corpus]
    if not isinstance(corpus, Sequence) or not all(
        isinstance(item, str | os.PathLike) for item in islice(corpus, 2)
    ):
        return None
    return [Path(item) for item in corpus if isinstance(item, str | os.PathLike)]


def _cores() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return cores or 1

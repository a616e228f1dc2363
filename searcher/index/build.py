"""Bringing an index up to date with its corpus: what is new, changed or gone, and no more."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from searcher.corpus import Problem, printable, scan
from searcher.errors import IndexOutdated
from searcher.index.batches import (
    FileReference,
    Item,
    Worker,
    cut_batches,
    read_source,
    run_batches,
)
from searcher.index.contents import Source
from searcher.index.manifest import Manifest, Skipped, read_manifest, refuse_foreign
from searcher.index.writer import IndexWriter
from searcher.text.lexicon import USER_FILE, load_lexicon

if TYPE_CHECKING:
    from searcher.article import Article


@dataclass(frozen=True, slots=True)
class Progress:
    """How far building has come: ``stage`` is "reading", "writing" or "merging"."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Report:
    """What building did. ``problems`` are new ones; a skipped file counts in ``skipped``."""

    added: int
    changed: int
    removed: int
    unchanged: int
    skipped: int
    problems: tuple[Problem, ...]
    seconds: float
    committed: bool


Corpus = str | os.PathLike[str] | Sequence["str | os.PathLike[str]"] | Iterable["Article"]


def build_index(
    corpus: Corpus = "corpus",
    index: str | os.PathLike[str] = "index",
    *,
    rebuild: bool = False,
    jobs: int | None = None,
    lexicon: str | os.PathLike[str] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Bring the index up to date with a corpus; where nothing changed, nothing is written.

    ``corpus`` is a folder, a list of folders, or an iterable of :class:`~searcher.Article`; it is
    taken as the whole collection. ``rebuild`` starts from nothing, as does an index of another
    version or lexicon. ``jobs`` is the number of processes, by default one for each core; the
    index is the same with any number. ``lexicon`` is a file of your own words, by default
    ``lexicon.txt`` beside the (first) corpus folder, if there is one.

    Raises IndexLocked while another process writes, IndexInvalid for a folder that holds
    something else, LexiconError, and ArticleError for a corpus folder that is not there.

    >>> build_index("corpus", "index").added  # doctest: +SKIP
    48
    """
    started = time.perf_counter()
    notify = on_progress or (lambda _: None)
    folder = Path(index)
    corpora = _folders(corpus)
    files = _lexicon_files(lexicon, corpora)
    words = load_lexicon(files)
    engines = _engines()
    refuse_foreign(folder)
    roots = [str(root.resolve()) for root in corpora or ()]
    previous = None if rebuild else _previous(folder, words.fingerprint, engines, roots)

    with IndexWriter(folder, words, lambda n: notify(Progress("merging", n, n))) as writer:
        writer.load(previous)
        known = _Known(writer, previous)
        listing = _list_files(corpora, known) if corpora is not None else None
        if listing is not None:
            items: Iterable[Item] = listing.items
            total = len(listing.items)
        else:
            items = _changed_articles(corpus, known)  # type: ignore[arg-type]
            total = -1
        problems = list(listing.problems) if listing else []
        batches, dictionary = _sample(cut_batches(items), writer.dictionary())
        skipped: list[Skipped] = []
        added = taken = 0
        first = next(batches, None)
        worker = Worker(words, dictionary) if first is not None else None
        if first is not None and worker is not None:
            for batch in run_batches(worker, chain([first], batches), _jobs(jobs, len(first))):
                taken += batch.taken
                problems += [Problem(*problem) for problem in batch.problems]
                problems += [Problem(skip.path, skip.message) for skip in batch.skipped]
                skipped += batch.skipped
                if batch.contents is not None:
                    added += len(batch.contents)
                    writer.add(batch.contents)
                notify(Progress("reading", taken, max(total, taken)))
        problems += known.repeated
        changed, removed = known.delete(writer)
        now_skipped = (*known.still_skipped(), *skipped)
        write = bool(added or changed or removed or rebuild or previous is None)
        write = write or now_skipped != (previous.skipped if previous else ())
        if write:
            notify(Progress("writing", added, added))
            writer.commit(
                analysis=_analysis(),
                engines=engines,
                lexicon_files=[str(file.resolve()) for file in files],
                roots=roots,
                skipped=now_skipped,
                additions=lambda: (worker or Worker(words, b"")).additions,
            )
    return Report(
        added=added - changed,
        changed=changed,
        removed=removed,
        unchanged=known.unchanged,
        skipped=len(now_skipped),
        problems=tuple(problems),
        seconds=time.perf_counter() - started,
        committed=write,
    )


class _Known:
    """What the index holds already: by path, or by id where the corpus is no folder."""

    def __init__(self, writer: IndexWriter, previous: Manifest | None) -> None:
        self._places: dict[str, tuple[int, int]] = {}
        self._stamps: dict[str, tuple[int, int]] = {}
        self._skipped = {skip.path: skip for skip in previous.skipped} if previous else {}
        self._still_skipped: list[Skipped] = []
        self._gone: list[tuple[int, int]] = []
        self._seen: set[str] = set()
        self.repeated: list[Problem] = []
        self.unchanged = 0
        self._replaced = 0
        by_path = bool(previous and previous.roots)
        for place, (segment, alive) in enumerate(writer.segments()):
            stamps, sizes = segment.layout["stamps"].tolist(), segment.layout["sizes"].tolist()
            for number in alive.nonzero()[0].tolist():
                card = segment.card(number)
                key = card.path if by_path else card.id
                self._places[key] = place, number
                self._stamps[key] = stamps[number], sizes[number]

    def is_unchanged(self, key: str, stamp: int, size: int) -> bool:
        """Whether this is in the index as it is; if it is there otherwise, it will be replaced."""
        if key in self._seen:
            self.repeated.append(Problem(key, "occurs more than once; the first one is taken"))
            return True
        self._seen.add(key)
        place = self._places.pop(key, None)
        if place is not None and self._stamps[key] == (stamp, size):
            self.unchanged += 1
            return True
        if place is not None:
            self._gone.append(place)
            self._replaced += 1
        skip = self._skipped.get(key)
        if skip is not None and (skip.stamp, skip.size) == (stamp, size):
            self._still_skipped.append(skip)
            return True
        return False

    def still_skipped(self) -> tuple[Skipped, ...]:
        """Files that could not be read before and have not changed since."""
        return tuple(self._still_skipped)

    def delete(self, writer: IndexWriter) -> tuple[int, int]:
        """Delete what was replaced or not met again: how many of each."""
        removed = len(self._places)
        for place, number in chain(self._gone, self._places.values()):
            writer.delete(place, [number])
        return self._replaced, removed


@dataclass(frozen=True, slots=True)
class _Listing:
    items: list[FileReference]
    problems: list[Problem]


def _list_files(corpora: Sequence[Path], known: _Known) -> _Listing:
    items: list[FileReference] = []
    problems: list[Problem] = []
    prefixes: dict[str, Path] = {}
    for root in corpora:
        prefix = f"{root.resolve().name}/" if len(corpora) > 1 else ""
        while prefixes.setdefault(prefix, root) is not root:
            prefix = prefix[:-1] + "+/"
        for found in scan(root):
            name = prefix + printable(found.path)
            if isinstance(found, Problem):
                problems.append(Problem(name, found.message))
            elif not known.is_unchanged(name, found.mtime_ns, found.size):
                items.append(FileReference(str(root), found.path, name, found.mtime_ns, found.size))
    return _Listing(items, problems)


def _changed_articles(articles: Iterable[Article], known: _Known) -> Iterator[Source]:
    for article in articles:
        digest = blake2b(repr(article).encode("utf-8", "surrogatepass"), digest_size=7).digest()
        stamp = int.from_bytes(digest, "little")
        if not known.is_unchanged(article.id, stamp, 0):
            yield Source(article, stamp, 0)


def _sample(batches: Iterator[list[Item]], dictionary: bytes) -> tuple[Iterator[list[Item]], bytes]:
    """The batches again, and the dictionary to pack texts with, made from the first if need be."""
    from searcher.errors import ArticleError
    from searcher.index.records import LEAST_SAMPLES, train

    first = next(batches, None)
    if first is None:
        return iter(()), dictionary
    if not dictionary and len(first) >= LEAST_SAMPLES:
        texts = []
        for place, item in enumerate(first):
            if isinstance(item, FileReference):
                try:
                    item = first[place] = read_source(item)
                except ArticleError:
                    continue
            article = item.article
            texts.append(f"{article.title}\x01{article.body}".encode("utf-16-le", "surrogatepass"))
        dictionary = train(texts)
    return chain([first], batches), dictionary


def _folders(corpus: Corpus) -> list[Path] | None:
    from searcher.errors import ArticleError

    if isinstance(corpus, str | os.PathLike):
        corpus = [corpus]
    if not isinstance(corpus, Sequence) or not all(
        isinstance(item, str | os.PathLike) for item in islice(corpus, 2)
    ):
        return None
    folders = [Path(item) for item in corpus if isinstance(item, str | os.PathLike)]
    for folder in folders:
        if not folder.is_dir():
            raise ArticleError(f"there is no folder {folder}; give the folder of your articles")
    return folders


def _lexicon_files(
    lexicon: str | os.PathLike[str] | None, corpora: Sequence[Path] | None
) -> list[Path]:
    if lexicon is not None:
        return [Path(lexicon)]
    beside = [root.resolve().parent / USER_FILE for root in corpora or ()]
    return [path for path in beside[:1] if path.is_file()]


def _previous(folder: Path, lexicon: str, engines: str, roots: Sequence[str]) -> Manifest | None:
    """The manifest to continue from; None where all must be built anew."""
    from searcher.errors import IndexMissing

    try:
        manifest = read_manifest(folder)
    except (IndexMissing, IndexOutdated):
        return None
    # Paths and stamps say something about the same folders only.
    then = manifest.analysis, manifest.lexicon, manifest.engines, manifest.roots
    return manifest if then == (_analysis(), lexicon, engines, tuple(roots)) else None


def _analysis() -> str:
    from searcher.text.analysis import VERSION

    return VERSION


def _engines() -> str:
    from importlib.metadata import PackageNotFoundError, version

    def described(name: str) -> str:
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            return f"no {name}"

    return ", ".join(map(described, ("jieba", "rjieba")))


def _jobs(jobs: int | None, first: int) -> int:
    from searcher.errors import QueryError

    if jobs is not None and jobs < 1:
        raise QueryError("jobs must be 1 or more")
    # A process more pays only from about a thousand articles on.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (jobs or cores or 1) if first >= 500 else 1

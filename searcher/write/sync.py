"""Doing what has changed: articles are read, added and deleted, and a commit makes it so."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from itertools import chain, islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING

from searcher.errors import ArticleError
from searcher.ingest.walk import Problem
from searcher.store.lexicon_file import write_lexicon_file
from searcher.store.manifest import Manifest, Skipped
from searcher.store.postings import TEXT_END, TITLE_END
from searcher.store.stored_documents import LEAST_SAMPLES, beginning, train
from searcher.text.analyser import Analyser
from searcher.text.lexicon import load_lexicon
from searcher.write.batches import Batch, BatchIndexer, Item, cut_batches, read_document
from searcher.write.build import IndexSettings, Progress, Report
from searcher.write.listing import FileReference, Listing
from searcher.write.memory_segment import Document, encode_fields, key_hash
from searcher.write.writer import IndexWriter

if TYPE_CHECKING:
    from searcher.article import Article


def update(
    corpus: Listing | Iterable[Article],
    folder: Path,
    basis: IndexSettings,
    rebuild: bool,
    jobs: int | None,
    notify: Callable[[Progress], None],
    started: float,
) -> Report:
    """Bring the index in ``folder`` up to date; see :func:`searcher.build_index`."""
    listing = corpus if isinstance(corpus, Listing) else None
    cores = jobs or _cores()
    with IndexWriter(folder, lambda n: notify(Progress("merging", n, n)), cores) as writer:
        previous = None if rebuild else basis.previous(folder)
        names = analyser = None
        if previous is None:
            analyser, names = _start(basis)
        writer.load(previous)
        known = CorpusDiff(writer, previous)
        if isinstance(corpus, Listing):
            changed_files = [file for file in corpus.files if known.is_new(*file[2:])]
            items: Iterable[Item] = changed_files
            total = len(changed_files)
            problems = list(corpus.problems)
            # What lies below a folder that cannot be opened is not gone.
            known.keep([f"{problem.path}/" for problem in problems])
        else:
            items, total, problems = _new_articles(corpus, known), -1, []
        batches, dictionary = _sample(cut_batches(items), writer.dictionary())
        skipped: list[Skipped] = []
        added = taken = 0
        first = next(batches, None)
        if first is not None:
            # An index that goes on has kept what its lexicon adds to the dictionary.
            worker = BatchIndexer(analyser or writer.analyser(), dictionary)
            # One batch is for one process: another takes a tenth of a second to start.
            second = list(islice(batches, 1))
            waiting = chain([first], second, batches)
            for batch in _run(worker, waiting, cores if second else 1):
                taken += batch.taken
                problems += [Problem(*problem) for problem in batch.problems]
                problems += [Problem(skip.path, skip.message) for skip in batch.skipped]
                skipped += batch.skipped
                if batch.contents is not None:
                    added += len(batch.contents)
                    writer.add(batch.contents)
                notify(Progress("reading and segmenting", taken, max(total, taken)))
            # Merging needs the memory that the dictionary and the vocabulary took.
            del worker
        del analyser
        problems += known.repeated
        changed, removed = known.delete(writer)
        now_skipped = (*known.still_skipped(), *skipped)
        write = bool(added or changed or removed or rebuild or previous is None)
        write = write or now_skipped != (previous.skipped if previous else ())
        if write:
            notify(Progress("writing", added, added))
            writer.commit(basis, now_skipped, listing.digest if listing else "", names)
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


def _start(basis: IndexSettings) -> tuple[Analyser, Callable[[Path], None]]:
    """What a new index starts with: its analyser, and what writes its names."""
    lexicon = load_lexicon(basis.files)
    analyser = Analyser(lexicon)
    additions = analyser.segmenter.additions
    return analyser, lambda path: write_lexicon_file(path, lexicon, additions)


def _run(worker: BatchIndexer, batches: Iterator[list[Item]], jobs: int) -> Iterator[Batch]:
    if jobs == 1:
        return map(worker, batches)
    from searcher.write.pool import run_batches

    return run_batches(worker, batches, jobs)


class CorpusDiff:
    """What the index holds already: by path, or by id where the corpus is no folder."""

    def __init__(self, writer: IndexWriter, previous: Manifest | None) -> None:
        self._writer = writer
        # By hashes of their keys.
        self._places: dict[int, tuple[int, int]] = {}
        self._stamps: dict[int, tuple[int, int]] = {}
        self._skipped = {skip.path: skip for skip in previous.skipped} if previous else {}
        self._still_skipped: list[Skipped] = []
        self._gone: list[tuple[int, int]] = []
        self._seen: set[str] = set()
        self.repeated: list[Problem] = []
        self.unchanged = 0
        self._replaced = 0
        for place, (segment, alive) in enumerate(writer.segments()):
            (numbers,) = alive.nonzero()
            keys, *revisions = (
                segment.container[name].take(numbers).tolist()
                for name in ("keys", "revisions", "sizes")
            )
            self._places.update(zip(keys, zip(repeat(place), numbers.tolist()), strict=True))
            self._stamps.update(zip(keys, zip(*revisions, strict=True), strict=True))

    def is_new(self, key: str, revision: int, size: int) -> bool:
        """Whether this is not in the index as it is; if it is there otherwise, it is replaced."""
        if key in self._seen:
            self.repeated.append(Problem(key, "occurs more than once; the first one is taken"))
            return False
        self._seen.add(key)
        hashed = key_hash(key)
        place = self._places.pop(hashed, None)
        if place is not None and self._stamps[hashed] == (revision, size):
            self.unchanged += 1
            return False
        if place is not None:
            self._gone.append(place)
            self._replaced += 1
        skip = self._skipped.get(key)
        if skip is not None and (skip.revision, skip.size) == (revision, size):
            self._still_skipped.append(skip)
            return False
        return True

    def keep(self, prefixes: list[str]) -> None:
        """Do not delete what has a path that begins so, though it was not met."""
        if not prefixes:
            return
        segments = self._writer.segments()
        for key, (place, number) in [*self._places.items()]:
            if segments[place][0].stored_fields(number).path.startswith(tuple(prefixes)):
                del self._places[key]
                self.unchanged += 1

    def still_skipped(self) -> tuple[Skipped, ...]:
        """Files that could not be read before and have not changed since."""
        return tuple(self._still_skipped)

    def delete(self, writer: IndexWriter) -> tuple[int, int]:
        """Delete what was replaced or not met again: how many of each."""
        removed = len(self._places)
        for place, number in chain(self._gone, self._places.values()):
            writer.delete(place, [number])
        return self._replaced, removed


def _new_articles(articles: Iterable[Article], known: CorpusDiff) -> Iterator[Document]:
    for article in articles:
        digest = blake2b(article.body.encode("utf-8", "surrogatepass"), digest_size=7)
        # To represent the body as well would take longer than all else.
        rest = [getattr(article, name) for name in article.__slots__ if name != "body"]
        digest.update(repr(rest).encode("utf-8", "surrogatepass"))
        revision = int.from_bytes(digest.digest(), "little")
        if known.is_new(article.id, revision, 0):
            yield Document(article, article.id, revision)


_SAMPLES = 512
"""So many articles are read before the others, by one process while all wait."""


def _sample(batches: Iterator[list[Item]], dictionary: bytes) -> tuple[Iterator[list[Item]], bytes]:
    """The batches again, and the dictionary to pack texts with, made from the first if need be."""
    first = next(batches, None)
    if first is None:
        return iter(()), dictionary
    if not dictionary and len(first) >= LEAST_SAMPLES:
        texts = []
        for place, item in enumerate(first[:_SAMPLES]):
            if isinstance(item, FileReference):
                try:
                    item = first[place] = read_document(item)
                except ArticleError:
                    continue
            article = item.article
            text = f"{article.title}{TITLE_END}{article.body}{TEXT_END}"
            units = text.encode("utf-16-le", "surrogatepass")
            texts.append(beginning(encode_fields(article)) + units)
        dictionary = train(texts, least=1)
    return chain([first], batches), dictionary


def _cores() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return cores or 1

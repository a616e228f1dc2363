"""The embedded engine, for reading: the segments of one commit in this folder, memory mapped."""

from __future__ import annotations

import math
import os
import time
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from searcher.backends.base import (
    Contribution,
    DocRef,
    StoredDocument,
    TopDocs,
    TopRequest,
    WeightedPlan,
)
from searcher.backends.local_frequencies import KnownFrequencies
from searcher.backends.local_segments import matcher_of, scorer_of
from searcher.errors import (
    IndexInvalidError,
    IndexOutdatedError,
    TimeLimitError,
    reporting_no_memory,
)
from searcher.lazy_numpy import numpy as np
from searcher.search.collect import (
    Collector,
    SegmentSearcher,
    TopDatesCollector,
    TopScoresCollector,
    base_of,
)
from searcher.search.match import SegmentMatcher
from searcher.store.container import DAMAGE
from searcher.store.lexicon_file import LexiconFile
from searcher.store.manifest import Manifest, latest_generation, read_manifest
from searcher.store.schema import MAX_SEGMENT_DOCUMENTS
from searcher.store.segment_reader import SegmentReader
from searcher.store.stored_documents import decode_fields
from searcher.text.lexicon import fingerprint, lexicon_files
from searcher.text.version import VERSION

if TYPE_CHECKING:
    from searcher.query.clauses import Clause, LiteralClause
    from searcher.results import Stats
    from searcher.sources import Source
    from searcher.text.analyser import Analyser

LEXICON_CHANGED = "the lexicon has changed since the index was built; run: searcher index"

OLDER_COMMIT = "the newest commit is not whole, so this is the one before; run: searcher index"

_FETCHED = "title_lengths", "dates", "utc_offsets", "lengths"
"""The columns of which a stored document has the values."""

# By a hash of what their lexicons add: indexes opened one after another share a dictionary.
_analysers: dict[str, Analyser] = {}


class LocalBackend:
    """One commit of an index folder; a :class:`~searcher.backends.base.ReadBackend`.

    It is also the :class:`~searcher.backends.base.Statistics` of its index. Serves one thread at a
    time. Raises IndexOutdatedError or IndexInvalidError.

    ``before``: an earlier commit of the folder that is open, whose segments are taken over where
    they are in this one, too. ``newest``: the newest generation of the folder, where that is not
    the one of ``manifest``, as it is not whole.
    """

    by_requests = False

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        before: LocalBackend | None = None,
        newest: int | None = None,
    ) -> None:
        if manifest.analysis != VERSION:
            raise IndexOutdatedError("the index was built by another version; run: searcher index")
        self.folder = folder
        self.manifest = manifest
        self.deadline = math.inf
        self._newest = manifest.generation if newest is None else newest
        self.notes: tuple[str, ...] = ()
        self.lexicon: LexiconFile
        self.folding: memoryview
        self._analyser: Analyser | None = None
        if before is not None and before.manifest.lexicon == manifest.lexicon:
            self.lexicon, self.folding = before.lexicon, before.folding
            self.notes = tuple(note for note in before.notes if note != OLDER_COMMIT)
            self._analyser = before._analyser
        else:
            user_files = filter(os.path.isfile, manifest.lexicon_files)
            if fingerprint(lexicon_files(user_files)) != manifest.lexicon:
                self.notes = (LEXICON_CHANGED,)
            self.lexicon = LexiconFile(folder / manifest.lexicon_name)
            self.folding = self.lexicon.folding()
        if self._newest > manifest.generation:
            self.notes += (OLDER_COMMIT,)
        # A cycle of references would keep the files open.
        statistics = weakref.proxy(self)
        opened = before.readers() if before else {}
        matchers: list[SegmentMatcher] = []
        for entry in manifest.segments:
            segment = opened.get(entry.id) or SegmentReader(folder / entry.file)
            segment.folding = self.folding
            matchers.append(matcher_of(segment, entry, statistics))
        self._frequencies = KnownFrequencies(matchers)
        self.documents = sum(matcher.living for matcher in matchers)
        length = sum(matcher.length_sum for matcher in matchers)
        self.average_length = length / self.documents if self.documents else 1.0
        average = self.average_length
        self.segments = [
            SegmentSearcher(base_of(place), matcher, scorer_of(matcher, average))
            for place, matcher in enumerate(matchers)
        ]

    def __len__(self) -> int:
        """The number of documents, without deleted ones."""
        return self.documents

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Errors in this context become ours.

        Those that damaged files cause become IndexInvalidError, a lack of memory
        NotEnoughMemoryError.
        """
        try:
            with reporting_no_memory("ask for less at once, or stop other programs"):
                yield
        except DAMAGE as error:
            if not self._damage():
                raise
            raise IndexInvalidError(
                "the index is damaged; run: searcher index --rebuild"
            ) from error

    def commit_name(self) -> str:
        """A text that names the commit; no other commit of the folder has it."""
        # An index that was removed and made anew counts from 1 again.
        segments = " ".join(entry.id for entry in self.manifest.segments)
        mark = zlib.crc32(f"{self.manifest.built} {segments}".encode())
        return f"{self.manifest.generation}-{mark:08x}"

    def readers(self) -> dict[str, SegmentReader]:
        """The opened segments by their ids."""
        pairs = zip(self.manifest.segments, self.segments, strict=True)
        return {entry.id: segment.matcher.segment for entry, segment in pairs}

    def is_current(self) -> bool:
        """Whether there is no newer commit."""
        return latest_generation(self.folder) == self._newest

    def is_whole(self) -> bool:
        """Whether no file has been cut since it was opened."""
        return all(matcher.segment.container.is_whole() for _, matcher, _ in self.segments)

    def close(self, successor: LocalBackend | None = None) -> None:
        """Let go of the files, but for those that a later commit has taken over."""
        taken = {matcher.segment for _, matcher, _ in successor.segments} if successor else set()
        for _, matcher, _ in self.segments:
            if matcher.segment not in taken:
                matcher.segment.close()
        if successor is None or successor.lexicon is not self.lexicon:
            self.lexicon.close()

    # Statistics

    def statistics(self, terms: Callable[[], Iterable[str]]) -> LocalBackend:  # noqa: ARG002 - as in the protocol
        """The frequencies of terms: looked up when asked for."""
        return self

    def term_df(self, term: str) -> int:
        """How many documents have a term."""
        return self._frequencies.term_df(term)

    def literal_df(self, clause: LiteralClause) -> int:
        """How many documents contain the string of a clause, its synonyms left aside."""
        return sum([one.matcher.literal_df(clause) for one in self.segments])

    def bigram_df(self, bigram: str) -> int:
        """How many documents have two adjacent UTF-16 units."""
        return self._frequencies.bigram_df(bigram)

    def look_up(self, clauses: Iterable[Clause] = (), bigrams: Iterable[str] = ()) -> None:
        """Look up terms and pairs of characters together, if there are many."""
        self._frequencies.look_up(clauses, bigrams)

    def lexicon_files(self) -> tuple[str, ...]:
        """The user's lexicon files that the index was built with, absolute."""
        return tuple(self.manifest.lexicon_files)

    def synonyms(self, folded: str) -> tuple[str, ...]:
        """All names of the thing with this folded name."""
        return self.lexicon.synonyms(folded)

    def analyser(self) -> Analyser:
        """The analyser with the lexicon of the index; loading it the first time takes 0.15 s."""
        if self._analyser is None:
            from searcher.store.kept_analyser import kept_analyser

            # What the manifest says of its lexicon need not be true.
            additions = self.lexicon.additions()
            digest = additions.digest()
            if digest not in _analysers:
                # The dictionaries of one lexicon after another would fill the memory.
                _analysers.clear()
                _analysers[digest] = kept_analyser(additions, self.manifest.engines)
            self._analyser = _analysers[digest]
        return self._analyser

    # Matching

    def expect(self, asked: Sequence[tuple[WeightedPlan, TopRequest]]) -> None:
        """Do nothing: what is asked for is found then."""

    def best(self, plan: WeightedPlan, request: TopRequest) -> TopDocs:
        """The best documents for a plan."""
        kind = TopScoresCollector if request.sort == "relevance" else TopDatesCollector
        top = kind(plan, request, len(self.segments), self._ids)
        for segment in self.segments:
            self._check_time()
            if not top.collect_best(segment):
                top.collect(segment, segment.matcher.docs(plan.plan))
        return TopDocs(top.top(), top.total)

    def count(self, clause: Clause) -> int:
        """How many documents match."""
        total = 0
        for segment in self.segments:
            self._check_time()
            total += segment.matcher.count(clause)
        return total

    def collect(self, clause: Clause, collectors: Sequence[Collector]) -> None:
        """Tell collectors of all documents that match."""
        for segment in self.segments:
            self._check_time()
            docs = segment.matcher.docs(clause)
            for collector in collectors:
                collector.collect(segment, docs)

    def _check_time(self) -> None:
        """Raise TimeLimitError when the deadline is past; asked before each step of a search."""
        if time.monotonic() > self.deadline:
            raise TimeLimitError("the answer takes longer than its time limit; ask for less")

    def match_set(self, plan: WeightedPlan, notes: tuple[str, ...]) -> None:
        """None: collectors are told of all matches."""

    def matches(self, ref: DocRef, clause: Clause) -> bool:
        """Whether a document matches."""
        segment, number = self._place(ref)
        return number in segment.matcher.docs(clause)

    def contributions(self, ref: DocRef, plan: WeightedPlan) -> list[Contribution]:
        """What the leaves of a plan add to the score of a document."""
        segment, number = self._place(ref)
        docs = np.array([number], np.intp)
        return [
            Contribution(leaf, name, kind, float(shares[0]))
            for leaf in range(len(plan.leaves))
            for name, kind, shares in segment.scorer.shares_of_leaf(leaf, docs, plan)
            if shares[0]
        ]

    # Documents

    def fetch(self, refs: Sequence[DocRef]) -> list[StoredDocument]:
        """The stored documents. Raises IndexInvalidError where one is damaged."""
        self._check_time()
        numbers: dict[int, list[int]] = {}
        for ref in refs:
            place, number = divmod(ref, MAX_SEGMENT_DOCUMENTS)
            numbers.setdefault(place, []).append(number)
        if len(numbers) == 1:
            return self._stored(*numbers.popitem())
        found: dict[DocRef, StoredDocument] = {}
        for place, mine in numbers.items():
            base = self.segments[place].base
            found.update(zip([base + n for n in mine], self._stored(place, mine), strict=True))
        return [found[ref] for ref in refs]

    def _stored(self, place: int, numbers: Sequence[int]) -> list[StoredDocument]:
        """The stored documents of one segment."""
        segment = self.segments[place].matcher.segment
        titles, dates, offsets, lengths = map(segment.viewed_column, _FETCHED)
        return [
            StoredDocument(raw, titles[n], dates[n], offsets[n], lengths[n])
            for n, raw in zip(numbers, segment.raws(numbers), strict=True)
        ]

    def locate(self, id_or_path: str) -> DocRef | None:
        """The document with an id, the beginning of one, or a path."""
        from searcher.backends.local_lookup import locate

        return locate(self, id_or_path)

    def refs(self) -> Iterator[DocRef]:
        """All documents, in the order of their segments."""
        for base, matcher, _ in self.segments:
            for doc in range(matcher.size):
                if matcher.is_alive(doc):
                    yield base + doc

    def terms(self, prefix: str) -> Iterator[tuple[str, int]]:
        """The terms that begin with a text, in order, with their document frequencies."""
        from searcher.backends.local_terms import terms_in_all

        return terms_in_all([matcher for _, matcher, _ in self.segments], prefix)

    def stats(self) -> Stats:
        """What is in the index."""
        from searcher.backends.local_stats import stats

        return stats(self)

    def sources(self) -> tuple[tuple[Source, int], ...]:
        """The sources of the index, and how many documents each has."""
        from searcher.backends.local_stats import sources

        return sources(self)

    def check(self) -> list[str]:
        """What is wrong with the index, one line each; reads all of it."""
        newer = [OLDER_COMMIT] if OLDER_COMMIT in self.notes else []
        return [*newer, *self._damage()]

    def _damage(self) -> list[str]:
        from searcher.backends.local_stats import check

        return check(self)

    def check_texts(self, sample: int | None) -> list[str]:
        """What the index says of its documents that their texts, analysed anew, do not."""
        from searcher.backends.text_check import check_texts

        return check_texts(self, sample)

    def _place(self, ref: DocRef) -> tuple[SegmentSearcher, int]:
        place, number = divmod(ref, MAX_SEGMENT_DOCUMENTS)
        return self.segments[place], number

    def _ids(self, refs: Sequence[DocRef]) -> list[str]:
        return [decode_fields(document.raw)[0] for document in self.fetch(refs)]


@reporting_no_memory("stop other programs, and try again")
def open_local(folder: Path, before: LocalBackend | None = None) -> LocalBackend:
    """Open the newest commit of a folder that is whole; ``before`` is an earlier one that is open.

    Raises IndexNotFoundError, IndexInvalidError, IndexOutdatedError or IndexUnreadableError.
    """
    for _ in range(10):
        generation = latest_generation(folder)
        try:
            return LocalBackend(folder, read_manifest(folder), before, generation)
        except IndexInvalidError:
            # Another process may have committed and removed what this one was opening.
            if latest_generation(folder) == generation:
                raise
    return LocalBackend(folder, read_manifest(folder), before)

"""A snapshot: the segments of one commit, opened for searching."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from searcher.errors import IndexInvalid, IndexOutdated, QueryError
from searcher.search.match import SegmentMatcher
from searcher.search.score import Scorer
from searcher.store.bitmap import read_bitmap
from searcher.store.container import DAMAGE
from searcher.store.lexicon_file import LexiconFile
from searcher.store.manifest import Manifest, latest_generation, read_manifest
from searcher.store.segment_reader import SegmentReader
from searcher.text.lexicon import fingerprint, lexicon_files
from searcher.text.version import VERSION

if TYPE_CHECKING:
    from searcher.text.analyser import Analyser

# By what a lexicon adds: indexes opened one after another share the dictionary.
_analysers: dict[str, Analyser] = {}

LEXICON_CHANGED = "the lexicon has changed since the index was built; run: searcher index"


class Snapshot:
    """The segments of one commit, opened."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        if manifest.analysis != VERSION:
            raise IndexOutdated("the index was built by another version; run: searcher index")
        self.manifest = manifest
        self.notes: tuple[str, ...] = ()
        self._own_analyser: Analyser | None = None
        if (
            fingerprint(lexicon_files(filter(os.path.isfile, manifest.lexicon_files)))
            != manifest.lexicon
        ):
            self.notes = (LEXICON_CHANGED,)
        self.segments: list[SegmentMatcher] = []
        for entry in manifest.segments:
            segment = SegmentReader(folder / entry.file)
            if len(segment) != entry.documents:
                raise IndexInvalid(f"{entry.file} is damaged; run: searcher index --rebuild")
            alive = ~read_bitmap(entry.deleted, entry.documents) if entry.deleted else None
            self.segments.append(SegmentMatcher(segment, alive))
        self.names = LexiconFile(folder / manifest.lexicon_name)
        for s in self.segments:
            s.segment.folding = self.names.folding()
        self.documents = sum(s.size for s in self.segments)
        words = sum(s.length_sum for s in self.segments)
        self.average = words / self.documents if self.documents else 1.0
        self.scorers = [Scorer(s, self.average) for s in self.segments]

    @contextmanager
    def sound(self) -> Iterator[None]:
        """Turn errors that damaged files cause into IndexInvalid."""
        try:
            yield
        except DAMAGE as error:
            from searcher.search.inspect import check

            if not check(self):
                raise
            raise IndexInvalid("the index is damaged; run: searcher index --rebuild") from error

    def locate(self, id_or_path: str) -> tuple[SegmentReader, int] | None:
        """The segment and number of the article with an id, the beginning of one, or a path."""
        matches: dict[str, tuple[SegmentReader, int]] = {}
        for s in self.segments:
            facet = s.segment.keywords["id"]
            first, stop = facet.terms.prefix(id_or_path.encode("utf-8", "surrogatepass"))
            for number in range(first, min(stop, first + 1000)):
                for document in facet.docs(number).tolist():
                    if s.alive is None or s.alive[document]:
                        matches[facet.terms.term(number).decode()] = s.segment, document
        if id_or_path in matches:
            return matches[id_or_path]
        if len(matches) > 1:
            some = ", ".join(sorted(matches)[:3])
            raise QueryError(f"several ids begin with {id_or_path!r} ({some} ...); give more of it")
        if matches:
            return next(iter(matches.values()))
        for s in self.segments:
            for document in range(s.size):
                if (s.alive is None or s.alive[document]) and s.segment.stored_fields(
                    document
                ).path == id_or_path:
                    return s.segment, document
        return None

    def analyser(self) -> Analyser:
        """The analyser with the lexicon of the index; loading it the first time takes 0.15 s."""
        if self._own_analyser is None:
            from searcher.text.analyser import Analyser

            # What the manifest says of its lexicon need not be true.
            digest = self.names.digest()
            if digest not in _analysers:
                # One lexicon after another would fill the memory with dictionaries.
                _analysers.clear()
                _analysers[digest] = Analyser(additions=self.names.additions())
            self._own_analyser = _analysers[digest]
        return self._own_analyser

    def knows(self, term: str) -> bool:
        """Whether any document has a word."""
        return any(s.find(term) >= 0 for s in self.segments)

    def close(self) -> None:
        """Let go of the files."""
        for s in self.segments:
            s.segment.close()
        self.names.close()


def open_snapshot(folder: Path) -> Snapshot:
    """Open the newest commit."""
    for _ in range(10):
        generation = latest_generation(folder)
        try:
            return Snapshot(folder, read_manifest(folder))
        except IndexInvalid:
            # Another process may have committed meanwhile and removed what this one was opening.
            if latest_generation(folder) == generation:
                raise
    return Snapshot(folder, read_manifest(folder))

"""Bringing an index up to date with its corpus: what there is to do, if anything.

Where nothing changed this is all that is loaded and done; else :mod:`searcher.write.sync`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searcher.errors import ArticleError, IndexMissing, IndexOutdated, QueryError
from searcher.ingest.walk import Problem
from searcher.store.manifest import Manifest, read_manifest, refuse_foreign
from searcher.text.lexicon import USER_FILE, fingerprint, lexicon_files
from searcher.text.version import VERSION
from searcher.write.listing import Listing, list_files

if TYPE_CHECKING:
    from searcher.article import Article


@dataclass(frozen=True, slots=True)
class Progress:
    """How far building has come.

    ``stage`` is "reading and segmenting", "writing" or "merging"; ``done`` of ``total`` articles,
    or of so many as are known by then.
    """

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
    if jobs is not None and jobs < 1:
        raise QueryError("jobs must be 1 or more")
    folder = Path(index)
    corpora = _folders(corpus)
    files = _lexicon_files(lexicon, corpora)
    refuse_foreign(folder)
    basis = IndexSettings(
        lexicon=fingerprint(lexicon_files(files)),
        files=tuple(str(file.resolve()) for file in files),
        engines=_engines(),
        roots=tuple(str(root.resolve()) for root in corpora or ()),
    )
    listing = list_files(corpora) if corpora is not None else None
    if listing is not None and not rebuild:
        previous = basis.previous(folder)
        if previous is not None and listing.digest and listing.digest == previous.listing:
            return _unchanged(listing, previous, time.perf_counter() - started)

    from searcher.write.sync import update

    # Articles are given where no folders are.
    items: Any = corpus if listing is None else listing
    return update(items, folder, basis, rebuild, jobs, on_progress or (lambda _: None), started)


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What an index is built by. With another one nothing of it can be kept.

    ``lexicon``: the hash of all lexicon files; ``files``: those of the user; ``engines``: versions
    of what cuts words; ``roots``: the corpus folders, absolute.
    """

    lexicon: str
    files: tuple[str, ...]
    engines: str
    roots: tuple[str, ...]

    def previous(self, folder: Path) -> Manifest | None:
        """The manifest to continue from; None where all must be built anew."""
        try:
            manifest = read_manifest(folder)
        except (IndexMissing, IndexOutdated):
            return None
        # Paths and revisions say something about the same folders only.
        then = manifest.analysis, manifest.lexicon, manifest.engines, manifest.roots
        if then != (VERSION, self.lexicon, self.engines, self.roots):
            return None
        needed = [manifest.lexicon_name, *(entry.file for entry in manifest.segments)]
        return manifest if all((folder / name).is_file() for name in needed) else None


def _unchanged(listing: Listing, manifest: Manifest, seconds: float) -> Report:
    skipped = len(manifest.skipped)
    return Report(
        added=0,
        changed=0,
        removed=0,
        unchanged=len(listing.files) - skipped,
        skipped=skipped,
        problems=(),
        seconds=seconds,
        committed=False,
    )


def _folders(corpus: Corpus) -> list[Path] | None:
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


def _engines() -> str:
    from importlib.metadata import PackageNotFoundError, version

    def described(name: str) -> str:
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            return f"no {name}"

    return ", ".join(map(described, ("jieba", "rjieba")))

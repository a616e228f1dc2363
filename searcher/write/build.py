"""``build_index``: whether a corpus has changed since its index was built, and if so, a sync.

Where nothing changed, no module is loaded but those imported here, which takes little time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searcher.backends.writing import IndexSettings, IndexState
from searcher.errors import ArticleError, QueryError
from searcher.store.manifest import refuse_foreign
from searcher.text.lexicon import USER_FILE, fingerprint
from searcher.text.lexicon import lexicon_files as all_lexicon_files
from searcher.text.version import VERSION
from searcher.write.commit import previous_commit
from searcher.write.listing import Listing, list_files
from searcher.write.report import Progress, Report

if TYPE_CHECKING:
    from searcher.article import Article
    from searcher.store.manifest import Manifest

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

    Raises IndexLockedError while another process writes, IndexInvalidError for a folder that holds
    something else, LexiconError, and ArticleError for a corpus folder that is not there.

    >>> build_index("corpus", "index").added  # doctest: +SKIP
    48
    """
    started = time.perf_counter()
    if jobs is not None and jobs < 1:
        raise QueryError("jobs must be 1 or more")
    folder = Path(index)
    corpora = _folders(corpus)
    lexicon_files = _lexicon_files(lexicon, corpora)
    refuse_foreign(folder)
    settings = IndexSettings(
        analysis=VERSION,
        lexicon=fingerprint(all_lexicon_files(lexicon_files)),
        engines=_engines(),
        roots=tuple(str(root.resolve()) for root in corpora or ()),
    )
    listing = list_files(corpora) if corpora is not None else None
    if listing is not None and not rebuild:
        previous = previous_commit(folder, settings)
        if previous is not None and listing.digest and listing.digest == previous.listing:
            return _unchanged(listing, previous, time.perf_counter() - started)

    from searcher.write.sync import update
    from searcher.write.writer import IndexWriter

    state = IndexState(
        settings,
        lexicon_files=tuple(str(file.resolve()) for file in lexicon_files),
        listing=listing.digest if listing else "",
    )
    notify = on_progress or (lambda _: None)
    cores = jobs or _cores()
    # Articles are given where no folders are.
    items: Any = corpus if listing is None else listing
    with IndexWriter(folder, lambda n: notify(Progress("merging", n, n)), cores) as writer:
        return update(
            writer,
            items,
            state,
            rebuild=rebuild,
            jobs=cores,
            notify=notify,
            started=started,
        )


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


def _cores() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return cores or 1

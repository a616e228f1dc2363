"""What an index is analysed with: the version, the lexicon files, the segmenters."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from searcher.backends.writing import IndexSettings, IndexState
from searcher.errors import IndexOutdatedError
from searcher.sources import Source
from searcher.store.manifest import read_manifest
from searcher.text.lexicon import USER_FILE, fingerprint
from searcher.text.lexicon import lexicon_files as all_lexicon_files
from searcher.text.version import VERSION
from searcher.write.commit import can_continue, known_commit, state_of

_INFO_FOLDER = re.compile(r"(\w+)-([\w.]+)\.dist-info")


def index_settings(lexicon_files: Iterable[Path]) -> IndexSettings:
    """The settings of an index with these lexicon files of the user.

    Raises LexiconError for a file that cannot be read.
    """
    return IndexSettings(
        analysis=VERSION,
        lexicon=fingerprint(all_lexicon_files(lexicon_files)),
        engines=_engines(),
    )


def find_lexicon_files(
    given: str | os.PathLike[str] | None, sources: Sequence[Source], before: Sequence[str] = ()
) -> list[Path]:
    """The user's lexicon files.

    That is the one that is given, or those that the index had ``before``, or the one beside the
    first folder.
    """
    if given is not None:
        return [Path(given)]
    kept = kept_files(before)
    if kept:
        return kept
    folders = [Path(source.where) for source in sources if source.kind == "folder"]
    beside = [folder.parent / USER_FILE for folder in folders[:1]]
    return [path for path in beside if path.is_file()]


def kept_files(paths: Iterable[str]) -> list[Path]:
    """Those of an index's lexicon files that are still there."""
    return [path for path in map(Path, paths) if path.is_file()]


def state_to_continue(folder: Path) -> IndexState:
    """The state of an index that is to be changed as it is; that of a new one where there is none.

    Raises IndexOutdatedError where it has to be built anew first, IndexInvalidError for a damaged
    one, LexiconError for a lexicon that cannot be read.
    """
    if known_commit(folder) is None:
        return IndexState(index_settings([]))
    # It may be of another version.
    manifest = read_manifest(folder)
    files = kept_files(manifest.lexicon_files)
    state = state_of(manifest)._replace(settings=index_settings(files))
    if not can_continue(folder, manifest, state.settings):
        raise IndexOutdatedError(
            "the index was built with another version or lexicon; run: searcher index"
        )
    return state


def _engines() -> str:
    return ", ".join(map(_described, ("jieba", "rjieba")))


def _described(package: str) -> str:
    """Name and version of a package; "no ..." where it is not installed."""
    from importlib.util import find_spec

    # importlib.metadata takes 0.03 s to import: most packages have their version beside them, in
    # the name of a folder.
    spec = find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        with suppress(OSError):
            for name in os.listdir(os.path.dirname(folder)):  # noqa: PTH120, PTH208 - fast
                found = _INFO_FOLDER.fullmatch(name)
                if found and found.group(1) == package:
                    return f"{package} {found.group(2)}"
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"

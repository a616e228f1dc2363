"""Commits: the one to continue from, making the next, removing what none needs."""

from __future__ import annotations

from pathlib import Path

from searcher.backends.writing import IndexSettings, IndexState
from searcher.errors import (
    IndexFolderError,
    IndexInvalidError,
    IndexLockedError,
    IndexNotFoundError,
    IndexOutdatedError,
    IndexUnwritableError,
)
from searcher.ingest.walk import Problem
from searcher.store.file_errors import unreadable_file
from searcher.store.manifest import (
    NAME,
    OWN_FILES,
    Manifest,
    encode_manifest,
    latest_generation,
    read_manifest,
)
from searcher.write.durable import is_gone, remove, sync_folder, unwritable, write_file
from searcher.write.lock import write_lock

_TRIES_AGAIN = "the next run tries again"


def previous_commit(folder: Path, settings: IndexSettings) -> Manifest | None:
    """The manifest of the newest commit, where an index with these settings can continue from it.

    None where there is no index, or one of another version or with other settings, or where files
    of it are missing. Raises IndexInvalidError for a damaged manifest.
    """
    try:
        manifest = read_manifest(folder)
    except (IndexNotFoundError, IndexOutdatedError):
        return None
    return manifest if can_continue(folder, manifest, settings) else None


def is_newest(folder: Path, manifest: Manifest) -> bool:
    """Whether there is no newer commit, as there is where that one is not whole."""
    return latest_generation(folder) == manifest.generation


def can_continue(folder: Path, manifest: Manifest, settings: IndexSettings) -> bool:
    """Whether an index with these settings can go on from a commit, and all its files are there."""
    if settings_of(manifest) != settings:
        return False
    return all((folder / name).is_file() for name in manifest.files)


def known_commit(folder: Path, *, or_damaged: bool = False) -> Manifest | None:
    """The manifest of the newest commit, also of another version; None where there is none.

    Raises IndexInvalidError for a damaged one, unless it is taken for none (``or_damaged``).
    """
    try:
        return read_manifest(folder, any_version=True)
    except (IndexNotFoundError, IndexOutdatedError):
        return None
    except IndexInvalidError:
        if or_damaged:
            return None
        raise


def living_documents(manifest: Manifest) -> int:
    """How many documents a commit has."""
    return sum(
        entry.documents - int.from_bytes(entry.deleted, "little").bit_count()
        for entry in manifest.segments
    )


def settings_of(manifest: Manifest) -> IndexSettings:
    """The settings that a commit was made with."""
    return IndexSettings(
        analysis=manifest.analysis,
        lexicon=manifest.lexicon,
        engines=manifest.engines,
    )


def state_of(manifest: Manifest) -> IndexState:
    """What a commit keeps besides the documents."""
    return IndexState(
        settings=settings_of(manifest),
        lexicon_files=manifest.lexicon_files,
        sources=manifest.sources,
        removed=manifest.removed,
        skipped=manifest.skipped,
    )


def commit(folder: Path, manifest: Manifest) -> list[Problem]:
    """Make a manifest the newest commit, and remove the files that it does not need.

    The segments and the lexicon file must be on the disk. Returns what cannot be removed.

    Raises IndexUnwritableError; see :func:`publish`.
    """
    publish(folder, manifest)
    return remove_unused(folder, manifest)


def publish(folder: Path, manifest: Manifest) -> None:
    """Make a manifest the newest commit.

    Whenever the power fails, the newest table of contents on the disk stands for a commit that is
    there as a whole.

    Raises IndexUnwritableError. The commit is then not made, with one exception: where the last
    step fails, it can be read, and the one before it is still there (see :func:`is_published`).
    """
    # Where nothing changed, numpy is not needed.
    from searcher.whoosh_index.toc import encode_toc

    try:
        write_file(folder / manifest.file, encode_manifest(manifest))
        try:
            # Now everything that the table of contents stands for has to be on the disk.
            sync_folder(folder)
        except OSError as error:
            raise unwritable(folder, error) from error
        write_file(folder / manifest.toc_file, encode_toc(folder, manifest))
    except BaseException:
        if not is_published(folder, manifest):
            remove(folder / manifest.file)
        raise
    try:
        sync_folder(folder)
    except OSError as error:
        raise IndexUnwritableError(
            f"cannot bring {folder} to the disk: {error.strerror or error}; what was done can be "
            "searched, but a power failure may undo it, so what was there before is kept; "
            "run: searcher index"
        ) from error


def is_published(folder: Path, manifest: Manifest) -> bool:
    """Whether a manifest has its table of contents, or may have it."""
    return not is_gone(folder / manifest.toc_file)


def unused_files(folder: Path, manifest: Manifest | None) -> list[Path]:
    """The files of older generations, and what a killed process left behind.

    Raises IndexUnreadableError where the system does not let us see what is there.
    """
    keep = {f"{NAME}_WRITELOCK"}
    if manifest:
        keep |= {manifest.file, manifest.toc_file, *manifest.files}
    try:
        found = list(folder.iterdir())
    except OSError as error:
        raise unreadable_file(folder, error) from error
    return [
        path
        for path in found
        if path.name not in keep and (OWN_FILES.fullmatch(path.name) or _is_temporary(path))
    ]


def _is_temporary(path: Path) -> bool:
    return path.name.startswith(f"_{NAME}_") and path.suffix not in (".toc", ".json")


def remove_unused(folder: Path, manifest: Manifest | None) -> list[Problem]:
    """Remove files that a commit does not need; returns what cannot be removed.

    The commit must be on the disk.
    """
    try:
        unused = unused_files(folder, manifest)
    except IndexFolderError as error:
        return [Problem(str(folder), f"{error}; {_TRIES_AGAIN}")]
    return [problem for path in unused for problem in _remove(path)]


def _remove(path: Path) -> list[Problem]:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        what = f"cannot be removed: {error.strerror or error}; {_TRIES_AGAIN}"
        return [Problem(str(path), what)]
    return []


def remove_leftovers(folder: Path) -> list[Problem]:
    """Remove what killed runs left behind; returns what cannot be removed.

    The caller holds the lock. Where it is not certain what the newest commit needs, because it is
    damaged or of another version, nothing is removed: the next commit does that.

    Raises IndexUnreadableError, or IndexUnwritableError.
    """
    try:
        manifest = read_manifest(folder)
    except IndexNotFoundError:
        return remove_unused(folder, None)
    except (IndexInvalidError, IndexOutdatedError):
        return []
    if not is_newest(folder, manifest) or not unused_files(folder, manifest):
        return []
    try:
        # The process that made the newest commit may have been killed before this was done.
        sync_folder(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    return remove_unused(folder, manifest)


def remove_leftovers_if_free(folder: Path, manifest: Manifest) -> list[Problem]:
    """The same for a caller without the lock, unless another process writes."""
    try:
        if not unused_files(folder, manifest):
            return []
        with write_lock(folder):
            return remove_leftovers(folder)
    except IndexLockedError:
        return []
    except IndexFolderError as error:
        return [Problem(str(folder), f"files that are not needed cannot be removed: {error}")]

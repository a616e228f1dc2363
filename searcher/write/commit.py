"""Commits: the lock, the one to continue from, making the next, removing what none needs."""

from __future__ import annotations

import os
from pathlib import Path

from searcher.backends.writing import IndexSettings, IndexState
from searcher.errors import (
    IndexInvalidError,
    IndexNotFoundError,
    IndexOutdatedError,
)
from searcher.store.manifest import NAME, OWN_FILES, Manifest, encode_manifest, read_manifest


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


def can_continue(folder: Path, manifest: Manifest, settings: IndexSettings) -> bool:
    """Whether an index with these settings can go on from a commit, and all its files are there."""
    if settings_of(manifest) != settings:
        return False
    needed = [manifest.lexicon_name, *(entry.file for entry in manifest.segments)]
    return all((folder / name).is_file() for name in needed)


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


def commit(folder: Path, manifest: Manifest) -> None:
    """Make a manifest the newest commit, and remove the files that it does not need."""
    # Where nothing changed, numpy is not needed.
    from searcher.whoosh_index.toc import write_toc

    target = folder / manifest.file
    temporary = target.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(encode_manifest(manifest))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    write_toc(folder, manifest)
    _sync(folder)
    remove_unused(folder, manifest)


def remove_unused(folder: Path, manifest: Manifest | None) -> None:
    """Remove the files of older generations, and what a killed process left behind."""
    keep = {f"{NAME}_WRITELOCK"}
    if manifest:
        keep |= {manifest.file, manifest.toc_file, manifest.lexicon_name}
        keep |= {entry.file for entry in manifest.segments}
    for path in folder.iterdir():
        temporary = path.name.startswith(f"_{NAME}_") and path.suffix not in (".toc", ".json")
        if path.name not in keep and (OWN_FILES.fullmatch(path.name) or temporary):
            path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Bring the folder's list of files to the disk, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)

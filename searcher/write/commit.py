"""Making a commit: the manifest, the table of contents, and what no commit needs any more."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from searcher.errors import IndexInvalid, IndexLocked
from searcher.store.manifest import NAME, OWN_FILES, Manifest, checksum


def commit(folder: Path, manifest: Manifest) -> None:
    """Make a manifest the newest commit, and remove the files that it no longer needs."""
    from searcher.whoosh_index.codec import write_toc

    data = asdict(manifest)
    for entry in data["segments"]:
        entry["deleted"] = b64encode(entry["deleted"]).decode()
    data["crc"] = checksum(json.loads(json.dumps(data)))
    target = folder / f"_{NAME}_{manifest.generation}.json"
    temporary = target.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    write_toc(folder, manifest)
    _sync(folder)
    remove_unused(folder, manifest)


def remove_unused(folder: Path, manifest: Manifest | None) -> None:
    """Remove what no commit needs: older generations, and what a killed run left behind."""
    keep = {f"{NAME}_WRITELOCK"}
    if manifest:
        keep |= {entry.file for entry in manifest.segments} | {manifest.lexicon_name}
        keep |= {f"_{NAME}_{manifest.generation}.{kind}" for kind in ("toc", "json")}
    for path in folder.iterdir():
        temporary = path.name.startswith(f"_{NAME}_") and path.suffix not in (".toc", ".json")
        if path.name not in keep and (OWN_FILES.fullmatch(path.name) or temporary):
            path.unlink(missing_ok=True)


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Hold Whoosh's lock of the index. Raises IndexLocked while another process has it."""
    from whoosh.filedb.filestore import FileStorage

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileStorage(str(folder)).lock(f"{NAME}_WRITELOCK")
        acquired = lock.acquire(blocking=False)
    except OSError as error:
        raise IndexInvalid(f"cannot write to {folder}: {error.strerror}") from error
    if not acquired:
        raise IndexLocked(f"another process is writing to {folder}; wait until it is done")
    try:
        yield
    finally:
        lock.release()


def _sync(folder: Path) -> None:
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

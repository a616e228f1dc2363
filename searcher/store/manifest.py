"""The manifest: what an index consists of at one commit, and how a commit is made.

Each commit writes ``_MAIN_<generation>.json`` (this) and then ``_MAIN_<generation>.toc`` (Whoosh's
table of contents, whose appearance is the commit). Readers take the newest generation that has
both and never unpickle anything. Files of older generations are removed after the commit; readers
that have them open keep them.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from searcher.errors import IndexInvalid, IndexMissing, IndexOutdated

FORMAT = 3
"""Raised when the files change so that older programs cannot read them."""

NAME = "MAIN"
_TOC = re.compile(rf"_{NAME}_([0-9]{{1,12}})\.toc")
OWN_FILES = re.compile(rf"_?{NAME}_[0-9A-Za-z_]+\.(?:toc|json|seg|lex|body)|{NAME}_WRITELOCK")
_SEGMENT_ID = re.compile(r"[0-9a-z]{1,32}")
_FINGERPRINT = re.compile(r"[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment of the index: its id, documents in its file, and a bitmap of those deleted."""

    id: str
    documents: int
    deleted: bytes = b""

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{NAME}_{self.id}.seg"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be read as an article: not tried again until it changes."""

    path: str
    revision: int
    size: int
    message: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of an index.

    ``built`` is ISO 8601; ``roots`` are the corpus folders, absolute; ``listing`` is the hash of
    their files' names and revisions, empty where there is none.
    """

    generation: int
    analysis: str
    lexicon: str
    lexicon_files: tuple[str, ...] = ()
    engines: str = ""
    built: str = ""
    roots: tuple[str, ...] = ()
    listing: str = ""
    segments: tuple[SegmentEntry, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    format: int = field(default=FORMAT)

    @property
    def lexicon_name(self) -> str:
        """The name of the file with the names of the lexicon."""
        return f"{NAME}_lexicon_{self.lexicon}.lex"


def latest_generation(folder: Path) -> int:
    """The generation of the newest commit, or -1."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return -1
    return max((int(m[1]) for name in names if (m := _TOC.fullmatch(name))), default=-1)


def refuse_foreign(folder: Path) -> None:
    """Raise IndexInvalid for a folder that holds something else than an index of ours."""
    generation = latest_generation(folder)
    if generation < 0:
        if folder.is_dir() and any(folder.iterdir()) and not _only_ours(folder):
            raise IndexInvalid(f"{folder} is not an index; choose another folder with --index")
    elif not any(folder.glob(f"_{NAME}_*.json")):
        raise IndexInvalid(
            f"{folder} holds an index of another program; choose another folder with --index"
        )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the newest commit.

    Raises IndexMissing, IndexInvalid, or IndexOutdated for another format's.
    """
    refuse_foreign(folder)
    generation = latest_generation(folder)
    if generation < 0:
        raise IndexMissing(f"there is no index in {folder}; run: searcher index")
    try:
        data = json.loads((folder / f"_{NAME}_{generation}.json").read_bytes())
        if data.pop("crc") != checksum(data):
            raise ValueError("checksum")
        manifest = _manifest(data)
        if manifest.generation != generation:
            raise ValueError("generation")
        return manifest
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexInvalid(
            f"the index in {folder} is damaged; run: searcher index --rebuild"
        ) from error


def _manifest(data: dict[str, Any]) -> Manifest:
    if data["format"] != FORMAT:
        raise IndexOutdated("the index was built by another version; run: searcher index")
    segments = tuple(map(_segment_entry, data["segments"]))
    if len({entry.id for entry in segments}) < len(segments):
        raise ValueError("segment twice")
    datetime.fromisoformat(data["built"])
    if not _FINGERPRINT.fullmatch(data["lexicon"]):
        raise ValueError("lexicon")
    return Manifest(
        generation=int(data["generation"]),
        analysis=str(data["analysis"]),
        lexicon=data["lexicon"],
        lexicon_files=tuple(map(str, data["lexicon_files"])),
        engines=str(data["engines"]),
        built=str(data["built"]),
        roots=tuple(map(str, data["roots"])),
        listing=str(data["listing"]),
        segments=segments,
        skipped=tuple(Skipped(**entry) for entry in data["skipped"]),
    )


def _segment_entry(data: dict[str, Any]) -> SegmentEntry:
    documents = data["documents"]
    deleted = b64decode(data["deleted"], validate=True)
    # The name becomes a file's name: nothing may lead out of the folder.
    if not _SEGMENT_ID.fullmatch(data["id"]):
        raise ValueError("segment id")
    if type(documents) is not int or not 0 <= documents <= 1 << 16:
        raise ValueError("documents")
    if deleted and len(deleted) != (documents + 7) // 8:
        raise ValueError("deleted")
    return SegmentEntry(data["id"], documents, deleted)


def checksum(data: dict[str, Any]) -> int:
    """The CRC-32 of a manifest's JSON object, keys sorted, without its own "crc"."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def _only_ours(folder: Path) -> bool:
    # `.gitkeep` and the like are no content; what a killed first run left is ours.
    return all(path.name.startswith((".", f"_{NAME}_", f"{NAME}_")) for path in folder.iterdir())

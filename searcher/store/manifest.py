"""The manifest: a JSON file for each commit that says what the index consists of.

A commit writes ``_MAIN_<generation>.json`` (the manifest), then ``_MAIN_<generation>.toc``
(Whoosh's table of contents), whose appearance makes it the newest one. Readers take the newest
generation that has a table of contents, a sound manifest, and all the files that this one names;
they never unpickle anything. The files of older generations are removed after the commit; readers
that have them open keep them.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from searcher.errors import IndexInvalidError, IndexNotFoundError, IndexOutdatedError
from searcher.lazy_pattern import compile_late
from searcher.regular_file import read_regular
from searcher.sources import MAX_SOURCES, Selection, Source, SourceKind
from searcher.store.file_errors import unreadable_file
from searcher.store.schema import FORMAT, MAX_SEGMENT_DOCUMENTS, fingerprint

if TYPE_CHECKING:
    from searcher.backends.writing import Skipped

MAX_MANIFEST_BYTES = 1 << 28
"""No more of a manifest is read: two million files that could not be read are in that."""

NAME = "MAIN"
"""Whoosh's name of the index, which the names of all its files contain."""
OWN_FILES = compile_late(rf"_?{NAME}_[0-9A-Za-z_]+\.(?:toc|json|seg|lex|tmp|body)|{NAME}_WRITELOCK")
"""Files of an index; ``.body`` files were written by early versions."""
_TOC = compile_late(rf"_{NAME}_([0-9]{{1,12}})\.toc")
_OF_US = compile_late(rf"_{NAME}_[0-9]{{1,12}}\.json|{NAME}_lexicon_[0-9a-f]{{1,64}}\.lex")
"""Files that no other program has in its indexes."""
_OUR_SEGMENT = b"SEARCHR"
"""Segment files of all versions begin with that."""
_SEGMENT_ID = compile_late(r"[0-9a-z]{1,32}")
_HEXADECIMAL = compile_late(r"[0-9a-f]{1,64}")


class SegmentEntry(NamedTuple):
    """A segment of a commit.

    ``id``: makes the name of its file; ``documents``: how many its file has, with the deleted
    ones; ``deleted``: a bitmap of those deleted, empty where there are none.
    """

    id: str
    documents: int
    deleted: bytes = b""

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{NAME}_{self.id}.seg"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One commit of an index.

    ``generation``: counts commits from 1. ``analysis``, ``lexicon`` and ``engines``: see
    :class:`searcher.backends.writing.IndexSettings`; ``lexicon_files``, ``sources``, ``removed``
    and ``skipped``: see :class:`searcher.backends.writing.IndexState`. ``built``: when, ISO 8601.
    """

    generation: int
    analysis: str
    lexicon: str
    lexicon_files: tuple[str, ...] = ()
    engines: str = ""
    built: str = ""
    sources: tuple[Source, ...] = ()
    removed: frozenset[int] = frozenset()
    segments: tuple[SegmentEntry, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def file(self) -> str:
        """The name of the manifest's file."""
        return f"_{NAME}_{self.generation}.json"

    @property
    def toc_file(self) -> str:
        """The name of the file with Whoosh's table of contents."""
        return f"_{NAME}_{self.generation}.toc"

    @property
    def lexicon_name(self) -> str:
        """The name of the lexicon file."""
        return f"{NAME}_lexicon_{self.lexicon}.lex"

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files with what is searched: the lexicon file and the segments."""
        return (self.lexicon_name, *(entry.file for entry in self.segments))


def generations(folder: Path) -> list[int]:
    """The generations that have a table of contents, the newest first.

    Raises IndexUnreadableError where the system does not let us see what is there.
    """
    found = (_TOC.fullmatch(name) for name in _names(folder))
    return sorted((int(match[1]) for match in found if match), reverse=True)


def latest_generation(folder: Path) -> int:
    """The newest generation that has a table of contents, or -1 where there is none.

    It need not be whole: see :func:`read_manifest`. Raises IndexUnreadableError where the system
    does not let us see what is there.
    """
    return max(generations(folder), default=-1)


def refuse_foreign(folder: Path) -> None:
    """Raise IndexInvalidError for a folder that holds something else than one of our indexes."""
    names = _names(folder)
    if not any(map(_TOC.fullmatch, names)):
        # Hidden files such as `.gitkeep` do not count; a killed first run leaves files without a
        # table of contents.
        if not all(name.startswith((".", f"_{NAME}_", f"{NAME}_")) for name in names):
            raise IndexInvalidError(f"{folder} is not an index; choose another folder with --index")
    elif not _is_ours(folder, names):
        raise IndexInvalidError(
            f"{folder} holds an index of another program; choose another folder with --index"
        )


def _names(folder: Path) -> list[str]:
    """The names of the files in a folder; none where there is no folder."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - names are all that is needed
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise unreadable_file(folder, error) from error


def _is_ours(folder: Path, names: list[str]) -> bool:
    """Whether a folder with a table of contents is ours, though its manifest may be gone."""
    if any(map(_OF_US.fullmatch, names)):
        return True
    for name in names:
        if name.startswith(f"{NAME}_") and name.endswith(".seg"):
            try:
                if read_regular(folder / name, len(_OUR_SEGMENT)) == _OUR_SEGMENT:
                    return True
            except OSError as error:
                raise unreadable_file(folder / name, error) from error
    return False


def encode_manifest(manifest: Manifest) -> bytes:
    """The contents of the manifest's file."""
    data: dict[str, Any] = {name: getattr(manifest, name) for name in manifest.__slots__}
    data |= {
        "format": FORMAT,
        "schema": fingerprint(),
        "segments": [
            {**entry._asdict(), "deleted": b64encode(entry.deleted).decode()}
            for entry in manifest.segments
        ],
        "sources": [
            {**source._asdict(), "selection": source.selection._asdict()}
            for source in manifest.sources
        ],
        "removed": _encode_removed(manifest.removed),
        "skipped": [skip._asdict() for skip in manifest.skipped],
    }
    data["crc32"] = checksum(json.loads(json.dumps(data)))
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")


def read_manifest(folder: Path, *, any_version: bool = False) -> Manifest:
    """The manifest of the newest commit that is whole.

    Where the newest one is damaged, or files of it are missing, an older one is taken if it is
    still there. Where none is whole, it is one whose manifest is sound: what is missing is then
    said when it is opened.

    ``any_version``: whether one of another format or schema is read, too, where that can be done:
    its sources are still true, its segments cannot be read.

    Raises IndexNotFoundError; IndexInvalidError; IndexOutdatedError for one of another format or
    schema; IndexUnreadableError where the system does not let us read it, as a newer commit may
    then be sound.
    """
    refuse_foreign(folder)
    incomplete: Manifest | None = None
    damage: IndexInvalidError | None = None
    for generation in generations(folder):
        try:
            manifest = _read_generation(folder, generation, any_version=any_version)
        except IndexInvalidError as error:
            damage = damage or error
            continue
        if all(_is_there(folder / name) for name in manifest.files):
            return manifest
        incomplete = incomplete or manifest
    if incomplete is not None:
        return incomplete
    raise damage or IndexNotFoundError(f"there is no index in {folder}; run: searcher index")


def _is_there(path: Path) -> bool:
    """Whether there is a file. Raises IndexUnreadableError where that cannot be told."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise unreadable_file(path, error) from error
    return True


def _read_generation(folder: Path, generation: int, *, any_version: bool) -> Manifest:
    """The manifest of one generation; see :func:`read_manifest`."""
    path = folder / f"_{NAME}_{generation}.json"
    try:
        data = json.loads(read_regular(path, MAX_MANIFEST_BYTES))
        current = data["format"] == FORMAT
        if not current and not any_version:
            raise _outdated()
        try:
            if data.pop("crc32") != checksum(data):
                raise ValueError("checksum")
            if data["schema"] != fingerprint() and not any_version:
                raise _outdated()
            manifest = _decode(data)
        except (ValueError, KeyError, TypeError, AttributeError):
            if current:
                raise
            raise _outdated() from None
        if manifest.generation != generation:
            raise ValueError("generation")
        return manifest
    except FileNotFoundError as error:
        raise IndexInvalidError(
            f"the manifest {path} is missing, and no older commit is whole; "
            "run: searcher index --rebuild"
        ) from error
    except OSError as error:
        raise unreadable_file(path, error) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexInvalidError(
            f"the index in {folder} is damaged: its manifest {path.name} is not as it was written, "
            "and no older commit is whole; run: searcher index --rebuild"
        ) from error


def _decode(data: dict[str, Any]) -> Manifest:
    segments = tuple(map(_decode_segment, data["segments"]))
    if len({entry.id for entry in segments}) < len(segments):
        raise ValueError("segment twice")
    datetime.fromisoformat(data["built"])
    # The lexicon's hash becomes part of a file's name: it must not lead out of the folder.
    if not _HEXADECIMAL.fullmatch(data["lexicon"]):
        raise ValueError("lexicon")
    return Manifest(
        generation=int(data["generation"]),
        analysis=str(data["analysis"]),
        lexicon=data["lexicon"],
        lexicon_files=tuple(map(str, data["lexicon_files"])),
        engines=str(data["engines"]),
        built=str(data["built"]),
        sources=_decode_sources(data["sources"]),
        removed=_decode_removed(data["removed"]) if data["removed"] else frozenset(),
        segments=segments,
        skipped=_decode_skipped(data["skipped"]) if data["skipped"] else (),
    )


def _decode_skipped(entries: list[dict[str, Any]]) -> tuple[Skipped, ...]:
    # A search does without this module, and most indexes have no such files.
    from searcher.backends.writing import Skipped

    return tuple(Skipped(**entry) for entry in entries)


def _decode_sources(entries: list[dict[str, Any]]) -> tuple[Source, ...]:
    sources = tuple(map(_decode_source, entries))
    if len({source.number for source in sources}) < len(sources):
        raise ValueError("source twice")
    if len({source.name for source in sources}) < len(sources):
        raise ValueError("name of a source twice")
    return sources


def _decode_source(data: dict[str, Any]) -> Source:
    number, kind = data["number"], data["kind"]
    if type(number) is not int or not 0 <= number < MAX_SOURCES:
        raise ValueError("number of a source")
    if kind not in get_args(SourceKind):
        raise ValueError("kind of a source")
    selection = data["selection"]
    return Source(
        number=number,
        name=str(data["name"]),
        kind=kind,
        where=str(data["where"]),
        prefix=str(data["prefix"]),
        selection=Selection(
            globs=tuple(map(str, selection["globs"])),
            excludes=tuple(map(str, selection["excludes"])),
            follow=bool(selection["follow"]),
        ),
        fields=tuple((str(ours), str(theirs)) for ours, theirs in data["fields"]),
        state=str(data["state"]),
    )


def _encode_removed(keys: frozenset[int]) -> str:
    return b64encode(struct.pack(f"<{len(keys)}Q", *sorted(keys))).decode()


def _decode_removed(text: str) -> frozenset[int]:
    data = b64decode(text, validate=True)
    if len(data) % 8:
        raise ValueError("removed")
    return frozenset(struct.unpack(f"<{len(data) // 8}Q", data))


def _decode_segment(data: dict[str, Any]) -> SegmentEntry:
    documents = data["documents"]
    deleted = b64decode(data["deleted"], validate=True)
    # The id becomes part of a file's name, too.
    if not _SEGMENT_ID.fullmatch(data["id"]):
        raise ValueError("segment id")
    if type(documents) is not int or not 0 <= documents <= MAX_SEGMENT_DOCUMENTS:
        raise ValueError("documents")
    if deleted and len(deleted) != (documents + 7) // 8:
        raise ValueError("deleted")
    return SegmentEntry(data["id"], documents, deleted)


def checksum(data: dict[str, Any]) -> int:
    """The CRC-32 of a manifest's JSON object without its "crc32", keys sorted."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def _outdated() -> IndexOutdatedError:
    return IndexOutdatedError("the index was built by another version; run: searcher index")

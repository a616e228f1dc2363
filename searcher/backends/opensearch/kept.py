"""What an index on OpenSearch keeps besides its articles: state, lexicon, dictionary, lock.

Behind the alias ``news`` each build has an index of its own, ``news.build-…``. Besides there is
``news.kept``, whose documents are named after the build that they belong to.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from searcher.backends.opensearch.mapping import LAYOUT
from searcher.backends.opensearch.transport import ServerRefusedError
from searcher.backends.writing import IndexSettings, IndexState, Skipped
from searcher.errors import IndexInvalidError, IndexNotFoundError, IndexOutdatedError
from searcher.sources import Selection, Source
from searcher.user_folders import cache_folder

if TYPE_CHECKING:
    from searcher.backends.opensearch.address import Address
    from searcher.backends.opensearch.transport import Transport

PROGRAM = "searcher"

DAMAGED = "the index on the cluster is damaged; run: searcher index --rebuild"


class Build(NamedTuple):
    """An index of articles, and what its mapping says of it.

    Attributes:
        name: of the index on the cluster.
        commit: a text that names the commit.
        built: when that was, ISO 8601.
        settings: what its documents are analysed with.
        lexicon_digest: a hash of its lexicon file.
        layout: the version of its fields.
    """

    name: str
    commit: str
    built: str
    settings: IndexSettings
    lexicon_digest: str
    layout: int = LAYOUT

    def meta(self) -> dict[str, Any]:
        """What the mapping keeps."""
        return {
            "program": PROGRAM,
            "layout": self.layout,
            "commit": self.commit,
            "built": self.built,
            "lexicon_digest": self.lexicon_digest,
            **self.settings._asdict(),
        }


def find_build(transport: Transport, address: Address) -> Build | None:
    """The build that an alias leads to; None where there is none.

    Raises IndexInvalidError where the name is that of something else.
    """
    try:
        found = transport.ask("GET", f"/{address.name}/_mapping")
    except ServerRefusedError as error:
        if error.status == 404:
            return None
        raise
    if len(found) != 1 or address.name in found:
        raise _foreign(address)
    ((index, body),) = found.items()
    return read_build(address, index, body)


def read_build(address: Address, index: str, body: Any) -> Build:
    """A build, of its mapping. Raises IndexInvalidError where it is no index of ours."""
    try:
        meta = body["mappings"]["_meta"]
        if meta["program"] != PROGRAM:
            raise _foreign(address)
        datetime.fromisoformat(meta["built"])
        settings = IndexSettings(*(str(meta[name]) for name in IndexSettings._fields))
        digest = str(meta["lexicon_digest"])
        return Build(index, str(meta["commit"]), meta["built"], settings, digest, meta["layout"])
    except (KeyError, TypeError, ValueError) as error:
        raise _foreign(address) from error


def readable_build(transport: Transport, address: Address, analysis: str) -> Build:
    """The build to search. Raises IndexNotFoundError, IndexInvalidError, IndexOutdatedError."""
    build = find_build(transport, address)
    if build is None:
        raise IndexNotFoundError(f"there is no index at {address}; run: searcher index")
    if build.layout != LAYOUT or build.settings.analysis != analysis:
        raise IndexOutdatedError("the index was built by another version; run: searcher index")
    return build


class Kept:
    """The documents of ``NAME.kept``, by the names that they have for one build."""

    def __init__(self, transport: Transport, address: Address) -> None:
        self._transport = transport
        self.index = f"{address.name}.kept"

    def prepare(self) -> None:
        """Make the index if there is none."""
        body = {
            "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
            "mappings": {"dynamic": False, "properties": {}},
        }
        try:
            self._transport.ask("PUT", f"/{self.index}", body)
        except ServerRefusedError as error:
            if error.kind != "resource_already_exists_exception":
                raise

    def read(self, name: str) -> dict[str, Any] | None:
        """A document as it was written last, with its version; None where there is none."""
        try:
            answer = self._transport.ask("GET", f"/{self.index}/_doc/{name}")
        except ServerRefusedError as error:
            if error.status == 404:
                return None
            raise
        version = {"_seq_no": answer["_seq_no"], "_primary_term": answer["_primary_term"]}
        return {**answer["_source"], **version}

    def write(self, name: str, body: dict[str, Any]) -> None:
        """Write a document."""
        self._transport.ask("PUT", f"/{self.index}/_doc/{name}", body, timeout=60)

    def create(self, name: str, body: dict[str, Any]) -> bool:
        """Write a document unless there is one; whether it was written."""
        return self._write_if(f"/{self.index}/_create/{name}", body)

    def replace(self, name: str, body: dict[str, Any], version: dict[str, Any]) -> bool:
        """Write a document in place of a version of it; whether that was still there."""
        condition = f"if_seq_no={version['_seq_no']}&if_primary_term={version['_primary_term']}"
        return self._write_if(f"/{self.index}/_doc/{name}?{condition}", body)

    def remove(self, name: str) -> None:
        """Remove a document, if there is one."""
        try:
            self._transport.ask("DELETE", f"/{self.index}/_doc/{name}")
        except ServerRefusedError as error:
            if error.status != 404:
                raise

    def _write_if(self, path: str, body: dict[str, Any]) -> bool:
        try:
            self._transport.ask("PUT", path, body, timeout=60)
        except ServerRefusedError as error:
            if error.status == 409:
                return False
            raise
        return True

    # What a build has

    def write_bytes(self, name: str, data: bytes) -> None:
        """Write bytes."""
        self.write(name, {"data": b64encode(data).decode("ascii")})

    def read_bytes(self, name: str) -> bytes | None:
        """The bytes that were written; None where there are none."""
        found = self.read(name)
        try:
            return None if found is None else b64decode(found["data"], validate=True)
        except (KeyError, ValueError, TypeError) as error:
            raise IndexInvalidError(DAMAGED) from error

    def write_state(self, index: str, state: IndexState) -> None:
        """Write what a commit keeps besides the documents."""
        self.write(f"{index}.state", {"state": encode_state(state)})

    def read_state(self, build: Build) -> IndexState:
        """What a commit keeps besides the documents."""
        found = self.read(f"{build.name}.state")
        if found is None:
            raise IndexInvalidError(DAMAGED)
        return decode_state(found["state"], build.settings)

    def lexicon(self, build: Build) -> Path:
        """The lexicon file of a build: fetched once, and kept for the next time."""
        folder = _cache_folder()
        path = folder / f"{build.lexicon_digest}.lex"
        with suppress(OSError):
            if digest_of(path.read_bytes()) == build.lexicon_digest:
                return path
        data = self.read_bytes(f"{build.name}.lexicon")
        if data is None or digest_of(data) != build.lexicon_digest:
            raise IndexInvalidError(DAMAGED)
        temporary = folder / f"{secrets.token_hex(8)}.tmp"
        temporary.write_bytes(data)
        temporary.replace(path)
        return path


def digest_of(data: bytes) -> str:
    """A hash of a file, 32 hexadecimal digits."""
    return blake2b(data, digest_size=16).hexdigest()


def encode_state(state: IndexState) -> str:
    """A state as JSON."""
    data = {
        "lexicon_files": state.lexicon_files,
        "sources": [
            {**source._asdict(), "selection": source.selection._asdict()}
            for source in state.sources
        ],
        "removed": sorted(state.removed),
        "skipped": [skip._asdict() for skip in state.skipped],
    }
    # In ASCII, as a path may have half characters.
    return json.dumps(data)


def decode_state(text: str, settings: IndexSettings) -> IndexState:
    """A state of its JSON. Raises IndexInvalidError where it is none."""
    try:
        data = json.loads(text)
        return IndexState(
            settings,
            tuple(map(str, data["lexicon_files"])),
            tuple(_source(source) for source in data["sources"]),
            frozenset(map(int, data["removed"])),
            tuple(Skipped(**skip) for skip in data["skipped"]),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise IndexInvalidError(DAMAGED) from error


def _source(data: dict[str, Any]) -> Source:
    selection = data["selection"]
    return Source(
        int(data["number"]), str(data["name"]), data["kind"], str(data["where"]),
        str(data["prefix"]),
        Selection(
            tuple(map(str, selection["globs"])), tuple(map(str, selection["excludes"])),
            bool(selection["follow"]),
        ),
        tuple((str(ours), str(theirs)) for ours, theirs in data["fields"]), str(data["state"]),
    )  # fmt: skip


def _foreign(address: Address) -> IndexInvalidError:
    return IndexInvalidError(
        f"{address.name} is no index of this program on the cluster; choose another name"
    )


def _cache_folder() -> Path:
    folder = Path(cache_folder()) / "lexicons"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="searcher-lexicons-"))

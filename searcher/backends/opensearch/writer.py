"""An index on OpenSearch, for writing: :class:`~searcher.backends.writing.WriteBackend`.

A new build goes into an index of its own, and becomes visible when the alias is switched. Changes
of the index that there is are kept here up to a limit, sent, and become visible by the refresh of
the commit: the index is never refreshed otherwise.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from searcher.backends.opensearch.bulk import send
from searcher.backends.opensearch.documents import DocumentMaker, Line
from searcher.backends.opensearch.ids import id_of, signed, unsigned
from searcher.backends.opensearch.kept import Build, Kept, digest_of, find_build
from searcher.backends.opensearch.lock import Lock
from searcher.backends.opensearch.mapping import LAYOUT, body_of_index
from searcher.backends.opensearch.session import PAGE, Session
from searcher.backends.opensearch.stored import document_of, raw_sample
from searcher.backends.opensearch.transport import WRITE_SECONDS, ServerRefusedError
from searcher.backends.writing import (
    Document,
    IndexedDocument,
    IndexSettings,
    IndexState,
    key_hash,
)
from searcher.errors import IndexUnavailableError
from searcher.ingest.walk import Problem
from searcher.store.lexicon_file import LexiconFile, write_lexicon_file
from searcher.store.stored_documents import DocumentDecoder, train_dictionary
from searcher.text.analyser import Analyser
from searcher.text.folding import fold
from searcher.text.lexicon import load_lexicon

if TYPE_CHECKING:
    from searcher.backends.opensearch.address import Address
    from searcher.backends.opensearch.transport import Transport

PARTS = "parts"
"""The document that names the build that several processes make."""

MAX_WAITING_BYTES = 64 << 20
"""The maximum size in bytes of changes that wait to be sent; of a new build a part of it."""

SHARDS_VARIABLE = "SEARCHER_OPENSEARCH_SHARDS"
"""Names the environment variable for the shards of a new build; by default one a node."""

_FIRST_SAMPLES = 512
_KNOWN_FIELDS = ("key", "revision", "contents", "origin")


class OpenSearchWriter:
    """Writes an index on OpenSearch; a context manager that holds the lock of the index."""

    def __init__(self, address: Address, transport: Transport) -> None:
        self._address = address
        self._transport = transport
        self._kept = Kept(transport, address)
        self._lock = Lock(self._kept)
        self._build: Build | None = None
        self._is_new = False
        self._is_sent = False
        self._maker: DocumentMaker | None = None
        self._analyser: Analyser | None = None
        self._dictionary: bytes | None = None
        # What is to be sent, by the ids of documents, in this order.
        self._waiting: dict[str, bytes | None] = {}
        self._waiting_bytes = 0
        # What differs from the last commit, by key hash.
        self._added: dict[int, tuple[str, IndexedDocument]] = {}
        self._deleted: set[int] = set()
        self._ids: dict[int, str] = {}
        self._refused: dict[str, str] = {}

    def __enter__(self) -> OpenSearchWriter:
        self._kept.prepare()
        self._lock.take()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if self._is_new and self._build is not None:
                self._forget_build(self._build.name)
            self._lock.release()
        except (IndexUnavailableError, ServerRefusedError):
            # The lock ends by itself, and the next build removes what is left.
            if kind is None:
                raise
        finally:
            self._transport.close()

    def start(
        self, settings: IndexSettings, lexicon_files: Sequence[str], *, rebuild: bool
    ) -> IndexState | None:
        """Continue from the newest commit, or begin a new build: see the protocol."""
        build = find_build(self._transport, self._address)
        can_continue = build is not None and build.layout == LAYOUT and build.settings == settings
        if build is not None and can_continue and not rebuild:
            self._build = build
            # A killed writer may have sent what no refresh has shown.
            self._refresh()
            return self._kept.read_state(build)
        self._begin_build(settings, lexicon_files)
        return None

    def _begin_build(self, settings: IndexSettings, lexicon_files: Sequence[str]) -> None:
        data = self._lexicon_file(lexicon_files)
        self._remove_abandoned()
        name = new_name(self._address)
        self._create(name, settings, data)
        self._is_new = True

    def _lexicon_file(self, lexicon_files: Sequence[str]) -> bytes:
        """The lexicon file of a new build. Raises LexiconError where files cannot be used."""
        lexicon = load_lexicon(lexicon_files)
        self._analyser = Analyser(lexicon)
        with tempfile.TemporaryDirectory(prefix="searcher-") as folder:
            path = Path(folder, "lexicon.lex")
            write_lexicon_file(path, lexicon, self._analyser.segmenter.additions)
            return path.read_bytes()

    def _create(self, name: str, settings: IndexSettings, lexicon: bytes) -> None:
        """Make the index of a new build, unless another process has made it."""
        built = datetime.now(timezone.utc).isoformat(timespec="seconds")
        build = Build(name, "none", built, settings, digest_of(lexicon))
        body = body_of_index(self._shards(), build.meta())
        try:
            self._transport.ask("PUT", f"/{name}", body, timeout=WRITE_SECONDS)
        except ServerRefusedError as error:
            if error.kind != "resource_already_exists_exception":
                raise
        self._build = build
        self._kept.write_bytes(f"{name}.lexicon", lexicon)

    def _shards(self) -> int:
        given = os.environ.get(SHARDS_VARIABLE, "")
        if given.isdecimal() and 0 < int(given) <= 1024:
            return int(given)
        health = self._transport.ask("GET", "/_cluster/health")
        return max(1, int(health["number_of_data_nodes"]))

    def indexed(self, keys: Collection[int] | None = None) -> dict[int, IndexedDocument]:
        """What is known of documents, by key hash: see the protocol."""
        found: dict[int, IndexedDocument] = {}
        for hit in self._known_hits(keys):
            numbers = hit["fields"]
            key = unsigned(int(numbers["key"][0]))
            if key in self._deleted or key in self._added:
                continue
            self._ids[key] = id_of(str(numbers["id"][0]))
            found[key] = IndexedDocument(*(int(numbers[name][0]) for name in _KNOWN_FIELDS[1:]))
        for key, (_, known) in self._added.items():
            if keys is None or key in keys:
                found[key] = known
        return found

    def _known_hits(self, keys: Collection[int] | None) -> Iterator[dict[str, Any]]:
        """The documents of the last commit with some key hashes, or all."""
        if self._is_new:
            return
        query: dict[str, Any] = {"match_all": {}}
        wanted = [] if keys is None else [*map(signed, keys)]
        for first in range(0, 1 if keys is None else len(wanted), PAGE):
            if keys is not None:
                query = {"terms": {"key": wanted[first : first + PAGE]}}
            body = {
                "query": query,
                "sort": [{"key": "asc"}],
                "docvalue_fields": [*_KNOWN_FIELDS, "id"],
                "stored_fields": "_none_",
            }
            with closing(self._session()) as session:
                for hits in session.pages(body):
                    yield from hits
                    self._renew()

    def paths(self, keys: Collection[int]) -> Iterator[tuple[int, str]]:
        """Key hash and path of documents of the last commit: see the protocol."""
        wanted = [*keys]
        for first in range(0, len(wanted), 500):
            some = [*map(signed, wanted[first : first + 500])]
            for document in self._documents({"terms": {"key": some}}):
                yield key_hash(document.key), document.article.path

    def below(self, path: str) -> Iterator[int]:
        """The key hashes of documents with this path or below it: see the protocol."""
        folded = fold(path.rstrip("/"))
        query: dict[str, Any] = {"match_all": {}}
        if folded:
            beginning = {"prefix": {"path": {"value": f"{folded}/"}}}
            query = {"bool": {"should": [{"term": {"path": folded}}, beginning]}}
        for document in self._documents(query):
            own = document.article.path
            if not folded or own == path or own.startswith(path.rstrip("/") + "/"):
                yield key_hash(document.key)

    def stored(self, sources: Collection[int]) -> Iterator[Document]:
        """The documents of some sources as they are stored: see the protocol."""
        build = find_build(self._transport, self._address)
        if sources and build is not None and build.layout == LAYOUT:
            yield from self._documents({"terms": {"origin": [*sources]}}, build.name)

    def _documents(self, query: dict[str, Any], index: str = "") -> Iterator[Document]:
        """The documents of a commit that match a filter."""
        if not index and (self._is_new or self._build is None):
            return
        name = index or (self._build.name if self._build else "")
        decoder = DocumentDecoder(self._kept.read_bytes(f"{name}.dictionary") or b"")
        body = {
            "query": query,
            "sort": [{"key": "asc"}],
            "stored_fields": ["raw"],
            "docvalue_fields": [*_KNOWN_FIELDS],
        }
        with closing(Session(self._transport, name)) as session:
            for hits in session.pages(body, 500):
                yield from (document_of(hit, decoder) for hit in hits)

    def delete(self, keys: Iterable[int]) -> None:
        """Delete the documents that there are so far: see the protocol."""
        wanted = set(keys)
        unknown = {key for key in wanted if key not in self._added and key not in self._ids}
        if unknown:
            self.indexed(unknown)
        for key in wanted:
            added = self._added.pop(key, None)
            id_ = added[0] if added else self._ids.get(key)
            if id_ is not None:
                self._wait(id_, None)
                self._deleted.add(key)

    def preparer(
        self,
        count: int,  # noqa: ARG002 - as in the protocol
        sample: Iterable[Document],
    ) -> Callable[[Sequence[Document]], list[Line]]:
        """What makes lines of batches: see the protocol."""
        if self._maker is None:
            dictionary = self._kept_dictionary()
            if dictionary is None:
                raw = [raw_sample(document) for document in islice(sample, _FIRST_SAMPLES)]
                dictionary = self._agree_on(train_dictionary(raw, min_samples=64))
            self._maker = DocumentMaker(self._loaded_analyser(), dictionary)
        return self._maker

    def _kept_dictionary(self) -> bytes | None:
        return self._kept.read_bytes(f"{self._name}.dictionary")

    def _agree_on(self, dictionary: bytes) -> bytes:
        """The dictionary of the build; another process may have made one a moment before."""
        body = {"data": b64encode(dictionary).decode("ascii")}
        if self._kept.create(f"{self._name}.dictionary", body):
            return dictionary
        return self._kept_dictionary() or b""

    @property
    def _name(self) -> str:
        if self._build is None:
            raise ValueError("call start first")
        return self._build.name

    def _loaded_analyser(self) -> Analyser:
        if self._analyser is None and self._build is not None:
            with closing(LexiconFile(self._kept.lexicon(self._build))) as file:
                self._analyser = Analyser(additions=file.additions().decode())
        if self._analyser is None:
            raise ValueError("call start first")
        return self._analyser

    def add(self, payload: list[Line]) -> None:
        """Add a batch of documents."""
        for line in payload:
            self._wait(line.id, line.data)
            self._added[line.key] = line.id, line.known
            self._deleted.discard(line.key)

    def _wait(self, id_: str, line: bytes | None) -> None:
        before = self._waiting.pop(id_, None)
        self._waiting[id_] = line
        self._waiting_bytes += len(line or b"") - len(before or b"")
        limit = MAX_WAITING_BYTES >> 3 if self._is_new else MAX_WAITING_BYTES
        if self._waiting_bytes > limit:
            self._send()

    def _send(self) -> None:
        self._renew()
        self._refused |= send(self._transport, self._name, self._waiting)
        self._is_sent = self._is_sent or bool(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0

    def commit(self, state: IndexState) -> list[Problem]:
        """Send what waits, and make it visible: see the protocol."""
        if self._build is None:
            raise ValueError("call start first")
        self._send()
        self._renew(now=True)
        self._refresh()
        self._build = self.publish(self._build, state)
        self._is_new = False
        self._added.clear()
        self._deleted.clear()
        self._ids.clear()
        return self._problems()

    def publish(self, build: Build, state: IndexState) -> Build:
        """Make what a build has the newest commit, which its mapping and the alias say."""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        build = build._replace(commit=secrets.token_hex(8), built=now)
        self._kept.write_state(build.name, state)
        body = {"_meta": build.meta()}
        self._transport.ask("PUT", f"/{build.name}/_mapping", body, timeout=WRITE_SECONDS)
        self._switch_alias(build)
        return build

    def _problems(self) -> list[Problem]:
        """What the cluster did not take since the last commit."""
        problems = [Problem(id_, reason) for id_, reason in self._refused.items()]
        self._refused.clear()
        return problems

    def _renew(self, *, now: bool = False) -> None:
        """Say that this writer still works."""
        self._lock.renew(now=now)

    def _refresh(self) -> None:
        answer = self._transport.ask("POST", f"/{self._name}/_refresh", timeout=WRITE_SECONDS)
        if answer["_shards"]["failed"]:
            raise IndexUnavailableError(
                "some shards of the index cannot be refreshed; see the health of the cluster, and "
                "run: searcher index"
            )

    def _switch_alias(self, build: Build) -> None:
        """Let the alias lead to a build; the one before is kept until the next one."""
        old = find_build(self._transport, self._address)
        if old is not None and old.name == build.name:
            return
        actions: list[dict[str, Any]] = [
            {"add": {"index": build.name, "alias": self._address.name}}
        ]
        if old is not None:
            actions.append({"remove": {"index": old.name, "alias": self._address.name}})
        self._transport.ask("POST", "/_aliases", {"actions": actions}, timeout=WRITE_SECONDS)

    def _remove_abandoned(self) -> None:
        """Remove builds that no alias leads to: abandoned ones, and the one before the last."""
        pattern = f"{self._address.name}.build-*"
        found = self._transport.ask("GET", f"/{pattern}/_alias")
        in_parts = self._kept.read(PARTS) or {}
        for index, body in found.items():
            if not body.get("aliases") and index != in_parts.get("name"):
                self._forget_build(index)

    def _forget_build(self, index: str) -> None:
        with suppress(ServerRefusedError):
            self._transport.ask("DELETE", f"/{index}", timeout=WRITE_SECONDS)
        for name in ("state", "lexicon", "dictionary"):
            self._kept.remove(f"{index}.{name}")

    def _session(self) -> Session:
        return Session(self._transport, self._name)


def new_name(address: Address) -> str:
    """A name for the index of a new build."""
    return f"{address.name}.build-{secrets.token_hex(6)}"

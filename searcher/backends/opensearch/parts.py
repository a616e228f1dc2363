"""A new index made by several processes at once, each of which takes a share of the articles.

They may run on different machines, which read the same sources. A document of ``NAME.kept`` names
the build that they make together; each leaves another one there when it has ended.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from types import TracebackType
from typing import TYPE_CHECKING

from searcher.backends.opensearch.building import list_sources
from searcher.backends.opensearch.kept import (
    Kept,
    decode_state,
    encode_state,
    find_build,
    read_build,
)
from searcher.backends.opensearch.transport import WRITE_SECONDS
from searcher.backends.opensearch.writer import PARTS, OpenSearchWriter, new_name
from searcher.backends.writing import IndexSettings
from searcher.errors import IndexNotFoundError, QueryError, SourceError
from searcher.write.report import Progress
from searcher.write.sync import SyncRun, update

if TYPE_CHECKING:
    from searcher.backends.opensearch.address import Address
    from searcher.backends.opensearch.transport import Transport
    from searcher.backends.writing import IndexState
    from searcher.ingest.walk import Problem
    from searcher.write.build import BuildRequest
    from searcher.write.report import Report

MAX_PARTS = 1000


class PartWriter(OpenSearchWriter):
    """Writes a part of a new build; does not hold the lock, as others write the same."""

    def __init__(
        self, address: Address, transport: Transport, number: int, of: int, sources: str
    ) -> None:
        super().__init__(address, transport)
        self._number, self._of, self._sources = number, of, sources

    def __enter__(self) -> PartWriter:
        self._kept.prepare()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A part that fails is made again, in the same build.
        self._transport.close()

    def start(
        self,
        settings: IndexSettings,
        lexicon_files: Sequence[str],
        *,
        rebuild: bool,  # noqa: ARG002 - as in the protocol
    ) -> None:
        """Begin the build, or join those who have."""
        data = self._lexicon_file(lexicon_files)
        mine = {
            "name": new_name(self._address),
            "of": self._of,
            "same": _digest(self._sources, *settings),
        }
        if not self._kept.create(PARTS, mine):
            found = self._kept.read(PARTS) or mine
            if (found["of"], found["same"]) != (mine["of"], mine["same"]):
                raise SourceError(
                    f"others make this index in {found['of']} parts, and of other sources or with "
                    "another version; wait for them, or drop theirs by searcher index --publish"
                )
            mine = found
        self._create(str(mine["name"]), settings, data)
        self._is_new = True

    def commit(self, state: IndexState) -> list[Problem]:
        """Send what waits, and say that this part has ended; the last one publishes all."""
        self._send()
        self._kept.write(
            f"{self._name}.part-{self._number}",
            {"state": encode_state(state), "settings": [*state.settings]},
        )
        states = _ended(self._kept, self._name, self._of)
        if len(states) == self._of:
            publish_build(self._address, self._transport, self._name, states)
        return self._problems()

    def _renew(self, *, now: bool = False) -> None:
        """Do nothing: there is no lock."""


def build_part(
    request: BuildRequest, address: Address, transport: Transport, started: float
) -> Report:
    """Make one part of a new index: see :func:`searcher.build_index`.

    Raises QueryError for a part that makes no sense; SourceError where others make another index.
    """
    number, of = request.part or (1, 1)
    if not 1 <= number <= of <= MAX_PARTS:
        raise QueryError(
            f"a part is a number and how many there are, as in 3/8, with at most {MAX_PARTS}"
        )
    known = find_build(transport, address)
    before = Kept(transport, address).read_state(known) if known else None
    state, read = request.planned(before)
    names = json.dumps([[source.number, source.name, source.kind] for source in state.sources])
    with PartWriter(address, transport, number, of, names) as writer:
        request.notify(Progress("listing", 0, 0))
        run = SyncRun(
            state=state,
            read=read,
            listings=list_sources(state, read),
            articles=request.articles,
            rebuild=True,
            replace=True,
            jobs=request.cores,
            notify=request.notify,
            share=lambda key: key % of == number - 1,
        )
        return update(writer, run, started)


def publish_parts(address: Address, transport: Transport) -> int:
    """Make visible what has been built, without the parts that have not ended.

    Returns how many articles that is. Raises IndexNotFoundError where no part has ended.
    """
    kept = Kept(transport, address)
    found = kept.read(PARTS) if transport.exists(f"/{kept.index}") else None
    states = _ended(kept, str(found["name"]), int(found["of"])) if found else []
    if found is None or not states:
        raise IndexNotFoundError(
            f"no part of a new index has ended for {address}; run: searcher index --part 1/2"
        )
    return publish_build(address, transport, str(found["name"]), states)


def publish_build(
    address: Address, transport: Transport, name: str, states: Sequence[IndexState]
) -> int:
    """Let the alias lead to a build; how many articles it has. Harmless when done twice."""
    kept = Kept(transport, address)
    transport.ask("POST", f"/{name}/_refresh", timeout=WRITE_SECONDS)
    skipped = {(skip.path, skip.source): skip for state in states for skip in state.skipped}
    merged = states[0]._replace(skipped=tuple(skipped.values()))
    body = transport.ask("GET", f"/{name}/_mapping")[name]
    build = read_build(address, name, body)
    writer = OpenSearchWriter(address, transport)
    writer.publish(build, merged)
    kept.remove(PARTS)
    return int(transport.ask("GET", f"/{name}/_count", timeout=WRITE_SECONDS)["count"])


def _ended(kept: Kept, name: str, of: int) -> list[IndexState]:
    """The states of the parts that have ended."""
    found = (kept.read(f"{name}.part-{number}") for number in range(1, of + 1))
    return [
        decode_state(one["state"], IndexSettings(*map(str, one["settings"])))
        for one in found
        if one is not None
    ]


def _digest(*texts: str) -> str:
    return blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=8).hexdigest()

"""Writing an index on OpenSearch: opened for changes, or brought up to date with its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searcher.backends.opensearch.kept import Kept, find_build
from searcher.backends.opensearch.mapping import LAYOUT
from searcher.backends.opensearch.transport import WRITE_SECONDS
from searcher.backends.opensearch.writer import OpenSearchWriter
from searcher.backends.writing import IndexState, WriteBackend
from searcher.errors import IndexOutdatedError
from searcher.write.listing import Listing, is_there, list_files
from searcher.write.report import Progress
from searcher.write.settings import index_settings, kept_files
from searcher.write.sync import SyncRun, update

if TYPE_CHECKING:
    from searcher.backends.opensearch.address import Address
    from searcher.backends.opensearch.transport import Transport
    from searcher.write.build import BuildRequest
    from searcher.write.report import Report


class ClusterWriter:
    """An index that is open for changes, and the state that it continues from."""

    def __init__(self, writer: OpenSearchWriter, state: IndexState) -> None:
        self.backend: WriteBackend[Any] = writer
        self.state = state
        self._writer = writer

    def close(self) -> None:
        """Let another writer begin; what was not committed is dropped."""
        self._writer.__exit__(None, None, None)


def open_for_changes(address: Address, transport: Transport) -> ClusterWriter:
    """Open an index for changes; where there is none, a new one begins.

    Raises IndexLockedError, IndexOutdatedError, IndexUnavailableError.
    """
    backend = OpenSearchWriter(address, transport)
    backend.__enter__()
    try:
        state = _state_to_continue(transport, address)
        backend.start(state.settings, state.lexicon_files, rebuild=False)
    except BaseException:
        backend.__exit__(None, None, None)
        raise
    return ClusterWriter(backend, state)


def _state_to_continue(transport: Transport, address: Address) -> IndexState:
    build = find_build(transport, address)
    if build is None:
        return IndexState(index_settings([]))
    known = Kept(transport, address).read_state(build)
    settings = index_settings(kept_files(known.lexicon_files))
    if build.layout != LAYOUT or build.settings != settings:
        raise IndexOutdatedError(
            "the index was built with another version or lexicon; run: searcher index"
        )
    return known


def build(request: BuildRequest, address: Address, transport: Transport, started: float) -> Report:
    """Bring an index up to date with its sources: see :func:`searcher.build_index`."""
    with OpenSearchWriter(address, transport) as writer:
        known = find_build(transport, address)
        before = None
        documents = 0
        if known is not None and known.layout == LAYOUT:
            before = Kept(transport, address).read_state(known)
            documents = _count(transport, known.name)
        state, read = request.planned(before)
        request.notify(Progress("listing", 0, 0))
        run = SyncRun(
            state=state,
            read=read,
            listings=list_sources(state, read),
            articles=request.articles,
            rebuild=request.rebuild,
            replace=request.mode == "replace",
            articles_before=documents,
            jobs=request.cores,
            notify=request.notify,
        )
        return update(writer, run, started)


def list_sources(state: IndexState, read: frozenset[int]) -> dict[int, Listing]:
    """The files of the sources that are read and are there, by the numbers of the sources."""
    return {
        source.number: list_files(source, None)
        for source in state.sources
        if source.number in read and source.kind in ("folder", "file") and is_there(source)
    }


def _count(transport: Transport, index: str) -> int:
    answer: dict[str, Any] = transport.ask("GET", f"/{index}/_count", timeout=WRITE_SECONDS)
    return int(answer["count"])

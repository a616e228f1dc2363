"""What the library asks of this engine: to open an index, to write one, to build one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searcher.backends.opensearch.address import Address, parse_address
from searcher.backends.opensearch.credentials import from_environment
from searcher.backends.opensearch.kept import Kept, find_build
from searcher.backends.opensearch.mapping import LAYOUT
from searcher.backends.opensearch.reader import OpenSearchBackend
from searcher.backends.opensearch.transport import WRITE_SECONDS, Transport
from searcher.backends.opensearch.writer import OpenSearchWriter
from searcher.backends.writing import IndexState
from searcher.errors import IndexOutdatedError
from searcher.write.listing import is_there, list_files
from searcher.write.report import Progress
from searcher.write.settings import index_settings, kept_files
from searcher.write.sync import SyncRun, update

if TYPE_CHECKING:
    from searcher.write.build import BuildRequest
    from searcher.write.report import Report


def open_reader(path: str, *, partial: bool = False) -> OpenSearchBackend:
    """Open an index for reading.

    Raises QueryError for what is no address; IndexNotFoundError, IndexInvalidError,
    IndexOutdatedError; IndexUnavailableError.
    """
    address, transport = _transport(path)
    try:
        return OpenSearchBackend(address, transport, partial=partial)
    except BaseException:
        transport.close()
        raise


class EngineWriter:
    """An index that is open for changes, and the state that it continues from."""

    def __init__(self, backend: OpenSearchWriter, state: IndexState) -> None:
        self.backend = backend
        self.state = state

    def close(self) -> None:
        """Let another writer begin; what was not committed is dropped."""
        self.backend.__exit__(None, None, None)


def open_writer(path: str) -> EngineWriter:
    """Open an index for changes; where there is none, a new one begins.

    Raises IndexLockedError, IndexOutdatedError, IndexUnavailableError.
    """
    address, transport = _transport(path)
    backend = OpenSearchWriter(address, transport)
    backend.__enter__()
    try:
        state = _state_to_continue(transport, address)
        backend.start(state.settings, state.lexicon_files, rebuild=False)
    except BaseException:
        backend.__exit__(None, None, None)
        raise
    return EngineWriter(backend, state)


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


def build(request: BuildRequest, path: str, started: float) -> Report:
    """Bring an index up to date with its sources: see :func:`searcher.build_index`."""
    address, transport = _transport(path)
    if request.part is not None:
        from searcher.backends.opensearch.parts import build_part

        return build_part(request, address, transport, started)
    with OpenSearchWriter(address, transport) as writer:
        known = find_build(transport, address)
        before = None
        documents = 0
        if known is not None and known.layout == LAYOUT:
            before = Kept(transport, address).read_state(known)
            documents = _count(transport, known.index)
        state, read = request.planned(before)
        request.notify(Progress("listing", 0, 0))
        run = SyncRun(
            state=state,
            read=read,
            listings={
                source.number: list_files(source, None)
                for source in state.sources
                if source.number in read and source.kind in ("folder", "file") and is_there(source)
            },
            articles=request.articles,
            rebuild=request.rebuild,
            replace=request.mode == "replace",
            articles_before=documents,
            jobs=request.cores,
            notify=request.notify,
        )
        return update(writer, run, started)


def publish(path: str) -> int:
    """Make visible what several processes have built; how many articles that is."""
    from searcher.backends.opensearch.parts import publish_parts

    address, transport = _transport(path)
    try:
        return publish_parts(address, transport)
    finally:
        transport.close()


def _count(transport: Transport, index: str) -> int:
    answer: dict[str, Any] = transport.ask("GET", f"/{index}/_count", timeout=WRITE_SECONDS)
    return int(answer["count"])


def _transport(path: str) -> tuple[Address, Transport]:
    address = parse_address(path)
    return address, Transport(address, from_environment())


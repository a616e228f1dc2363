"""What the library asks of this engine: to open an index, to write one, to build one.

What writes is imported only where something is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searcher.backends.opensearch.address import Address, parse_address
from searcher.backends.opensearch.answers import reading_answers
from searcher.backends.opensearch.credentials import from_environment
from searcher.backends.opensearch.reader import OpenSearchBackend
from searcher.backends.opensearch.transport import Transport, timeout_from_environment

if TYPE_CHECKING:
    from searcher.backends.opensearch.building import ClusterWriter


def open_reader(path: str, *, partial: bool = False) -> OpenSearchBackend:
    """Open an index for reading.

    Raises QueryError for what is no address; IndexNotFoundError, IndexInvalidError,
    IndexOutdatedError; IndexUnavailableError.
    """
    address, transport = _asked(path)
    try:
        with reading_answers():
            return OpenSearchBackend(address, transport, partial=partial)
    except BaseException:
        transport.close()
        raise


def open_writer(path: str) -> ClusterWriter:
    """Open an index for changes: see :func:`.building.open_for_changes`."""
    from searcher.backends.opensearch.building import open_for_changes

    address, transport = _asked(path)
    try:
        with reading_answers():
            return open_for_changes(address, transport)
    except BaseException:
        transport.close()
        raise


def build(request: Any, path: str, started: float) -> Any:
    """Bring an index up to date with its sources, or make a part of a new one.

    See :class:`searcher.engines.Engine`; what reads knows no module of ``searcher.write``.
    """
    address, transport = _asked(path)
    try:
        with reading_answers():
            if request.part is not None:
                from searcher.backends.opensearch.parts import build_part

                return build_part(request, address, transport, started)
            from searcher.backends.opensearch import building

            return building.build(request, address, transport, started)
    finally:
        transport.close()


def publish(path: str) -> int:
    """Make visible what several processes have built; how many articles that is."""
    from searcher.backends.opensearch.parts import publish_parts

    address, transport = _asked(path)
    try:
        return publish_parts(address, transport)
    finally:
        transport.close()


def _asked(path: str) -> tuple[Address, Transport]:
    address = parse_address(path)
    return address, Transport(address, from_environment(), timeout=timeout_from_environment())

"""A new index made by several processes at once, each of which takes a share of the articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searcher.backends.opensearch.address import Address
    from searcher.backends.opensearch.transport import Transport
    from searcher.write.build import BuildRequest
    from searcher.write.report import Report


def build_part(
    request: BuildRequest, address: Address, transport: Transport, started: float
) -> Report:
    """Make one part."""
    raise NotImplementedError


def publish_parts(address: Address, transport: Transport) -> int:
    """Publish."""
    raise NotImplementedError

"""Connections whose first request has to come in time."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from searcher.web.limits import MAX_HEAD_SECONDS


class TimelyProtocol(H11Protocol):
    """uvicorn's protocol, which would wait for the rest of a head for ever."""

    def connection_made(self, transport: Any) -> None:
        """Take a connection."""
        super().connection_made(transport)
        self._deadline = asyncio.get_running_loop().call_later(MAX_HEAD_SECONDS, self._close_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of it."""
        self._deadline.cancel()
        super().connection_lost(exc)

    def _close_idle(self) -> None:
        # It is set when the first head is complete.
        if not self.cycle:
            self.transport.close()

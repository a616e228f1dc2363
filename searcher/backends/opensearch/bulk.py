"""Sending documents: bulk requests whose every item is looked at, and tried again where refused."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from searcher.backends.opensearch.transport import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    WRITE_SECONDS,
    blocked,
    is_blocked,
)
from searcher.errors import IndexUnavailableError

if TYPE_CHECKING:
    from searcher.backends.opensearch.transport import Transport

BULK_BYTES = 5 << 20
"""The approximate size of a request in bytes."""

PATIENCE = 180.0
"""Seconds for which documents that are refused for the moment are sent again."""


def send(transport: Transport, index: str, waiting: Mapping[str, bytes | None]) -> dict[str, str]:
    """Send documents by their ids; None deletes one. Returns why some can never be stored.

    What is sent is stored on all copies when this returns. It may be sent again after an error.

    Raises IndexUnavailableError where the cluster does not store it.
    """
    refused: dict[str, str] = {}
    part: dict[str, bytes | None] = {}
    size = 0
    for id_, line in waiting.items():
        part[id_] = line
        size += 100 + len(line or b"")
        if size >= BULK_BYTES:
            refused |= _send_part(transport, index, part)
            part, size = {}, 0
    if part:
        refused |= _send_part(transport, index, part)
    return refused


def _send_part(
    transport: Transport, index: str, part: Mapping[str, bytes | None]
) -> dict[str, str]:
    waiting = dict(part)
    refused: dict[str, str] = {}
    deadline = time.monotonic() + PATIENCE
    pause = FIRST_PAUSE
    while waiting:
        answer = transport.ask(
            "POST", f"/{index}/_bulk", _lines(waiting), timeout=WRITE_SECONDS, patience=PATIENCE
        )
        again: dict[str, bytes | None] = {}
        reason = ""
        for (id_, line), item in zip(waiting.items(), answer["items"], strict=True):
            ((_, said),) = item.items()
            status = int(said["status"])
            if status < 300 or (line is None and status == 404):
                continue
            error = said.get("error") or {}
            reason = f"{error.get('type', '')}: {error.get('reason', '')}"
            if is_blocked(status, str(error.get("type", ""))):
                raise blocked(str(error.get("reason", "")))
            if status == 400 or status == 413:
                refused[id_] = reason
            else:
                again[id_] = line
        waiting = again
        if waiting and time.monotonic() > deadline:
            raise IndexUnavailableError(
                f"the cluster does not store {len(waiting)} articles: {reason}; "
                "see its health, and try again"
            )
        if waiting:
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
    return refused


def _lines(waiting: Mapping[str, bytes | None]) -> bytes:
    pieces: list[bytes] = []
    for id_, line in waiting.items():
        action = "delete" if line is None else "index"
        pieces.append(json.dumps({action: {"_id": id_}}, ensure_ascii=False).encode())
        if line is not None:
            pieces.append(line)
    return b"\n".join((*pieces, b""))

"""One writer at a time: a document that says who writes, and until when."""

from __future__ import annotations

import os
import secrets
import time
from typing import TYPE_CHECKING

from searcher.errors import IndexLockedError

if TYPE_CHECKING:
    from searcher.backends.opensearch.kept import Kept

SECONDS = 120.0
"""So long a lock holds that is not renewed: that of a process that was killed ends by itself.

Compared are the clocks of the machines that write, which should not differ by as much.
"""

RENEWED_AFTER = 20.0

_NAME = "lock"


class Lock:
    """The lock of an index; a writer holds it and renews it while it works."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._owner = f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(8)}"
        self._renewed = 0.0
        self._is_held = False

    def take(self) -> None:
        """Take the lock. Raises IndexLockedError where another writer has it."""
        if not self._kept.create(_NAME, self._body()):
            found = self._kept.read(_NAME)
            if found is not None:
                if found.get("owner") != self._owner and float(found["until"]) > time.time():
                    raise _locked(str(found.get("owner", "")))
                if not self._kept.replace(_NAME, self._body(), found):
                    raise _locked("")
        self._is_held = True
        self._renewed = time.monotonic()

    def renew(self, *, now: bool = False) -> None:
        """Say that the writer still works; ``now``: however short a time ago that was said last.

        Raises IndexLockedError where another one has taken its place.
        """
        if not now and time.monotonic() - self._renewed < RENEWED_AFTER:
            return
        found = self._kept.read(_NAME)
        if found is None or found.get("owner") != self._owner:
            self._is_held = False
            raise IndexLockedError(
                "this writer was silent for too long, and another one may have begun; "
                "run: searcher index"
            )
        if self._kept.replace(_NAME, self._body(), found):
            self._renewed = time.monotonic()

    def release(self) -> None:
        """Let another writer begin."""
        if self._is_held:
            self._is_held = False
            found = self._kept.read(_NAME)
            if found is not None and found.get("owner") == self._owner:
                self._kept.remove(_NAME)

    def _body(self) -> dict[str, object]:
        return {"owner": self._owner, "until": time.time() + SECONDS}


def _locked(owner: str) -> IndexLockedError:
    host = owner.partition(":")[0] or "another machine"
    return IndexLockedError(
        f"another process writes to the index (on {host}); wait until it has ended; "
        f"where it was killed, the index is free after {SECONDS:.0f} s"
    )

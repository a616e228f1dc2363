"""Engines that keep indexes elsewhere than in a folder: which one a path means.

The embedded engine is not among them. An engine is a module that is imported when a path asks for
it, so that whoever has a folder loads nothing of it.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from searcher.backends.base import ReadBackend
    from searcher.backends.writing import IndexState, WriteBackend

SCHEMES = {
    "opensearch://": "searcher.backends.opensearch.engine",
    "opensearch+https://": "searcher.backends.opensearch.engine",
}
"""What the paths of an engine begin with, and its module."""


class EngineWriter(Protocol):
    """What an engine writes an index with, and the state that it continues from."""

    backend: WriteBackend[Any]
    state: IndexState

    def close(self) -> None:
        """Let another writer begin; what was not committed is dropped."""


class Engine(Protocol):
    """What the module of an engine has."""

    def open_reader(self, path: str, *, partial: bool) -> ReadBackend:
        """Open an index for reading."""
        ...

    def open_writer(self, path: str) -> EngineWriter:
        """Open an index for changes; where there is none, a new one begins."""
        ...

    def build(self, request: Any, path: str, started: float) -> Any:
        """Bring an index up to date with its sources, and report.

        ``request``: a :class:`searcher.write.build.BuildRequest`; ``started``: the value of
        ``time.perf_counter`` from which the report counts.
        """

    def publish(self, path: str) -> int:
        """Make visible what several processes have built; how many articles that is."""
        ...


def engine_of(path: str | os.PathLike[str]) -> Engine | None:
    """The engine that a path means; None for a folder.

    >>> engine_of("index") is None
    True
    """
    if not isinstance(path, str) or "://" not in path:
        return None
    for scheme, module in SCHEMES.items():
        if path.startswith(scheme):
            return cast("Engine", import_module(module))
    return None


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether the path of an index is that of a folder, and not an address."""
    return not (isinstance(path, str) and path.startswith(tuple(SCHEMES)))

"""What building an index tells: its progress on the way, and a report at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searcher.ingest.walk import Problem


@dataclass(frozen=True, slots=True)
class Progress:
    """How far building has come.

    ``stage`` is "listing", "reading and segmenting", "writing" or "merging"; ``done`` of ``total``
    articles, or of as many as are known so far.
    """

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Report:
    """What building did.

    ``added``, ``changed``, ``removed``, ``unchanged``: articles. ``skipped``: files that could not
    be read as articles, now or earlier. ``problems``: those met this time. ``committed``: whether
    anything was written. ``left_out``: files that are no articles, by their endings.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    skipped: int
    problems: tuple[Problem, ...]
    seconds: float
    committed: bool
    left_out: tuple[tuple[str, int], ...] = ()

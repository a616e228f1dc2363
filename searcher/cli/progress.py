"""A progress bar on standard error, and nothing at all where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from searcher.cli.render import is_terminal

if TYPE_CHECKING:
    from rich.progress import TaskID

Advance = Callable[[str, int, int | None], None]
"""Called with a stage, how much of it is done, and how much there is (None: not known)."""

_SECONDS_BETWEEN = 0.05


def _nothing(stage: str, done: int, total: int | None) -> None:
    pass


@contextmanager
def bar(unit: str, *, wanted: bool = True) -> Iterator[Advance]:
    """Show how far the work in the ``with`` block is; ``unit`` says what is counted."""
    if not (wanted and is_terminal(sys.stderr)):
        yield _nothing
        return

    # Drawing takes longer to import than most searches run.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    drawing = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.fields[of]} " + unit),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    stages: dict[str, TaskID] = {}
    drawn = 0.0

    def advance(stage: str, done: int, total: int | None) -> None:
        nonlocal drawn
        now = time.monotonic()
        if stage in stages and done != total and now - drawn < _SECONDS_BETWEEN:
            return
        drawn = now
        if stage not in stages:
            stages[stage] = drawing.add_task(stage, total=total, of="?")
        drawing.update(
            stages[stage], completed=done, total=total, of="?" if total is None else total
        )

    with drawing:
        yield advance

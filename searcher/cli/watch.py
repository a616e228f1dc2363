"""``searcher index --watch``: the index follows its sources until it is told to stop."""

from __future__ import annotations

import signal
from threading import Event
from typing import Any

from searcher.cli.language import told, tr
from searcher.cli.render import safe, say


def follow_sources(index: str) -> int:
    """Follow the sources of an index; ends by Ctrl-C or SIGTERM when the last commit is done."""
    import searcher

    stop = Event()

    def end(number: int, _: Any) -> None:
        stop.set()
        # Whoever asks a second time does not want to wait.
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    say(tr("watching; Ctrl-C ends it"))
    for report in searcher.watch_index(index, stop=stop):
        for problem in report.problems:
            say(f"{safe(problem.path)}: {told(problem.message)}")
        if report.committed:
            say(
                tr(
                    "{added} added, {changed} changed, {removed} removed",
                    added=report.added,
                    changed=report.changed,
                    removed=report.removed,
                )
            )
    say(tr("stopped; the index has all that was told"))
    return 0

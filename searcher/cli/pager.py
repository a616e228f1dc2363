"""Long output goes through ``$PAGER``, or ``less``; short output goes straight to the terminal."""

import os
import sys
from collections.abc import Sequence


def paged(lines: Sequence[str]) -> bool:
    """Show ``lines`` with the pager; False where they fit on the screen or there is none."""
    pager = os.environ.get("PAGER", "less")
    return pager not in ("", "cat") and not _fits(lines) and _run(pager, lines)


def _fits(lines: Sequence[str]) -> bool:
    # One line more for the prompt that comes back afterwards; a terminal may not know its size.
    return len(lines) + 1 < (os.get_terminal_size(sys.stdout.fileno()).lines or 24)


def _run(pager: str, lines: Sequence[str]) -> bool:
    import shlex
    import signal
    import subprocess

    from searcher.cli.hyperlinks import without_links

    # As git does: unless told otherwise, less passes colours on (R), leaves the screen as it is
    # (X) and does not stay for what fits on it (F).
    environment = {"LESS": "RFX", "LV": "-c", **os.environ}
    sys.stdout.flush()
    text = "".join(f"{without_links(line)}\n" for line in lines)
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own choice
            shlex.split(pager), stdin=subprocess.PIPE, env=environment
        )
    except (OSError, ValueError):
        return False
    # Ctrl-C belongs to the pager as long as it runs.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.communicate(text.encode(errors="replace"))
    finally:
        signal.signal(signal.SIGINT, before)
    return True

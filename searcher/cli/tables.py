"""Tables of what all matches say: as CSV for programs, and bars for people."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence

from searcher.cli.records import speak_utf8
from searcher.cli.render import is_terminal, safe

BAR_WIDTH = 30
"""The columns of the longest bar."""

_EIGHTHS = " ▏▎▍▌▋▊▉"


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table to standard output, its header first; a terminal is not steered by it."""
    speak_utf8()
    on_terminal = is_terminal(sys.stdout)
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(header)
    for row in rows:
        table.writerow([safe(str(cell)) if on_terminal else cell for cell in row])


def bar(value: float, most: float, width: int = BAR_WIDTH) -> str:
    """A bar of block characters; the largest of all values has ``width`` columns.

    >>> bar(1, 2, 3)
    '█▌'
    """
    eighths = round(8 * width * value / most) if most else 0
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")

"""What UTF-16 units are to the analysis: a table, to look at whole texts by arrays."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from searcher.text.runs import HAN, NEAR_RUNS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

IS_HAN, IS_ALPHANUMERIC, IS_NEAR_RUNS = 1, 2, 4
"""Bits of a class: part of Han words; a letter or digit; what may stand in a run or behind one."""


@lru_cache(maxsize=1)
def unit_classes() -> NDArray[np.uint8]:
    """The class of each folded unit, uint8 (65536,), a sum of the bits above; takes 0.04 s."""
    import numpy as np

    han = _unit_table(re.compile(f"[{HAN}]"))
    alphanumeric = _unit_table(re.compile(rf"[^\W_{HAN}]"))
    near_runs = alphanumeric | _unit_table(re.compile(f"[{NEAR_RUNS}]"))
    classes = han * np.uint8(IS_HAN)
    classes += alphanumeric * np.uint8(IS_ALPHANUMERIC)
    classes += near_runs * np.uint8(IS_NEAR_RUNS)
    return classes


def _unit_table(character: re.Pattern[str]) -> NDArray[np.bool_]:
    """Which UTF-16 units an expression for one character matches: bool (65536,)."""
    import numpy as np

    table = np.zeros(0x10000, bool)
    runs = re.compile(f"(?:{character.pattern})+")
    for first, stop in ((0, 0xD800), (0xE000, 0x10000)):
        # Runs of units that match are fewer than the units.
        for found in runs.finditer("".join(map(chr, range(first, stop)))):
            table[first + found.start() : first + found.end()] = True
    return table

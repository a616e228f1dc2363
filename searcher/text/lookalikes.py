"""Characters that look alike: what an eye, a pen or a scanner takes for another.

The pairs are in ``lookalikes.txt``, which says where they come from.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("lookalikes.txt")


@lru_cache(maxsize=1)
def lookalikes() -> dict[str, str]:
    """The folded characters that look like a folded character.

    >>> "未" in lookalikes()["末"] and "末" in lookalikes()["未"]
    True
    """
    alike: dict[str, list[str]] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        if line[0] != "#":
            first, others = line[0], line[1:]
            alike.setdefault(first, []).extend(others)
            for other in others:
                alike.setdefault(other, []).append(first)
    return {char: "".join(others) for char, others in alike.items()}

"""What damages files: a bit flipped, zeros, noise, a cut, more at the end."""

import os
import random
from pathlib import Path

TORTURE = os.environ.get("SEARCHER_TORTURE") == "1"
"""Whether to try as much as ``make torture`` does, and something new each time."""

PAGE = 4096


def rounds(usual: int, torture: int) -> int:
    """How often to try."""
    return torture if TORTURE else usual


def chance(seed: int) -> random.Random:
    """The same numbers every time; with ``make torture`` other ones each time.

    SEARCHER_SEED is another seed for all of them.
    """
    if TORTURE:
        seed = random.SystemRandom().randrange(1 << 32)
    seed = int(os.environ.get("SEARCHER_SEED", seed))
    return SeededRandom(seed)


class SeededRandom(random.Random):
    """Random numbers that tell their seed where a failing test shows them."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.first_seed = seed

    def __repr__(self) -> str:
        return f"SeededRandom({self.first_seed})"


def damaged(data: bytes, numbers: random.Random) -> tuple[str, bytes]:
    """How the bytes of a file are damaged, and what is left of them."""
    how = numbers.choice(["flip", "flip", "zeros", "noise", "page", "page", "cut", "more"])
    at = numbers.randrange(len(data))
    if how == "flip":
        return f"bit at {at}", data[:at] + bytes([data[at] ^ 1 << numbers.randrange(8)]) + data[
            at + 1 :
        ]
    if how == "zeros":
        return f"16 zeros at {at}", over(data, at, bytes(16))
    if how == "noise":
        return f"noise at {at}", over(data, at, numbers.randbytes(64))
    if how == "page":
        at -= at % PAGE
        return f"page of zeros at {at}", over(data, at, bytes(PAGE))
    if how == "cut":
        return f"cut at {at}", data[:at]
    return "more at the end", data + numbers.randbytes(numbers.randrange(1, 5000))


def over(data: bytes, at: int, written: bytes) -> bytes:
    """The bytes with others written over them, no longer than before."""
    written = written[: len(data) - at]
    return data[:at] + written + data[at + len(written) :]


def linked_copy(folder: Path, target: Path) -> Path:
    """A copy of a folder whose files share their bytes with it until one is put there anew."""
    target.mkdir()
    for path in folder.iterdir():
        (target / path.name).hardlink_to(path)
    return target


def put(path: Path, data: bytes) -> None:
    """Put a file in the place of another."""
    path.unlink()
    path.write_bytes(data)

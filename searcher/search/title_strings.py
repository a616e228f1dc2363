"""The strings that may be suggested: the terms of an index and any part of its stored titles.

All of them stand in one array of UTF-16 units, so a slip is found by adding up the costs of each
unit over all places at once. That needs no list of words: a name that no dictionary has is found
because titles have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from searcher.lazy_numpy import numpy as np
from searcher.store.arrays import ranges
from searcher.store.stored_documents import text_bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import ReadBackend

MAX_TITLES = 50_000
"""The maximum number of documents read, evenly spread: reading takes time."""

MAX_TERMS = 500_000
"""Further terms are left out."""

MAX_STRING = 16
"""The longest string that is looked for, in UTF-16 units."""

MAX_PLACES = 4000
"""The maximum number of occurrences of the cheapest strings looked at."""

MAX_COST = 6
"""The highest cost of a unit, and of a string."""

CHANGED = 16
"""Added to the cost of a unit that counts as changed."""

MAX_RANGES = 1000
"""Where a string may begin with more characters, all places are looked at."""

NEVER = 15 * CHANGED
"""The cost of a unit that must not stand there."""

_END = 1
_FETCHED_AT_ONCE = 256


class Found(NamedTuple):
    """A string that is near to what was looked for.

    Attributes:
        text: folded.
        written: as the first title that has it writes it; folded where none has.
        cost: the least of its places.
        df: documents that have it as a term; 0 where it is none.
        titles: how many titles have it.
        is_whole: whether it is a term, or stands between token boundaries in a title.
    """

    text: str
    written: str
    cost: int
    df: int
    titles: int
    is_whole: bool


class TitleStrings:
    """The terms and titles of one opened index, read once."""

    def __init__(self, backend: ReadBackend) -> None:
        terms, self._dfs = _terms(backend)
        written, title_breaks, self._title_ends = _titles(backend)
        self._written, titles = written, np.frombuffer(backend.folding, np.uint16).take(written)
        padding = np.full(MAX_STRING + 1, _END, np.uint16)
        self._units = np.concatenate((terms, titles, padding))
        self._title_base = len(terms)
        is_end = terms == _END
        self._term_ends = np.flatnonzero(is_end)
        first = np.concatenate(([True], is_end[:-1])) if len(terms) else is_end
        breaks = np.ones(len(self._units) + MAX_STRING, bool)
        breaks[: len(terms)] = is_end
        breaks[len(terms) : len(terms) + len(titles)] = title_breaks
        self._breaks = breaks
        in_titles = len(terms) + np.flatnonzero(titles != _END)
        starts = np.concatenate((np.flatnonzero(first & ~is_end), in_titles))
        # By their first units, so that the places of a character are a range.
        order = np.argsort(self._units.take(starts), kind="stable")
        self._starts = starts[order]
        self._first = self._units.take(self._starts)
        self._first_ends = np.cumsum(np.bincount(self._first, minlength=1 << 16))

    def find(
        self, costs: Sequence[NDArray[np.uint8]], most: int = 0, changed: int = 0
    ) -> list[Found]:
        """The strings whose units cost at most ``most`` together, the cheapest first.

        Args:
            costs: for each place in the string the cost of every unit, uint8 (65536,): up to
                MAX_COST, with CHANGED added where so many units are counted; or NEVER.
            most: the cost of a string, at most MAX_COST.
            changed: how many of its units may count as changed, at most 9.
        """
        size = len(costs)
        if not 1 < size <= MAX_STRING:
            return []
        units = self._units

        def allowed(total: NDArray[Any]) -> NDArray[np.bool_]:
            return (total & (CHANGED - 1) <= most) & (total < CHANGED * (changed + 1))

        firsts = np.flatnonzero(allowed(costs[0]))
        if len(firsts) < MAX_RANGES:
            counts = np.diff(self._first_ends, prepend=0)[firsts]
            some = ranges(self._first_ends[firsts] - counts, counts)
            starts, total = self._starts[some], costs[0].take(self._first[some]).astype(np.uint16)
        else:
            starts, total = self._starts, costs[0].take(self._first).astype(np.uint16)
        for place, cost in enumerate(costs[1:], 1):
            total = total + cost.take(units.take(starts + place))
            kept = np.flatnonzero(allowed(total))
            starts, total = starts[kept], total[kept]
        # A term is taken as a whole only.
        kept = (starts >= self._title_base) | (units.take(starts + size) == _END)
        starts, total = starts[kept], total[kept] & (CHANGED - 1)
        if len(starts) > MAX_PLACES:
            some = np.argsort(total, kind="stable")[:MAX_PLACES]
            starts, total = starts[some], total[some]
        return self._grouped(starts, total, size)

    def beside(self, char: str, *, after: bool) -> str:
        """The characters that stand right after, or right before, a character."""
        (places,) = (self._units[1:-1] == ord(char)).nonzero()
        found = np.unique(self._units.take(places + (2 if after else 0)))
        return "".join(map(chr, found[found > ord(" ")].tolist()))

    def _grouped(
        self, starts: NDArray[np.intp], costs: NDArray[np.uint16], size: int
    ) -> list[Found]:
        in_title = starts >= self._title_base
        whole = ~in_title | (self._breaks.take(starts) & self._breaks.take(starts + size))
        terms = self._term_ends.searchsorted(starts)
        titles = self._title_ends.searchsorted(starts - self._title_base, "right")
        windows = np.lib.stride_tricks.sliding_window_view(self._units, size)
        dfs: dict[bytes, int] = {}
        least: dict[bytes, int] = {}
        title_sets: dict[bytes, set[int]] = {}
        written: dict[bytes, bytes] = {}
        wholes: set[bytes] = set()
        for window, start, cost, is_title, is_whole, term, title in zip(
            windows[starts], (starts - self._title_base).tolist(), costs.tolist(),
            in_title.tolist(), whole.tolist(), terms.tolist(), titles.tolist(), strict=True,
        ):  # fmt: skip
            key = window.tobytes()
            least[key] = min(cost, least.get(key, cost))
            if is_title:
                title_sets.setdefault(key, set()).add(title)
                written.setdefault(key, self._written[start : start + size].tobytes())
            else:
                dfs[key] = self._dfs[term] + dfs.get(key, 0)
            if is_whole:
                wholes.add(key)
        found = [
            Found(
                key.decode("utf-16-le", "replace"),
                written.get(key, key).decode("utf-16-le", "replace"),
                cost,
                dfs.get(key, 0),
                len(title_sets.get(key, ())),
                key in wholes,
            )
            for key, cost in least.items()
        ]
        return sorted(found, key=lambda one: one.cost)


def _terms(backend: ReadBackend) -> tuple[NDArray[np.uint16], list[int]]:
    """The units of all terms, each with an end mark, and their document frequencies."""
    terms: list[str] = []
    dfs: list[int] = []
    for term, df in islice(backend.terms(""), MAX_TERMS):
        terms.append(term)
        dfs.append(df)
    joined = chr(_END).join((*terms, ""))
    return np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16), dfs


def _titles(
    backend: ReadBackend,
) -> tuple[NDArray[np.uint16], NDArray[np.bool_], NDArray[np.intp]]:
    """The units of titles as written, each with an end mark; before which units a token may begin.

    The third array is where each title ends, behind its mark.
    """
    refs = list(backend.refs())
    step = -(-len(refs) // MAX_TITLES) or 1
    pieces: list[bytes] = []
    bits: list[bytes] = []
    sizes: list[int] = []
    chosen = refs[::step]
    for first in range(0, len(chosen), _FETCHED_AT_ONCE):
        for raw, size, *_ in backend.fetch(chosen[first : first + _FETCHED_AT_ONCE]):
            start, total = text_bounds(raw)
            stop = start + 2 * total
            # The unit behind a title is its end mark. Padded to bytes of continuation bits.
            padded = (size + 8) & -8
            pieces.append(raw[start : start + 2 * size] + _MARKS[: 2 * (padded - size)])
            bits.append(raw[stop : stop + padded // 8].ljust(padded // 8, b"\0"))
            sizes.append(padded)
    units = np.frombuffer(b"".join(pieces), np.uint16)
    is_inside = np.unpackbits(np.frombuffer(b"".join(bits), np.uint8), bitorder="little")
    return units, is_inside == 0, np.cumsum(sizes, dtype=np.intp)


_MARKS = b"\x01\x00" * 8

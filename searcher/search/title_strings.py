"""The strings that may be suggested: the terms of an index and any part of its stored titles.

All of them stand in one array of UTF-16 units, so a slip is found by adding up the costs of each
unit over all places at once. That needs no list of words: a name that no dictionary has is found
because titles have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

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

MAX_KNOWN_COSTS = 128
"""The maximum number of costs of which it is known which units they leave unchanged."""

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


class _Cheap(NamedTuple):
    """The units that a place may have unchanged, and how many places of all have one of them."""

    cost: NDArray[np.uint8]
    units: NDArray[np.intp]
    places: int


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
        breaks = np.ones(len(self._units) + MAX_STRING, bool)
        breaks[: len(terms)] = is_end
        breaks[len(terms) : len(terms) + len(titles)] = title_breaks
        self._breaks = breaks
        # A term is taken from its beginning, a title from anywhere.
        self._is_start = np.zeros(len(self._units), bool)
        if len(terms):
            self._is_start[: len(terms)] = np.concatenate(([True], is_end[:-1])) & ~is_end
        self._is_start[len(terms) : len(terms) + len(titles)] = titles != _END
        # By their units, so that the places of a character are a range.
        self._places = np.argsort(self._units, kind="stable")
        self._place_ends = np.cumsum(np.bincount(self._units, minlength=1 << 16))
        self._known_cheap: dict[int, _Cheap] = {}

    def find(
        self, costs: Sequence[NDArray[np.uint8]], most: int = 0, changed: int = 0
    ) -> list[Found]:
        """The strings whose units cost at most ``most`` together, the cheapest first.

        Args:
            costs: for each place in the string the cost of every unit, uint8 (65536,): up to
                MAX_COST, with CHANGED added for a unit that counts as changed; or NEVER.
            most: the cost of a string, at most MAX_COST.
            changed: how many of its units may count as changed, at most 9.
        """
        size = len(costs)
        if not 1 < size <= MAX_STRING:
            return []
        starts, total = self._near(costs, most, changed)
        # A term is taken as a whole only.
        kept = (starts >= self._title_base) | (self._units.take(starts + size) == _END)
        starts, total = starts[kept], total[kept] & (CHANGED - 1)
        if not len(starts):
            return []
        if len(starts) > MAX_PLACES:
            some = np.argsort(total, kind="stable")[:MAX_PLACES]
            starts, total = starts[some], total[some]
        return self._grouped(starts, total, size)

    def _near(
        self, costs: Sequence[NDArray[np.uint8]], most: int, changed: int
    ) -> tuple[NDArray[np.intp], NDArray[np.uint16]]:
        """Where these strings begin, in the order of their first units, and what each costs."""
        cheap = [self._cheap(cost) for cost in costs]
        order = sorted(range(len(costs)), key=lambda place: cheap[place].places)
        # At most ``changed`` units change, so of one more than that, at least one does not: only
        # the places of the rarest such units are looked at.
        pivots = order[: changed + 1]
        if changed >= len(costs):
            pivots = order[:1]
            may_change = np.flatnonzero(costs[pivots[0]] <= MAX_COST + CHANGED)
            cheap[pivots[0]] = _Cheap(costs[pivots[0]], may_change, 0)
        found: list[tuple[NDArray[np.intp], NDArray[np.uint16]]] = []
        for number, pivot in enumerate(pivots):
            starts = self._around(cheap[pivot].units, pivot)
            total = np.zeros(len(starts), np.uint16)
            for place in (pivot, *(place for place in order if place != pivot)):
                if not len(starts):
                    break
                cost = costs[place].take(self._units.take(starts + place))
                total = total + cost
                allowed = (total & (CHANGED - 1) <= most) & (total < CHANGED * (changed + 1))
                if place in pivots[:number]:
                    # A string with that unit unchanged was found around it already.
                    allowed &= cost >= CHANGED
                starts, total = starts[allowed], total[allowed]
            found.append((starts, total))
        starts, total = map(np.concatenate, zip(*found, strict=True))
        if len(starts) < 2:
            return starts, total
        first = np.lexsort((starts, self._units.take(starts)))
        return starts[first], total[first]

    def _cheap(self, cost: NDArray[np.uint8]) -> _Cheap:
        """The units that do not count as changed; kept, as most costs are asked for again."""
        known = self._known_cheap.get(id(cost))
        if known is None:
            if len(self._known_cheap) >= MAX_KNOWN_COSTS:
                self._known_cheap.clear()
            units = np.flatnonzero(cost < CHANGED)
            counts = self._place_ends[units] - self._place_ends[units - 1] * (units > 0)
            # With the array, so that no other one gets its id.
            known = self._known_cheap[id(cost)] = _Cheap(cost, units, int(counts.sum()))
        return known

    def _around(self, units: NDArray[np.intp], place: int) -> NDArray[np.intp]:
        """Where strings may begin that have one of some units at a place."""
        ends = self._place_ends[units]
        counts = ends - self._place_ends[units - 1] * (units > 0)
        starts = self._places[ranges(ends - counts, counts)] - place
        starts = starts[starts >= 0]
        return starts[self._is_start[starts]]

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

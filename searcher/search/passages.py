"""Passages: what a query has in some texts, read by native code or by array operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from searcher._native import extension
from searcher.results import Snippet
from searcher.search.patterns import MAX_JUDGED, Pattern, is_run
from searcher.search.spans import merge_spans

if TYPE_CHECKING:
    from searcher.search.highlight import Highlighter

_finding: Any = extension("finding")
_passages: Any = extension("passages")

MAX_PATTERNS, MAX_LEAVES = 64, 32
"""More are left to array operations."""


class Passages(Protocol):
    """What a query has in some texts."""

    def proximity(self) -> list[float]:
        """For each text, the weight of the leaves in its best sentence."""

    def snippets(self, number: int) -> tuple[Snippet, ...]:
        """One snippet of the title of a text if it matches, and one of the body."""


class PassageFinder:
    """Reads texts for the patterns of a query.

    Args:
        patterns: what to look for.
        parts: gives the spans (start, end) of the parts of a token.
    """

    def __init__(
        self, patterns: Sequence[Pattern], parts: Callable[[str], Iterable[tuple[int, int]]]
    ) -> None:
        self._patterns = patterns
        self._parts = parts
        self._weights: dict[int, float] = {}
        for pattern in patterns:
            known = self._weights.get(pattern.leaf, 0.0)
            self._weights[pattern.leaf] = max(known, pattern.weight)

    @property
    def leaves(self) -> int:
        """How many leaves of the plan have patterns."""
        return len(self._weights)

    @property
    def weight(self) -> float:
        """The weight of all leaves together."""
        return sum(self._weights.values())

    def read(self, stored: Sequence[tuple[bytes, int]], folding: memoryview) -> Passages:
        """What texts have, given as (raw document, title length): see StoredText."""
        if self._native is not None:
            found: Passages = _passages.Passages(
                self._native, stored, folding, merge_spans, Snippet
            )
            return found
        from searcher.search.snippets import Snippets
        from searcher.search.texts import Texts

        return Snippets(self._highlighter.find(Texts(stored, folding)))

    @cached_property
    def _highlighter(self) -> Highlighter:
        from searcher.search.highlight import Highlighter

        return Highlighter(self._patterns, self._parts, MAX_JUDGED)

    @cached_property
    def _native(self) -> Any:
        """The extension's finder; None without it, or for patterns that it does not look for."""
        if _finding is None or _passages is None:
            return None
        if len(self._patterns) > MAX_PATTERNS or self.leaves > MAX_LEAVES:
            return None
        if any(pattern.more or not _is_plain(pattern.units) for pattern in self._patterns):
            return None
        places = {leaf: place for place, leaf in enumerate(self._weights)}
        rows = [
            (p.units, p.anchor, p.title_only, places[p.leaf], is_run(p)) for p in self._patterns
        ]
        weights = [*self._weights.values()]
        return _finding.Finder(rows, weights, MAX_JUDGED, self._parts)


def _is_plain(units: str) -> bool:
    """Whether a pattern is something, and reaches over no end of a sentence."""
    return units != "" and _SENTENCE_ENDS.isdisjoint(units) and ". " not in units


_SENTENCE_ENDS = frozenset("。!?;…\n")

"""Highlighting a query in a text that need not be in the index."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from searcher.index.invert import TEXT_END, TITLE_END
from searcher.search.evaluate import Weights
from searcher.search.language import parse
from searcher.search.plan import Planner
from searcher.search.reading import DocumentText
from searcher.search.snippets import Marker, forms_of, merge_spans
from searcher.text.normalise import fold

if TYPE_CHECKING:
    from searcher.search.index import Snapshot
    from searcher.text.analysis import Analyser


class _LooseText(DocumentText):
    """A text analysed now; blanks stand in for its characters beyond the basic plane."""

    def __init__(self, text: str, analyser: Analyser) -> None:
        self._text = "".join(c if c < "\U00010000" else " " for c in text)
        self.title_length = 0
        self.length = len(text)
        self._inside: set[int] = set()
        for piece in analyser.pieces(self._text):
            self._inside.update(range(piece.start + 1, piece.end))
            self._inside.difference_update(piece.breaks)

    @cached_property
    def folded(self) -> str:
        return fold(self._text)

    def is_boundary(self, place: int) -> bool:
        return place not in self._inside


def highlight(
    snapshot: Snapshot, analyser: Callable[[], Analyser], query: str, text: str
) -> tuple[tuple[int, int], ...]:
    """Where a query matches in a text: spans in characters, in order, without overlap."""
    tree = parse(query).tree
    if tree is None or not text:
        return ()

    def knows(term: str) -> bool:
        return any(s.find(term) >= 0 for s in snapshot.segments)

    plan = Planner(knows, snapshot.names.others, analyser).plan(tree)
    weights = Weights(plan, snapshot.segments, snapshot.documents)
    marker = Marker(forms_of(weights.leaves, weights), analyser().segmenter.parts)
    places = marker.places(_LooseText(text, analyser()))
    return tuple(merge_spans((place.start, place.end) for place in places))


_ = (TITLE_END, TEXT_END)

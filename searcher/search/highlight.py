"""Highlighting a query in a text that need not be in the index."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from searcher.search.evaluate import Weights, split_units
from searcher.search.language import parse
from searcher.search.plan import Planner
from searcher.search.reading import DocumentText
from searcher.search.snippets import Marker, forms_of, merge_spans
from searcher.text.normalise import fold

if TYPE_CHECKING:
    from searcher.search.snapshot import Snapshot
    from searcher.text.analysis import Analyser


class _LooseText(DocumentText):
    """A text analysed now."""

    def __init__(self, text: str, analyser: Analyser) -> None:
        self.split = split_units(text)
        self.title_length = 0
        self.length = len(self.split)
        self._inside: set[int] = set()
        for piece in analyser.pieces(self.split):
            self._inside.update(range(piece.start + 1, piece.end))
            self._inside.difference_update(piece.breaks)

    @cached_property
    def folded(self) -> str:
        return fold(self.split)

    def sentence_ends(self) -> list[int]:
        return [self.length]

    def is_boundary(self, place: int) -> bool:
        return place not in self._inside


def highlight(snapshot: Snapshot, query: str, text: str) -> tuple[tuple[int, int], ...]:
    """Where a query matches in a text: spans in characters, in order, without overlap."""
    analyser = snapshot.analyser
    tree = parse(query).tree
    if tree is None or not text:
        return ()

    plan = Planner(snapshot.knows, snapshot.names.others, analyser).plan(tree)
    weights = Weights(plan, snapshot.segments, snapshot.documents)
    marker = Marker(forms_of(weights.leaves, weights), analyser().spans)
    loose = _LooseText(text, analyser())
    spans = merge_spans((place[0], place[1]) for place in marker.places(loose, len(text)))
    if loose.length == len(text):
        return tuple(spans)
    # Of the two units of a character beyond the basic plane, the second counts for nothing.
    characters = [0]
    for unit in loose.split:
        characters.append(characters[-1] + (not "\udc00" <= unit < "\ue000"))
    return tuple((characters[start], characters[end]) for start, end in spans)

"""Highlighting a plan in a text that need not be in the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searcher.lazy_numpy import numpy as np
from searcher.search.highlight import Highlighter
from searcher.search.patterns import patterns_of
from searcher.search.spans import merge_spans
from searcher.search.texts import StoredText, Texts, split_units
from searcher.store.postings import TEXT_END
from searcher.store.stored_documents import header
from searcher.text.folding import folding_table

if TYPE_CHECKING:
    from searcher.backends.base import WeightedPlan
    from searcher.text.analyser import Analyser


def highlight_text(
    plan: WeightedPlan, text: str, analyser: Analyser
) -> tuple[tuple[int, int], ...]:
    """Where a plan matches in a text: spans in characters, in order, without overlap."""
    highlighter = Highlighter(patterns_of(plan), analyser.spans, len(text))
    units = split_units(text)
    found = highlighter.find(Texts([_as_stored(units, analyser)], folding_table().data))
    spans = merge_spans([*found.spans, *found.parts_between(0, len(units))])
    if len(units) == len(text):
        return tuple(spans)
    # Of the two units of a character beyond the basic plane the second counts for nothing.
    characters = [0]
    for unit in units:
        characters.append(characters[-1] + (not "\udc00" <= unit < "\ue000"))
    return tuple((characters[start], characters[end]) for start, end in spans)


def _as_stored(units: str, analyser: Analyser) -> StoredText:
    """A text without a title, as the index would store it."""
    starts: list[int] = []
    ends: list[int] = []
    inner_boundaries: list[int] = []
    for _, start, end, _, boundaries in analyser.tokens(units):
        starts.append(start)
        ends.append(end)
        inner_boundaries += boundaries
    # A token begins behind the end of the one before it, so steps never add up.
    steps = np.zeros(len(units) + 2, np.int8)
    steps[np.array(starts, np.intp) + 1] += 1
    steps[np.array(ends, np.intp)] -= 1
    mid_token = np.cumsum(steps[:-1], dtype=np.int8).astype(bool)
    mid_token[inner_boundaries] = False
    written = f"{units}{TEXT_END}".encode("utf-16-le", "surrogatepass")
    bits = np.packbits(mid_token, bitorder="little").tobytes()
    return StoredText(header(b"") + written + bits, 0)

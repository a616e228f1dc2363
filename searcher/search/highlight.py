"""Highlighting a query in a text that need not be in the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from searcher.query.parser import parse
from searcher.search.highlighter import Highlighter, patterns_of
from searcher.search.plan import Planner
from searcher.search.score import Weights
from searcher.search.snippets import merge_spans
from searcher.search.texts import Record, Texts, split_units
from searcher.store.postings import TEXT_END
from searcher.store.stored_documents import header
from searcher.text.folding import folding_table

if TYPE_CHECKING:
    from searcher.search.snapshot import Snapshot
    from searcher.text.analyser import Analyser


def highlight(snapshot: Snapshot, query: str, text: str) -> tuple[tuple[int, int], ...]:
    """Where a query matches in a text: spans in characters, in order, without overlap."""
    analyser = snapshot.analyser
    tree = parse(query).tree
    if tree is None or not text:
        return ()

    plan = Planner(snapshot.knows, snapshot.names.synonyms, analyser).plan(tree)
    weights = Weights(plan, snapshot.segments, snapshot.documents)
    marker = Highlighter(patterns_of(weights), analyser().spans, len(text))
    split = split_units(text)
    reading = marker.read(Texts([_record(split, analyser())], folding_table()))
    spans = [*reading.spans, *reading.parts_between(0, len(split))]
    if len(split) == len(text):
        return tuple(merge_spans(spans))
    # Of the two units of a character beyond the basic plane, the second counts for nothing.
    characters = [0]
    for unit in split:
        characters.append(characters[-1] + (not "\udc00" <= unit < "\ue000"))
    return tuple((characters[start], characters[end]) for start, end in merge_spans(spans))


def _record(units: str, analyser: Analyser) -> Record:
    """A text without a title, as the index would keep it."""
    inside = np.zeros(len(units) + 1, bool)
    for piece in analyser.tokens(units):
        inside[piece.start + 1 : piece.end] = True
        inside[list(piece.inner_boundaries)] = False
    written = f"{units}{TEXT_END}".encode("utf-16-le", "surrogatepass")
    return Record(header(b"") + written + np.packbits(inside, bitorder="little").tobytes(), 0)

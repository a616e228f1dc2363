"""Collocates: words that stand near the matches more often than elsewhere in the same articles."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from searcher.explore.keywords import KeynessTable, Keywords, keep_best
from searcher.explore.occurrences import found_in_texts
from searcher.explore.tokens import stored_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searcher.backends.base import Matches
    from searcher.explore.explored import Explored


def find_collocates(
    explored: Explored, query: str, matches: Matches, top: int, least: int, distance: int
) -> Keywords:
    """Find the words within ``distance`` characters of the matches, the matches left aside.

    Each token counts once, however many matches it is near to; a token that is not wholly within
    the distance counts as elsewhere. Arguments as for
    :func:`searcher.explore.keywords.find_keywords`.
    """
    near: Counter[str] = Counter()
    far: Counter[str] = Counter()
    for term, is_near in _tokens(explored, matches, distance):
        (near if is_near else far)[term] += 1
    terms = [term for term, count in near.items() if count >= least]
    table = KeynessTable(
        np.array([near[term] for term in terms], np.int64),
        np.array([far[term] for term in terms], np.int64),
        near.total(),
        far.total(),
    )
    names = explored.names
    is_name = np.array([term in names.group_of for term in terms], bool)
    words, named = (
        keep_best(table, wanted.nonzero()[0], terms.__getitem__, names.kind_of, top)
        for wanted in (~is_name, is_name)
    )
    return Keywords(query, len(matches), distance, table.c, table.d, words, named, matches.notes)


def _tokens(explored: Explored, matches: Matches, distance: int) -> Iterator[tuple[str, bool]]:
    """The tokens of the matching articles but for the matches, and whether each is near one."""
    if matches.plan is None:
        return
    for texts, spans in found_in_texts(explored.backend, matches.plan, matches.refs()):
        for number, own in enumerate(spans):
            title = texts.titles[number]
            fields = (
                [span for span in own if span[0] < title],
                [span for span in own if span[0] > title],
            )
            for token in stored_tokens(texts, number):
                # What is near a match in the title is not near in the body.
                here = fields[token.start > title]
                place = bisect_left(here, (token.end,))
                before = here[place - 1] if place else None
                after = here[place] if place < len(here) else None
                if before is not None and before[1] > token.start:
                    continue
                is_near = (before is not None and token.end <= before[1] + distance) or (
                    after is not None and token.start >= after[0] - distance
                )
                yield token.term, is_near

"""The right totals, counted by looking at every article."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bench.engines import Query
from bench.segmenting import Timings, segmented
from bench.words import query_words

if TYPE_CHECKING:
    from bench.documents import Documents


def exact_totals(
    documents: Documents, queries: Iterable[Query], *, processes: int = 1
) -> dict[Query, int]:
    """Return how many articles match each query.

    "all" means every word is among the segmented words of title or body; "literal" means title or
    body contains the characters. Other forms and filters are not counted.
    """
    chosen = [query for query in queries if query.form in ("all", "literal")]
    wanted = {q: frozenset(query_words(q.text)) for q in chosen if q.form == "all"}
    literals = [query for query in chosen if query.form == "literal"]
    totals = dict.fromkeys(chosen, 0)
    for item in segmented(documents, Timings(), processes):
        words = {*item.title.split("\t"), *item.body.split("\t")}
        for query, needed in wanted.items():
            if needed <= words:
                totals[query] += 1
        text = f"{item.article.title}\n{item.article.body}"
        for query in literals:
            if query.text in text:
                totals[query] += 1
    return totals

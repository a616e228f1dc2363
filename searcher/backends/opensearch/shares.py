"""What adds to the score of a document: leaves of a plan as queries that give their shares.

The formula is that of :mod:`searcher.search.bm25`, in the same 32-bit floats, so that a document
has the score here that it has in the embedded engine. A share is a query whose score is the encoded
frequency of a term or a string, and a script that makes a score of it with the document's length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from searcher.backends.opensearch.mapping import NOTHING, TITLE_FACTOR
from searcher.backends.opensearch.query import Query, string
from searcher.backends.opensearch.strings import pair, phrase
from searcher.query.clauses import BigramClause, Leaf, LiteralClause, TermClause
from searcher.search.bm25 import (
    FRESHNESS,
    K1,
    PRESENCE,
    SYNONYM_WEIGHT,
    TITLE_BOOST,
    TITLE_PRESENCE,
    B,
)
from searcher.search.literal_matcher import MAX_COUNTED
from searcher.search.texts import split_units
from searcher.store.postings import MAX_BODY_FREQ, MAX_TITLE_FREQ, TITLE_FREQ

if TYPE_CHECKING:
    from searcher.backends.base import Statistics, WeightedPlan
    from searcher.backends.opensearch.query import Filters

# Written shortly: each leaf of a plan has one of these in its request.
_SHARE = (
    f"float t=(float)((b+{TITLE_BOOST}*h)/2.0);"
    "float s=t*(float)params.w/(t+(float)(params.a+params.c*doc['length'].value));"
    f"return s+(h>0?(float){1 + TITLE_PRESENCE}:1f)*(float)params.p;"
)

TERM_SCRIPT = f"int f=(int)_score;int h=f/{TITLE_FREQ};int b=f%{TITLE_FREQ};{_SHARE}"
"""The share of a term: ``h`` and ``b`` are its frequencies in the title and in the body."""

STRING_SCRIPT = (
    f"int f=(int)Math.round(_score);int h=f/{TITLE_FACTOR};"
    f"int b=(int)Math.min({MAX_BODY_FREQ},f%{TITLE_FACTOR}-h);"
    f"h=(int)Math.min({MAX_TITLE_FREQ},h);{_SHARE}"
)
"""The share of a string that is no term: see :data:`.mapping.TITLE_FACTOR`."""

FRESH_SCRIPT = (
    "if(doc['date'].size()==0){return _score;}"
    "double age=Math.max(params.now-doc['date'].value,0.0)/86400.0;"
    f"return (float)_score*(float)(1+{FRESHNESS}*Math.pow(0.5,Math.min(age/params.days,1000.0)));"
)
"""A score that is greater for newer documents: see :func:`searcher.search.bm25.freshness`."""


class Component(NamedTuple):
    """One thing that adds to scores: as :class:`searcher.search.scorer.Component` has it.

    ``query``: its score is the share of a document; what it does not match gets nothing.
    """

    name: str
    kind: str
    query: Query


class Shares:
    """Makes the components of leaves.

    ``average_length``: tokens of a document of the index.
    """

    def __init__(self, filters: Filters, statistics: Statistics, average_length: float) -> None:
        self._filters = filters
        self._statistics = statistics
        self._norm = {"a": K1 * (1 - B), "c": K1 * B / max(average_length, 1.0)}

    def of(self, plan: WeightedPlan) -> list[Component]:
        """What the leaves of a plan come to, in order."""
        leaves = zip(plan.leaves, plan.weights, strict=True)
        return [part for leaf, weight in leaves for part in self.of_leaf(leaf, weight, plan)]

    def of_leaf(self, leaf: Leaf, weight: float, plan: WeightedPlan) -> Iterator[Component]:
        """What one leaf comes to."""
        if isinstance(leaf, TermClause):
            if self._statistics.term_df(leaf.term):
                query = self._term(leaf.term, leaf.field, weight, PRESENCE)
                yield Component(leaf.term, "word", query)
        elif isinstance(leaf, LiteralClause):
            kind = "word" if leaf.at_boundaries or leaf.by_frequency else "literal"
            if leaf.by_frequency:
                for query in self._counted(leaf, weight):
                    yield Component(leaf.text, kind, query)
            else:
                own = string(leaf.text, leaf.field, at_boundaries=leaf.at_boundaries)
                yield Component(leaf.text, kind, constant(own, weight * (PRESENCE + 1)))
        elif isinstance(leaf, BigramClause):
            for bigram in leaf.bigrams:
                own = {"term": {"text": pair(bigram)}}
                yield Component(bigram, "pair", constant(own, plan.bigram_weights[bigram]))
            return
        else:
            return
        for name in leaf.synonyms:
            if self._statistics.term_df(name):
                query = self._term(name, leaf.field, weight * SYNONYM_WEIGHT, 0.0)
                yield Component(name, "alias", query)
            elif len(name) > 1:
                own = string(name, leaf.field, at_boundaries=True)
                yield Component(name, "alias", constant(own, weight * SYNONYM_WEIGHT / 2))

    def _term(self, term: str, field: str | None, weight: float, presence: float) -> Query:
        own: Query = {"term": {"words": term}}
        if field:
            own = {"bool": {"must": [own], "filter": [{"term": {"title_words": term}}]}}
        return self._script(own, TERM_SCRIPT, weight, presence)

    def _counted(self, leaf: LiteralClause, weight: float) -> Iterator[Query]:
        """A string scored by how often it occurs: as a term where it is one, else as a string."""
        text, field = leaf.text, leaf.field
        units = split_units(text)
        statistics = self._statistics
        is_term = statistics.term_df(text) > 0
        if is_term:
            yield self._term(text, field, weight, PRESENCE)
        if len(units) == 1:
            # Of a single character nobody knows how often: it is counted once.
            own, script = {"constant_score": {"filter": string(text, field), "boost": 1.0}}, None
        elif (
            len(units) == 2
            and field is None
            and statistics.bigram_df(units) - statistics.term_df(text) > MAX_COUNTED
        ):
            own, script = {"constant_score": {"filter": string(text, None), "boost": 2.0}}, None
        else:
            own, script = _occurrences(units, field), STRING_SCRIPT
        if is_term:
            term = "title_words" if field else "words"
            own = {"bool": {"must": [own], "must_not": [{"term": {term: text}}]}}
        yield self._script(own, script or TERM_SCRIPT, weight, PRESENCE)

    def _script(self, query: Query, script: str, weight: float, presence: float) -> Query:
        w, p = np.float32(weight), np.float32(presence)
        parameters = {"w": float(w * np.float32(1 + K1)), "p": float(w * p), **self._norm}
        return {"script_score": {"query": query, "script": _script(script, parameters)}}


def constant(query: Query, weight: float) -> Query:
    """A query that gives each document the same."""
    return {"constant_score": {"filter": query, "boost": float(np.float32(weight))}}


def fresh(query: Query, now: float, days: float) -> Query:
    """A query whose scores are greater for newer documents."""
    script = _script(FRESH_SCRIPT, {"now": float(now), "days": float(days)})
    return {"script_score": {"query": query, "script": script}}


def _script(source: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"source": source, "params": parameters}


def _occurrences(units: str, field: str | None) -> Query:
    """A query whose score is how often a string occurs, in halves: see TITLE_FACTOR."""

    def one(name: str, at_boundaries: bool, factor: float) -> Query:
        words = phrase(units, at_boundaries=at_boundaries)
        # The similarity is asked once for each term of a phrase, and the answers are added up.
        terms = sum(word != NOTHING for word in words.split())
        return {"match_phrase": {name: {"query": words, "boost": factor / terms}}}

    parts = [
        one("text", False, 1.0),
        one("text", True, 1.0),
        one("title", False, float(TITLE_FACTOR)),
        one("title", True, float(TITLE_FACTOR)),
    ]
    if field:
        return {"bool": {"must": [parts[2]], "should": [*parts[:2], parts[3]]}}
    return {"bool": {"must": [parts[0]], "should": parts[1:]}}

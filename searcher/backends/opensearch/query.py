"""Which documents match: clauses of a plan as filters of OpenSearch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from searcher.backends.opensearch.strings import escaped, phrase
from searcher.query.clauses import (
    AndClause,
    Clause,
    DateRangeClause,
    KeywordClause,
    LiteralClause,
    MatchAllClause,
    NearClause,
    OrClause,
    PrefixClause,
    TermClause,
    ThresholdClause,
)
from searcher.search.texts import split_units
from searcher.text.runs import HAN

if TYPE_CHECKING:
    from collections.abc import Sequence

Query: TypeAlias = dict[str, Any]

MATCH_NONE: Query = {"match_none": {}}
MATCH_ALL: Query = {"match_all": {}}

MAX_CLAUSES = 1024
"""The number of clauses that a node takes in one query, unless its settings say otherwise."""

_ONE_TOKEN = re.compile(f"[{HAN}]+|[a-z0-9]+")
_WILDCARD = re.compile(r"[\\*?]")
_REGEXP = re.compile(r"[^\w]")


class Filters:
    """Makes filters of clauses.

    ``is_term`` says whether any document of the index has a term; ``near`` gives the ids of the
    documents that match a NearClause.
    """

    def __init__(
        self, is_term: Callable[[str], bool], near: Callable[[NearClause], Sequence[str]]
    ) -> None:
        self.is_term = is_term
        self._near = near

    def of(self, clause: Clause) -> Query:
        """The filter of a clause."""
        if isinstance(clause, TermClause):
            names = [self.word(clause.term, clause.field)]
            return any_of([*names, *self._synonyms(clause.synonyms, clause.field)])
        if isinstance(clause, LiteralClause):
            own = string(clause.text, clause.field, at_boundaries=clause.at_boundaries)
            return any_of([own, *self._synonyms(clause.synonyms, clause.field)])
        if isinstance(clause, AndClause):
            return self._and(clause)
        if isinstance(clause, OrClause):
            return any_of([self.of(part) for part in clause.should])
        if isinstance(clause, ThresholdClause):
            return self._threshold(clause)
        if isinstance(clause, PrefixClause):
            return _prefix(clause)
        if isinstance(clause, KeywordClause):
            return _keyword(clause)
        if isinstance(clause, DateRangeClause):
            return _dates(clause)
        if isinstance(clause, NearClause):
            return {"ids": {"values": [*self._near(clause)]}}
        return MATCH_ALL if isinstance(clause, MatchAllClause) else MATCH_NONE

    def word(self, term: str, field: str | None) -> Query:
        """The documents with a term: where none has it, a name of several tokens is a string."""
        if _ONE_TOKEN.fullmatch(term) or self.is_term(term):
            return {"term": {"title_words" if field else "words": term}}
        return self.synonym(term, field)

    def synonym(self, name: str, field: str | None) -> Query:
        """The documents with another name: a term, or a string of several tokens."""
        if self.is_term(name):
            return {"term": {"title_words" if field else "words": name}}
        return string(name, field, at_boundaries=True) if len(name) > 1 else MATCH_NONE

    def _synonyms(self, names: Iterable[str], field: str | None) -> list[Query]:
        return [self.synonym(name, field) for name in names]

    def _and(self, clause: AndClause) -> Query:
        must = [self.of(part) for part in clause.must]
        must_not = [self.of(part) for part in clause.must_not]
        if not must_not and len(must) == 1:
            return must[0]
        body: Query = {"filter": must or [MATCH_ALL]}
        if must_not:
            body["must_not"] = must_not
        return {"bool": body}

    def _threshold(self, clause: ThresholdClause) -> Query:
        """The documents with a share of the weight of all clauses.

        Functions are no clauses of a query, whose number a node limits.
        """
        least = max(clause.share * sum(clause.weights) * (1 - 1e-5), 1e-6)
        parts = [
            (self.of(part), weight)
            for part, weight in zip(clause.should, clause.weights, strict=True)
            if weight > 0
        ]
        if not parts:
            return MATCH_NONE
        if all(weight >= least for _, weight in parts):
            return any_of([part for part, _ in parts])
        return {
            "function_score": {
                "query": any_of([part for part, _ in parts]),
                "functions": [{"filter": part, "weight": weight} for part, weight in parts],
                "score_mode": "sum",
                "boost_mode": "replace",
                # What is compared here is a 32-bit float.
                "min_score": least * (1 - 1e-6),
            }
        }


def string(text: str, field: str | None, *, at_boundaries: bool = False) -> Query:
    """The documents that contain a folded string: anywhere, or between token boundaries."""
    name = "title" if field else "text"
    units = split_units(text)
    if len(units) == 1:
        return {"prefix": {name: {"value": escaped(units)}}}
    if len(units) == 2 and not at_boundaries:
        return {"term": {name: escaped(units)}}
    return {"match_phrase": {name: phrase(units, at_boundaries=at_boundaries)}}


def any_of(queries: Sequence[Query]) -> Query:
    """The documents that match at least one of some filters; terms of one field are one clause."""
    terms: dict[str, list[str]] = {}
    others: list[Query] = []
    for query in queries:
        if "term" in query:
            ((name, value),) = query["term"].items()
            terms.setdefault(name, []).append(value)
        elif query not in others and query != MATCH_NONE:
            others.append(query)
    for name, values in terms.items():
        own = [*dict.fromkeys(values)]
        others.append({"term": {name: own[0]}} if len(own) == 1 else {"terms": {name: own}})
    if len(others) == 1:
        return others[0]
    return {"bool": {"should": others, "minimum_should_match": 1}} if others else MATCH_NONE


def _prefix(clause: PrefixClause) -> Query:
    name = "title_words" if clause.field else "words"
    if clause.more is None:
        return {"prefix": {name: {"value": clause.text}}}
    pattern = _REGEXP.sub(lambda match: "\\" + match[0], clause.text)
    return {"regexp": {name: {"value": f"{pattern}.{{{clause.more}}}", "flags": "NONE"}}}


def _keyword(clause: KeywordClause) -> Query:
    if clause.field != "site":
        name = "path" if clause.field == "path" else f"{clause.field}_folded"
        return _containing(name, clause.text)
    # A host is one of the text or of a domain in it; other values contain it.
    escaped_text = _WILDCARD.sub(r"\\\g<0>", clause.text)
    return any_of(
        [
            {"term": {"host": clause.text}},
            {"wildcard": {"host": {"value": f"*.{escaped_text}"}}},
            _containing("publisher", clause.text),
        ]
    )


def _containing(name: str, text: str) -> Query:
    escaped_text = _WILDCARD.sub(r"\\\g<0>", text)
    return {"wildcard": {name: {"value": f"*{escaped_text}*"}}}


def _dates(clause: DateRangeClause) -> Query:
    limits: dict[str, int] = {}
    if clause.start is not None:
        limits["gte"] = clause.start
    if clause.end is not None:
        limits["lt"] = clause.end
    return {"range": {"local": limits}} if limits else {"exists": {"field": "local"}}


def clause_count(query: Any) -> int:
    """About how many clauses a node counts in a query."""
    if isinstance(query, dict):
        own = sum(
            name
            in ("term", "terms", "match_phrase", "prefix", "wildcard", "range", "ids", "exists")
            for name in query
        )
        return own + sum(map(clause_count, query.values()))
    if isinstance(query, list):
        return sum(map(clause_count, query))
    return 0

"""Document frequencies of an index on OpenSearch: many at once, kept until the next refresh."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from searcher.backends.opensearch.query import Query, string
from searcher.backends.opensearch.session import total_of
from searcher.backends.opensearch.strings import pair
from searcher.query.clauses import (
    AndClause,
    BigramClause,
    Clause,
    LiteralClause,
    OrClause,
    TermClause,
    ThresholdClause,
)

if TYPE_CHECKING:
    from searcher.backends.opensearch.session import Session

MAX_KNOWN = 100_000
"""The maximum number of frequencies kept."""

Key = tuple[Any, ...]


class Frequencies:
    """Frequencies over the whole index: a :class:`~searcher.backends.base.Statistics`.

    ``documents``: how many the index has.
    """

    def __init__(self, session: Session, documents: int) -> None:
        self._session = session
        self.documents = documents
        self._known: dict[Key, int] = {}
        self._turn = session.turn

    def term_df(self, term: str) -> int:
        """How many documents have a term."""
        return self._df(("term", term))

    def literal_df(self, clause: LiteralClause) -> int:
        """How many documents contain the string of a clause, its synonyms left aside."""
        return self._df(_string_key(clause))

    def bigram_df(self, bigram: str) -> int:
        """How many documents have two adjacent UTF-16 units."""
        return self._df(("pair", bigram))

    def look_up(
        self,
        clauses: Iterable[Clause] = (),
        bigrams: Iterable[str] = (),
        terms: Iterable[str] = (),
    ) -> None:
        """Ask for all that will be asked for of some clauses, pairs and terms, in one request."""
        keys: dict[Key, None] = {}
        for clause in clauses:
            keys.update(dict.fromkeys(_keys_of(clause)))
        keys.update(dict.fromkeys(("pair", bigram) for bigram in bigrams))
        keys.update(dict.fromkeys(("term", term) for term in terms))
        self._ask(list(keys))

    def _df(self, key: Key) -> int:
        if key not in self._known:
            self._ask([key])
        return self._known[key]

    def _ask(self, keys: list[Key]) -> None:
        if self._turn != self._session.turn:
            self._known.clear()
            self._turn = self._session.turn
        if len(self._known) > MAX_KNOWN:
            self._known.clear()
        new = [key for key in keys if key not in self._known]
        # Nothing has an empty term, and no server takes it.
        self._known.update((key, 0) for key in new if not key[1])
        new = [key for key in new if key[1]]
        if not new:
            return
        bodies = [{"size": 0, "track_total_hits": True, "query": _query(key)} for key in new]
        answers = self._session.searches(bodies)
        self._known.update(zip(new, map(total_of, answers), strict=True))


def _string_key(clause: LiteralClause) -> Key:
    is_pair = len(clause.text) == 2 and max(clause.text) <= "\uffff"
    if is_pair and clause.field is None and not clause.at_boundaries:
        return ("pair", clause.text)
    return ("string", clause.text, clause.field, clause.at_boundaries)


def _keys_of(clause: Clause) -> Iterable[Key]:
    if isinstance(clause, TermClause):
        yield from (("term", name) for name in (clause.term, *clause.synonyms))
    elif isinstance(clause, LiteralClause):
        yield _string_key(clause)
        yield from (("term", name) for name in clause.synonyms)
        # Whether it is a word is asked for a query that finds little.
        yield ("term", clause.text)
    elif isinstance(clause, BigramClause):
        yield from (("pair", bigram) for bigram in clause.bigrams)
    elif isinstance(clause, AndClause):
        for part in (*clause.must, *clause.must_not, *clause.optional):
            yield from _keys_of(part)
    elif isinstance(clause, OrClause):
        for part in (*clause.should, *clause.optional):
            yield from _keys_of(part)
    elif isinstance(clause, ThresholdClause):
        for part in clause.should:
            # Of the pairs of a sentence nobody asks whether they are words.
            if isinstance(part, LiteralClause) and len(part.text) == 2:
                yield _string_key(part)
            else:
                yield from _keys_of(part)


def _query(key: Key) -> Query:
    kind, text, *rest = key
    if kind == "term":
        return {"term": {"words": text}}
    if kind == "pair":
        return {"term": {"text": pair(text)}}
    field, at_boundaries = rest
    return string(text, field, at_boundaries=at_boundaries)

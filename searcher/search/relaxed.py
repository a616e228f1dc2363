"""The relaxed form of a query: what a document should have where none has all that was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from searcher.query.clauses import (
    AndClause,
    Clause,
    Leaf,
    LiteralClause,
    ThresholdClause,
    scoring_leaves,
)
from searcher.search.bm25 import (
    MIN_BIGRAM_SHARE,
    MIN_NATURAL_SHARE,
    MIN_NATURAL_WORDS,
    MIN_RELAXED_SHARE,
)
from searcher.search.run_clauses import says_something


class Relaxed(NamedTuple):
    """A query of which a document need not have everything.

    Attributes:
        should: what it asks for, at least two things.
        must: filters that hold all the same.
        must_not: what is left out.
        optional: what only adds to the score.
        bigrams: the pairs of characters of its sentences.
        natural: whether it is a question, a headline or long: no document has most of the words of
            those.
    """

    should: tuple[Clause, ...]
    must: tuple[Clause, ...]
    must_not: tuple[Clause, ...]
    optional: tuple[Leaf, ...]
    bigrams: tuple[str, ...]
    natural: bool

    def clause(
        self,
        weight: Callable[[Clause], float],
        is_known: Callable[[Clause], bool],
        strict: Clause,
    ) -> Clause | None:
        """Documents with enough of the query's weight, without those that match ``strict``.

        None where only numbers or single characters would be left to go by. Of a natural query
        only counts what any document has.
        """
        telling = tuple(clause for clause in self.should if says_something(clause))
        if not telling:
            return None
        weights = [weight(c) if says_something(c) else weight(c) / 4 for c in self.should]
        share = MIN_RELAXED_SHARE
        if self.natural:
            weights = [w * is_known(c) for w, c in zip(weights, self.should, strict=True)]
            share = MIN_NATURAL_WORDS
        enough: Clause = ThresholdClause(self.should, tuple(weights), share)
        if self.bigrams:
            pairs = tuple(LiteralClause(bigram) for bigram in self.bigrams)
            share = MIN_NATURAL_SHARE if self.natural else MIN_BIGRAM_SHARE
            by_pairs = ThresholdClause(pairs, tuple(map(weight, pairs)), share)
            enough = ThresholdClause((enough, by_pairs), (1.0, 1.0), 0.5)
        some = ThresholdClause(telling, (1.0,) * len(telling), 1 / len(telling))
        optional = [leaf for clause in self.should for leaf in scoring_leaves(clause)]
        return AndClause(
            (some, enough, *self.must), (*self.must_not, strict), (*optional, *self.optional)
        )

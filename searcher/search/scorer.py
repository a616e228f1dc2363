"""The scorer: scores of documents of one segment, by the formula of :mod:`searcher.search.bm25`.

All arrays here go with ``docs``, the documents to score, so that length norms are fetched once and
shares are added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from searcher.lazy_numpy import numpy as np
from searcher.query.clauses import BigramClause, Leaf, LiteralClause, TermClause
from searcher.search.bm25 import PRESENCE, SYNONYM_WEIGHT, bm25, length_norms
from searcher.search.doc_ids import DocIds, StoredDocIds, is_member

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import TopRequest, WeightedPlan
    from searcher.search.match import SegmentMatcher

Scores: TypeAlias = "NDArray[np.float32]"

MAX_CELLS = 1 << 16
"""Terms are scored several at once while terms times documents stay below this."""


class Component(NamedTuple):
    """One thing that adds to scores.

    Attributes:
        name: the term, string or pair of characters.
        kind: "word", "literal", "alias" or "pair".
        weight: of a term; or what each of ``docs`` gets.
        presence: the share of the weight that a term adds for being there at all.
        field: "title", or None for title and body.
        docs: the documents that have it, sorted; None for a term, which has postings.
        freqs: beside ``docs``, encoded frequencies; None where each document gets a constant.
    """

    name: str
    kind: str
    weight: float
    presence: float = 0.0
    field: str | None = None
    docs: DocIds | StoredDocIds | None = None
    freqs: NDArray[np.uint8] | None = None

    def freqs_in(self, docs: DocIds) -> NDArray[np.uint8]:
        """The encoded frequencies in some documents of a string scored by frequency."""
        if self.docs is None or self.freqs is None or not len(self.docs):
            return np.zeros(len(docs), np.uint8)
        places = self.docs.searchsorted(docs)
        found: NDArray[np.uint8] = self.freqs.take(places, mode="clip")
        found *= self.docs.take(places, mode="clip") == docs
        return found


class Scorer:
    """Scores documents of one segment. ``average_length``: tokens of a document of the index."""

    def __init__(self, matcher: SegmentMatcher, average_length: float) -> None:
        self._matcher = matcher
        self._average_length = average_length

    @cached_property
    def norms(self) -> Scores:
        """The length norms of the documents."""
        return length_norms(self._matcher.segment.lengths, self._average_length)

    @cached_property
    def _upper_bounds(self) -> dict[float, tuple[Scores, float]]:
        """For each presence: what a term of weight 1 adds at most, by frequency, and in all."""
        shortest = self.norms.min(initial=np.inf)
        freqs = np.arange(256, dtype=np.uint8)
        return {
            presence: (bounds, float(bounds.max()))
            for presence in (PRESENCE, 0.0)
            for bounds in [bm25(freqs, shortest, np.float32(1), np.float32(presence))]
        }

    def best(
        self,
        plan: WeightedPlan,  # noqa: ARG002 - for the native scorer
        request: TopRequest,  # noqa: ARG002 - for the native scorer
        threshold: float,  # noqa: ARG002 - for the native scorer
    ) -> tuple[list[tuple[int, float]], int] | None:
        """The best documents, and how many match; None where array operations are to find them."""
        return None

    def components(self, plan: WeightedPlan) -> list[Component]:
        """What the leaves of a plan come to in this segment."""
        leaves = zip(plan.leaves, plan.weights, strict=True)
        return [c for leaf, weight in leaves for c in self.components_of_leaf(leaf, weight, plan)]

    def score(self, docs: DocIds, components: Sequence[Component]) -> Scores:
        """The scores of some documents: the sum of the shares of all components."""
        total = np.zeros(len(docs), np.float32)
        norms = self.norms.take(docs)
        for share in self._shares(docs, norms, components):
            # Always in this order: the sum of floats depends on it.
            total += share
        return total

    def shares_of_leaf(
        self, number: int, docs: DocIds, plan: WeightedPlan
    ) -> Iterator[tuple[str, str, Scores]]:
        """What each component of a leaf adds: (name, kind, shares)."""
        norms = self.norms.take(docs)
        components = [*self.components_of_leaf(plan.leaves[number], plan.weights[number], plan)]
        for component, share in zip(components, self._shares(docs, norms, components), strict=True):
            yield component.name, component.kind, share

    def bounds(self, components: Sequence[Component]) -> tuple[NDArray[np.uint8], float]:
        """An upper bound of the score of each document, uint8 (size,), and the bounds' unit.

        Zero exactly where no component is. There must be fewer than 255 components.
        """
        constant = np.ones(1, np.float32), 1.0
        limits = [
            constant if c.docs is not None and c.freqs is None else self._upper_bounds[c.presence]
            for c in components
        ]
        most = sum([c.weight * top for c, (_, top) in zip(components, limits, strict=True)])
        # Each may be rounded up by one, and the sum must not overflow.
        unit = max(most, 1e-30) / (255 - len(components))
        total = np.zeros(self._matcher.size, np.uint8)
        for component, (limit, _) in zip(components, limits, strict=True):
            levels = np.ceil(limit * np.float32(component.weight / unit)).astype(np.uint8)
            if component.docs is None:
                total += self._matcher.postings.mapped_freqs(
                    component.name, component.field, levels
                )
            elif component.freqs is not None:
                total[component.docs] += levels.take(component.freqs)
            else:
                # No document is in there twice.
                total[component.docs] += levels
        return total, unit

    def _shares(
        self, docs: DocIds, norms: Scores, components: Sequence[Component]
    ) -> Iterator[Scores]:
        """The share of each component; of few documents several terms are scored at once."""
        freqs_of, size = self._matcher.freqs, self._matcher.size
        together = max(1, MAX_CELLS // max(1, len(docs)))
        place = 0
        while place < len(components):
            c = components[place]
            terms = [*takewhile(lambda c: c.docs is None, components[place : place + together])]
            if c.freqs is not None:
                weight, presence = np.float32(c.weight), np.float32(c.presence)
                yield bm25(c.freqs_in(docs), norms, weight, weight * presence)
            elif c.docs is not None:
                yield is_member(docs, c.docs, size) * np.float32(c.weight)
            elif len(terms) == 1:
                weight, presence = np.float32(c.weight), np.float32(c.presence)
                yield bm25(freqs_of(c.name, c.field, docs), norms, weight, weight * presence)
            else:
                freqs = np.array([freqs_of(t.name, t.field, docs) for t in terms])
                weights = np.array([[t.weight] for t in terms], np.float32)
                presences = np.array([[t.presence] for t in terms], np.float32)
                yield from bm25(freqs, norms, weights, weights * presences)
            place += max(1, len(terms))

    def components_of_leaf(
        self, leaf: Leaf, weight: float, plan: WeightedPlan
    ) -> Iterator[Component]:
        """What one leaf comes to in this segment."""
        matcher = self._matcher
        if isinstance(leaf, TermClause):
            if matcher.postings.find(leaf.term) >= 0:
                yield Component(leaf.term, "word", weight, PRESENCE, leaf.field)
        elif isinstance(leaf, LiteralClause):
            kind = "word" if leaf.at_boundaries or leaf.by_frequency else "literal"
            if leaf.by_frequency:
                docs, freqs = matcher.literals.postings(leaf.text, leaf.field)
                yield Component(leaf.text, kind, weight, PRESENCE, docs=docs, freqs=freqs)
            else:
                docs = matcher.literal_docs(leaf)
                yield Component(leaf.text, kind, weight * (PRESENCE + 1), docs=docs)
        elif isinstance(leaf, BigramClause):
            for bigram in leaf.bigrams:
                docs = matcher.postings.bigram(bigram)
                yield Component(bigram, "pair", plan.bigram_weights[bigram], docs=docs)
            return
        else:
            return
        for name in leaf.synonyms:
            if matcher.is_term(name):
                if matcher.postings.find(name) >= 0:
                    yield Component(name, "alias", weight * SYNONYM_WEIGHT, 0.0, leaf.field)
            elif len(docs := matcher.synonym_docs(name, leaf.field)):
                yield Component(name, "alias", weight * SYNONYM_WEIGHT / 2, docs=docs)


def score_segments(parts: Sequence[tuple[Scorer, DocIds, Sequence[Component]]]) -> Scores:
    """The scores of a few documents of each of several segments, one segment after another.

    They equal those of :meth:`Scorer.score`; scoring them together saves most of the time.
    """
    rows = max([len(components) for _, _, components in parts])
    norms = np.concatenate([scorer.norms.take(docs) for scorer, docs, _ in parts])
    freqs = np.zeros((rows, len(norms)), np.uint8)
    weights, presences = np.zeros((2, rows, len(norms)), np.float32)
    constant = []
    stop = 0
    for scorer, docs, components in parts:
        matcher = scorer._matcher
        here = slice(stop, stop := stop + len(docs))
        columns = np.array([(c.weight, c.presence) for c in components], np.float32).reshape(-1, 2)
        weights[: len(components), here] = columns[:, :1]
        presences[: len(components), here] = columns[:, 1:]
        for row, c in enumerate(components):
            if c.docs is None:
                freqs[row, here] = matcher.freqs(c.name, c.field, docs)
            elif c.freqs is not None:
                freqs[row, here] = c.freqs_in(docs)
            else:
                members = is_member(docs, c.docs, matcher.size)
                constant.append((row, here, members * np.float32(c.weight)))
    shares = bm25(freqs, norms, weights, weights * presences)
    for row, here, share in constant:
        shares[row, here] = share
    total = np.zeros(len(norms), np.float32)
    for row_of_shares in shares:
        total += row_of_shares
    return total

"""Evaluating a plan on one segment: which documents match, and what each scores.

Documents are numbers in ascending order, ``intp`` arrays. Every leaf gives its documents, and the
leaves that score give a share for each. Matching goes from the rarest part on; scoring looks at
the matching documents alone where they are few, and at whole postings where they are many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from searcher.index.invert import TITLE_UNIT
from searcher.search import plan as p
from searcher.search.rank import ALIAS, K1, PAIR, PRESENCE, idf, length_norms, term_frequencies
from searcher.search.reading import DocumentText
from searcher.text.runs import HAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.index.segment import Segment

Documents: TypeAlias = "NDArray[np.intp]"
Scores: TypeAlias = "NDArray[np.float32]"

_ONE_WORD = re.compile(f"[{HAN}]+|[a-z0-9]+")
_NONE = np.zeros(0, np.intp)


class SegmentSearch:
    """A segment made ready for searching: norms, deletions, and answers kept while it is open."""

    def __init__(self, segment: Segment, alive: NDArray[np.bool_] | None) -> None:
        self.segment = segment
        self.alive = alive
        self.size = len(segment)
        self.living = self.size if alive is None else int(alive.sum())
        self.length_sum = int(segment.lengths.sum(dtype=np.int64))
        self._norms: Scores = np.zeros(0, np.float32)
        self._local: NDArray[np.int64] | None = None
        self._strings: dict[tuple[str, bool, str | None], Documents] = {}

    def prepare(self, average: float) -> None:
        """Take the average length of all segments."""
        self._norms = length_norms(self.segment.lengths, average)

    # Terms

    def find(self, term: str) -> int:
        """The number of a word, or -1."""
        return self.segment.words.find(term.encode("utf-8", "surrogatepass"))

    def df(self, term: str) -> int:
        """How many documents have a word, deleted ones included."""
        number = self.find(term)
        if number < 0:
            return 0
        start, end = self.segment.words.postings(number, number + 1)
        return end - start

    def term(self, term: str) -> tuple[NDArray[np.uint16], NDArray[np.uint8]] | None:
        """The documents and codes of a word."""
        number = self.find(term)
        if number < 0:
            return None
        start, end = self.segment.words.postings(number, number + 1)
        return self.segment.word_docs[start:end], self.segment.word_codes[start:end]

    def pair(self, pair: str) -> NDArray[np.uint16]:
        """The documents with a pair of UTF-16 units."""
        key = ord(pair[0]) << 16 | ord(pair[1])
        segment = self.segment
        place = int(segment.pair_keys.searchsorted(np.uint32(key)))
        if place == len(segment.pair_keys) or segment.pair_keys[place] != key:
            return segment.pair_docs[:0]
        start = segment.pair_ends[place - 1] if place else 0
        return segment.pair_docs[start : segment.pair_ends[place]]

    def unit(self, unit: str) -> Documents:
        """The documents with a UTF-16 unit: those of all pairs that begin with it."""
        segment = self.segment
        first, stop = segment.pair_keys.searchsorted(
            np.array([ord(unit) << 16, (ord(unit) + 1) << 16], np.uint64)
        )
        if first == stop:
            return _NONE
        start = segment.pair_ends[first - 1] if first else 0
        present = np.zeros(self.size, bool)
        present[segment.pair_docs[start : segment.pair_ends[stop - 1]]] = True
        return np.flatnonzero(present)

    # Matching

    def documents(self, plan: p.Plan) -> Documents:
        """The documents that match a plan, deleted ones left out."""
        found = self._documents(plan)
        return found if self.alive is None else found[self.alive[found]]

    def _documents(self, plan: p.Plan) -> Documents:
        if isinstance(plan, p.Term):
            found = [self._term_documents(name, plan.field) for name in (plan.term, *plan.aliases)]
            return reduce(_union, found)
        if isinstance(plan, p.And):
            return self._all_of(plan)
        if isinstance(plan, p.Or):
            return self._any_of(plan.parts)
        if isinstance(plan, p.String):
            found = [self.string(plan.text, plan.whole, plan.field)]
            found += [self.name(alias, plan.field) for alias in plan.aliases]
            return reduce(_union, found)
        if isinstance(plan, p.Prefix):
            return self._prefix_documents(plan)
        if isinstance(plan, p.Between):
            return np.flatnonzero(self._between(plan))
        if isinstance(plan, p.Value):
            return self._value_documents(plan)
        if isinstance(plan, p.Pairs):
            return _NONE
        return np.arange(self.size)

    def _term_documents(self, term: str, field: str | None) -> Documents:
        postings = self.term(term)
        if postings is None:
            # A name of one word that no document has is nowhere; one of several is looked for.
            return _NONE if _ONE_WORD.fullmatch(term) else self.name(term, field)
        docs, codes = postings
        return (docs if field is None else docs[codes >= TITLE_UNIT]).astype(np.intp)

    def name(self, name: str, field: str | None) -> Documents:
        """The documents with another name: a word, or a string of several."""
        postings = self.term(name)
        if postings is not None:
            return (
                postings[0] if field is None else postings[0][postings[1] >= TITLE_UNIT]
            ).astype(np.intp)
        return self.string(name, True, field) if len(name) > 1 else _NONE

    def _all_of(self, plan: p.And) -> Documents:
        parts = sorted(plan.parts, key=self._cost)
        found: Documents | None = None
        for part in parts:
            if found is not None and not len(found):
                return found
            if isinstance(part, p.Between) and found is not None:
                found = found[self._between(part)[found]]
                continue
            if isinstance(part, p.All) and found is not None:
                continue
            if isinstance(part, p.String) and found is not None and not part.aliases:
                found = self._string_within(part, found)
                continue
            documents = self._documents(part)
            found = documents if found is None else self._intersect(found, documents)
        if found is None:
            found = np.arange(self.size)
        for part in plan.without:
            if not len(found):
                break
            excluded = np.zeros(self.size, bool)
            excluded[self._documents(part)] = True
            found = found[~excluded[found]]
        return found

    def _any_of(self, parts: Sequence[p.Plan]) -> Documents:
        present = np.zeros(self.size, bool)
        for part in parts:
            present[self._documents(part)] = True
        return np.flatnonzero(present)

    def _cost(self, plan: p.Plan) -> int:
        """About how many documents a part has: what to begin with."""
        if isinstance(plan, p.Term):
            return sum(map(self.df, (plan.term, *plan.aliases)))
        if isinstance(plan, p.String):
            units = split_units(plan.text)
            if len(units) < 2:
                return self.size
            pairs = [units[i : i + 2] for i in range(len(units) - 1)]
            # A string is dear: its documents may have to be read.
            return min(len(self.pair(pair)) for pair in pairs) + (self.size >> 3)
        if isinstance(plan, p.And):
            return min(map(self._cost, plan.parts), default=self.size)
        if isinstance(plan, p.Or):
            return min(self.size, sum(map(self._cost, plan.parts)))
        return self.size + (1 if isinstance(plan, p.Between) else 0)

    def _intersect(self, some: Documents, others: Documents) -> Documents:
        if len(some) > len(others):
            some, others = others, some
        if not len(some):
            return some
        if len(some) * 16 < len(others):
            places = others.searchsorted(some)
            places[places == len(others)] = 0
            matched: Documents = some[others[places] == some]
            return matched
        present = np.zeros(self.size, bool)
        present[others] = True
        return some[present[some]]

    def _prefix_documents(self, plan: p.Prefix) -> Documents:
        words = self.segment.words
        first, stop = words.prefix(plan.text.encode("utf-8", "surrogatepass"))
        start, end = words.postings(first, stop)
        docs = self.segment.word_docs[start:end] if stop > first else _NONE
        if plan.field is not None:
            docs = docs[self.segment.word_codes[start:end] >= TITLE_UNIT]
        present = np.zeros(self.size, bool)
        present[docs] = True
        return np.flatnonzero(present)

    def _value_documents(self, plan: p.Value) -> Documents:
        facet = self.segment.facets[plan.field]
        present = np.zeros(self.size, bool)
        for number, value in enumerate(facet.folded):
            if plan.text in value:
                present[facet.docs(number)] = True
        return np.flatnonzero(present)

    def _between(self, plan: p.Between) -> NDArray[np.bool_]:
        if self._local is None:
            # A day is the day where the article was written.
            self._local = self.segment.dates + 60 * self.segment.zones.astype(np.int64)
        local = self._local
        inside = self.segment.dates > -(1 << 62)
        if plan.first is not None:
            inside &= local >= plan.first
        if plan.stop is not None:
            inside &= local < plan.stop
        return inside

    # Strings

    def string(self, text: str, whole: bool = False, field: str | None = None) -> Documents:
        """The documents whose title or body contains a folded string, exactly."""
        key = text, whole, field
        found = self._strings.get(key)
        if found is None:
            units = split_units(text)
            if len(units) == 1 and not whole and field is None:
                return self.unit(units)
            found = self._read(text, whole, field, self._candidates(units))
            # Reading is what costs, and one search asks for the same string a few times.
            if len(self._strings) >= 64:
                self._strings.clear()
            self._strings[key] = found
        return found

    def _string_within(self, plan: p.String, among: Documents) -> Documents:
        units = split_units(plan.text)
        candidates = self._intersect(self._candidates(units), among)
        return self._read(plan.text, plan.whole, plan.field, candidates)

    def _candidates(self, units: str) -> Documents:
        if len(units) == 1:
            return self.unit(units)
        pairs = {units[i : i + 2] for i in range(len(units) - 1)}
        postings = sorted(map(self.pair, pairs), key=len)
        found = postings[0].astype(np.intp)
        for docs in postings[1:]:
            if not len(found):
                break
            found = self._intersect(found, docs.astype(np.intp))
        return found

    def _read(self, text: str, whole: bool, field: str | None, candidates: Documents) -> Documents:
        if len(text) <= 2 and text == split_units(text) and not whole and field is None:
            return candidates
        matches = [
            number
            for number in candidates.tolist()
            if DocumentText(self.segment, number).contains(text, whole, field)
        ]
        return np.array(matches, np.intp)

    # Scoring

    def score(self, documents: Documents, weights: Weights) -> Scores:
        """The scores of some documents: the sum of the shares of all leaves."""
        total = np.zeros(self.size, np.float32)
        for leaf in weights.leaves:
            for _, _, docs, scores in self.shares(leaf, documents, weights):
                total[docs] += scores
        return total[documents]

    def shares(
        self, leaf: p.Leaf, within: Documents, weights: Weights
    ) -> Iterator[tuple[str, str, Documents, Scores]]:
        """What a leaf adds: (name, kind, documents, scores), at least for those of ``within``."""
        if isinstance(leaf, p.Term):
            own = self._word(leaf.term, leaf.field, weights.of(leaf), PRESENCE, within)
            if own:
                yield leaf.term, "word", *own
            yield from self._alias_shares(leaf, within, weights)
        elif isinstance(leaf, p.String):
            weight = weights.of(leaf)
            found = self.string(leaf.text, leaf.whole, leaf.field)
            kind = "word" if leaf.whole else "literal"
            yield leaf.text, kind, found, np.full(len(found), weight * (PRESENCE + 1), np.float32)
            yield from self._alias_shares(leaf, within, weights)
        elif isinstance(leaf, p.Pairs):
            for pair in leaf.pairs:
                docs = self.pair(pair)
                scores = np.full(len(docs), weights.pair(pair) * PAIR, np.float32)
                yield pair, "pair", docs.astype(np.intp), scores

    def _alias_shares(
        self, leaf: p.Term | p.String, within: Documents, weights: Weights
    ) -> Iterator[tuple[str, str, Documents, Scores]]:
        for alias in leaf.aliases:
            share = self._name(alias, leaf.field, weights.of(leaf) * ALIAS, within)
            if share:
                yield alias, "alias", *share

    def _word(
        self, term: str, field: str | None, weight: float, presence: float, within: Documents
    ) -> tuple[Documents, Scores] | None:
        postings = self.term(term)
        if postings is None:
            return None
        narrow, codes = postings
        if len(within) * 16 < len(narrow):
            places = narrow.searchsorted(within.astype(np.uint16))
            places[places == len(narrow)] = 0
            hits = narrow[places] == within
            docs, codes = within[hits], codes[places[hits]]
        else:
            docs = narrow.astype(np.intp)
        if field is not None:
            title = codes >= TITLE_UNIT
            docs, codes = docs[title], codes[title]
        tf = _FREQUENCIES.take(codes)
        norm = self._norms.take(docs)
        norm += tf
        tf /= norm
        tf *= np.float32(weight * (1 + K1))
        tf += np.float32(weight * presence)
        return docs, tf

    def _name(
        self, name: str, field: str | None, weight: float, within: Documents
    ) -> tuple[Documents, Scores] | None:
        if self.find(name) >= 0:
            return self._word(name, field, weight, 0.0, within)
        found = self.name(name, field)
        return found, np.full(len(found), weight / 2, np.float32)


class Weights:
    """What the leaves of a plan weigh, over all segments of an index."""

    def __init__(self, plan: p.Plan, segments: Sequence[SegmentSearch], documents: int) -> None:
        self.leaves = p.leaves(plan)
        self._segments = segments
        self._documents = documents
        self._known: dict[p.Leaf | str, float] = {}

    def of(self, leaf: p.Term | p.String) -> float:
        """The idf of a leaf times its own weight."""
        known = self._known.get(leaf)
        if known is None:
            if isinstance(leaf, p.Term):
                df = sum(s.df(name) for s in self._segments for name in (leaf.term, *leaf.aliases))
            else:
                df = sum(len(s.string(leaf.text, leaf.whole, leaf.field)) for s in self._segments)
            known = self._known[leaf] = leaf.weight * idf(min(df, self._documents), self._documents)
        return known

    def pair(self, pair: str) -> float:
        """The idf of a pair of characters."""
        known = self._known.get(pair)
        if known is None:
            df = sum(len(s.pair(pair)) for s in self._segments)
            known = self._known[pair] = idf(df, self._documents)
        return known


_FREQUENCIES = term_frequencies()


def split_units(text: str) -> str:
    """A string of UTF-16 units: characters beyond the basic plane become two surrogates."""
    if text.isascii() or max(text) < "\U00010000":
        return text
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(data[i] | data[i + 1] << 8) for i in range(0, len(data), 2))


def _union(some: Documents, others: Documents) -> Documents:
    if not len(others):
        return some
    return np.union1d(some, others) if len(some) else others

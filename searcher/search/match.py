"""Matching a plan in one segment: which documents have what it asks for.

Clauses are matched from the rarest on. The postings of a frequent term are made dense first, one
byte for each document, which is read fast wherever it is needed again; those of a rare one are
looked up in the sorted postings.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from searcher.lazy_numpy import numpy as np
from searcher.lazy_pattern import compile_late
from searcher.query.clauses import (
    AndClause,
    BigramClause,
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
from searcher.search.doc_ids import (
    SKIP_RATIO,
    DocIds,
    StoredDocIds,
    intersection_places,
    is_member,
    no_docs,
    union,
    union_sorted,
)
from searcher.search.literal_matcher import Frequencies, LiteralMatcher
from searcher.search.segment_postings import SegmentPostings
from searcher.store.dates import NO_DATE
from searcher.store.postings import TITLE_FREQ
from searcher.text.runs import HAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.store.segment_reader import SegmentReader

_TermOfField: TypeAlias = tuple[str, str | None]

_ONE_TOKEN = compile_late(f"[{HAN}]+|[a-z0-9]+")


class SegmentMatcher:
    """Matches plans in a segment with its deletions; serves one thread at a time.

    ``living``: which documents are not deleted, a byte of 1 or 0 each; None where all are.
    ``statistics``: of the whole index, so that what a name or a string stands for is the same in
    all segments; those of this segment where there are none.
    """

    def __init__(
        self,
        segment: SegmentReader,
        living: bytes | None,
        statistics: Frequencies | None = None,
    ) -> None:
        self.segment = segment
        self.living_bytes = living
        self.size = len(segment)
        self.living = self.size if living is None else living.count(1)
        self.postings = SegmentPostings(segment)
        self._statistics: Frequencies = self if statistics is None else statistics
        self.literals = LiteralMatcher(self.postings, self._statistics)
        self._matched: tuple[DocIds | None, dict[_TermOfField, NDArray[np.uint8]]] = None, {}
        """The documents matched last, and the frequencies of the terms that they matched by."""

    @cached_property
    def alive(self) -> NDArray[np.bool_] | None:
        """Which documents are not deleted, bool (n,); None where all are."""
        return None if self.living_bytes is None else np.frombuffer(self.living_bytes, bool)

    @cached_property
    def length_sum(self) -> int:
        """The tokens of all living documents."""
        lengths = self.segment.lengths
        return int((lengths if self.alive is None else lengths[self.alive]).sum(dtype=np.int64))

    @cached_property
    def local_times(self) -> NDArray[np.int64]:
        """The dates by the clock of their own time zone, int64 (size,)."""
        return self.segment.dates + 60 * self.segment.utc_offsets.astype(np.int64)

    def term_df(self, term: str) -> int:
        """How many living documents have a term."""
        if self.alive is None:
            return self.postings.df(term)
        postings = self.postings.postings(term, None)
        return 0 if postings is None else self.count_living(postings[0])

    def term_dfs(self, terms: Sequence[str]) -> list[int]:
        """How many living documents have each of many terms."""
        if self.living_bytes is not None:
            return [*map(self.term_df, terms)]
        dictionary = self.segment.terms
        numbers = [dictionary.find(t.encode("utf-8", "surrogatepass")) for t in terms]
        spans = [dictionary.postings_of(number) if number >= 0 else (0, 0) for number in numbers]
        return [stop - start for start, stop in spans]

    def bigram_df(self, bigram: str) -> int:
        """How many living documents have two adjacent UTF-16 units."""
        return self.count_living(self.postings.bigram(bigram))

    def literal_df(self, clause: LiteralClause) -> int:
        """How many living documents have the string of a clause, its synonyms left aside."""
        return self.count_living(self.literal_docs(clause))

    def count(self, clause: Clause) -> int:
        """How many documents match, deleted ones left out."""
        return len(self.docs(clause))

    def count_living(self, docs: DocIds | StoredDocIds) -> int:
        """How many of some documents are not deleted."""
        return len(docs) if self.alive is None else int(np.count_nonzero(self.alive.take(docs)))

    def is_alive(self, doc: int) -> bool:
        """Whether a document is not deleted."""
        return self.alive is None or bool(self.alive[doc])

    def is_term(self, name: str) -> bool:
        """Whether a name is a term of the index, in whichever segment."""
        return self._statistics.term_df(name) > 0

    def docs(self, clause: Clause) -> DocIds:
        """The documents that match, deleted ones left out."""
        found = self.matching(clause)
        if self.alive is None:
            return found
        alive = self.alive.take(found)
        return found if alive.all() else self._select(found, alive.nonzero()[0])

    def freqs(self, term: str, field: str | None, docs: DocIds) -> NDArray[np.uint8]:
        """The encoded frequencies of a term in some documents, 0 where it is not."""
        matched, known = self._matched
        if docs is matched and (term, field) in known:
            return known[term, field]
        return self.postings.freqs(term, field, docs)

    def present(self, plan: OrClause) -> NDArray[np.bool_]:
        """Which documents match, bool (size,), deleted ones left out."""
        present = self._present(plan.should)
        return present if self.alive is None else present & self.alive

    def has_only_terms(self, plan: OrClause) -> bool:
        """Whether a document matches exactly if it is in the postings of one of the terms."""
        return not plan.optional and all(
            isinstance(clause, TermClause)
            and not clause.synonyms
            and self.is_only_term(clause.term)
            for clause in plan.should
        )

    def is_only_term(self, term: str) -> bool:
        """Whether a term is where it has postings, and nowhere else.

        A single token that no document has is nowhere; a name of several is looked for as a string.
        """
        return _ONE_TOKEN.fullmatch(term) is not None or self.is_term(term)

    def synonym_docs(self, name: str, field: str | None) -> DocIds:
        """The documents with another name: a term, or a string of several tokens."""
        if self.is_term(name):
            postings = self.postings.postings(name, field)
            return no_docs() if postings is None else postings[0].astype(np.intp)
        return self.literals.docs(name, True, field) if len(name) > 1 else no_docs()

    def literal_docs(self, clause: LiteralClause) -> DocIds:
        """The documents with the string of a clause, its synonyms left aside."""
        if clause.by_frequency:
            return self.literals.postings(clause.text, clause.field)[0]
        return self.literals.docs(clause.text, clause.at_boundaries, clause.field)

    def cost(self, clause: Clause) -> int:
        """About how many documents a clause matches: what to begin with."""
        if isinstance(clause, TermClause):
            return sum(map(self.postings.df, (clause.term, *clause.synonyms)))
        if isinstance(clause, LiteralClause):
            return self.literals.cost(clause.text)
        if isinstance(clause, AndClause):
            return min(map(self.cost, clause.must), default=self.size)
        if isinstance(clause, OrClause):
            return min(self.size, sum(map(self.cost, clause.should)))
        if isinstance(clause, ThresholdClause):
            return self.size
        # The others are cheap beside these two, which look at each document that is left.
        return self.size + (
            isinstance(clause, DateRangeClause) + 2 * isinstance(clause, NearClause)
        )

    def matching(self, clause: Clause) -> DocIds:
        """The documents that match, deleted ones among them."""
        if isinstance(clause, TermClause):
            if not clause.synonyms:
                return self._term_docs(clause.term, clause.field)
            found = [self._term_docs(clause.term, clause.field)]
            found += [self.synonym_docs(name, clause.field) for name in clause.synonyms]
            return self._union(found)
        if isinstance(clause, AndClause):
            return self._and_docs(clause)
        if isinstance(clause, OrClause):
            return self._or_docs(clause.should)
        if isinstance(clause, LiteralClause):
            found = [self.literal_docs(clause)]
            found += [self.synonym_docs(name, clause.field) for name in clause.synonyms]
            return self._union(found)
        if isinstance(clause, NearClause):
            return self.literals.near(clause, np.arange(self.size))
        if isinstance(clause, PrefixClause):
            return self._prefix_docs(clause)
        if isinstance(clause, DateRangeClause):
            return self._date_filter(clause, np.arange(self.size)).nonzero()[0]
        if isinstance(clause, KeywordClause):
            return self._keyword_docs(clause)
        if isinstance(clause, ThresholdClause):
            return self._threshold_docs(clause)
        if isinstance(clause, BigramClause):
            return no_docs()
        return np.arange(self.size)

    def _union(self, lists: Sequence[DocIds]) -> DocIds:
        return union_sorted(lists, self.size)

    def _term_docs(self, term: str, field: str | None) -> DocIds:
        if not self.is_only_term(term):
            return self.synonym_docs(term, field)
        postings = self.postings.postings(term, field)
        if postings is None:
            return no_docs()
        docs = postings[0].astype(np.intp)
        self._matched = docs, {(term, field): postings[1]}
        return docs

    def _and_docs(self, clause: AndClause) -> DocIds:
        """The intersection of ``must``, the rarest clause first, without ``must_not``."""
        found: DocIds | None = None
        parts = sorted(clause.must, key=self.cost) if len(clause.must) > 1 else clause.must
        for part in parts:
            if found is None:
                found = self.matching(part)
            elif not len(found):
                return found
            else:
                found = self._narrow(found, part)
        if found is None:
            found = np.arange(self.size)
        for part in clause.must_not:
            if not len(found):
                break
            found = found[~is_member(found, self.matching(part), self.size)]
        return found

    def _narrow(self, found: DocIds, clause: Clause) -> DocIds:
        """Those of the documents found that match a clause, too."""
        if isinstance(clause, MatchAllClause):
            return found
        if isinstance(clause, DateRangeClause):
            return self._select(found, self._date_filter(clause, found).nonzero()[0])
        if isinstance(clause, LiteralClause) and not clause.synonyms and not clause.by_frequency:
            return self.literals.docs_among(clause, found)
        if isinstance(clause, NearClause):
            return self.literals.near(clause, found)
        if (
            isinstance(clause, TermClause)
            and not clause.synonyms
            and self.is_only_term(clause.term)
        ):
            return self._narrow_by_term(found, clause)
        return self._select(found, intersection_places(found, self.matching(clause), self.size))

    def _narrow_by_term(self, found: DocIds, clause: TermClause) -> DocIds:
        matched, known = self._matched
        freqs = self.freqs(clause.term, clause.field, found)
        terms = known if matched is found else {}
        self._matched = found, {**terms, (clause.term, clause.field): freqs}
        return self._select(found, (freqs != 0).nonzero()[0])

    def _select(self, found: DocIds, places: DocIds) -> DocIds:
        """The documents at some places of a list; frequencies known for the list stay known."""
        docs = found.take(places)
        matched, known = self._matched
        if matched is found:
            self._matched = docs, {term: freqs.take(places) for term, freqs in known.items()}
        return docs

    def _or_docs(self, clauses: Sequence[Clause]) -> DocIds:
        if len(clauses) == 1:
            return self.matching(clauses[0])
        return self._present(clauses).nonzero()[0]

    def _present(self, clauses: Sequence[Clause]) -> NDArray[np.bool_]:
        present = np.zeros(self.size, bool)
        for clause in clauses:
            if (
                isinstance(clause, TermClause)
                and not clause.synonyms
                and self.is_only_term(clause.term)
                and self.postings.df(clause.term) * SKIP_RATIO > self.size
            ):
                present |= self.postings.dense_freqs(clause.term, clause.field) != 0
            else:
                present[self.matching(clause)] = True
        return present

    def _threshold_docs(self, clause: ThresholdClause) -> DocIds:
        """The documents with a share of the weight of all clauses."""
        weights = np.zeros(self.size, np.float32)
        for part, weight in zip(clause.should, clause.weights, strict=True):
            weights[self.matching(part)] += np.float32(weight)
        return (weights >= np.float32(least_weight(clause))).nonzero()[0]

    def prefix_terms(self, clause: PrefixClause) -> list[tuple[int, int]]:
        """The numbers (first, last + 1) of the terms of a clause, in one stretch or in several."""
        terms = self.segment.terms
        first, stop = terms.prefix(clause.text.encode("utf-8", "surrogatepass"))
        if clause.more is None:
            return [(first, stop)] if stop > first else []
        size = len(clause.text) + clause.more
        return [(n, n + 1) for n in range(first, stop) if _length(terms.term(n)) == size]

    def _prefix_docs(self, clause: PrefixClause) -> DocIds:
        found = []
        for first, stop in self.prefix_terms(clause):
            start, end = self.segment.terms.postings(first, stop)
            docs = self.segment.term_docs.slice(start, end)
            if clause.field is not None:
                docs = docs[self.segment.term_freqs.slice(start, end) >= TITLE_FREQ]
            found.append(docs)
        return union(found, self.size)

    def _keyword_docs(self, clause: KeywordClause) -> DocIds:
        keyword = self.segment.keywords[clause.field]
        found = [keyword.docs(n) for n, value in enumerate(keyword.folded) if clause.matches(value)]
        return self._union([docs.astype(np.intp) for docs in found])

    def _date_filter(self, clause: DateRangeClause, docs: DocIds) -> NDArray[np.bool_]:
        """Which of some documents are dated in a range, bool (len(docs),)."""
        local = self.local_times.take(docs)
        inside: NDArray[np.bool_] = local > NO_DATE
        if clause.start is not None:
            inside &= local >= clause.start
        if clause.end is not None:
            inside &= local < clause.end
        return inside


def least_weight(clause: ThresholdClause) -> float:
    """The weight that the parts of a clause have together in a document that matches."""
    return max(clause.share * sum(clause.weights) * (1 - 1e-5), 1e-6)


def _length(term: bytes) -> int:
    """The characters of a term."""
    return len(term.decode("utf-8", "surrogatepass"))

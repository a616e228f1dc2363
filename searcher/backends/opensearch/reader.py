"""An index on OpenSearch, for reading: a point in time of one commit."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from searcher.backends.base import (
    Contribution,
    DocRef,
    ScoredDoc,
    StoredDocument,
    TopDocs,
    TopRequest,
    WeightedPlan,
)
from searcher.backends.opensearch import packed
from searcher.backends.opensearch.answers import reading_answers
from searcher.backends.opensearch.ids import id_of
from searcher.backends.opensearch.kept import Kept, find_build, readable_build
from searcher.backends.opensearch.near import documents_near
from searcher.backends.opensearch.query import MATCH_ALL, Filters, Query
from searcher.backends.opensearch.ranked import BY_DATE, BY_SCORE, ranked_query
from searcher.backends.opensearch.session import PAGE, PARTIAL, Session, hits_of, total_of
from searcher.backends.opensearch.shares import Shares
from searcher.backends.opensearch.speculation import likely_bigrams, likely_leaves
from searcher.backends.opensearch.statistics import Frequencies
from searcher.errors import IndexInvalidError, QueryError, reporting_no_memory
from searcher.search.bounds import most_matches
from searcher.store.dates import NO_DATE
from searcher.store.lexicon_file import LexiconFile
from searcher.store.stored_documents import DocumentDecoder
from searcher.text.lexicon import fingerprint, lexicon_files
from searcher.text.version import VERSION

if TYPE_CHECKING:
    from searcher.backends.opensearch.address import Address
    from searcher.backends.opensearch.matches import RemoteMatches
    from searcher.backends.opensearch.transport import Transport
    from searcher.query.clauses import Clause, NearClause
    from searcher.results import Stats
    from searcher.search.collect import Collector
    from searcher.sources import Source
    from searcher.text.analyser import Analyser

LEXICON_CHANGED = "the lexicon has changed since the index was built; run: searcher index"

MAX_KEPT_DOCUMENTS = 2000
"""The maximum number of stored documents kept of answers, until they are asked for."""

FETCHED_AT_ONCE = 500

# By a hash of what their lexicons add: indexes opened one after another share a dictionary.
_analysers: dict[str, Analyser] = {}


class OpenSearchBackend:
    """One commit of an index on OpenSearch; a :class:`~searcher.backends.base.ReadBackend`.

    Serves one thread at a time. ``partial``: whether answers may lack what some shards have.
    """

    by_requests = True

    def __init__(self, address: Address, transport: Transport, *, partial: bool = False) -> None:
        self.address = address
        self.transport = transport
        self._build = readable_build(transport, address, VERSION)
        self._kept = Kept(transport, address)
        self.state = self._kept.read_state(self._build)
        self.session = Session(transport, self._build.name, partial=partial)
        self.lexicon = LexiconFile(self._kept.lexicon(self._build))
        self.folding = self.lexicon.folding()
        self._analyser: Analyser | None = None
        self._own_notes: tuple[str, ...] = ()
        files = filter(os.path.isfile, self.state.lexicon_files)
        if fingerprint(lexicon_files(files)) != self._build.settings.lexicon:
            self._own_notes = (LEXICON_CHANGED,)
        self._decoder = DocumentDecoder(
            self._kept.read_bytes(f"{self._build.name}.dictionary") or b""
        )
        self._ids: list[str] = []
        self._refs: dict[str, DocRef] = {}
        self._stored: dict[DocRef, object] = {}
        self._expected: list[tuple[WeightedPlan, TopRequest, TopDocs]] = []
        self._count()

    def _count(self) -> None:
        """Count documents and tokens of the point in time."""
        answer = self.session.search(
            {
                "size": 0,
                "track_total_hits": True,
                "aggs": {"tokens": {"sum": {"field": "length"}}},
            }
        )
        self.documents = total_of(answer)
        tokens = answer["aggregations"]["tokens"]["value"]
        self.tokens = int(tokens or 0)
        self.average_length = tokens / self.documents if self.documents else 1.0
        self.frequencies = Frequencies(self.session, self.documents)
        self._turn = self.session.turn
        self._filters = Filters(lambda term: self.frequencies.term_df(term) > 0, self._near)
        self._shares = Shares(self._filters, self.frequencies, self.average_length)

    def _follow_turns(self) -> None:
        """Count anew where nodes were lost, and the point in time is another one."""
        if self._turn != self.session.turn:
            self._count()

    def __len__(self) -> int:
        """The number of documents."""
        return self.documents

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever searches should know."""
        return (*self._own_notes, *([PARTIAL] if self.session.was_partial else ()))

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Answers that have not the form that they should have become IndexInvalidError."""
        with reading_answers(), reporting_no_memory("ask for less at once, or stop other programs"):
            yield

    def commit_name(self) -> str:
        """A text that names the commit."""
        return self._build.commit

    def is_current(self) -> bool:
        """Whether there is no newer commit."""
        found = find_build(self.transport, self.address)
        return found is not None and found.commit == self._build.commit

    def close(self) -> None:
        """Let the cluster forget the point in time, and close the connections."""
        self.session.close()
        self.lexicon.close()
        self.transport.close()

    # Statistics and words

    def statistics(self, terms: Callable[[], Iterable[str]]) -> Frequencies:
        """The frequencies of the terms that planning and weighing will ask for, at once."""
        self._follow_turns()
        self._expected.clear()
        texts = dict.fromkeys(terms())
        leaves = likely_leaves(texts, self.synonyms, self.analyser)
        self.frequencies.look_up(leaves, likely_bigrams(texts), texts)
        return self.frequencies

    def lexicon_files(self) -> tuple[str, ...]:
        """The user's lexicon files that the index was built with, absolute."""
        return self.state.lexicon_files

    def synonyms(self, folded: str) -> tuple[str, ...]:
        """All names of the thing with this folded name."""
        return self.lexicon.synonyms(folded)

    def analyser(self) -> Analyser:
        """The analyser with the lexicon of the index; loading it the first time takes 0.15 s."""
        if self._analyser is None:
            from searcher.text.analyser import Analyser

            additions = self.lexicon.additions()
            digest = additions.digest()
            if digest not in _analysers:
                _analysers.clear()
                _analysers[digest] = Analyser(additions=additions.decode())
            self._analyser = _analysers[digest]
        return self._analyser

    # Matching

    def filter_of(self, clause: Clause) -> Query:
        """The filter of a clause."""
        self._follow_turns()
        self.frequencies.look_up([clause])
        return self._filters.of(clause)

    def expect(self, asked: Sequence[tuple[WeightedPlan, TopRequest]]) -> None:
        """Ask for the best documents of several plans at once."""
        self._expected.clear()
        filters = [self.filter_of(plan.plan) for plan, _ in asked]
        bodies = []
        for (plan, request), filter_ in zip(asked, filters, strict=True):
            if most_matches(plan.plan, self.frequencies):
                body = self._body(plan, request, filter_)
                size = min(request.wanted, PAGE)
                bodies.append({**body, "size": size, "track_total_hits": True})
            else:
                self._expected.append((plan, request, TopDocs([], 0)))
        answers = iter(self.session.searches(bodies))
        known = [plan for plan, _, _ in self._expected]
        for plan, request in asked:
            if not any(plan is one for one in known):
                answer = next(answers)
                docs = [self._scored(hit, request) for hit in hits_of(answer)]
                self._expected.append((plan, request, TopDocs(docs, total_of(answer))))

    def best(self, plan: WeightedPlan, request: TopRequest) -> TopDocs:
        """The best documents for a plan; their stored documents come with them."""
        for one, asked, (docs, total) in self._expected:
            enough = len(docs) >= min(request.wanted, total)
            if one is plan and enough and asked[1:] == request[1:]:
                return TopDocs(docs[: request.wanted], total)
        filter_ = self.filter_of(plan.plan)
        if not most_matches(plan.plan, self.frequencies):
            return TopDocs([], 0)
        body = self._body(plan, request, filter_)
        first = self.session.search(
            {**body, "size": min(request.wanted, PAGE), "track_total_hits": True}
        )
        hits, total = hits_of(first), total_of(first)
        while len(hits) < min(request.wanted, total):
            size = min(request.wanted - len(hits), PAGE)
            more = {**body, "size": size, "search_after": hits[-1]["sort"]}
            page = hits_of(self.session.search({**more, "track_total_hits": False}))
            if not page:
                break
            hits += page
        return TopDocs([self._scored(hit, request) for hit in hits], total)

    def _body(self, plan: WeightedPlan, request: TopRequest, filter_: Query) -> dict[str, Any]:
        """The request for the best documents, without how many."""
        self.frequencies.look_up(plan.leaves)
        return {
            "query": ranked_query(filter_, self._shares.of(plan), request, time.time()),
            "sort": BY_SCORE if request.sort == "relevance" else BY_DATE[request.sort],
            "track_scores": True,
            "stored_fields": ["raw"],
        }

    def _scored(self, hit: dict[str, Any], request: TopRequest) -> ScoredDoc:
        date = hit["sort"][1 if request.sort == "relevance" else 0]
        is_dated = isinstance(date, int) and abs(date) < 1 << 61
        return ScoredDoc(self.ref_of_hit(hit), float(hit["_score"]), date if is_dated else NO_DATE)

    def count(self, clause: Clause) -> int:
        """How many documents match."""
        query = self.filter_of(clause)
        body = {"size": 0, "track_total_hits": True, "query": query}
        return total_of(self.session.search(body))

    def collect(self, clause: Clause, collectors: Sequence[Collector]) -> None:  # noqa: ARG002 - as in the protocol
        """Not here: the cluster counts, and tells no collector of each document."""
        raise QueryError(
            "that cannot be counted in an index on OpenSearch; facets by source, author, category "
            "and date, timelines, concordances, duplicates and exports can"
        )

    def match_set(self, plan: WeightedPlan, notes: tuple[str, ...]) -> RemoteMatches:
        """All matches of a plan, which the cluster counts."""
        from searcher.backends.opensearch.matches import RemoteMatches

        return RemoteMatches(self, plan, notes)

    def matches(self, ref: DocRef, clause: Clause) -> bool:
        """Whether a document matches."""
        query = {"bool": {"filter": [self._only(ref), self.filter_of(clause)]}}
        body = {"size": 0, "track_total_hits": True, "query": query}
        return total_of(self.session.search(body)) > 0

    def contributions(self, ref: DocRef, plan: WeightedPlan) -> list[Contribution]:
        """What the leaves of a plan add to the score of a document."""
        self.frequencies.look_up(plan.leaves)
        components = [
            (number, component)
            for number, (leaf, weight) in enumerate(zip(plan.leaves, plan.weights, strict=True))
            for component in self._shares.of_leaf(leaf, weight, plan)
        ]
        bodies = [
            {
                "size": 1,
                "query": {"bool": {"filter": [self._only(ref)], "must": [component.query]}},
                "stored_fields": [],
            }
            for _, component in components
        ]
        answers = self.session.searches(bodies)
        return [
            Contribution(number, component.name, component.kind, float(hits[0]["_score"]))
            for (number, component), answer in zip(components, answers, strict=True)
            if (hits := hits_of(answer)) and hits[0]["_score"]
        ]

    def _only(self, ref: DocRef) -> Query:
        return {"ids": {"values": [self._ids[ref]]}}

    def _near(self, clause: NearClause) -> list[str]:
        return documents_near(self, clause)

    # Documents

    def ref_of(self, id_: str) -> DocRef:
        """The reference of the document with this id of the cluster's."""
        ref = self._refs.get(id_)
        if ref is None:
            ref = self._refs[id_] = len(self._ids)
            self._ids.append(id_)
        return ref

    def id_of(self, ref: DocRef) -> str:
        """The cluster's id of a document."""
        return self._ids[ref]

    def ref_of_hit(self, hit: dict[str, Any]) -> DocRef:
        """The reference of a hit, whose stored document is kept."""
        ref = self.ref_of(str(hit["_id"]))
        if len(self._stored) >= MAX_KEPT_DOCUMENTS:
            self._stored.clear()
        fields = hit.get("fields")
        if fields is not None:
            self._stored[ref] = fields["raw"][0]
        return ref

    def fetch(self, refs: Sequence[DocRef]) -> list[StoredDocument]:
        """The stored documents. Raises IndexInvalidError where one is damaged."""
        found = {ref: self._stored[ref] for ref in refs if ref in self._stored}
        missing = [ref for ref in dict.fromkeys(refs) if ref not in found]
        for first in range(0, len(missing), FETCHED_AT_ONCE):
            some = missing[first : first + FETCHED_AT_ONCE]
            ids = [self._ids[ref] for ref in some]
            body = {"query": {"ids": {"values": ids}}, "size": len(ids), "stored_fields": ["raw"]}
            for hit in hits_of(self.session.search(body)):
                found[self.ref_of(str(hit["_id"]))] = hit["fields"]["raw"][0]
        if any(ref not in found for ref in missing):
            raise IndexInvalidError(
                "an article was removed while it was read, as the cluster has lost nodes; try again"
            )
        return [packed.unpack(found[ref], self._decoder) for ref in refs]

    def locate(self, id_or_path: str) -> DocRef | None:
        """The document with an id, the beginning of one, or a path."""
        from searcher.backends.opensearch.locating import locate

        return locate(self, id_or_path)

    def refs(self) -> Iterator[DocRef]:
        """All documents, in the order of their ids."""
        yield from self.refs_of(MATCH_ALL, [{"id": "asc"}])

    def refs_of(self, query: Query, sort: list[Any]) -> Iterator[DocRef]:
        """The documents that match a filter, in an order that ends with the id."""
        # The id of a hit stands in its order; the cluster's own would have to be decompressed.
        body = {"query": query, "sort": sort, "stored_fields": "_none_"}
        for hits in self.session.pages(body):
            yield from [self.ref_of(id_of(str(hit["sort"][-1]))) for hit in hits]

    def hits_with_documents(self, query: Query, size: int) -> Iterator[list[DocRef]]:
        """The documents that match a filter, page by page; their stored documents are kept."""
        body = {"query": query, "sort": [{"id": "asc"}], "stored_fields": ["raw"]}
        for hits in self.session.pages(body, size):
            yield [self.ref_of_hit(hit) for hit in hits]

    def terms(self, prefix: str) -> Iterator[tuple[str, int]]:
        """The terms that begin with a text, in order, with their document frequencies."""
        from searcher.backends.opensearch.overview import terms

        return terms(self, prefix)

    def stats(self) -> Stats:
        """What is in the index."""
        from searcher.backends.opensearch.overview import stats

        return stats(self, self._build.name, self._build.built)

    def sources(self) -> tuple[tuple[Source, int], ...]:
        """The sources of the index, and how many documents each has."""
        from searcher.backends.opensearch.overview import sources

        return sources(self)

    def check(self) -> list[str]:
        """What is wrong with the index, one line each; reads all of it."""
        from searcher.backends.opensearch.check import check

        return [*self.lexicon.check(), *check(self, self._build.name)]

    def check_texts(self, sample: int | None) -> list[str]:
        """What the index says of its documents that their texts, analysed anew, do not."""
        from searcher.backends.opensearch.check import check_texts

        return check_texts(self, sample)

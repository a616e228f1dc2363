"""A second engine, of lists and dicts, which looks at every document for every query.

It shows what a search needs of an engine, and the embedded engine is held against it: matching and
scoring are written anew from the docstrings of `searcher.query.clauses` and `searcher.search.bm25`.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timezone
from time import time

from naive_document import NaiveDocument, Synonyms

from searcher import Article, QueryError, Stats
from searcher.backends import base
from searcher.query import clauses as c
from searcher.search import bm25
from searcher.search.collect import Collector
from searcher.sources import Source
from searcher.store.dates import NO_DATE
from searcher.text.analyser import Analyser, default_analyser
from searcher.text.folding import folding_table


class NaiveIndex:
    """An index as it was committed last; a reference is a document's place in `documents`."""

    def __init__(self, synonyms: Synonyms = lambda _: (), analyser: Analyser | None = None) -> None:
        self.synonyms = synonyms
        self.analyser = analyser or default_analyser()
        self.documents: list[NaiveDocument] = []
        self.deleted: frozenset[base.DocRef] = frozenset()


class NaiveWriter:
    """Changes an index; nobody sees it before the commit."""

    def __init__(self, index: NaiveIndex) -> None:
        self.index, self.documents, self.deleted = index, [*index.documents], index.deleted

    def add(self, articles: Iterable[Article]) -> None:
        self.documents += [NaiveDocument(article, self.index.analyser) for article in articles]

    def delete(self, ids: Collection[str]) -> None:
        self.deleted |= {n for n, d in enumerate(self.documents) if d.article.id in ids}

    def commit(self) -> None:
        self.index.documents, self.index.deleted = [*self.documents], self.deleted


class NaiveBackend:
    """A commit of an index, opened; also its statistics."""

    notes: tuple[str, ...] = ()
    by_requests = False
    folding = folding_table().data
    deadline = math.inf

    def __init__(self, index: NaiveIndex) -> None:
        self.index, self.stored, self.deleted = index, index.documents, index.deleted
        self.living = [self.stored[ref] for ref in self.refs()]
        self.documents = len(self.living)
        self.dfs = Counter(term for d in self.living for term in d.halves)
        self.average_length = sum(len(d.tokens) for d in self.living) / max(1, self.documents)
        self.synonyms, self.term_df = index.synonyms, self.dfs.__getitem__

    def __len__(self) -> int:
        return self.documents

    def guard(self) -> AbstractContextManager[None]:
        return nullcontext()

    def commit_name(self) -> str:
        return f"{len(self.stored)}-{len(self.deleted)}"

    def is_whole(self) -> bool:
        return True

    def is_current(self) -> bool:
        return self.index.documents is self.stored

    def close(self) -> None:
        pass

    def sources(self) -> tuple[tuple[Source, int], ...]:
        return ()

    def check(self) -> list[str]:
        return []

    def check_texts(self, sample: int | None) -> list[str]:
        return []

    def analyser(self) -> Analyser:
        return self.index.analyser

    def lexicon_files(self) -> tuple[str, ...]:
        return ()

    def statistics(self, terms: Callable[[], Iterable[str]]) -> base.Statistics:
        return self

    def look_up(self, clauses: Iterable[c.Clause] = (), bigrams: Iterable[str] = ()) -> None:
        pass

    def match_set(self, plan: base.WeightedPlan, notes: tuple[str, ...]) -> None:
        return None

    def literal_df(self, clause: c.LiteralClause) -> int:
        return sum(any(d.frequency(clause)) for d in self.living)

    def bigram_df(self, bigram: str) -> int:
        return sum(bigram in d.text for d in self.living)

    def matches(self, ref: base.DocRef, clause: c.Clause) -> bool:
        d = self.stored[ref]
        if isinstance(clause, c.TermClause | c.LiteralClause):
            names = (self.has_name(d, name, clause.field) for name in clause.synonyms)
            return d.matches(clause) or any(names)
        if isinstance(clause, c.ThresholdClause):
            parts = zip(clause.should, clause.weights, strict=True)
            found = sum(weight for part, weight in parts if self.matches(ref, part))
            return found >= max(clause.share * sum(clause.weights) * (1 - 1e-5), 1e-6)
        if isinstance(clause, c.AndClause):
            without = any(self.matches(ref, part) for part in clause.must_not)
            return not without and all(self.matches(ref, part) for part in clause.must)
        if isinstance(clause, c.OrClause):
            return any(self.matches(ref, part) for part in clause.should)
        return d.matches(clause)

    def has_name(self, d: NaiveDocument, name: str, field: str | None) -> bool:
        """Whether a document has a synonym: a term, or a string of several tokens."""
        is_term = name in self.dfs
        return d.has(name, field) if is_term else len(name) > 1 and any(d.spans(name, True, field))

    def count(self, clause: c.Clause) -> int:
        return sum(self.matches(ref, clause) for ref in self.refs())

    def collect(self, clause: c.Clause, collectors: Sequence[Collector]) -> None:
        raise NotImplementedError("it has no segments")

    def contributions(self, ref: base.DocRef, plan: base.WeightedPlan) -> list[base.Contribution]:
        return [
            base.Contribution(number, *share)
            for number, leaf in enumerate(plan.leaves)
            for share in self.shares(self.stored[ref], leaf, plan.weights[number], plan)
            if share[2]
        ]

    def shares(
        self, d: NaiveDocument, leaf: c.Leaf, weight: float, plan: base.WeightedPlan
    ) -> Iterator[tuple[str, str, float]]:
        """Name, kind and score of each thing that a leaf adds to the score of a document."""
        if isinstance(leaf, c.BigramClause):
            found = (bigram for bigram in leaf.bigrams if bigram in d.text)
            yield from ((bigram, "pair", plan.bigram_weights[bigram]) for bigram in found)
        if not isinstance(leaf, c.TermClause | c.LiteralClause):
            return
        frequency = d.frequency(leaf)
        if isinstance(leaf, c.LiteralClause) and not leaf.by_frequency:
            share = weight * (bm25.PRESENCE + 1) * any(frequency)
            yield leaf.text, "word" if leaf.at_boundaries else "literal", share
        elif any(frequency):
            presence = bm25.PRESENCE * (1 + bm25.TITLE_PRESENCE * (frequency[0] > 0))
            name = leaf.term if isinstance(leaf, c.TermClause) else leaf.text
            yield name, "word", weight * (presence + self.saturation(d, *frequency))
        for name in leaf.synonyms:
            if self.has_name(d, name, leaf.field):
                is_term = name in self.dfs
                share = self.saturation(d, *d.halves[name]) if is_term else 0.5
                yield name, "alias", weight * bm25.SYNONYM_WEIGHT * share

    def saturation(self, d: NaiveDocument, title: int, body: int) -> float:
        tf = (bm25.TITLE_BOOST * min(title, 3) + min(body, 63)) / 2
        length = len(d.tokens) / max(1.0, self.average_length)
        return (1 + bm25.K1) * tf / (tf + bm25.K1 * (1 - bm25.B + bm25.B * length))

    def expect(self, asked: Sequence[tuple[base.WeightedPlan, base.TopRequest]]) -> None:
        pass

    def best(self, plan: base.WeightedPlan, request: base.TopRequest) -> base.TopDocs:
        found = []
        for ref in self.refs():
            if self.matches(ref, plan.plan):
                date = self.stored[ref].date
                score = sum(share.score for share in self.contributions(ref, plan))
                if request.fresh is not None and request.sort == "relevance":
                    age = max(0, time() - date) / 86400
                    score *= 1 + bm25.FRESHNESS * 0.5 ** min(age / request.fresh, 1000)
                found.append(base.ScoredDoc(ref, score, date))
        found.sort(key=lambda doc: self.order(doc, request.sort))
        return base.TopDocs(found[: request.wanted], len(found))

    def order(self, doc: base.ScoredDoc, sort: base.Sort) -> tuple[float, float, str]:
        id_ = self.stored[doc.ref].article.id
        if sort == "oldest":
            return doc.date == NO_DATE, doc.date, id_
        # Sums of the same numbers in another order differ in their last digits.
        return -round(doc.score, 9) if sort == "relevance" else 0, -doc.date, id_

    def fetch(self, refs: Sequence[base.DocRef]) -> list[base.StoredDocument]:
        return [self.stored[ref].stored for ref in refs]

    def refs(self) -> Iterator[base.DocRef]:
        return (ref for ref in range(len(self.stored)) if ref not in self.deleted)

    def locate(self, id_or_path: str) -> base.DocRef | None:
        articles = [(ref, self.stored[ref].article) for ref in self.refs()]
        exact = [ref for ref, a in articles if a.id == id_or_path]
        begin = [ref for ref, a in articles if a.id.startswith(id_or_path)]
        if not exact and len(begin) > 1:
            raise QueryError(f"several ids begin with {id_or_path!r}; give more of it")
        paths = [ref for ref, a in articles if a.path == id_or_path]
        return next(iter([*exact, *begin, *paths]), None)

    def terms(self, prefix: str) -> Iterator[tuple[str, int]]:
        dfs = Counter(term for ref in self.refs() for term in self.stored[ref].halves)
        return ((term, dfs[term]) for term in sorted(dfs) if term.startswith(prefix))

    def stats(self) -> Stats:
        docs = [self.stored[ref] for ref in self.refs()]
        dates = [d.article.date for d in docs if d.article.date]
        return Stats(
            len(docs), len(self.dfs), sum(len(d.tokens) for d in docs), 1, 0,
            min(dates, default=None), max(dates, default=None), len(docs) - len(dates),
            (*Counter(d.article.source for d in docs if d.article.source).most_common(),),
            (*Counter(name for d in docs for name in d.article.categories).most_common(),),
            datetime.now(timezone.utc), (),
        )  # fmt: skip

"""A search that ranks every document, slow and obvious, to hold the fast one against.

Plans are the planner's (tests/tree_oracle.py judges those). The naive engine matches and scores;
weights, filters and proximity are written here anew.
"""

import math
import re
from collections.abc import Callable, Sequence
from datetime import date

from library import segments_of
from naive_backend import NaiveBackend, NaiveIndex, NaiveWriter
from naive_document import NaiveDocument, Spans, Synonyms

from searcher import Article, Index
from searcher.backends.base import StoredDocument, TopRequest, WeightedPlan
from searcher.query import clauses as c
from searcher.query.options import Sort
from searcher.query.parser import parse
from searcher.search.bm25 import BIGRAM_WEIGHT, PROXIMITY_WEIGHT, RERANK_DEPTH
from searcher.search.planner import Planner
from searcher.search.texts import StoredText, title_and_body
from searcher.store.dates import read_date
from searcher.store.stored_documents import decode_fields
from searcher.text.folding import fold

SENTENCE_END = re.compile(r"[。!?;…\n\x01\x02]|\.(?= )")


def naive_copy(index: Index, synonyms: Synonyms) -> NaiveBackend:
    """What is in the segments of an index, deleted documents too, in the naive engine."""
    fetch = index._backend.fetch
    numbers = [base + number for base, m, _ in segments_of(index) for number in range(m.size)]
    alive = {*index._backend.refs()}
    copy = NaiveIndex(synonyms)
    writer = NaiveWriter(copy)
    deleted = [article_of(stored) for stored in fetch([n for n in numbers if n not in alive])]
    writer.add(deleted)
    writer.delete({article.id for article in deleted})
    # Some of these are new versions of deleted ones.
    writer.add(map(article_of, fetch([n for n in numbers if n in alive])))
    writer.commit()
    return NaiveBackend(copy)


def article_of(stored: StoredDocument) -> Article:
    """The article that is stored."""
    id_, path, author, source, url, *categories = decode_fields(stored.raw)
    title, body = title_and_body(StoredText(stored.raw, stored.title_length))
    day = read_date(stored.date, stored.utc_offset)
    return Article(id_, path, title, body, day, author, source, tuple(categories), url)


class Exhaustive:
    """All documents of an index, ranked one by one."""

    def __init__(self, index: Index, synonyms: Synonyms) -> None:
        self.backend = naive_copy(index, synonyms)
        self.documents = [self.backend.stored[ref] for ref in self.backend.refs()]

    def search(
        self,
        query: str,
        *,
        any: bool = False,  # noqa: A002 - as in Index.search
        aliases: bool = True,
        sort: Sort = "relevance",
        since: date | None = None,
        until: date | None = None,
        category: str | None = None,
        author: str | None = None,
    ) -> list[tuple[str, float]]:
        """All articles that match as asked, best first, with their scores.

        Sentences, which are ranked again by their pairs of characters, are left to the comparison
        with the naive engine: their order and scores are those before that.
        """

        def passes(d: NaiveDocument) -> bool:
            if since or until:
                if d.article.date is None:
                    return False
                day = d.article.date.date()
                if (since and day < since) or (until and day > until):
                    return False
            is_named = category is None or d.has_value(fold(category), "category")
            return is_named and (author is None or d.has_value(fold(author), "author"))

        tree = parse(query).tree
        if tree is None:
            return []
        backend = self.backend
        planner = Planner(backend.dfs.__contains__, backend.synonyms, backend.analyser)
        plan = self.weighted(planner.plan(tree, any_word=any, aliases=aliases))
        docs = backend.best(plan, TopRequest(1 << 62, sort)).docs
        docs = [doc for doc in docs if passes(backend.stored[doc.ref])]
        if sort == "relevance" and self.things(plan) > 1:
            first = []
            for doc in docs[:RERANK_DEPTH]:
                near = self.proximity(backend.stored[doc.ref], plan)
                first.append(doc._replace(score=doc.score + PROXIMITY_WEIGHT * near))
            docs = sorted(first, key=lambda doc: backend.order(doc, sort)) + docs[RERANK_DEPTH:]
        return [(backend.stored[doc.ref].article.id, doc.score) for doc in docs]

    # Weights

    def weighted(self, plan: c.Clause) -> WeightedPlan:
        leaves = c.scoring_leaves(plan)
        bigrams = {b for leaf in leaves if isinstance(leaf, c.BigramClause) for b in leaf.bigrams}
        bigram_weights = {bigram: self.bigram_weight(bigram) for bigram in bigrams}
        return WeightedPlan(plan, leaves, list(map(self.weight, leaves)), bigram_weights)

    def weight(self, leaf: c.Leaf) -> float:
        if isinstance(leaf, c.TermClause):
            # Documents with several names of a thing count several times.
            names = leaf.term, *leaf.synonyms
            return leaf.weight * self.idf(lambda d: sum(d.has(name) for name in names))
        if isinstance(leaf, c.LiteralClause):
            return leaf.weight * self.idf(lambda d: any(d.frequency(leaf)))
        return 1.0

    def bigram_weight(self, bigram: str) -> float:
        return BIGRAM_WEIGHT * self.idf(lambda d: bigram in d.text)

    def idf(self, has: Callable[[NaiveDocument], int]) -> float:
        documents = len(self.documents)
        df = min(documents, sum(map(has, self.documents)))
        return math.log1p((documents - df + 0.5) / (df + 0.5))

    # Proximity

    def things(self, plan: WeightedPlan) -> int:
        """How many different things are asked for."""
        asked: dict[str, int] = {}
        for number, leaf in enumerate(plan.leaves):
            if isinstance(leaf, c.PrefixClause):
                asked.setdefault(leaf.text, number)
            elif isinstance(leaf, c.LiteralClause) or (
                isinstance(leaf, c.TermClause) and leaf.highlighted
            ):
                own = leaf.term if isinstance(leaf, c.TermClause) else leaf.text
                for name in (own, *leaf.synonyms):
                    asked.setdefault(name, number)
        return len(set(asked.values()))

    def proximity(self, d: NaiveDocument, plan: WeightedPlan) -> float:
        """The weights of what the best sentence has of the query, each leaf counted once."""
        places: list[tuple[int, int, int]] = []
        asked: set[str] = set()
        for number, leaf in enumerate(plan.leaves):
            if isinstance(leaf, c.TermClause) and not leaf.highlighted:
                continue
            found = [named for named in self.spans(d, leaf) if named[0] not in asked]
            asked.update(name for name, _, _ in found)
            # Inside longer tokens a thing counts only where it stands nowhere by itself.
            tokens = [span for _, whole, _ in found for span in whole]
            parts = [span for _, _, inside in found for span in inside]
            places += [(start, end, number) for start, end in tokens or parts]
        places.sort()
        best = stop = 0.0
        here: set[int] = set()
        for start, end, number in places:
            if start >= stop:
                here, stop = set(), 0
            if end > stop:
                match = SENTENCE_END.search(d.text, end - 1)
                stop = match.end() if match else len(d.text)
            here.add(number)
            best = max(best, sum(plan.weights[number] for number in here))
        return best

    def spans(self, d: NaiveDocument, leaf: c.Leaf) -> list[tuple[str, Spans, Spans]]:
        """Where the names of a leaf stand: by themselves, and inside longer tokens."""
        if isinstance(leaf, c.PrefixClause):
            starts = d.spans(leaf.text, False, leaf.field)
            return [(leaf.text, [span for span in starts if span[0] not in d.mid_token], [])]
        if isinstance(leaf, c.TermClause):
            names: Sequence[str] = leaf.term, *leaf.synonyms
            return [self.term_spans(d, name, leaf.field) for name in names]
        if isinstance(leaf, c.LiteralClause):
            named = [(leaf.text, d.spans(leaf.text, leaf.at_boundaries, leaf.field), Spans())]
            for name in leaf.synonyms:
                spans = name, d.spans(name, True, leaf.field), Spans()
                named.append(spans if leaf.at_boundaries else self.term_spans(d, name, leaf.field))
            return named
        return []

    def term_spans(
        self, d: NaiveDocument, name: str, field: str | None
    ) -> tuple[str, Spans, Spans]:
        tokens = set(d.spans(name, True, field))
        inside: set[tuple[int, int]] = set()
        for token in d.tokens:
            if field is None or token.start < d.title_length:
                if token.term == name:
                    tokens.add((token.start, token.end))
                elif name in token.parts:
                    spans = d.spans(name)
                    within = [(a, b) for a, b in spans if token.start <= a and b <= token.end]
                    inside.update(within or [(token.start, token.end)])
        return name, sorted(tokens), sorted(inside - tokens)

"""A search that looks at every article, slow and obvious, to hold the fast one against.

It takes plans from the planner; matching and the formulas (the docstrings of
``searcher.search.bm25``) are written here anew, with dicts and loops over the plain analysis.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from functools import cached_property

from searcher.query import clauses as c
from searcher.query.parser import parse
from searcher.search import bm25
from searcher.search.planner import Planner
from searcher.text.analyser import default_analyser
from searcher.text.folding import fold
from searcher.text.lexicon import Lexicon
from searcher.text.runs import RUN, parse_run

TITLE_END = "\x01"
TEXT_END = "\x02"
NEVER = -(1 << 62)
MOST_HALVES_IN_BODY, MOST_HALVES_IN_TITLE = 63, 3
SENTENCE_END = re.compile(r"[。!?;…\n\x01\x02]|\.(?= )")
Spans = list[tuple[int, int]]
Names = Callable[[str], tuple[str, ...]]


def names_of(lexicon: Lexicon) -> Names:
    """All names of the thing with a name, given folded or as the term that stands for it."""
    groups = dict(lexicon.groups)
    for name, group in lexicon.groups.items():
        if RUN.fullmatch(name):
            groups.setdefault(parse_run(name).term, group)
    return lambda name: groups.get(name, ())


@dataclass(frozen=True)
class Document:
    """An article as a segment holds it; one that was deleted counts in all statistics."""

    id: str
    title: str
    body: str
    date: datetime | None
    author: str
    source: str
    categories: tuple[str, ...]
    alive: bool

    @cached_property
    def text(self) -> str:
        return f"{fold(self.title)}{TITLE_END}{fold(self.body)}{TEXT_END}"

    @cached_property
    def tokens(self) -> list[tuple[int, int, str, tuple[str, ...], tuple[int, ...]]]:
        """Start, end, term, parts and breaks of every token."""
        behind = len(self.title) + 1
        return [
            (
                q.start + at,
                q.end + at,
                q.term,
                q.parts,
                tuple(place + at for place in q.inner_boundaries),
            )
            for at, text in ((0, self.title), (behind, self.body))
            for q in default_analyser().tokens(text)
        ]

    @cached_property
    def halves(self) -> tuple[Counter[str], Counter[str]]:
        """How often each term stands in the title and in the body: 2 as a word, 1 as a part."""
        title: Counter[str] = Counter()
        body: Counter[str] = Counter()
        for start, _, term, parts, _ in self.tokens:
            counts = title if start < len(self.title) else body
            counts[term] += 2
            counts.update(parts)
        return title, body

    @cached_property
    def inside(self) -> set[int]:
        """The places where no word can begin or end."""
        places: set[int] = set()
        for start, end, _, _, breaks in self.tokens:
            places |= set(range(start + 1, end)) - set(breaks)
        return places

    @cached_property
    def seconds(self) -> int:
        if self.date is None:
            return NEVER
        return math.floor(self.date.timestamp())

    @cached_property
    def local_seconds(self) -> int:
        """Seconds since 1970 by the clock where the article was written."""
        assert self.date is not None
        return math.floor(self.date.replace(tzinfo=timezone.utc).timestamp())

    def has(self, term: str, field: str | None) -> bool:
        title, body = self.halves
        return title[term] > 0 or (field is None and body[term] > 0)

    def frequency(self, term: str) -> float:
        title, body = self.halves
        in_title = min(title[term], MOST_HALVES_IN_TITLE)
        return (bm25.TITLE_BOOST * in_title + min(body[term], MOST_HALVES_IN_BODY)) / 2

    def occurrences(self, string: str) -> list[tuple[int, int]]:
        found = [m.start() for m in re.finditer(f"(?={re.escape(string)})", self.text)]
        return [(start, start + len(string)) for start in found]

    def places(self, string: str, whole: bool, field: str | None) -> list[tuple[int, int]]:
        return [
            (start, end)
            for start, end in self.occurrences(string)
            if not (whole and {start, end} & self.inside)
            and (field is None or start < len(self.title))
        ]


class Exhaustive:
    """All documents of an index, searched one by one."""

    def __init__(self, documents: Sequence[Document], names: Names):
        self.documents = documents
        self.count = len(documents)
        self.lengths = [len(d.tokens) for d in documents]
        self.average = max(1.0, sum(self.lengths) / self.count) if documents else 1.0
        self.names = names
        self.known = {term for d in documents for counts in d.halves for term in counts}

    # Matching

    def is_alias(self, d: Document, name: str, field: str | None) -> bool:
        """Whether a document has another name: a word, or a string of several words."""
        if name in self.known:
            return d.has(name, field)
        return len(name) > 1 and bool(d.places(name, True, field))

    def matches(self, d: Document, plan: c.Clause) -> bool:
        if isinstance(plan, c.TermClause):
            own = d.has(plan.term, plan.field)
            return own or any(self.is_alias(d, name, plan.field) for name in plan.synonyms)
        if isinstance(plan, c.LiteralClause):
            own = bool(d.places(plan.text, plan.at_boundaries, plan.field))
            return own or any(self.is_alias(d, name, plan.field) for name in plan.synonyms)
        if isinstance(plan, c.PrefixClause):
            title, body = d.halves
            terms = {*title} if plan.field else {*title, *body}
            return any(term.startswith(plan.text) for term in terms)
        if isinstance(plan, c.KeywordClause):
            values = {"author": (d.author,), "source": (d.source,), "category": d.categories}
            return any(plan.text in fold(value) for value in values[plan.field] if value)
        if isinstance(plan, c.DateRangeClause):
            if d.date is None:
                return False
            after = plan.start is None or d.local_seconds >= plan.start
            return after and (plan.end is None or d.local_seconds < plan.end)
        if isinstance(plan, c.AndClause):
            without = any(self.matches(d, part) for part in plan.must_not)
            return not without and all(self.matches(d, part) for part in plan.must)
        if isinstance(plan, c.OrClause):
            return any(self.matches(d, part) for part in plan.should)
        return isinstance(plan, c.MatchAllClause)

    # Scoring

    def idf(self, df: int) -> float:
        df = min(df, self.count)
        return math.log1p((self.count - df + 0.5) / (df + 0.5))

    def weight(self, leaf: c.Leaf) -> float:
        if isinstance(leaf, c.TermClause):
            df = sum(d.has(n, None) for d in self.documents for n in (leaf.term, *leaf.synonyms))
        elif isinstance(leaf, c.LiteralClause):
            places = (d.places(leaf.text, leaf.at_boundaries, leaf.field) for d in self.documents)
            df = sum(map(bool, places))
        else:
            return 1.0
        return leaf.weight * self.idf(df)

    def saturation(self, place: int, term: str) -> float:
        tf = self.documents[place].frequency(term)
        norm = bm25.K1 * (1 - bm25.B + bm25.B * self.lengths[place] / self.average)
        return (1 + bm25.K1) * tf / (tf + norm)

    def share(self, place: int, leaf: c.Leaf, weight: float) -> float:
        """What a leaf adds to the score of a document."""
        d = self.documents[place]
        total = 0.0
        if isinstance(leaf, c.TermClause | c.LiteralClause):
            if isinstance(leaf, c.TermClause):
                if d.has(leaf.term, leaf.field):
                    total += weight * (bm25.PRESENCE + self.saturation(place, leaf.term))
            elif d.places(leaf.text, leaf.at_boundaries, leaf.field):
                total += weight * (bm25.PRESENCE + 1)
            for name in leaf.synonyms:
                if not self.is_alias(d, name, leaf.field):
                    continue
                strength = self.saturation(place, name) if name in self.known else 0.5
                total += weight * bm25.SYNONYM_WEIGHT * strength
        elif isinstance(leaf, c.BigramClause):
            for pair in leaf.bigrams:
                if pair in d.text:
                    df = sum(pair in other.text for other in self.documents)
                    total += self.idf(df) * bm25.BIGRAM_WEIGHT
        return total

    def nearness(self, d: Document, leaves: Sequence[c.Leaf], weights: Sequence[float]) -> float:
        """The weights of what the best sentence says of the query, each thing counted once."""
        places: list[tuple[int, int, int]] = []
        asked: set[str] = set()
        for group, leaf in enumerate(leaves):
            if isinstance(leaf, c.TermClause) and not leaf.highlighted:
                continue
            found = [named for named in self.spans(d, leaf) if named[0] not in asked]
            asked.update(name for name, _, _ in found)
            # Inside longer words a thing counts only where it stands nowhere by itself.
            words = [span for _, whole, _ in found for span in whole]
            parts = [span for _, _, inside in found for span in inside]
            places += [(start, end, group) for start, end in words or parts]
        places.sort()
        best = stop = 0.0
        said: set[int] = set()
        for start, end, group in places:
            if start >= stop:
                said, stop = set(), 0
            if end > stop:
                match = SENTENCE_END.search(d.text, end - 1)
                stop = match.end() if match else len(d.text)
            said.add(group)
            best = max(best, sum(weights[g] for g in said))
        return best

    def spans(self, d: Document, leaf: c.Leaf) -> list[tuple[str, Spans, Spans]]:
        """Where the names of a leaf stand: by themselves, and inside longer words."""
        if isinstance(leaf, c.PrefixClause):
            starts = d.places(leaf.text, False, leaf.field)
            return [(leaf.text, [span for span in starts if span[0] not in d.inside], [])]
        if isinstance(leaf, c.TermClause):
            return [self.word_spans(d, name, leaf.field) for name in (leaf.term, *leaf.synonyms)]
        if isinstance(leaf, c.LiteralClause):
            named = [(leaf.text, d.places(leaf.text, leaf.at_boundaries, leaf.field), Spans())]
            for name in leaf.synonyms:
                spans = name, d.places(name, True, leaf.field), Spans()
                named.append(spans if leaf.at_boundaries else self.word_spans(d, name, leaf.field))
            return named
        return []

    def word_spans(self, d: Document, name: str, field: str | None) -> tuple[str, Spans, Spans]:
        words = set(d.places(name, True, field))
        inside: set[tuple[int, int]] = set()
        for start, end, term, parts, _ in d.tokens:
            if field is None or start < len(d.title):
                if term == name:
                    words.add((start, end))
                elif name in parts:
                    within = [(a, b) for a, b in d.occurrences(name) if start <= a and b <= end]
                    inside.update(within or [(start, end)])
        return name, sorted(words), sorted(inside - words)

    # Searching

    def groups(self, leaves: Sequence[c.Leaf]) -> int:
        """How many different things are asked for."""
        asked: dict[str, int] = {}
        for group, leaf in enumerate(leaves):
            if isinstance(leaf, c.PrefixClause):
                asked.setdefault(leaf.text, group)
            elif isinstance(leaf, c.TermClause | c.LiteralClause) and getattr(
                leaf, "highlighted", True
            ):
                own = leaf.term if isinstance(leaf, c.TermClause) else leaf.text
                for name in (own, *leaf.synonyms):
                    asked.setdefault(name, group)
        return len(set(asked.values()))

    def search(
        self,
        query: str,
        *,
        any: bool = False,  # noqa: A002 - as in Index.search
        aliases: bool = True,
        sort: str = "relevance",
        since: date | None = None,
        until: date | None = None,
        category: str | None = None,
        author: str | None = None,
    ) -> list[tuple[str, float]]:
        """All articles that match, best first, with their scores."""

        def passes(d: Document) -> bool:
            if since or until:
                if d.date is None:
                    return False
                day = d.date.date()
                if (since and day < since) or (until and day > until):
                    return False
            named = category is None or _within(category, d.categories)
            return named and (author is None or _within(author, (d.author,)))

        tree = parse(query).tree
        if tree is None:
            return []
        planner = Planner(self.known.__contains__, self.names, default_analyser)
        plan = planner.plan(tree, any_word=any, aliases=aliases)
        alive = [place for place, d in enumerate(self.documents) if d.alive and passes(d)]
        found = [place for place in alive if self.matches(self.documents[place], plan)]
        if not found and not any:
            plan = planner.plan(tree, any_word=True, aliases=aliases)
            found = [place for place in alive if self.matches(self.documents[place], plan)]
        leaves = c.scoring_leaves(plan)
        weights = [self.weight(leaf) for leaf in leaves]
        scores = {
            place: sum(self.share(place, *leaf) for leaf in zip(leaves, weights, strict=True))
            for place in found
        }

        def newest(place: int) -> tuple[int, str]:
            return -self.documents[place].seconds, self.documents[place].id

        def best(place: int) -> tuple[float, int, str]:
            return -round(scores[place], 9), *newest(place)

        if sort == "newest":
            found.sort(key=newest)
        elif sort == "oldest":
            found.sort(key=lambda n: (newest(n)[0] == -NEVER, -newest(n)[0], newest(n)[1]))
        else:
            found.sort(key=best)
            if self.groups(leaves) > 1:
                for place in found[: bm25.RERANK_DEPTH]:
                    near = self.nearness(self.documents[place], leaves, weights)
                    scores[place] += bm25.PROXIMITY_WEIGHT * near
                found[: bm25.RERANK_DEPTH] = sorted(found[: bm25.RERANK_DEPTH], key=best)
        return [(self.documents[place].id, scores[place]) for place in found]


def _within(text: str, values: Sequence[str]) -> bool:
    return any(fold(text) in fold(value) for value in values)

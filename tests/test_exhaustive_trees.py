"""Queries of known words find what their syntax trees say; the planner has no part in that."""

import random
import re
from collections.abc import Callable
from datetime import date

import pytest
from exhaustive import Exhaustive
from library import SLOW, build
from naive_backend import NaiveBackend
from naive_document import synonyms_of
from test_exhaustive import AUTHORS, CATEGORIES, made
from tree_oracle import TreeOracle

from searcher import Index, open_index
from searcher.api.search import Search
from searcher.query.options import SearchOptions
from searcher.query.parser import parse
from searcher.query.syntax import (
    All,
    And,
    Dates,
    Field,
    Literal,
    Node,
    Not,
    Or,
    Prefix,
    Words,
)
from searcher.text.lexicon import load_lexicon
from searcher.text.runs import HAN

pytestmark = pytest.mark.usefixtures("as_if_large")

NUMBER = 4000 if SLOW else 400
IS_HAN = re.compile(f"[{HAN}]+").fullmatch


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Two segments, the first with deletions."""
    folder = tmp_path_factory.mktemp("trees")
    articles = [made(9, number) for number in range(140)]
    build(folder, articles[:110])
    build(folder, articles[15:])
    return open_index(folder / "index")


@pytest.fixture(scope="module")
def backend(index: Index) -> NaiveBackend:
    return Exhaustive(index, synonyms_of(load_lexicon())).backend


class Trees:
    """Random trees of what is in some documents."""

    def __init__(self, backend: NaiveBackend) -> None:
        self._chance = random.Random()
        self._documents = [backend.stored[ref] for ref in backend.refs()]
        # Two words side by side may be one name, which is not to be judged here.
        groups = load_lexicon().groups
        parts = {part for name in groups if " " in name for part in name.split()}
        self._terms = sorted(
            term
            for term in backend.dfs
            if term not in parts and ((term.isascii() and term.isalnum()) or IS_HAN(term))
        )
        self._han_terms = list(filter(IS_HAN, self._terms))

    def tree(self, seed: int) -> Node:
        self._chance.seed(seed)
        return self._chance.choice([self.leaf, self.conjunction, self.conjunction, self.choice])()

    def conjunction(self, depth: int = 2) -> Node:
        """All of 2 to 4 parts, some of them negated."""
        parts: list[Node] = []
        for _ in range(self._chance.randint(2, 4)):
            part = self.choice(depth - 1) if depth and self._chance.random() < 0.3 else self.leaf()
            if depth and self._chance.random() < 0.2:
                negated = self._chance.choice([part, self.conjunction(0)])
                part = Not(negated)
            parts.append(part)
        if all(isinstance(part, Not) for part in parts):
            parts.insert(0, All())
        return And(tuple(parts))

    def choice(self, depth: int = 2) -> Node:
        """One of 2 to 3 parts."""
        kinds: list[Callable[[], Node]] = [
            self.leaf,
            lambda: self.conjunction(depth - 1) if depth else self.leaf(),
            lambda: And((All(), Not(self.leaf()))),
        ]
        chosen = self._chance.choices(kinds, [4, 1, 1], k=self._chance.randint(2, 3))
        return Or(tuple(kind() for kind in chosen))

    def leaf(self) -> Node:
        kinds: list[Callable[[], Node]] = [
            *[self.word] * 8, *[self.literal] * 3, self.prefix, self.dates, self.keyword,
        ]  # fmt: skip
        return self._chance.choice(kinds)()

    def word(self) -> Node:
        often = self._chance.choice([["的", "和", "谁", "日", "普京", "拜登"], self._terms])
        return Words(self._chance.choice(often), self.field())

    def literal(self) -> Node:
        body = self._chance.choice([d.article.body for d in self._documents if d.article.body])
        start = self._chance.randrange(len(body))
        piece = body[start : start + self._chance.randint(1, 5)].strip()
        return Literal(piece, self.field()) if piece.isalnum() else self.word()

    def prefix(self) -> Node:
        term = self._chance.choice(self._han_terms)
        return Prefix(term[: self._chance.randint(1, 2)], self.field())

    def dates(self) -> Node:
        first, last = sorted(self._chance.sample(range(1, 60), 2))
        days = [date.fromordinal(date(2021, 1, 1).toordinal() + day) for day in (first, last)]
        open_ = self._chance.randrange(4)
        return Dates(None if open_ == 0 else days[0], None if open_ == 1 else days[1])

    def keyword(self) -> Node:
        fields: dict[Field, list[str]] = {
            "author": AUTHORS,
            "source": AUTHORS,
            "category": CATEGORIES,
        }
        field = self._chance.choice([*fields])
        value = self._chance.choice([value for value in fields[field] if value])
        return Words(value[: self._chance.randint(1, len(value))], field)

    def field(self) -> Field:
        return self._chance.choice([None, None, None, "title"])


def test_trees(index: Index, backend: NaiveBackend) -> None:
    trees = Trees(backend)
    found = relaxed = 0
    for seed in range(NUMBER):
        tree = trees.tree(seed)
        query = str(tree)
        assert parse(query) == (tree, ()), "the parser reads the tree back"
        any_word, aliases = seed % 4 == 0, seed % 3 == 0
        oracle = TreeOracle(backend, any_word=any_word, aliases=aliases)
        want = oracle.ids(tree)
        assert index.count(query, any=any_word, aliases=aliases) == len(want), query
        options = SearchOptions(limit=1000, any=any_word, aliases=aliases, snippets=False)
        search = Search(index._backend, query, options)
        hits = search.run()
        assert {hit.id for hit in hits if not hit.relaxed} == want, query
        more = {hit.id for hit in hits if hit.relaxed}
        assert more <= oracle.ids_with_some(tree) - want, query
        found += bool(want)
        relaxed += bool(more)
    assert found > 0.6 * NUMBER
    assert relaxed > 0.05 * NUMBER

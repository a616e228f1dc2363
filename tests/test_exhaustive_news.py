"""On real news, too, every result equals an exhaustive evaluation."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from exhaustive import Exhaustive
from library import SLOW, build, real_news
from naive_document import NaiveDocument, synonyms_of
from test_exhaustive import compare

from searcher import Index, open_index
from searcher.ingest.reader import parse_article
from searcher.text.lexicon import load_lexicon

pytestmark = pytest.mark.usefixtures("as_if_large")

NUMBER = 1000 if SLOW else 300


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("news")
    news = enumerate(real_news("xwlb", 400, seed=7))
    build(folder, [parse_article(data, f"{number}.md") for number, data in news])
    return open_index(folder / "index")


@pytest.fixture(scope="module")
def slow(index: Index) -> Exhaustive:
    return Exhaustive(index, synonyms_of(load_lexicon()))


def words(chance: random.Random, document: NaiveDocument, count: int) -> list[str]:
    """Words that stand in an article."""
    long = [token.term for token in document.tokens if len(token.term) > 1]
    return [chance.choice(long or ["新闻"]) for _ in range(count)]


def piece(chance: random.Random, document: NaiveDocument, size: int) -> str:
    start = chance.randrange(max(1, len(document.article.body) - size))
    return document.article.body[start : start + size].replace('"', "").strip() or "新闻"


Kind = Callable[[random.Random, NaiveDocument], str]
KINDS: dict[str, Kind] = {
    "word": lambda c, d: words(c, d, 1)[0],
    "all words": lambda c, d: " ".join(words(c, d, c.randint(2, 4))),
    "any word": lambda c, d: " OR ".join(words(c, d, c.randint(2, 4))),
    "not": lambda c, d: "{} -{}".format(*words(c, d, 2)),
    "literal": lambda c, d: f'"{piece(c, d, c.randint(1, 10))}"',
    "literal and word": lambda c, d: f'"{piece(c, d, 3)}" {words(c, d, 1)[0]}',
    "prefix": lambda c, d: f"{words(c, d, 1)[0][:2]}*",
    "title": lambda c, d: f"title:{words(c, d, 1)[0]}",
    "dates": lambda c, d: (
        f"{words(c, d, 1)[0]} date:{c.randint(2020, 2023)}..{c.randint(2023, 2026)}"
    ),
    "sentence": lambda c, d: piece(c, d, 16).replace(" ", ""),
}


def test_a_thousand_queries(index: Index, slow: Exhaustive) -> None:
    found = 0
    for number in range(NUMBER):
        chance = random.Random(number)
        document = chance.choice(slow.documents)
        kind = list(KINDS)[number % len(KINDS)]
        query = KINDS[kind](chance, document)
        given: dict[str, Any] = {"sort": chance.choice(["relevance", "relevance", "newest"])}
        if chance.random() < 0.3:
            given["any"] = True
        try:
            found += bool(compare(index, slow, query, given))
        except AssertionError as error:
            raise AssertionError(f"{kind}: {query!r} {given}: {error}") from error
    assert found > 0.8 * NUMBER

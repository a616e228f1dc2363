"""An or-query that leaves out what cannot reach the page finds what one finds that scores all."""

import random
from typing import Any

import pytest
from library import article, build
from texts import WORDS

from searcher import Index, open_index
from searcher.search import maxscore

EXTRAS = [
    '"普京"',
    "title:拜登",
    "新闻发布*",
    '"说普"',
    "普丁",
    "Putin",
    "没有这个词",
    "category:国际",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """2,000 articles of few words, in three segments, some of them deleted."""
    folder = tmp_path_factory.mktemp("maxscore")
    chance = random.Random(1)
    articles = []
    for number in range(2000):
        words = chance.choices(WORDS, [1 / n for n in range(1, len(WORDS) + 1)], k=40)
        body = "，".join(words[: chance.randint(1, 40)])
        articles.append(article(number, "".join(chance.choices(WORDS, k=2)), body))
    build(folder, articles[:1500])
    build(folder, articles[:1800])
    build(folder, articles[100:])
    return open_index(folder / "index")


def queries(chance: random.Random) -> list[str]:
    words = chance.sample(WORDS, chance.randint(2, 5))
    if chance.random() < 0.4:
        words.insert(chance.randrange(len(words)), chance.choice(EXTRAS))
    return words


@pytest.mark.parametrize("seed", range(150))
def test_the_same_is_found(index: Index, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    words = queries(chance)
    query = "".join(words) if chance.random() < 0.2 else chance.choice([" ", " OR "]).join(words)
    how: dict[str, Any] = {"any": True, "offset": chance.choice([0, 0, 7, 30])}
    monkeypatch.setattr(maxscore, "MIN_DOCUMENTS", 0)
    found = index.search(query, **how)
    monkeypatch.setattr(maxscore, "MAX_COMPONENTS", -1)
    everything = index.search(query, **how)
    assert [(hit.id, hit.score) for hit in found] == [(hit.id, hit.score) for hit in everything]
    assert found.total == everything.total


def test_most_is_left_out(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    scored = []
    best_of_disjunction = maxscore.best_of_disjunction

    def counting(*given: Any) -> Any:
        documents, scores, total = best_of_disjunction(*given)
        scored.append((len(documents), total))
        return documents, scores, total

    monkeypatch.setattr(maxscore, "MIN_DOCUMENTS", 0)
    monkeypatch.setattr("searcher.search.collect.best_of_disjunction", counting)
    index.search(" OR ".join(WORDS[:4]))
    matched = sum(total for _, total in scored)
    assert matched > 1000
    assert sum(number for number, _ in scored) < matched / 2

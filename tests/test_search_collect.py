"""A few documents of several segments, scored together, have the scores they have by themselves."""

import random
from typing import Any

import pytest
from library import article, build, segments_of
from texts import WORDS

from searcher import Index, open_index

# Some stand in one segment only, some are other names of things that do.
RARE = ["普丁", "Putin", "蒲亭", "COVID-19", "F-35"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Five segments, the larger ones with deletions."""
    folder = tmp_path_factory.mktemp("score")
    chance = random.Random(3)
    articles = []
    for number in range(330):
        words = chance.choices(WORDS, k=chance.randint(1, 30))
        if chance.random() < 0.1:
            words.append(chance.choice(RARE))
        title = "".join(chance.choices(WORDS, k=2))
        articles.append(article(number, title, "，".join(words)))
    for first, stop in ((0, 200), (0, 300), (5, 310), (5, 320), (5, 330)):
        build(folder, articles[first:stop])
    opened = open_index(folder / "index")
    assert len(segments_of(opened)) > 3
    return opened


@pytest.mark.parametrize("seed", range(100))
def test_together_or_not(index: Index, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    words = chance.sample([*WORDS, *RARE], chance.randint(1, 4))
    words = [f'"{word}"' if chance.random() < 0.3 else word for word in words]
    how: dict[str, Any] = {
        "any": chance.random() < 0.5,
        "sort": chance.choice(["relevance", "relevance", "newest", "oldest"]),
        "fresh": chance.choice([None, None, 30]),
        "limit": chance.choice([10, 100]),
    }
    found = []
    for little in (0, 8, 10_000):
        monkeypatch.setattr("searcher.search.collect.MAX_DEFERRED", little)
        results = index.search(" ".join(words), **how)
        found.append((results.total, [(hit.id, hit.score) for hit in results]))
    if how["fresh"] is None:
        assert found[0] == found[1] == found[2]
    else:
        # Every search has its own idea of now.
        for total, hits in found[1:]:
            assert total == found[0][0]
            assert [score for _, score in hits] == pytest.approx([s for _, s in found[0][1]])

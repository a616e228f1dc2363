"""Damaged indexes: exploring gives an answer or one of our own errors."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from exploring import random_articles
from indexing import segments
from library import build

from searcher import Index, SearcherError, open_index

QUESTIONS: list[Callable[[Index, Path], object]] = [
    lambda index, _: index.facets("*", ["source", "category", "month", "weekday"]),
    lambda index, _: index.timeline("普京", "*", by="day"),
    lambda index, _: index.concordance("普京 OR 普*", sort="left"),
    lambda index, _: index.keywords("普京", least=1),
    lambda index, _: index.keywords("普京", near=5),
    lambda index, _: index.names("*", together=True),
    lambda index, _: index.similar("a0001"),
    lambda index, _: index.duplicates(),
    lambda index, _: index.search("普京", unique=True),
    lambda index, folder: index.export("*", folder / "all.csv", text=True),
]


def fails(folder: Path, ask: Callable[[Index, Path], object]) -> bool:
    try:
        with open_index(folder / "index") as index:
            ask(index, folder)
    except SearcherError:
        return True
    return False


@pytest.mark.parametrize("seed", range(12))
def test_an_answer_or_an_error_of_ours(tmp_path: Path, few_names: None, seed: int) -> None:
    build(tmp_path, random_articles(40, seed))
    (file,) = segments(tmp_path / "index")
    whole = file.read_bytes()
    chance = random.Random(seed)
    failed = 0
    for _ in range(5):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 3, 20, 200))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        file.write_bytes(damaged)
        for ask in QUESTIONS:
            failed += fails(tmp_path, ask)
    assert failed
    assert not [*tmp_path.glob(".all.csv*")]

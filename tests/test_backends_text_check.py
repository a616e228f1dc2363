"""The deep check: what an index says of its documents is compared with their texts."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from library import article, build
from texts import random_text, without_controls

from searcher import open_index
from searcher.store.container import ContainerReader, ContainerWriter

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path, few_names: None) -> Path:
    """An index of odd texts: two segments, with a deleted document."""
    chance = random.Random(4)
    bodies = [without_controls(random_text(chance, 80)) for _ in range(40)]
    articles = [article(n, f"标题{n}普京", body) for n, body in enumerate(bodies)]
    build(tmp_path, articles[:30])
    build(tmp_path, [*articles[:3], replace(articles[3], body="别的"), *articles[5:]])
    return tmp_path / "index"


def forge(path: Path, change: Change) -> None:
    """Write a segment anew with other sections, all checksums right."""
    container = ContainerReader(path)
    sections = {name: container[name].copy() for name in container.names()}
    change(sections)
    with ContainerWriter(path, sync=False) as out:
        for name, values in sections.items():
            out.write(name, values)


def adding(name: str, place: int, more: int) -> Change:
    def change(sections: dict[str, Any]) -> None:
        sections[name][place] += np.asarray(more, sections[name].dtype)

    return change


def test_a_sound_index_says_what_its_texts_say(folder: Path) -> None:
    with open_index(folder) as index:
        assert index.check(deep=True) == []
        assert index.check(deep=True, sample=7) == []


CHANGES: dict[str, Change] = {
    "words": adding("words.freqs", 5, 1),
    "number of words": adding("lengths", 2, 1),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_text_does_not_say_is_told(folder: Path, what: str) -> None:
    """The index fits together, and all of its checksums are right."""
    path = max(folder.glob("*.seg"), key=lambda path: path.stat().st_size)
    forge(path, CHANGES[what])
    with open_index(folder) as index:
        assert index.check() == []
        (problem,) = index.check(deep=True)
    assert problem.startswith(f"{path.name}: document a00")
    assert problem.endswith(f": {what} are not those of its text")


def test_a_document_that_is_missing_in_a_posting_list_is_told(folder: Path) -> None:
    """Its place is taken by a document that does not have the bigram."""
    path = max(folder.glob("*.seg"), key=lambda path: path.stat().st_size)

    def change(sections: dict[str, Any]) -> None:
        ends, docs = sections["bigrams.doc_ends"], sections["bigrams.docs"]
        single = int(np.flatnonzero(np.diff(ends) == 1)[0])
        docs[ends[single]] = (docs[ends[single]] + 1) % 2

    forge(path, change)
    with open_index(folder) as index:
        assert index.check() == []
        problems = index.check(deep=True)
    assert problems
    assert all("bigrams are not those" in problem for problem in problems)


def test_a_sample_is_spread_over_all_segments(folder: Path) -> None:
    for path in folder.glob("*.seg"):
        forge(path, lambda sections: sections["lengths"].__iadd__(np.uint32(1)))
    with open_index(folder) as index:
        assert len(index.check(deep=True)) == len(index)
        problems = index.check(deep=True, sample=8)
    assert len(problems) == 8
    assert len({problem.split(":")[0] for problem in problems}) == 2

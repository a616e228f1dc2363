"""Random damage of index files: every answer is the true one, or there is a clear error."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from file_damage import chance, damaged, linked_copy, put, rounds
from library import article, build
from texts import random_text

from searcher import Article, Index, IndexFolderError, IndexInvalidError, build_index, open_index

QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("普京", {}), ("拜登 普京", {}), ("新闻 OR 会谈", {}), ('"普京与"', {}), ("新*", {}),
    ("title:拜登", {}), ("date:2020-02 会谈", {}), ("author:新华社 普京", {}), ("-普京 拜登", {}),
    ("会谈", {"sort": "newest"}), ("普京是什么人", {}), ("b12", {}), ("F-35 site:央视", {}),
    ("没有的词", {}), ("京", {}),
)  # fmt: skip


def articles(first: int, stop: int) -> list[Article]:
    made = []
    for number in range(first, stop):
        words = "普京与拜登会谈" if number % 3 else "F-35新闻：布林肯到访"
        numbers = random.Random(number)
        body = f"{random_text(numbers, 300)}{words}。b{number}{random_text(numbers, 300)}"
        source = "央视" if number % 2 else "新华社"
        title = f"{words}第{number}号"
        made.append(article(number, title, body, author="新华社", source=source))
    return made


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, few_names: None) -> Path:
    """An index of several segments with deletions; tests copy it."""
    folder = tmp_path_factory.mktemp("sound")
    for stop in (150, 210, 240):
        build(folder, articles(0, stop))
    build(folder, articles(9, 250))
    assert len(list((folder / "index").glob("*.seg"))) > 2
    return folder / "index"


def answer(index: Index, query: str, options: dict[str, Any]) -> object:
    results = index.search(query, limit=8, **options)
    hits = [
        (hit.id, hit.title, hit.date, hit.score, hit.source, [s.text for s in hit.snippets])
        for hit in results
    ]
    return results.total, results.notes, hits


def answers(index: Index) -> list[object]:
    """What an index answers, with None for each clear error."""
    calls: list[Callable[[], object]] = [
        partial(answer, index, query, options) for query, options in QUERIES
    ]
    calls += [
        lambda: replace(index.stats(), bytes=0),
        lambda: index.get("a0100"),
        lambda: index.get("a0101.md"),
    ]
    return [outcome(call) for call in calls]


def everything(index: Index) -> list[object]:
    """All documents and all terms of an index, and its answers, with None for each clear error."""
    return [
        outcome(lambda: sorted(index, key=lambda each: each.id)),
        outcome(lambda: list(index.terms(""))),
        *answers(index)[:-3],
    ]


def outcome(call: Callable[[], object]) -> object:
    """What a call returns, or None for a clear error."""
    try:
        return call()
    except IndexInvalidError as error:
        message = str(error)
    assert "--rebuild" in message
    return None


def test_an_answer_is_the_true_one_or_an_error(sound: Path, tmp_path: Path) -> None:
    numbers = chance(21)
    with open_index(sound) as index:
        true = answers(index)
    names = sorted(path.name for path in sound.iterdir() if path.stat().st_size)
    copy = linked_copy(sound, tmp_path / "index")
    refused = errors = 0
    for number in range(rounds(300, 10_000)):
        name = names[number % len(names)]
        how, data = damaged((sound / name).read_bytes(), numbers)
        put(copy / name, data)
        try:
            with open_index(copy) as index:
                given = answers(index)
        except IndexFolderError:
            refused += 1
            continue
        finally:
            put(copy / name, (sound / name).read_bytes())
        errors += None in given
        for is_true, is_given in zip(true, given, strict=True):
            assert is_given in (None, is_true), f"{name}: {how}"
    # The damage is not all in what no query reads.
    assert refused > 20
    assert errors > 20


def test_a_merge_copies_no_damage(sound: Path, tmp_path: Path) -> None:
    """Whatever is merged is verified first: the update fails, or its answers are true."""
    numbers = chance(22)
    expected = tmp_path / "expected"
    shutil.copytree(sound, expected)
    new = articles(120, 400)
    build_index(new, expected, jobs=1)
    with open_index(expected) as index:
        true = everything(index)
    names = sorted(path.name for path in sound.glob("*.seg"))
    refused = 0
    for number in range(rounds(30, 300)):
        copy = linked_copy(sound, tmp_path / f"copy{number}")
        name = names[number % len(names)]
        how, data = damaged((sound / name).read_bytes(), numbers)
        put(copy / name, data)
        if outcome(partial(build_index, new, copy, jobs=1)) is None:
            assert (copy / name).read_bytes() == data
            refused += 1
            continue
        with open_index(copy) as index:
            for is_true, is_given in zip(true, everything(index), strict=True):
                assert is_given in (None, is_true), f"{name}: {how}"
        shutil.rmtree(copy)
    assert refused > 0

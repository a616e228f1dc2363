"""The same articles give the same hits, order and scores, however they came into the index."""

import random
import shutil
from pathlib import Path

import pytest
from file_damage import chance, rounds
from library import article, build

from searcher import Article, Index, Sort, open_index, open_writer
from searcher.search import collect, literal_matcher, maxscore

WORDS = (
    "中国 美国 普京 拜登 布林肯 会谈 经济 发展 新闻 北京 总统 访问 联合国 天气 "
    "乌克兰 局势 能源 价格 Putin F-35 3.5% 2024年 俄罗斯总统普京 北京冬奥会"
).split()

DATES = 12
"""So few, that many articles have the same."""


def text(numbers: random.Random, least: int, most: int) -> str:
    words = numbers.choices(WORDS, k=numbers.randint(least, most))
    return "".join(f"{word}{numbers.choice(['', '，', '。', '的', '与'])}" for word in words)


def made(numbers: random.Random, number: int) -> Article:
    title, body = text(numbers, 1, 4), text(numbers, 2, 30)
    source = numbers.choice(["新华社", "央视"])
    day = article(numbers.randrange(DATES)).date
    return article(number, title, body, source=source, date=day)


def query(numbers: random.Random) -> str:
    """A query of any kind: words, a string, a sentence, with fields, or with what must not be."""
    word, other, third = numbers.choices(WORDS, k=3)
    some = text(numbers, 1, 3)
    start = numbers.randrange(len(some))
    return numbers.choice(
        [
            word,
            f"{word} {other}",
            f"{word} OR {other} OR {third}",
            f'"{some[start : start + 3]}"',
            some[start : start + 2],
            f"{some[start : start + 2]} {word}",
            f'"{word}{other}"',
            some,
            text(numbers, 4, 8),
            f"title:{word} {other}",
            f"{word} -{other}",
            f"{word[:1]}*",
            f"{word} NEAR {other}",
            f"source:央视 {word}",
            f"{word[:1]}",
        ]
    )


def random_history(folder: Path, numbers: random.Random) -> dict[int, Article]:
    """Add, change and remove articles in many commits; returns those that are there at the end."""
    living: dict[int, Article] = {}
    for _ in range(numbers.randint(2, 9)):
        with open_writer(folder / "index") as writer:
            for _ in range(numbers.randint(1, 4)):
                if living and numbers.random() < 0.35:
                    most = max(1, len(living) // numbers.choice([2, 8, 8, 8]))
                    gone = numbers.sample(sorted(living), numbers.randint(1, most))
                    writer.delete([living.pop(number).id for number in gone])
                else:
                    count = numbers.choice([1, 3, 10, 40])
                    added = [made(numbers, numbers.randrange(120)) for _ in range(count)]
                    writer.add(added)
                    living.update((int(each.id[1:]), each) for each in added)
    return living


SORTS: tuple[Sort, ...] = ("relevance", "relevance", "relevance", "newest", "oldest")


def hits(
    index: Index, asked: str, sort: Sort, **options: bool
) -> tuple[int, list[str], list[float]]:
    results = index.search(asked, limit=30, sort=sort, **options)  # type: ignore[arg-type]
    return results.total, [hit.id for hit in results], [hit.score for hit in results]


@pytest.fixture(params=["as it is", "as if large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with what is done for indexes that are large."""
    if request.param == "as if large":
        monkeypatch.setattr(maxscore, "MIN_DOCUMENTS", 0)
        monkeypatch.setattr(collect, "MAX_DEFERRED", 5)
        monkeypatch.setattr(literal_matcher, "MAX_COUNTED", 4)


@pytest.mark.usefixtures("few_names", "size")
def test_the_same_articles_give_the_same_answers(tmp_path: Path) -> None:
    numbers = chance(18)
    deleted = segments = 0
    for number in range(rounds(5, 100)):
        folder = tmp_path / str(number)
        living = random_history(folder, numbers)
        build(folder / "at once", living.values())
        with (
            open_index(folder / "index") as index,
            open_index(folder / "at once" / "index") as at_once,
        ):
            assert len(index) == len(at_once) == len(living)
            assert index.stats().words == at_once.stats().words
            deleted += sum(m.size - m.living for _, m, _ in index._backend.segments)  # type: ignore[attr-defined]
            segments += index.stats().segments
            for _ in range(50):
                asked, sort = query(numbers), numbers.choice(SORTS)
                expand = sort == "relevance" and numbers.random() < 0.1
                found = hits(index, asked, sort, expand=expand)
                wanted = hits(at_once, asked, sort, expand=expand)
                assert found[:2] == wanted[:2], asked
                assert found[2] == pytest.approx(wanted[2], rel=1e-6), asked
                assert index.count(asked) == at_once.count(asked)
        shutil.rmtree(folder)
    assert deleted > 10
    assert segments > 6

"""Strings near each other (``"拜登 普京"~20``): a plain scan finds the same; what is shown."""

import random
from itertools import product
from pathlib import Path

import pytest
from library import article, found, index_of

from searcher import Article, Index


def is_near(text: str, strings: tuple[str, ...], distance: int) -> bool:
    """Whether a stretch of text has all strings, and at most so many characters besides."""
    places = [[at for at in range(len(text)) if text.startswith(string, at)] for string in strings]
    for starts in product(*places):
        ends = [start + len(string) for start, string in zip(starts, strings, strict=True)]
        if max(ends) - min(starts) - sum(map(len, strings)) <= distance:
            return True
    return False


@pytest.mark.parametrize("seed", range(4))
def test_as_a_plain_scan_finds_it(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)

    def text(most: int) -> str:
        return "".join(
            chance.choices("甲乙丙丁𠮷\n", (3, 3, 3, 8, 4, 1), k=chance.randint(1, most))
        )

    articles = [article(n, text(6).replace("\n", ""), text(40).strip("\n")) for n in range(80)]
    with index_of(tmp_path, *articles) as index:
        for _ in range(60):
            strings = tuple({text(2).replace("\n", "乙") for _ in range(chance.randint(2, 3))})
            distance = chance.randint(0, 12)
            if len(strings) < 2:
                continue
            words = " ".join(strings)
            for field in ("", "title:"):
                expected = {
                    a.id
                    for a in articles
                    if is_near(a.title, strings, distance)
                    or (not field and is_near(a.body, strings, distance))
                }
                query = f'{field}"{words}"~{distance}'
                assert found(index, query, strict=True) == expected, query


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    def said(number: int, title: str, body: str) -> Article:
        return article(number, title, body)

    return index_of(
        tmp_path_factory.mktemp("near"),
        said(0, "讲话", "拜登" + "一" * 20 + "普京讲话"),
        said(1, "讲话", "普京" + "一" * 21 + "拜登讲话"),
        said(2, "拜登", "普京讲话"),
        said(3, "普京会见拜登", "讲话"),
    )


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ('"拜登 普京"~20', "a0000 a0003"),
        ('"普京 拜登"~20', "a0000 a0003"),
        ('"拜登 普京"~21', "a0000 a0001 a0003"),
        ('title:"拜登 普京"~2', "a0003"),
        ('title:"拜登 普京"~1', ""),
        ('讲话 -"拜登 普京"~20', "a0001 a0002"),
        ('"拜登 普京"~20 title:讲话', "a0000"),
        ('"拜登 普京"~20 OR title:拜登', "a0000 a0002 a0003"),
        ('"拜登 普京 讲话"~20', "a0000"),
        ('"拜登 澤連斯基"~20', ""),
    ],
)
def test_only_where_they_are_near(index: Index, query: str, ids: str) -> None:
    assert found(index, query, strict=True) == set(ids.split())
    assert index.count(query) == len(ids.split())


def test_both_are_marked(index: Index) -> None:
    hits = index.search('"拜登 普京"~20', strict=True)
    marked = {hit.id: {s.text[a:b] for s in hit.snippets for a, b in s.spans} for hit in hits}
    assert marked == {id_: {"拜登", "普京"} for id_ in ("a0000", "a0003")}
    assert index.highlight('"拜登 普京"~20', "普京、拜登") == ((0, 2), (3, 5))


def test_an_explanation_names_it(index: Index) -> None:
    explanation = index.explain('"拜登 普京"~20', "a0001")
    assert not explanation.matched
    assert [missing.term for missing in explanation.missing] == ['"拜登 普京"~20']
    scores = [match.term for match in index.explain('"拜登 普京"~20', "a0000").matches]
    assert scores[:2] == ["拜登", "普京"]

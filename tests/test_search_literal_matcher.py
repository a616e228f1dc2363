"""Quoted strings find exactly the articles that contain them: no more, no fewer."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st
from library import CORPUS, SLOW, article, build, found, index_of, real_news
from texts import characters, random_text, texts, without_controls

from searcher import Article, Index, open_index, read_article
from searcher.text.folding import fold

# Between title and body nothing matches.
APART = "\x00"


def plain_scan(articles: Sequence[Article], string: str) -> set[str]:
    """Grep: the ids of the articles whose folded title or body contains the folded string."""
    wanted = fold(without_controls(string))
    texts_ = ((a.id, f"{fold(a.title)}{APART}{fold(a.body)}") for a in articles)
    return {id_ for id_, text in texts_ if wanted in text}


def quoted(string: str) -> str | None:
    """A query for exactly this string, if the query language has quotes that fit."""
    for opening, closing in ('""', "「」", "『』", "《》"):
        if closing not in string and not (opening == '"' and set('"“”＂') & set(string)):
            return f"{opening}{string}{closing}"
    return None


def substring(chance: random.Random, text: str, most: int = 12) -> str:
    size = chance.randint(1, most)
    start = chance.randrange(max(1, len(text) - size + 1))
    return text[start : start + size]


def made(seed: int, count: int) -> list[Article]:
    chance = random.Random(seed)
    return [
        article(
            n,
            without_controls(random_text(chance, 8)).replace("\n", " "),
            without_controls(random_text(chance, 30)),
        )
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """A few hundred articles of mixed scripts, emoji, rare Han and marks."""
    return [*made(21, 300)[40:], *made(22, 60)[:40]]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, articles: list[Article]) -> Index:
    """Several segments, deletions and changes."""
    folder = tmp_path_factory.mktemp("literal")
    build(folder, made(21, 300))
    build(folder, made(21, 300)[20:])
    build(folder, articles)
    return open_index(folder / "index")


def check(index: Index, articles: Sequence[Article], string: str) -> int:
    query = quoted(string)
    if query is None or not string.strip():
        return 0
    want = plain_scan(articles, string)
    assert found(index, query) == want, repr(string)
    assert index.count(query) == len(want)
    return len(want)


def test_substrings_of_the_articles(index: Index, articles: list[Article]) -> None:
    chance = random.Random(23)
    for _ in range(5000 if SLOW else 700):
        chosen = chance.choice(articles)
        string = substring(chance, chance.choice([chosen.title, chosen.body]))
        if string.strip() and quoted(string):
            assert check(index, articles, string) >= 1


def test_strings_that_may_not_be_there(index: Index, articles: list[Article]) -> None:
    chance = random.Random(24)
    for _ in range(300):
        one, two = chance.sample(articles, 2)
        check(index, articles, substring(chance, one.body, 4) + substring(chance, two.body, 4))


@given(st.text(characters, min_size=1, max_size=6) | texts(3))
@example("普京\ue000")
@example("\ud7ff")
@example("\uffff")
@example("👨‍👩‍👧")
@example("👨")
@example("\u200d")
@example("F35")
@example("F-35")
@example("－３５")
@example("標題")
@example("末\x01")
@example("\x02")
@example("a\nb")
def test_any_string(index: Index, articles: list[Article], string: str) -> None:
    check(index, articles, string)


# Every example builds an index, so a failing one is not made smaller.
@settings(max_examples=1000 if SLOW else 40, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    st.lists(st.tuples(texts(4), texts()), min_size=1, max_size=4),
    st.integers(0, 10_000),
    st.integers(1, 12),
)
def test_substrings_of_any_article(
    tmp_path_factory: pytest.TempPathFactory, made_up: list[tuple[str, str]], start: int, size: int
) -> None:
    held = [
        article(n, without_controls(title).replace("\n", " "), without_controls(body))
        for n, (title, body) in enumerate(made_up)
    ]
    text = held[start % len(held)].body or held[start % len(held)].title
    assume(text)
    string = text[start % len(text) :][:size]
    with index_of(tmp_path_factory.mktemp("any"), *held) as index:
        check(index, held, string)


def test_every_pair_and_character_of_an_article(tmp_path: Path) -> None:
    """Short strings are not checked against the text, so the index alone must be right."""
    held = [
        article(1, "拜登😀F-35", "京普𠮷\n。普京"),
        article(2, "普", "京"),
        article(3, "", "😀"),
        article(4, "", ""),
    ]
    with index_of(tmp_path, *held) as index:
        for one in held:
            for text in (one.title, one.body):
                for start in range(len(text)):
                    for size in (1, 2, 3):
                        check(index, held, text[start : start + size])
        for apart in ("35京", "普京", "登京", "末", "😁", "𠮶", "\ud83d"):
            check(index, held, apart)


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ('"烏克蘭"', True),
        ("「乌克兰」", True),
        ('"ＵＫＲＡＩＮＥ"', True),
        ('"ukraine"', True),
        ('"克兰"', True),
        ('"乌 克兰"', False),
        ('"乔•拜登"', True),
        ('"乔拜登"', False),
        ('"“会谈”"', True),
        ("「“会谈”」", True),
        ('"2021—2022"', True),
        ('"20212022"', False),
        ('title:"乌克兰"', False),
        ('title:"标题"', True),
        ('"标题 "', False),
        ('"题乌"', False),
    ],
)
def test_what_folding_makes_alike(tmp_path: Path, query: str, finds: bool) -> None:
    body = "乌克兰（Ukraine）总统与乔·拜登“会谈”，2021–2022年"
    with index_of(tmp_path, ("标题", body)) as index:
        assert bool(found(index, query)) is finds


def test_a_literal_in_and_or_and_not(index: Index, articles: list[Article]) -> None:
    chance = random.Random(25)
    every = {a.id for a in articles}
    for _ in range(150):
        one, two = (substring(chance, chance.choice(articles).body, 4) for _ in range(2))
        first, second = quoted(one), quoted(two)
        if first is None or second is None or not one.strip() or not two.strip():
            continue
        a, b = plain_scan(articles, one), plain_scan(articles, two)
        assert found(index, f"{first} OR {second}") == a | b
        assert index.count(f"{first} {second}") == len(a & b)
        assert index.count(f"{first} -{second}") == len(a - b)
        assert found(index, f"-{first}") == every - a


def test_the_sample_corpus(sample: Index) -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    articles = [read_article(path, root=CORPUS) for path in files]
    chance = random.Random(26)
    for _ in range(400):
        chosen = chance.choice(articles)
        check(sample, articles, substring(chance, chance.choice([chosen.title, chosen.body])))


def test_real_news(tmp_path: Path) -> None:
    """2,000 seeded substrings of 1 to 12 characters: recall and precision 1."""
    chance = random.Random(27)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, data in enumerate(real_news("xwlb", 200, 27)):
        (corpus / f"{number}.md").write_bytes(data)
    articles = [read_article(path, root=corpus) for path in sorted(corpus.iterdir())]
    build(tmp_path, articles)
    folded = [(a.id, f"{fold(a.title)}{APART}{fold(a.body)}") for a in articles]
    with open_index(tmp_path / "index") as index:
        for _ in range(2000 if SLOW else 300):
            string = substring(chance, chance.choice(articles).body)
            query = quoted(string)
            if query is None or not string.strip():
                continue
            wanted = fold(string)
            assert found(index, query) == {id_ for id_, text in folded if wanted in text}, string

"""Every result equals an exhaustive evaluation: same ids, same order, same scores."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from exhaustive import Exhaustive
from library import SLOW, article, build, segments_of
from naive_document import synonyms_of
from texts import PUNCTUATION, RUNS, TRADITIONAL, WORDS

from searcher import Article, Hit, Index, Results, open_index
from searcher.query.parser import parse
from searcher.search.sentence import sentence_of
from searcher.text.folding import fold
from searcher.text.lexicon import load_lexicon

pytestmark = pytest.mark.usefixtures("as_if_large")

NAMES = (
    "普丁 蒲亭 Putin 弗拉基米尔·普京 特朗普 川普 Trump 纽西兰 新西兰 北韩 朝鲜 世界卫生组织 "
    "世卫组织 WHO 欧盟 EU 乔·拜登 北京大学 国防部 部长 中国 人民 共和国 白宫 COVID-19"
).split()
LIKELY = [*WORDS, *TRADITIONAL, *NAMES, "Joe Biden"]
AUTHORS = ["新华社", "远方通讯社", "晨光日报", "晨報", "Reuters", ""]
CATEGORIES = ["国际", "国际·时政", "财经", "体育", "體育", "Tech"]


def sentence(chance: random.Random) -> str:
    """Words as in news: few, and the same again and again, so that queries find."""
    words = chance.choices(LIKELY, k=chance.randint(2, 9))
    if chance.random() < 0.4:
        words.insert(chance.randrange(len(words)), chance.choice(RUNS))
    if chance.random() < 0.1:
        words.append(chance.choice(["😀", "𠮷", "・", " "]))
    return "".join(words)


def made(seed: int, number: int) -> Article:
    chance = random.Random(seed * 100_000 + number)
    sentences = [sentence(chance) for _ in range(chance.randint(0, 7))]
    ends = chance.choices([*"。。。！？；\n，", *PUNCTUATION], k=len(sentences))
    moment: datetime | None = datetime(2021, 1, 1, chance.randrange(24), tzinfo=timezone.utc)
    assert moment is not None
    moment += timedelta(days=chance.randrange(60))
    if chance.random() < 0.3:
        moment = moment.astimezone(timezone(timedelta(hours=chance.choice([8, -5]))))
    if chance.random() < 0.1:
        moment = None
    return article(
        number,
        sentence(chance)[:30].replace("\n", " "),
        "".join(s + end for s, end in zip(sentences, ends, strict=True)),
        date=moment,
        author=chance.choice(AUTHORS),
        source=chance.choice(AUTHORS),
        categories=tuple(chance.sample(CATEGORIES, chance.randint(0, 2))),
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Several segments, with deletions and changed articles in the older ones."""
    folder = tmp_path_factory.mktemp("exhaustive")
    articles = {n: made(1, n) for n in range(150)}
    build(folder, articles.values())
    for step in range(4):
        for number in range(step * 7, step * 7 + 5):
            del articles[number]
        articles[60 + step] = made(2, 60 + step)
        articles |= {n: made(1, n) for n in range(150 + step * 12, 150 + (step + 1) * 12)}
        build(folder, articles.values())
    opened = open_index(folder / "index")
    assert len(segments_of(opened)) > 2
    assert len(opened) == len(articles)
    return opened


@pytest.fixture(scope="module")
def slow(index: Index) -> Exhaustive:
    return Exhaustive(index, synonyms_of(load_lexicon()))


def test_the_slow_one_holds_the_same_articles(index: Index, slow: Exhaustive) -> None:
    assert len(slow.documents) == len(index)
    for d in slow.documents:
        assert d.article == index.get(d.article.id)
    assert slow.backend.deleted


# Queries of every kind


def word(chance: random.Random) -> str:
    chosen = chance.choice([chance.choice(LIKELY), chance.choice(WORDS), chance.choice(RUNS)])
    return chosen.replace("*", "") or "普京"


def snippet_of(chance: random.Random, slow: Exhaustive, most: int) -> str:
    bodies = [d.article.body for d in slow.documents]
    text = chance.choice([body for body in bodies if len(body) > most])
    start = chance.randrange(len(text) - most)
    return text[start : start + chance.randint(1, most)].replace('"', "").strip() or "普"


Kind = Callable[[random.Random, Exhaustive], str]
KINDS: dict[str, Kind] = {
    "word": lambda c, _: word(c),
    "words": lambda c, _: " ".join(word(c) for _ in range(c.randint(2, 4))),
    "one of words": lambda c, _: " OR ".join(word(c) for _ in range(c.randint(2, 4))),
    "not": lambda c, _: f"{word(c)} -{word(c)}",
    "nothing but not": lambda c, _: f"-{word(c)} NOT {word(c)}",
    "character": lambda c, _: c.choice("拜登普京国的一发😀"),
    "literal": lambda c, s: f'"{snippet_of(c, s, 8)}"',
    "literal and word": lambda c, s: f'"{snippet_of(c, s, 3)}" {word(c)}',
    "literal in the title": lambda c, s: f'title:"{word(c)}"',
    "prefix": lambda c, _: f"{word(c)[: c.randint(1, 3)]}*",
    "prefix and word": lambda c, _: f"{word(c)} {word(c)[:2]}*",
    "title": lambda c, _: f"title:{word(c)} {word(c)}",
    "prefix in the title": lambda c, _: f"title:{word(c)[:2]}*",
    "author": lambda c, _: f"{word(c)} author:{c.choice(['新华', '晨报', 'REUTERS', '没有'])}",
    "category": lambda c, _: f"{word(c)} category:{c.choice(['国际', '体育', 'tech', '时政'])}",
    "source": lambda c, _: f"source:{c.choice(['日报', '社'])} {word(c)}",
    "dates": lambda c, _: (
        f"{word(c)} date:2021-01-{c.randint(1, 28):02}..2021-02-{c.randint(1, 28):02}"
    ),
    "day": lambda c, _: f"date:2021-01-{c.randint(1, 31):02}",
    "mixture": lambda c, s: (
        f'({word(c)} OR "{snippet_of(c, s, 2)}") -title:{word(c)} ({word(c)} OR {word(c)[:2]}*)'
    ),
    "sentence": lambda c, s: snippet_of(c, s, 16).replace(" ", ""),
    "question": lambda c, _: f"谁是{word(c)}的{word(c)}",
    "the same twice": lambda c, _: f"{(w := word(c))} {w} title:{w}",
    "everything": lambda c, _: "*",
}
SORTS = ["relevance"] * 4 + ["newest", "oldest"]


def options(chance: random.Random) -> dict[str, Any]:
    """The options of a search that both understand."""
    given: dict[str, Any] = {"sort": chance.choice(SORTS)}
    if chance.random() < 0.25:
        given["any"] = True
    if chance.random() < 0.2:
        given["aliases"] = False
    if chance.random() < 0.15:
        given["since"] = date(2021, 1, chance.randint(1, 31))
    if chance.random() < 0.15:
        given["until"] = date(2021, 2, chance.randint(1, 28))
    if chance.random() < 0.1:
        given["category"] = chance.choice(CATEGORIES)
    if chance.random() < 0.1:
        given["author"] = chance.choice(["新华", "日报"])
    return given


def is_sentence(query: str) -> bool:
    tree = parse(query).tree
    return tree is not None and sentence_of(tree) is not None


def strict(results: Results) -> list[Hit]:
    """The hits that match as asked; they come first."""
    hits = [hit for hit in results if not hit.relaxed]
    assert hits == list(results[: len(hits)])
    assert len(results) - len(hits) == results.relaxed
    return hits


def compare(index: Index, slow: Exhaustive, query: str, given: dict[str, Any]) -> int:
    want = slow.search(query, **given)
    got = index.search(query, limit=len(want) + 1, snippets=False, **given)
    assert [hit.rank for hit in got] == list(range(1, len(got) + 1))
    assert got.total == len(want)
    found = strict(got)
    scores = dict(want)
    assert scores.keys() == {hit.id for hit in found}
    place = {id_: number for number, (id_, _) in enumerate(want)}
    turned = [(a.id, b.id) for a, b in pairwise(found) if place[a.id] > place[b.id]]
    if given.get("sort", "relevance") != "relevance":
        assert turned == []
    elif not is_sentence(query):
        assert {h.id: h.score for h in found} == pytest.approx(scores, rel=1e-5, abs=1e-5)
        # Four bytes cannot tell some scores apart that eight can; what is equal keeps its order.
        close = [0 < abs(scores[a] - scores[b]) < 2e-6 for a, b in turned]
        assert all(close), turned[close.index(False)]
    # A page reads no more texts than it must to be sure of its order.
    page = strict(index.search(query, limit=10, snippets=False, **given))
    assert [(hit.id, hit.score) for hit in page] == [(hit.id, hit.score) for hit in found[:10]]
    return len(want)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_query(index: Index, slow: Exhaustive, kind: str) -> None:
    chance = random.Random(f"{kind} 1")
    number = 450 if SLOW else 45
    found = 0
    for _ in range(number):
        query, given = KINDS[kind](chance, slow), options(chance)
        try:
            found += bool(compare(index, slow, query, given))
        except AssertionError as error:
            raise AssertionError(f"{query!r} {given}: {error}") from error
    assert found > number / 5


def test_pages_put_together_are_the_whole(index: Index, slow: Exhaustive) -> None:
    chance = random.Random(2)
    for _ in range(40):
        query, given = KINDS[chance.choice(list(KINDS))](chance, slow), options(chance)
        want = slow.search(query, **given)
        if is_sentence(query):
            continue
        size = chance.choice([1, 3, 7, 10, 20])
        pages = []
        for offset in range(0, len(want) + size, size):
            page = index.search(query, limit=size, offset=offset, **given)
            assert page.total == len(want)
            assert [hit.rank for hit in page] == list(range(offset + 1, offset + len(page) + 1))
            pages += [hit.id for hit in strict(page)]
        assert pages == [id_ for id_, _ in want], (query, given)


def test_one_segment_without_deletions(index: Index, slow: Exhaustive, tmp_path: Path) -> None:
    """Other statistics, but still as the slow one says."""
    build(tmp_path, [d.article for d in slow.documents])
    chance = random.Random(3)
    with open_index(tmp_path / "index") as merged:
        fresh = Exhaustive(merged, slow.backend.synonyms)
        assert len(segments_of(merged)) == 1
        for kind in KINDS:
            for _ in range(6):
                query, given = KINDS[kind](chance, slow), options(chance)
                try:
                    compare(merged, fresh, query, given)
                except AssertionError as error:
                    raise AssertionError(f"{query!r} {given}: {error}") from error


def test_asking_again_gives_the_same(index: Index, slow: Exhaustive) -> None:
    chance = random.Random(4)
    queries = [KINDS[kind](chance, slow) for kind in KINDS] * 2
    first = {q: [(h.id, h.score) for h in index.search(q)] for q in queries}
    chance.shuffle(queries)
    for query in queries:
        assert [(h.id, h.score) for h in index.search(query)] == first[query], query


def test_folding_is_the_same_for_the_query(index: Index) -> None:
    for one, other in [("澤倫斯基", "泽伦斯基"), ("Ｆ－３５", "f35"), ("ＰＵＴＩＮ", "putin")]:
        assert fold(one) == fold(other) or one[0] == "Ｆ"
        assert [h.id for h in index.search(one)] == [h.id for h in index.search(other)]

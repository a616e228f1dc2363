"""Whoosh's own searcher finds in our index what our search finds, and what the analysis says."""

import random
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import pytest
from library import article, build
from whoosh import fields
from whoosh import query as q
from whoosh.qparser import MultifieldParser, QueryParser
from whoosh.qparser.dateparse import DateParserPlugin
from whoosh.searching import Searcher
from whoosh_folder import build_changed, ids_of, terms_of

from searcher import Article, Index, open_index, open_whoosh
from searcher.text.stopwords import STOP_WORDS

FIELDS = ("title", "body", "words")
utc = timezone.utc


class Opened(NamedTuple):
    """An index opened both ways, and what is in it."""

    articles: dict[str, Article]
    whoosh: Searcher
    ours: Index
    folder: Path


def opened(folder: Path, *, titles: bool = True) -> Iterator[Opened]:
    articles = build_changed(folder, titles=titles)
    with open_whoosh(folder / "index").searcher() as whoosh, open_index(folder / "index") as ours:
        yield Opened(articles, whoosh, ours, folder / "index")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    yield from opened(tmp_path_factory.mktemp("whoosh"))


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Articles without titles: all that our search finds, it finds in bodies."""
    yield from opened(tmp_path_factory.mktemp("bodies"), titles=False)


@pytest.mark.parametrize("field", FIELDS)
def test_every_term_finds_what_the_analysis_says(both: Opened, field: str) -> None:
    terms = terms_of(both.articles, field)
    for term in sorted(set().union(*terms.values())):
        want = {id_ for id_, some in terms.items() if term in some}
        assert ids_of(both.whoosh, q.Term(field, term)) == want, term
    assert ids_of(both.whoosh, q.Term(field, "没有这个词")) == set()


# Queries by chance: (kind, parts) or (kind, text).
Tree = tuple[str, "str | list[Tree]"]


def tree(chance: random.Random, words: list[str], depth: int = 2) -> Tree:
    kind = chance.choice(["term", "term", "prefix", "and", "or", "not"] if depth else ["term"])
    if kind in ("term", "prefix"):
        word = chance.choice(words)
        return kind, word if kind == "term" else word[: chance.randint(1, len(word))]
    if kind == "not":
        return "and", [tree(chance, words, depth - 1), ("not", [tree(chance, words, depth - 1)])]
    return kind, [tree(chance, words, depth - 1) for _ in range(chance.randint(2, 4))]


def as_query(of: Tree, field: str) -> q.Query:
    kind, content = of
    if isinstance(content, str):
        return {"term": q.Term, "prefix": q.Prefix}[kind](field, content)
    parts = [as_query(part, field) for part in content]
    return q.Not(parts[0]) if kind == "not" else {"and": q.And, "or": q.Or}[kind](parts)


def as_text(of: Tree, field: str = "") -> str:
    """The same in words that both query languages read alike."""
    kind, content = of
    if isinstance(content, str):
        return f"{field}{content}" + ("*" if kind == "prefix" else "")
    parts = [as_text(part, field) for part in content]
    return f"NOT {parts[0]}" if kind == "not" else f"({f' {kind.upper()} '.join(parts)})"


def plainly(of: Tree, terms: dict[str, set[str]]) -> set[str]:
    """What a query finds, by looking at the terms of every article."""
    kind, content = of
    if isinstance(content, str):
        if kind == "term":
            return {id_ for id_, some in terms.items() if content in some}
        return {id_ for id_, some in terms.items() if any(t.startswith(content) for t in some)}
    sets = [plainly(part, terms) for part in content]
    if kind == "not":
        return set(terms) - sets[0]
    return set.intersection(*sets) if kind == "and" else set.union(*sets)


def common(terms: dict[str, set[str]], most: int) -> list[str]:
    """The terms that most articles have."""
    every = sorted(set().union(*terms.values()))
    return sorted(every, key=lambda term: -sum(term in some for some in terms.values()))[:most]


@pytest.mark.parametrize("field", FIELDS)
def test_random_queries_find_what_the_analysis_says(both: Opened, field: str) -> None:
    chance = random.Random(12)
    terms = terms_of(both.articles, field)
    words = common(terms, 80)
    found = 0
    for _ in range(100):
        wanted = tree(chance, words)
        got = ids_of(both.whoosh, as_query(wanted, field))
        assert got == plainly(wanted, terms), wanted
        found += bool(got)
    assert found > 50


def findable(terms: dict[str, set[str]]) -> list[str]:
    """Terms that both query languages take for words.

    Our own takes a lone character for a string, which stands inside words too, and asks for stop
    words only beside others.
    """
    words = [term for term in common(terms, 400) if len(term) > 1 and term not in STOP_WORDS]
    return [word for word in words if word.isalnum() and word.upper() != word.title()] + [
        word for word in words if not word.isascii()
    ]


def found_by_ours(index: Index, text: str) -> set[str]:
    """What has all that is asked for; a search may go on to what has some of it."""
    count = index.count(text, aliases=False)
    return (
        {hit.id for hit in index.search(text, limit=count, snippets=False, aliases=False)}
        if count
        else set()
    )


@pytest.mark.parametrize("field", ["title", "words", "title and body", "body"])
def test_random_typed_queries_find_what_our_search_finds(
    both: Opened, bodies: Opened, field: str
) -> None:
    chance = random.Random(200)
    index = bodies if field == "body" else both
    terms = terms_of(index.articles, field if field in FIELDS else "words")
    parser = (
        MultifieldParser(["title", "body"], index.whoosh.schema)
        if field == "title and body"
        else QueryParser(field, index.whoosh.schema)
    )
    words = findable(terms)[:60]
    found = 0
    for _ in range(200):
        wanted = tree(chance, words)
        got = ids_of(index.whoosh, parser.parse(as_text(wanted)))
        text = as_text(wanted, "title:" if field == "title" else "")
        assert got == found_by_ours(index.ours, text), text
        found += bool(got)
    assert found > 100


def test_the_first_ten_are_the_first_of_all(both: Opened) -> None:
    """Whoosh leaves documents out by limits of their scores; with ours it may not."""
    chance = random.Random(7)
    words = common(terms_of(both.articles, "words"), 60)
    for number in range(60):
        query = q.Or([q.Term(field, chance.choice(words[:15])) for field in ("title", "body")])
        if number % 2:
            more = q.Term("words", chance.choice(words), boost=2.0)
            query = q.Or([query, more, as_query(tree(chance, words), "body")])
        every = both.whoosh.search(query, limit=None)
        ten = both.whoosh.search(query, limit=10)
        assert [hit.docnum for hit in ten] == [hit.docnum for hit in every[:10]], query
        assert len(ten) == len(every) == len(ids_of(both.whoosh, query))


def test_deleted_articles_are_found_by_nothing(both: Opened) -> None:
    for query in (
        q.Every(),
        q.Not(q.Term("body", "没有")),
        q.Or([q.Every(), q.Term("body", "普京")]),
    ):
        assert ids_of(both.whoosh, query) == both.articles.keys()
    assert both.whoosh.doc_count_all() == both.whoosh.doc_count() == len(both.articles)


def test_statistics_are_those_of_what_is_there(both: Opened) -> None:
    reader = both.whoosh.reader()
    for field in FIELDS:
        terms = terms_of(both.articles, field)
        for term in common(terms, 100):
            want = sum(term in some for some in terms.values())
            info = reader.term_info(field, term)
            assert reader.doc_frequency(field, term) == info.doc_frequency() == want
            assert 0 < info.max_weight() <= info.weight() == reader.frequency(field, term)
        assert reader.min_field_length(field) >= 1
    count = sum(len(some) for some in terms_of(both.articles, "title").values())
    assert 0 < reader.field_length("title") < 2 * count


@pytest.mark.parametrize("field", FIELDS)
def test_the_lexicon_of_a_field(both: Opened, field: str) -> None:
    reader = both.whoosh.reader()
    want = sorted(set().union(*terms_of(both.articles, field).values()), key=str.encode)
    assert [text.decode() for text in reader.lexicon(field)] == want
    assert list(reader.field_terms(field)) == want
    assert [text.decode() for text in reader.expand_prefix(field, "国")] == [
        term for term in want if term.startswith("国")
    ]
    best = max(reader.frequency(field, term) for term in want)
    assert reader.most_frequent_terms(field, 1)[0][0] == best


def test_lengths_are_those_of_the_words(tmp_path: Path) -> None:
    build(tmp_path, [article(1, "拜登普京", "国防部长说，新冠。视频通话"), article(2, "", "普京")])
    with open_whoosh(tmp_path / "index").searcher() as whoosh:
        lengths = {
            field: [whoosh.doc_field_length(docnum, field) for docnum in (0, 1)] for field in FIELDS
        }
        # That a title is empty, Whoosh would not like.
        assert lengths == {"title": [2, 1], "body": [5, 1], "words": [7, 1]}
        assert whoosh.field_length("body") == 6
        assert whoosh.reader().max_field_length("words") == 7
        info = whoosh.term_info("body", "说")
        assert (info.min_length(), info.max_length()) == (5, 5)


def test_weights_count_a_part_half(tmp_path: Path) -> None:
    build(tmp_path, [article(1, "国防部长", "国防部长说，国防。国防国防")])
    with open_whoosh(tmp_path / "index").searcher() as whoosh:
        assert whoosh.frequency("title", "国防") == 0.5
        assert whoosh.frequency("body", "国防") == 3.5
        assert whoosh.frequency("words", "国防") == 4.0


# Typed queries

NEWS = [
    article(
        0, "拜登和普京将于周二视频通话", "国防部长说，李克强访问F-35工厂。新冠疫苗",
        date=datetime(2021, 12, 5, 9).astimezone(), source="新华社", categories=("国际", "俄罗斯"),
    ),
    article(1, "新冠疫情", "普京谈新冠病毒，通话视频。COVID-19", source="新华社"),
    article(2, "拜登", "２０２１年１２月５日，澤連斯基與普京", categories=("国际 新闻",)),
]  # fmt: skip


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("typed")
    build(folder, NEWS)
    with open_whoosh(folder / "index").searcher() as whoosh:
        yield whoosh


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("普京", [0, 1, 2]),
        ("拜登 普京", [0, 2]),
        ("拜登普京", [0]),
        ("普京 NOT 拜登", [1]),
        ("视频 OR 澤連斯基", [0, 1, 2]),
        ("泽连斯基", [2]),
        ("新冠*", [0, 1]),
        ("新冠* AND title:拜登", [0]),
        ("f-3*", [0]),
        ("f-*", [0]),
        ("Covid*", [1]),
        ("*19", [1]),
        ('"视频通话"', [0]),
        ('"通话视频"', [1]),
        ("部长", [0]),
        ("克强", [0]),
        ('"克强 访问"', [0]),
        ("2021年12月", [2]),
        ("source:新华社", [0, 1]),
        ("category:国际", [0]),
        ("category:'国际 新闻'", [2]),
        ("source:新华社 NOT category:俄罗斯", [1]),
        ("date:20211205", [0]),
        ("date:[20211201 to 20211231]", [0]),
        ("date:[20211206 to]", []),
        ("date:[to 2021-12]", [0, 1, 2]),
        ("date:2020", [1, 2]),
        ("path:a0001.md", [1]),
        ("id:a0002", [2]),
        ("title:[拜 TO 新]", [0, 2]),
        ("。！？", []),
    ],
)
def test_typed_queries(news: Searcher, text: str, numbers: list[int]) -> None:
    query = MultifieldParser(["title", "body"], news.schema).parse(text)
    assert ids_of(news, query) == {NEWS[n].id for n in numbers}, query


def test_fuzzy_and_pattern_queries(news: Searcher) -> None:
    assert ids_of(news, q.FuzzyTerm("body", "covid18")) == {"a0001"}
    assert ids_of(news, q.Wildcard("body", "*克?")) == {"a0000"}
    assert ids_of(news, q.Regex("title", "^普.$")) == {"a0000"}
    assert {*news.suggest("body", "covid1")} == {"covid", "covid19"}
    assert ids_of(news, q.Every("date")) == {"a0000", "a0001", "a0002"}
    assert ids_of(news, q.Every("category")) == {"a0000", "a0002"}


@pytest.mark.parametrize("by_plugin", [True, False])
def test_dates_are_those_of_the_place_of_writing(both: Opened, by_plugin: bool) -> None:
    parser = QueryParser("words", both.whoosh.schema)
    if by_plugin:
        parser.add_plugin(DateParserPlugin())
    for period, text in {
        "2021-12": "date:[20211201 to 20211231]",
        "2021-12-05": "date:20211205",
        "2021-11-30..2022-01-03": "date:[20211130 to 20220103]",
        "2022": "date:[20220101 to 20221231]",
    }.items():
        got = ids_of(both.whoosh, parser.parse(text))
        assert got == found_by_ours(both.ours, f"date:{period}"), text
        assert got


def test_a_moment_is_found_exactly(both: Opened) -> None:
    for a in list(both.articles.values())[:40]:
        if a.date is not None:
            assert a.id in {fields["id"] for fields in both.whoosh.documents(date=a.date)}
            one = q.DateRange("date", a.date, a.date)
            assert a.id in ids_of(both.whoosh, one)


def test_dates_have_the_terms_that_whoosh_gives_them(tmp_path: Path) -> None:
    dates = [
        datetime(year, 2, 3, 4, 5, 6, tzinfo=utc) for year in (1, 1889, 1970, 2021, 2500, 9999)
    ]
    build(tmp_path, [article(n, "", "", date=date) for n, date in enumerate(dates)])
    field = fields.DATETIME()
    with open_whoosh(tmp_path / "index").searcher() as whoosh:
        for n, date in enumerate(dates):
            for term, *_ in field.index(date):
                assert f"a{n:04}" in ids_of(whoosh, q.Term("date", term))
        for first in dates:
            for last in dates:
                want = {f"a{n:04}" for n, date in enumerate(dates) if first <= date <= last}
                assert ids_of(whoosh, q.DateRange("date", first, last)) == want

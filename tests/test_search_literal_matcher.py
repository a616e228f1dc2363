"""Quoted strings find exactly the articles that contain them: no more, no fewer."""

import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exhaustive import article_of
from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st
from library import CORPUS, SLOW, article, build, found, index_of, real_news, segments_of
from naive_document import NaiveDocument
from texts import as_indexed, characters, random_text, texts, without_controls

from searcher import Article, Index, open_index, read_article
from searcher.api.query_text import cleaned
from searcher.query.clauses import LiteralClause
from searcher.query.syntax import Field
from searcher.search import literal_matcher
from searcher.search.literal_matcher import MAX_KEPT_STRINGS, LiteralMatcher
from searcher.search.match import SegmentMatcher
from searcher.search.segment_postings import SegmentPostings
from searcher.search.texts import load_document
from searcher.store.segment_reader import SegmentReader
from searcher.text.analyser import default_analyser
from searcher.text.folding import fold
from searcher.text.runs import HAN

IS_HAN_WORD = re.compile(f"[{HAN}]{{2,}}").fullmatch

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
            as_indexed(random_text(chance, 8)).replace("\n", " "),
            as_indexed(random_text(chance, 30)),
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
    # Queries are cleaned as articles are.
    string = cleaned(string)
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
        if cleaned(string).strip() and quoted(string):
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
        article(n, as_indexed(title).replace("\n", " "), as_indexed(body))
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


# One segment


def matcher_of(index: Index, segment: int = 0) -> LiteralMatcher:
    return fresh(segments_of(index)[segment].matcher)


def fresh(matcher: SegmentMatcher) -> LiteralMatcher:
    """One that has found nothing so far."""
    return LiteralMatcher(SegmentPostings(matcher.segment), matcher)


def documents_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the documents whose text is read from now on."""
    read: list[int] = []

    def loading(segment: Any, number: int) -> Any:
        read.append(number)
        return load_document(segment, number)

    def reading(segment: SegmentReader, numbers: Sequence[int]) -> list[bytes]:
        read.extend(numbers)
        return [segment.raw(number) for number in numbers]

    monkeypatch.setattr("searcher.search.texts.load_document", loading)
    monkeypatch.setattr(SegmentReader, "raws", reading)
    return read


def test_strings_in_fields_and_between_boundaries(index: Index) -> None:
    chance = random.Random(28)
    for base, matcher, _ in segments_of(index):
        literals = fresh(matcher)
        stored = index._backend.fetch(range(base, base + matcher.size))
        documents = [NaiveDocument(article_of(one), default_analyser()) for one in stored]
        for _ in range(150):
            string = substring(chance, chance.choice(documents).text, 5)
            if "\x01" in string or "\x02" in string:
                continue
            for at_boundaries in (False, True):
                fields: list[Field] = [None, "title"]
                for field in fields:
                    spans = [d.spans(string, at_boundaries, field) for d in documents]
                    want = [number for number, here in enumerate(spans) if here]
                    assert literals.docs(string, at_boundaries, field).tolist() == want, string
                    among = np.array(sorted(chance.sample(range(matcher.size), 10)), np.intp)
                    clause = LiteralClause(string, field, at_boundaries)
                    narrowed = [number for number in among.tolist() if number in want]
                    assert literals.docs_among(clause, among).tolist() == narrowed, string


def test_how_often_a_string_occurs(index: Index) -> None:
    """As often as a term that it is; else by its occurrences, those inside tokens counting half."""
    chance = random.Random(29)
    for base, matcher, _ in segments_of(index):
        literals = fresh(matcher)
        stored = index._backend.fetch(range(base, base + matcher.size))
        documents = [NaiveDocument(article_of(one), default_analyser()) for one in stored]
        words = sorted({term for d in documents for term in d.halves if IS_HAN_WORD(term)})
        for _ in range(150):
            written = substring(chance, chance.choice(documents).text, 5)
            string = chance.choice([written, written, chance.choice(words)])
            if "\x01" in string or "\x02" in string or len(string) < 2:
                continue
            fields: list[Field] = [None, "title"]
            for field in fields:
                clause = LiteralClause(string, field, by_frequency=True)
                halves = [d.frequency(clause) for d in documents]
                want = {
                    number: 64 * min(title, 3) + min(body, 63)
                    for number, (title, body) in enumerate(halves)
                    if title or body
                }
                docs, freqs = literals.postings(string, field)
                assert docs.tolist() == sorted(want), string
                assert dict(zip(docs.tolist(), freqs.tolist(), strict=True)) == want, string


def test_a_pair_in_many_documents_is_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = ("", "拜登通话"), ("拜登通话", "拜登通话拜登通话"), ("", "通话")
    with index_of(tmp_path, *articles) as index:
        docs, freqs = matcher_of(index).postings("登通")
        assert (docs.tolist(), freqs.tolist()) == ([0, 1], [1, 64 + 2])
        read = documents_read(monkeypatch)
        monkeypatch.setattr(literal_matcher, "MAX_COUNTED", 1)
        docs, freqs = matcher_of(index).postings("登通")
        assert (docs.tolist(), freqs.tolist(), read) == ([0, 1], [2, 2], [])
        docs, _ = matcher_of(index).postings("登通话")
        assert (docs.tolist(), read) == ([0, 1], [0, 1]), "longer strings have to be verified"


def test_synonyms_are_no_matter_of_strings(tmp_path: Path) -> None:
    with index_of(tmp_path, ("普京", ""), ("普丁", "")) as index:
        clause = LiteralClause("普京", synonyms=("普丁",))
        assert matcher_of(index).docs_among(clause, np.array([0, 1])).tolist() == [0]


def test_only_texts_that_may_have_the_string_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts_ = ["国防部长", "国防，防部，部长", "国防部", "长部防国", "天气"]
    with index_of(tmp_path, *[("", text) for text in texts_]) as index:
        literals, read = matcher_of(index), documents_read(monkeypatch)
        assert literals.docs("国防部长").tolist() == [0]
        assert read == [1], "where it is a term it is written; 1 has all its pairs"
        assert literals.docs("防部长").tolist() == [0]
        assert read == [1, 0, 1]
        read.clear()
        assert literals.docs("国防").tolist() == [0, 1, 2]
        assert literals.docs("防").tolist() == [0, 1, 2, 3]
        assert literals.docs("天国").tolist() == []
        assert literals.docs("国防天气").tolist() == []
        assert read == [], "pairs and single characters are known without reading"
        assert literals.docs("国防", at_boundaries=True).tolist() == [1]
        assert read == [0, 1, 2], "but not where tokens begin and end"


def test_a_string_is_looked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with index_of(tmp_path, ("", "甲乙丙丁戊己庚辛"), ("", "甲乙，乙丙")) as index:
        literals, read = matcher_of(index), documents_read(monkeypatch)
        for _ in range(3):
            assert literals.docs("甲乙丙").tolist() == [0]
        assert sorted(read) == [0, 1]
        for size in range(3, 3 + MAX_KEPT_STRINGS):
            literals.docs("甲乙丙丁戊己庚辛壬癸子"[:size])
            assert len(literals._found) <= MAX_KEPT_STRINGS
        assert literals.docs("甲乙丙").tolist() == [0]


def test_a_pair_is_not_seen_between_the_units_of_others(tmp_path: Path) -> None:
    # The second unit of one and the first of the next are a character of their own.
    with index_of(tmp_path, ("", "😀😀"), ("", "😀")) as index:
        literals = matcher_of(index)
        assert literals.docs("😀").tolist() == [0, 1]
        assert literals.docs("😀😀").tolist() == [0]
        assert literals.docs("\ude00\ud83d").tolist() == [0], "as units are counted"


def test_the_cost_is_that_of_the_rarest_pair(tmp_path: Path) -> None:
    bodies = ["新闻报道"] * 12 + ["新闻发布"] * 3 + ["其他"]
    with index_of(tmp_path, *[("", body) for body in bodies]) as index:
        literals = matcher_of(index)
        some = len(bodies) >> 3
        assert literals.cost("新闻") == 15 + some
        assert literals.cost("新闻发") == 3 + some
        assert literals.cost("新天") == some
        assert literals.cost("新") == len(bodies), "unknown before it is looked for"

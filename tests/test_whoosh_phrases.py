"""Phrases and spans by Whoosh: positions are found out from the stored text, exactly."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from library import article, build
from whoosh import query as q
from whoosh.highlight import PinpointFragmenter
from whoosh.qparser import QueryParser
from whoosh.query import spans
from whoosh.searching import Searcher
from whoosh_folder import build_changed, ids_of, texts_of

from searcher import Article, open_whoosh
from searcher.text.analyser import default_analyser
from searcher.text.folding import fold

Place = tuple[str, int, int]
"""A term with the characters where it stands."""


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Article], Path]:
    folder = tmp_path_factory.mktemp("phrases")
    return build_changed(folder), folder / "index"


@pytest.fixture(scope="module")
def searcher(articles: tuple[dict[str, Article], Path]) -> Iterator[Searcher]:
    with open_whoosh(articles[1]).searcher() as found:
        yield found


def places(text: str) -> tuple[list[Place], list[bool]]:
    """Where words and parts stand in a text, and which characters any word covers."""
    analyser = default_analyser()
    found: list[Place] = []
    covered = [False] * len(text)
    for token in analyser.tokens(text):
        found.append((token.term, token.start, token.end))
        covered[token.start : token.end] = [True] * (token.end - token.start)
        written = fold(text)[token.start : token.end]
        for start, end in analyser.spans(written):
            found.append((written[start:end], token.start + start, token.start + end))
    return found, covered


def neighbours(text: str) -> Iterator[tuple[Place, Place]]:
    """All pairs of which the second begins where the first ends, but for what is no word."""
    found, covered = places(text)
    for first in found:
        for second in found:
            if first[2] <= second[1] and not any(covered[first[2] : second[1]]):
                yield first, second


@pytest.mark.parametrize("field", ["title", "body", "words"])
def test_a_phrase_of_two_finds_where_they_are_neighbours(
    articles: tuple[dict[str, Article], Path], searcher: Searcher, field: str
) -> None:
    wanted: dict[tuple[str, str], set[str]] = {}
    for id_, a in articles[0].items():
        for text in texts_of(field, a):
            for (first, _, _), (second, _, _) in neighbours(text):
                wanted.setdefault((first, second), set()).add(id_)
    chance = random.Random(3)
    pairs = sorted(wanted, key=lambda pair: (-len(wanted[pair]), pair))
    terms = sorted({term for pair in pairs for term in pair})
    others = [(chance.choice(terms), chance.choice(terms)) for _ in range(50)]
    for pair in [*pairs[:60], *chance.sample(pairs, 60), *others]:
        got = ids_of(searcher, q.Phrase(field, list(pair)))
        assert got == wanted.get(pair, set()), pair


def test_a_phrase_of_three(articles: tuple[dict[str, Article], Path], searcher: Searcher) -> None:
    wanted: dict[tuple[str, ...], set[str]] = {}
    for id_, a in articles[0].items():
        pairs = list(neighbours(a.body))
        for first, second in pairs:
            for other, third in pairs:
                if other == second:
                    wanted.setdefault((first[0], second[0], third[0]), set()).add(id_)
    for words in random.Random(4).sample(sorted(wanted), 100):
        assert ids_of(searcher, q.Phrase("body", list(words))) == wanted[words], words


# One article each: title, body.
TEXTS = [
    ("国防部长说", "国防部长，说"),
    ("拜登", "普京和拜登通话。拜登和普京通话"),
    ("拜登和普京", "２０２１年１２月５日，晴"),
    ("COVID-19疫情", "F-35 与 乔·拜登"),
]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("few")
    build(folder, [article(n, *text) for n, text in enumerate(TEXTS)])
    with open_whoosh(folder / "index").searcher() as found:
        yield found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ('title:"国防 部长"', [0]),
        ('title:"部长 说"', [0]),
        ('title:"国防部长 说"', [0]),
        ('title:"国防部 说"', []),
        ('title:"国防 说"', []),
        ('title:"国防 说"~3', [0]),
        ('body:"国防部长 说"', [0]),
        ('body:"拜登和普京"', [1]),
        ('body:"普京拜登"', []),
        ('body:"普京拜登"~2', [1]),
        ('words:"拜登 普京"', []),
        ('words:"拜登和普京"', [1, 2]),
        ('body:"12月 5日"', [2]),
        ('body:"2021年 12月 5日"', [2]),
        ('body:"2021年 5日"', []),
        ('body:"12月5日 晴"', [2]),
        ('title:"covid 疫情"', []),
        ('title:"covid19 疫情"', [3]),
        ('body:"F35 与 乔"', [3]),
    ],
)
def test_typed_phrases(few: Searcher, text: str, numbers: list[int]) -> None:
    query = QueryParser("body", few.schema).parse(text)
    assert ids_of(few, query) == {f"a{n:04}" for n in numbers}, query


def test_spans(few: Searcher) -> None:
    talked, putin = q.Term("body", "通话"), q.Term("body", "普京")
    assert ids_of(few, spans.SpanFirst(putin, limit=0)) == {"a0001"}
    assert ids_of(few, spans.SpanFirst(talked, limit=2)) == set()
    assert ids_of(few, spans.SpanNear(putin, talked, slop=1)) == {"a0001"}
    assert ids_of(few, spans.SpanNear2([talked, putin], slop=2)) == set()
    assert ids_of(few, spans.SpanNear2([talked, putin], slop=3)) == {"a0001"}
    assert ids_of(few, q.Sequence([q.Prefix("body", "拜"), q.Term("body", "和"), putin])) == {
        "a0001"
    }


def test_what_the_postings_tell(few: Searcher) -> None:
    """Positions count pieces; characters are those of the field's text."""
    postings = few.postings("title", "部长")
    assert postings.value_as("positions") == [1]
    assert postings.value_as("characters") == [(1, 2, 4)]
    assert [(span.start, span.end) for span in postings.spans()] == [(1, 2)]
    postings = few.postings("body", "拜登")
    assert postings.value_as("positions") == [2, 4]
    assert postings.value_as("frequency") == 2
    assert postings.value_as("weight") == postings.weight() == 2
    encoded = few.schema["body"].format.decode_positions(postings.value())
    assert encoded == postings.value_as("positions")
    postings = few.postings("words", "拜登")
    positions = postings.value_as("positions")
    assert positions[0] == 0
    assert positions[1] > 1000


def test_words_are_title_and_body_one_after_another(few: Searcher) -> None:
    for docnum, (title, body) in enumerate(TEXTS):
        for field, text in {"title": title, "body": body, "words": f"{title}\n{body}"}.items():
            for term in few.field_terms(field):
                postings = few.postings(field, term)
                postings.skip_to(docnum)
                if postings.is_active() and postings.id() == docnum:
                    for span in postings.spans():
                        written = fold(text[span.startchar : span.endchar])
                        assert written.replace("-", "") == term


def test_the_positions_of_a_typed_text(few: Searcher) -> None:
    tokens = few.schema["body"].tokenize(
        "拜登 国防部长 说", mode="query", positions=True, chars=True
    )
    assert [(t.text, t.pos, t.startchar, t.endchar) for t in tokens] == [
        ("拜登", 0, 0, 2),
        ("国防部长", 1, 3, 7),
        ("说", 4, 8, 9),
    ]


def test_phrases_are_highlighted_where_they_stand(few: Searcher) -> None:
    query = QueryParser("body", few.schema).parse('"拜登和普京"')
    results = few.search(query, terms=True)
    results.fragmenter = PinpointFragmenter()
    marked = results[0].highlights("body")
    assert marked.count("<b ") >= 3
    assert ">拜登</b>" in marked

"""The index is a Whoosh index: Whoosh's own reader and searcher find the same articles."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import ROOT, environment
from library import article, build
from texts import random_text
from whoosh import index as whoosh_index
from whoosh import query as q
from whoosh.searching import Searcher

from searcher import Article, Index, open_index
from searcher.text.analyser import default_analyser


def made(seed: int, numbers: range) -> list[Article]:
    chance = random.Random(seed)
    return [
        article(n, random_text(chance, 6).replace("\n", " "), random_text(chance, 25))
        for n in numbers
    ]


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """What is in the index at last."""
    kept = [*made(1, range(100))[10:], *made(2, range(100, 170)), *made(3, range(50, 60))]
    return {a.id: a for a in kept}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, articles: dict[str, Article]) -> Path:
    """An index of several segments, with deletions and changes."""
    folder = tmp_path_factory.mktemp("whoosh")
    build(folder, made(1, range(100)))
    build(folder, [*made(1, range(100))[5:], *made(2, range(100, 150))])
    build(folder, articles.values())
    assert len(list((folder / "index").glob("*.seg"))) > 1
    return folder / "index"


@pytest.fixture(scope="module")
def tokens(articles: dict[str, Article]) -> dict[str, set[str]]:
    """Id -> the terms of an article, from the plain analysis."""
    return {
        id_: {
            term
            for text in (a.title, a.body)
            for piece in default_analyser().tokens(text)
            for term in (piece.term, *piece.parts)
        }
        for id_, a in articles.items()
    }


@pytest.fixture(scope="module")
def searcher(folder: Path) -> Iterator[Searcher]:
    opened = whoosh_index.open_dir(folder)
    with opened.searcher() as found:
        yield found
    opened.close()


@pytest.fixture(scope="module")
def ours(folder: Path) -> Iterator[Index]:
    with open_index(folder) as index:
        yield index


def exhaustively(searcher: Searcher, query: q.Query) -> set[str]:
    numbers = set(searcher.docs_for_query(query))
    return {searcher.stored_fields(number)["id"] for number in numbers}


def vocabulary(tokens: dict[str, set[str]]) -> list[str]:
    return sorted(set().union(*tokens.values()))


def test_documents_and_stored_fields(searcher: Searcher, articles: dict[str, Article]) -> None:
    assert searcher.doc_count() == len(articles)
    stored = {fields["id"]: fields for fields in searcher.reader().all_stored_fields()}
    assert stored.keys() == articles.keys()
    assert all(stored[id_]["path"] == a.path for id_, a in articles.items())


def test_every_term_finds_the_same(searcher: Searcher, tokens: dict[str, set[str]]) -> None:
    for term in vocabulary(tokens):
        want = {id_ for id_, terms in tokens.items() if term in terms}
        assert exhaustively(searcher, q.Term("words", term)) == want, term
    assert exhaustively(searcher, q.Term("words", "没有这个词")) == set()


def random_query(chance: random.Random, words: list[str], depth: int) -> q.Query:
    kind = chance.choice(["term", "term", "prefix", "and", "or", "not"] if depth else ["term"])
    if kind == "term":
        return q.Term("words", chance.choice(words))
    if kind == "prefix":
        word = chance.choice(words)
        return q.Prefix("words", word[: chance.randint(1, len(word))])
    if kind == "not":
        positive = random_query(chance, words, depth - 1)
        return q.And([positive, q.Not(random_query(chance, words, depth - 1))])
    parts = [random_query(chance, words, depth - 1) for _ in range(chance.randint(2, 4))]
    return q.And(parts) if kind == "and" else q.Or(parts)


def plain(query: q.Query, tokens: dict[str, set[str]]) -> set[str]:
    if isinstance(query, q.Term):
        return {id_ for id_, terms in tokens.items() if query.text in terms}
    if isinstance(query, q.Prefix):
        return {
            id_ for id_, terms in tokens.items() if any(t.startswith(query.text) for t in terms)
        }
    if isinstance(query, q.Not):
        return set(tokens) - plain(query.query, tokens)
    sets = [plain(part, tokens) for part in query.subqueries]
    return set.intersection(*sets) if isinstance(query, q.And) else set.union(*sets)


def test_random_queries_find_the_same(searcher: Searcher, tokens: dict[str, set[str]]) -> None:
    chance = random.Random(12)
    common = sorted(vocabulary(tokens), key=lambda t: -sum(t in terms for terms in tokens.values()))
    found = 0
    for _ in range(300):
        query = random_query(chance, common[:80], 2)
        got = exhaustively(searcher, query)
        assert got == plain(query, tokens), query
        found += bool(got)
    assert found > 150


def test_our_own_search_finds_the_same_as_whoosh(searcher: Searcher, ours: Index) -> None:
    for word in ("普京", "拜登", "f35", "部长", "2021年12月", "的"):
        got = {hit.id for hit in ours.search(word, limit=1000, aliases=False)}
        if word != "的":
            assert got == exhaustively(searcher, q.Term("words", word)), word


def test_frequencies(searcher: Searcher, tokens: dict[str, set[str]]) -> None:
    reader = searcher.reader()
    for term in vocabulary(tokens)[:200]:
        info = reader.term_info("words", term)
        # Deleted articles count until they are merged away, as everywhere in Whoosh.
        assert info.doc_frequency() >= sum(term in terms for terms in tokens.values())
        assert reader.doc_frequency("words", term) == info.doc_frequency()
        assert info.max_weight() <= info.weight()


def test_the_lexicon_of_the_reader(searcher: Searcher, tokens: dict[str, set[str]]) -> None:
    reader = searcher.reader()
    terms = [text.decode() for text in reader.lexicon("words")]
    assert terms == sorted(set(terms), key=str.encode)
    assert set(terms) >= set(vocabulary(tokens))
    prefixed = [text.decode() for text in reader.expand_prefix("words", "国")]
    assert prefixed == [term for term in terms if term.startswith("国")]
    assert set(reader.indexed_field_names()) >= {"words", "author", "category", "source", "id"}


def test_whoosh_ranks_too(searcher: Searcher, tokens: dict[str, set[str]]) -> None:
    hits = searcher.search(q.Term("words", "普京"), limit=None)
    assert {hit["id"] for hit in hits} == {id_ for id_, terms in tokens.items() if "普京" in terms}
    assert all(hit.score > 0 for hit in hits)


def test_queries_typed_in_whooshs_language(searcher: Searcher, tokens: dict[str, set[str]]) -> None:
    from whoosh.qparser import QueryParser

    parser = QueryParser("words", searcher.schema)
    got = exhaustively(searcher, parser.parse("普京 AND NOT 拜登"))
    want = {id_ for id_, terms in tokens.items() if "普京" in terms and "拜登" not in terms}
    assert got == want


@pytest.mark.parametrize("imported", ["searcher", "searcher.whoosh_index.codec", "whoosh"])
def test_open_dir_in_a_fresh_process(
    folder: Path, imported: str, tokens: dict[str, set[str]]
) -> None:
    """`import searcher` is enough, even nothing: the table of contents names our classes."""
    code = (
        f"import {imported}; from whoosh.index import open_dir; from whoosh.query import Term\n"
        f"with open_dir({str(folder)!r}).searcher() as s:\n"
        "    print(len(set(s.docs_for_query(Term('words', '普京')))))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment(), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(done.stdout) == sum("普京" in terms for terms in tokens.values())


def test_whoosh_cannot_write(folder: Path) -> None:
    """Articles are added through build_index; Whoosh's writer fails and harms nothing."""
    opened = whoosh_index.open_dir(folder)
    with pytest.raises(Exception, match=r"build_index|codec"), opened.writer() as writer:
        writer.add_document(words="普京")
    opened.close()
    with open_index(folder) as index:
        assert index.check() == []


def test_an_index_without_articles(tmp_path: Path) -> None:
    build(tmp_path, [])
    opened = whoosh_index.open_dir(tmp_path / "index")
    with opened.searcher() as found:
        assert exhaustively(found, q.Term("words", "普京")) == set()
    opened.close()

"""The protocol of an engine suffices: the naive engine and the embedded one answer alike."""

import random
from datetime import datetime, timezone
from itertools import pairwise

import pytest
from exhaustive import Exhaustive
from library import article, build
from naive_backend import NaiveBackend, NaiveIndex, NaiveWriter
from naive_document import synonyms_of
from test_exhaustive import KINDS, made, options
from texts import WORDS

from searcher import Hit, Index, QueryError, open_index
from searcher.api.explain import explain
from searcher.api.search import Search
from searcher.backends.base import ReadBackend
from searcher.query.clauses import LiteralClause, MatchAllClause, TermClause
from searcher.query.options import SearchOptions
from searcher.text.lexicon import load_lexicon

pytestmark = pytest.mark.usefixtures("as_if_large")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Three segments, the older ones with deletions."""
    folder = tmp_path_factory.mktemp("engines")
    articles = [made(11, number) for number in range(150)]
    for first, stop in ((0, 100), (7, 130), (12, 150)):
        build(folder, articles[first:stop])
    return open_index(folder / "index")


@pytest.fixture(scope="module")
def slow(index: Index) -> Exhaustive:
    return Exhaustive(index, synonyms_of(load_lexicon()))


@pytest.fixture(scope="module")
def naive(slow: Exhaustive) -> NaiveBackend:
    assert slow.backend.deleted
    return slow.backend


def assert_alike(got: list[Hit], want: list[Hit], *, by_score: bool) -> None:
    assert {hit.id for hit in got} == {hit.id for hit in want}
    assert [hit.rank for hit in got] == [hit.rank for hit in want]
    scores = {hit.id: hit.score for hit in want}
    if by_score:
        # Four bytes cannot tell some scores apart that eight can; what is equal keeps its order.
        place = {hit.id: number for number, hit in enumerate(want)}
        turned = [(a.id, b.id) for a, b in pairwise(got) if place[a.id] > place[b.id]]
        assert all(0 < abs(scores[a] - scores[b]) < 2e-6 for a, b in turned), turned
    else:
        assert [hit.id for hit in got] == [hit.id for hit in want]
    assert {h.id: h.score for h in got} == pytest.approx(scores, rel=1e-5, abs=1e-5)
    others = {hit.id: hit for hit in want}
    for hit in got:
        other = others[hit.id]
        parts = hit._replace(rank=0, score=0, explanation=())
        assert parts == other._replace(rank=0, score=0, explanation=())
        assert [match[:3] for match in hit.explanation] == [m[:3] for m in other.explanation]
        assert [match.score for match in hit.explanation] == pytest.approx(
            [match.score for match in other.explanation], abs=1e-5
        )


@pytest.mark.parametrize("seed", range(120))
def test_a_search_gives_the_same_hits(index: Index, slow: Exhaustive, seed: int) -> None:
    chance = random.Random(seed)
    kind = list(KINDS)[seed % len(KINDS)]
    query = KINDS[kind](chance, slow)
    asked = SearchOptions(
        **options(chance),
        limit=200,
        expand=chance.random() < 0.2,
        fresh=chance.choice([None, None, None, 20_000.0]),
        explain=True,
    )
    engines: list[ReadBackend] = [index._backend, slow.backend]
    ours, other = (Search(engine, query, asked) for engine in engines)
    got, want = ours.run(), other.run()
    assert (ours.total, ours.relaxed, ours.notes) == (other.total, other.relaxed, other.notes)
    assert_alike(got, want, by_score=asked.sort == "relevance")


def test_pages_are_the_same(index: Index, naive: NaiveBackend) -> None:
    for offset in (0, 5, 15, 40):
        asked = SearchOptions(limit=5, offset=offset)
        ours, slow = (Search(engine, "普京 OR 中国", asked) for engine in (index._backend, naive))
        got, want = ours.run(), slow.run()
        assert [(hit.rank, hit.id, hit.snippets) for hit in got] == [
            (hit.rank, hit.id, hit.snippets) for hit in want
        ]


def test_an_explanation_is_the_same(index: Index, slow: Exhaustive) -> None:
    chance = random.Random(5)
    for kind, make in KINDS.items():
        query, asked = make(chance, slow), SearchOptions(aliases=chance.random() < 0.5)
        id_ = chance.choice(slow.documents).article.id
        told = []
        for engine in (index._backend, slow.backend):
            ref = engine.locate(id_)
            assert ref is not None
            told.append(explain(engine, query, ref, asked))
        one, other = told
        assert (one.matched, one.missing, one.notes) == (other.matched, other.missing, other.notes)
        assert one.score == pytest.approx(other.score, abs=1e-5), (kind, query)
        assert [match[:3] for match in one.matches] == [match[:3] for match in other.matches]


def test_the_rest_of_the_protocol(index: Index, naive: NaiveBackend) -> None:
    ours = index._backend
    assert len(ours) == len(naive)
    refs = [*ours.refs()], [*naive.refs()]
    assert [d.raw for d in ours.fetch(refs[0])] == [d.raw for d in naive.fetch(refs[1])]
    assert ours.fetch(refs[0]) == naive.fetch(refs[1])
    for prefix in ("", "普", "2021", "f"):
        assert [*ours.terms(prefix)] == [*naive.terms(prefix)], prefix
    for word in WORDS:
        clause, string = TermClause(word), LiteralClause(word)
        assert ours.count(clause) == naive.count(clause)
        assert ours.statistics(tuple).term_df(word) == naive.term_df(word)
        assert ours.statistics(tuple).literal_df(string) == naive.literal_df(string)
        if len(word) > 1:
            assert ours.statistics(tuple).bigram_df(word[:2]) == naive.bigram_df(word[:2])
        matching = [[engine.matches(r, clause) for r in engine.refs()] for engine in (ours, naive)]
        assert matching[0] == matching[1]
    mine, other = ours.stats(), naive.stats()
    for name in ("articles", "tokens", "first_date", "last_date", "undated"):
        assert getattr(mine, name) == getattr(other, name), name
    assert dict(mine.sources) == dict(other.sources)
    assert dict(mine.categories) == dict(other.categories)
    assert ours.synonyms("普京") == naive.synonyms("普京")
    assert ours.check() == naive.check() == []


def test_locating_is_the_same(index: Index, naive: NaiveBackend) -> None:
    def raw(engine: ReadBackend, name: str) -> bytes | str | None:
        try:
            ref = engine.locate(name)
        except QueryError:
            return "several"
        return None if ref is None else engine.fetch([ref])[0].raw

    for name in ("a0020", "a0020.md", "a0149", "a014", "a", "", "a0003", "zzz", "a00200"):
        assert raw(index._backend, name) == raw(naive, name), name
    assert [raw(naive, name) for name in ("a", "zzz")] == ["several", None]


def test_a_writer_changes_nothing_before_it_commits() -> None:
    index = NaiveIndex()
    writer = NaiveWriter(index)
    writer.add([article(1, "普京"), article(2, "拜登")])
    before = NaiveBackend(index)
    writer.commit()
    first = NaiveBackend(index)
    writer.delete({"a0001"})
    writer.commit()
    second = NaiveBackend(index)
    assert [len(before), len(first), len(second)] == [0, 2, 1]
    assert [before.is_current(), first.is_current(), second.is_current()] == [False, False, True]
    # A deleted document does not count in the statistics.
    assert (first.term_df("普京"), second.term_df("普京")) == (1, 0)
    assert (first.count(TermClause("普京")), second.count(TermClause("普京"))) == (1, 0)
    assert second.count(MatchAllClause()) == 1
    hits = Search(second, "普京 OR 拜登", SearchOptions()).run()
    assert [(hit.id, hit.title) for hit in hits] == [("a0002", "拜登")]
    assert hits[0].date == datetime(2020, 1, 3, 12, tzinfo=timezone.utc)

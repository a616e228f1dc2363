"""Collectors: what is made of the matches of each segment."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exhaustive import naive_copy
from library import article, build, index_of, segments_of
from naive_backend import NaiveBackend
from texts import WORDS

from searcher import Index, open_index
from searcher.backends.base import DocRef, ScoredDoc, Sort, TopRequest, WeightedPlan
from searcher.backends.local import LocalBackend
from searcher.query.clauses import AndClause, Clause, MatchAllClause, OrClause, TermClause
from searcher.search import collect, maxscore
from searcher.search.collect import (
    Collector,
    SegmentSearcher,
    TopDatesCollector,
    TopScoresCollector,
    first_by,
    rank_by_score,
    top_places,
)
from searcher.search.doc_ids import DocIds
from searcher.search.scorer import score_segments
from searcher.search.weights import weigh
from searcher.store.dates import NO_DATE, read_date

# Some stand in one segment only, some are other names of things that do.
RARE = ["普丁", "Putin", "蒲亭", "COVID-19", "F-35"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Five segments, the larger ones with deletions."""
    folder = tmp_path_factory.mktemp("score")
    chance = random.Random(3)
    articles = []
    for number in range(330):
        words = chance.choices(WORDS, k=chance.randint(1, 30))
        if chance.random() < 0.1:
            words.append(chance.choice(RARE))
        title = "".join(chance.choices(WORDS, k=2))
        day = datetime(2018 + number % 5, 1, 1 + number % 7, tzinfo=timezone.utc)
        date = None if number % 11 == 0 else day
        articles.append(article(number, title, "，".join(words), date=date))
    for first, stop in ((0, 200), (0, 300), (5, 310), (5, 320), (5, 330)):
        build(folder, articles[first:stop])
    opened = open_index(folder / "index")
    assert len(segments_of(opened)) > 3
    return opened


@pytest.fixture(scope="module")
def backend(index: Index) -> LocalBackend:
    assert isinstance(index._backend, LocalBackend)
    return index._backend


@pytest.fixture(scope="module")
def naive(index: Index) -> NaiveBackend:
    return naive_copy(index, lambda _: ())


# Any collector


class YearCollector:
    """Counts matches by the year of their date: what somebody else may write."""

    def __init__(self) -> None:
        self.years: Counter[int | None] = Counter()

    def collect(self, segment: SegmentSearcher, docs: DocIds) -> None:
        for seconds in segment.matcher.segment.dates[docs].tolist():
            date = read_date(seconds, 0)
            self.years[date.year if date else None] += 1


class RefCollector:
    """Keeps the references of all matches."""

    def __init__(self) -> None:
        self.lists: list[list[int]] = []

    def collect(self, segment: SegmentSearcher, docs: DocIds) -> None:
        self.lists.append((docs + segment.base).tolist())


@pytest.mark.parametrize(
    "clause",
    [
        MatchAllClause(),
        TermClause("普京"),
        OrClause((TermClause("普京"), TermClause("拜登"))),
        AndClause((TermClause("普京"),), (TermClause("拜登"),)),
        TermClause("没有"),
    ],
)
def test_every_collector_sees_every_match_once(
    backend: LocalBackend, naive: NaiveBackend, clause: Clause
) -> None:
    years, refs = YearCollector(), RefCollector()
    collectors: list[Collector] = [years, refs]
    backend.collect(clause, collectors)
    found = [naive.stored[ref].article for ref in naive.refs() if naive.matches(ref, clause)]
    assert sum(map(len, refs.lists)) == len(found) == backend.count(clause)
    assert years.years == Counter(a.date.year if a.date else None for a in found)
    assert len(refs.lists) == len(backend.segments), "it is told of segments without matches, too"
    assert all(a < b for one in refs.lists for a, b in pairwise(one)), "sorted, none twice"
    ids = backend._ids([ref for one in refs.lists for ref in one])
    assert sorted(ids) == sorted(a.id for a in found), "and none that is deleted"


# The best documents


def plan_of(backend: LocalBackend, *words: str) -> WeightedPlan:
    return weigh(OrClause(tuple(map(TermClause, words))), backend)


def best(
    backend: LocalBackend, plan: WeightedPlan, request: TopRequest, *, pruned: bool = False
) -> tuple[list[ScoredDoc], int]:
    kind = TopScoresCollector if request.sort == "relevance" else TopDatesCollector
    top = kind(plan, request, len(backend.segments), backend._ids)
    for segment in backend.segments:
        if pruned:
            assert top.collect_best(segment)
        else:
            top.collect(segment, segment.matcher.docs(plan.plan))
    return top.top(), top.total


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("wanted", [1, 3, 10, 40, 1000])
def test_the_best_are_those_of_the_naive_engine(
    backend: LocalBackend, naive: NaiveBackend, sort: Sort, wanted: int
) -> None:
    for words in (["普京"], ["普京", "拜登", "一"], ["没有"], ["F35", "中国农业发展银行"]):
        plan, request = plan_of(backend, *words), TopRequest(wanted, sort)
        (docs, total), want = best(backend, plan, request), naive.best(plan, request)
        assert total == want.total
        got = [
            *zip(backend._ids([doc.ref for doc in docs]), (doc.date for doc in docs), strict=True)
        ]
        assert got == [(naive.stored[doc.ref].article.id, doc.date) for doc in want.docs]
        scores = [doc.score for doc in want.docs]
        assert [doc.score for doc in docs] == pytest.approx(scores, abs=1e-5)
        assert backend.best(plan, request) == (docs, total)


def test_freshness_is_a_factor_of_scores_alone(backend: LocalBackend) -> None:
    plan = plan_of(backend, "普京", "拜登")
    plain = {doc.ref: doc.score for doc in best(backend, plan, TopRequest(1000))[0]}
    fresh = best(backend, plan, TopRequest(1000, fresh=3000.0))[0]
    undated = [doc for doc in fresh if doc.date == NO_DATE]
    assert undated
    assert all(doc.score == plain[doc.ref] for doc in undated)
    assert all(1 < doc.score / plain[doc.ref] < 1.5 for doc in fresh if doc.date != NO_DATE)
    assert [doc.score for doc in fresh] == sorted((doc.score for doc in fresh), reverse=True)
    by_date = best(backend, plan, TopRequest(1000, "newest", fresh=3000.0))[0]
    assert {doc.ref: doc.score for doc in by_date} == plain


def test_ties_are_broken_by_date_and_then_by_id(tmp_path: Path) -> None:
    day = datetime(2021, 1, 1, tzinfo=timezone.utc)
    days = {7: 1, 3: 2, 9: 1, 1: None, 8: 3, 2: 1, 0: None, 5: 3}
    articles = [
        article(n, "新闻", date=None if d is None else day + timedelta(days=d))
        for n, d in days.items()
    ]
    orders = {
        "relevance": [5, 8, 3, 2, 7, 9, 0, 1],
        "newest": [5, 8, 3, 2, 7, 9, 0, 1],
        "oldest": [2, 7, 9, 3, 5, 8, 0, 1],
    }
    for sizes in ([8], [3, 5, 8]):
        folder = tmp_path / str(len(sizes))
        for size in sizes:
            build(folder, articles[:size])
        with open_index(folder / "index") as index:
            engine = index._backend
            assert isinstance(engine, LocalBackend)
            plan = plan_of(engine, "新闻")
            sorts: list[Sort] = ["relevance", "newest", "oldest"]
            for sort in sorts:
                for wanted in range(1, 9):
                    docs, _ = best(engine, plan, TopRequest(wanted, sort))
                    order = [int(id_[1:]) for id_ in engine._ids([doc.ref for doc in docs])]
                    assert order == orders[sort][:wanted], (sort, wanted, sizes)


def test_ids_are_read_only_where_they_decide() -> None:
    asked: list[DocRef] = []

    def ids_of(refs: Sequence[DocRef]) -> list[str]:
        asked.extend(refs)
        return [f"id{9 - ref}" for ref in refs]

    docs = [ScoredDoc(1, 5.0, 10), ScoredDoc(2, 7.0, 10), ScoredDoc(3, 5.0, 20)]
    assert [doc.ref for doc in rank_by_score(docs, 3, ids_of)] == [2, 3, 1]
    assert [doc.ref for doc in rank_by_score(docs, 1, ids_of)] == [2]
    assert asked == [], "the date decides"
    tied = [*docs, ScoredDoc(4, 5.0, 10), ScoredDoc(5, 1.0, 10), ScoredDoc(6, 1.0, 10)]
    assert [doc.ref for doc in rank_by_score(tied, 3, ids_of)] == [2, 3, 4]
    assert set(asked) == {1, 4}, "not of those that are not wanted"
    assert [doc.ref for doc in rank_by_score(tied, 9, ids_of)] == [2, 3, 4, 1, 6, 5]


def test_first_by_keeps_the_last_ones_until_ids_decide() -> None:
    docs = [ScoredDoc(ref, 1.0, 0) for ref in (3, 1, 2)]
    first = first_by(docs, lambda doc: (doc.score,), 2, lambda refs: [f"id{ref}" for ref in refs])
    assert [doc.ref for doc in first] == [1, 2]


@pytest.mark.parametrize("seed", range(60))
def test_top_places(seed: int) -> None:
    chance = random.Random(seed)
    size, wanted = chance.randint(0, 60), chance.randint(1, 12)
    scores = np.array([chance.randint(0, 6) for _ in range(size)], np.float32)
    docs = np.array(sorted(chance.sample(range(100), size)), np.intp)
    recency = np.array(chance.sample(range(100), 100), np.uint16)
    ordered = sorted(range(size), key=lambda place: (-scores[place], recency[docs[place]]))
    assert top_places(scores, recency, docs, wanted).tolist() == ordered[:wanted]


# Few documents of several segments are scored together


@pytest.mark.parametrize("seed", range(100))
def test_together_or_not(index: Index, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    words = chance.sample([*WORDS, *RARE], chance.randint(1, 4))
    words = [f'"{word}"' if chance.random() < 0.3 else word for word in words]
    how: dict[str, Any] = {
        "any": chance.random() < 0.5,
        "sort": chance.choice(["relevance", "relevance", "newest", "oldest"]),
        "fresh": chance.choice([None, None, 30]),
        "limit": chance.choice([10, 100]),
    }
    found = []
    for little in (0, 8, 10_000):
        monkeypatch.setattr("searcher.search.collect.MAX_DEFERRED", little)
        results = index.search(" ".join(words), **how)
        found.append((results.total, [(hit.id, hit.score) for hit in results]))
    if how["fresh"] is None:
        assert found[0] == found[1] == found[2]
    else:
        # Every search has its own idea of now.
        for total, hits in found[1:]:
            assert total == found[0][0]
            assert [score for _, score in hits] == pytest.approx([s for _, s in found[0][1]])


def test_what_is_deferred_is_scored_once(
    backend: LocalBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def counting(parts: Sequence[Any]) -> Any:
        calls.append(len(parts))
        return score_segments(parts)

    monkeypatch.setattr(collect, "score_segments", counting)
    monkeypatch.setattr(collect, "MAX_DEFERRED", 10_000)
    docs, total = best(backend, plan_of(backend, "普京"), TopRequest(1000))
    assert len(docs) == total
    assert calls == [len(backend.segments)]
    best(backend, plan_of(backend, "没有"), TopRequest(10))
    assert len(calls) == 1, "nothing is scored where nothing matches"


def test_a_single_segment_defers_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Any) -> Any:
        raise AssertionError("scored together")

    monkeypatch.setattr(collect, "score_segments", refuse)
    with index_of(tmp_path, ("普京", ""), ("普京", "拜登")) as index:
        assert len(index.search("普京")) == 2


# Or-queries that need not match all


@pytest.mark.parametrize("seed", range(30))
def test_pruning_changes_nothing(
    backend: LocalBackend, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(maxscore, "MIN_DOCUMENTS", 0)
    chance = random.Random(seed)
    plan = plan_of(backend, *chance.sample(WORDS, chance.randint(2, 5)))
    request = TopRequest(chance.choice([1, 3, 10, 40]))
    pruned, total = best(backend, plan, request, pruned=True)
    docs, whole = best(backend, plan, request)
    assert total == whole
    assert pruned == docs


@pytest.mark.usefixtures("array_operations")
def test_what_cannot_be_pruned(backend: LocalBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_pruned(plan: Clause, request: TopRequest) -> bool:
        top = TopScoresCollector(weigh(plan, backend), request, 5, backend._ids)
        return top.collect_best(backend.segments[0])

    either = OrClause((TermClause("普京"), TermClause("拜登")))
    assert not is_pruned(either, TopRequest(10)), "too few documents to be worth it"
    monkeypatch.setattr(maxscore, "MIN_DOCUMENTS", 0)
    assert is_pruned(either, TopRequest(10))
    assert not is_pruned(either, TopRequest(10, fresh=30.0)), "bounds know nothing of dates"
    assert not is_pruned(TermClause("普京"), TopRequest(10)), "not an or-query"
    assert not is_pruned(AndClause((either,)), TopRequest(10))

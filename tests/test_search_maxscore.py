"""An or-query that leaves out what cannot reach the page finds what one finds that scores all."""

import random
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from library import article, build, segments_of
from texts import WORDS

from searcher import Index, open_index
from searcher.backends.base import WeightedPlan
from searcher.query.clauses import LiteralClause, OrClause, TermClause, scoring_leaves
from searcher.search import maxscore
from searcher.search.collect import SegmentSearcher
from searcher.search.maxscore import best_of_disjunction, is_worthwhile

pytestmark = pytest.mark.usefixtures("array_operations")

EXTRAS = [
    '"普京"',
    "title:拜登",
    "新闻发布*",
    '"说普"',
    "普丁",
    "Putin",
    "没有这个词",
    "category:国际",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """2,000 articles of few words, in three segments, some of them deleted."""
    folder = tmp_path_factory.mktemp("maxscore")
    chance = random.Random(1)
    articles = []
    for number in range(2000):
        words = chance.choices(WORDS, [1 / n for n in range(1, len(WORDS) + 1)], k=40)
        body = "，".join(words[: chance.randint(1, 40)])
        articles.append(article(number, "".join(chance.choices(WORDS, k=2)), body))
    build(folder, articles[:1500])
    build(folder, articles[:1800])
    build(folder, articles[100:])
    return open_index(folder / "index")


def queries(chance: random.Random) -> list[str]:
    words = chance.sample(WORDS, chance.randint(2, 5))
    if chance.random() < 0.4:
        words.insert(chance.randrange(len(words)), chance.choice(EXTRAS))
    return words


@pytest.mark.parametrize("seed", range(150))
def test_the_same_is_found(index: Index, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    words = queries(chance)
    query = "".join(words) if chance.random() < 0.2 else chance.choice([" ", " OR "]).join(words)
    how: dict[str, Any] = {"any": True, "offset": chance.choice([0, 0, 7, 30])}
    monkeypatch.setattr(maxscore, "MIN_DOCUMENTS", 0)
    found = index.search(query, **how)
    monkeypatch.setattr(maxscore, "MAX_COMPONENTS", -1)
    everything = index.search(query, **how)
    assert [(hit.id, hit.score) for hit in found] == [(hit.id, hit.score) for hit in everything]
    assert found.total == everything.total


def test_most_is_left_out(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    scored = []
    best_of_disjunction = maxscore.best_of_disjunction

    def counting(*given: Any) -> Any:
        documents, scores, total = best_of_disjunction(*given)
        scored.append((len(documents), total))
        return documents, scores, total

    monkeypatch.setattr(maxscore, "MIN_DOCUMENTS", 0)
    monkeypatch.setattr("searcher.search.collect.best_of_disjunction", counting)
    index.search(" OR ".join(WORDS[:4]))
    matched = sum(total for _, total in scored)
    assert matched > 1000
    assert sum(number for number, _ in scored) < matched / 2


# One segment


def plan_of(chance: random.Random) -> tuple[OrClause, WeightedPlan]:
    clauses: list[TermClause | LiteralClause] = [
        TermClause(word, chance.choice([None, None, "title"]))
        for word in chance.sample(WORDS, chance.randint(2, 5))
    ]
    if chance.random() < 0.3:
        clauses.append(LiteralClause(chance.choice(WORDS)[:2]))
    if chance.random() < 0.3:
        clauses.append(TermClause("克林顿", synonyms=tuple(chance.sample(WORDS, 2))))
    optional = (TermClause(chance.choice(WORDS)),) if chance.random() < 0.3 else ()
    plan = OrClause(tuple(clauses), optional)
    leaves = scoring_leaves(plan)
    return plan, WeightedPlan(plan, leaves, [chance.uniform(0.2, 8) for _ in leaves], {})


def whole(segment: SegmentSearcher, plan: WeightedPlan) -> dict[int, float]:
    """The scores of all documents that match."""
    docs = segment.matcher.docs(plan.plan)
    scores = segment.scorer.score(docs, segment.scorer.components(plan))
    return dict(zip(docs.tolist(), scores.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(60))
def test_the_best_are_among_those_that_are_scored(index: Index, seed: int) -> None:
    chance = random.Random(seed)
    plan, weighted = plan_of(chance)
    wanted = chance.choice([1, 5, 10, 30])
    for segment in segments_of(index):
        _, matcher, scorer = segment
        every = whole(segment, weighted)
        ordered = sorted(every.values(), reverse=True)
        components = scorer.components(weighted)
        for threshold in (None, ordered[min(wanted, len(ordered)) - 1], ordered[0]):
            docs, scores, total = best_of_disjunction(
                matcher, scorer, plan, components, wanted, threshold
            )
            assert total == len(every)
            found = dict(zip(docs.tolist(), scores.tolist(), strict=True))
            assert len(found) == len(docs), "no document twice"
            assert found.items() <= every.items(), "with the scores that they have"
            least = ordered[:wanted][-1] if threshold is None else threshold
            assert {doc for doc, score in every.items() if score >= least} <= found.keys()


def test_a_threshold_leaves_out_more(index: Index) -> None:
    segment = segments_of(index)[0]
    plan = OrClause(tuple(map(TermClause, WORDS[:4])))
    weighted = WeightedPlan(plan, scoring_leaves(plan), [1.0, 2.0, 3.0, 4.0], {})
    ordered = sorted(whole(segment, weighted).values(), reverse=True)
    scored = []
    for threshold in (0.0, ordered[200], ordered[20], ordered[0], 2 * ordered[0]):
        components = segment.scorer.components(weighted)
        docs, _, total = best_of_disjunction(
            segment.matcher, segment.scorer, plan, components, 10, threshold
        )
        assert total == len(ordered)
        scored.append(len(docs))
    assert scored[0] == len(ordered)
    assert all(more > fewer for more, fewer in pairwise(scored[1:])), scored
    assert scored[-1] == 0


def test_it_is_worth_it_for_many_documents_only(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = segments_of(index)[0].matcher
    plan = OrClause((TermClause(WORDS[0]), TermClause(WORDS[1])))
    cost = matcher.cost(plan)
    monkeypatch.setattr(maxscore, "MIN_DOCUMENTS", cost)
    assert is_worthwhile(matcher, plan)
    monkeypatch.setattr(maxscore, "MIN_DOCUMENTS", cost + 1)
    assert not is_worthwhile(matcher, plan)


@pytest.mark.parametrize("seed", range(30))
def test_a_level_is_reached_by_enough_documents_and_few_more(seed: int) -> None:
    chance = random.Random(seed)
    bounds = np.array([chance.randint(0, 255) for _ in range(1000)], np.uint8)
    for wanted in (1, 40, 900):
        level = maxscore._level_of(bounds, wanted)
        reached = int((bounds >= level).sum())
        assert wanted <= reached
        assert reached <= maxscore.MAX_SAMPLE_RATIO * wanted or (bounds >= level + 1).sum() < wanted
    assert maxscore._level_of(np.array([0, 0, 7], np.uint8), 2) == 1, "there are not so many"

"""The scorer of a segment: what the leaves of a plan come to, and the sums of their shares."""

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from library import article, build, index_of, segments_of
from texts import WORDS

from searcher import open_index
from searcher.backends.base import WeightedPlan
from searcher.query.clauses import (
    AndClause,
    BigramClause,
    Clause,
    KeywordClause,
    Leaf,
    LiteralClause,
    MatchAllClause,
    OrClause,
    PrefixClause,
    TermClause,
    scoring_leaves,
)
from searcher.search import scorer as scorer_module
from searcher.search.bm25 import PRESENCE, SYNONYM_WEIGHT, bm25, length_norms
from searcher.search.collect import SegmentSearcher
from searcher.search.scorer import Component, score_segments

DOCUMENTS = [
    ("普京讲话", "普京和拜登通话。普京说话。"),
    ("要闻", "国防部长乔·拜登来了，普丁也来了。"),
    ("拜登", "天气好。"),
    ("要闻", "什么都没有。"),
]
ALL = np.arange(len(DOCUMENTS))


@pytest.fixture(scope="module")
def segment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SegmentSearcher]:
    with index_of(tmp_path_factory.mktemp("scorer"), *DOCUMENTS) as index:
        (segment,) = segments_of(index)
        yield segment


def weighted(*leaves: Leaf, weight: float = 2.0, pairs: float = 0.5) -> WeightedPlan:
    """A plan with the weights ``weight``, ``weight + 1`` ..."""
    bigrams = [b for leaf in leaves if isinstance(leaf, BigramClause) for b in leaf.bigrams]
    weights = [weight + number for number, _ in enumerate(leaves)]
    return WeightedPlan(MatchAllClause(), leaves, weights, dict.fromkeys(bigrams, pairs))


def components(segment: SegmentSearcher, *leaves: Leaf) -> list[tuple[Any, ...]]:
    """The components of leaves, with lists of documents."""
    found = segment.scorer.components(weighted(*leaves))
    return [(*c[:5], None if c.docs is None else c.docs.tolist()) for c in found]


def scores(segment: SegmentSearcher, *leaves: Leaf) -> list[float]:
    scorer = segment.scorer
    found: list[float] = scorer.score(ALL, scorer.components(weighted(*leaves))).tolist()
    return found


# Components


def test_a_term_is_scored_by_its_frequency(segment: SegmentSearcher) -> None:
    assert components(segment, TermClause("普京"), TermClause("拜登", "title")) == [
        ("普京", "word", 2.0, PRESENCE, None, None),
        ("拜登", "word", 3.0, PRESENCE, "title", None),
    ]


def test_what_the_segment_does_not_have_is_no_component(segment: SegmentSearcher) -> None:
    assert components(segment, TermClause("克林顿", synonyms=("比尔", "bill clinton"))) == []
    assert (
        components(segment, KeywordClause("新", "author"), MatchAllClause(), PrefixClause("普"))
        == []
    )


def test_the_first_term_of_a_segment_is_one_like_others(segment: SegmentSearcher) -> None:
    first = segment.matcher.segment.terms.term(0).decode()
    assert components(segment, TermClause(first, synonyms=(first,))) == [
        (first, "word", 2.0, PRESENCE, None, None),
        (first, "alias", 2.0 * SYNONYM_WEIGHT, 0.0, None, None),
    ]


def test_a_string_counts_once_as_if_it_were_a_term(segment: SegmentSearcher) -> None:
    assert components(
        segment, LiteralClause("登通"), LiteralClause("拜登", at_boundaries=True)
    ) == [
        ("登通", "literal", 2.0 * (PRESENCE + 1), 0.0, None, [0]),
        ("拜登", "word", 3.0 * (PRESENCE + 1), 0.0, None, [0, 1, 2]),
    ]
    assert components(segment, LiteralClause("拜登", "title"))[0][5] == [2]


def test_a_string_may_be_scored_as_a_term_is(segment: SegmentSearcher) -> None:
    (component,) = segment.scorer.components(weighted(LiteralClause("拜登", by_frequency=True)))
    assert component[:5] == ("拜登", "word", 2.0, PRESENCE, None)
    assert component.docs is not None
    assert component.freqs is not None
    assert component.docs.tolist() == [0, 1, 2]
    assert component.freqs_in(ALL).tolist() == [*component.freqs.tolist(), 0]
    assert component.freqs_in(np.array([1, 3])).tolist() == [component.freqs[1], 0]
    # It is one, so it has the score of one.
    assert scores(segment, LiteralClause("拜登", by_frequency=True)) == scores(
        segment, TermClause("拜登")
    )
    inside = scores(segment, LiteralClause("登通", by_frequency=True))
    assert inside[0] > 0
    assert inside[1:] == [0, 0, 0]
    (nowhere,) = segment.scorer.components(weighted(LiteralClause("没在", by_frequency=True)))
    assert nowhere.freqs_in(ALL).tolist() == [0] * len(ALL)


def test_synonyms_count_less_and_strings_of_several_tokens_least(segment: SegmentSearcher) -> None:
    assert components(segment, TermClause("普京", synonyms=("普丁", "乔·拜登", "川普"))) == [
        ("普京", "word", 2.0, PRESENCE, None, None),
        ("普丁", "alias", 2.0 * SYNONYM_WEIGHT, 0.0, None, None),
        ("乔·拜登", "alias", 2.0 * SYNONYM_WEIGHT / 2, 0.0, None, [1]),
    ]
    assert components(segment, LiteralClause("纽约", synonyms=("普京",)))[1:] == [
        ("普京", "alias", 2.0 * SYNONYM_WEIGHT, 0.0, None, None)
    ]
    in_title = components(segment, TermClause("普京", "title", ("拜登", "乔·拜登")))
    assert in_title[1:] == [("拜登", "alias", 2.0 * SYNONYM_WEIGHT, 0.0, "title", None)]


def test_each_pair_of_characters_has_its_own_weight(segment: SegmentSearcher) -> None:
    plan = WeightedPlan(
        MatchAllClause(), [BigramClause(("京和", "登来"))], [1.0], {"京和": 0.5, "登来": 0.25}
    )
    found = [(c.name, c.kind, c.weight, c.docs) for c in segment.scorer.components(plan)]
    assert [one[:3] for one in found] == [("京和", "pair", 0.5), ("登来", "pair", 0.25)]
    assert [one[3].tolist() for one in found if one[3] is not None] == [[0], [1]]


# Scores


def test_scores_follow_the_formula(segment: SegmentSearcher) -> None:
    lengths = segment.matcher.segment.lengths
    norms = length_norms(lengths, float(lengths.mean()))
    # 普京 is once in the title and twice in the body of the first, in halves.
    codes = np.array([2 * 64 + 4, 0, 0, 0], np.uint8)
    expected = bm25(codes, norms, np.float32(2), np.float32(2 * PRESENCE))
    assert scores(segment, TermClause("普京")) == pytest.approx(expected.tolist())
    assert scores(segment, TermClause("普京"))[1:] == [0, 0, 0]
    # A part of a longer token is half an occurrence.
    codes = np.array([0, 1, 0, 0], np.uint8)
    expected = bm25(codes, norms, np.float32(2), np.float32(2 * PRESENCE))
    assert scores(segment, TermClause("部长")) == pytest.approx(expected.tolist())


def test_in_one_field_a_term_counts_where_that_field_has_it(segment: SegmentSearcher) -> None:
    everywhere, in_title = (
        scores(segment, TermClause("拜登")),
        scores(segment, TermClause("拜登", "title")),
    )
    assert [score > 0 for score in everywhere] == [True, True, True, False]
    assert in_title == [0, 0, everywhere[2], 0]


def test_constants(segment: SegmentSearcher) -> None:
    assert scores(segment, LiteralClause("登通")) == pytest.approx([2 * (PRESENCE + 1), 0, 0, 0])
    assert scores(segment, BigramClause(("京和", "登来"))) == pytest.approx([0.5, 0.5, 0, 0])


def test_a_score_is_the_sum_of_its_shares(segment: SegmentSearcher) -> None:
    leaves: list[Leaf] = [
        TermClause("普京", synonyms=("普丁", "乔·拜登")),
        LiteralClause("拜登"),
        TermClause("说话"),
        BigramClause(("京和",)),
        KeywordClause("x", "author"),
        TermClause("来", weight=0.2),
    ]
    plan = weighted(*leaves)
    shares = [
        share
        for number in range(len(leaves))
        for _, _, share in segment.scorer.shares_of_leaf(number, ALL, plan)
    ]
    assert sum(shares).tolist() == pytest.approx(scores(segment, *leaves))  # type: ignore[union-attr]
    names = [name for name, _, _ in segment.scorer.shares_of_leaf(0, ALL, plan)]
    assert names == ["普京", "普丁", "乔·拜登"]
    assert [kind for _, kind, _ in segment.scorer.shares_of_leaf(3, ALL, plan)] == ["pair"]
    assert [*segment.scorer.shares_of_leaf(4, ALL, plan)] == []


def test_some_documents_have_the_scores_that_all_have(segment: SegmentSearcher) -> None:
    plan = weighted(TermClause("普京"), TermClause("拜登"), LiteralClause("来了"))
    scorer = segment.scorer
    everything = scorer.score(ALL, scorer.components(plan))
    for some in ([], [0], [2, 3], [0, 1, 2]):
        docs = np.array(some, np.intp)
        assert scorer.score(docs, scorer.components(plan)).tolist() == everything[docs].tolist()


# Larger segments


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[SegmentSearcher]]:
    """Two segments with 250 and 30 documents."""
    folder = tmp_path_factory.mktemp("scorers")
    chance = random.Random(8)
    articles = [
        article(
            number,
            "".join(chance.choices(WORDS, k=2)),
            "，".join(chance.choices(WORDS, k=chance.randint(1, 40))),
        )
        for number in range(280)
    ]
    build(folder, articles[:250])
    build(folder, articles)
    with open_index(folder / "index") as index:
        yield segments_of(index)


def random_plan(chance: random.Random) -> WeightedPlan:
    leaves: list[Clause] = []
    for word in chance.sample(WORDS, chance.randint(1, 6)):
        field = chance.choice([None, None, None, "title"])
        kind = chance.randrange(6)
        if kind == 0:
            leaves.append(LiteralClause(word[:2], "title" if field else None))
        elif kind == 5:
            leaves.append(LiteralClause(word, "title" if field else None, by_frequency=True))
        elif kind == 1:
            leaves.append(BigramClause((word[-1] + "，", "，" + word[0])))
        else:
            synonyms = tuple(chance.sample(WORDS, chance.choice([0, 0, 1, 2])))
            leaves.append(TermClause(word, "title" if field else None, synonyms))
    plan = OrClause(tuple(leaves))
    bigrams = [b for leaf in leaves if isinstance(leaf, BigramClause) for b in leaf.bigrams]
    return WeightedPlan(
        plan,
        scoring_leaves(AndClause((plan,))),
        [chance.uniform(0.1, 8) for _ in leaves],
        {bigram: chance.uniform(0.1, 3) for bigram in bigrams},
    )


@pytest.mark.parametrize("seed", range(40))
def test_several_terms_at_once_or_one_by_one(
    segments: list[SegmentSearcher], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    plan = random_plan(random.Random(seed))
    scorer = segments[0].scorer
    docs = np.arange(0, 250, 1 + seed % 7)
    found = []
    for cells in (0, 3 * len(docs), 1 << 20):
        monkeypatch.setattr(scorer_module, "MAX_CELLS", cells)
        found.append(scorer.score(docs, scorer.components(plan)).tolist())
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("seed", range(40))
def test_segments_scored_together_or_apart(segments: list[SegmentSearcher], seed: int) -> None:
    chance = random.Random(seed)
    plan = random_plan(chance)
    parts = []
    for _, matcher, scorer in chance.sample(segments, len(segments)):
        docs = np.array(sorted(chance.sample(range(matcher.size), chance.randint(0, 20))), np.intp)
        parts.append((scorer, docs, scorer.components(plan)))
    together = score_segments(parts)
    apart = [scorer.score(docs, found) for scorer, docs, found in parts]
    assert together.tolist() == np.concatenate(apart).tolist()


@pytest.mark.parametrize("seed", range(40))
def test_no_score_is_above_its_bound(segments: list[SegmentSearcher], seed: int) -> None:
    plan = random_plan(random.Random(seed))
    for _, matcher, scorer in segments:
        found: list[Component] = scorer.components(plan)
        bounds, unit = scorer.bounds(found)
        docs = np.arange(matcher.size)
        scores = scorer.score(docs, found)
        assert bounds.dtype == np.uint8
        assert bounds.shape == (matcher.size,)
        assert (scores <= bounds * unit * (1 + 1e-5)).all()
        assert ((scores > 0) == (bounds > 0)).all()
        # Each component is rounded up to the next unit, and texts differ in length.
        slack = (len(found) + 1) * unit
        shortest = scorer.score(docs, found) * 2.2
        assert (bounds * unit <= shortest + slack).all()


def test_bounds_of_many_components_do_not_overflow(segment: SegmentSearcher) -> None:
    leaves = [TermClause("普京"), *[TermClause("拜登")] * 59]
    plan = weighted(*leaves, weight=0.01)
    found = segment.scorer.components(plan)
    bounds, unit = segment.scorer.bounds(found)
    assert (segment.scorer.score(ALL, found) <= bounds * unit * (1 + 1e-5)).all()

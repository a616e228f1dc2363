"""Native code finds the same documents as array operations, with the same scores bit by bit."""

import random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from searcher._native import extension
from searcher.search.bm25 import (
    K1,
    PRESENCE,
    PRESENCE_FACTORS,
    TERM_FREQUENCIES,
    bm25,
    norm_and_slope,
)
from searcher.search.bm25 import length_norms as norms_of
from searcher.store.bigrams import encode
from searcher.store.dates import NO_DATE

matching: Any = extension("matching")
ranking: Any = extension("ranking")
if matching is None:
    pytest.skip("compiled where there is a compiler", allow_module_level=True)


class Segment:
    """Random posting lists with their lengths and dates, and the plain way to rank by them."""

    def __init__(self, seed: int, size: int) -> None:
        self.chance = random.Random(seed)
        self.size = size
        arrays = np.random.default_rng(seed)
        lengths = arrays.integers(1, 2000, size).astype(np.uint32)
        average = float(lengths.mean())
        self.lengths = lengths
        self.norms = norms_of(lengths, average)
        self.recency = arrays.permutation(size).astype(np.uint16)
        self.times = arrays.integers(0, 10_000, size).astype(np.int64)
        self.times[arrays.random(size) < 0.1] = NO_DATE
        self.offsets = arrays.integers(-20, 20, size).astype(np.int16)
        self.alive = (arrays.random(size) < 0.9).astype(np.uint8)
        self.ranker = ranking.SegmentRanker(
            lengths, *norm_and_slope(average), self.recency, TERM_FREQUENCIES, PRESENCE_FACTORS,
            1 + K1,
        )  # fmt: skip
        self.arrays = arrays

    def postings(self, share: float) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
        docs = np.flatnonzero(self.arrays.random(self.size) < share).astype(np.uint16)
        return docs, self.arrays.integers(1, 256, len(docs)).astype(np.uint8)

    def lists(self, groups: int, most: int = 3) -> list[Any]:
        found = []
        for group in range(groups):
            for _ in range(self.chance.randint(1, most)):
                share = self.chance.choice((0.001, 0.02, 0.3, 0.9))
                docs, freqs = self.postings(share)
                weight = self.chance.uniform(0.1, 9)
                presence = self.chance.choice((0.0, PRESENCE))
                own = self.chance.choice((freqs, None))
                group_or_none = self.chance.choice((group, group, group, -1))
                found.append((docs, own, weight, presence, group_or_none, True))
        return found

    def shares(self, one: Any) -> NDArray[np.float32]:
        docs, freqs, weight, presence, *_ = one
        if freqs is None:
            return np.isin(np.arange(self.size), docs) * np.float32(weight)
        spread = np.zeros(self.size, np.uint8)
        spread[docs] = freqs
        single = np.float32(weight)
        return bm25(spread, self.norms, single, single * np.float32(presence))

    def expected(
        self,
        lists: list[Any],
        groups: int,
        all_groups: bool,
        alive: Any,
        dates: Any,
        wanted: int,
        order: str = "score",
    ) -> tuple[list[tuple[int, float]], int]:
        members = [np.zeros(self.size, bool) for _ in range(groups)]
        total = np.zeros(self.size, np.float32)
        for one in lists:
            if one[4] >= 0:
                members[one[4]][one[0]] = True
            total += self.shares(one)
        found = np.logical_and.reduce(members) if all_groups else np.logical_or.reduce(members)
        if alive is not None:
            found &= alive != 0
        if dates is not None:
            local = dates[0] + 60 * dates[1].astype(np.int64)
            found &= (local >= dates[2]) & (local < dates[3])
        docs = np.flatnonzero(found)
        recency, times = self.recency[docs], self.times[docs]
        keys: tuple[NDArray[Any], ...] = (recency,)
        if order == "score":
            keys = recency, -total[docs]
        elif order == "oldest":
            keys = recency, times, times == NO_DATE
        best = np.lexsort(keys)[:wanted]
        return [(int(docs[n]), float(total[docs[n]])) for n in best], len(docs)


@pytest.mark.parametrize("all_groups", [True, False])
@pytest.mark.parametrize("size", [1, 50, 3000])
def test_the_best_are_those_of_a_plain_ranking(size: int, all_groups: bool) -> None:
    for seed in range(25):
        segment = Segment(seed, size)
        groups = segment.chance.randint(1, 4)
        lists = segment.lists(groups)
        alive = segment.chance.choice((None, segment.alive))
        dates = segment.chance.choice((None, (segment.times, segment.offsets, 2000, 9000)))
        wanted = segment.chance.choice((1, 10, 256))
        asked = (lists, groups, all_groups, alive, dates, wanted)
        assert segment.ranker.best(*asked) == segment.expected(*asked), seed


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("all_groups", [True, False])
@pytest.mark.parametrize("size", [1, 50, 3000])
def test_the_first_by_date_are_those_of_a_plain_order(
    size: int, all_groups: bool, order: str
) -> None:
    for seed in range(25):
        segment = Segment(seed, size)
        groups = segment.chance.randint(1, 4)
        lists = segment.lists(groups)
        alive = segment.chance.choice((None, segment.alive))
        first, last = segment.chance.choice(((NO_DATE, 1 << 62), (2000, 9000)))
        dates = segment.times, segment.offsets, first, last
        wanted = segment.chance.choice((1, 10, 256))
        asked = (lists, groups, all_groups, alive, dates, wanted)
        found = segment.ranker.first(*asked, order == "oldest")
        assert found == segment.expected(*asked, order), seed


def test_counts_and_documents_that_match() -> None:
    for seed in range(25):
        segment = Segment(seed, 3000)
        lists = segment.lists(3)
        asked = (lists, 3, seed % 2 == 0, segment.alive, None)
        docs, total = segment.expected(*asked, 3000)
        assert matching.count(*asked, 3000) == total
        found = matching.matching(*asked, 3000)
        assert found.format == "H"
        assert found.tolist() == sorted(doc for doc, _ in docs)


def test_frequencies_in_candidates() -> None:
    segment = Segment(11, 3000)
    docs, freqs = segment.postings(0.3)
    candidates = segment.postings(0.2)[0]
    known = dict(zip(docs.tolist(), freqs.tolist(), strict=True))
    found, places = matching.known_freqs(candidates, docs, freqs, 0)
    assert [*found] == [known.get(doc, 0) for doc in candidates.tolist()]
    assert places == [n for n, doc in enumerate(candidates.tolist()) if doc not in known]
    found, places = matching.known_freqs(candidates, docs, freqs, 2)
    assert [*found] == [known.get(doc, 2) for doc in candidates.tolist()]
    assert not places
    some, some_freqs = matching.select(docs, freqs, 64)
    assert some.tolist() == docs[freqs >= 64].tolist()
    assert some_freqs.tolist() == freqs[freqs >= 64].tolist()


def test_living_documents() -> None:
    segment = Segment(12, 500)
    docs = segment.postings(0.5)[0]
    assert matching.count_living(docs, segment.alive) == segment.alive[docs].sum()
    assert matching.total_length(segment.lengths, None) == segment.lengths.sum()
    lengths = segment.lengths[segment.alive != 0]
    assert matching.total_length(segment.lengths, segment.alive) == lengths.sum()
    allowed = bytearray(segment.alive.tobytes())
    matching.leave_out(allowed, docs)
    left = np.setdiff1d(np.flatnonzero(segment.alive), docs)
    assert np.flatnonzero(np.frombuffer(allowed, np.uint8)).tolist() == left.tolist()


def test_frequent_terms_are_bounded_and_none_is_missed() -> None:
    # Only terms, many postings: what cannot be among the best is not scored.
    for seed in range(40):
        segment = Segment(seed, 5000)
        lists = [
            (*segment.postings(share), segment.chance.uniform(0.1, 9), PRESENCE, 0, True)
            for share in (0.9, 0.4, 0.05)[: 1 + seed % 3]
        ]
        asked = (lists, 1, False, None, None, 16)
        expected, total = segment.expected(*asked)
        assert segment.ranker.best(*asked) == (expected, total), seed
        # What other segments have found leaves out only what does not reach it.
        for place in (0, 5, 15):
            threshold = expected[place][1]
            best, found = segment.ranker.best(*asked, threshold)
            assert found == total
            reaching = [one for one in expected if one[1] >= threshold]
            assert best[: len(reaching)] == reaching, seed


def test_documents_of_lists_without_scores() -> None:
    segment = Segment(7, 2000)
    lists = [(segment.postings(0.4)[0], None, 0.0, 0.0, group, False) for group in range(3)]
    sets = [set(docs.tolist()) for docs, *_ in lists]
    both = np.frombuffer(matching.matching(lists, 3, True, None, None, 2000), np.uint16)
    any_of = np.frombuffer(matching.matching(lists, 3, False, None, None, 2000), np.uint16)
    assert both.tolist() == sorted(set.intersection(*sets))
    assert any_of.tolist() == sorted(set.union(*sets))


def test_a_share_of_the_weight() -> None:
    segment = Segment(8, 500)
    lists = [segment.postings(0.4)[0] for _ in range(5)]
    rows = [*zip(lists, (0, 1, 1, 2, 3), strict=True)]  # the second part has two lists
    has = [np.zeros(500, bool) for _ in range(4)]
    for docs, part in rows:
        has[part][docs] = True
    weights = [1.0, 2.0, 3.0, 4.0], [1.0, 0.0, 1.0, 0.0]
    by_weight, by_number = (sum(w * h for w, h in zip(some, has, strict=True)) for some in weights)
    found = matching.at_least(rows, [weights[0]], [5.0], 500)
    assert found.tolist() == np.flatnonzero(by_weight >= 5).tolist()
    assert len(found) not in (0, 500)
    both = matching.at_least(rows, [*weights], [5.0, 2.0], 500)
    assert both.tolist() == np.flatnonzero((by_weight >= 5) & (by_number >= 2)).tolist()
    assert len(both) not in (0, len(found))


def test_documents_in_all_lists_as_they_are_stored() -> None:
    segment = Segment(9, 3000)
    for _ in range(30):
        lists = [segment.postings(segment.chance.choice((0.01, 0.3, 0.9)))[0] for _ in range(3)]
        lists.sort(key=len)
        stored = []
        for docs in lists:
            gaps = encode(docs, np.array([len(docs)]))[0] if len(docs) else docs.astype(np.uint8)
            stored.append((gaps, True) if segment.chance.random() < 0.5 else (docs, False))
        found = np.frombuffer(matching.documents_in_all(stored, 3000, 60), np.uint16)
        assert set(found.tolist()) == set.intersection(*(set(d.tolist()) for d in lists))
        some = np.frombuffer(matching.documents_in_all(stored, 3000, 0), np.uint16)
        assert set(found.tolist()) <= set(some.tolist())


@pytest.mark.parametrize("all_groups", [True, False])
@pytest.mark.parametrize("copies", [1, 2])
def test_numbers_that_are_no_documents_raise(all_groups: bool, copies: int) -> None:
    segment = Segment(3, 100)
    docs = np.array([5, 100], np.uint16)
    freqs = np.array([1, 1], np.uint8)
    lists = [(docs, freqs, 1.0, PRESENCE, 0, True)] * copies
    with pytest.raises(IndexError):
        segment.ranker.best(lists, 1, all_groups, None, None, 10)
    with pytest.raises(IndexError):
        matching.matching(lists, 1, all_groups, None, None, 100)
    with pytest.raises(IndexError):
        matching.count(lists, 1, all_groups, None, None, 100)
    with pytest.raises(IndexError):
        segment.ranker.first(lists, 1, all_groups, None, None, 10, False)
    with pytest.raises(IndexError):
        matching.count_living(docs, segment.alive)
    with pytest.raises(IndexError):
        matching.leave_out(bytearray(100), docs)
    with pytest.raises(IndexError):
        matching.at_least([(docs, 0)], [[1.0]], [1.0], 100)
    with pytest.raises(IndexError):
        matching.documents_in_all([(docs, False)], 100, 12)
    with pytest.raises(IndexError):
        matching.documents_in_all([(np.array([200], np.uint8), True)], 100, 12)


def test_columns_of_other_lengths_are_refused() -> None:
    segment = Segment(4, 100)
    docs, freqs = segment.postings(0.5)
    one = (docs, freqs, 1.0, 0.0, 0, True)
    with pytest.raises(ValueError, match="length"):
        ranking.SegmentRanker(
            segment.lengths, 1.0, 0.1, segment.recency[1:], TERM_FREQUENCIES, PRESENCE_FACTORS, 1.9
        )
    with pytest.raises(ValueError, match="length"):
        segment.ranker.best([(docs, freqs[1:], 1.0, 0.0, 0, True)], 1, True, None, None, 10)
    with pytest.raises(ValueError, match="length"):
        segment.ranker.best([one], 1, True, segment.alive[1:], None, 10)
    with pytest.raises(ValueError, match="length"):
        segment.ranker.best([one], 1, True, None, (segment.times[1:], segment.offsets, 0, 9), 10)
    with pytest.raises(ValueError, match="length"):
        segment.ranker.best([one], 1, True, None, (segment.times, segment.offsets[1:], 0, 9), 10)
    with pytest.raises(ValueError, match="length"):
        matching.known_freqs(docs, docs, freqs[1:], 0)
    with pytest.raises(ValueError, match="length"):
        matching.select(docs, freqs[1:], 1)
    with pytest.raises(ValueError, match="length"):
        matching.total_length(segment.lengths, segment.alive[1:])
    with pytest.raises(ValueError, match="wanted"):
        segment.ranker.best([one], 1, True, None, None, 257)
    with pytest.raises(ValueError, match="wanted"):
        segment.ranker.first([one], 1, True, None, None, 10, True)

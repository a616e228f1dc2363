"""Near-duplicates against an exhaustive comparison of word 5-grams."""

import random
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import article, index_of
from texts import WORDS, random_text

from searcher import Article, Index
from searcher.explore.minhash import BANDS, band_keys
from searcher.explore.shingles import jaccard, mixed, shingles_of
from searcher.search.texts import Texts
from searcher.text.analyser import default_analyser


def words_of(text: Article) -> list[str]:
    return [
        token.term for part in (text.title, text.body) for token in default_analyser().tokens(part)
    ]


def plain_shingles(words: list[str]) -> set[tuple[str, ...]]:
    count = max(1, len(words) - 4)
    return {tuple(words[n : n + 5]) for n in range(count)} if words else set()


def plain_jaccard(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def copies(count: int, seed: int) -> list[Article]:
    """Articles of random words, each with some copies in which words are changed."""
    chance = random.Random(seed)
    vocabulary = [word for word in WORDS if len(word) > 1]
    texts = []
    for _ in range(count):
        words = chance.choices(vocabulary, k=chance.randint(40, 160))
        for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
            own = [*words]
            for _ in range(chance.choice((0, 1, 1, 2, 4, 9))):
                own[chance.randrange(len(own))] = chance.choice(vocabulary)
            texts.append("，".join(own))
    chance.shuffle(texts)
    return [article(number, "标题", text) for number, text in enumerate(texts)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("duplicates"), *copies(150, seed=9))


def test_against_an_exhaustive_comparison(index: Index) -> None:
    shingles = {a.id: plain_shingles(words_of(a)) for a in index}
    similar = {
        (one, other)
        for one, other in combinations(sorted(shingles), 2)
        if plain_jaccard(shingles[one], shingles[other]) >= 0.8
    }
    assert len(similar) > 40
    groups = [sorted(one.id for one in group) for group in index.duplicates().groups]
    found = {pair for group in groups for pair in combinations(group, 2)}
    assert len(found & similar) / len(similar) >= 0.95
    # Pairs of a group that are no near-duplicates themselves are joined by others.
    for one, _ in found - similar:
        (group,) = [group for group in groups if one in group]
        assert any((min(one, third), max(one, third)) in similar for third in group)
    assert len({id_ for group in groups for id_ in group}) == sum(map(len, groups))


def test_similarity_and_order(index: Index) -> None:
    duplicates = index.duplicates()
    articles = {a.id: a for a in index}
    assert duplicates.total == len(index)
    sizes = [len(group) for group in duplicates.groups]
    assert sizes == sorted(sizes, reverse=True)
    for first, *others in duplicates.groups:
        assert (first.similarity, first.only_here, first.only_first) == (1.0, (), ())
        for one in others:
            assert one.date is None or first.date is None or one.date >= first.date
            plain = plain_jaccard(
                plain_shingles(words_of(articles[first.id])),
                plain_shingles(words_of(articles[one.id])),
            )
            assert one.similarity == pytest.approx(plain)


def test_what_differs(tmp_path: Path) -> None:
    same = (
        "，".join(random.Random(1).choices([word for word in WORDS if len(word) > 1], k=90)) + "。"
    )
    articles = [
        article(1, "普京讲话", f"{same}他没有回答问题。", source="甲社"),
        article(2, "普京讲话", f"{same}他随后离开会场。", source="乙报"),
        article(5, "", ""),
        article(6, "", "，。"),
    ]
    with index_of(tmp_path, *articles) as index:
        # Articles without words are not alike.
        ((one, other),) = index.duplicates().groups
        assert (one.id, other.id, other.source) == ("a0001", "a0002", "乙报")
        assert other.only_here == ("他随后离开会场。",)
        assert other.only_first == ("他没有回答问题。",)
        assert index.duplicates("离开").groups == ()


def test_many_of_the_same_take_no_quadratic_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = 0

    def counted(one: np.ndarray, other: np.ndarray) -> float:
        nonlocal compared
        compared += 1
        return jaccard(one, other)

    monkeypatch.setattr("searcher.explore.duplicates.jaccard", counted)
    with index_of(tmp_path, *[article(n, "同样的标题", "同样的正文") for n in range(400)]) as index:
        (group,) = index.duplicates().groups
    assert len(group) == 400
    assert compared < 4 * 400


def test_shingles_are_those_of_the_analyser(index: Index) -> None:
    backend = index._backend
    refs = [*backend.refs()]
    found = shingles_of(Texts([d[:2] for d in backend.fetch(refs)], backend.folding))
    plain = [plain_shingles(words_of(a)) for a in index]
    assert [len(own) for own in found] == [len(own) for own in plain]
    for one, other in combinations(range(0, len(plain), 7), 2):
        assert jaccard(found[one], found[other]) == plain_jaccard(plain[one], plain[other])


def test_shingles_of_any_text(tmp_path: Path) -> None:
    chance = random.Random(2)
    texts = [random_text(chance).replace("\x00", "") for _ in range(80)]
    with index_of(tmp_path, *[("标题", text) for text in texts]) as index:
        backend = index._backend
        documents = backend.fetch([*backend.refs()])
        together = shingles_of(Texts([d[:2] for d in documents], backend.folding))
        for document, own in zip(documents, together, strict=True):
            (alone,) = shingles_of(Texts([document[:2]], backend.folding))
            assert np.array_equal(alone, own)


@given(st.sets(st.integers(0, 200), min_size=1), st.sets(st.integers(0, 200), min_size=1))
def test_jaccard(one: set[int], other: set[int]) -> None:
    arrays = [np.array(sorted(numbers), np.uint64) for numbers in (one, other)]
    assert jaccard(*arrays) == len(one & other) / len(one | other)


def test_keys_are_alike_as_often_as_the_theory_says() -> None:
    chance = np.random.default_rng(5)
    for share, rows in ((0.8, 6), (0.5, 6)):
        size, pairs = 900, 60
        common = round(2 * size * share / (1 + share))
        alike = 0
        for _ in range(pairs):
            drawn = mixed(chance.integers(0, 1 << 62, 2 * size - common, np.uint64))
            one, other = drawn[:size], np.concatenate([drawn[:common], drawn[size:]])
            keys = band_keys([np.unique(one), np.unique(other)])
            alike += int((keys[0] == keys[1]).sum())
        expected = share**rows
        deviation = (expected * (1 - expected) / (pairs * BANDS)) ** 0.5
        assert abs(alike / (pairs * BANDS) - expected) < 5 * deviation


@pytest.mark.parametrize("limit", [1, 10, 100])
def test_unique_shows_one_of_each_group(index: Index, limit: int) -> None:
    every = index.search("标题", limit=1000, strict=True)
    group_of = {one.id: group for group in index.duplicates().groups for one in group}
    expected: list[str] = []
    seen: set[str] = set()
    for hit in every:
        if hit.id not in seen:
            expected.append(hit.id)
            seen.update(one.id for one in group_of.get(hit.id, ()))
    results = index.search("标题", limit=limit, strict=True, unique=True)
    assert [hit.id for hit in results] == expected[:limit]
    assert results.total == every.total
    assert [hit.rank for hit in results] == [*range(1, len(results) + 1)]
    if len(every) <= 200 or limit == 100:
        for hit in results:
            assert hit.duplicates == max(0, len(group_of.get(hit.id, ())) - 1)
    second = index.search("标题", limit=5, offset=3, strict=True, unique=True)
    assert [hit.id for hit in second] == expected[3:8]
    assert not any(hit.duplicates for hit in every)


def test_unique_goes_deeper_where_there_are_many_copies(tmp_path: Path) -> None:
    same = [article(n, "同样的标题", "同样的正文") for n in range(300)]
    others = [article(n, f"标题 {n}", "别的正文" * n) for n in range(300, 303)]
    with index_of(tmp_path, *same, *others) as index:
        results = index.search("标题 正文", limit=4, unique=True, sort="oldest")
        assert [hit.id for hit in results] == ["a0000", "a0300", "a0301", "a0302"]
        assert [hit.duplicates for hit in results] == [299, 0, 0, 0]


def test_unique_leaves_relaxed_copies_out(tmp_path: Path) -> None:
    same = "第一段正文，说到普京和拜登，还有别的许多事情。"
    articles = [article(1, "普京", same), article(2, "普京", same)]
    articles += [article(number, "别的", "没有这些词") for number in range(3, 20)]
    with index_of(tmp_path, *articles) as index:
        query = "普京 拜登 许多 滑雪"
        assert [hit.relaxed for hit in index.search(query)] == [True, True]
        results = index.search(query, unique=True)
        assert results.total == 0
        assert sum(hit.id in ("a0001", "a0002") for hit in results) == 1


def test_near_duplicates_of_one_article(tmp_path: Path) -> None:
    text = "火星车今天传回了第一批照片，科学家说照片非常清楚，任务进展顺利。" * 3
    articles = [
        article(0, "照片", text), article(1, "天气", "明天下雨，气温下降，出门带伞。"),
        article(2, "照片", text + "完。"), article(3, "照片", "火星车传回照片。"),
    ]  # fmt: skip
    with index_of(tmp_path, *articles) as index:
        group = index.near_duplicates("a0002")
        assert [one.id for one in group] == ["a0000", "a0002"]
        assert group == index.duplicates().groups[0]
        assert index.near_duplicates("a0001") == ()
        assert index.near_duplicates("a0002", limit=0) == ()

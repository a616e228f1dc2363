"""Bigrams in a segment file: the frequent ones are written as gaps."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import article, build, found

from searcher import open_index
from searcher.store import bigrams
from searcher.store.bigrams import decode, decode_all, encode
from searcher.store.container import ContainerReader

numbers = st.sets(st.integers(0, 65_535), min_size=1, max_size=60).map(sorted)


@given(st.lists(numbers, min_size=1, max_size=8))
def test_gaps_give_the_numbers_back(lists: list[list[int]]) -> None:
    counts = np.array(list(map(len, lists)), np.int64)
    coded, sizes = encode(np.array([n for one in lists for n in one], np.uint16), counts)
    ends = np.cumsum(sizes)
    assert len(coded) == ends[-1]
    starts = [0, *ends.tolist()]
    assert [decode(coded[a:b]).tolist() for a, b in zip(starts, ends, strict=False)] == lists
    docs, how_many = decode_all(coded, ends)
    assert docs.tolist() == [n for one in lists for n in one]
    assert how_many.tolist() == counts.tolist()


def test_a_gap_of_255_and_more() -> None:
    docs = np.array([0, 255, 256, 511, 65_535], np.uint16)
    coded, _ = encode(docs, np.array([5], np.int64))
    assert coded.tolist()[:3] == [0, 254, 0]
    assert decode(coded).tolist() == docs.tolist()


def test_frequent_bigrams_are_found_as_rare_ones_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bigrams, "MIN_DOCUMENTS_FOR_GAPS", 1)
    monkeypatch.setattr(bigrams, "MAX_DOCUMENTS_PER_POSTING", 4)
    bodies = [f"新闻{'普京' if n % 3 else ''}{'阅兵' if n == 7 else ''}" for n in range(300)]
    articles = [article(n, "要闻", body) for n, body in enumerate(bodies)]
    build(tmp_path, articles)
    # A merge reads what was written and writes it again.
    build(tmp_path, articles[:200])
    with open_index(tmp_path / "index") as index:
        (path,) = (tmp_path / "index").glob("*.seg")
        container = ContainerReader(path)
        assert len(container["bigrams.frequent_keys"]) > 2
        assert len(container["bigrams.keys"]) > 2
        assert index.check() == []
        for string in ("新闻", "普京", "阅兵", "闻普", "京", "闻阅", "兵"):
            expected = {a.id for a in articles[:200] if string in a.body}
            assert found(index, f'"{string}"') == expected, string

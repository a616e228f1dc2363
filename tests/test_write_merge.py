"""Merging: few segments, nothing lost, and nothing left of what was deleted."""

import math
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing import file_states, many, segments
from library import article, build, found

from searcher import Article, open_index
from searcher.write import buffer, merge_policy, writer
from searcher.write.merge_policy import MERGE_FACTOR, SegmentSize, choose_merge


def test_adding_few_to_many_writes_a_small_segment(tmp_path: Path) -> None:
    articles = list(many(600, 3))
    build(tmp_path, articles)
    (big,) = segments(tmp_path / "index")
    before = file_states(tmp_path / "index")[big.name]
    build(tmp_path, [*articles, *(article(n, "新添") for n in range(700, 710))])
    assert file_states(tmp_path / "index")[big.name] == before
    small = next(path for path in segments(tmp_path / "index") if path != big)
    assert small.stat().st_size < big.stat().st_size / 20


def test_merging_is_bounded_and_loses_nothing(tmp_path: Path) -> None:
    chance = random.Random(4)
    alive: dict[str, Article] = {}
    for number in range(40):
        for _ in range(chance.randint(1, 9)):
            made = article(
                len(alive) + 1000 * (number % 2), "新闻", f"第{number}号 w{chance.randint(0, 9)}"
            )
            alive[made.id] = made
        for id_ in chance.sample(sorted(alive), min(len(alive), chance.randint(0, 4))):
            del alive[id_]
        build(tmp_path, alive.values())
        assert len(segments(tmp_path / "index")) <= MERGE_FACTOR * 3
    with open_index(tmp_path / "index") as index:
        assert index.check() == []
        assert found(index, "*") == set(alive)
        for word in ("w0", "w5", "第3号"):
            want = {
                id_ for id_, made in alive.items() if word in made.body.split() or word in made.body
            }
            assert found(index, f'"{word}"') == want
        assert all(index.get(id_) == made for id_, made in alive.items())


def test_deleted_text_leaves_the_disk(tmp_path: Path) -> None:
    secret = "zsecretz"
    articles = [article(n, f"新闻{n}", f"w{n}") for n in range(20)]
    secrets = [article(n, f"{secret} 机密{n}", secret, author=secret) for n in range(50, 60)]
    build(tmp_path, [*articles, *secrets])
    index = tmp_path / "index"
    assert any(secret.encode() in path.read_bytes() for path in index.iterdir())
    build(tmp_path, articles)
    assert not any(secret.encode() in path.read_bytes() for path in index.iterdir())
    with open_index(index) as opened:
        assert (len(opened), opened.count(secret), opened.count(f'"{secret}"')) == (20, 0, 0)


def test_deleted_text_leaves_the_dictionary_of_the_texts(tmp_path: Path) -> None:
    secret = "绝密行动代号蓝鲸与其全部参加者"
    articles = [article(n, f"新闻{n}", f"第{n}条" * 9) for n in range(1000)]
    secrets = [article(n, f"新闻{n}", f"{secret}{n}" * 5) for n in range(2000, 2500)]
    build(tmp_path, [*secrets, *articles])
    build(tmp_path, articles)
    for path in (tmp_path / "index").iterdir():
        for encoding in ("utf-8", "utf-16-le"):
            assert secret[4:10].encode(encoding) not in path.read_bytes()


def test_more_articles_than_a_segment_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MAX_SEGMENT_DOCUMENTS", 1500)
    monkeypatch.setattr(merge_policy, "MAX_SEGMENT_DOCUMENTS", 1500)
    articles = list(many(4000, 5))
    build(tmp_path, articles)
    assert len(segments(tmp_path / "index")) > 2
    with open_index(tmp_path / "index") as index:
        assert len(index) == 4000
        assert index.check() == []
        assert len(index.search("*", limit=5000, snippets=False)) == 4000


def test_batches_in_temporary_files_give_the_same_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = list(many(3000, 5))
    build(tmp_path / "one", articles)
    monkeypatch.setattr(buffer, "MAX_MEMORY_BYTES", 1 << 20)
    build(tmp_path / "two", articles)
    one, two = (segments(tmp_path / name / "index") for name in ("one", "two"))
    assert len(one) == len(two) == 1
    assert one[0].read_bytes() == two[0].read_bytes()


sizes = st.lists(st.tuples(st.integers(1, 70_000), st.integers(0, 70_000)), max_size=60)


@given(sizes)
def test_choosing_what_to_merge_ends_and_is_bounded(parts: list[tuple[int, int]]) -> None:
    held = [SegmentSize(min(live, 65_536), min(65_536, live + gone)) for live, gone in parts]
    for _ in range(200):
        chosen = choose_merge(held)
        if not chosen:
            break
        assert len(set(chosen)) == len(chosen)
        total = sum(held[index].live for index in chosen)
        assert total <= 65_536
        assert len(chosen) > 1 or held[chosen[0]].total > held[chosen[0]].live
        held = [*(s for index, s in enumerate(held) if index not in chosen), fresh(total)]
    else:
        raise AssertionError("merging never ends")
    small = [size.live for size in held if size.live < 65_536 // MERGE_FACTOR]
    assert len(small) <= MERGE_FACTOR * 6


def test_adding_one_at_a_time_writes_each_document_a_few_times() -> None:
    held: list[SegmentSize] = []
    written = 0
    for _ in range(20_000):
        held.append(fresh(1))
        while chosen := choose_merge(held):
            total = sum(held[index].live for index in chosen)
            written += total
            held = [*(s for index, s in enumerate(held) if index not in chosen), fresh(total)]
        assert len(held) <= MERGE_FACTOR * 6
    assert written <= 20_000 * (math.log(20_000, MERGE_FACTOR) + 1)


def fresh(documents: int) -> SegmentSize:
    """The size of a segment without deletions."""
    return SegmentSize(documents, documents)

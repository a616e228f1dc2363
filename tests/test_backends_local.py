"""The embedded engine: finding one document by its id, the beginning of it, or its path."""

from dataclasses import replace
from pathlib import Path

import pytest
from library import article, build, segments_of

from searcher import Index, QueryError, open_index
from searcher.backends.local import LocalBackend
from searcher.query.clauses import TermClause
from searcher.store.segment_reader import SegmentReader


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, few_names: None) -> Index:
    """Two segments, with a document that is deleted and one whose path is no text."""
    folder = tmp_path_factory.mktemp("local")
    articles = [replace(article(n, f"标题{n}"), path=f"{n}/x.md") for n in range(300)]
    articles.append(replace(article(300), path="odd\udc80.md"))
    build(folder, articles)
    build(folder, [*articles[:7], *articles[8:], replace(article(301), path="301/x.md")])
    return open_index(folder / "index")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, index: Index) -> list[int]:
    """The numbers of all documents that are read in a test."""
    numbers: list[int] = []
    for searcher in segments_of(index):
        segment: SegmentReader = searcher.matcher.segment

        def raw(number: int, original=segment.raw) -> bytes:  # type: ignore[no-untyped-def]
            numbers.append(number)
            return bytes(original(number))

        monkeypatch.setattr(segment, "raw", raw)
    return numbers


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a0005", "a0005"), ("a0301", "a0301"), ("a030", None), ("5/x.md", "a0005"),
        ("301/x.md", "a0301"), ("odd\udc80.md", "a0300"),
        ("a0007", None), ("7/x.md", None), ("nowhere.md", None),
    ],
)  # fmt: skip
def test_a_document_is_found_without_reading_others(
    index: Index, read: list[int], given: str, expected: str | None
) -> None:
    try:
        found = index.get(given)
    except QueryError:
        found = None
    assert (found and found.id) == expected
    assert len(read) <= 2


def test_several_ids_that_begin_alike_are_named(index: Index) -> None:
    with pytest.raises(QueryError, match=r"a0000, a0001, a0002 \.\.\."):
        index.get("a0")


def test_an_id_that_begins_others_is_found(tmp_path: Path) -> None:
    build(tmp_path, [replace(article(n), id=f"a{'b' * n}") for n in range(5)])
    with open_index(tmp_path / "index") as few:
        for n in range(5):
            found = few.get(f"a{'b' * n}")
            assert found is not None
            assert found.path == f"a000{n}.md"


def test_frequencies_looked_up_together_are_those_looked_up_one_by_one(index: Index) -> None:
    backend = index._backend
    assert isinstance(backend, LocalBackend)
    terms = [f"{number}" for number in range(0, 310, 3)] + ["标题", "无此词"]
    pairs = [first + second for first in "标题正文0123456789" for second in "题文0123无"]
    one_by_one = [*map(backend.term_df, terms)], [*map(backend.bigram_df, pairs)]
    assert {0, 1, 301} <= {*one_by_one[0]}
    assert 0 in one_by_one[1]
    backend._frequencies._terms.clear()
    backend._frequencies._bigrams.clear()
    backend.look_up(map(TermClause, terms), pairs)
    assert backend._frequencies._terms.keys() == {*terms}
    assert {*backend._frequencies._bigrams.values()} == {0}, (
        "pairs that are there are looked up when needed"
    )
    assert ([*map(backend.term_df, terms)], [*map(backend.bigram_df, pairs)]) == one_by_one
    backend._frequencies._terms.clear()
    backend.look_up([TermClause("标题")], ["标题"])
    assert not backend._frequencies._terms, "a few are looked up one by one"

"""Exact strings by native code: the documents and frequencies that array operations give."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from library import index_of, segments_of

from searcher import Index
from searcher.search import native_literals
from searcher.search.literal_matcher import LiteralMatcher
from searcher.search.native_literals import NativeLiterals
from searcher.search.native_match import NativeMatcher
from searcher.search.segment_postings import SegmentPostings

CHARACTERS = "普京拜登说a5😀"


def matcher_of(index: Index) -> NativeMatcher:
    matcher = segments_of(index)[0].matcher
    if not isinstance(matcher, NativeMatcher):
        pytest.skip("needs the native modules")
    return matcher


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    chance = random.Random(6)

    def text() -> str:
        return "".join(chance.choices(CHARACTERS, k=chance.randint(0, 30)))

    texts = [(text(), text()) for _ in range(60)]
    with index_of(tmp_path, *texts, ("拜登", "普京说"), ("", "拜登说普京")) as index:
        yield index


def test_documents_and_frequencies(index: Index) -> None:
    matcher = matcher_of(index)
    arrays = LiteralMatcher(SegmentPostings(matcher.segment), matcher)
    native = NativeLiterals(SegmentPostings(matcher.segment), matcher)
    chance = random.Random(7)
    for _ in range(300):
        string = "".join(chance.choices(CHARACTERS, k=chance.randint(1, 4)))
        field = chance.choice((None, "title"))
        at_boundaries = chance.random() < 0.3
        found = native.docs(string, at_boundaries, field)
        assert [*found] == arrays.docs(string, at_boundaries, field).tolist(), string
        if len(string) > 1:
            docs, freqs = native.postings(string, field)
            expected = arrays.postings(string, field)
            assert ([*docs], [*freqs]) == (expected[0].tolist(), expected[1].tolist()), string


def test_strings_are_kept_until_their_documents_are_too_many(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    native = matcher_of(index).native_literals
    first = native.postings("普京")
    assert native.postings("普京") is first
    monkeypatch.setattr(native_literals, "MAX_KEPT_POSTINGS", 500)
    for one in CHARACTERS:
        for other in CHARACTERS:
            native.postings(one + other)
            native.docs(one + other + one)
            kept = [len(docs) for docs in native._found.values()]
            kept += [len(docs) for docs, _ in native._counted.values()]
            assert sum(kept) <= 500
    again = native.postings("普京")
    assert again is not first
    assert [*again[0]] == [*first[0]]

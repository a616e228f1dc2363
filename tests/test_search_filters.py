"""Filters by site and path, and words of exactly so many characters more."""

from pathlib import Path

import pytest
from library import article, found, index_of

from searcher import Article, Index

ARTICLES = (
    article(0, "普京", "普通话", url="https://news.cctv.com/a", source="央视"),
    article(1, "拜登", "普京讲话", url="http://notcctv.com:80/a", source="notcctv.com"),
    article(2, "国防部长", "普通", url="https://CCTV.com", source="新华社"),
    article(3, "国防部", "战机F-35", url="http://[broken", source="新华网"),
    Article("bad", "a/\udcff?.md", "坏名", "正文"),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("filters"), *ARTICLES)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("site:cctv.com", "a0000 a0002"),
        ("site:CCTV.com", "a0000 a0002"),
        ("site:news.cctv.com", "a0000"),
        ("site:com", "a0000 a0001 a0002"),
        ("site:notcctv.com", "a0001"),
        ("site:央视", "a0000"),
        ("site:新华", "a0002 a0003"),
        ("-site:新华 site:com", "a0000 a0001"),
        ("site:ctv.com", ""),
        ("path:a0002", "a0002"),
        ('path:"a0002.md"', "a0002"),
        ("path:A000", "a0000 a0001 a0002 a0003"),
        ("path:a/", "bad"),
        ("普?", "a0000 a0001 a0002"),
        ("普??", "a0000"),
        ("普???", ""),
        ("title:普?", "a0000"),
        ("国防?", "a0002 a0003"),
        ("F-3?", "a0003"),
    ],
)
def test_found(index: Index, query: str, ids: str) -> None:
    assert found(index, query, strict=True) == set(ids.split())


def test_a_word_is_marked_whole(index: Index) -> None:
    def marked(query: str) -> set[str]:
        hits = index.search(query, strict=True)
        return {s.text[a:b] for hit in hits for s in hit.snippets for a, b in s.spans}

    assert marked("普??") == {"普通话"}
    assert index.highlight("普?", "普京说普通话。普") == ((0, 2), (3, 5))
    assert index.highlight("普??", "普") == ()


@pytest.mark.parametrize("name", ["5G", "AI", "G7", "5G 工业互联网", "5G+工业互联网", "C++", "A+"])
def test_a_plus_joins_two_words(tmp_path: Path, name: str) -> None:
    text = "推进5G+工业互联网，AI+医疗，G7+会议，C++语言，A+级"
    with index_of(tmp_path, ("甲", text), ("乙", "C语言")) as index:
        assert found(index, name, strict=True) == {"a0000"}

"""Names of one and the same thing: a search for one finds the others, after the literal one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from library import article, build, found, ids, index_of

from searcher import Index, open_index

GROUPS = [
    "普京 普丁 蒲亭 Putin",
    "特朗普 川普 Trump",
    "泽连斯基 泽伦斯基 澤倫斯基 Zelensky",
    "新西兰 纽西兰",
    "朝鲜 北韩",
    "世卫组织 世界卫生组织 WHO",
    "欧盟 欧洲联盟 EU",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """One article for every name: it has this name and no other."""
    folder = tmp_path_factory.mktemp("aliases")
    names = [name for group in GROUPS for name in group.split()]
    build(
        folder,
        [
            article(n, "今日要闻", f"{name}方面发表声明", author=name)
            for n, name in enumerate(names)
        ],
    )
    with open_index(folder / "index") as opened:
        yield opened


def authors(index: Index, query: str, *, aliases: bool = True) -> list[str]:
    return [hit.author for hit in index.search(query, limit=100, aliases=aliases)]


@pytest.mark.parametrize("group", GROUPS)
def test_one_name_finds_the_others_after_itself(index: Index, group: str) -> None:
    names = group.split()
    for name in names:
        got = authors(index, name)
        assert set(got) == set(names), name
        # Traditional and simplified are one spelling.
        own = {"泽伦斯基", "澤倫斯基"} if name in ("泽伦斯基", "澤倫斯基") else {name}
        assert set(got[: len(own)]) == own, "the name itself comes first"


@pytest.mark.parametrize("group", GROUPS)
def test_turned_off(index: Index, group: str) -> None:
    for name in group.split():
        own = {"泽伦斯基", "澤倫斯基"} if name in ("泽伦斯基", "澤倫斯基") else {name}
        assert set(authors(index, name, aliases=False)) == own


def test_quoted_and_title_and_prefix(index: Index) -> None:
    assert set(authors(index, '"普京"')) == {"普京"}, "what is quoted is meant literally"
    assert set(authors(index, "普*")) == {"普京", "普丁"}
    assert (
        set(authors(index, "普京 -普丁")) == {"普京", "蒲亭", "Putin"}
        or set(authors(index, "普京 -普丁")) == set()
    ), "what is excluded is excluded by all its names or by this one"


def test_not_within_other_words(index: Index) -> None:
    assert "WHO" not in authors(index, "who's")


def test_the_literal_one_first_however_often_the_other_stands(tmp_path: Path) -> None:
    with index_of(
        tmp_path,
        ("普丁普丁普丁", "普丁" * 40),
        ("要闻", "很长的新闻，" * 30 + "其中提到普京。"),
        ("Putin", "普京和普丁"),
    ) as index:
        assert ids(index.search("普京"))[-1] == "a0000"
        assert ids(index.search("普丁"))[-1] == "a0001"


def test_names_of_several_words(tmp_path: Path) -> None:
    bodies = [
        "弗拉基米尔·普京讲话",
        "普京讲话",
        "Vladimir Putin spoke",
        "纽约下雪",
        "New York snow",
        "York is new",
    ]
    with index_of(tmp_path, *(("要闻", body) for body in bodies)) as index:
        first = {"a0000", "a0001", "a0002"}
        for query in (
            "普京",
            "弗拉基米尔·普京",
            "弗拉基米尔•普京",
            "Vladimir Putin",
            "vladimir putin",
        ):
            assert found(index, query) == first, query
        for query in ("纽约", "New York", "NEW YORK"):
            assert found(index, query) == {"a0003", "a0004"}, query
        assert found(index, "New York", aliases=False) >= {"a0004"}
        assert found(index, '"New York"') == {"a0004"}


def test_names_with_hyphens(tmp_path: Path) -> None:
    (tmp_path / "my.txt").write_text(
        "甲病 nz = AB-19 = AB19X\n乙城 ns = Port-au-Test\n丙号 nz = 3.5代\n", "utf-8"
    )
    bodies = ["AB-19来了", "甲病来了", "ab19来了", "Port-au-Test", "乙城", "3.5代", "丙号"]
    made = [article(n, "要闻", body) for n, body in enumerate(bodies)]
    build(tmp_path, made, lexicon=tmp_path / "my.txt")
    with open_index(tmp_path / "index") as index:
        for query in ("甲病", "AB-19", "ab19"):
            assert found(index, query) == {"a0000", "a0001", "a0002"}, query
        for query in ("乙城", "Port-au-Test", "portautest"):
            assert found(index, query) == {"a0003", "a0004"}, query
        assert found(index, "丙号") == {"a0005", "a0006"}


def test_aliases_do_not_depend_on_how_the_index_is_cut_into_segments(tmp_path: Path) -> None:
    """A name that one segment knows as a word is no other thing in the next."""
    (tmp_path / "my.txt").write_text("甲城 ns = 乙丙丁戊 = 大己庚\n", "utf-8")
    bodies = ["甲城", "乙丙丁戊", "大己庚", "要人来大己庚城", "乙丙丁戊己"]
    made = [article(n, "要闻", body) for n, body in enumerate(bodies)]
    scores = []
    for name, steps in {"one": [5], "many": [1, 2, 3, 4, 5]}.items():
        for step in steps:
            build(tmp_path / name, made[:step], lexicon=tmp_path / "my.txt")
        with open_index(tmp_path / name / "index") as index:
            scores.append(
                {
                    q: [(h.id, round(h.score, 4)) for h in index.search(q, limit=99)]
                    for q in ("甲城", "大己庚")
                }
            )
    assert scores[0] == scores[1]


def test_in_sentences_and_with_other_words(index: Index) -> None:
    assert set(authors(index, "普京 声明")) == {"普京", "普丁", "蒲亭", "Putin"}
    assert set(authors(index, "普京 OR 特朗普")) == {*GROUPS[0].split(), *GROUPS[1].split()}
    assert set(authors(index, "普京发表声明")) >= {"普京"}


def test_the_explanation_names_the_name(index: Index) -> None:
    (hit,) = (h for h in index.search("普京", explain=True, limit=9) if h.author == "蒲亭")
    assert [(m.term, m.kind) for m in hit.explanation if m.score] == [("蒲亭", "alias")]
    told = index.explain("普京", hit.id)
    assert "蒲亭" in [m.term for m in told.matches]


def test_what_is_shown_is_the_other_name(index: Index) -> None:
    for hit in index.search("普京", limit=9):
        (snippet,) = (s for s in hit.snippets if s.field == "body")
        assert [snippet.text[a:b] for a, b in snippet.spans] == [hit.author]

"""Names against a plain count over the tokens of the articles."""

from collections import Counter
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import pytest
from exploring import build_in_segments, matching, random_queries
from library import SLOW, build

from searcher import Article, Index, QueryError, fold, open_index
from searcher.explore.name_groups import NameGroup, groups_of
from searcher.text.analyser import default_analyser
from searcher.text.lexicon import load_lexicon

QUERIES = random_queries(200 if SLOW else 40, seed=5)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return build_in_segments(tmp_path_factory.mktemp("names"))


@pytest.fixture(scope="module")
def groups() -> list[NameGroup]:
    return groups_of(load_lexicon())


@pytest.fixture(scope="module")
def named(index: Index, groups: list[NameGroup]) -> dict[str, set[str]]:
    """By the id of each article the names of all groups that it has."""
    return {article.id: {g.name for g in groups if has_name(article, g)} for article in index}


@lru_cache
def read(text: str) -> tuple[str, set[str], set[int], set[int]]:
    """The folded text, its terms, and where tokens start and end."""
    tokens = [*default_analyser().tokens(text)]
    terms = {term for token in tokens for term in (token.term, *token.parts)}
    return fold(text), terms, {token.start for token in tokens}, {token.end for token in tokens}


def has_name(article: Article, group: NameGroup) -> bool:
    for text in (article.title, article.body):
        folded, terms, starts, ends = read(text)
        for name in map(fold, group.names):
            at = folded.find(name)
            if name in terms or (at in starts and at + len(name) in ends):
                return True
    return False


@pytest.mark.parametrize("query", QUERIES)
def test_equal_to_a_plain_count(
    index: Index, named: dict[str, set[str]], groups: list[NameGroup], query: str
) -> None:
    found = index.names(query, top=None, together=True)
    articles = matching(index, query)
    counts = Counter(name for article in articles for name in named[article.id])
    assert found.total == len(articles)
    assert {name.name: name.articles for name in found.names} == counts
    order = [(-name.articles, name.name) for name in found.names]
    assert order == sorted(order)
    place = {name.name: number for number, name in enumerate(found.names)}
    pairs = Counter(
        pair
        for article in articles
        for pair in combinations(sorted(named[article.id], key=place.__getitem__), 2)
    )
    assert {(p.first, p.second): p.articles for p in found.together} == pairs
    kinds = {group.name: group.kind for group in groups}
    facets = index.facets(query, ["people", "places", "organisations"], top=None)
    for facet in facets.facets:
        own = {name: count for name, count in counts.items() if kinds[name] == facet.field}
        assert {value.value: value.articles for value in facet.values} == own
        with_any = sum(
            any(kinds[name] == facet.field for name in named[article.id]) for article in articles
        )
        assert facet.without == len(articles) - with_any


def test_all_names_of_one_are_one(index: Index) -> None:
    (putin,) = [name for name in index.names("*", top=None).names if name.name == "普京"]
    assert putin.kind == "people"
    assert {"普丁", "Putin"} <= {*putin.aliases}
    assert putin.articles == index.count("普丁") > index.count("普京", aliases=False)


def test_kinds_and_top(index: Index) -> None:
    whole = index.names("*", top=None)
    assert {name.kind for name in whole.names} == {"people", "places", "organisations"}
    people = index.names("*", "people", top=2)
    assert people.names == tuple(n for n in whole.names if n.kind == "people")[:2]
    some = index.names("*", top=1).names
    assert sorted(name.kind for name in some) == ["organisations", "people", "places"]
    with pytest.raises(QueryError, match="kind must be one of people, places, organisations"):
        index.names("*", "colours")


def test_names_of_the_users_own_lexicon(tmp_path: Path) -> None:
    own = tmp_path / "lexicon.txt"
    own.write_text("云深处 nt = Deep Cloud\n", "utf-8")
    texts = ["我们参观云深处。", "They visited Deep Cloud today.", "没有什么。"]
    articles = [Article(str(n), f"{n}.md", "标题", text) for n, text in enumerate(texts)]
    build(tmp_path, articles, lexicon=own)
    with open_index(tmp_path / "index") as index:
        (name,) = index.names("*", "organisations").names
        assert (name.name, name.articles, name.aliases) == ("云深处", 2, ("Deep Cloud",))


def test_after_a_commit_names_are_counted_anew(tmp_path: Path) -> None:
    build(tmp_path, [Article("1", "1.md", "普京", "")])
    with open_index(tmp_path / "index") as index:
        assert index.names("*").names[0].articles == 1
        build(tmp_path, [Article("1", "1.md", "普京", ""), Article("2", "2.md", "普丁", "")])
        index.refresh()
        assert index.names("*").names[0].articles == 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("President Lai Ching-te spoke.", "赖清德"),
        ("众议员利兹·切尼说。", "利兹·切尼"),
        ("Liz Cheney said so.", "利兹·切尼"),
        ("Liz and Cheney said so.", None),
        ("Lizzy Cheneys", None),
        ("记者采访J.D. Vance。", "万斯"),
    ],
)
def test_names_of_several_words(tmp_path: Path, text: str, name: str | None) -> None:
    articles = [Article("1", "1.md", "", text), Article("2", "2.md", "", "Liz。Cheney。Lai")]
    build(tmp_path, articles)
    with open_index(tmp_path / "index") as index:
        found = [n.name for n in index.names("*", "people").names if n.articles == 1]
    # 切尼 is the name of somebody else, too.
    assert [one for one in found if one != "切尼"] == ([name] if name else [])

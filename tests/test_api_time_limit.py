"""A time limit ends whatever an index is asked, and leaves the index as it was."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from library import article, index_of

from searcher import Index, TimeLimitError

pytestmark = pytest.mark.usefixtures("few_names")

ASKED: list[Callable[[Index], object]] = [
    lambda index: index.search("火星"),
    lambda index: index.search("火星", sort="newest"),
    lambda index: index.search("火星", unique=True),
    lambda index: index.count("火星"),
    lambda index: index.get("a0001"),
    lambda index: index.similar("a0001"),
    lambda index: index.facets("火星", ["source", "people"]),
    lambda index: index.timeline("火星"),
    lambda index: index.concordance("火星"),
    lambda index: index.keywords("火星"),
    lambda index: index.names("火星"),
    lambda index: index.duplicates(),
    lambda index: index.near_duplicates("a0001"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    articles = [article(n, "火星", "火星车着陆。") for n in range(5)]
    with index_of(tmp_path_factory.mktemp("index"), *articles) as index:
        yield index


@pytest.mark.parametrize("ask", ASKED)
def test_it_ends(index: Index, ask: Callable[[Index], object]) -> None:
    with pytest.raises(TimeLimitError, match="ask for less"), index.time_limit(-1):
        ask(index)
    with index.time_limit(60):
        ask(index)
    assert index.count("火星") == 5


def test_a_refreshed_index_has_no_limit(tmp_path: Path) -> None:
    with index_of(tmp_path, article(0, "火星")) as index:
        with index.time_limit(-1):
            index_of(tmp_path, article(0, "火星"), article(1, "火星")).close()
            assert index.refresh()
            assert index.count("火星") == 2
        assert index.count("火星") == 2

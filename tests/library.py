"""Uses the library within this process: articles, and small indexes of them."""

import os
import random
import tarfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from searcher import Article, Index, Report, Results, build_index, open_index
from searcher.backends.local import LocalBackend
from searcher.search.collect import SegmentSearcher

CORPUS = Path(__file__).parents[1] / "corpus"
DATA = Path(__file__).parents[2] / "shared" / "data"
"""Real text that does not come with the project; tests that need it are skipped without it."""

SLOW = os.environ.get("SEARCHER_SLOW") == "1"
"""Whether to test on all of the real text, and with more examples, for as long as it takes."""

FIRST_DAY = datetime(2020, 1, 1, 12, tzinfo=timezone.utc)


def real_news(name: str, most: int, seed: int) -> Iterator[bytes]:
    """Files of an archive of real news: ``most`` of them by chance, all when SLOW.

    Skips the test where there is none.
    """
    archive = DATA / f"{name}.tar.xz"
    if not archive.exists():
        pytest.skip("needs the real news")
    chance = random.Random(seed)
    taken = 0
    with tarfile.open(archive) as files:
        for member in files:
            if member.isfile() and (SLOW or chance.random() < 0.1):
                file = files.extractfile(member)
                assert file is not None
                yield file.read()
                taken += 1
                if taken == most and not SLOW:
                    return


def article(number: int, title: str = "标题", body: str = "", **fields: Any) -> Article:
    """An article with the id ``a0007`` for 7; one day later for each number."""
    fields.setdefault("date", FIRST_DAY + timedelta(days=number))
    return Article(id=f"a{number:04}", path=f"a{number:04}.md", title=title, body=body, **fields)


def build(folder: Path, articles: Iterable[Article], **options: Any) -> Report:
    """Build ``folder``/index from articles, in this process alone."""
    return build_index(articles, folder / "index", **{"jobs": 1, **options})


def index_of(folder: Path, *articles: Article | tuple[str, str]) -> Index:
    """An opened index of articles; (title, body) makes one, numbered by its place from 0."""
    made = [a if isinstance(a, Article) else article(n, *a) for n, a in enumerate(articles)]
    build(folder, made)
    return open_index(folder / "index")


def ids(results: Results) -> list[str]:
    """The ids of the hits, in their order."""
    return [hit.id for hit in results]


def found(index: Index, query: str, **options: Any) -> set[str]:
    """The ids of all articles that match as asked."""
    results = index.search(query, limit=100_000, snippets=False, **options)
    return {hit.id for hit in results if not hit.relaxed}


def segments_of(index: Index) -> list[SegmentSearcher]:
    """The segments of an opened index."""
    assert isinstance(index._backend, LocalBackend)
    return index._backend.segments

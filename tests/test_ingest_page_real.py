"""Saved pages of many sites, read against what people found on them."""

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from searcher.article import Article
from searcher.ingest.reader import parse_article

PAGES = Path(__file__).parents[2] / "shared" / "data" / "pages.tar.xz"
pytestmark = pytest.mark.skipif(not PAGES.exists(), reason="the real pages are not here")
SIGNS = str.maketrans("“”‘’？！：，", "\"\"''?!:,")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).translate(SIGNS)


@pytest.fixture(scope="module")
def pages() -> list[tuple[dict[str, Any], Article]]:
    with tarfile.open(PAGES) as archive:
        files = {
            member.name.removeprefix("pages/"): file.read()
            for member in archive
            if (file := archive.extractfile(member)) is not None
        }
    truth = [json.loads(line) for line in files["truth.jsonl"].splitlines()]
    return [(page, parse_article(files[page["path"]], page["path"])) for page in truth]


def share(found: list[bool]) -> float:
    assert len(found) > 20
    return sum(found) / len(found)


def test_titles(pages: list[tuple[dict[str, Any], Article]]) -> None:
    found = [
        squeezed(article.title)
        in [squeezed(t) for t in (page["title"], *page.get("title_also", []))]
        for page, article in pages
    ]
    assert share(found) >= 0.95


def test_dates(pages: list[tuple[dict[str, Any], Article]]) -> None:
    found = [
        article.date is not None and article.date.date().isoformat() == page["date"]
        for page, article in pages
    ]
    assert share(found) >= 0.93


def test_names(pages: list[tuple[dict[str, Any], Article]]) -> None:
    found = []
    for page, article in pages:
        names = [page["author"], page["source"], *page.get("names_also", [])]
        right = {squeezed(name) for name in names if name}
        found.append(bool(right & {squeezed(article.author), squeezed(article.source)}))
    assert share(found) >= 0.7


def test_the_article_and_nothing_else(pages: list[tuple[dict[str, Any], Article]]) -> None:
    bodies = [(page, squeezed(article.body)) for page, article in pages]
    has = [squeezed(text) in body for page, body in bodies for text in page["body_has"]]
    lacks = [squeezed(text) not in body for page, body in bodies for text in page["body_lacks"]]
    assert share(has) >= 0.98
    assert share(lacks) >= 0.97

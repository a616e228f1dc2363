"""Counts beside results are kept for the other pages of a search, and no longer than a commit."""

from pathlib import Path
from threading import Event

from library import article, build
from web_client import served

from searcher.web.kept import Kept


def test_what_was_asked_for_last_is_kept() -> None:
    kept = Kept[str](most=2)
    made: list[str] = []

    def ask(commit: str, key: str) -> str:
        return kept.get(commit, key, lambda: made.append(key) or f"{commit}{key}")  # type: ignore[func-returns-value] # appending is what is meant

    asked = [("1", "a"), ("1", "b"), ("1", "a"), ("1", "c"), ("1", "a"), ("1", "b"), ("2", "a")]
    for commit, key in asked:
        assert ask(commit, key) == f"{commit}{key}"
    assert made == ["a", "b", "c", "b", "a"]


def test_the_counts_are_those_of_the_commit(tmp_path: Path) -> None:
    articles = [article(n, "火星") for n in range(4)]
    build(tmp_path, articles[:2])
    with served(tmp_path) as client:
        assert client.get("/?q=火星").text.count("data-period") == 2
        assert client.get("/?q=火星&since=2020-01-02").text.count("data-period") == 0
        build(tmp_path, articles)
        noticed = Event()
        for _ in range(600):
            text = client.get("/?q=火星").text
            if "4 articles" in text:
                break
            noticed.wait(0.05)
        assert text.count("data-period") == 4

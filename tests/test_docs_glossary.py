"""docs/glossary.md is short, and the files that it names are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINES = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in LINES
    if line.startswith("|") and not re.match(r"\|(-| term \|)", line)
]


def test_it_is_short() -> None:
    assert len(LINES) < 60


def test_every_row_names_the_term_in_both_languages_a_place_and_a_meaning() -> None:
    assert len(ROWS) > 25
    for row in ROWS:
        assert len(row) == 4, row
        assert all(row), row
        assert re.search("[\u4e00-\u9fff]", row[1]), row


def test_the_places_are_there() -> None:
    places = {place for row in ROWS for place in row[2].split(", ")}
    assert [place for place in places if not (ROOT / "searcher" / place).exists()] == []


def test_a_term_stands_once() -> None:
    terms = [term for row in ROWS for term in row[0].split(", ")]
    assert len(set(terms)) == len(terms)

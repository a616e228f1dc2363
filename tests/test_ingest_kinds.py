import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.ingest.kinds import RECORD_ENDINGS, Kind, ending_of, is_hidden, kind_of, stem_of
from searcher.ingest.reader import parse_article
from searcher.ingest.records import _KINDS


@pytest.mark.parametrize(
    "name",
    [
        *("a.md", "a.MARKDOWN", "a.html", "a.htm", "a.xhtml", "a.shtml", "a.txt"),
        *("page.html?id=12", "page.php?id=12&x=a.b", "a.html@b=1", "index.html.1"),
        *("央行降准", "央行.降准", "第1.5章"),
    ],
)
def test_articles(name: str) -> None:
    assert kind_of(name) is Kind.ARTICLE


@pytest.mark.parametrize("ending", RECORD_ENDINGS)
def test_records(ending: str) -> None:
    assert kind_of("a" + ending.upper()) is Kind.RECORDS
    assert ending in _KINDS


@pytest.mark.parametrize(
    "name", ["a.pdf", "a.DOCX", "a.jpg", "a.py", "Makefile", "README", "a.html.gz"]
)
def test_not_read(name: str) -> None:
    assert kind_of(name) is None
    assert not is_hidden(name)


@pytest.mark.parametrize(
    "name",
    [".a.md", ".a.md.swp", "a.md~", "#a.md#", ".#a.md", "~$a.docx", "a.md.tmp", "a.md.part",
     "4913", "Thumbs.db", "a.md.bak"],
)  # fmt: skip
def test_hidden(name: str) -> None:
    assert kind_of(name) is None
    assert is_hidden(name)


def test_endings_and_stems() -> None:
    names = ["a.PDF", "页.html?id=12", "央行.降准", "a.tar.gz", "b", "a.html.1"]
    assert list(map(ending_of, names)) == [".pdf", ".html", "", ".gz", "", ""]
    assert list(map(stem_of, names)) == ["a", "页", "央行.降准", "a.tar", "b", "a.html.1"]


@given(st.text(min_size=1))
def test_any_name(name: str) -> None:
    if is_hidden(name):
        assert kind_of(name) is None
    assert stem_of(name) in name


@pytest.mark.parametrize(
    ("path", "text", "body"),
    [
        ("央行降准", "一\n二", "一\n二"),
        ("央行降准", "<html><p>一<p>二</html>", "一\n二"),
        ("央行降准", "---\ntitle: 题\n---\n一\n\n**二**", "一\n二"),
        ("a.html?id=1", "一<p>二", "一\n二"),
        ("a.xhtml", "一<p>二", "一\n二"),
    ],
)
def test_how_they_are_read(path: str, text: str, body: str) -> None:
    assert parse_article(text.encode(), path).body == body

"""Pages and files about all matches: pictures and tables hold the counts, and nothing runs."""

import csv
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from library import article, build
from starlette.testclient import TestClient
from web_client import HANDLER, HOSTILE, client, served

from searcher.web import pictures
from searcher.web.explore_pages import FILES, MAX_QUERIES
from searcher.web.overview import MAX_BARS
from searcher.web.tables import table_text

__all__ = ["client"]

pytestmark = pytest.mark.usefixtures("few_names")

SVG = "{http://www.w3.org/2000/svg}"
QUERIES = ["火星", "*", HANDLER + HOSTILE, "没有"]


def rows(client: TestClient, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return [*csv.reader(answer.content.decode("utf-8-sig").splitlines())]


def drawing(client: TestClient, path: str) -> ElementTree.Element:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/svg+xml"
    return ElementTree.fromstring(answer.content)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".svg")])
def test_pictures_are_sound_and_harmless(client: TestClient, name: str, query: str) -> None:
    root = drawing(client, f"/explore/{name}?q={quote(query)}")
    known = {"svg", "rect", "text", "g", "title", "line", "path", "circle"}
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in known
        assert not any(key.startswith("on") or "href" in key for key in element.attrib)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".csv")])
def test_no_cell_is_a_formula(client: TestClient, name: str, query: str) -> None:
    found = rows(client, f"/explore/{name}?q={quote(query)}")
    assert len({*map(len, found)}) == 1
    for row in found[1:]:
        for cell in row:
            is_number = cell.lstrip("-").replace(".", "").isdecimal()
            assert is_number or not cell.startswith(("=", "+", "-", "@"))


def test_a_formula_in_a_cell_is_text() -> None:
    assert table_text([("=1+1", -5, None, "a\u202eb")]) == "'=1+1,-5,,a�b\r\n"


def test_the_table_of_a_timeline_has_its_counts(client: TestClient) -> None:
    header, *found = rows(client, "/explore/timeline.csv?q=天气&since=2020-02")
    assert header == ["period", "start", "天气", "articles"]
    assert sum(int(row[2]) for row in found) == 9
    texts = drawing(client, "/explore/timeline.svg?q=天气").iter(f"{SVG}title")
    assert len([*texts]) == 35


def test_unknown_files_and_wrong_options(client: TestClient) -> None:
    for path, status in [
        ("/explore/x.csv?q=a", 404), ("/explore/timeline.csv", 400), ("/compare.xml?q=a", 404),
        ("/compare.csv", 400), ("/explore/timeline.csv?q=a&since=gestern", 400),
    ]:  # fmt: skip
        assert client.get(path).status_code == status, path


def test_files_are_fresh_until_the_next_commit(client: TestClient) -> None:
    tag = client.get("/explore/names.csv?q=火星").headers["etag"]
    again = client.get("/explore/names.csv?q=火星", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_queries_beside_one_another(client: TestClient) -> None:
    text = client.get("/compare?q=天气&q=&q=火星&q=").text
    assert text.count('class="name"') == 2
    header, *found = rows(client, "/compare.csv?q=天气&q=火星&by=year&share=1")
    assert header == ["period", "start", "天气", "火星", "articles"]
    assert found == [["2020", "2020-01-01", "35", "4", "39"]]
    many = "&".join(["q=a"] * (MAX_QUERIES + 1))
    assert client.get(f"/compare?{many}").status_code == 400


def test_distant_dates_become_years(tmp_path: Path) -> None:
    build(
        tmp_path,
        [article(0, "火星"), article(1, "火星", date=article(0).date.replace(year=1890))],  # type: ignore[union-attr] # the fixture's articles are dated
    )
    with served(tmp_path) as client:
        text = client.get("/?q=火星").text
        assert text.count("data-period") == 131
        assert MAX_BARS < 131


def test_who_is_named_with_whom() -> None:
    svg = pictures.network([("普京", "<b>", 3), ("普京", "北约", 1)], {"普京": "people"})
    root = ElementTree.fromstring(svg)
    assert [text.text for text in root.iter(f"{SVG}text")] == ["普京", "<b>", "北约"]
    widths = [float(path.get("stroke-width", 0)) for path in root.iter(f"{SVG}path")]
    assert widths == sorted(widths)
    assert len(widths) == 2


def test_an_empty_picture_is_one() -> None:
    for picture in (pictures.columns([], []), pictures.rows([]), pictures.network([], {})):
        ElementTree.fromstring(picture)

"""Many queries at once from the form of the page: as text, JSON lines and tables."""

import csv
import json

import pytest
from starlette.testclient import TestClient
from web_client import HANDLER, HOSTILE, client

from searcher import QueryError
from searcher.web import limits
from searcher.web.batch_page import form_fields

__all__ = ["client"]

TEXT = '火星车\na\t天气 5\n\n{"query": "天气", "limit": 2}\n'


def answers(client: TestClient, **form: str) -> list[dict[str, object]]:
    answer = client.post("/batch", data={**form, "format": "jsonl"})
    assert answer.status_code == 200, answer.text
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["searcher-queries"] == str(len(lines))
    assert answer.headers["content-disposition"] == 'attachment; filename="answers.jsonl"'
    return lines


def test_json_lines_are_those_of_the_interface(client: TestClient) -> None:
    found = answers(client, queries=TEXT, limit="1")
    same = client.post("/api/v1/batch?limit=1", content=TEXT.encode()).text.splitlines()
    for mine, line in zip(found, same, strict=True):
        assert {**mine, "took_ms": 0} == {**json.loads(line), "took_ms": 0}


def test_csv_has_a_row_for_each_hit(client: TestClient) -> None:
    form = {"queries": TEXT + HANDLER + HOSTILE + "\n=1+1\nx\t" + "火" * 3000, "limit": "2"}
    answer = client.post("/batch", data=form)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = [*csv.reader(answer.content.decode("utf-8-sig").splitlines())]
    assert rows[0][:5] == ["id", "query", "total", "rank", "article"]
    ids = [row[0] for row in rows[1:]]
    assert ids.count("4") == 2
    assert [row[1] for row in rows if row[0] == "6"] == ["'=1+1"]
    assert "make it shorter" in rows[-1][-2]


def test_a_table_of_queries(client: TestClient) -> None:
    table = "id,topic,query,limit\nw,weather,天气,3\n,mars,火星,x\n"
    files = {"file": ("queries.csv", table.encode("gb18030"), "text/csv")}
    answer = client.post("/batch", data={"format": "jsonl", "queries": "x"}, files=files)
    weather, mars = map(json.loads, answer.text.splitlines())
    assert weather["id"] == "w"
    assert len(weather["hits"]) == 3
    assert mars["id"] == "2"
    assert "limit must be a number" in mars["error"]


@pytest.mark.parametrize(
    "form",
    [
        {"queries": ""},
        {"queries": "a", "limit": "x"},
        {"queries": "a", "limit": "101"},
        {"queries": "a", "format": HOSTILE},
        {"queries": "a", "other": HANDLER},
    ],
)
def test_what_makes_no_sense_is_said(client: TestClient, form: dict[str, str]) -> None:
    answer = client.post("/batch", data=form)
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text


def test_limits(client: TestClient) -> None:
    queries = "a\n" * (limits.MAX_QUERIES + 1)
    assert client.post("/batch", data={"queries": queries}).status_code == 413
    refused = client.post("/batch", data={"queries": "a"}, headers={"Origin": "http://evil.test"})
    assert refused.status_code == 403
    assert client.post("/batch", content=b"a").status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--x\r\n\r\na\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="a"; name="b"\r\n\r\n1\r\n--x--',
        b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 5000,
        b"--x\r\nContent-Transfer-Encoding: base64\r\n\r\n\xff\r\n--x--",
    ],
)
def test_strange_forms(body: bytes) -> None:
    try:
        fields = form_fields("multipart/form-data; boundary=x", body)
    except QueryError:
        return
    assert all(isinstance(value, bytes) for value in fields.values())


def test_a_form_as_browsers_send_it() -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="queries"\r\n\r\na\r\n\r\nb\r\n--x\r\n'
        b'Content-Disposition: form-data; name="file"; filename="name=.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\n\r\n--x--\r\n"
    )
    for boundary in ("boundary=x", 'boundary="x"'):
        fields = form_fields(f"multipart/form-data; {boundary}", body)
        assert fields == {"queries": b"a\r\n\r\nb", "file": b""}


def test_a_table_with_a_header_without_end(client: TestClient) -> None:
    table = "query" + ",a" * 5000 + "\n天气\n"
    answer = client.post("/batch", data={"queries": table})
    assert answer.status_code == 400
    assert "5001 columns" in answer.text
    table = "query," + "a" * 200_000 + "\n天气\n"
    assert client.post("/batch", data={"queries": table}).status_code == 400


def test_what_is_no_form() -> None:
    for kind in ("", "application/json", "multipart/form-data"):
        with pytest.raises(QueryError):
            form_fields(kind, b"{}")
    with pytest.raises(QueryError):
        form_fields("application/x-www-form-urlencoded", b"a=1&" * 1000)

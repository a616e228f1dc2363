"""The HTTP interface gives the JSON of the command line, and problems for what makes no sense."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from jsonschema import Draft202012Validator
from library import article, build
from starlette.testclient import TestClient
from web_client import ARTICLES, client, served

from searcher import Index, IndexInvalidError, NotEnoughMemoryError, open_index
from searcher.records import results_record
from searcher.web import interface, limits
from searcher.web.openapi import openapi_document
from searcher.web.schemas import SCHEMAS

__all__ = ["client"]

Query = dict[str, Any]


def check(record: Any, name: str) -> None:
    """Whether a record has the schema of this name."""
    document = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    Draft202012Validator(document).validate(record)


def get(client: TestClient, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("same")
    build(folder, ARTICLES)
    with open_index(folder / "index") as index:
        yield index


def test_a_search_answers_as_the_command_line_does(client: TestClient, index: Index) -> None:
    record = get(client, "search", q="火星", limit=2, offset=1, explain="true", sort="newest")
    results = index.search("火星", limit=2, offset=1, explain=True, sort="newest")
    expected = json.loads(json.dumps(results_record(results)))
    del record["took_ms"], expected["took_ms"]
    assert record == expected
    assert record["total"] == 5


@pytest.mark.parametrize(
    ("path", "query", "schema"),
    [
        ("search", {"q": "火星", "explain": "true"}, "Results"),
        ("search", {"q": "huoxing"}, "Results"),
        ("articles/a0001", {}, "Article"),
        ("articles/a0001.md", {"q": "火星"}, "Article"),
        ("explain/a0000", {"q": "火星"}, "Explanation"),
        ("explain/a0009", {"q": "火星"}, "Explanation"),
        ("suggest", {"q": "huoxing"}, "Suggestions"),
        ("complete", {"prefix": "huox"}, "Completions"),
        ("facets", {"q": "火星", "by": ["source", "year", "people"], "top": "2"}, "Facets"),
        ("timeline", {"q": ["火星", "天气"], "by": "year"}, "Timeline"),
        ("concordance", {"q": "火星", "limit": "3", "sort": "left"}, "Concordance"),
        ("keywords", {"q": "天气", "since": "2020"}, "Keywords"),
        ("names", {"q": "*", "kinds": "people", "together": "1"}, "Names"),
        ("similar/a0007", {"limit": "2"}, "Results"),
        ("stats", {}, "Stats"),
        ("healthz", {}, "Health"),
        ("openapi.json", {}, "OpenAPI"),
    ],
)
def test_answers_have_their_schema(
    client: TestClient, path: str, query: Query, schema: str
) -> None:
    check(get(client, path, **query), schema)


def test_an_article_with_the_places_that_match(client: TestClient) -> None:
    record = get(client, "articles/a0000", q="火星车")
    text = record["body"]
    assert [text[start:end] for start, end in record["spans"]["body"]] == ["火星车"]
    assert "spans" not in get(client, "articles/a0000")


def test_completion_and_suggestion(client: TestClient) -> None:
    terms = [entry["term"] for entry in get(client, "complete", prefix="tianq")["terms"]]
    assert terms[0] == "天气"
    suggestions = get(client, "suggest", q="huoxing")["suggestions"]
    assert suggestions[0]["text"] == "火星"


def test_stats_tell_no_folder(client: TestClient) -> None:
    assert get(client, "stats")["corpora"] == []


@pytest.mark.parametrize(
    ("path", "query", "said"),
    [
        ("search", {}, "q is missing"),
        ("search", {"q": ""}, "q is missing"),
        ("search", {"q": "x" * (limits.MAX_QUERY_LENGTH + 1)}, "longer"),
        ("search", {"q": "x", "limt": "1"}, "did you mean 'limit'"),
        ("search", {"q": "x", "limit": "-1"}, "limit"),
        ("search", {"q": "x", "limit": "１"}, "limit"),
        ("search", {"q": "x", "limit": "9" * 5000}, "limit"),
        ("search", {"q": "x", "limit": str(limits.MAX_HITS + 1)}, "100 or less"),
        ("search", {"q": "x", "offset": str(limits.MAX_DEPTH + 1)}, "or less"),
        ("search", {"q": "x", "any": "maybe"}, "true or false"),
        ("search", {"q": "x", "fresh": "nan"}, "number"),
        ("search", {"q": "x", "sort": "best"}, "relevance"),
        ("search", {"q": "x", "since": "gestern"}, "since"),
        ("search", {"q": ["x", "y"]}, "twice"),
        ("complete", {"prefix": "x", "limit": "1000"}, "or less"),
        ("articles/a", {}, "several ids"),
        ("facets", {"q": "x", "by": "colour"}, "one of"),
        ("timeline", {"q": ["x"] * 30}, "20"),
        ("healthz", {"x": "1"}, "no parameter"),
    ],
)
def test_what_makes_no_sense_is_a_problem(
    client: TestClient, path: str, query: Query, said: str
) -> None:
    answer = client.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    check(answer.json(), "Problem")
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    ["/api/v1/articles/zzz", "/api/v1/nothing", "/api/v1/explain/zz?q=x", "/api/v1/similar/zz"],
)
def test_what_is_not_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert "etag" not in answer.headers


def test_a_wrong_method_is_told_the_right_one(client: TestClient) -> None:
    answer = client.get("/api/v1/batch")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    check(answer.json(), "Problem")


@pytest.mark.parametrize("kind", [IndexInvalidError, NotEnoughMemoryError])
def test_errors_of_the_index_name_no_folder(
    client: TestClient, kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(Index, "search", side_effect=kind("/home/x is damaged")):
        answer = client.get("/api/v1/search?q=x")
        lines = client.post("/api/v1/batch", content="x").text
        page = client.get("/?q=x")
    assert (answer.status_code, page.status_code) == (503, 503)
    assert "/home" not in answer.text + page.text + lines
    assert "/home" in caplog.text


def test_a_fault_shows_no_traceback(client: TestClient) -> None:
    with patch.object(Index, "search", side_effect=RuntimeError("secret")):
        answer, page = client.get("/api/v1/search?q=x"), client.get("/?q=x")
    assert (answer.status_code, page.status_code) == (500, 500)
    check(answer.json(), "Problem")
    for text in (answer.text, page.text):
        assert "secret" not in text
        assert "Traceback" not in text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_batch_answers_line_by_line(client: TestClient) -> None:
    lines = (
        '火星车\nq2\t天气\n{"id": 7, "query": "火星", "limit": 1}\n\n'
        '{"query": 1}\n{"query": "x", "limit": 101}\n'
    )
    answer = client.post("/api/v1/batch", params={"limit": 2}, content=lines.encode())
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    records = [json.loads(line) for line in answer.text.splitlines()]
    for record in records:
        check(record, "BatchAnswer")
    assert [record["id"] for record in records] == ["1", "q2", "7", "5", "6"]
    assert [len(record.get("hits", ())) for record in records] == [1, 2, 1, 0, 0]
    assert "not text" in records[3]["error"]
    assert "100 or less" in records[4]["error"]


def test_a_batch_has_limits(client: TestClient) -> None:
    many = "火星\n" * (limits.MAX_QUERIES + 1)
    assert client.post("/api/v1/batch", content=many.encode()).status_code == 413
    long = client.post("/api/v1/batch", content="星" * (limits.MAX_QUERY_LENGTH + 1))
    assert "longer" in long.json()["error"]
    assert client.post("/api/v1/batch?limt=1", content="x").status_code == 400
    filtered = client.post(
        "/api/v1/batch", json={"query": "x", "source": "s" * (limits.MAX_TEXT_LENGTH + 1)}
    )
    assert "longer" in filtered.json()["error"]


def test_an_answer_is_asked_for_again_only_after_a_commit(tmp_path: Path) -> None:
    build(tmp_path, [article(0, "火星车")])
    with served(tmp_path) as client:
        first = client.get("/api/v1/search?q=火星")
        tag = first.headers["etag"]
        known = {"If-None-Match": f'"other", {tag}'}
        same = client.get("/api/v1/search?q=火星", headers=known)
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        assert client.get("/api/v1/search?limt=1", headers=known).status_code == 400

        build(tmp_path, [article(0, "火星车"), article(1, "火星")])
        pool = _pool_of(client)
        pool.refresh()
        newer = client.get("/api/v1/search?q=火星", headers=known)
        assert newer.status_code == 200
        assert newer.json()["total"] == 2
        assert newer.headers["etag"] != tag


def _pool_of(client: TestClient) -> Any:
    """The pool that the routes of a client's application close over."""
    inner = client.app._app._plain  # type: ignore[attr-defined]
    route = next(route for route in inner.routes if route.name == "search")
    cells = dict(zip(route.endpoint.__code__.co_freevars, route.endpoint.__closure__, strict=True))
    return cells["pool"].cell_contents


def test_answers_are_compressed(client: TestClient) -> None:
    answer = client.get("/api/v1/search?q=天气", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]
    assert gzip.compress(answer.content)


def test_half_characters_are_escaped() -> None:
    assert json.loads(interface.encode({"path": "\udcff"}))["path"] == "\udcff"


def test_the_document_lists_the_routes(client: TestClient) -> None:
    inner = client.app._app._plain  # type: ignore[attr-defined]
    routes = {
        (route.path.removeprefix("/api/v1").replace(":path", ""), method.lower())
        for route in inner.routes
        if route.path.startswith("/api/v1")
        for method in route.methods - {"HEAD"}
    }
    document = openapi_document()
    described = {
        (path, method) for path, operations in document["paths"].items() for method in operations
    }
    assert routes == described
    assert get(client, "openapi.json") == json.loads(json.dumps(document))


def test_the_document_refers_to_schemas_that_there_are() -> None:
    text = json.dumps(openapi_document())
    names = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(SCHEMAS)
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)

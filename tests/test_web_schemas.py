"""One schema for each answer: in docs/schemas/, in OpenAPI, and of what the command line prints.

``python tests/test_web_schemas.py`` writes the files anew.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from console import ROOT, call
from jsonschema import Draft202012Validator
from library import build
from starlette.testclient import TestClient
from web_client import ARTICLES, client

from searcher.web.openapi import openapi_document
from searcher.web.schemas import SCHEMAS, standalone

__all__ = ["client"]

pytestmark = pytest.mark.usefixtures("few_names")

FOLDER = ROOT / "docs" / "schemas"
NAMES = [name for name in SCHEMAS if name != "OpenAPI"]


def written(name: str) -> str:
    return json.dumps(standalone(name), indent=2, ensure_ascii=False) + "\n"


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.json"


@pytest.mark.parametrize("name", NAMES)
def test_files_are_those_of_the_program(name: str) -> None:
    assert file_of(name).read_text(encoding="utf-8") == written(name), (
        "run: python tests/test_web_schemas.py"
    )
    Draft202012Validator.check_schema(json.loads(written(name)))


def test_there_are_no_other_files() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(NAMES)


def test_openapi_has_the_same() -> None:
    described = openapi_document()["components"]["schemas"]

    def inlined(value: Any, definitions: Any) -> Any:
        if isinstance(value, list):
            return [inlined(item, definitions) for item in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return inlined(definitions[value["$ref"].rpartition("/")[2]], definitions)
        return {key: inlined(item, definitions) for key, item in value.items() if key != "$defs"}

    for name in NAMES:
        document = json.loads(file_of(name).read_text(encoding="utf-8"))
        del document["$schema"], document["title"]
        assert inlined(document, document.get("$defs")) == inlined(described[name], described)


PAIRS = [
    ("Results", ["search", "火星", "--json", "--limit", "2", "--explain"],
     "search?q=火星&limit=2&explain=1"),
    ("Results", ["search", "huoxing", "--json"], "search?q=huoxing"),
    ("Article", ["show", "a0001", "--json"], "articles/a0001"),
    ("Explanation", ["explain", "火星", "a0000", "--json"], "explain/a0000?q=火星"),
    ("Facets", ["facets", "火星", "--by", "source,year", "--json"],
     "facets?q=火星&by=source&by=year"),
    ("Timeline", ["timeline", "火星", "天气", "--by", "year", "--json"],
     "timeline?q=火星&q=天气&by=year"),
    ("Concordance", ["kwic", "火星", "--json", "--limit", "3", "--width", "40"],
     "concordance?q=火星&limit=3&context=40"),
    ("Keywords", ["words", "天气", "--json"], "keywords?q=天气"),
    ("Names", ["names", "火星", "--json"], "names?q=火星"),
    ("Results", ["similar", "a0007", "--json"], "similar/a0007"),
    ("Stats", ["stats", "--json"], "stats"),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("same")
    build(folder, ARTICLES)
    return folder


@pytest.mark.parametrize(("name", "command", "path"), PAIRS)
def test_the_command_line_prints_the_same(
    client: TestClient, folder: Path, name: str, command: list[str], path: str
) -> None:
    printed = json.loads(call(*command, cwd=folder).out)
    answered = client.get(f"/api/v1/{path}").json()
    schema = json.loads(file_of(name).read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(printed)
    # These differ from run to run, and the server does not tell its folders.
    for record in (printed, answered):
        for key in ("took_ms", "built", "corpora", "bytes"):
            record.pop(key, None)
    assert printed == answered


def test_a_line_of_a_batch(client: TestClient, folder: Path) -> None:
    lines = '火星\n{"query": 1}\n'
    printed = call("batch", "-", stdin=lines, cwd=folder).out.splitlines()
    answered = client.post("/api/v1/batch", content=lines.encode()).text.splitlines()
    schema = json.loads(file_of("BatchAnswer").read_text(encoding="utf-8"))
    for one, other in zip(printed, answered, strict=True):
        Draft202012Validator(schema).validate(json.loads(one))
        assert {**json.loads(one), "took_ms": 0} == {**json.loads(other), "took_ms": 0}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        file_of(name).write_text(written(name), encoding="utf-8")

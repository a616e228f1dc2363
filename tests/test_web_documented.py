"""Whatever is asked, the answer is one that the OpenAPI document describes."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient
from web_client import client

from searcher.web.openapi import openapi_document
from searcher.web.operations import OPERATIONS, Operation
from searcher.web.parameters import Parameter

__all__ = ["client"]

DOCUMENT = openapi_document()
TEXTS = st.one_of(
    st.sampled_from(
        ["火星", "天气", "*", "a0001", "火", "2020", "-", '"', "source:", "(OR", "0", "1"]
    ),
    st.text(max_size=8),
)


def values(parameter: Parameter) -> st.SearchStrategy[str]:
    """Texts for a parameter, most of which make sense."""
    if parameter.choices:
        return st.one_of(st.sampled_from(parameter.choices), TEXTS)
    if parameter.type == "integer":
        return st.one_of(st.integers(0, 20).map(str), TEXTS)
    if parameter.type == "boolean":
        return st.one_of(st.sampled_from(["true", "false"]), TEXTS)
    return TEXTS


@st.composite
def requests(draw: st.DrawFn) -> tuple[Operation, str, dict[str, str]]:
    operation = draw(st.sampled_from(OPERATIONS))
    path, query = operation.path, {}
    for parameter in operation.parameters:
        if parameter.in_path:
            text = draw(st.sampled_from(["a0001", "a0007", "a0001.md", "a", "none", "x/y"]))
            path = path.replace("{id}", text)
        elif parameter.required or draw(st.booleans()):
            query[parameter.name] = draw(values(parameter))
    return operation, path, query


def check(record: Any, schema: Any) -> None:
    document = {**schema, "components": DOCUMENT["components"]}
    Draft202012Validator(document).validate(record)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(requests())
def test_any_request(client: TestClient, request: tuple[Operation, str, dict[str, str]]) -> None:
    operation, path, query = request
    body = "火星\n" if operation.method == "POST" else None
    answer = client.request(operation.method, f"/api/v1{path}", params=query, content=body)
    described = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]
    assert str(answer.status_code) in described, answer.text
    assert answer.status_code < 500, answer.text
    media_type = answer.headers["content-type"].partition(";")[0]
    content = described[str(answer.status_code)]["content"]
    check(answer.json(), content[media_type]["schema"])

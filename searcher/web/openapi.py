"""The OpenAPI 3.1 document of the HTTP interface, made from the table of operations."""

from __future__ import annotations

from typing import Any

from searcher import __version__
from searcher.web.operations import BASE, OPERATIONS, Operation
from searcher.web.parameters import Parameter
from searcher.web.problems import MEDIA_TYPE
from searcher.web.schemas import SCHEMAS, reference

Document = dict[str, Any]

PROBLEMS = {
    "400": "A parameter makes no sense.",
    "401": "The server wants its token.",
    "403": "Sent by a page of another site.",
    "404": "There is no such article, or no such path.",
    "413": "The body is too large.",
    "421": "The server is not asked under this name.",
    "503": "Too much is asked, or the index cannot be read.",
}
"""The errors there are, by status."""


def openapi_document() -> Document:
    """The whole document.

    >>> openapi_document()["openapi"]
    '3.1.0'
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "searcher",
            "version": __version__,
            "description": "A search engine for Chinese news that fits on one machine.",
        },
        "servers": [{"url": BASE}],
        "security": [{}, {"bearer": []}, {"basic": []}],
        "paths": {
            operation.path: {operation.method.lower(): _operation(operation)}
            for operation in OPERATIONS
        },
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _operation(operation: Operation) -> Document:
    is_batch = operation.method == "POST"
    answer_type = "application/x-ndjson" if is_batch else "application/json"
    described: Document = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": {
            "200": {
                "description": operation.summary,
                "content": {answer_type: {"schema": reference(operation.answer)}},
            },
            **{status: _problem(description) for status, description in PROBLEMS.items()},
        },
    }
    if operation.method == "GET":
        described["responses"]["304"] = {"description": "The client has the newest answer."}
    if is_batch:
        described["requestBody"] = {
            "required": True,
            "description": (
                "One query a line: its text, or an id, a tab and the text, or a JSON object with "
                '"query", "id" and options.'
            ),
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    return described


def _problem(description: str) -> Document:
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": reference("Problem")}},
    }


def _parameter(parameter: Parameter) -> Document:
    schema: Document = {"type": parameter.type}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.default is not None:
        schema["default"] = parameter.default
    if parameter.type == "integer":
        schema["minimum"] = 0
    if parameter.required and parameter.type == "string":
        schema["minLength"] = 1
    if parameter.most is not None:
        limit = "maxLength" if parameter.type == "string" else "maximum"
        schema[limit] = parameter.most
    if parameter.many:
        default = schema.pop("default", None)
        schema = {"type": "array", "items": schema}
        if default is not None:
            schema["default"] = default
    described = {
        "name": parameter.name,
        "in": "path" if parameter.in_path else "query",
        "required": parameter.required,
        "description": parameter.help,
        "schema": schema,
    }
    # Forms send fields that nobody has filled in.
    return described if parameter.required else {**described, "allowEmptyValue": True}

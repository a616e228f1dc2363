"""The parameters of requests: one list for reading them, for the pages and for OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple, get_args

from searcher import QueryError, SearchOptions
from searcher.web.limits import MAX_DEPTH, MAX_HITS, MAX_QUERY_LENGTH, MAX_TEXT_LENGTH

Type = Literal["string", "integer", "number", "boolean"]

_WHOLE = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}

MOST = {"limit": MAX_HITS, "offset": MAX_DEPTH}
"""The largest value of an option, where a server has one and the library does not."""


class Parameter(NamedTuple):
    """A parameter of a request.

    Attributes:
        name: as in the address.
        type: what its text stands for.
        help: what it does, one sentence.
        default: its value where it is not given.
        choices: all values, where they are few.
        most: the largest number, or the most characters of a text.
        required: whether a request without it is refused.
        in_path: whether it is a part of the path, not of the query string.
        many: whether it may be given several times; its value is a list.
    """

    name: str
    type: Type
    help: str
    default: Any = None
    choices: tuple[str, ...] = ()
    most: int | None = None
    required: bool = False
    in_path: bool = False
    many: bool = False


def search_options(*names: str) -> tuple[Parameter, ...]:
    """Options of :class:`searcher.SearchOptions` as parameters; all, unless names are given."""
    return tuple(_search_options(names))


def _search_options(names: tuple[str, ...]) -> Iterator[Parameter]:
    for field in fields(SearchOptions):
        if names and field.name not in names:
            continue
        kind, description = get_args(field.type)
        kinds = get_args(kind) or (kind,)
        choices: tuple[str, ...] = ()
        most = MOST.get(field.name)
        type_: Type
        if all(isinstance(value, str) for value in kinds):
            type_, choices = "string", kinds
        elif str in kinds:
            type_, most = "string", MAX_TEXT_LENGTH
        elif bool in kinds:
            type_ = "boolean"
        elif float in kinds:
            type_ = "number"
        else:
            type_ = "integer"
        default = None if field.default is MISSING else field.default
        yield Parameter(field.name, type_, description.help, default, choices, most)


QUERY = Parameter(
    "q", "string", "What to look for, in the query language.", most=MAX_QUERY_LENGTH, required=True
)


def read(parameters: Iterable[Parameter], pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The values that are given, by name. An empty text counts as none, as forms send them.

    Args:
        parameters: those there are.
        pairs: names and texts of a query string.

    Raises:
        QueryError: a value is not of its type, a name is unknown or comes twice, or a required
            parameter is missing.

    >>> read([QUERY, *search_options("limit")], [("q", "普京"), ("limit", "5")])
    {'q': '普京', 'limit': 5}
    """
    known = {parameter.name: parameter for parameter in parameters if not parameter.in_path}
    values: dict[str, Any] = {}
    for name, text in pairs:
        if name not in known:
            raise QueryError(_unknown(name, known))
        if known[name].many:
            if text:
                values.setdefault(name, []).append(_value(known[name], text))
            continue
        if name in values:
            raise QueryError(f"{name} is given twice; give it once")
        if text:
            values[name] = _value(known[name], text)
    for parameter in known.values():
        if parameter.required and parameter.name not in values:
            raise QueryError(f"{parameter.name} is missing: {parameter.help}")
    return values


def _unknown(name: str, known: Mapping[str, Parameter]) -> str:
    near = get_close_matches(name[:MAX_TEXT_LENGTH], known, 1)
    meant = f"did you mean {near[0]!r}? There" if near else "there"
    names = ", ".join(known) or "none"
    return f"no parameter is called {name[:40]!r}; {meant} are: {names}"


def _value(parameter: Parameter, text: str) -> Any:
    """The value that a text stands for. Raises QueryError."""
    name, most = parameter.name, parameter.most
    if parameter.choices:
        if text not in parameter.choices:
            raise QueryError(f"{name} must be one of {', '.join(parameter.choices)}")
        return text
    if parameter.type == "string":
        if most is not None and len(text) > most:
            raise QueryError(f"{name} is longer than {most} characters; make it shorter")
        return text
    if parameter.type == "boolean":
        if text not in _BOOLEANS:
            raise QueryError(f"{name} must be true or false")
        return _BOOLEANS[text]
    if parameter.type == "number":
        if not _DECIMAL.fullmatch(text):
            raise QueryError(f"{name} must be a number such as 7 or 0.5")
        return float(text)
    if not _WHOLE.fullmatch(text):
        raise QueryError(f"{name} must be a whole number, 0 or more")
    number = int(text)
    if most is not None and number > most:
        raise QueryError(f"{name} must be {most} or less")
    return number

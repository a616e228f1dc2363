"""The JSON Schemas of all answers: of what ``searcher/records.py`` makes, and of errors.

The command line prints the same objects.
"""

from __future__ import annotations

from typing import Any

from searcher.records import FORMAT_VERSION

Schema = dict[str, Any]


def reference(name: str) -> Schema:
    """A reference to one of :data:`SCHEMAS` in an OpenAPI document."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(optional: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _text(description: str = "") -> Schema:
    return {"type": "string", "description": description} if description else {"type": "string"}


def _count(description: str = "") -> Schema:
    schema: Schema = {"type": "integer", "minimum": 0}
    return {**schema, "description": description} if description else schema


_NUMBER: Schema = {"type": "number"}
_BOOLEAN: Schema = {"type": "boolean"}
_DATE: Schema = {
    "type": ["string", "null"],
    "description": "Date and time with the zone, ISO 8601; null where there is none.",
}
_DAY: Schema = {"type": ["string", "null"], "description": "A day; null where there is none."}
_VERSION: Schema = {"type": "integer", "const": FORMAT_VERSION}
_SPANS: Schema = {
    "type": "array",
    "description": "Places that match: [start, end) in characters (code points).",
    "items": {"type": "array", "items": _count(), "minItems": 2, "maxItems": 2},
}
_COUNTED = _list(_object(name=_text(), articles=_count()))

_RESULTS: dict[str, Schema] = {
    "query": _text(),
    "total": _count("Articles that have all that the query asks for."),
    "relaxed": _count("Hits that have only a part of it; they come last."),
    "took_ms": _NUMBER,
    "notes": _list(_text()),
    "suggestions": _list(reference("Suggestion")),
    "hits": _list(reference("Hit")),
}

SCHEMAS: dict[str, Schema] = {
    "Results": _object(format_version=_VERSION, **_RESULTS),
    "Hit": _object(
        ("explanation",),
        rank=_count("From 1, over the whole result."),
        id=_text(),
        path=_text("Relative to the source that the article comes from."),
        title=_text(),
        date=_DATE,
        author=_text(),
        source=_text(),
        categories=_list(_text()),
        url=_text(),
        score=_NUMBER,
        relaxed=_BOOLEAN,
        duplicates=_count("Near-duplicates that were left out."),
        snippets=_list(reference("Snippet")),
        explanation=_list(reference("Match")),
    ),
    "Snippet": _object(field={"enum": ["title", "body"]}, text=_text(), spans=_SPANS),
    "Match": _object(term=_text(), field=_text(), kind=_text(), score=_NUMBER, detail=_text()),
    "Suggestion": _object(text=_text(), kind=_text(), articles=_count()),
    "Suggestions": _object(
        format_version=_VERSION, query=_text(), suggestions=_list(reference("Suggestion"))
    ),
    "Completions": _object(
        format_version=_VERSION,
        prefix=_text(),
        terms=_list(_object(term=_text(), articles=_count())),
    ),
    "Article": _object(
        ("spans",),
        format_version=_VERSION,
        id=_text(),
        path=_text(),
        title=_text(),
        date=_DATE,
        author=_text(),
        source=_text(),
        categories=_list(_text()),
        url=_text(),
        body=_text("Plain text; paragraphs are separated by a line feed."),
        spans=_object(title=_SPANS, body=_SPANS),
    ),
    "Explanation": _object(
        format_version=_VERSION,
        query=_text(),
        id=_text(),
        matched=_BOOLEAN,
        score=_NUMBER,
        matches=_list(reference("Match")),
        missing=_list(_object(term=_text(), nearest=_text(), words=_list(_text()))),
    ),
    "Facets": _object(
        format_version=_VERSION,
        query=_text(),
        total=_count(),
        first=_DAY,
        last=_DAY,
        notes=_list(_text()),
        facets=_list(
            _object(
                field=_text(),
                values=_list(
                    _object(
                        value=_text(),
                        articles=_count(),
                        query=_text("What finds these articles, beside the query."),
                    )
                ),
                others=_count("Further values."),
                without=_count("Matches without any."),
            )
        ),
    ),
    "Timeline": _object(
        format_version=_VERSION,
        by=_text(),
        queries=_list(_text()),
        totals=_list(_count()),
        undated=_list(_count()),
        notes=_list(_text()),
        periods=_list(
            _object(
                period=_text(),
                start=_text("The first day."),
                counts=_list(_count("Matches of each query.")),
                articles=_count("All articles of the period."),
                shares=_list(_NUMBER),
            )
        ),
    ),
    "Concordance": _object(
        format_version=_VERSION,
        query=_text(),
        total=_count(),
        complete=_BOOLEAN,
        notes=_list(_text()),
        lines=_list(
            _object(
                id=_text(),
                path=_text(),
                date=_DATE,
                source=_text(),
                field=_text(),
                start=_count(),
                end=_count(),
                left=_text(),
                match=_text(),
                right=_text(),
            )
        ),
    ),
    "Keywords": _object(
        format_version=_VERSION,
        query=_text(),
        total=_count(),
        near={"type": ["integer", "null"]},
        size_here=_count(),
        size_elsewhere=_count(),
        notes=_list(_text()),
        words=_list(reference("Keyword")),
        names=_list(reference("Keyword")),
    ),
    "Keyword": _object(
        term=_text(),
        kind=_text(),
        here=_count(),
        elsewhere=_count(),
        log_likelihood=_NUMBER,
        log_ratio=_NUMBER,
    ),
    "Names": _object(
        format_version=_VERSION,
        query=_text(),
        total=_count(),
        notes=_list(_text()),
        names=_list(_object(name=_text(), kind=_text(), articles=_count(), aliases=_list(_text()))),
        together=_list(_object(first=_text(), second=_text(), articles=_count())),
    ),
    "Stats": _object(
        format_version=_VERSION,
        articles=_count(),
        words=_count("Different words."),
        tokens=_count("All words."),
        segments=_count(),
        bytes=_count(),
        first_date=_DATE,
        last_date=_DATE,
        undated=_count(),
        sources=_COUNTED,
        categories=_COUNTED,
        built=_text(),
        corpora={**_list(_text()), "description": "Empty: folders of the server stay its own."},
    ),
    "BatchAnswer": {
        "description": "One line: the answer to a query, or what is wrong with it.",
        "oneOf": [
            _object(format_version=_VERSION, id=_text(), **_RESULTS),
            _object(format_version=_VERSION, id=_text(), query=_text(), error=_text()),
        ],
    },
    "Health": _object(
        format_version=_VERSION,
        status={"const": "ok"},
        commit=_text("Names the commit that answers come from."),
    ),
    "OpenAPI": {"type": "object"},
    "Problem": _object(
        type=_text(), title=_text(), status={"type": "integer"}, detail=_text("What to do next.")
    ),
}


def standalone(name: str) -> Schema:
    """One of :data:`SCHEMAS` as a document of its own, with the schemas that it refers to.

    >>> [*standalone("Suggestions")["$defs"]]
    ['Suggestion']
    """
    found: dict[str, Schema] = {}
    described = _with_definitions(SCHEMAS[name], found)
    document = {"$schema": DIALECT, "title": name, **described}
    return {**document, "$defs": {key: found[key] for key in sorted(found)}} if found else document


DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _with_definitions(value: Any, found: dict[str, Schema]) -> Any:
    """A schema that refers to definitions of its own document; ``found`` becomes these."""
    if isinstance(value, list):
        return [_with_definitions(item, found) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        if name not in found:
            found[name] = {}
            found[name] = _with_definitions(SCHEMAS[name], found)
        return {"$ref": f"#/$defs/{name}"}
    return {key: _with_definitions(item, found) for key, item in value.items()}

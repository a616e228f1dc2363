"""Hits as lines by a template (``--format``) or as a table with tabs (``--tsv``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from searcher import QueryError
from searcher.cli.answers import cell
from searcher.cli.language import joined, tr
from searcher.cli.reader import meant
from searcher.cli.render import safe
from searcher.csv_rows import COLUMNS

if TYPE_CHECKING:
    from searcher import Hit
    from searcher.cli.article_files import ArticleFiles

Value = Callable[["Hit", "ArticleFiles"], object]

FIELDS: Mapping[str, Value] = {
    "rank": lambda hit, _: hit.rank,
    "id": lambda hit, _: hit.id,
    "title": lambda hit, _: hit.title,
    "date": lambda hit, _: hit.date.date().isoformat() if hit.date else "",
    "time": lambda hit, _: hit.date.isoformat() if hit.date else "",
    "path": lambda hit, _: hit.path,
    "file": lambda hit, files: files.from_here(hit.path),
    "author": lambda hit, _: hit.author,
    "source": lambda hit, _: hit.source,
    "categories": lambda hit, _: ";".join(hit.categories),
    "url": lambda hit, _: hit.url,
    "score": lambda hit, _: f"{hit.score:.6f}",
    "snippet": lambda hit, _: next((s.text for s in hit.snippets if s.field != "title"), ""),
}
"""The fields of a template, and what each stands for."""

_PIECE = re.compile(r"\\(.)|\{\{|\}\}|\{([^{}]*)\}|([{}])", re.DOTALL)
_ESCAPES = {"t": "\t", "n": "\n", "0": "\0", "\\": "\\"}

_Parts = Sequence["str | Value"]


class Template:
    """A template: text with fields in braces, such as ``{date} {title}``.

    ``\\t``, ``\\n``, ``\\0`` and ``\\\\`` stand for a tab, the end of a line, a NUL and a
    backslash, ``{{`` and ``}}`` for braces.

    Raises QueryError for a field that there is not, or a brace without its other one.
    """

    def __init__(self, text: str) -> None:
        self._parts: _Parts = [*_parts(text)]

    def filled(self, hit: Hit, files: ArticleFiles) -> str:
        """The template for one hit; the values are one line each, and steer no terminal."""
        return "".join(
            part if isinstance(part, str) else safe(str(part(hit, files))) for part in self._parts
        )


def _parts(text: str) -> Iterator[str | Value]:
    done = 0
    for found in _PIECE.finditer(text):
        yield text[done : found.start()]
        done = found.end()
        escaped, name, lone = found.groups()
        if escaped is not None:
            yield _ESCAPES.get(escaped, found[0])
        elif name is not None:
            yield _field(name)
        elif lone is not None:
            raise QueryError(
                tr("a lone {brace} in --format; write {brace}{brace} for the sign", brace=lone)
            )
        else:
            yield found[0][0]
    yield text[done:]


def _field(name: str) -> Value:
    if name in FIELDS:
        return FIELDS[name]
    names = " ".join(f"{{{field}}}" for field in FIELDS)
    raise QueryError(
        joined(
            tr("--format has no field {name}.", name=f"{{{safe(name)}}}"),
            meant(name, FIELDS),
            tr("The fields are {fields}", fields=names),
        )
    )


def tab_separated(hits: Sequence[Hit]) -> Iterator[str]:
    """The lines of a table: a header, and a line for each hit; no value has a tab in it."""
    yield "\t".join(COLUMNS)
    for hit in hits:
        yield "\t".join(str(cell(value(hit))) for value in COLUMNS.values())

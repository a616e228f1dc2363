"""The hits of a search as tables of other packages, and as HTML for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from searcher.results import Hit, Results, Snippet

COLUMNS = (
    "rank", "id", "path", "title", "date", "author", "source", "categories", "url", "score",
    "relaxed",
)  # fmt: skip
"""Of a table of hits."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NOT_A_TIME = -(1 << 63)


def arrow_table(pyarrow: Any, hits: Sequence[Hit]) -> Any:
    """A table of pyarrow with COLUMNS."""
    kinds = {
        "rank": pyarrow.int64(),
        "date": pyarrow.timestamp("us", tz="UTC"),
        "categories": pyarrow.list_(pyarrow.string()),
        "score": pyarrow.float64(),
        "relaxed": pyarrow.bool_(),
    }
    arrays = {}
    for name in COLUMNS:
        values = [_encodable(getattr(hit, name)) for hit in hits]
        if name == "date":
            values = [None if value is None else _microseconds(value) for value in values]
        arrays[name] = pyarrow.array(values, kinds.get(name, pyarrow.string()))
    return pyarrow.table(arrays)


def data_frame(pandas: Any, hits: Sequence[Hit]) -> Any:
    """A data frame of pandas with COLUMNS."""
    import numpy as np

    columns: dict[str, Any] = {name: [getattr(hit, name) for hit in hits] for name in COLUMNS}
    moments = [_NOT_A_TIME if d is None else _microseconds(d) for d in columns["date"]]
    dates = pandas.Series(np.array(moments, np.int64).view("M8[us]"))
    columns["date"] = dates.dt.tz_localize("UTC")
    columns["categories"] = [*map(list, columns["categories"])]
    kinds = {"rank": "int64", "score": "float64", "relaxed": "bool"}
    return pandas.DataFrame(columns, columns=list(COLUMNS)).astype(kinds)


def html_list(results: Results) -> str:
    """The hits as an ordered list in HTML; everything in them is text."""
    items = []
    for hit in results:
        day = hit.date.date().isoformat() if hit.date else ""
        details = " · ".join(filter(None, (day, hit.source, hit.path)))
        shown = "".join(
            f"<br>{_marked(snippet)}" for snippet in hit.snippets if snippet.field != "title"
        )
        items.append(
            f'<li value="{hit.rank}"><b>{escape(hit.title)}</b><br>'
            f"<small>{escape(details)}</small>{shown}</li>"
        )
    heading = f"{len(results):,} of {results.total:,}: {results.query}"
    return f"<p>{escape(heading)}</p><ol>{''.join(items)}</ol>"


def _marked(snippet: Snippet) -> str:
    parts = []
    last = 0
    for start, end in snippet.spans:
        parts.append(escape(snippet.text[last:start]))
        parts.append(f"<mark>{escape(snippet.text[start:end])}</mark>")
        last = end
    return "".join([*parts, escape(snippet.text[last:])])


def _microseconds(date: datetime) -> int:
    return (date - _EPOCH) // timedelta(microseconds=1)


def _encodable(value: Any) -> Any:
    """A value without halves of characters, which a path may have and Arrow does not take."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value

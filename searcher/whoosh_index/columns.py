"""Columns: the stored value of each document, for Whoosh's sorting, grouping and collapsing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from functools import total_ordering
from typing import Any, NoReturn

from whoosh import columns

from searcher.errors import IndexReadOnlyError

Value = str | datetime | None


class StoredColumn(columns.Column):  # type: ignore[misc]  # Whoosh has no types
    """The type of every column: no bytes of its own, only what is stored."""

    reversible = True

    def default_value(self, reverse: bool = False) -> Value:  # noqa: ARG002 - Whoosh names it
        """What documents without a value have."""
        return None

    def writer(self, dbfile: Any) -> NoReturn:  # noqa: ARG002 - Whoosh names it
        """Refuse."""
        raise IndexReadOnlyError


class ValuesReader(columns.ColumnReader):  # type: ignore[misc]  # Whoosh has no types
    """The values of a segment's documents: text, or dates with their zones; None for none.

    None sorts before every value, and after every value when the column is reversed.
    """

    def __init__(self, values: Sequence[Value], nothing: str | datetime) -> None:
        self._values = values
        self._nothing = nothing
        self._reverse = False

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Value:
        return self._values[docnum]

    def __iter__(self) -> Any:
        return iter(self._values)

    def load(self) -> list[Value]:
        """All values."""
        return list(self._values)

    def set_reverse(self) -> None:
        """From now on, sort keys are in descending order."""
        self._reverse = True

    def sort_key(self, docnum: int) -> str | datetime | Descending:
        """What to sort a document by: see :func:`from_sort_key`."""
        value = self._values[docnum]
        key = self._nothing if value is None else value
        return Descending(key) if self._reverse else key


@total_ordering
class Descending:
    """A key that sorts the other way round."""

    def __init__(self, key: Any) -> None:
        self.key = key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Descending) and bool(self.key == other.key)

    def __lt__(self, other: Descending) -> bool:
        return bool(other.key < self.key)

    def __hash__(self) -> int:
        return hash(self.key)


NO_TEXT = ""
BEFORE_ALL = datetime.min.replace(tzinfo=timezone.utc)


def from_sort_key(key: Any) -> Value:
    """The value of a column, or the value that a sort key stands for."""
    if isinstance(key, Descending):
        key = key.key
    value: Value = key
    return None if value in (NO_TEXT, BEFORE_ALL) else value

"""The fields of the index as Whoosh sees them: what a query parser, a sorter or a hit asks."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from whoosh import analysis, fields, formats

from searcher.errors import IndexInvalidError, IndexOutdatedError, IndexReadOnlyError
from searcher.text.version import VERSION
from searcher.whoosh_index.analysis import WordAnalyzer
from searcher.whoosh_index.columns import StoredColumn, from_sort_key
from searcher.whoosh_index.vocabulary import index_analyser, index_knows

TEXT_FIELDS = ("title", "body", "words")
"""Fields that are analysed; "words" is title and body together, and not stored."""


class _Field:
    """What all fields have in common: how terms and column values become values again."""

    def to_bytes(self, value: Any) -> bytes:
        """The term of a value."""
        if isinstance(value, list | tuple):
            value = value[0]
        encoded: bytes = value if isinstance(value, bytes) else value.encode(errors="surrogatepass")
        return encoded

    def from_bytes(self, value: bytes) -> str:
        """The value of a term."""
        try:
            return bytes(value).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise IndexInvalidError("a term is damaged; run: searcher index --rebuild") from error

    def from_column_value(self, value: Any) -> Any:
        """The value of a column's value or of a sort key."""
        return from_sort_key(value)


class TextField(_Field, fields.TEXT):  # type: ignore[misc]  # Whoosh has no types
    """Text cut into words by the index's analyser; phrases and spans work, though slowly."""


class KeywordField(_Field, fields.KEYWORD):  # type: ignore[misc]  # untyped base
    """Whole values, any number of them in a document; scores are 1."""

    def __init__(self) -> None:
        super().__init__(stored=True, analyzer=analysis.IDAnalyzer())
        self.column_type = StoredColumn()
        self.format = formats.Existence()


class IdField(_Field, fields.ID):  # type: ignore[misc]  # untyped base
    """A whole value, another one in each document."""

    def __init__(self) -> None:
        super().__init__(stored=True, unique=True, sortable=StoredColumn())


class DateField(fields.DATETIME):  # type: ignore[misc]  # untyped base
    """Dates, searched by the clock where they were written, sorted by the moment that they are."""

    def __init__(self) -> None:
        super().__init__(stored=True, sortable=StoredColumn())

    def from_column_value(self, value: Any) -> Any:
        """The date, with its zone, of a column's value or of a sort key; None without a date."""
        return from_sort_key(value)


class IndexSchema(fields.Schema):  # type: ignore[misc]  # untyped base
    """A schema that Whoosh's writers cannot commit."""

    def clean(self) -> None:
        """Whoosh asks for this before it writes a table of contents: refuse."""
        raise IndexReadOnlyError


@lru_cache(maxsize=4)
def index_schema(version: str, lexicon: str, folder: str) -> IndexSchema:
    """The schema of an index, by the version of its analysis, its lexicon, and its folder.

    Raises IndexOutdatedError for another version of the analysis.
    """
    if version != VERSION:
        raise IndexOutdatedError("the index was built by another version; run: searcher index")
    analyzer = WordAnalyzer(
        partial(index_analyser, Path(folder), lexicon), partial(index_knows, Path(folder))
    )
    return IndexSchema(
        title=TextField(analyzer, chars=True, stored=True, sortable=StoredColumn()),
        body=TextField(analyzer, chars=True, stored=True),
        words=TextField(analyzer),
        author=KeywordField(),
        category=KeywordField(),
        source=KeywordField(),
        url=KeywordField(),
        id=IdField(),
        path=IdField(),
        date=DateField(),
    )

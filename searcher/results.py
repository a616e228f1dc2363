"""What a search gives back: plain, frozen data that knows nothing of the index it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, overload


class Snippet(NamedTuple):
    """A piece of an article's own text with the places in it that matched.

    ``spans`` are ``(start, end)`` character offsets in ``text``, end exclusive, sorted and never
    nested.

    >>> snippet = Snippet("title", "拜登与普京视频通话", ((0, 2), (3, 5)))
    >>> [snippet.text[start:end] for start, end in snippet.spans]
    ['拜登', '普京']
    """

    field: str
    """``"title"`` or ``"body"``."""
    text: str
    spans: tuple[tuple[int, int], ...]


class TermFrequency(NamedTuple):
    """A term of an index and the number of articles that have it."""

    term: str
    document_frequency: int


class Suggestion(NamedTuple):
    """A query that may have been meant where one finds nothing, and how many articles it finds.

    ``kind`` is what the slip is: ``"sound"``, ``"character"``, ``"swapped"``, ``"missing"``,
    ``"extra"``, ``"pinyin"``, ``"field"`` (the name of a field) or ``"quoted"``.
    """

    text: str
    kind: str
    articles: int


class Match(NamedTuple):
    """One line of an explanation: what matched where, and its share of the score."""

    term: str
    field: str
    kind: str
    """``"word"``, ``"part"``, ``"alias"``, ``"literal"``, ``"prefix"``, ``"nearness"`` …"""
    score: float
    detail: str = ""


class Hit(NamedTuple):
    """One article that was found; ``rank`` counts from 1 over the whole result."""

    rank: int
    id: str
    path: str
    title: str
    date: datetime | None
    author: str
    source: str
    categories: tuple[str, ...]
    url: str
    score: float
    snippets: tuple[Snippet, ...]
    """One of the title if something in it matched, then up to three of the body."""
    explanation: tuple[Match, ...] = ()
    """Filled on request only; the scores add up to ``score``."""
    relaxed: bool = False
    """Whether the article has only a part of what the query asks for; these come last."""
    duplicates: int = 0
    """How many near-duplicates of it were left out; on request only."""


class Missing(NamedTuple):
    """A part of a query that an article lacks, and the nearest thing to it that it has.

    ``nearest`` is a piece of the article's text, "" when there is nothing like it; ``words`` are
    the words that it was cut into.
    """

    term: str
    nearest: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an article matches a query, or why it does not.

    The scores of ``matches`` add up to ``score``. ``missing`` is empty when ``matched``, unless
    the query is content with less.
    """

    query: str
    id: str
    matched: bool
    score: float
    matches: tuple[Match, ...]
    missing: tuple[Missing, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stats:
    """What is in an index.

    ``words`` counts the different words, ``tokens`` all of them, ``bytes`` the files of the index;
    ``sources`` and ``categories`` are (name, articles), most frequent first.
    """

    articles: int
    words: int
    tokens: int
    segments: int
    bytes: int
    first_date: datetime | None
    last_date: datetime | None
    undated: int
    sources: tuple[tuple[str, int], ...]
    categories: tuple[tuple[str, int], ...]
    built: datetime
    corpora: tuple[str, ...]


class Results(Sequence[Hit]):
    """The hits of one search, best first, with what is to be said about all of them.

    Attributes:
        query: the text searched for.
        total: the number of articles that have all that the query asks for, also of those that
            are not in this sequence.
        took: the time in seconds.
        notes: short remarks for a person. A program asks :attr:`relaxed` instead.
        suggestions: what may have been meant, where next to nothing was found; else empty.

    >>> results = Results([], query="普京", total=0, took=0.001)
    >>> len(results), bool(results), results.total
    (0, False, 0)
    """

    __slots__ = ("_hits", "notes", "query", "suggestions", "took", "total")

    def __init__(
        self,
        hits: Iterable[Hit],
        *,
        query: str,
        total: int,
        took: float,
        notes: Iterable[str] = (),
        suggestions: Iterable[Suggestion] = (),
    ) -> None:
        self._hits = tuple(hits)
        self.query = query
        self.total = total
        self.took = took
        self.notes = tuple(notes)
        self.suggestions = tuple(suggestions)

    @property
    def relaxed(self) -> int:
        """How many of these hits have only a part of what the query asks for.

        They come after the others, where these do not fill the page.
        """
        return sum(hit.relaxed for hit in self._hits)

    @overload
    def __getitem__(self, position: int) -> Hit: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Hit]: ...
    def __getitem__(self, position: int | slice) -> Hit | Sequence[Hit]:
        return self._hits[position]

    def __len__(self) -> int:
        return len(self._hits)

    def to_arrow(self) -> Any:
        """The hits as a table of pyarrow, one row each; dates as instants in UTC.

        Raises ImportError where pyarrow is not installed (the extra "tables").
        """
        import pyarrow

        from searcher.results_tables import arrow_table

        return arrow_table(pyarrow, self._hits)

    def to_pandas(self) -> Any:
        """The hits as a data frame of pandas, one row each; dates as instants in UTC.

        Raises ImportError where pandas is not installed (the extra "tables").

        >>> index.search("普京").to_pandas().groupby("source").size()  # doctest: +SKIP
        """
        import pandas

        from searcher.results_tables import data_frame

        return data_frame(pandas, self._hits)

    def _repr_html_(self) -> str:
        """The hits as a list, for a notebook; what matches is marked."""
        from searcher.results_tables import html_list

        return html_list(self)

    def __repr__(self) -> str:
        return f"<Results {self.query!r}: {len(self)} of {self.total} in {self.took:.4f} s>"

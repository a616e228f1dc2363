"""What the benchmark asks of an engine, and the engines by name.

An engine module is imported when it is asked for, so that a peer that is not installed costs
nothing but its column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from bench.documents import Documents
    from bench.segmenting import Timings
    from searcher.article import Article

Form = Literal["all", "any", "literal", "prefix"]


@dataclass(frozen=True)
class Query:
    """What a user asks, before any engine has looked at it.

    `text` is what is typed: words for "all" and "any", one run of characters for "literal" and
    "prefix" (without quotation marks or asterisk). `since` and `until` are inclusive days.
    """

    form: Form
    text: str
    since: date | None = None
    until: date | None = None
    category: str | None = None
    newest: bool = False
    offset: int = 0
    limit: int = 10


class Hit(NamedTuple):
    """One result as an engine hands it out."""

    title: str
    date: datetime | str | None
    snippet: str  # a piece of the body, matches between <b> and </b>


class Took(NamedTuple):
    """How long something took: seconds by the clock, and of the processor."""

    wall: float
    processor: float


class Missing(ImportError):  # noqa: N818 - reads as what it reports
    """Something that an engine needs and that is no Python package; the message says what."""


class Cannot(Exception):  # noqa: N818 - reads as what it reports
    """This engine has no way to do this; the message says what is missing."""


class Engine(Protocol):
    """An index that can be built, opened, asked and changed."""

    def build(
        self, documents: Documents, folder: Path, timings: Timings, *, processes: int = 1
    ) -> None:
        """Write an index of all articles into an empty folder."""

    def open(self, folder: Path) -> None:
        """Open an index for searching."""

    def search(self, query: Query) -> list[Hit]:
        """Return at most ``query.limit`` hits, best or newest first. Raises Cannot."""

    def count(self, query: Query) -> int:
        """Return how many articles match. Raises Cannot."""

    def update(self, article: Article, documents: Documents, *, by_listing: bool = False) -> None:
        """Replace one article; searches see the new one afterwards. Raises Cannot.

        `documents` holds the changed article as well, for engines that compare collections when
        `by_listing` tells them to find out by themselves what has changed.
        """

    def close(self) -> None:
        """Let go of files and threads."""


class Elsewhere(Engine, Protocol):
    """An engine that answers from a process of its own, and says itself how long that took.

    What goes through the pipe between the processes is no part of its speed.
    """

    warm: int  # queries of a row that it is asked before the clock counts
    helper_peak: int  # bytes that the other process ever had resident, known once it is closed

    def took(self) -> Took:
        """Return what the last search, count or update took, cutting of the query included."""


class Kind(NamedTuple):
    """An engine as the report names it."""

    module: str
    packages: tuple[str, ...]  # distributions whose versions the report gives
    about: str


KINDS = {
    "searcher": Kind("ours", ("searcher", "whoosh", "rjieba", "numpy"), "this project"),
    "whoosh": Kind(
        "whoosh_tutorial",
        ("whoosh", "jieba"),
        "jieba's ChineseAnalyzer, MultifieldParser, Hit.highlights",
    ),
    "tantivy": Kind(
        "tantivy_rjieba", ("tantivy", "rjieba"), "rjieba words, SnippetGenerator, one thread"
    ),
    "tantivy+chars": Kind(
        "tantivy_characters",
        ("tantivy", "rjieba"),
        "the same and single characters: exact literals",
    ),
    "tantivy+re": Kind(
        "tantivy_re",
        ("tantivy", "rjieba"),
        "rjieba words, the sentence around the first match cut in Python by re",
    ),
    "lucene": Kind(
        "lucene_words",
        ("rjieba",),
        "rjieba words, UnifiedHighlighter, warm (10,000 queries of a row before the clock counts), "
        "by its own clock: without the pipe to it",
    ),
    "groonga": Kind(
        "groonga_bigrams",
        (),
        "bigrams: every query is of strings; tf-idf, snippet_html, by its own clock",
    ),
    "sqlite": Kind("sqlite_fts5", ("rjieba",), "rjieba words, FTS5, bm25(), snippet()"),
    "sqlite+trigram": Kind(
        "sqlite_trigram",
        ("rjieba",),
        "the same and a trigram table: exact literals of three or more characters",
    ),
    "bm25s": Kind("bm25s_numpy", ("bm25s", "rjieba", "numpy"), "rjieba words, numpy backend"),
}


def load(name: str) -> Engine:
    """Return a new engine.

    Raises:
        ImportError: a Python package that it needs is not installed.
        Missing: some other thing that it needs is not there.
    """
    module = import_module(f"bench.engines.{KINDS[name].module}")
    return cast(Callable[[], Engine], module.engine)()

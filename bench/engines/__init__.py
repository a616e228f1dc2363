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

    def update(self, article: Article, documents: Documents) -> None:
        """Replace one article; searches see the new one afterwards. Raises Cannot.

        `documents` holds the changed article as well, for engines that compare collections.
        """

    def close(self) -> None:
        """Let go of files and threads."""


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
    "sqlite": Kind("sqlite_fts5", ("rjieba",), "rjieba words, FTS5, bm25(), snippet()"),
    "bm25s": Kind("bm25s_numpy", ("bm25s", "rjieba", "numpy"), "rjieba words, numpy backend"),
}


def load(name: str) -> Engine:
    """Return a new engine. Raises ImportError when something it needs is not installed."""
    module = import_module(f"bench.engines.{KINDS[name].module}")
    return cast(Callable[[], Engine], module.engine)()

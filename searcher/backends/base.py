"""What an engine must offer to be searched: the protocol between the library and an engine.

A search asks in this order: which terms there are (:meth:`ReadBackend.statistics`), which documents
are best for a weighted plan (:meth:`ReadBackend.best`), and their stored texts
(:meth:`ReadBackend.fetch`). The library parses, plans, ranks the best again by proximity, and cuts
snippets. The embedded engine answers from memory maps; another one may answer by requests, which is
why documents are named by opaque references and several things are asked for at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from searcher.explore.matches import SegmentMatches
    from searcher.query.clauses import Clause, Leaf, LiteralClause
    from searcher.results import Stats
    from searcher.search.collect import Collector
    from searcher.sources import Source
    from searcher.text.analyser import Analyser

DocRef: TypeAlias = int
"""A document of an opened index, as its engine counts; it means nothing to another one."""

Sort: TypeAlias = Literal["relevance", "newest", "oldest"]


class WeightedPlan(NamedTuple):
    """A plan with the weights of what adds to the score, by frequencies over the whole index.

    Attributes:
        plan: which documents match.
        leaves: what may add to their scores; a leaf's number is its place here.
        weights: beside ``leaves``; 1.0 for leaves that are not weighed.
        bigram_weights: of all pairs of characters in bigram clauses.
    """

    plan: Clause
    leaves: Sequence[Leaf]
    weights: Sequence[float]
    bigram_weights: Mapping[str, float]


class TopRequest(NamedTuple):
    """Which documents are wanted.

    Attributes:
        wanted: how many, at least 1.
        sort: by score, or by date; ties are broken by date (newer first), then by id.
        fresh: days after which half of the gain of newer documents is gone; None for no gain.
    """

    wanted: int
    sort: Sort = "relevance"
    fresh: float | None = None


class ScoredDoc(NamedTuple):
    """A document found: ``date`` is in seconds since 1970, ``proximity`` is part of ``score``."""

    ref: DocRef
    score: float
    date: int
    proximity: float = 0.0


class TopDocs(NamedTuple):
    """The best documents in order, and how many match in all."""

    docs: list[ScoredDoc]
    total: int


class StoredDocument(NamedTuple):
    """What is stored of a document.

    Attributes:
        raw: text, token boundaries and stored fields: :mod:`searcher.store.stored_documents`.
        title_length: of the title, in UTF-16 units.
        date: seconds since 1970, or :data:`searcher.store.dates.NO_DATE`.
        utc_offset: minutes east of UTC.
        length: in tokens.
    """

    raw: bytes
    title_length: int
    date: int
    utc_offset: int
    length: int


class Contribution(NamedTuple):
    """What one leaf of a plan adds to the score of a document; ``leaf`` is its number."""

    leaf: int
    name: str
    kind: str
    score: float


class Statistics(Protocol):
    """Frequencies over the whole index, without deleted documents."""

    @property
    def documents(self) -> int:
        """The number of documents."""

    def term_df(self, term: str) -> int:
        """How many documents have a term."""

    def literal_df(self, clause: LiteralClause) -> int:
        """How many documents contain the string of a clause, its synonyms left aside."""

    def bigram_df(self, bigram: str) -> int:
        """How many documents have two adjacent UTF-16 units."""

    def look_up(self, clauses: Iterable[Clause] = (), bigrams: Iterable[str] = ()) -> None:
        """Say what will be asked for of some clauses and pairs, so that it is asked for at once."""


class Matches(Protocol):
    """All matches of a query, for counting.

    Attributes:
        plan: what matched, with its weights; None where there is nothing to search for.
        notes: what is to be said about the query.
    """

    plan: WeightedPlan | None
    notes: tuple[str, ...]

    def __len__(self) -> int:
        """How many there are."""

    def refs(self) -> Iterator[DocRef]:
        """The references of all matches."""

    def refs_by_date(self) -> list[DocRef]:
        """The references of all matches, newest first; undated ones come last."""

    def days(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The days of dated matches, from 1970-01-01, ascending, and how many each has.

        A day is the day where the article was written, as it is for ``date:`` in a query.
        """

    def keyword_counts(self, field: str) -> tuple[dict[str, int], int]:
        """How many matches have each value of a keyword field, and how many have none."""

    @property
    def parts(self) -> Sequence[SegmentMatches]:
        """The matches of each segment. Raises QueryError where the engine has no segments here."""


class ReadBackend(Protocol):
    """One commit of an index, opened for reading."""

    average_length: float
    """Tokens of a document."""
    notes: tuple[str, ...]
    """What whoever searches should know, such as that the lexicon has changed."""
    folding: memoryview
    """The folding of UTF-16 units, uint16 (65536,)."""
    deadline: float
    """The moment of :func:`time.monotonic` after which it raises TimeLimitError."""
    by_requests: bool
    """Whether each answer is a request to another machine, so that few are better than many.

    A search then says what may follow (:meth:`expect`), and looks for no suggestions by itself.
    """

    def __len__(self) -> int:
        """The number of documents, without deleted ones."""

    def guard(self) -> AbstractContextManager[None]:
        """Errors that a damaged index causes in this context become IndexInvalidError."""

    def commit_name(self) -> str:
        """A text that names the commit; no other commit of the folder has it."""
        ...

    def is_current(self) -> bool:
        """Whether there is no newer commit."""

    def is_whole(self) -> bool:
        """Whether all that was there when it was opened still is."""

    def statistics(self, terms: Callable[[], Iterable[str]]) -> Statistics:
        """The frequencies of terms. ``terms()`` gives those that planning will ask for."""

    def analyser(self) -> Analyser:
        """The analyser that the index was built with."""

    def lexicon_files(self) -> tuple[str, ...]:
        """The user's lexicon files that the index was built with, absolute."""

    def synonyms(self, folded: str) -> tuple[str, ...]:
        """All names of the thing with this folded name, as written; empty if there are none."""

    def expect(self, asked: Sequence[tuple[WeightedPlan, TopRequest]]) -> None:
        """Say which calls of :meth:`best` are likely to follow, so that they are asked at once."""

    def best(self, plan: WeightedPlan, request: TopRequest) -> TopDocs:
        """The best documents for a plan."""

    def count(self, clause: Clause) -> int:
        """How many documents match."""

    def collect(self, clause: Clause, collectors: Sequence[Collector]) -> None:
        """Tell collectors of all documents that match, segment by segment.

        Raises QueryError where the engine has no segments here.
        """

    def match_set(self, plan: WeightedPlan, notes: tuple[str, ...]) -> Matches | None:
        """All matches of a plan, counted by the engine; None where it tells collectors of them.

        ``notes``: what is to be said about the query.
        """

    def matches(self, ref: DocRef, clause: Clause) -> bool:
        """Whether a document matches."""

    def contributions(self, ref: DocRef, plan: WeightedPlan) -> list[Contribution]:
        """What the leaves of a plan add to the score of a document, in order of the leaves."""

    def fetch(self, refs: Sequence[DocRef]) -> list[StoredDocument]:
        """The stored documents."""

    def locate(self, id_or_path: str) -> DocRef | None:
        """The document with an id, the only one whose id begins so, or the one with a path.

        Raises QueryError when several ids begin so.
        """

    def refs(self) -> Iterator[DocRef]:
        """All documents, in the order in which they were added."""

    def terms(self, prefix: str) -> Iterator[tuple[str, int]]:
        """The terms that begin with a folded text, in order, with their document frequencies."""

    def stats(self) -> Stats:
        """What is in the index."""

    def sources(self) -> tuple[tuple[Source, int], ...]:
        """The sources of the index, and how many documents each has."""

    def check(self) -> list[str]:
        """What is wrong with the index, one line each; reads all of it."""

    def check_texts(self, sample: int | None) -> list[str]:
        """What the index says of its documents that their texts, analysed anew, do not.

        One line each; ``sample``: the number of documents to look at, evenly chosen; None for all.
        """

    def close(self) -> None:
        """Let go of files or connections."""

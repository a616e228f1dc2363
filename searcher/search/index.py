"""The opened index: searching, fetching, explaining. What :func:`searcher.open_index` gives."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from searcher.errors import IndexInvalid, IndexOutdated, QueryError, SearcherError
from searcher.index.contents import NO_DATE, read_date
from searcher.index.manifest import Manifest, latest_generation, read_manifest
from searcher.index.names import Names
from searcher.index.segment import Segment
from searcher.results import Hit, Results
from searcher.search import plan as p
from searcher.search import syntax
from searcher.search.evaluate import SegmentSearch, Weights
from searcher.search.expand import FEEDBACK_DOCUMENTS, expanded
from searcher.search.language import parse
from searcher.search.periods import NotADate, read_period
from searcher.search.plan import Planner
from searcher.search.rank import FRESHNESS, NEARNESS, WINDOW
from searcher.search.reading import DocumentText
from searcher.search.snippets import Marker, forms_of
from searcher.text.analysis import VERSION
from searcher.text.lexicon import fingerprint, lexicon_files

if TYPE_CHECKING:
    from searcher.article import Article
    from searcher.results import Explanation, Stats
    from searcher.text.analysis import Analyser

Sort = Literal["relevance", "newest", "oldest"]

LEXICON_CHANGED = "the lexicon has changed since the index was built; run: searcher index"
FALLBACK = "nothing has all the words; showing articles with any of them"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a search, checked: see :meth:`Index.search`."""

    limit: int = 10
    offset: int = 0
    sort: Sort = "relevance"
    since: str | date | None = None
    until: str | date | None = None
    category: str | None = None
    author: str | None = None
    any: bool = False
    aliases: bool = True
    expand: bool = False
    fresh: float | None = None
    explain: bool = False
    snippets: bool = True

    def __post_init__(self) -> None:
        for name in ("limit", "offset"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 0:
                raise QueryError(f"{name} must be 0 or more, not {value!r}")
        for name in ("category", "author"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise QueryError(f"{name} must be text, not {value!r}")
        for name in ("since", "until"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str | date):
                raise QueryError(f"{name} must be a date or text, not {value!r}")
        if self.sort not in ("relevance", "newest", "oldest"):
            raise QueryError(f"sort must be relevance, newest or oldest, not {self.sort!r}")
        if self.fresh is not None and (
            not isinstance(self.fresh, int | float) or not 0 < self.fresh < float("inf")
        ):
            raise QueryError(f"fresh must be a number of days above 0, not {self.fresh!r}")


@dataclass(frozen=True, slots=True)
class Found:
    """A document found: its segment's place, its number there, its score."""

    segment: int
    number: int
    score: float


class Snapshot:
    """The segments of one commit, opened."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        from searcher.index.writer import read_bitmap

        if manifest.analysis != VERSION:
            raise IndexOutdated("the index was built by another version; run: searcher index")
        self.manifest = manifest
        self.notes: tuple[str, ...] = ()
        if (
            fingerprint(lexicon_files(filter(os.path.isfile, manifest.lexicon_files)))
            != manifest.lexicon
        ):
            self.notes = (LEXICON_CHANGED,)
        self.segments: list[SegmentSearch] = []
        for entry in manifest.segments:
            segment = Segment(folder / entry.file)
            if len(segment) != entry.documents:
                raise IndexInvalid(f"{entry.file} is damaged; run: searcher index --rebuild")
            alive = ~read_bitmap(entry.deleted, entry.documents) if entry.deleted else None
            self.segments.append(SegmentSearch(segment, alive))
        self.names = Names(folder / manifest.lexicon_name)
        self.documents = sum(s.size for s in self.segments)
        words = sum(s.length_sum for s in self.segments)
        self.average = words / self.documents if self.documents else 1.0
        for s in self.segments:
            s.prepare(self.average)

    @contextmanager
    def sound(self) -> Iterator[None]:
        """Turn errors that damaged files cause into IndexInvalid."""
        try:
            yield
        except (IndexError, ValueError, OverflowError, KeyError, MemoryError) as error:
            if not any(s.segment.layout.check() for s in self.segments):
                raise
            raise IndexInvalid("the index is damaged; run: searcher index --rebuild") from error

    def locate(self, id_or_path: str) -> tuple[Segment, int] | None:
        """The segment and number of the article with an id, the beginning of one, or a path."""
        matches: dict[str, tuple[Segment, int]] = {}
        for s in self.segments:
            facet = s.segment.facets["id"]
            first, stop = facet.terms.prefix(id_or_path.encode("utf-8", "surrogatepass"))
            for number in range(first, min(stop, first + 1000)):
                for document in facet.docs(number).tolist():
                    if s.alive is None or s.alive[document]:
                        matches[facet.terms.term(number).decode()] = s.segment, document
        if id_or_path in matches:
            return matches[id_or_path]
        if len(matches) > 1:
            some = ", ".join(sorted(matches)[:3])
            raise QueryError(f"several ids begin with {id_or_path!r} ({some} ...); give more of it")
        if matches:
            return next(iter(matches.values()))
        for s in self.segments:
            for document in range(s.size):
                if (s.alive is None or s.alive[document]) and s.segment.card(
                    document
                ).path == id_or_path:
                    return s.segment, document
        return None

    def close(self) -> None:
        """Let go of the files."""
        for s in self.segments:
            s.segment.close()
        self.names.close()


def open_snapshot(folder: Path) -> Snapshot:
    """Open the newest commit."""
    for _ in range(10):
        generation = latest_generation(folder)
        try:
            return Snapshot(folder, read_manifest(folder))
        except IndexInvalid:
            # Another process may have committed meanwhile and removed what this one was opening.
            if latest_generation(folder) == generation:
                raise
    return Snapshot(folder, read_manifest(folder))


class Index:
    """An index opened for searching; a context manager. It answers from the commit it opened.

    Raises IndexMissing, IndexInvalid or IndexOutdated when opened on what is no usable index.
    """

    def __init__(self, path: str | os.PathLike[str] = "index") -> None:
        self.path = Path(path)
        self._snapshot = open_snapshot(self.path)

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __len__(self) -> int:
        """The number of articles."""
        return sum(
            s.size if s.alive is None else int(s.alive.sum()) for s in self._snapshot.segments
        )

    def close(self) -> None:
        """Let go of the files."""
        self._snapshot.close()

    def refresh(self) -> bool:
        """Go on to the newest commit; whether there was a newer one."""
        if latest_generation(self.path) == self._snapshot.manifest.generation:
            return False
        old, self._snapshot = self._snapshot, open_snapshot(self.path)
        old.close()
        return True

    def search(self, query: str, **options: Any) -> Results:
        """The best articles for a query."""
        started = time.perf_counter()
        chosen = Options(**options)
        if not isinstance(query, str):
            raise QueryError(f"a query must be text, not {query!r}")
        search = _Search(self._snapshot, self._analyser, query, chosen)
        with self._snapshot.sound():
            hits = search.run()
        return Results(
            hits,
            query=query,
            total=search.total,
            took=time.perf_counter() - started,
            notes=search.notes,
        )

    def count(self, query: str, **options: Any) -> int:
        """How many articles match."""
        return self.search(query, limit=0, **options).total

    def batch(
        self, queries: Iterable[str | Mapping[str, Any]], **defaults: Any
    ) -> Iterator[Results | SearcherError]:
        """Search for one query after another."""
        for query in queries:
            try:
                if isinstance(query, str):
                    yield self.search(query, **defaults)
                else:
                    yield self.search(**{**defaults, **query})
            except SearcherError as error:
                yield error
            except TypeError as error:
                yield QueryError(f"not a query with options that there are: {error}")

    def get(self, id_or_path: str) -> Article | None:
        """The article with this id or path, or the one whose id begins so; None if there is none.

        Raises QueryError when several ids begin so.
        """
        from searcher.article import Article

        found = self._snapshot.locate(id_or_path)
        if found is None:
            return None
        segment, number = found
        card = segment.card(number)
        text = DocumentText(segment, number)
        return Article(
            id=card.id,
            path=card.path,
            title=card.title,
            body=text.piece(text.title_length + 1, text.length - 1),
            date=read_date(int(segment.dates[number]), int(segment.zones[number])),
            author=card.author,
            source=card.source,
            categories=card.categories,
            url=card.url,
        )

    def explain(self, query: str, id: str, **options: Any) -> Explanation:  # noqa: A002
        """Why an article matches a query, or which part of it is missing and what comes nearest.

        Raises QueryError when there is no such article.
        """
        from searcher.search.explain import explain

        found = self._snapshot.locate(id)
        if found is None:
            raise QueryError(f"no article has the id or path {id!r}; searcher search shows ids")
        return explain(self._snapshot, self._analyser, query, found, Options(**options))

    def highlight(self, query: str, text: str) -> tuple[tuple[int, int], ...]:
        """Where a query matches in any text: spans (start, end) in characters."""
        from searcher.search.highlight import highlight

        return highlight(self._snapshot, self._analyser, query, text)

    def stats(self) -> Stats:
        """What is in the index."""
        from searcher.search.inspect import stats

        return stats(self.path, self._snapshot)

    def check(self) -> list[str]:
        """Read the whole index; what is wrong with it, one line each. Empty when it is sound."""
        from searcher.search.inspect import check

        return check(self._snapshot)

    def _analyser(self) -> Analyser:
        return _analyser(self._snapshot.manifest.lexicon_files)


def open_index(path: str | os.PathLike[str] = "index") -> Index:
    """Open an index for searching.

    Raises IndexMissing, IndexInvalid or IndexOutdated.

    >>> with open_index("index") as index:  # doctest: +SKIP
    ...     print(index.search("拜登 普京").total)
    """
    return Index(path)


@lru_cache(maxsize=4)
def _analyser(files: Sequence[str]) -> Analyser:
    from searcher.text.analysis import Analyser
    from searcher.text.lexicon import load_lexicon

    return Analyser(load_lexicon(file for file in files if Path(file).is_file()))


class _Search:
    """One search on one snapshot."""

    def __init__(self, snapshot: Snapshot, analyser: Any, query: str, options: Options) -> None:
        self._snapshot = snapshot
        self._segments = snapshot.segments
        self._analyser = analyser
        self._options = options
        self._query = query
        self.total = 0
        self.notes: tuple[str, ...] = ()

    def run(self) -> list[Hit]:
        options = self._options
        tree, notes = parse(self._query)
        self.notes = notes = (*self._snapshot.notes, *notes)
        tree = self._filtered(tree)
        if tree is None:
            return []
        planner = Planner(self._knows, self._snapshot.names.others, self._analyser)
        plan = planner.plan(tree, any_word=options.any, aliases=options.aliases)
        found = self._find(plan)
        # A count says how many articles match the query as it stands.
        if not self.total and not options.any and options.limit:
            looser = planner.plan(tree, any_word=True, aliases=options.aliases)
            if looser != plan:
                found = self._find(looser)
                if self.total:
                    plan = looser
                    self.notes = (*notes, FALLBACK)
        if not options.limit:
            return []
        if options.expand and options.sort == "relevance" and found:
            plan = expanded(plan, self._texts(found), self._analyser(), self._df, len(self))
            found = self._find(plan)
        return self._hits(plan, found[options.offset :])

    def __len__(self) -> int:
        return self._snapshot.documents

    def _df(self, term: str) -> int:
        return sum(s.df(term) for s in self._segments)

    def _texts(self, found: Sequence[Found]) -> list[str]:
        """The texts of the best documents."""
        texts = []
        for hit in found[:FEEDBACK_DOCUMENTS]:
            text = DocumentText(self._segments[hit.segment].segment, hit.number)
            texts.append(text.piece(0, text.length - 1))
        return texts

    def _knows(self, term: str) -> bool:
        return any(s.find(term) >= 0 for s in self._segments)

    def _filtered(self, tree: syntax.Node | None) -> syntax.Node | None:
        options = self._options
        parts: list[syntax.Node] = []
        if options.since is not None or options.until is not None:
            parts.append(syntax.Dates(_day(options.since, 0), _day(options.until, 1)))
        if options.category:
            parts.append(syntax.Words(options.category, "category"))
        if options.author:
            parts.append(syntax.Words(options.author, "author"))
        if not parts or tree is None:
            return tree
        own = tree.parts if isinstance(tree, syntax.And) else (tree,)
        return syntax.And((*own, *parts))

    def _find(self, plan: p.Plan) -> list[Found]:
        """The documents to show, best first; counts all that match."""
        options = self._options
        wanted = options.offset + options.limit
        weights = Weights(plan, self._segments, self._snapshot.documents)
        self._weights = weights
        relevance = options.sort == "relevance"
        least = max(WINDOW, FEEDBACK_DOCUMENTS if options.expand else 0)
        depth = max(wanted, least) if relevance and wanted else wanted
        self.total = 0
        found: list[tuple[float, int, int, int]] = []
        for place, s in enumerate(self._segments):
            documents = s.documents(plan)
            self.total += len(documents)
            if not depth or not len(documents):
                continue
            scores = s.score(documents, weights)
            if relevance:
                if options.fresh is not None:
                    scores *= self._freshness(s.segment.dates[documents])
                best = _best(scores, s.segment.recency, documents, depth)
            else:
                order = s.segment.recency[documents].astype(np.int64)
                if options.sort == "oldest":
                    # Undated articles come last either way; ties by id, as recency has them.
                    dates = s.segment.dates[documents]
                    order = np.lexsort((order, dates, dates == NO_DATE))
                    best = order[:depth]
                else:
                    best = np.argsort(order)[:depth]
            for at in best.tolist():
                found.append((float(scores[at]), place, int(documents[at]), at))
        hits = [Found(place, number, score) for score, place, number, _ in found]
        if relevance:
            hits.sort(key=lambda f: (-f.score, *self._tie(f)))
            hits = self._reranked(plan, hits)
        elif options.sort == "newest":
            hits.sort(key=self._tie)
        else:
            hits.sort(key=lambda f: ((d := self._date(f)) == NO_DATE, d, self._tie(f)[1]))
        return hits[:wanted]

    def _freshness(self, dates: Any) -> Any:
        """Factors by age; undated articles gain nothing."""
        age = np.maximum(time.time() - dates, 0) / 86400
        factors = 1 + FRESHNESS * 0.5 ** np.minimum(age / self._options.fresh, 1000.0)
        return factors.astype(np.float32)

    def _date(self, found: Found) -> int:
        return int(self._segments[found.segment].segment.dates[found.number])

    def _tie(self, found: Found) -> tuple[int, str]:
        """Newer first, then by id."""
        segment = self._segments[found.segment].segment
        return -int(segment.dates[found.number]), segment.card(found.number).id

    def _reranked(self, plan: p.Plan, found: list[Found]) -> list[Found]:
        """The best ones with what their best sentence adds."""
        self._marker = marker = Marker(forms_of(self._weights.leaves, self._weights), self._parts)
        self._read: dict[tuple[int, int], Any] = {}
        if sum(weight > 0 for weight in marker.weights) < 2:
            return found
        near = []
        for hit in found[:WINDOW]:
            text = DocumentText(self._segments[hit.segment].segment, hit.number)
            places, sentences = marker.read(text)
            self._read[hit.segment, hit.number] = text, places, sentences
            bonus = NEARNESS * marker.nearness(places, sentences)
            near.append(Found(hit.segment, hit.number, hit.score + bonus))
        near.sort(key=lambda f: (-f.score, *self._tie(f)))
        return [*near, *found[WINDOW:]]

    def _parts(self, word: str) -> Iterable[tuple[int, int]]:
        parts: Iterable[tuple[int, int]] = self._analyser().segmenter.parts(word)
        return parts

    def _hits(self, plan: p.Plan, found: list[Found]) -> list[Hit]:
        options = self._options
        if options.sort != "relevance":
            self._marker = Marker(forms_of(self._weights.leaves, self._weights), self._parts)
            self._read = {}
        hits = []
        for rank, hit in enumerate(found, options.offset + 1):
            segment = self._segments[hit.segment].segment
            card = segment.card(hit.number)
            snippets: tuple[Any, ...] = ()
            if options.snippets:
                known = self._read.get((hit.segment, hit.number))
                if known is None:
                    text = DocumentText(segment, hit.number)
                    known = text, *self._marker.read(text)
                snippets = self._marker.snippets(*known)
            moment = read_date(int(segment.dates[hit.number]), int(segment.zones[hit.number]))
            hits.append(
                Hit(
                    rank, card.id, card.path, card.title, moment, card.author, card.source,
                    card.categories, card.url, hit.score, snippets,
                )
            )  # fmt: skip
        return hits


def _best(
    scores: np.ndarray[Any, Any], recency: Any, documents: Any, count: int
) -> np.ndarray[Any, Any]:
    """Places of the best ``count`` scores, best first; ties by recency."""
    if len(scores) > 4 * count:
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        places = np.flatnonzero(scores >= least)
    else:
        places = np.arange(len(scores))
    order = np.lexsort((recency[documents[places]], -scores[places]))
    best: np.ndarray[Any, Any] = places[order[:count]]
    return best


def _day(value: str | date | None, end: int) -> date | None:
    if value is None or isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    period = read_period(value)
    if isinstance(period, NotADate):
        raise QueryError(f"not a date: {period.reason}")
    return period.until if end else period.since

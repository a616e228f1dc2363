"""The opened index: searching, fetching, explaining. What :func:`searcher.open_index` gives."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from searcher.api.exploring import Exploring
from searcher.api.option_keywords import with_options
from searcher.api.search import Search
from searcher.api.suggesting import Suggesting, check_text
from searcher.backends.local import LocalBackend, open_local
from searcher.engines import engine_of, is_folder
from searcher.errors import QueryError, SearcherError
from searcher.query.options import SearchOptions
from searcher.results import Results
from searcher.search.texts import StoredText, title_and_body
from searcher.store.dates import read_date
from searcher.store.stored_documents import decode_fields

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from searcher.article import Article
    from searcher.backends.base import ReadBackend, StoredDocument
    from searcher.query.options import SearchKeywords, Sort
    from searcher.results import Explanation, Stats, Suggestion
    from searcher.sources import Source

ARTICLES_AT_ONCE = 64
"""The number of articles read at a time where all are."""

_QUOTES = frozenset('"“”「」『』《》＂')


class Index(Exploring, Suggesting):
    """An index opened for searching; a context manager. It answers from the commit it opened.

    Raises:
        IndexNotFoundError, IndexInvalidError, IndexOutdatedError: there is no usable index.
    """

    def __init__(self, path: str | os.PathLike[str] = "index", *, partial: bool = False) -> None:
        self.path: Path | str = Path(path).absolute() if is_folder(path) else str(path)
        self._partial = partial
        self._backend: ReadBackend = self._opened()

    def _opened(self) -> ReadBackend:
        if isinstance(self.path, Path):
            return open_local(self.path)
        engine = engine_of(self.path)
        if engine is None:
            raise QueryError(f"{self.path!r} is no index")
        return engine.open_reader(self.path, partial=self._partial)

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
        return len(self._backend)

    def __iter__(self) -> Iterator[Article]:
        """All articles, in the order in which the index holds them.

        >>> [article.title for article in index]  # doctest: +SKIP
        ['拜登与普京举行视频通话', '北京冬奥会开幕']
        """
        backend = self._backend
        with backend.guard():
            refs = backend.refs()
            while some := [*islice(refs, ARTICLES_AT_ONCE)]:
                yield from map(_article, backend.fetch(some))

    def __contains__(self, id_or_path: object) -> bool:
        """Whether an article has just this id or this path.

        >>> "2021/call.md" in index  # doctest: +SKIP
        True
        """
        if not isinstance(id_or_path, str):
            return False
        try:
            article = self.get(id_or_path)
        except QueryError:  # the beginning of several ids
            return False
        return article is not None and id_or_path in (article.id, article.path)

    def close(self) -> None:
        """Let go of the files."""
        self._backend.close()

    def is_whole(self) -> bool:
        """Whether no file of it has been cut in place since it was opened.

        To read what is missing would end the process with SIGBUS, so a server asks before each
        answer. Another commit, which :meth:`refresh` goes on to, has files of its own.

        >>> index.is_whole()  # doctest: +SKIP
        True
        """
        return self._backend.is_whole()

    @contextmanager
    def time_limit(self, seconds: float) -> Iterator[None]:
        """Give up what is asked in this context when it takes longer than ``seconds``.

        It is looked at the time before each segment and each batch of texts, so an answer may come
        a little later. What the index keeps from question to question stays as it is.

        Raises:
            TimeLimitError: the time is over.

        >>> with index.time_limit(0.5):  # doctest: +SKIP
        ...     index.duplicates()
        """
        backend = self._backend
        backend.deadline = time.monotonic() + seconds
        try:
            yield
        finally:
            backend.deadline = math.inf

    def refresh(self) -> bool:
        """Go on to the newest commit; whether there was a newer one."""
        if self._backend.is_current():
            return False
        self._suggester = None
        old = self._backend
        if isinstance(old, LocalBackend) and isinstance(self.path, Path):
            # What both commits have stays open.
            newer = open_local(self.path, old)
            old.close(newer)
            self._backend = newer
        else:
            self._backend = self._opened()
            old.close()
        return True

    @property
    def commit(self) -> str:
        """A text that names the commit it answers from: another commit has another one."""
        return self._backend.commit_name()

    @with_options
    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        sort: Sort = "relevance",
        since: str | date | None = None,
        until: str | date | None = None,
        category: str | None = None,
        author: str | None = None,
        source: str | None = None,
        any: bool = False,  # noqa: A002 - the option's name
        strict: bool = False,
        aliases: bool = True,
        expand: bool = False,
        fresh: float | None = None,
        explain: bool = False,
        snippets: bool = True,
        unique: bool = False,
    ) -> Results:
        """The best articles for a query, with what matched in them.

        docs/query-language.md says how the query is read; whatever it is, it is no error. Where the
        articles that have all of it do not fill the page, those with most of it follow, which
        :attr:`Hit.relaxed` and :attr:`Results.relaxed` say; ``strict`` leaves these out.
        ``explain`` fills :attr:`Hit.explanation`, ``snippets`` :attr:`Hit.snippets`, ``unique``
        :attr:`Hit.duplicates`.

        Raises:
            QueryError: an option makes no sense.
            IndexInvalidError: files of the index are damaged.

        >>> index.search("拜登 普京", limit=3, since="2021-12")  # doctest: +SKIP
        <Results '拜登 普京': 1 of 1 in 0.0006 s>
        """
        started = time.perf_counter()
        options = SearchOptions(
            limit=limit,
            offset=offset,
            sort=sort,
            since=since,
            until=until,
            category=category,
            author=author,
            source=source,
            any=any,
            strict=strict,
            aliases=aliases,
            expand=expand,
            fresh=fresh,
            explain=explain,
            snippets=snippets,
            unique=unique,
        )
        return self._search(query, options, started)

    def _search(self, query: str, options: SearchOptions, started: float) -> Results:
        check_text("a query", query)
        search = Search(self._backend, query, options)
        with self._backend.guard():
            hits = search.run()
        suggestions: tuple[Suggestion, ...] = ()
        # They take longer than the search; whoever quotes a string means that string.
        if search.has_unknown_word and _QUOTES.isdisjoint(query) and not self._backend.by_requests:
            suggestions = self.suggest(query)
        took = time.perf_counter() - started
        return Results(
            hits,
            query=query,
            total=search.total,
            took=took,
            notes=search.notes,
            suggestions=suggestions,
        )

    @with_options
    def count(
        self,
        query: str,
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        category: str | None = None,
        author: str | None = None,
        source: str | None = None,
        any: bool = False,  # noqa: A002 - the option's name
        aliases: bool = True,
    ) -> int:
        """How many articles match a query as it stands.

        Raises:
            QueryError: an option makes no sense.
            IndexInvalidError: files of the index are damaged.

        >>> index.count("拜登 普京")  # doctest: +SKIP
        5
        """
        options = SearchOptions(
            limit=0,
            since=since,
            until=until,
            category=category,
            author=author,
            source=source,
            any=any,
            aliases=aliases,
        )
        check_text("a query", query)
        with self._backend.guard():
            return Search(self._backend, query, options).count()

    def batch(
        self,
        queries: Iterable[str | Mapping[str, Any]],
        **defaults: Unpack[SearchKeywords],
    ) -> Iterator[Results | SearcherError]:
        """Search for one query after another; answers come in order, as they are found.

        Args:
            queries: each is text, or a mapping with "query" and options of :meth:`search`. A query
                that cannot be answered gives its error as a value.
            defaults: options of :meth:`search`, for the queries that do not have them.

        Raises:
            QueryError: a default makes no sense, or ``queries`` is one text.

        >>> [answer.total for answer in index.batch(["拜登", "普京"])]  # doctest: +SKIP
        [12, 6]
        """
        if isinstance(queries, str):
            raise QueryError("queries must be a list of queries, not one text; use search")
        options = SearchOptions.of(defaults)
        return (self._answer(query, defaults, options) for query in queries)

    def _answer(
        self, query: str | Mapping[str, Any], defaults: Mapping[str, Any], options: SearchOptions
    ) -> Results | SearcherError:
        started = time.perf_counter()
        try:
            if not isinstance(query, Mapping):
                return self._search(query, options, started)
            own = {**defaults, **{str(name): value for name, value in query.items()}}
            text = own.pop("query", None)
            return self._search(text, SearchOptions.of(own), started)
        except SearcherError as error:
            return error

    def get(self, id_or_path: str) -> Article | None:
        """The article with this id or path, or the one whose id begins so; None if there is none.

        Raises:
            QueryError: several ids begin so.
        """
        check_text("an id or path", id_or_path)
        with self._backend.guard():
            ref = self._backend.locate(id_or_path)
            return None if ref is None else _article(*self._backend.fetch([ref]))

    @with_options
    def explain(
        self,
        query: str,
        id: str,  # noqa: A002 - what the field is called
        *,
        any: bool = False,  # noqa: A002 - the option's name
        aliases: bool = True,
    ) -> Explanation:
        """Why an article matches a query, or which part of it is missing and what comes nearest.

        Args:
            query: as for :meth:`search`.
            id: the id or the path of an article, or the beginning of its id.

        Raises:
            QueryError: there is no such article, or an option makes no sense.
        """
        from searcher.api.explain import explain

        options = SearchOptions(any=any, aliases=aliases)
        check_text("a query", query)
        check_text("an id or path", id)
        with self._backend.guard():
            found = self._backend.locate(id)
            if found is None:
                raise QueryError(f"no article has the id or path {id!r}; searcher search shows ids")
            return explain(self._backend, query, found, options)

    def highlight(self, query: str, text: str) -> tuple[tuple[int, int], ...]:
        """Where a query matches in any text: spans (start, end) in characters.

        Raises:
            QueryError: the query or the text is no text.
        """
        from searcher.api.explain import highlight

        check_text("a query", query)
        check_text("what is highlighted", text)
        with self._backend.guard():
            return highlight(self._backend, query, text)

    def stats(self) -> Stats:
        """What is in the index."""
        with self._backend.guard():
            return self._backend.stats()

    def sources(self) -> tuple[tuple[Source, int], ...]:
        """The sources of the index, and how many articles each has.

        >>> [(source.name, articles) for source, articles in index.sources()]  # doctest: +SKIP
        [('corpus', 48)]
        """
        with self._backend.guard():
            return self._backend.sources()

    def check(self, *, deep: bool = False, sample: int | None = None) -> list[str]:
        """Read the whole index; what is wrong with it, one line each. Empty when it is sound.

        Every checksum is verified, and that terms, posting lists, columns and stored texts fit
        together. ``deep``: whether the texts are analysed again, too, and compared with what the
        index says of them, which takes about as long as indexing in one process. ``sample``: of
        so many articles, evenly chosen; of all by default.

        >>> index.check(deep=True, sample=100)  # doctest: +SKIP
        []
        """
        problems = self._backend.check()
        if deep and not problems:
            problems = self._backend.check_texts(sample)
        return problems


def open_index(path: str | os.PathLike[str] = "index", *, partial: bool = False) -> Index:
    """Open an index for searching.

    Args:
        path: the folder of the index, or its address on a cluster:
            ``opensearch://host:9200,host2:9200/name``.
        partial: of an index on a cluster: whether to answer with a note, and not with an error,
            where a part of the index does not answer.

    Raises:
        IndexNotFoundError, IndexInvalidError, IndexOutdatedError: there is no usable index.
        IndexUnavailableError: no node of the cluster answers.

    >>> with open_index("index") as index:  # doctest: +SKIP
    ...     print(index.search("拜登 普京").total)
    """
    return Index(path, partial=partial)


def _article(document: StoredDocument) -> Article:
    from searcher.article import Article

    raw, title_length, seconds, utc_offset, _ = document
    id_, path, author, source, url, *categories = decode_fields(raw)
    title, body = title_and_body(StoredText(raw, title_length))
    return Article(
        id=id_,
        path=path,
        title=title,
        body=body,
        date=read_date(seconds, utc_offset),
        author=author,
        source=source,
        categories=tuple(categories),
        url=url,
    )

"""The opened index: searching, fetching, explaining. What :func:`searcher.open_index` gives."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from searcher.api.search import Search
from searcher.backends.local import open_local
from searcher.errors import QueryError, SearcherError
from searcher.query.options import Options
from searcher.results import Results
from searcher.search.texts import StoredText, title_and_body
from searcher.store.dates import read_date
from searcher.store.stored_documents import decode_fields

if TYPE_CHECKING:
    from searcher.article import Article
    from searcher.backends.base import ReadBackend
    from searcher.results import Explanation, Stats

__all__ = ["Index", "open_index"]


class Index:
    """An index opened for searching; a context manager. It answers from the commit it opened.

    Raises IndexMissing, IndexInvalid or IndexOutdated when opened on what is no usable index.
    """

    def __init__(self, path: str | os.PathLike[str] = "index") -> None:
        self.path = Path(path).absolute()
        self._backend: ReadBackend = open_local(self.path)

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

    def close(self) -> None:
        """Let go of the files."""
        self._backend.close()

    def refresh(self) -> bool:
        """Go on to the newest commit; whether there was a newer one."""
        if self._backend.is_current():
            return False
        old, self._backend = self._backend, open_local(self.path)
        old.close()
        return True

    def search(self, query: str, **options: Any) -> Results:
        """The best articles for a query, with what matched in them.

        The query is read as the README says and never raises. Options, by name:

        - ``limit`` (10), ``offset`` (0): how many hits, after how many.
        - ``sort``: "relevance", "newest" or "oldest".
        - ``since``, ``until``: a date, or a day, month or year as text; both days included.
        - ``category``, ``author``: only articles whose category or author contains this.
        - ``any`` (False): articles with any of the words. With False the same is tried when
          nothing has all of them, and ``Results.notes`` says so.
        - ``aliases`` (True): other names of the same thing count, too.
        - ``expand`` (False): words of the best articles join the query (pseudo-relevance feedback).
        - ``fresh``: days after which half of the gain of newer articles is gone.
        - ``explain`` (False): fill ``Hit.explanation``; ``snippets`` (True): fill ``Hit.snippets``.

        Raises QueryError for options that make no sense, IndexInvalid when files are damaged.

        >>> index.search("拜登 普京", limit=3, since="2021-12")  # doctest: +SKIP
        <Results '拜登 普京': 1 of 1 in 0.0006 s>
        """
        started = time.perf_counter()
        _check_text(query)
        search = Search(self._backend, query, _options(options))
        with self._backend.guard():
            hits = search.run()
        took = time.perf_counter() - started
        return Results(
            hits,
            query=query,
            total=search.total,
            took=took,
            notes=search.notes,
            relaxed=search.relaxed,
        )

    def count(self, query: str, **options: Any) -> int:
        """How many articles match a query as it stands; options as for :meth:`search`.

        >>> index.count("拜登 普京")  # doctest: +SKIP
        5
        """
        _check_text(query)
        search = Search(self._backend, query, _options({**options, "limit": 0}))
        with self._backend.guard():
            search.run()
        return search.total

    def batch(
        self, queries: Iterable[str | Mapping[str, Any]], **defaults: Any
    ) -> Iterator[Results | SearcherError]:
        """Search for one query after another; answers come in order, as they are found.

        A query is text, or a mapping with "query" and options of :meth:`search`, which win over
        ``defaults``. A query that cannot be answered gives its error as a value.

        >>> [answer.total for answer in index.batch(["拜登", "普京"])]  # doctest: +SKIP
        [12, 6]
        """
        for query in queries:
            yield self._answer(query, defaults)

    def _answer(
        self, query: str | Mapping[str, Any], defaults: Mapping[str, Any]
    ) -> Results | SearcherError:
        try:
            if not isinstance(query, Mapping):
                return self.search(query, **defaults)
            options = {**defaults, **{str(name): value for name, value in query.items()}}
            return self.search(options.pop("query", None), **options)
        except SearcherError as error:
            return error

    def get(self, id_or_path: str) -> Article | None:
        """The article with this id or path, or the one whose id begins so; None if there is none.

        Raises QueryError when several ids begin so.
        """
        with self._backend.guard():
            return self._get(id_or_path)

    def _get(self, id_or_path: str) -> Article | None:
        from searcher.article import Article

        ref = self._backend.locate(id_or_path)
        if ref is None:
            return None
        ((raw, title_length, seconds, utc_offset, _),) = self._backend.fetch([ref])
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

    def explain(self, query: str, id: str, **options: Any) -> Explanation:  # noqa: A002 - what the field is called
        """Why an article matches a query, or which part of it is missing and what comes nearest.

        Raises QueryError when there is no such article.
        """
        from searcher.api.explain import explain

        _check_text(id)
        with self._backend.guard():
            found = self._backend.locate(id)
        if found is None:
            raise QueryError(f"no article has the id or path {id!r}; searcher search shows ids")
        _check_text(query)
        with self._backend.guard():
            return explain(self._backend, query, found, _options(options))

    def highlight(self, query: str, text: str) -> tuple[tuple[int, int], ...]:
        """Where a query matches in any text: spans (start, end) in characters."""
        from searcher.api.explain import highlight

        _check_text(query)
        with self._backend.guard():
            return highlight(self._backend, query, text)

    def stats(self) -> Stats:
        """What is in the index."""
        with self._backend.guard():
            return self._backend.stats()

    def check(self) -> list[str]:
        """Read the whole index; what is wrong with it, one line each. Empty when it is sound."""
        return self._backend.check()


def open_index(path: str | os.PathLike[str] = "index") -> Index:
    """Open an index for searching.

    Raises IndexMissing, IndexInvalid or IndexOutdated.

    >>> with open_index("index") as index:  # doctest: +SKIP
    ...     print(index.search("拜登 普京").total)
    """
    return Index(path)


def _check_text(query: object) -> None:
    if not isinstance(query, str):
        raise QueryError(f"a query must be text, not {query!r}")


def _options(options: Mapping[str, Any]) -> Options:
    try:
        return Options(**options)
    except TypeError as error:
        known = ", ".join(Options.__dataclass_fields__)
        raise QueryError(f"no such option ({error}); there are: {known}") from error

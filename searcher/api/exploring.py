"""What an index tells of all matches of a query; :class:`searcher.Index` has these methods."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searcher.errors import QueryError
from searcher.query.options import SearchOptions, check_names, shown

if TYPE_CHECKING:
    from typing import TypedDict

    from typing_extensions import Unpack

    from searcher.api.emptiness import Excluding
    from searcher.article import Article
    from searcher.backends.base import DocRef, Matches, ReadBackend
    from searcher.explore.concordance import Concordance, LineSort
    from searcher.explore.duplicates import Duplicate, Duplicates
    from searcher.explore.explored import Explored
    from searcher.explore.facets import Facets
    from searcher.explore.keywords import Keywords
    from searcher.explore.names import Names
    from searcher.explore.timeline import By, Timeline
    from searcher.results import Hit, Results

    class FilterKeywords(TypedDict, total=False):
        """The options of :class:`SearchOptions` that say which articles match."""

        since: str | date | None
        until: str | date | None
        category: str | None
        author: str | None
        source: str | None
        any: bool
        aliases: bool


FILTERS = ("since", "until", "category", "author", "source", "any", "aliases")
"""The options that say which articles match."""

MAX_QUERIES = 20
"""The maximum number of queries a timeline compares."""


class Exploring:
    """The methods of an index that look at all matches of a query, not at a page of them.

    Each takes a query as :meth:`searcher.Index.search` does, where "*" stands for all articles, and
    the options ``since``, ``until``, ``category``, ``author``, ``source``, ``any`` and ``aliases``.
    Articles with only a part of the query are left out. Each raises QueryError where an option
    makes no sense, and IndexInvalidError where the index is damaged.
    """

    _backend: ReadBackend
    _explored: Explored | None = None
    count: Callable[..., int]

    def excluding(self, query: str, **filters: Unpack[FilterKeywords]) -> tuple[Excluding, ...]:
        """The filters without which a query that finds nothing finds something.

        Each is an option, or a part of the query such as ``source:晨光``, taken alone; where none
        does so alone, all of them together.

        >>> index.excluding("普京", since="2030")  # doctest: +SKIP
        (Excluding(filters=(Filter(option='since', text='2030'),), articles=408),)
        """
        from searcher.api.emptiness import excluding_filters

        _check_text("a query", query)
        return tuple(excluding_filters(self.count, query, filters))

    def facets(
        self,
        query: str,
        by: str | Sequence[str] = "source",
        *,
        top: int | None = 10,
        **options: Unpack[FilterKeywords],
    ) -> Facets:
        """Count the matches by one or several fields.

        Args:
            query: as for :meth:`search`; "*" stands for all articles.
            by: "source", "author", "category", "year", "month", "weekday", "people", "places" or
                "organisations", or several of them.
            top: the number of values of each field to keep; None keeps all.

        >>> index.facets("普京", by="year")["year"].values  # doctest: +SKIP
        (FacetValue(value='2022', articles=4, query='date:2022'),)
        """
        from searcher.explore.facets import Facets, check_fields, count_facet, days_of

        fields = (by,) if isinstance(by, str) else tuple(by)
        check_fields(fields)
        if top is not None:
            _check_number("top", top)
        with self._backend.guard():
            matches = self._matches(query, options)
            first, last = days_of(matches)
            facets = tuple(count_facet(self._kept(), matches, field, top) for field in fields)
        return Facets(query, len(matches), facets, first, last, matches.notes)

    def timeline(
        self, *queries: str, by: By = "month", **options: Unpack[FilterKeywords]
    ) -> Timeline:
        """Count the matches of one or several queries by day, week, month or year.

        The periods go from the first match to the last; those without a match count 0.

        >>> timeline = index.timeline("普京", "拜登", by="year")  # doctest: +SKIP
        >>> [(period.name, period.counts) for period in timeline.periods]  # doctest: +SKIP
        [('2021', (2, 3)), ('2022', (4, 2))]
        """
        from searcher.explore.matches import all_articles
        from searcher.explore.timeline import check_period, make_timeline

        check_period(by)
        if not 0 < len(queries) <= MAX_QUERIES:
            raise QueryError(f"a timeline is of 1 to {MAX_QUERIES} queries, not {len(queries)}")
        with self._backend.guard():
            found = [self._matches(query, options) for query in queries]
            return make_timeline(queries, found, all_articles(self._backend), by)

    def concordance(
        self,
        query: str,
        *,
        sort: LineSort = "date",
        context: int = 40,
        limit: int | None = None,
        **options: Unpack[FilterKeywords],
    ) -> Concordance:
        """Every place where the query matches, with the text around it.

        Args:
            query: as for :meth:`search`.
            sort: "date" (newest articles first), or "left" or "right": by the text before the
                match, read from its end, or after it.
            context: characters on either side, at most 1000.
            limit: the maximum number of lines; None gives all.

        >>> for line in index.concordance("普京", context=4).lines:  # doctest: +SKIP
        ...     print(line.left, line.match, line.right)
        拜登与 普京 举行视频
        """
        from searcher.explore.concordance import MAX_CONTEXT, check_sort, make_concordance

        check_sort(sort)
        _check_number("context", context)
        if limit is not None:
            _check_number("limit", limit)
        with self._backend.guard():
            matches = self._matches(query, options)
            context = min(context, MAX_CONTEXT)
            return make_concordance(self._backend, query, matches, sort, context, limit)

    def keywords(
        self,
        query: str,
        *,
        top: int = 30,
        least: int = 2,
        near: int | None = None,
        **options: Unpack[FilterKeywords],
    ) -> Keywords:
        """What the matches say and other articles do not: words, and names apart from them.

        Terms are compared by how many articles have them, by Dunning's log-likelihood and Hardie's
        log ratio (:mod:`searcher.explore.keyness`).

        Args:
            query: as for :meth:`search`.
            top: the maximum number of words, and of names; at most 1000.
            least: leave out what fewer matches have.
            near: words within so many characters of a match instead, compared with the rest of the
                articles that match (collocates).

        >>> [word.term for word in index.keywords("冬奥会", top=3).words]  # doctest: +SKIP
        ['开幕式', '火炬', '滑雪']
        """
        from searcher.explore.keywords import MAX_TOP, find_keywords

        _check_number("top", top)
        _check_number("least", least)
        if near is not None:
            _check_number("near", near, 1)
        with self._backend.guard():
            matches = self._matches(query, options)
            kept, top = self._kept(), min(top, MAX_TOP)
            if near is None:
                return find_keywords(kept, query, matches, top, least)
            from searcher.explore.collocates import find_collocates

            return find_collocates(kept, query, matches, top, least, near)

    def names(
        self,
        query: str,
        kinds: str | Sequence[str] = ("people", "places", "organisations"),
        *,
        top: int | None = 20,
        together: bool = False,
        **options: Unpack[FilterKeywords],
    ) -> Names:
        """The people, places and organisations that the matches name, by the lexicon.

        All names of one thing count together: 普京, 普丁 and Putin are one. The first call loads
        the lexicon and looks all names up, which takes half a second for 20,000 articles.

        Args:
            query: as for :meth:`search`.
            kinds: "people", "places" or "organisations", or several of them.
            top: the maximum number of names of each kind, and of pairs; None keeps all.
            together: count who is named together with whom, too.

        >>> index.names("莫斯科", "people").names[0]  # doctest: +SKIP
        Name(name='普京', kind='people', articles=4, aliases=('普丁', '蒲亭', 'Putin'))
        """
        from searcher.explore.names import check_kinds, find_names

        kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        check_kinds(kinds)
        if top is not None:
            _check_number("top", top)
        with self._backend.guard():
            matches = self._matches(query, options)
            return find_names(self._kept().names, query, matches, kinds, top, together)

    def duplicates(self, query: str = "*", **options: Unpack[FilterKeywords]) -> Duplicates:
        """The near-duplicates among the matches, in groups: wire copies, updates, reposts.

        Two articles are near-duplicates where of the runs of five words that either has, both have
        80 per cent. The texts of all matches are read, 4,000 long ones in two seconds.

        >>> [len(group) for group in index.duplicates().groups]  # doctest: +SKIP
        [3, 2]
        """
        from searcher.explore.duplicates import find_duplicates

        with self._backend.guard():
            return find_duplicates(self._backend, query, self._matches(query, options))

    def export(
        self,
        query: str,
        to: str | os.PathLike[str],
        *,
        format: str | None = None,  # noqa: A002 - the option's name
        text: bool = False,
        snippets: bool = True,
        sample: int | None = None,
        seed: int = 0,
        progress: Callable[[int, int], object] | None = None,
        **options: Unpack[FilterKeywords],
    ) -> int:
        """Write all matches to a file, newest first; returns how many.

        Args:
            query: as for :meth:`search`.
            to: the file; it is replaced when all is written.
            format: "csv", "jsonl", "md", "html", "xlsx" (needs openpyxl) or "parquet" (needs
                pyarrow); by default what the name ends in.
            text: write the bodies, too.
            snippets: write the places that match.
            sample: the number of articles to choose at random: the same for the same seed.
            seed: of the sample.
            progress: called with how many are written, and how many there are.

        Raises:
            ExportError: the form is unknown, or the package that it needs is missing.
            OSError: the file cannot be written.

        >>> index.export("普京", "putin.csv")  # doctest: +SKIP
        6
        """
        from searcher.explore.export import check_format, write_export

        if sample is not None:
            _check_number("sample", sample)
        path = Path(to)
        form = check_format(path, format)
        with self._backend.guard():
            return write_export(
                self._backend, query, self._matches(query, options), path, form,
                text=text, snippets=snippets, sample=sample, seed=seed, progress=progress,
            )  # fmt: skip

    def similar(self, article: str | Article, *, limit: int = 10) -> Results:
        """The articles most like one, by its weightiest terms.

        Args:
            article: the id or path of an article of the index, the beginning of its id, or an
                article that need not be in it. It is not among its own hits.
            limit: the maximum number of articles.

        The query of the results is the terms, joined by OR; they have no snippets.

        >>> index.similar("2021/call.md", limit=3)[0].title  # doctest: +SKIP
        '拜登和普京通话'
        """
        from searcher.api.similar import find_similar
        from searcher.article import Article

        _check_number("limit", limit)
        if not isinstance(article, str | Article):
            raise QueryError(
                f"an article must be its id, its path or an Article, not {shown(article)}"
            )
        with self._backend.guard():
            return find_similar(self._backend, article, limit)

    def near_duplicates(self, article: str, *, limit: int = 20) -> tuple[Duplicate, ...]:
        """The near-duplicates of one article and itself, the earliest first; empty without any.

        Only the ``limit`` most similar articles are compared with it (:meth:`similar`), so that it
        takes a few milliseconds; :meth:`duplicates` compares all.

        Args:
            article: the id or path of an article of the index, or the beginning of its id.
            limit: the number of articles that it is compared with.

        >>> [one.path for one in index.near_duplicates("2021/call.md")]  # doctest: +SKIP
        ['2021/call.md', '2021/call-copy.md']
        """
        from searcher.api.similar import find_near_duplicates

        _check_number("limit", limit)
        if not isinstance(article, str):
            raise QueryError(f"an article must be its id or its path, not {shown(article)}")
        with self._backend.guard():
            return find_near_duplicates(self._backend, article, limit)

    def _matching_ids(self, query: str, options: Mapping[str, Any]) -> list[tuple[DocRef, str]]:
        """The matches by date, newest first, with their ids."""
        from searcher.explore.occurrences import batches
        from searcher.store.stored_documents import decode_fields

        found: list[tuple[DocRef, str]] = []
        with self._backend.guard():
            for batch in batches(self._matches(query, options).refs_by_date()):
                documents = self._backend.fetch(batch)
                ids = [decode_fields(document.raw)[0] for document in documents]
                found += zip(batch, ids, strict=True)
        return found

    def _unranked_hits(
        self, query: str, options: Mapping[str, Any], refs: Sequence[DocRef]
    ) -> Iterator[Hit]:
        """Some matches as hits, in their order, without scores."""
        from searcher.explore.occurrences import articles_with_snippets
        from searcher.results import Hit

        with self._backend.guard():
            plan = self._matches(query, options).plan
            if plan is None:
                return
            found = articles_with_snippets(self._backend, plan, refs)
            for rank, (article, snippets) in enumerate(found, 1):
                yield Hit(
                    rank, article.id, article.path, article.title, article.date, article.author,
                    article.source, article.categories, article.url, 0.0, snippets,
                )  # fmt: skip

    def _kept(self) -> Explored:
        """What is kept of the commit that is open now."""
        from searcher.explore.explored import Explored

        if self._explored is None or self._explored.backend is not self._backend:
            self._explored = Explored(self._backend)
        return self._explored

    def _matches(self, query: str, options: Mapping[str, Any]) -> Matches:
        from searcher.explore.matches import find_matches

        _check_text("a query", query)
        return find_matches(self._backend, query, _filters(options))


def _filters(given: Mapping[str, Any]) -> SearchOptions:
    check_names(given, FILTERS)
    return SearchOptions.of(given)


def _check_text(what: str, value: object) -> None:
    if not isinstance(value, str):
        raise QueryError(f"{what} must be text, not {shown(value)}")


def _check_number(what: str, value: object, least: int = 0) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise QueryError(f"{what} must be a whole number, {least} or more, not {shown(value)}")

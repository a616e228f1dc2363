"""What an index tells of all matches of a query; :class:`searcher.Index` has these methods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict

from searcher.errors import QueryError
from searcher.query.options import SearchOptions, check_names, shown

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from searcher.backends.base import ReadBackend
    from searcher.explore.concordance import Concordance, LineSort
    from searcher.explore.facets import Facets
    from searcher.explore.matches import MatchSet
    from searcher.explore.timeline import By, Timeline


class FilterKeywords(TypedDict, total=False):
    """The options of :class:`SearchOptions` that say which articles match."""

    since: str | date | None
    until: str | date | None
    category: str | None
    author: str | None
    source: str | None
    any: bool
    aliases: bool


FILTERS = tuple(FilterKeywords.__annotations__)

MAX_QUERIES = 20
"""So many queries a timeline compares."""


class Exploring:
    """The methods of an index that look at all matches of a query, not at a page of them.

    Each takes a query as :meth:`searcher.Index.search` does, where "*" stands for all articles, and
    the options ``since``, ``until``, ``category``, ``author``, ``source``, ``any`` and ``aliases``.
    Articles with only a part of the query are left out. Each raises QueryError where an option
    makes no sense, and IndexInvalidError where the index is damaged.
    """

    _backend: ReadBackend

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
            by: "source", "author", "category", "year", "month" or "weekday", or several of them.
            top: keep so many values of each field; None keeps all.

        >>> index.facets("普京", by="year")["year"].values  # doctest: +SKIP
        (FacetValue(value='2022', articles=4, query='date:2022'),)
        """
        from searcher.explore.facets import Facets, check_fields, count_facet

        fields = (by,) if isinstance(by, str) else tuple(by)
        check_fields(fields)
        if top is not None:
            _check_number("top", top)
        with self._backend.guard():
            matches = self._matches(query, options)
            facets = tuple(count_facet(matches, field, top) for field in fields)
        return Facets(query, len(matches), facets, matches.notes)

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
            limit: give the first so many lines; None gives all.

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

    def _matches(self, query: str, options: FilterKeywords) -> MatchSet:
        from searcher.explore.matches import find_matches

        _check_text("a query", query)
        return find_matches(self._backend, query, _filters(options))


def _filters(given: FilterKeywords) -> SearchOptions:
    check_names(given, FILTERS)
    return SearchOptions.of(dict[str, Any](given))


def _check_text(what: str, value: object) -> None:
    if not isinstance(value, str):
        raise QueryError(f"{what} must be text, not {shown(value)}")


def _check_number(what: str, value: object, least: int = 0) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise QueryError(f"{what} must be a whole number, {least} or more, not {shown(value)}")

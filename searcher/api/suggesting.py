"""What an index tells of its terms, and what a query may have meant: methods of Index."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import starmap
from typing import TYPE_CHECKING

from searcher.api.search import MAX_TOTAL_TO_SUGGEST
from searcher.errors import QueryError
from searcher.query.options import SearchOptions, shown
from searcher.results import TermFrequency
from searcher.text.folding import fold

if TYPE_CHECKING:
    from searcher.backends.base import ReadBackend
    from searcher.results import Suggestion
    from searcher.search.suggest import Suggester


class Suggesting:
    """The methods of an index that look at its terms and not at its articles."""

    _backend: ReadBackend
    _suggester: Suggester | None = None

    if TYPE_CHECKING:

        def count(self, query: str) -> int:
            """How many articles match: a method of :class:`searcher.Index`."""
            ...

    def terms(self, prefix: str = "") -> Iterator[TermFrequency]:
        """The terms of titles and bodies that begin with ``prefix``, in the order of code points.

        Each comes with the number of articles that have it, as a word or as a part of one. The
        prefix is folded as terms are (:func:`searcher.fold`).

        Raises:
            QueryError: the prefix is no text.

        >>> dict(index.terms("冬奥"))  # doctest: +SKIP
        {'冬奥': 1, '冬奥会': 7}
        """
        check_text("a prefix", prefix)
        return self._terms(fold(prefix))

    def _terms(self, prefix: str) -> Iterator[TermFrequency]:
        backend = self._backend
        with backend.guard():
            yield from starmap(TermFrequency, backend.terms(prefix))

    def suggest(self, query: str) -> tuple[Suggestion, ...]:
        """What may have been meant by a query that finds next to nothing, the likeliest first.

        Suggestions are queries that find something: with a character that sounds or looks alike,
        with two characters swapped, one more or one less, with characters for pinyin, or with the
        right name of a field. Empty for a query that finds more than a few articles. The first
        one reads all titles, which takes half a second for 20,000 articles.

        Raises:
            QueryError: the query is no text.

        >>> index.suggest("pujing")  # doctest: +SKIP
        (Suggestion(text='普京', kind='pinyin', articles=6),)
        """
        from searcher.search.suggest import Suggester

        check_text("a query", query)
        if self._suggester is None:
            self._suggester = Suggester(self._backend, self.count, MAX_TOTAL_TO_SUGGEST)
        with self._backend.guard():
            return self._suggester.suggest(query)

    def complete(self, prefix: str, limit: int = 10) -> tuple[TermFrequency, ...]:
        """The terms that begin with what has been typed so far, the most frequent first.

        What has been typed may be characters or pinyin, of which the last syllable need not be
        finished and the first must be.

        Raises:
            QueryError: the prefix is no text, or the limit no whole number.

        >>> index.complete("puj")  # doctest: +SKIP
        (TermFrequency(term='普京', document_frequency=6),)
        """
        from searcher.search.complete import complete

        check_text("a prefix", prefix)
        limit = SearchOptions(limit=limit).limit
        with self._backend.guard():
            return complete(self._backend, prefix, limit)


def check_text(what: str, value: object) -> None:
    """Raise QueryError where a value is no text; ``what`` names it."""
    if not isinstance(value, str):
        raise QueryError(f"{what} must be text, not {shown(value)}")

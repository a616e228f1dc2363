"""Lucene on the shared words, in a Java program of bench/lucene that stays open.

Words are cut here, as for the other engines, and sent to it with white space between them. It
answers with its own times, to which that of cutting is added.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timezone
from pathlib import Path
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from bench.engines import Hit, Query, Took
from bench.engines.lucene_jvm import Peer, prepare
from bench.words import query_words, spaced

if TYPE_CHECKING:
    from datetime import date

    from bench.documents import Documents
    from bench.segmenting import Timings
    from searcher.article import Article

_NOTHING = Took(0.0, 0.0)


class Lucene:
    # Its times fall until the just-in-time compiler has seen some 8,000 queries of a kind.
    warm = 10_000

    def __init__(self) -> None:
        prepare()
        self.helper_peak = 0
        self._took = _NOTHING

    def build(
        self, documents: Documents, folder: Path, timings: Timings, *, processes: int = 1
    ) -> None:
        from bench.segmenting import segmented  # here, because searching does not need it

        self._peer = Peer()
        self._ask(["build", str(folder)])
        for item in segmented(documents, timings, processes):
            start = timings.now()
            self._peer.tell(_message("add", item.article, item.title, item.body))
            timings.add("write", start)
        start = timings.now()
        self._ask(["finish"])
        timings.add("write", start)
        # It writes while words are cut here: what counts is its own time.
        timings.seconds["write"] = self._took.wall
        self.close()

    def open(self, folder: Path) -> None:
        self._peer = Peer()
        self._ask(["open", str(folder)])

    def search(self, query: Query) -> list[Hit]:
        start = perf_counter(), thread_time()
        words = _words(query)
        cut = Took(perf_counter() - start[0], thread_time() - start[1])
        order = "newest" if query.newest else ""
        line = ["search", *_asked(query, words), order, str(query.offset), str(query.limit)]
        texts = iter(self._ask(line, cut))
        return [
            Hit(title, _moment(date), snippet)
            for title, date, snippet in zip(texts, texts, texts, strict=True)
        ]

    def count(self, query: Query) -> int:
        start = perf_counter(), thread_time()
        words = _words(query)
        cut = Took(perf_counter() - start[0], thread_time() - start[1])
        return int(self._ask(["count", *_asked(query, words)], cut)[0])

    def update(self, article: Article, documents: Documents, *, by_listing: bool = False) -> None:
        del documents, by_listing
        start = perf_counter(), thread_time()
        message = _message("replace", article, spaced(article.title), spaced(article.body))
        self._ask(message, Took(perf_counter() - start[0], thread_time() - start[1]))

    def close(self) -> None:
        self.helper_peak = self._peer.close()

    def took(self) -> Took:
        return self._took

    def _ask(self, message: Iterable[str], before: Took = _NOTHING) -> list[str]:
        wall, processor, *answer = self._peer.ask([*message])
        self._took = Took(before.wall + int(wall) / 1e9, before.processor + int(processor) / 1e9)
        return answer


def _message(command: str, article: Article, title: str, body: str) -> list[str]:
    moment = "" if article.date is None else str(int(article.date.timestamp()))
    return [command, article.id, title, body, moment, *article.categories]


def _words(query: Query) -> list[str]:
    return [query.text] if query.form == "prefix" else query_words(query.text)


def _asked(query: Query, words: list[str]) -> list[str]:
    since = until = ""
    if query.since and query.until:
        since, until = _seconds(query.since, time.min), _seconds(query.until, time.max)
    return [query.form, " ".join(words), since, until, query.category or ""]


def _seconds(day: date, at: time) -> str:
    return str(int(datetime.combine(day, at, timezone.utc).timestamp()))


def _moment(seconds: str) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), timezone.utc) if seconds else None


engine = Lucene

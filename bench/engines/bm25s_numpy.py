"""bm25s on the shared words, numpy backend: scores computed when indexing.

It ranks any-of-these-words queries and nothing else: no `and`, phrase, prefix, order by date or
update. Filters are its documented weight mask. Corpus and arrays are memory-mapped.
"""

from __future__ import annotations

from datetime import datetime, time, timezone
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bm25s
import numpy as np
import numpy.typing as npt

from bench.engines import Cannot, Hit, Query
from bench.words import query_words

if TYPE_CHECKING:
    from bench.documents import Documents
    from bench.segmenting import Timings
    from searcher.article import Article

_NO_DATE = -(2**62)
_AROUND = 60  # characters before and after the first match of a snippet


class Bm25s:
    def build(
        self, documents: Documents, folder: Path, timings: Timings, *, processes: int = 1
    ) -> None:
        from bench.segmenting import segmented  # here, because searching does not need it

        corpus: list[dict[str, Any]] = []
        numbers: dict[str, int] = {}
        tokens: list[list[int]] = []
        dates: list[int] = []
        for item in segmented(documents, timings, processes):
            start = timings.now()
            article = item.article
            words = chain(item.title.lower().split("\t"), item.body.lower().split("\t"))
            tokens.append([numbers.setdefault(word, len(numbers)) for word in words if _is(word)])
            date = article.date
            dates.append(_NO_DATE if date is None else int(date.timestamp()))
            corpus.append(
                {
                    "title": article.title,
                    "date": date and date.isoformat(),
                    "text": article.body,
                    "categories": article.categories,
                }
            )
            timings.add("write", start)
        start = timings.now()
        retriever = bm25s.BM25(backend="numpy")
        retriever.index((tokens, numbers), show_progress=False)
        retriever.save(folder, corpus=corpus, show_progress=False)
        np.save(folder / "dates.npy", np.array(dates, np.int64))
        timings.add("write", start)

    def open(self, folder: Path) -> None:
        self._retriever = bm25s.BM25.load(
            folder, load_corpus=True, mmap=True, show_progress=False, verbosity=0
        )
        self._dates = np.load(folder / "dates.npy")
        # Taken away from it, so that it returns numbers and only the articles shown are read.
        self._corpus, self._retriever.corpus = self._retriever.corpus, None

    def search(self, query: Query) -> list[Hit]:
        words = self._words(query)
        if query.newest:
            raise Cannot("no order by date")
        wanted = min(query.offset + query.limit, len(self._dates))
        found = self._retriever.retrieve(
            [words], k=wanted, show_progress=False, weight_mask=self._mask(query)
        )
        pairs = zip(found.documents[0], found.scores[0], strict=True)
        # Every article gets a place; those without any of the words score nothing.
        numbers = [int(place) for place, score in pairs if score > 0]
        return [_hit(self._corpus[place], words) for place in numbers[query.offset :]]

    def count(self, query: Query) -> int:
        words = self._words(query)
        scores = self._retriever.get_scores(words, weight_mask=self._mask(query))
        return int(np.count_nonzero(scores > 0))

    def update(self, article: Article, documents: Documents, *, by_listing: bool = False) -> None:
        del article, documents, by_listing
        raise Cannot("rebuilds the index")

    def close(self) -> None:
        del self._retriever, self._corpus, self._dates

    def _words(self, query: Query) -> list[str]:
        words = query_words(query.text)
        if query.form == "all" and len(words) > 1:
            raise Cannot("ranks any of the words only")
        if query.form in ("literal", "prefix"):
            raise Cannot(f"no {query.form} search")
        if query.category:
            raise Cannot("no categories")
        return words

    def _mask(self, query: Query) -> npt.NDArray[np.float32] | None:
        if not (query.since and query.until):
            return None
        since = datetime.combine(query.since, time.min, timezone.utc).timestamp()
        until = datetime.combine(query.until, time.max, timezone.utc).timestamp()
        dates: npt.NDArray[np.int64] = self._dates
        return ((dates >= since) & (dates <= until)).astype(np.float32)


def _is(word: str) -> bool:
    return any(map(str.isalnum, word))


def _hit(record: dict[str, Any], words: list[str]) -> Hit:
    text = record["text"]
    first = min((place for word in words if (place := text.find(word)) >= 0), default=0)
    snippet = text[max(0, first - _AROUND) : first + _AROUND]
    for word in words:
        snippet = snippet.replace(word, f"<b>{word}</b>")
    return Hit(record["title"], record["date"], snippet)


engine = Bm25s

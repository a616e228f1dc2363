"""The usual thing to beat: BM25 over the words of jieba's default mode.

The text is taken as it is: no folding, HMM on, title and text as one, every token that has a
letter or a digit in it. BM25 as Lucene computes it (idf never negative), k1 1.2 and b 0.75.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from searcher.evaluation.searching import OnProgress, silent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher import Article
    from searcher.evaluation.runs import Run

K1 = 1.2
B = 0.75


class JiebaBM25:
    """A collection made ready for searching.

    >>> baseline = JiebaBM25([Article("a", "a", "", "普京访问北京")])  # doctest: +SKIP
    >>> baseline.search_all({"q": "北京"})["q"][0][0]  # doctest: +SKIP
    'a'
    """

    def __init__(self, articles: Sequence[Article], on_progress: OnProgress = silent) -> None:
        self._words = _cutter()
        self._ids: list[str] = []
        lengths: list[int] = []
        postings: dict[str, tuple[list[int], list[int]]] = {}
        for number, article in enumerate(articles):
            counts = Counter(self._words(f"{article.title}\n{article.body}"))
            self._ids.append(article.id)
            lengths.append(counts.total())
            for word, count in counts.items():
                numbers, frequencies = postings.setdefault(word, ([], []))
                numbers.append(number)
                frequencies.append(count)
            on_progress("jieba's words", number + 1, len(articles))
        average = sum(lengths) / len(lengths) if any(lengths) else 1.0
        norms = K1 * (1 - B + B * np.array(lengths, np.float64) / average)
        self._shares: dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]] = {}
        for word, (numbers, frequencies) in postings.items():
            documents = np.array(numbers, np.intp)
            tf = np.array(frequencies, np.float64)
            idf = np.log1p((len(lengths) - len(numbers) + 0.5) / (len(numbers) + 0.5))
            self._shares[word] = documents, idf * tf * (K1 + 1) / (tf + norms[documents])

    def search_all(
        self, queries: Mapping[str, str], *, depth: int = 100, on_progress: OnProgress = silent
    ) -> Run:
        """The best ``depth`` documents for each query; any word will do."""
        run: dict[str, list[tuple[str, float]]] = {}
        for done, (id_, query) in enumerate(queries.items(), 1):
            scores = np.zeros(len(self._ids))
            for word in self._words(query):
                if word in self._shares:
                    documents, shares = self._shares[word]
                    scores[documents] += shares
            best = np.argsort(-scores, kind="stable")[:depth]
            run[id_] = [(self._ids[i], float(scores[i])) for i in best.tolist() if scores[i] > 0]
            on_progress("jieba's answers", done, len(queries))
        return run


@cache
def _cutter() -> Callable[[str], list[str]]:
    # Here and not above: it is heavy. A tokenizer of its own has nobody else's words in it.
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    cut = jieba.Tokenizer().cut
    return lambda text: [word for word in cut(text) if any(map(str.isalnum, word))]

"""A search engine for Chinese news that fits on one machine.

>>> import searcher
>>> searcher.build_index("corpus", "index").added  # doctest: +SKIP
48
>>> with searcher.open_index("index") as index:  # doctest: +SKIP
...     for hit in index.search("拜登 普京", limit=3):
...         print(hit.rank, hit.title)

What is named here is the public API; everything else may change. Names are loaded when first
used, so that ``import searcher`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "Article": "article",
    "ArticleError": "errors",
    "EvaluationError": "errors",
    "Explanation": "results",
    "Hit": "results",
    "Index": "search.index",
    "IndexFolderError": "errors",
    "IndexInvalid": "errors",
    "IndexLocked": "errors",
    "IndexMissing": "errors",
    "IndexOutdated": "errors",
    "LexiconError": "errors",
    "Match": "results",
    "Problem": "corpus",
    "Progress": "index.build",
    "QueryError": "errors",
    "Report": "index.build",
    "Results": "results",
    "SearcherError": "errors",
    "Snippet": "results",
    "Stats": "results",
    "Token": "text.analysis",
    "analyse": "text.analysis",
    "build_index": "index.build",
    "open_index": "search.index",
    "read_article": "article",
}

__all__ = [
    "Article",
    "ArticleError",
    "EvaluationError",
    "Explanation",
    "Hit",
    "Index",
    "IndexFolderError",
    "IndexInvalid",
    "IndexLocked",
    "IndexMissing",
    "IndexOutdated",
    "LexiconError",
    "Match",
    "Problem",
    "Progress",
    "QueryError",
    "Report",
    "Results",
    "SearcherError",
    "Snippet",
    "Stats",
    "Token",
    "__version__",
    "analyse",
    "build_index",
    "open_index",
    "read_article",
]

if TYPE_CHECKING:
    from searcher.article import Article, read_article
    from searcher.corpus import Problem
    from searcher.errors import (
        ArticleError,
        EvaluationError,
        IndexFolderError,
        IndexInvalid,
        IndexLocked,
        IndexMissing,
        IndexOutdated,
        LexiconError,
        QueryError,
        SearcherError,
    )
    from searcher.index.build import Progress, Report, build_index
    from searcher.results import Explanation, Hit, Match, Results, Snippet, Stats
    from searcher.search.index import Index, open_index
    from searcher.text.analysis import Token, analyse


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

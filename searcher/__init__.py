"""A search engine for Chinese news that fits on one machine.

>>> import searcher
>>> searcher.build_index("ingest.walk", "index").added  # doctest: +SKIP
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
    "Index": "api.index",
    "IndexFolderError": "errors",
    "IndexInvalid": "errors",
    "IndexLocked": "errors",
    "IndexMissing": "errors",
    "IndexOutdated": "errors",
    "IndexReadOnlyError": "errors",
    "LexiconError": "errors",
    "Match": "results",
    "Problem": "ingest.walk",
    "Progress": "write.report",
    "QueryError": "errors",
    "Report": "write.report",
    "Results": "results",
    "SearcherError": "errors",
    "Snippet": "results",
    "Stats": "results",
    "Token": "text.analyser",
    "analyse": "text.analyser",
    "build_index": "write.build",
    "open_index": "api.index",
    "open_whoosh": "whoosh_index.storage",
    "read_article": "ingest.reader",
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
    "IndexReadOnlyError",
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
    "open_whoosh",
    "read_article",
]

if TYPE_CHECKING:
    from searcher.api.index import Index, open_index
    from searcher.article import Article
    from searcher.errors import (
        ArticleError,
        EvaluationError,
        IndexFolderError,
        IndexInvalid,
        IndexLocked,
        IndexMissing,
        IndexOutdated,
        IndexReadOnlyError,
        LexiconError,
        QueryError,
        SearcherError,
    )
    from searcher.ingest.reader import read_article
    from searcher.ingest.walk import Problem
    from searcher.results import Explanation, Hit, Match, Results, Snippet, Stats
    from searcher.text.analyser import Token, analyse
    from searcher.whoosh_index.storage import open_whoosh
    from searcher.write.build import build_index
    from searcher.write.report import Progress, Report


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

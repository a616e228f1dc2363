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
    "SourceError": "errors",
    "ConfigError": "errors",
    "Concordance": "explore.concordance",
    "ConcordanceLine": "explore.concordance",
    "Duplicate": "explore.duplicates",
    "Duplicates": "explore.duplicates",
    "EvaluationError": "errors",
    "Excluding": "api.emptiness",
    "Explanation": "results",
    "ExportError": "errors",
    "Facet": "explore.facets",
    "FacetValue": "explore.facets",
    "Facets": "explore.facets",
    "Hit": "results",
    "Index": "api.index",
    "IndexFolderError": "errors",
    "IndexInvalidError": "errors",
    "IndexLockedError": "errors",
    "IndexNotFoundError": "errors",
    "IndexOutdatedError": "errors",
    "IndexUnreadableError": "errors",
    "IndexPartialError": "errors",
    "IndexReadOnlyError": "errors",
    "IndexUnavailableError": "errors",
    "Keyword": "explore.keywords",
    "Keywords": "explore.keywords",
    "IndexUnwritableError": "errors",
    "LexiconError": "errors",
    "Match": "results",
    "NotEnoughMemoryError": "errors",
    "Missing": "results",
    "Name": "explore.names",
    "NamePair": "explore.names",
    "Names": "explore.names",
    "NewArticles": "api.saved",
    "Period": "explore.timeline",
    "Problem": "ingest.walk",
    "Progress": "write.report",
    "QueryError": "errors",
    "Report": "write.report",
    "Results": "results",
    "SavedSearch": "explore.saved",
    "SavedSearchError": "errors",
    "SavedSearches": "api.saved",
    "SearchKeywords": "query.options",
    "SearchOptions": "query.options",
    "SearcherError": "errors",
    "ServeError": "errors",
    "Snippet": "results",
    "Sort": "query.options",
    "Stats": "results",
    "Suggestion": "results",
    "TermFrequency": "results",
    "TimeLimitError": "errors",
    "Timeline": "explore.timeline",
    "Token": "text.analyser",
    "analyse": "text.analyser",
    "build_index": "write.build",
    "clean": "ingest.plain_text",
    "fold": "text.folding",
    "make_id": "article",
    "one_line": "ingest.plain_text",
    "open_index": "api.index",
    "version_info": "versions",
    "publish_index": "write.build",
    "watch_index": "write.watch",
    "check_watching": "write.watch",
    "open_writer": "write.open_writer",
    "Writer": "write.open_writer",
    "Source": "sources",
    "open_whoosh": "whoosh_index.storage",
    "quote": "query.syntax",
    "read_article": "ingest.reader",
    "read_articles": "ingest.folder",
}

# Names of errors in version 0.1.0, for one version more.
_OLD = dict.fromkeys(("IndexInvalid", "IndexLocked", "IndexMissing", "IndexOutdated"), "errors")

__all__ = [
    "Article",
    "ArticleError",
    "Concordance",
    "ConcordanceLine",
    "ConfigError",
    "Duplicate",
    "Duplicates",
    "EvaluationError",
    "Excluding",
    "Explanation",
    "ExportError",
    "Facet",
    "FacetValue",
    "Facets",
    "Hit",
    "Index",
    "IndexFolderError",
    "IndexInvalidError",
    "IndexLockedError",
    "IndexNotFoundError",
    "IndexOutdatedError",
    "IndexPartialError",
    "IndexReadOnlyError",
    "IndexUnavailableError",
    "IndexUnreadableError",
    "IndexUnwritableError",
    "Keyword",
    "Keywords",
    "LexiconError",
    "Match",
    "Missing",
    "Name",
    "NamePair",
    "Names",
    "NewArticles",
    "NotEnoughMemoryError",
    "Period",
    "Problem",
    "Progress",
    "QueryError",
    "Report",
    "Results",
    "SavedSearch",
    "SavedSearchError",
    "SavedSearches",
    "SearchKeywords",
    "SearchOptions",
    "SearcherError",
    "ServeError",
    "Snippet",
    "Sort",
    "Source",
    "SourceError",
    "Stats",
    "Suggestion",
    "TermFrequency",
    "TimeLimitError",
    "Timeline",
    "Token",
    "Writer",
    "__version__",
    "analyse",
    "build_index",
    "check_watching",
    "clean",
    "fold",
    "make_id",
    "one_line",
    "open_index",
    "open_whoosh",
    "open_writer",
    "publish_index",
    "quote",
    "read_article",
    "read_articles",
    "version_info",
    "watch_index",
]

if TYPE_CHECKING:
    from searcher.api.emptiness import Excluding
    from searcher.api.index import Index, open_index
    from searcher.api.saved import NewArticles, SavedSearches
    from searcher.article import Article, make_id
    from searcher.errors import (
        ArticleError,
        ConfigError,
        EvaluationError,
        ExportError,
        IndexFolderError,
        IndexInvalidError,
        IndexLockedError,
        IndexNotFoundError,
        IndexOutdatedError,
        IndexPartialError,
        IndexReadOnlyError,
        IndexUnavailableError,
        IndexUnreadableError,
        IndexUnwritableError,
        LexiconError,
        NotEnoughMemoryError,
        QueryError,
        SavedSearchError,
        SearcherError,
        ServeError,
        SourceError,
    )
    from searcher.errors import IndexInvalid as IndexInvalid
    from searcher.errors import IndexLocked as IndexLocked
    from searcher.errors import IndexMissing as IndexMissing
    from searcher.errors import IndexOutdated as IndexOutdated
    from searcher.explore.concordance import Concordance, ConcordanceLine
    from searcher.explore.duplicates import Duplicate, Duplicates
    from searcher.explore.facets import Facet, Facets, FacetValue
    from searcher.explore.keywords import Keyword, Keywords
    from searcher.explore.names import Name, NamePair, Names
    from searcher.explore.saved import SavedSearch
    from searcher.explore.timeline import Period, Timeline
    from searcher.ingest.folder import read_articles
    from searcher.ingest.plain_text import clean, one_line
    from searcher.ingest.reader import read_article
    from searcher.ingest.walk import Problem
    from searcher.query.options import SearchKeywords, SearchOptions, Sort
    from searcher.query.syntax import quote
    from searcher.results import (
        Explanation,
        Hit,
        Match,
        Missing,
        Results,
        Snippet,
        Stats,
        Suggestion,
        TermFrequency,
    )
    from searcher.sources import Source
    from searcher.text.analyser import Token, analyse
    from searcher.text.folding import fold
    from searcher.versions import version_info
    from searcher.whoosh_index.storage import open_whoosh
    from searcher.write.build import build_index, publish_index
    from searcher.write.open_writer import Writer, open_writer
    from searcher.write.report import Progress, Report
    from searcher.write.watch import check_watching, watch_index


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name) or _OLD.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

"""Whoosh as the tutorials for Chinese use it: jieba's ChineseAnalyzer and stored text.

One searcher stays open, as its documentation advises, and ``limitmb`` is raised for the bulk load.
"""

from __future__ import annotations

import warnings
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.engines import Hit, Query

with warnings.catch_warnings():
    # Both were written for older Pythons and have escape sequences that newer ones warn about.
    warnings.simplefilter("ignore")
    import jieba
    from jieba.analyse import ChineseAnalyzer
    from whoosh import index as whoosh_index
    from whoosh import query as whoosh_query
    from whoosh.fields import DATETIME, ID, KEYWORD, TEXT, Schema
    from whoosh.qparser import AndGroup, MultifieldParser, OrGroup

jieba.setLogLevel("WARNING")

if TYPE_CHECKING:
    from bench.documents import Documents
    from bench.segmenting import Timings
    from searcher.article import Article


class Whoosh:
    def build(
        self, documents: Documents, folder: Path, timings: Timings, *, processes: int = 1
    ) -> None:
        from bench.documents import articles  # here, because searching does not need it

        analyzer = ChineseAnalyzer()
        schema = Schema(
            id=ID(unique=True, stored=True),
            title=TEXT(stored=True, analyzer=analyzer),
            body=TEXT(stored=True, analyzer=analyzer),
            date=DATETIME(stored=True, sortable=True),
            category=KEYWORD(commas=True),
        )
        writer = whoosh_index.create_in(folder, schema).writer(procs=processes, limitmb=256)
        del timings  # segmenting happens inside add_document: there is no writing alone
        for article in articles(documents):
            writer.add_document(**_fields(article))
        writer.commit()

    def open(self, folder: Path) -> None:
        self._index = whoosh_index.open_dir(folder)
        self._searcher = self._index.searcher()
        schema = self._index.schema
        self._all = MultifieldParser(["title", "body"], schema, group=AndGroup)
        self._any = MultifieldParser(["title", "body"], schema, group=OrGroup)

    def search(self, query: Query) -> list[Hit]:
        # Articles without a date come first: its column holds the greatest number for them.
        order: dict[str, Any] = {"sortedby": "date", "reverse": True} if query.newest else {}
        results = self._searcher.search(
            self._parse(query), limit=query.offset + query.limit, filter=_filter(query), **order
        )
        return [
            Hit(hit["title"], hit.get("date"), hit.highlights("body") or hit["body"][:150])
            for hit in results[query.offset :]
        ]

    def count(self, query: Query) -> int:
        # With its optimisation, searching for one hit sometimes never ends (skip_to_quality).
        parsed, kept = self._parse(query), _filter(query)
        return len(self._searcher.search(parsed, limit=1, filter=kept, optimize=False))

    def update(self, article: Article, documents: Documents, *, by_listing: bool = False) -> None:
        del documents, by_listing
        writer = self._index.writer()
        writer.update_document(**_fields(article))
        writer.commit()
        self._searcher = self._searcher.refresh()

    def close(self) -> None:
        self._searcher.close()
        self._index.close()

    def _parse(self, query: Query) -> Any:
        parser = self._any if query.form == "any" else self._all
        wrapper = {"literal": '"{}"', "prefix": "{}*"}.get(query.form, "{}")
        return parser.parse(wrapper.format(query.text))


def _fields(article: Article) -> dict[str, object]:
    fields: dict[str, object] = {"id": article.id, "title": article.title, "body": article.body}
    category = ",".join(name.replace(",", " ") for name in article.categories)
    # Whoosh keeps dates without a zone.
    date = article.date and article.date.replace(tzinfo=None)
    return fields | ({"date": date} if date else {}) | ({"category": category} if category else {})


def _filter(query: Query) -> Any:
    parts: list[Any] = []
    if query.since and query.until:
        since, until = (
            datetime.combine(query.since, time.min),
            datetime.combine(query.until, time.max),
        )
        parts.append(whoosh_query.DateRange("date", since, until))
    if query.category:
        parts.append(whoosh_query.Term("category", query.category))
    return whoosh_query.And(parts) if parts else None


engine = Whoosh

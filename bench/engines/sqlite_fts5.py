"""SQLite FTS5 on the shared words.

An external content table, so that the text is stored once; ``ORDER BY rank``, which its
documentation calls faster than ``ORDER BY bm25(...)``; ``optimize`` after the bulk load.
CROSS JOIN fixes the order of the loops: the full-text index first.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, time, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from bench.engines import Hit, Query
from bench.words import query_words, spaced

if TYPE_CHECKING:
    from bench.documents import Documents
    from bench.segmenting import Timings
    from searcher.article import Article

FILE = "articles.sqlite"
# Pages of 16 KB: with the default of 4 KB most articles waste half a page.
_TABLES = """
PRAGMA page_size = 16384;
CREATE TABLE articles (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, date INTEGER, title TEXT, body TEXT);
CREATE INDEX articles_date ON articles (date);
CREATE TABLE categories (category TEXT, number INTEGER, PRIMARY KEY (category, number))
    WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (
    title, body, content = 'articles', content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 0');
"""
_MATCHES = "FROM {0} CROSS JOIN articles a ON a.number = {0}.rowid WHERE {0} MATCH :match"
_SHOWN = "a.title, a.date, snippet({0}, 1, '<b>', '</b>', '…', 40)"


class Sqlite:
    def build(
        self, documents: Documents, folder: Path, timings: Timings, *, processes: int = 1
    ) -> None:
        from bench.segmenting import segmented  # here, because searching does not need it

        connection = sqlite3.connect(folder / FILE)
        connection.executescript(_TABLES)
        for item in segmented(documents, timings, processes):
            start = timings.now()
            _insert(connection, item.article, item.title, item.body)
            timings.add("write", start)
        start = timings.now()
        connection.execute("INSERT INTO words (words) VALUES ('optimize')")
        connection.commit()
        connection.close()
        timings.add("write", start)

    def open(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / FILE)
        self._connection.execute("PRAGMA cache_size = -65536")

    def search(self, query: Query) -> list[Hit]:
        values = _values(query) | {"match": self.match(query)}
        table = self.search_table(query)
        matches, shown = _MATCHES.format(table), _SHOWN.format(table)
        filters = _filters(query, table)
        if query.newest:
            # The ten newest first, then their snippets: otherwise every match gets a snippet.
            sql = (
                f"WITH newest AS MATERIALIZED (SELECT a.number {matches} {filters}"
                " ORDER BY a.date DESC LIMIT :limit OFFSET :offset)"
                f" SELECT {shown} {matches} AND {table}.rowid IN newest ORDER BY a.date DESC"
            )
        else:
            sql = f"SELECT {shown} {matches} {filters} ORDER BY rank LIMIT :limit OFFSET :offset"
        return [
            Hit(
                title.replace("\t", ""),
                None if date is None else datetime.fromtimestamp(date, timezone.utc),
                snippet.replace("\t", ""),
            )
            for title, date, snippet in self._connection.execute(sql, values)
        ]

    def count(self, query: Query) -> int:
        table = self.search_table(query)
        filters = _filters(query, table)
        matches = _MATCHES.format(table) if filters else f"FROM {table} WHERE {table} MATCH :match"
        values = _values(query) | {"match": self.match(query)}
        return int(
            self._connection.execute(f"SELECT count(*) {matches} {filters}", values).fetchone()[0]
        )

    def update(self, article: Article, documents: Documents, *, by_listing: bool = False) -> None:
        del documents, by_listing
        with self._connection as connection:
            self.replace(connection, article)

    def search_table(self, query: Query) -> str:
        """Return the full-text table that a query is looked up in."""
        del query
        return "words"

    def match(self, query: Query) -> str:
        """Return a query in the language of FTS5. Raises Cannot."""
        if query.form == "prefix":
            return f'"{query.text}" *'
        words = query_words(query.text)
        if query.form == "literal":
            return f'"{" ".join(words)}"'
        return (" OR " if query.form == "any" else " AND ").join(f'"{word}"' for word in words)

    def replace(self, connection: sqlite3.Connection, article: Article) -> None:
        """Put an article in the place of the one with its id."""
        old = connection.execute(
            "SELECT number, title, body FROM articles WHERE id = ?", [article.id]
        ).fetchone()
        if old:
            connection.execute(
                "INSERT INTO words (words, rowid, title, body) VALUES ('delete', ?, ?, ?)", old
            )
            connection.execute("DELETE FROM articles WHERE number = ?", old[:1])
            connection.execute("DELETE FROM categories WHERE number = ?", old[:1])
        _insert(connection, article, spaced(article.title), spaced(article.body))

    def close(self) -> None:
        self._connection.close()


def _insert(connection: sqlite3.Connection, article: Article, title: str, body: str) -> None:
    date = None if article.date is None else int(article.date.timestamp())
    number = connection.execute(
        "INSERT INTO articles (id, date, title, body) VALUES (?, ?, ?, ?)",
        (article.id, date, title, body),
    ).lastrowid
    connection.execute(
        "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", (number, title, body)
    )
    connection.executemany(
        "INSERT OR IGNORE INTO categories (category, number) VALUES (?, ?)",
        [(category, number) for category in article.categories],
    )


def _filters(query: Query, table: str) -> str:
    filters = []
    if query.since and query.until:
        filters.append("AND a.date BETWEEN :since AND :until")
    if query.category:
        filters.append(
            "AND EXISTS (SELECT 1 FROM categories c"
            f" WHERE c.category = :category AND c.number = {table}.rowid)"
        )
    return " ".join(filters)


def _values(query: Query) -> dict[str, object]:
    values: dict[str, object] = {
        "limit": query.limit,
        "offset": query.offset,
        "category": query.category,
    }
    since, until = query.since, query.until
    values["since"] = since and datetime.combine(since, time.min, timezone.utc).timestamp()
    values["until"] = until and datetime.combine(until, time.max, timezone.utc).timestamp()
    return values


engine = Sqlite

"""SQLite FTS5 with a second table, of trigrams, so that literals are exact from three characters.

The second table reads the text through a view that takes the tabs between the words out.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from bench.engines import Cannot, Query
from bench.engines.sqlite_fts5 import FILE, Sqlite

if TYPE_CHECKING:
    from bench.documents import Documents
    from bench.segmenting import Timings
    from searcher.article import Article

_TABLES = """
CREATE VIEW plain AS
    SELECT number, replace(title, char(9), '') AS title, replace(body, char(9), '') AS body
    FROM articles;
CREATE VIRTUAL TABLE trigrams USING fts5 (
    title, body, content = 'plain', content_rowid = 'number', tokenize = 'trigram');
"""
_SHORTEST = 3  # characters of a trigram


class SqliteTrigram(Sqlite):
    def build(
        self, documents: Documents, folder: Path, timings: Timings, *, processes: int = 1
    ) -> None:
        super().build(documents, folder, timings, processes=processes)
        start = timings.now()
        connection = sqlite3.connect(folder / FILE)
        connection.executescript(_TABLES)
        connection.execute("INSERT INTO trigrams (trigrams) VALUES ('rebuild')")
        connection.execute("INSERT INTO trigrams (trigrams) VALUES ('optimize')")
        connection.commit()
        connection.close()
        timings.add("write", start)

    def search_table(self, query: Query) -> str:
        return "trigrams" if query.form == "literal" else super().search_table(query)

    def match(self, query: Query) -> str:
        if query.form != "literal":
            return super().match(query)
        if len(query.text) < _SHORTEST:
            raise Cannot("trigrams begin at three characters")
        escaped = query.text.replace('"', '""')
        return f'"{escaped}"'

    def replace(self, connection: sqlite3.Connection, article: Article) -> None:
        old = connection.execute(
            "SELECT p.number, p.title, p.body FROM plain p JOIN articles a USING (number)"
            " WHERE a.id = ?",
            [article.id],
        ).fetchone()
        if old:
            connection.execute(
                "INSERT INTO trigrams (trigrams, rowid, title, body) VALUES ('delete', ?, ?, ?)",
                old,
            )
        super().replace(connection, article)
        connection.execute(
            "INSERT INTO trigrams (rowid, title, body)"
            " SELECT p.number, p.title, p.body FROM plain p JOIN articles a USING (number)"
            " WHERE a.id = ?",
            [article.id],
        )


engine = SqliteTrigram

"""Groonga as its documentation sets it up for Chinese: bigrams, so that every query is of strings.

The program ``groonga`` answers on a pipe, as long as it is open, and says with each answer how long
it took; its processor's time is what the kernel counts from one answer to the next.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import datetime, time, timezone
from pathlib import Path
from time import process_time
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from bench import memory
from bench.engines import Cannot, Hit, Missing, Query, Took

if TYPE_CHECKING:
    from bench.documents import Documents
    from bench.segmenting import Timings
    from searcher.article import Article

_FILE = "articles"
_TABLES = """
table_create Articles TABLE_HASH_KEY ShortText
column_create Articles title COLUMN_SCALAR Text
column_create Articles body COLUMN_SCALAR Text
table_create Dates TABLE_PAT_KEY Time
column_create Articles date COLUMN_SCALAR Time
table_create Categories TABLE_HASH_KEY ShortText
column_create Articles category COLUMN_VECTOR Categories
table_create Bigrams TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram \
--normalizer NormalizerAuto
column_create Bigrams title COLUMN_INDEX|WITH_POSITION Articles title
column_create Bigrams body COLUMN_INDEX|WITH_POSITION Articles body
column_create Dates articles COLUMN_INDEX Articles date
column_create Categories articles COLUMN_INDEX Articles category
"""
_FIELDS = "scorer_tf_idf(title)||scorer_tf_idf(body)"
_MARK = '<span class="keyword">'


def groonga_version() -> str:
    """Return what ``groonga --version`` calls itself."""
    said = subprocess.run(["groonga", "--version"], capture_output=True, text=True, check=False)
    return said.stdout.split(maxsplit=2)[1]


class Groonga:
    warm = 0

    def __init__(self) -> None:
        program = shutil.which("groonga")
        if program is None:
            raise Missing("the program groonga is not installed")
        self._program = program
        self.helper_peak = 0
        self._took = Took(0.0, 0.0)

    def build(
        self, documents: Documents, folder: Path, timings: Timings, *, processes: int = 1
    ) -> None:
        from bench.documents import articles  # here, because searching does not need it

        del processes  # one process writes
        self._start(["-n", str(folder / _FILE)])
        for line in _TABLES.strip().splitlines():
            self._ask(line)
        wall = 0.0
        self._in.write(b"load --table Articles\n[\n")
        separator = b""
        for article in articles(documents):
            start = timings.now()
            self._in.write(separator + json.dumps(_record(article)).encode() + b"\n")
            separator = b","
            wall += timings.now() - start
        start = timings.now()
        self._ask("]")
        self._ask("io_flush")
        timings.seconds["write"] = wall + timings.now() - start
        self.close()

    def open(self, folder: Path) -> None:
        self._start([str(folder / _FILE)])

    def search(self, query: Query) -> list[Hit]:
        order = "-date" if query.newest else "-_score"
        shown = "title,date,snippet_html(body)"
        found = self._select(query, shown, query.limit, sort_keys=order, offset=query.offset)
        hits = []
        for title, date, snippets in found[2:]:
            snippet = snippets[0] if snippets else ""
            marked = snippet.replace(_MARK, "<b>").replace("</span>", "</b>")
            day = datetime.fromtimestamp(date, timezone.utc) if date else None
            hits.append(Hit(title, day, marked))
        return hits

    def count(self, query: Query) -> int:
        return int(self._select(query, "_id", 0)[0][0])

    def update(self, article: Article, documents: Documents, *, by_listing: bool = False) -> None:
        del documents, by_listing
        values = json.dumps([_record(article)])
        self._ask("/d/load?" + urlencode({"table": "Articles", "values": values}))
        loaded = self._took
        self._ask("io_flush")
        flushed = self._took
        self._took = Took(loaded.wall + flushed.wall, loaded.processor + flushed.processor)

    def close(self) -> None:
        self.helper_peak = memory.peak(self._process.pid)
        self._in.close()
        self._out.close()
        self._process.wait()

    def took(self) -> Took:
        return self._took

    def _start(self, arguments: list[str]) -> None:
        self._process = subprocess.Popen(
            [self._program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._in = cast("IO[bytes]", self._process.stdin)
        self._out = cast("IO[bytes]", self._process.stdout)

    def _select(self, query: Query, shown: str, limit: int, **more: object) -> list[Any]:
        if query.form == "prefix":
            raise Cannot("bigrams are no words")
        texts = [query.text] if query.form == "literal" else query.text.split()
        quoted = ['"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts]
        asked = {
            "table": "Articles",
            "match_columns": _FIELDS,
            "query": (" OR " if query.form == "any" else " ").join(quoted),
            "filter": _filter(query),
            "output_columns": shown,
            "limit": limit,
            # Answers that it keeps are not computed.
            "cache": "no",
            **more,
        }
        found: list[Any] = self._ask("/d/select?" + urlencode(asked))[0]
        return found

    def _ask(self, line: str) -> Any:
        before = _processor(self._process.pid)
        self._in.write(line.encode() + b"\n")
        self._in.flush()
        (status, _, wall, *problem), *answer = json.loads(self._out.readline())
        if status != 0:
            raise RuntimeError(problem[0])
        self._took = Took(wall, _processor(self._process.pid) - before)
        return answer[0]


def _processor(process: int) -> float:
    """Return the seconds that the processor has worked for the first thread of a process."""
    told = Path(f"/proc/{process}/schedstat")
    return int(told.read_bytes().split()[0]) / 1e9 if told.exists() else process_time()


def _record(article: Article) -> dict[str, object]:
    date = {} if article.date is None else {"date": article.date.timestamp()}
    return {
        "_key": article.id,
        "title": article.title,
        "body": article.body,
        "category": list(article.categories),
        **date,
    }


def _filter(query: Query) -> str:
    parts = []
    if query.since and query.until:
        since = datetime.combine(query.since, time.min, timezone.utc).timestamp()
        until = datetime.combine(query.until, time.max, timezone.utc).timestamp()
        parts.append(f'between(date, {since:.0f}, "include", {until:.0f}, "include")')
    if query.category:
        parts.append(f"category @ {json.dumps(query.category, ensure_ascii=False)}")
    return " && ".join(parts)


engine = Groonga

"""One engine on the collection many times over: a column for each size.

The copies have new ids and their sentences in another order. Nothing but the engine's own index is
written, and with it what building it took: an index that is there is not built again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import memory, process_rows
from bench.child import Job
from bench.engines import Query, Took, load
from bench.query_rows import answer
from bench.report import Cell, cells
from bench.setting import CORES, MB, Setting

_FIRST_QUERIES = 5


def column(articles: int) -> str:
    """Return the heading of a size: its number of articles."""
    return f"{articles:,}"


def scale(setting: Setting, engine: str, sizes: Sequence[int]) -> None:
    """Build the collection repeated by each factor, and answer every query set."""
    rows: dict[tuple[str, str], dict[str, Cell]] = {}
    for copies in sizes:
        articles = copies * setting.vocabulary.articles
        setting.progress(f"scale: {articles:,} articles")
        for name, unit, cell in _one_size(setting, engine, copies):
            rows.setdefault((name, unit), {})[column(articles)] = cell
    for (name, unit), row in rows.items():
        setting.report.add(name, unit, "more" if unit.endswith("/s") else "less", row)


def _one_size(setting: Setting, engine: str, copies: int) -> list[tuple[str, str, Cell]]:
    folder = setting.work / "scale" / f"{engine}-{copies}"
    articles = copies * setting.vocabulary.articles
    text = copies * setting.vocabulary.text_bytes
    built = _built(setting, engine, copies, folder)
    if "cannot" in built:
        return [("index", "s", Cell(reason=built["cannot"]))]
    together = (built["together"] or 0) / MB
    rows = [
        ("index", "s", Cell((built["seconds"],))),
        ("index", "articles/s", Cell((articles / built["seconds"],))),
        ("index", "CPU s", Cell((built["processor"],))),
        ("index, peak memory of the process", "MB", Cell((built["peak"] / MB,))),
        ("index, peak memory of all processes", "MB", Cell((together,))),
        ("index bytes", "MB", Cell((memory.folder_bytes(folder) / MB,))),
        ("index bytes ÷ text bytes", "", Cell((memory.folder_bytes(folder) / text,))),
    ]
    query = Query("all", setting.one_word)
    first = [
        setting.run(Job("first", engine, folder, queries=(query,))) for _ in range(_FIRST_QUERIES)
    ]
    times: list[Took] | str = [
        Took(one["seconds"], one["processor"]) for one in first if "seconds" in one
    ] or "failed"
    opened_cell = process_rows.wall_cells({engine: times})[engine]
    rows.append(("open + first query, fresh process", "ms", opened_cell))
    many = setting.run(Job("many", engine, folder, queries=process_rows.of_all_kinds(setting)))
    cell = cells({engine: many}, lambda a: a["peak"] / MB)[engine]
    rows.append(("search, peak memory, 1,000 queries", "MB", cell))
    opened = load(engine)
    opened.open(folder)
    for row in setting.queries:
        setting.progress(f"scale: {row.name}")
        summaries, cannot = answer({engine: opened}, row, repeat=setting.repeat)
        for summary in summaries.values():
            processor = Cell((summary.processor_p50, summary.processor_p95))
            rows.append((row.name, "ms", Cell((summary.p50, summary.p95))))
            rows.append((row.name, "CPU ms", processor))
        rows += [(row.name, "ms", cell) for cell in cannot.values()]
    opened.close()
    return rows


def _built(setting: Setting, engine: str, copies: int, folder: Path) -> dict[str, Any]:
    """Return what building an index took, now or when it was built."""
    record = folder.with_suffix(".json")
    if record.exists():
        found: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
        return found
    documents = setting.documents.times(copies, shuffled=True)
    built = setting.build(engine, documents, folder, CORES)
    if "cannot" not in built:
        record.write_text(json.dumps(built), encoding="utf-8")
    return built

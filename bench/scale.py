"""One engine on the collection many times over: a column for each size.

The copies have new ids and their sentences in another order. Nothing but the engine's own index is
written, and the index of one size is removed before the next is built.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence

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
    folder = setting.work / "scale" / engine
    articles = copies * setting.vocabulary.articles
    text = copies * setting.vocabulary.text_bytes
    built = setting.build(engine, setting.documents.times(copies, shuffled=True), folder, CORES)
    if "cannot" in built:
        shutil.rmtree(folder)
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
    shutil.rmtree(folder)
    return rows

"""Rows of whole processes: the first query, a command, memory, and nothing to do."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from bench import processes
from bench.child import Job
from bench.engines import Query, Took
from bench.measure import rounds
from bench.report import OURS, Cell, cells
from bench.setting import CORES, MB, Setting, our_command

_CLI = Path(__file__).with_name("cli_peers")
_MEMORY_QUERIES = 1_000


def opening(setting: Setting) -> None:
    """Open and answer the first query in a fresh process, imports included."""
    found: dict[str, list[Took] | str] = {name: [] for name in setting.engines}
    query = Query("all", setting.one_word)
    for names in rounds(setting.engines, repeat=max(5, setting.repeat)):
        for name in names:
            answer = setting.run(Job("first", name, setting.index(name), queries=(query,)))
            if "cannot" in answer:
                found[name] = answer["cannot"]
            elif isinstance(times := found[name], list):
                times.append(Took(answer["seconds"], answer["processor"]))
    add_times(setting, "open + first query, fresh process", found)


def cli(setting: Setting) -> None:
    """Time the whole command ``search 拜登``."""
    programs = {
        "searcher": our_command(),
        "tantivy": [sys.executable, str(_CLI / "tantivy_cli.py")],
        "whoosh": [sys.executable, str(_CLI / "whoosh_cli.py")],
    }
    word = setting.one_word
    lines = {
        name: [*programs[name], "search", word, "--index", str(setting.index(name))]
        for name in setting.engines
        if name in programs
    }
    expect = {name: word.encode() for name in lines if name != "whoosh"}
    times = processes.commands(lines, repeat=max(10, setting.repeat), expect=expect)
    add_times(setting, f"search {word}, whole command", times)


def memory(setting: Setting) -> None:
    """Open the index and answer 1,000 queries of all kinds in a fresh process."""
    asked = of_all_kinds(setting)
    answers = {
        name: setting.run(Job("many", name, setting.index(name), queries=asked))
        for name in setting.engines
    }
    row = cells(answers, lambda a: a["peak"] / MB)
    setting.report.add("search, peak memory, 1,000 queries", "MB", "less", row)


def of_all_kinds(setting: Setting) -> tuple[Query, ...]:
    """Return 1,000 queries, one of each row in turn."""
    sets = [row.queries for row in setting.queries if row.measure == "hits" and row.queries]
    turns = range(_MEMORY_QUERIES // len(sets) + 1)
    asked = [queries[n % len(queries)] for n in turns for queries in sets]
    return tuple(asked[:_MEMORY_QUERIES])


def unchanged(setting: Setting) -> None:
    """Index again although nothing changed."""
    folder = setting.documents.folder
    found: dict[str, list[Took] | str] = dict.fromkeys(setting.engines, "rebuilds")
    if OURS in setting.engines and folder is not None:
        lines = {
            OURS: [*our_command(), "index", str(folder), "--index", str(setting.index(OURS))],
            "find": ["find", str(folder), "-type", "f", "-printf", "%s %T@\n"],
        }
        times = processes.commands(lines, repeat=max(5, setting.repeat), expect={})
        found[OURS] = times[OURS]
        find = wall_cells(times)["find"]
        setting.report.notes.append(f"find FOLDER -printf '%s %T@': {find} ms")
    elif OURS in setting.engines:
        documents = setting.documents
        job = Job("unchanged", OURS, setting.index(OURS), documents, processes=CORES)
        answer = setting.run(job)
        if "cannot" in answer:
            found[OURS] = answer["cannot"]
        else:
            found[OURS] = [Took(answer["seconds"], answer["processor"])]
    add_times(setting, "index again, nothing changed", found)


def add_times(setting: Setting, name: str, found: Mapping[str, list[Took] | str]) -> None:
    """Add two rows: milliseconds by the clock, and of the processor."""
    setting.report.add(name, "ms", "less", wall_cells(found))
    processor = {
        engine: Cell(reason=times)
        if isinstance(times, str)
        else Cell.of([took.processor * 1e3 for took in times])
        for engine, times in found.items()
    }
    setting.report.add(name, "CPU ms", "less", processor)


def wall_cells(found: Mapping[str, list[Took] | str]) -> dict[str, Cell]:
    """Return p50 and p95 by the clock, in milliseconds, or why there are none."""
    return {
        engine: Cell(reason=times)
        if isinstance(times, str)
        else Cell.of([took.wall * 1e3 for took in times])
        for engine, times in found.items()
    }

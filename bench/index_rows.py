"""Rows of building an index."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from bench import memory
from bench.measure import rounds
from bench.report import Better, Cell, cells
from bench.setting import CORES, MB, Setting

Answers = dict[str, list[dict[str, Any]]]


def index(setting: Setting) -> None:
    """Build with one process: articles/s, size, memory."""
    built: Answers = {name: [] for name in setting.engines}
    for names in rounds(setting.engines, repeat=setting.builds):
        for name in names:
            answer = setting.build(name, setting.documents, setting.index(name))
            built[name].append(answer)
    articles, text = setting.vocabulary.articles, setting.vocabulary.text_bytes
    add = partial(_add, setting, built)
    add("index, one process", "articles/s", "more", lambda a: articles / a["seconds"])
    writing = {
        name: [a if "write" in a.get("stages", {}) else {"cannot": "not separable"} for a in each]
        for name, each in built.items()
    }
    _add(
        setting,
        writing,
        "index, writing alone",
        "articles/s",
        "more",
        lambda a: articles / a["stages"]["write"],
    )
    add("index, processor time", "s", "less", lambda a: a["processor"])
    add(
        "index, one process",
        "articles/s of the processor",
        "more",
        lambda a: articles / a["processor"],
    )
    add("index, peak memory", "MB", "less", lambda a: a["peak"] / MB)
    sizes = {
        name: Cell((memory.folder_bytes(setting.index(name)) / text,)) for name in setting.engines
    }
    setting.report.add("index bytes ÷ text bytes", "", "less", sizes)


def cores(setting: Setting) -> None:
    """Build with all cores."""
    built: Answers = {name: [] for name in setting.engines}
    for names in rounds(setting.engines, repeat=setting.builds):
        for name in names:
            folder = setting.work / "all"
            built[name].append(setting.build(name, setting.documents, folder, CORES))
    articles = setting.vocabulary.articles
    add = partial(_add, setting, built)
    add(f"index, {CORES} processes", "articles/s", "more", lambda a: articles / a["seconds"])
    add(
        f"index, {CORES} processes, peak memory of all",
        "MB",
        "less",
        lambda a: a["together"] / MB if a["together"] else 0.0,
    )


def _add(
    setting: Setting,
    built: Answers,
    name: str,
    unit: str,
    better: Better,
    value: Callable[[dict[str, Any]], float],
) -> None:
    """Add a row with the median of each engine's builds."""
    failed = {engine: [a for a in each if "cannot" in a] for engine, each in built.items()}
    one = {engine: failed[engine][0] if failed[engine] else {} for engine in built}
    row = cells(one, lambda _: 0.0)
    for engine, each in built.items():
        if not failed[engine]:
            row[engine] = Cell((median(map(value, each)),))
    setting.report.add(name, unit, better, row)

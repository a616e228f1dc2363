"""Rows of queries: how long they take, how many a second, and whether the totals are right."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean

from bench.engines import Cannot, Engine, Query, load
from bench.exact import exact_totals
from bench.measure import Asker, Latency, interleave, latency
from bench.queries import QuerySet
from bench.report import Cell
from bench.setting import CORES, Setting

_WARM = 10  # untimed queries of a row before the clock counts


def queries(setting: Setting) -> None:
    """Answer every query set, in turns: p50 and p95 by both clocks, then queries a second."""
    opened = {name: load(name) for name in setting.engines}
    for name, engine in opened.items():
        engine.open(setting.index(name))
    rates: list[tuple[str, dict[str, Cell]]] = []
    for row in setting.queries:
        setting.progress(f"queries: {row.name}")
        summaries, cannot = answer(opened, row, repeat=setting.repeat)
        wall = cannot | {n: Cell((s.p50, s.p95)) for n, s in summaries.items()}
        processor = cannot | {
            n: Cell((s.processor_p50, s.processor_p95)) for n, s in summaries.items()
        }
        setting.report.add(row.name, "ms", "less", wall)
        setting.report.add(row.name, "CPU ms", "less", processor)
        rates.append((row.name, cannot | {n: Cell((s.rate,)) for n, s in summaries.items()}))
    for label, rate in rates:
        setting.report.add(label, "queries/s", "more", rate)
    _totals(setting, opened)
    for engine in opened.values():
        engine.close()


def answer(
    opened: Mapping[str, Engine], row: QuerySet, *, repeat: int
) -> tuple[dict[str, Latency], dict[str, Cell]]:
    """Time the queries of a row with every engine in turns; and say who cannot answer them."""
    askers, cannot = askers_of(opened, row)
    times = interleave(askers, row.queries, repeat=repeat)
    return {name: latency(each) for name, each in times.items()}, cannot


def askers_of(
    opened: Mapping[str, Engine], row: QuerySet
) -> tuple[dict[str, Asker[Query]], dict[str, Cell]]:
    """Return how to ask each engine the queries of a row, after a warm-up, and who cannot."""
    askers: dict[str, Asker[Query]] = {}
    cannot: dict[str, Cell] = {}
    for name, engine in opened.items():
        if not row.queries:
            cannot[name] = Cell(reason=row.missing)
            continue
        ask = engine.count if row.measure == "count" else engine.search
        try:
            for number in range(_warm(engine, row)):
                ask(row.queries[number % len(row.queries)])
        except Cannot as reason:
            cannot[name] = Cell(reason=str(reason))
        else:
            askers[name] = Asker(ask, getattr(engine, "took", None))
    return askers, cannot


def _warm(engine: Engine, row: QuerySet) -> int:
    """Return how many queries an engine is asked before the clock counts."""
    most = len(row.queries)
    # All where totals are counted: some engine may not be able to count a few of them.
    least = most if row.measure == "count" else min(_WARM, most)
    return max(least, getattr(engine, "warm", 0))


def _totals(setting: Setting, opened: Mapping[str, Engine]) -> None:
    """Hold the totals against a count by looking at every article.

    Only of strings: what counts as a word is each engine's own affair.
    """
    setting.progress("queries: exact totals")
    sets = [row for row in setting.queries if row.name.startswith("literal")]
    wanted = [query for row in sets for query in row.queries]
    exact = exact_totals(setting.documents, wanted, processes=CORES)
    for row in sets:
        cells = {}
        for name, engine in opened.items():
            try:
                found = [engine.count(query) for query in row.queries]
            except Cannot as reason:
                cells[name] = Cell(reason=str(reason))
                continue
            right = [exact[query] for query in row.queries]
            pairs = list(zip(found, right, strict=True))
            shares = [a / b for a, b in pairs if b]
            equal = mean(a == b for a, b in pairs) if pairs else 0
            cells[name] = Cell((100 * mean(shares or [0]), 100 * equal))
        setting.report.add(f"{row.name}: found ÷ right (right totals)", "%", "", cells)

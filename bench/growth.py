"""Rows of growth: the collection ten times over beside the collection once."""

from __future__ import annotations

from bench.engines import Engine, load
from bench.measure import interleave, latency
from bench.query_rows import askers_of
from bench.report import Cell, cells
from bench.setting import CORES, MB, Setting

_GROWING = ("and", "or", "literal")  # what the names of the compared rows begin with


def growth(setting: Setting, names: list[str]) -> None:
    """Compare the collection ten times over with the collection once, and building twice."""
    twice = setting.documents.times(2)
    once = {n: setting.build(n, setting.documents, setting.work / "all") for n in names}
    double = {n: setting.build(n, twice, setting.work / "all") for n in names}
    for answers, label in ((once, "once"), (double, "twice over")):
        row = cells(answers, lambda a: a["peak"] / MB)
        setting.report.add(f"index {label}, peak memory", "MB", "less", row)
    large: dict[str, Engine] = {}
    row = {}
    for name in names:
        folder = setting.work / "growth" / name
        answer = setting.build(name, setting.documents.times(10), folder, CORES)
        row |= cells({name: answer}, lambda a: a["seconds"])
        if "cannot" not in answer:
            large[name] = load(name)
            large[name].open(folder)
    setting.report.add("index ten times over", "s", "less", row)
    small = {name: load(name) for name in large}
    for name, engine in small.items():
        engine.open(setting.index(name))
    for queries in setting.queries:
        if not queries.name.startswith(_GROWING) or not queries.queries:
            continue
        setting.progress(f"growth: {queries.name}")
        before, cannot = askers_of(small, queries)
        after, _ = askers_of(large, queries)
        askers = {f"{n} 1": ask for n, ask in before.items()}
        askers |= {f"{n} 10": ask for n, ask in after.items()}
        times = interleave(askers, queries.queries, repeat=setting.repeat)
        p50 = {name: latency(each).p50 for name, each in times.items()}
        row = cannot | {n: Cell((p50[f"{n} 10"] / p50[f"{n} 1"],)) for n in before}
        setting.report.add(f"{queries.name}, ten times over", "× p50", "less", row)
    for engine in (*small.values(), *large.values()):
        engine.close()

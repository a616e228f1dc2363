"""``python -m bench``: measure the engines side by side and print one table."""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

from bench import index_rows, process_rows, query_rows, update_rows
from bench.documents import open_documents
from bench.engines import KINDS, Missing, load
from bench.growth import growth
from bench.queries import make_queries
from bench.report import OURS, Report
from bench.scale import column, scale
from bench.setting import Setting
from bench.vocabulary import scan

# In this order: the later ones need the index of the first, the last one changes the collection.
GROUPS: dict[str, Callable[[Setting], None]] = {
    "index": index_rows.index,
    "cores": index_rows.cores,
    "opening": process_rows.opening,
    "cli": process_rows.cli,
    "queries": query_rows.queries,
    "memory": process_rows.memory,
    "unchanged": process_rows.unchanged,
    "update": update_rows.update,
}
_RATIO = "tantivy,tantivy+chars,tantivy+re,lucene,whoosh"


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--docs", type=Path, required=True, help="folder of articles, or JSONL (id, date, body)"
    )
    parser.add_argument("--queries", type=Path, help="typed query strings, one a line")
    parser.add_argument("--limit", type=int, help="use the first N articles only")
    parser.add_argument("--engines", default=",".join(KINDS), help="default: %(default)s")
    parser.add_argument("--rows", default=",".join(GROUPS), help="default: %(default)s")
    parser.add_argument(
        "--growth",
        nargs="?",
        const="searcher,tantivy",
        metavar="ENGINES",
        help="also ten times the collection (default: %(const)s)",
    )
    parser.add_argument(
        "--times",
        metavar="N,…",
        help="instead of all rows: one engine on the collection so many times over, its sentences "
        "shuffled, a column for each number",
    )
    parser.add_argument(
        "--ratio",
        default=_RATIO,
        metavar="ENGINES",
        help="the engines that ours is divided by, row by row (default: %(default)s)",
    )
    parser.add_argument("--repeat", type=int, default=3, help="timings of each query")
    parser.add_argument("--builds", type=int, default=1, help="timings of building an index")
    parser.add_argument("--size", type=int, default=100, help="queries of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="keep the indexes here and use those found here")
    parser.add_argument("--out", type=Path, help="write the report as Markdown")
    parser.add_argument("--json", type=Path, help="write all numbers as JSON")
    chosen = parser.parse_args(arguments)
    for option, names, known in (
        ("engines", chosen.engines, KINDS),
        ("rows", chosen.rows, GROUPS),
        ("ratio", chosen.ratio, KINDS),
        ("growth", chosen.growth or OURS, KINDS),
    ):
        if unknown := set(names.split(",")) - set(known):
            parser.error(f"--{option}: {', '.join(sorted(unknown))} is none of {', '.join(known)}")
    if chosen.times:
        sizes = chosen.times.split(",")
        if not all(size.isdecimal() and int(size) for size in sizes):
            parser.error("--times: whole numbers from 1 on, with commas between them")
        chosen.times = sorted({int(size) for size in sizes})
        if "," in chosen.engines:
            parser.error("--times is for one engine; name it with --engines")
    return chosen


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark."""
    chosen = options(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        work = (chosen.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        report = _measure(chosen, work)
    print(report.markdown())
    if chosen.out:
        chosen.out.write_text(report.markdown(), encoding="utf-8")
    if chosen.json:
        chosen.json.write_text(report.json(), encoding="utf-8")
    return 0


def _measure(chosen: argparse.Namespace, work: Path) -> Report:
    _say("scan")
    documents = open_documents(chosen.docs, limit=chosen.limit, work=work)
    vocabulary = scan(documents, seed=chosen.seed)
    typed = chosen.queries.read_text(encoding="utf-8").splitlines() if chosen.queries else []
    queries = make_queries(vocabulary, typed, seed=chosen.seed, size=chosen.size)
    report = Report(
        engines=[],
        collection={
            "name": chosen.docs.resolve().name,
            "articles": vocabulary.articles,
            "text_mb": round(vocabulary.text_bytes / 1e6, 1),
        },
        settings={
            "seed": chosen.seed,
            "queries a row": chosen.size,
            "repeat": chosen.repeat,
            "builds": chosen.builds,
        },
        ratios=[(OURS, name) for name in chosen.ratio.split(",")],
    )
    for name in chosen.engines.split(","):
        if missing := _missing(name):
            report.notes.append(f"{name}: left out, {missing}")
        else:
            report.engines.append(name)
    setting = Setting(
        report,
        documents,
        vocabulary,
        queries,
        work,
        repeat=chosen.repeat,
        builds=chosen.builds,
        progress=_say,
    )
    if chosen.times:
        _scale(setting, chosen.times)
        return report
    wanted = set(chosen.rows.split(","))
    if not all(setting.index(name).exists() for name in report.engines):
        wanted.add("index")
    for group, measure in GROUPS.items():
        if group == "update" and chosen.growth:
            names = [name for name in chosen.growth.split(",") if name in report.engines]
            _attempt(report, "growth", partial(growth, setting, names))
        if group in wanted:
            _attempt(report, group, partial(measure, setting))
    return report


def _scale(setting: Setting, sizes: list[int]) -> None:
    """Fill the report with one engine, a column for each size and its ratio to the one before."""
    report = setting.report
    report.columns = [column(size * setting.vocabulary.articles) for size in sizes]
    report.ratios = [(large, small) for small, large in pairwise(report.columns)]
    for name in report.engines:
        _attempt(report, "scale", partial(scale, setting, name, sizes))


def _attempt(report: Report, name: str, measure: Callable[[], None]) -> None:
    """Measure a group of rows; what goes wrong with it leaves the others standing."""
    try:
        measure()
    except Exception as problem:
        traceback.print_exc()
        report.notes.append(f"{name}: failed, {type(problem).__name__}")


def _missing(name: str) -> str | None:
    """Return what an engine lacks, None when it can be used."""
    try:
        load(name)
    except ImportError as problem:
        if isinstance(problem, Missing):
            return str(problem)
        return f"{problem.name or 'something that it needs'} cannot be imported"
    return None


def _say(stage: str) -> None:
    print(stage, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

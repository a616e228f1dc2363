"""``python -m bench``: measure the engines side by side and print one table."""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.documents import open_documents
from bench.engines import KINDS, load
from bench.queries import make_queries
from bench.report import Report
from bench.rows import Rows
from bench.vocabulary import scan

# In this order: the later ones need the index of the first, the last one changes the collection.
GROUPS = ("index", "cores", "opening", "cli", "queries", "memory", "unchanged", "update")


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
    parser.add_argument("--repeat", type=int, default=3, help="timings of each query")
    parser.add_argument("--size", type=int, default=100, help="queries of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="keep the indexes here and use those found here")
    parser.add_argument("--out", type=Path, help="write the report as Markdown")
    parser.add_argument("--json", type=Path, help="write all numbers as JSON")
    chosen = parser.parse_args(arguments)
    for option, names, known in (("engines", chosen.engines, KINDS), ("rows", chosen.rows, GROUPS)):
        if unknown := set(names.split(",")) - set(known):
            parser.error(f"--{option}: {', '.join(sorted(unknown))} is none of {', '.join(known)}")
    return chosen


def main() -> int:
    """Run the benchmark."""
    chosen = options()
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
        settings={"seed": chosen.seed, "queries a row": chosen.size, "repeat": chosen.repeat},
    )
    for name in chosen.engines.split(","):
        if missing := _missing(name):
            report.notes.append(f"{name}: left out, {missing} cannot be imported")
        else:
            report.engines.append(name)
    rows = Rows(report, documents, vocabulary, queries, work, repeat=chosen.repeat, progress=_say)
    wanted = set(chosen.rows.split(","))
    if not all((work / "index" / name).exists() for name in report.engines):
        wanted.add("index")
    for group in GROUPS:
        if group == "update" and chosen.growth:
            names = [name for name in chosen.growth.split(",") if name in report.engines]
            _attempt(report, "growth", partial(rows.growth, names))
        if group in wanted:
            _attempt(report, group, getattr(rows, group))
    return report


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
        return problem.name or "something that it needs"
    return None


def _say(stage: str) -> None:
    print(stage, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

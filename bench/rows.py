"""The groups of rows: each method measures something of every engine and adds it to the report."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import mean, median
from typing import Any

from bench import memory, processes
from bench.child import Job
from bench.documents import Documents
from bench.engines import Cannot, Engine, Query, load
from bench.exact import exact_totals
from bench.measure import interleave, latency, percentile
from bench.queries import QuerySet
from bench.report import OURS, Cell, Report
from bench.vocabulary import Vocabulary

_CLI = Path(__file__).with_name("cli_peers")
_MB = 1e6
_WARM = 10  # untimed queries of a row before the clock counts
_MEMORY_QUERIES = 1_000
_UPDATES = 5


class Rows:
    """Measures the engines on one collection, with the indexes below one working folder."""

    def __init__(
        self,
        report: Report,
        documents: Documents,
        vocabulary: Vocabulary,
        queries: list[QuerySet],
        work: Path,
        *,
        repeat: int,
        progress: Callable[[str], None],
    ) -> None:
        self._report = report
        self._documents = documents
        self._vocabulary = vocabulary
        self._queries = queries
        self._work = work
        self._repeat = repeat
        self._progress = progress
        self._cores = os.cpu_count() or 1
        self._cli_query = "拜登" if vocabulary.frequency["拜登"] else queries[1].queries[0].text

    @property
    def engines(self) -> list[str]:
        return self._report.engines

    def index(self) -> None:
        """Build with one process: articles/s, size, memory."""
        built = {
            name: self._build(name, self._documents, self._index(name)) for name in self.engines
        }
        articles, text = self._vocabulary.articles, self._vocabulary.text_bytes

        def add(
            name: str, unit: str, better: Any, value: Callable[[dict[str, Any]], float]
        ) -> None:
            self._report.add(name, unit, better, _cells(built, value))

        add("index, one process", "articles/s", "more", lambda a: articles / a["seconds"])
        writing = {
            name: answer if "write" in answer.get("stages", {}) else {"cannot": "not separable"}
            for name, answer in built.items()
        }
        self._report.add(
            "index, writing alone",
            "articles/s",
            "more",
            _cells(writing, lambda a: articles / a["stages"]["write"]),
        )
        add("index, processor time", "s", "less", lambda a: a["processor"])
        add("index, peak memory", "MB", "less", lambda a: a["peak"] / _MB)
        sizes = {
            name: Cell((memory.folder_bytes(self._index(name)) / text,)) for name in self.engines
        }
        self._report.add("index bytes ÷ text bytes", "", "less", sizes)

    def cores(self) -> None:
        """Build with all cores."""
        built = {
            name: self._build(name, self._documents, self._work / "all", self._cores)
            for name in self.engines
        }
        self._report.add(
            f"index, {self._cores} processes",
            "articles/s",
            "more",
            _cells(built, lambda a: self._vocabulary.articles / a["seconds"]),
        )
        self._report.add(
            f"index, {self._cores} processes, peak memory of all",
            "MB",
            "less",
            _cells(built, lambda a: a["together"] / _MB if a["together"] else 0.0),
        )

    def opening(self) -> None:
        """Open and answer the first query in a fresh process, imports included."""
        seconds: dict[str, list[float]] = {name: [] for name in self.engines}
        failed: dict[str, str] = {}
        query = Query("all", self._cli_query)
        for _ in range(max(5, self._repeat)):
            for name in self.engines:
                answer = self._run(Job("first", name, self._index(name), queries=(query,)))
                if "cannot" in answer:
                    failed[name] = answer["cannot"]
                else:
                    seconds[name].append(answer["seconds"] * 1e3)
        cells = {
            name: Cell(reason=failed[name]) if name in failed else _pair(times)
            for name, times in seconds.items()
        }
        self._report.add("open + first query, fresh process", "ms", "less", cells)

    def cli(self) -> None:
        """Time the whole command ``search 拜登``."""
        script = Path(sys.executable).with_name("searcher")
        ours = [str(script)] if script.exists() else [sys.executable, "-m", "searcher"]
        programs = {
            "searcher": ours,
            "tantivy": [sys.executable, str(_CLI / "tantivy_cli.py")],
            "whoosh": [sys.executable, str(_CLI / "whoosh_cli.py")],
        }
        lines = {
            name: [*programs[name], "search", self._cli_query, "--index", str(self._index(name))]
            for name in self.engines
            if name in programs
        }
        expect = {name: self._cli_query.encode() for name in lines if name != "whoosh"}
        times = processes.commands(lines, repeat=max(10, self._repeat), expect=expect)
        cells = _command_cells(times)
        self._report.add(f"search {self._cli_query}, whole command", "ms", "less", cells)

    def queries(self) -> None:
        """Answer every query set, in turns: p50 and p95, then queries a second."""
        opened = {name: load(name) for name in self.engines}
        for name, engine in opened.items():
            engine.open(self._index(name))
        rates: list[tuple[str, dict[str, Cell]]] = []
        for row in self._queries:
            self._progress(f"queries: {row.name}")
            askers, cells = _askers(opened, row)
            measured = interleave(askers, row.queries, repeat=self._repeat)
            summaries = {name: latency(seconds) for name, seconds in measured.items()}
            rate = dict(cells)
            for name, summary in summaries.items():
                cells[name] = Cell((summary.p50, summary.p95))
                rate[name] = Cell((summary.rate,))
            self._report.add(row.name, "ms", "less", cells)
            rates.append((row.name, rate))
        for label, rate in rates:
            self._report.add(label, "queries/s", "more", rate)
        self._answers(opened)
        for engine in opened.values():
            engine.close()

    def memory(self) -> None:
        """Open the index and answer 1,000 queries of all kinds in a fresh process."""
        sets = [row.queries for row in self._queries if row.measure == "hits" and row.queries]
        turns = range(_MEMORY_QUERIES // len(sets) + 1)
        asked = tuple(queries[n % len(queries)] for n in turns for queries in sets)
        asked = asked[:_MEMORY_QUERIES]
        answers = {
            name: self._run(Job("many", name, self._index(name), queries=asked))
            for name in self.engines
        }
        cells = _cells(answers, lambda a: a["peak"] / _MB)
        self._report.add("search, peak memory, 1,000 queries", "MB", "less", cells)

    def unchanged(self) -> None:
        """Index again although nothing changed."""
        folder = self._documents.folder
        cells = {name: Cell(reason="rebuilds") for name in self.engines}
        if OURS in self.engines and folder is not None:
            script = Path(sys.executable).with_name("searcher")
            ours = [str(script)] if script.exists() else [sys.executable, "-m", "searcher"]
            lines = {
                OURS: [*ours, "index", str(folder), "--index", str(self._index(OURS))],
                "find": ["find", str(folder), "-type", "f", "-printf", "%s %T@\n"],
            }
            times = processes.commands(lines, repeat=max(5, self._repeat), expect={})
            found = _command_cells(times)
            cells[OURS] = found[OURS]
            self._report.notes.append(f"find FOLDER -printf '%s %T@': {found['find']} ms")
        elif OURS in self.engines:
            job = Job("unchanged", OURS, self._index(OURS), self._documents, processes=self._cores)
            cells |= _cells({OURS: self._run(job)}, lambda a: a["seconds"] * 1e3)
        self._report.add("index again, nothing changed", "ms", "less", cells)

    def update(self) -> None:
        """Replace one article, until a search sees it. Comes last: it changes the collection."""
        queries = self._queries[0].queries[:_UPDATES]
        answers = {}
        for name in self.engines:
            job = Job("update", name, self._index(name), self._documents, queries)
            answers[name] = self._run(job)
        cells = _cells(answers, lambda a: median(a["seconds"]) * 1e3)
        self._report.add("one article changed", "ms", "less", cells)
        for name, answer in answers.items():
            if "seen" in answer and answer["seen"] < len(queries):
                seen = f"{answer['seen']} of {len(queries)}"
                self._report.notes.append(f"{name}: {seen} changed articles were found afterwards")

    def growth(self, names: list[str]) -> None:
        """Compare the collection ten times over with the collection once, and building twice."""
        twice = self._documents.times(2)
        once = {n: self._build(n, self._documents, self._work / "all") for n in names}
        double = {n: self._build(n, twice, self._work / "all") for n in names}
        for answers, label in ((once, "once"), (double, "twice over")):
            cells = _cells(answers, lambda a: a["peak"] / _MB)
            self._report.add(f"index {label}, peak memory", "MB", "less", cells)
        large: dict[str, Engine] = {}
        cells = {}
        for name in names:
            folder = self._work / "growth" / name
            answer = self._build(name, self._documents.times(10), folder, self._cores)
            cells |= _cells({name: answer}, lambda a: a["seconds"])
            if "cannot" not in answer:
                large[name] = load(name)
                large[name].open(folder)
        self._report.add("index ten times over", "s", "less", cells)
        small = {name: load(name) for name in large}
        for name, engine in small.items():
            engine.open(self._index(name))
        for row in self._queries:
            if not row.name.startswith(("and", "or", "literal")) or not row.queries:
                continue
            self._progress(f"growth: {row.name}")
            before, skipped = _askers(small, row)
            after, _ = _askers(large, row)
            askers = {f"{n} 1": ask for n, ask in before.items()}
            askers |= {f"{n} 10": ask for n, ask in after.items()}
            times = interleave(askers, row.queries, repeat=self._repeat)
            summary = {name: latency(seconds).p50 for name, seconds in times.items()}
            cells = dict(skipped)
            cells |= {n: Cell((summary[f"{n} 10"] / summary[f"{n} 1"],)) for n in before}
            self._report.add(f"{row.name}, ten times over", "× p50", "less", cells)

    def _answers(self, opened: Mapping[str, Engine]) -> None:
        """Hold the totals against a count by looking at every article.

        Only of strings: what counts as a word is each engine's own affair.
        """
        self._progress("queries: exact totals")
        sets = [row for row in self._queries if row.name.startswith("literal")]
        wanted = [query for row in sets for query in row.queries]
        exact = exact_totals(self._documents, wanted, processes=self._cores)
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
                equal = mean(a == b for a, b in pairs)
                cells[name] = Cell((100 * mean(shares or [0]), 100 * equal))
            label = f"{row.name}: found ÷ right (right totals)"
            self._report.add(label, "%", "", cells)

    def _index(self, name: str) -> Path:
        return self._work / "index" / name

    def _build(
        self, name: str, documents: Documents, folder: Path, jobs: int = 1
    ) -> dict[str, Any]:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return self._run(Job("build", name, folder, documents, processes=jobs))

    def _run(self, job: Job) -> dict[str, Any]:
        self._progress(f"{job.task}: {job.engine}")
        try:
            return processes.run(job, self._work)
        except processes.Failed as failure:
            self._report.notes.append(f"{job.engine}, {job.task}: {failure}")
            return {"cannot": "failed"}


def _askers(
    opened: Mapping[str, Engine], row: QuerySet
) -> tuple[dict[str, Callable[[Query], object]], dict[str, Cell]]:
    """Return how to ask each engine the queries of a row, after a warm-up, and who cannot."""
    askers: dict[str, Callable[[Query], object]] = {}
    cells: dict[str, Cell] = {}
    for name, engine in opened.items():
        ask = engine.count if row.measure == "count" else engine.search
        try:
            for query in row.queries if row.measure == "count" else row.queries[:_WARM]:
                ask(query)
        except Cannot as reason:
            cells[name] = Cell(reason=str(reason))
        else:
            if row.queries:
                askers[name] = ask
            else:
                cells[name] = Cell(reason=row.missing)
    return askers, cells


def _cells(
    answers: Mapping[str, dict[str, Any]], value: Callable[[dict[str, Any]], float]
) -> dict[str, Cell]:
    return {
        name: Cell(reason=answer["cannot"]) if "cannot" in answer else Cell((value(answer),))
        for name, answer in answers.items()
    }


def _pair(milliseconds: list[float]) -> Cell:
    return Cell((percentile(milliseconds, 0.5), percentile(milliseconds, 0.95)))


def _command_cells(times: Mapping[str, list[float] | str]) -> dict[str, Cell]:
    return {
        name: Cell(reason=found) if isinstance(found, str) else _pair([t * 1e3 for t in found])
        for name, found in times.items()
    }

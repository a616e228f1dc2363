"""The one table: on the terminal, as Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from bench.engines import KINDS
from bench.engines.groonga_bigrams import groonga_version
from bench.engines.lucene_jvm import lucene_version
from bench.measure import percentile

OURS = "searcher"

Better = Literal["less", "more", ""]


@dataclass(frozen=True)
class Cell:
    """One or two numbers (p50 and p95), or the reason why there is none."""

    values: tuple[float, ...] = ()
    reason: str = ""

    @classmethod
    def of(cls, values: Sequence[float]) -> Cell:
        """Return p50 and p95 of some measurements.

        Raises:
            ValueError: there are no values.
        """
        return cls((percentile(values, 0.5), percentile(values, 0.95)))

    def __str__(self) -> str:
        if not self.values:
            return self.reason or "–"
        first, *rest = map(number, self.values)
        return f"{first} ({rest[0]})" if rest else first


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    unit: str
    better: Better
    cells: dict[str, Cell]

    def ratio(self, other: str, one: str = OURS) -> tuple[float, ...]:
        """Return one cell divided by the other, number by number; empty when one has none."""
        ours, theirs = self.cells.get(one, Cell()).values, self.cells.get(other, Cell()).values
        if not self.better or not ours or len(ours) != len(theirs) or not all(theirs):
            return ()
        return tuple(a / b for a, b in zip(ours, theirs, strict=True))


@dataclass
class Report:
    """Everything that one run of the benchmark found.

    ``ratios`` are pairs of columns: the first is divided by the second, row by row. The columns
    are the engines, unless ``columns`` names others.
    """

    engines: list[str]
    collection: dict[str, Any]
    settings: dict[str, Any]
    ratios: list[tuple[str, str]] = field(default_factory=list)
    columns: list[str] | None = None
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, unit: str, better: Better, cells: dict[str, Cell]) -> None:
        """Add a row; engines without a cell get a dash."""
        self.rows.append(Row(name, unit, better, cells))

    def table(self) -> str:
        """Return the table in Markdown, its columns aligned so that it reads well unrendered."""
        columns = self.engines if self.columns is None else self.columns
        pairs = [pair for pair in self.ratios if {*pair} <= {*columns}]
        head = ["", "unit", *columns, *(f"{one} ÷ {other}" for one, other in pairs)]
        lines = [head]
        arrow = {"less": " ↓", "more": " ↑", "": ""}
        for row in self.rows:
            cells = [str(row.cells.get(name, Cell())) for name in columns]
            ratios = [str(Cell(row.ratio(other, one), " ")) for one, other in pairs]
            lines.append([row.name, (row.unit + arrow[row.better]).strip(), *cells, *ratios])
        return _aligned(lines)

    def markdown(self) -> str:
        """Return the whole report."""
        machine = machine_shape()
        facts = [
            f"Date: {date.today().isoformat()}",
            "Machine: {cores} cores, {memory_gb} GB, {cpu}; {system}".format(**machine),
            "Collection: {name}, {articles:,} articles, {text_mb} MB of text".format(
                **self.collection
            ),
            "Settings: " + ", ".join(f"{key} {value}" for key, value in self.settings.items()),
            "Versions: " + ", ".join(f"{k} {v}" for k, v in versions(self.engines).items()),
            "Cells: two numbers are p50 (p95); ↓ less is better, ↑ more is better.",
            "CPU ms: time of the processor in the thread that answers, or of the whole process "
            "where a row is about one; the other times are by the clock.",
            *(f"{name}: {KINDS[name].about}" for name in self.engines),
            *self.notes,
        ]
        bullets = "\n".join(f"- {fact}" for fact in facts)
        return f"# Benchmark\n\n{bullets}\n\n{self.table()}\n"

    def json(self) -> str:
        """Return all numbers, unrounded."""
        rows = [
            {
                "name": row.name,
                "unit": row.unit,
                "better": row.better,
                "cells": {
                    name: {"values": cell.values} if cell.values else {"reason": cell.reason}
                    for name, cell in row.cells.items()
                },
                "ratios": {
                    f"{one} ÷ {other}": ratio
                    for one, other in self.ratios
                    if (ratio := row.ratio(other, one))
                },
            }
            for row in self.rows
        ]
        content = {
            "date": date.today().isoformat(),
            "machine": machine_shape(),
            "versions": versions(self.engines),
            "collection": self.collection,
            "settings": self.settings,
            "notes": self.notes,
            "rows": rows,
        }
        return json.dumps(content, ensure_ascii=False, indent=1)


def cells(
    answers: Mapping[str, dict[str, Any]], value: Callable[[dict[str, Any]], float]
) -> dict[str, Cell]:
    """Return a cell for each engine's answer, or the reason that it gives for having none."""
    return {
        name: Cell(reason=answer["cannot"]) if "cannot" in answer else Cell((value(answer),))
        for name, answer in answers.items()
    }


def number(value: float) -> str:
    """Return a number with three digits that mean something.

    Example:
        >>> number(12345.6), number(1.2345), number(0.012345)
        ('12,346', '1.23', '0.0123')
    """
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}"


def machine_shape() -> dict[str, Any]:
    """Return cores, memory, processor and system; nothing that names the machine."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(":")[2].strip() if names else cpu
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30),
        "cpu": cpu,
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions(engines: Sequence[str]) -> dict[str, str]:
    """Return the versions of Python, SQLite and the packages that the engines use."""
    found = {"Python": platform.python_version()}
    if "sqlite" in engines:
        found["SQLite"] = sqlite3.sqlite_version
    if "groonga" in engines:
        found["Groonga"] = groonga_version()
    if "lucene" in engines:
        found["Lucene"] = lucene_version()
    for package in dict.fromkeys(name for engine in engines for name in KINDS[engine].packages):
        found[package] = _version(package)
    return found


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "from its folder"


def _aligned(lines: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = [
        "-" * width if place < 2 else "-" * (width - 1) + ":" for place, width in enumerate(widths)
    ]
    padded = [
        [
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        for line in [lines[0], rule, *lines[1:]]
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)

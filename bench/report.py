"""The one table: on the terminal, as Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from bench.engines import KINDS

OURS = "searcher"
_AGAINST = ("tantivy", "whoosh")

Better = Literal["less", "more", ""]


@dataclass(frozen=True)
class Cell:
    """One or two numbers (p50 and p95), or the reason why there is none."""

    values: tuple[float, ...] = ()
    reason: str = ""

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

    def ratio(self, other: str) -> tuple[float, ...]:
        """Return ours divided by the other's, number by number; empty when one has none."""
        ours, theirs = self.cells.get(OURS, Cell()).values, self.cells.get(other, Cell()).values
        if not self.better or not ours or len(ours) != len(theirs) or not all(theirs):
            return ()
        return tuple(a / b for a, b in zip(ours, theirs, strict=True))


@dataclass
class Report:
    """Everything that one run of the benchmark found."""

    engines: list[str]
    collection: dict[str, Any]
    settings: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, unit: str, better: Better, cells: dict[str, Cell]) -> None:
        """Add a row; engines without a cell get a dash."""
        self.rows.append(Row(name, unit, better, cells))

    def table(self) -> str:
        """Return the table in Markdown, its columns aligned so that it reads well unrendered."""
        against = [name for name in _AGAINST if OURS in self.engines and name in self.engines]
        head = ["", "unit", *self.engines, *(f"{OURS} ÷ {name}" for name in against)]
        lines = [head]
        arrow = {"less": " ↓", "more": " ↑", "": ""}
        for row in self.rows:
            cells = [str(row.cells.get(name, Cell())) for name in self.engines]
            ratios = [str(Cell(row.ratio(name), " ")) for name in against]
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
                "ratios": {name: ratio for name in _AGAINST if (ratio := row.ratio(name))},
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

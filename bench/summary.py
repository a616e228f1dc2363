"""``python -m bench.summary REPORT.json …``: the short tables of docs/speed.md, from whole reports.

Prints one table for each report; with ``--into docs/speed.md`` it takes the place of what stands
between the two marks there.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from bench.report import number

_START, _END = "<!-- bench -->", "<!-- /bench -->"
# Rows in their order, by name and unit; rows that a report lacks are left out.
_ROWS = (
    *((name, "ms") for name in ("one word, rare", "one word, common")),
    *((f"{form}, {count} words", "ms") for form in ("and", "or") for count in (2, 3, 4)),
    *((f"literal, {length} characters", "ms") for length in (2, 4, 8)),
    ("prefix", "ms"),
    ("a word in a date range", "ms"),
    ("a word in a category", "ms"),
    ("newest first", "ms"),
    ("total only", "ms"),
    ("page 10", "ms"),
    ("open + first query, fresh process", "ms"),
    ("search 拜登, whole command", "ms"),
    ("index, one process", "articles/s"),
    ("index, one process", "articles/s of the processor"),
    ("index, peak memory", "MB"),
    ("index bytes ÷ text bytes", ""),
    ("search, peak memory, 1,000 queries", "MB"),
    ("index again, nothing changed", "ms"),
    ("one article changed, found by listing", "ms"),
    ("one article changed, named", "ms"),
    ("one article changed, whole command", "ms"),
)
_FOUND = "{}: found ÷ right (right totals)"


def table(report: dict[str, Any]) -> str:
    """Return the medians of a report (as its JSON has it) as a Markdown table, with ratios.

    Literals say which part of the right articles an engine finds, where that is not all.
    """
    rows = {(row["name"], row["unit"]): row for row in report["rows"]}
    chosen = [rows[key] for key in _ROWS if key in rows]
    engines = list(dict.fromkeys(name for row in chosen for name in row["cells"]))
    ratios = list(dict.fromkeys(name for row in chosen for name in row["ratios"]))
    heads = [name.removeprefix("searcher ") for name in ratios]
    lines = [f"| | unit | {' | '.join([*engines, *heads])} |"]
    lines.append("|---|---" + "|---:" * (len(engines) + len(heads)) + "|")
    for row in chosen:
        found = rows.get((_FOUND.format(row["name"]), "%"), {"cells": {}})["cells"]
        cells = [_cell(row["cells"].get(name, {}), found.get(name, {})) for name in engines]
        shares = [number(row["ratios"][n][0]) if n in row["ratios"] else "" for n in ratios]
        lines.append(f"| {' | '.join([row['name'], row['unit'], *cells, *shares])} |")
    return "\n".join(lines)


def _cell(cell: dict[str, Any], found: dict[str, Any]) -> str:
    if not cell.get("values"):
        return "–"
    shown = number(cell["values"][0])
    share = found["values"][0] if found.get("values") else 100
    return f"{shown} (finds {share:.0f} %)" if round(share) < 100 else shown


def summary(reports: list[dict[str, Any]]) -> str:
    """Return the tables of some reports, each under a line about its collection and date."""
    parts = []
    for report in reports:
        of = report["collection"]
        size = f"{of['name']}, {of['articles']:,} articles, {of['text_mb']} MB of text"
        parts.append(f"{size}, {report['date']}, medians:\n\n{table(report)}\n")
    return "\n".join(parts)


def main(arguments: list[str] | None = None) -> int:
    """Print the tables, or write them into a page."""
    parser = argparse.ArgumentParser(prog="python -m bench.summary", description=__doc__)
    parser.add_argument("reports", nargs="+", type=Path, help="files of python -m bench --json")
    parser.add_argument("--into", type=Path, help="the page whose part between the marks is new")
    chosen = parser.parse_args(arguments)
    made = summary([json.loads(file.read_text(encoding="utf-8")) for file in chosen.reports])
    if chosen.into is None:
        print(made)
        return 0
    page = chosen.into.read_text(encoding="utf-8")
    between = re.compile(f"(?<={_START}\n).*(?=\n{_END})", re.DOTALL)
    if not between.search(page):
        parser.error(f"{chosen.into} has no {_START} and {_END} on lines of their own")
    written = between.sub(lambda _: made.rstrip("\n"), page, count=1)
    chosen.into.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

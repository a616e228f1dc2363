"""What is imported by whom: reading needs nothing that only writing needs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import ROOT, environment

from searcher._native import is_complete

READERS = ("backends", "search", "store", "query", "text", "api/search.py", "api/explain.py")
WRITERS = "searcher.write"
WRITING = ("building.py", "check.py", "documents.py", "parts.py", "writer.py")
"""Modules of the engine on a cluster that only writing or checking imports."""
LATE = (
    "whoosh",
    "jieba",
    "rjieba",
    "searcher.write",
    "searcher.explore",
    "searcher.ingest",
    "searcher.whoosh_index",
    "searcher.search.suggest",
    "searcher.search.title_strings",
    "searcher.backends.opensearch",
    "http",
    "searcher.text.pinyin",
    "searcher.text.lookalikes",
)
"""What a plain search does without."""
WITH_NATIVE = ("numpy",) if is_complete() else ()
"""What it does without where native code matches and ranks."""

BY_LIBRARY = """
import searcher
with searcher.open_index(sys.argv[1]) as index:
    assert index.search(sys.argv[2]).total
    assert index.count(sys.argv[2])
"""
BY_COMMAND = """
from searcher.cli import main
assert main(["search", "--index", sys.argv[1], "--json", "--", sys.argv[2]]) == 0
"""
PRINT_MODULES = "import sys\n{}\nprint('\\n', *sorted(sys.modules), sep='\\n')\n"


def imports_of(path: Path) -> Iterator[str]:
    """The modules that a file imports anywhere, also late and for types."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def test_readers_never_import_writers() -> None:
    package = ROOT / "searcher"
    files = [
        file
        for name in READERS
        for file in (sorted((package / name).rglob("*.py")) or [package / name])
    ]
    assert len(files) > 30
    files = [file for file in files if file.name not in WRITING or file.parent.name != "opensearch"]
    wrong = [
        (str(file.relative_to(ROOT)), module)
        for file in files
        for module in imports_of(file)
        if is_within(module, WRITERS)
    ]
    assert wrong == []


@pytest.mark.parametrize("program", [BY_LIBRARY, BY_COMMAND], ids=["library", "command"])
@pytest.mark.parametrize(
    "query", ["拜登 普京", '"普京"', "普京 OR 奥运* -title:北京 date:2021..", "普京视频"]
)
def test_a_plain_search_imports_no_writer_and_no_dictionary(
    news: Path, program: str, query: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINT_MODULES.format(program), str(news / "index"), query],
        env=environment(),
        capture_output=True,
        timeout=60,
        check=True,
        encoding="utf-8",
    )
    modules = done.stdout.split("\n\n")[-1].split()
    assert "searcher.search.match" in modules
    without = (*LATE, *WITH_NATIVE)
    late = [name for name in modules if any(is_within(name, package) for package in without)]
    assert late == []

"""What the two READMEs show is what the program does, and both show the same.

Every command of a ``console`` block is run in a folder of its own, one after another, and its
output compared; ``python tests/test_readme.py`` writes the output of today into both READMEs.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from console import ROOT, call, environment, run

from searcher.cli import COMMANDS

ENGLISH, CHINESE = READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| (`[^|]+(?:\\\|[^|]+)*`) \|", re.MULTILINE)
_INLINE = re.compile(r"`((?:make|searcher) [^`]+)`")

# What differs from run to run and from machine to machine.
_VARIABLE = [
    (re.compile(r"\b[\d.]+ (m?s)\b"), r"1 \1"),
    (re.compile(r"\b[\d,]+ articles/s"), "1 articles/s"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"), "now"),
    (re.compile(r"[\d.]+ MB"), "1 MB"),
    (re.compile(r"/\S+/corpus"), "~/news/corpus"),
]


class Step(NamedTuple):
    """A command of a console block, and what stands below it."""

    command: str
    output: str


def blocks(readme: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    found = _BLOCK.findall(readme.read_text(encoding="utf-8"))
    return [content for name, content in found if name == language]


def steps(readme: Path) -> list[Step]:
    """The commands of all console blocks, in order."""
    return [step for block in blocks(readme, "console") for step in _steps(block)]


def _steps(block: str) -> Iterator[Step]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield Step(command, output)


# Stands for Python in a clone where nothing is set up: makes the environment that the tests run in
# anyway, and has all packages.
_PYTHON = f"""#!/bin/sh
case "$*" in
  "-m venv "*) mkdir -p .venv/bin && cp "$0" .venv/bin/python && cp stubs/searcher .venv/bin/ ;;
  "-m pip install "*) ;;
  *) exec "{sys.executable}" "$@" ;;
esac
"""
_SEARCHER = f"""#!/bin/sh
exec "{sys.executable}" -m searcher "$@"
"""


def prepare(folder: Path) -> Path:
    """A new clone, where nothing is asked of a network."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    (folder / "stubs").mkdir()
    for name, script in (("python3", _PYTHON), ("searcher", _SEARCHER)):
        (folder / "stubs" / name).write_text(script)
        (folder / "stubs" / name).chmod(0o755)
    return folder


def shown(command: str, folder: Path) -> str:
    """What a terminal of 80 columns shows of a command; ``make test`` is only looked at."""
    path = os.pathsep.join([str(folder / "stubs"), os.environ["PATH"]])
    # Unbuffered, both streams come in the order in which they were written.
    env = environment({"PATH": path, "COLUMNS": "80", "PYTHONUNBUFFERED": "1"})
    # What a make around the tests, or .ci/run, has said to its children.
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON", "VENV", "Q"):
        env.pop(name, None)
    done = subprocess.run(
        ["sh", "-c", command.replace("make test", "make --dry-run test")],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    output = done.stdout.decode()
    assert "Traceback" not in output, output
    assert "make: ***" not in output, output
    return "" if "make test" in command else output


def queries(readme: Path) -> list[str]:
    """All that stands in the first column of the table of queries."""
    section = re.split("^## ", readme.read_text(encoding="utf-8"), flags=re.MULTILINE)[3]
    return [
        query.replace("\\|", "|")
        for row in _ROW.findall(section)
        for query in re.findall("`([^`]+)`", row)
    ]


def usual(output: str) -> str:
    """``output`` without what is different each time."""
    for pattern, replacement in _VARIABLE:
        output = pattern.sub(replacement, output)
    return output.rstrip()


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make")
def test_every_command_does_what_is_shown(tmp_path: Path) -> None:
    folder = prepare(tmp_path)
    for command, expected in steps(ENGLISH):
        assert usual(shown(command, folder)) == usual(expected), command


def test_both_show_the_same_commands() -> None:
    assert steps(ENGLISH) == steps(CHINESE)
    assert len(steps(ENGLISH)) > 10
    assert _INLINE.findall(ENGLISH.read_text("utf-8")) == _INLINE.findall(
        CHINESE.read_text("utf-8")
    )


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the corpus that ships and its index."""
    folder = tmp_path_factory.mktemp("shipped")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    call("index", "--jobs", "1", cwd=folder, expect=0)
    return folder


@pytest.mark.parametrize("readme", READMES, ids=["English", "Chinese"])
def test_every_query_of_the_table_finds_something(readme: Path, shipped: Path) -> None:
    assert queries(readme) == queries(ENGLISH)
    assert len(queries(readme)) > 20
    for query in queries(readme):
        answer = call("search", "--count", "--", query, cwd=shipped)
        assert int(answer.out) > 0, query
        assert answer.err == "", query


@pytest.mark.parametrize("readme", READMES, ids=["English", "Chinese"])
def test_the_library_does_what_is_shown(readme: Path, shipped: Path) -> None:
    examples = blocks(readme, "python")
    assert examples
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(examples)],
        cwd=shipped,
        env=environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "拜登和普京将于周二视频通话" in done.stdout.decode()


@pytest.mark.parametrize("readme", READMES, ids=["English", "Chinese"])
def test_the_json_is_what_comes(readme: Path, shipped: Path) -> None:
    (text,) = blocks(readme, "json")
    expected = json.loads(text)
    record = run("search", "--json", expected["query"], cwd=shipped, expect=0).record
    assert {**record, "took_ms": 0} == {**expected, "took_ms": 0}


@pytest.mark.parametrize("readme", READMES, ids=["English", "Chinese"])
def test_every_command_is_there_and_none_that_is_not(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    assert [name for name in (*COMMANDS, "eval") if f"`searcher {name}" not in text] == []
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for words in map(str.split, _INLINE.findall(text)):
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", makefile, re.MULTILINE), words
        else:
            assert words[1] in (*COMMANDS, "eval") or words[1].startswith("--"), words


@pytest.mark.parametrize("readme", READMES, ids=["English", "Chinese"])
def test_the_map_shows_what_is_there(readme: Path) -> None:
    (tree,) = blocks(readme, "text")
    named = re.findall(r"^\s*([\w.]+/?)", tree, re.MULTILINE)
    there = {path.name + "/" * path.is_dir() for path in (ROOT / "searcher").iterdir()}
    there -= {"__pycache__/", "__init__.py", "__main__.py", "py.typed"}
    assert there <= {*named}
    for name in {*named} - there:
        assert list(ROOT.glob(name)) + list((ROOT / "searcher").glob(f"*/{name}")), name


def write_outputs() -> None:
    """Put what the commands print now into both READMEs."""
    with TemporaryDirectory() as temporary:
        folder = prepare(Path(temporary))
        outputs = {step.command: shown(step.command, folder) for step in steps(ENGLISH)}
        query = json.loads(blocks(ENGLISH, "json")[0])["query"]
        record = run("search", "--json", query, cwd=folder, expect=0).record

    def written(block: re.Match[str]) -> str:
        language, content = block.groups()
        if language == "console":
            content = "\n".join(
                f"$ {step.command}\n{_kept(step.output, outputs[step.command])}"
                for step in _steps(content)
            )
        elif language == "json":
            content = _laid_out({**record, "took_ms": json.loads(content)["took_ms"]})
        return f"```{language}\n{content}```"

    for readme in READMES:
        text = readme.read_text(encoding="utf-8")
        readme.write_text(_BLOCK.sub(written, text), encoding="utf-8")


def _laid_out(record: dict[str, Any]) -> str:
    """JSON over several lines, but lists of plain values on one."""
    text = json.dumps(record, ensure_ascii=False, indent=2)
    for _ in range(2):  # the lists in "spans", then "spans"
        text = re.sub(r"\[\s+([^{}]*?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)
    return text + "\n"


def _kept(before: str, now: str) -> str:
    """What differs only in times stays, so that writing again changes nothing."""
    now = re.sub(r"/\S+/corpus", "/home/lin/news/corpus", now)
    text = before if usual(before) == usual(now) else now
    return f"{text.rstrip()}\n" if text.strip() else ""


if __name__ == "__main__":
    write_outputs()

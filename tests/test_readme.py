"""What the documentation shows is what the program does, and both READMEs show the same.

Each page of PAGES is run in a folder of its own: commands of ``console`` blocks and statements of
``pycon`` blocks, one after another, and their output is compared; ``python`` blocks have to run.
Inline commands, links and paths have to be there. ``python tests/test_readme.py`` writes the output
of today into all pages.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from doctest import DocTestParser
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from console import ROOT, call, environment, run

from searcher.cli.commands import COMMANDS

ENGLISH, CHINESE = READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [*READMES, ROOT / "CONTRIBUTING.md", *DOCS]
LIBRARY = ROOT / "docs" / "library.md"
COMMAND_LINE = ROOT / "docs" / "command-line.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| (`[^|]+(?:\\\|[^|]+)*`) \|", re.MULTILINE)
_INLINE = re.compile(r"`((?:make|searcher) [^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(r"(?<![\w/.*<])((?:\w+/)+\w+\.(?:py|txt|md))\b")

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


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its blocks."""
    return _BLOCK.sub("", text_of(page))


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [content for name, content in _BLOCK.findall(text_of(page)) if name == language]


def steps(page: Path) -> list[Step]:
    """The commands of all console blocks, in order."""
    return [step for block in blocks(page, "console") for step in _steps(block)]


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


def clone(folder: Path) -> Path:
    """A new clone, where nothing is asked of a network."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    (folder / "stubs").mkdir()
    for name, script in (("python3", _PYTHON), ("searcher", _SEARCHER)):
        (folder / "stubs" / name).write_text(script)
        (folder / "stubs" / name).chmod(0o755)
    return folder


def prepare(folder: Path, page: Path) -> Path:
    """What a page is run in: READMEs begin with a new clone, other pages have its index."""
    clone(folder)
    if page not in READMES:
        call("index", "--jobs", "1", cwd=folder, expect=0)
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


def session(block: str, names: dict[str, Any]) -> str:
    """A ``pycon`` block with the output of today; ``names`` are those of the session."""
    lines = []
    for example in DocTestParser().get_examples(block):
        first, *more = example.source.splitlines()
        lines += [f">>> {first}", *(f"... {line}".rstrip() for line in more)]
        with redirect_stdout(StringIO()) as printed:
            try:
                exec(compile(example.source, "<page>", "single"), names)
            except Exception as error:
                kind = f"{type(error).__module__}.{type(error).__qualname__}"
                sys.stdout.write(f"Traceback (most recent call last):\n  ...\n{kind}: {error}\n")
        lines += printed.getvalue().splitlines()
    return "".join(f"{line}\n" for line in lines)


@contextmanager
def within(folder: Path) -> Iterator[None]:
    """Make a folder the current one."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def usual(output: str) -> str:
    """``output`` without what is different each time."""
    for pattern, replacement in _VARIABLE:
        output = pattern.sub(replacement, output)
    return output.rstrip()


def of_pages(
    pages: list[Path], *languages: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test for each page that has a block of one of the languages."""
    having = [page for page in pages if any(blocks(page, name) for name in languages)]
    return pytest.mark.parametrize("page", having, ids=lambda page: page.name)


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make")
@of_pages([ENGLISH, *PAGES[2:]], "console")
def test_every_command_does_what_is_shown(page: Path, tmp_path: Path) -> None:
    folder = prepare(tmp_path, page)
    for command, expected in steps(page):
        assert usual(shown(command, folder)) == usual(expected), command


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the corpus that ships and its index."""
    return prepare(tmp_path_factory.mktemp("shipped"), LIBRARY)


@of_pages(PAGES, "python")
def test_the_examples_in_python_run(page: Path, shipped: Path) -> None:
    for example in blocks(page, "python"):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", example],
            cwd=shipped,
            env=environment(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        if page in READMES:
            assert "拜登和普京将于周二视频通话" in done.stdout.decode()


@of_pages(PAGES, "pycon")
def test_sessions_print_what_is_shown(page: Path, shipped: Path) -> None:
    names: dict[str, Any] = {}
    with within(shipped):
        for block in blocks(page, "pycon"):
            assert usual(session(block, names)) == usual(block)


def test_there_is_something_to_run() -> None:
    assert len(steps(ENGLISH)) > 5
    assert len(steps(COMMAND_LINE)) > 10
    assert len(blocks(LIBRARY, "pycon")) > 5


def test_both_readmes_show_the_same() -> None:
    assert steps(ENGLISH) == steps(CHINESE)
    assert blocks(ENGLISH, "python") == blocks(CHINESE, "python")
    english, chinese = map(text_of, READMES)
    commands = [[*map(str.split, _INLINE.findall(text))] for text in (english, chinese)]
    assert commands[0] == commands[1]
    for pattern in (r"^(#+) ", r"^\| (`[^|]+`|[a-z, \d-]+|\[[^|]+) \|"):
        found = [re.findall(pattern, text, re.MULTILINE) for text in (english, chinese)]
        assert [row for row in found[0] if row not in ("query", "page", "needs")] == found[1]
    own = {"README.md", "README.zh-CN.md"}
    links = [
        [link for link in _LINK.findall(text) if link not in own and link[0] != "#"]
        for text in (english, chinese)
    ]
    assert links[0] == links[1]


def test_the_readme_names_every_page_and_every_dependency() -> None:
    linked = {link.partition("#")[0] for link in _LINK.findall(text_of(ENGLISH))}
    assert {page.relative_to(ROOT).as_posix() for page in (*DOCS, *PAGES[2:3])} <= linked
    (listed,) = re.findall(
        r"^dependencies = \[(.*?)\]", text_of(ROOT / "pyproject.toml"), re.MULTILINE | re.DOTALL
    )
    needed = set(re.findall(r'"([\w-]+)', listed))
    _, _, section = text_of(ENGLISH).partition("\n## Dependencies\n")
    rows = re.findall(r"^\| ([a-z\d, -]+) \|", section, re.MULTILINE)
    assert {name for row in rows for name in row.split(", ")} - {"needs"} == needed


def queries(readme: Path) -> list[str]:
    """All that stands in the first column of the table of queries."""
    return [
        query.replace("\\|", "|")
        for section in text_of(readme).split("\n## ")
        if re.search(r"^\| (query|查询) \|", section, re.MULTILINE)
        for row in _ROW.findall(section)
        for query in re.findall("`([^`]+)`", row)
    ]


@pytest.mark.parametrize("readme", READMES, ids=["English", "Chinese"])
def test_every_query_of_the_table_finds_something(readme: Path, shipped: Path) -> None:
    assert queries(readme) == queries(ENGLISH)
    assert len(queries(readme)) > 8
    for query in queries(readme):
        answer = call("search", "--count", "--", query, cwd=shipped)
        assert int(answer.out) > 0, query
        assert answer.err == "", query


@of_pages(PAGES, "json")
def test_the_json_is_what_comes(page: Path, shipped: Path) -> None:
    for text in blocks(page, "json"):
        expected = json.loads(text)
        record = run("search", "--json", expected["query"], cwd=shipped, expect=0).record
        assert {**record, "took_ms": 0} == {**expected, "took_ms": 0}


def test_the_command_line_shows_every_command() -> None:
    text = text_of(COMMAND_LINE)
    assert [name for name in (*COMMANDS, "eval") if f"| `searcher {name}" not in text] == []


@cache
def help_of(*command: str) -> str:
    return call(*command, "--help", expect=0).out


def check_command(command: str) -> None:
    """A command's target, sub-command and options are there."""
    program, *words = command.split()
    if program == "make":
        assert re.search(rf"^{words[0]}:", text_of(ROOT / "Makefile"), re.MULTILINE), command
        return
    known = [words[0]] if words[0] in (*COMMANDS, "eval") else []
    if words[0] == "help" or not (known or words[0].isascii()):
        # What is no command is a query.
        known = ["search"]
    assert known or words[0].startswith("-"), command
    for word in words:
        if word.startswith("--") and word != "--":
            assert re.search(rf"{word}\b", help_of(*known)), command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_inline_commands_are_there(page: Path) -> None:
    for command in _INLINE.findall(prose(page)):
        check_command(command)


@of_pages(PAGES, "sh")
def test_what_is_to_be_typed_is_there(page: Path) -> None:
    for block in blocks(page, "sh"):
        for line in block.splitlines():
            words = [word for word in line.partition("#")[0].split() if "=" not in word]
            if words[0] == "make":
                check_command(" ".join(words))
            for word in words:
                if "/" in word and not (ROOT / word).exists():
                    assert words[:2] == ["python", "tests/mutants.py"], line
                    assert (ROOT / "searcher" / word).exists(), line


def anchors(page: Path) -> set[str]:
    """The anchors of headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(text_of(page)):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_are_there(page: Path) -> None:
    for path in _PATH.findall(_LINK.sub("", prose(page))):
        places = [ROOT / path, ROOT / "searcher" / path, ROOT / "corpus" / path]
        assert any(place.exists() for place in places), path


def test_the_picture_shows_the_layers() -> None:
    picture = blocks(ARCHITECTURE, "text")[0]
    (contract,) = re.findall(
        r"^layers = \[(.*?)^\]", text_of(ROOT / "pyproject.toml"), re.MULTILINE | re.DOTALL
    )
    layers = [re.sub("[()]", "", layer) for layer in re.findall('"([^"]+)"', contract)]
    assert [re.split(r" {2,}", line)[0] for line in picture.splitlines()] == layers


def test_the_map_shows_what_is_there() -> None:
    _, *lines = blocks(ARCHITECTURE, "text")[1].splitlines()
    package = ROOT / "searcher"
    there = {path.name + "/" * path.is_dir() for path in package.iterdir()}
    listed = [line.split()[0] for line in lines if not line.startswith("    ")]
    assert sorted(listed) == sorted(there - {"__pycache__/", "py.typed"})
    folder = package
    for line in lines:
        if not line.startswith("    "):
            folder = package / line.split()[0]
        else:
            names = re.findall(r"\w+\.pyx?|\w+/", line)
            assert names, line
            assert [name for name in names if not (folder / name).exists()] == []


def write_outputs() -> None:
    """Put what is printed now into all pages; both READMEs get the same."""
    outputs: dict[str, str] = {}
    for page in PAGES:
        if page != CHINESE:
            with TemporaryDirectory() as temporary:
                folder = prepare(Path(temporary), page)
                outputs = {step.command: shown(step.command, folder) for step in steps(page)}
                written = rewritten(page, outputs, folder)
        else:
            written = rewritten(page, outputs, ROOT)
        page.write_text(written, encoding="utf-8")


def rewritten(page: Path, outputs: Mapping[str, str], folder: Path) -> str:
    """A page with the outputs of its commands; the other blocks are run in ``folder``."""
    names: dict[str, Any] = {}

    def written(block: re.Match[str]) -> str:
        language, content = block.groups()
        if language == "console":
            content = "\n".join(
                f"$ {step.command}\n{_kept(step.output, outputs[step.command])}"
                for step in _steps(content)
            )
        elif language == "pycon":
            content = _kept(content, session(content, names))
        elif language == "json":
            before = json.loads(content)
            record = run("search", "--json", before["query"], cwd=folder, expect=0).record
            content = _laid_out({**record, "took_ms": before["took_ms"]})
        return f"```{language}\n{content}```"

    with within(folder):
        return _BLOCK.sub(written, text_of(page))


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

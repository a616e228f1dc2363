"""Man pages: made for every command in every language, and read by man and mandoc."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from console import call

from searcher.cli.commands import COMMANDS
from searcher.cli.help import page_of
from searcher.cli.language import use
from searcher.cli.man import _escaped, man_lines, page_names, write_pages
from searcher.translation import ENGLISH, LANGUAGES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("man")
    assert write_pages(folder) == len(LANGUAGES) * len([*page_names()])
    return folder


def shown(path: Path) -> str:
    done = subprocess.run(
        ["man", "-l", str(path)],
        env={
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "MANWIDTH": "80",
            "MAN_KEEP_FORMATTING": "",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    # Bold and underlined letters are struck over where man knows no better.
    return re.sub(".\b", "", done.stdout)


@pytest.mark.skipif(not (shutil.which("man") and shutil.which("groff")), reason="needs man")
@pytest.mark.parametrize("name", ["searcher", "searcher-search", "searcher-eval-run"])
def test_man_shows_it(folder: Path, name: str) -> None:
    text = shown(folder / "man1" / f"{name}.1")
    assert text.startswith(f"{name.upper()}(1)")
    assert f"NAME\n       {name} - " in text
    sections = re.findall(r"^([A-Z][A-Z ]+)$", text, re.MULTILINE)
    assert sections[:3] == ["NAME", "SYNOPSIS", "DESCRIPTION"]
    assert sections[-3:] == ["EXAMPLES", "EXIT STATUS", "ENVIRONMENT"]


@pytest.mark.skipif(not (shutil.which("man") and shutil.which("groff")), reason="needs man")
def test_nothing_is_lost_on_the_way(folder: Path) -> None:
    text = shown(folder / "man1" / "searcher-search.1")
    for wanted in (
        "searcher search '\"视频通话\" -体育' --since 2021-12 --sort newest",
        "searcher search 普京 --format '{date}\\t{title}\\t{file}'",
        '"拜登 普京"~20',
        "-n, --limit N",
    ):
        assert wanted in text


@pytest.mark.skipif(not shutil.which("mandoc"), reason="needs mandoc")
@pytest.mark.parametrize("language", LANGUAGES)
def test_mandoc_has_nothing_to_say(folder: Path, language: str) -> None:
    place = folder / ("" if language == ENGLISH else language) / "man1"
    subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *place.iterdir()], check=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_requests_begin_with_a_dot(language: str) -> None:
    use(language)
    try:
        for names in page_names():
            for line in man_lines(page_of(names)):
                assert "\n" not in line
                assert not line.startswith("'")
                if line.startswith("."):
                    assert re.match(r"\.(TH|SH|TP|PP|B|nf|fi)( |$)", line), line
    finally:
        use(ENGLISH)


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("--json", "\\-\\-json"),
        (".x", "\\&.x"),
        ("'a'", "\\(aqa\\(aq"),
        ("\\t~^`", "\\et\\(ti\\(ha\\(ga"),
    ],
)
def test_signs_of_roff(text: str, page: str) -> None:
    assert _escaped(text) == page


def test_on_the_command_line() -> None:
    for name in ("", *COMMANDS, "eval", "eval run"):
        page = call("--man", *name.split(), expect=0).out
        assert page.startswith('.TH "SEARCHER')
        assert page.count("\n.SH ") >= 6
    assert ".SH 名称\n" in call("--man", "search", "--lang", "zh_CN", expect=0).out
    answer = call("--man", "nothing", expect=2)
    assert answer.err == "searcher: There is no command nothing; searcher --help shows all.\n"

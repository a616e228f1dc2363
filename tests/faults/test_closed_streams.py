"""Streams that are closed or full: the exit code is that of the search, and nobody sees a trace."""

import subprocess
from pathlib import Path

import pytest
from console import COMMAND, call, environment
from library import article, build

FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, few_names: None) -> str:
    folder = tmp_path_factory.mktemp("streams")
    titles = ("=cmd|' /C calc'!A0", "+1普京", "-1普京", "@普京", "＝普京", "普京\x1b[31m", "普京=1")
    build(folder, [article(n, title, "普京") for n, title in enumerate(titles)])
    return str(folder / "index")


def shell(index: str, query: str, streams: str) -> subprocess.CompletedProcess[bytes]:
    """Search with streams as the shell makes them, such as ``2>&-``."""
    line = f'"$@" {streams}'
    command = [*COMMAND, "search", query, "--index", index]
    return subprocess.run(
        ["sh", "-c", line, "sh", *command], capture_output=True, env=environment(), check=False
    )


@pytest.mark.parametrize("streams", ["2>&-", ">&-", "<&-", "2>&- >&- <&-", "2>/dev/full"])
@pytest.mark.parametrize("query", ["普京", "没有的"])
def test_closed_streams_change_no_exit_code(index: str, streams: str, query: str) -> None:
    if "full" in streams and not FULL.exists():
        pytest.skip("needs /dev/full")
    code = shell(index, query, "2>/dev/null").returncode
    done = shell(index, query, streams)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert b"rror" not in done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(index: str) -> None:
    done = shell(index, "普京", ">/dev/full")
    assert done.returncode == 2
    assert done.stderr.endswith(b"searcher: No space left on device\n")


def test_a_width_of_thousands_of_digits(index: str) -> None:
    call("search", "普京", "--index", index, env={"COLUMNS": "9" * 5000}, expect=0)


# What a spreadsheet and a terminal make of it


def rows(index: str, *more: str) -> str:
    return call("batch", "-", "--index", index, "--format", "csv", *more, stdin="普京\n").out


def test_no_cell_is_a_formula(index: str) -> None:
    shown = rows(index)
    for title in ("'=cmd|' /C calc'!A0", "'+1普京", "'-1普京", "'@普京", "'＝普京", ",普京=1"):
        assert title in shown
    assert "\x1b" not in shown


def test_a_byte_order_mark_for_excel(index: str) -> None:
    assert rows(index, "--bom") == f"\ufeff{rows(index)}"
    shown = call("batch", "-", "--index", index, "--bom", stdin="普京\n", expect=2)
    assert "--bom is for --format csv" in shown.err


@pytest.mark.parametrize("form", ["jsonl", "csv", "trec"])
def test_no_control_character_of_an_id_is_printed(index: str, form: str) -> None:
    line = '{"id": "a\\u001b[31m\\u007f\\u009b", "query": "普京"}\n'
    shown = call("batch", "-", "--index", index, "--format", form, stdin=line, expect=0)
    assert not any((c < " " and c != "\n") or "\x7f" <= c < "\xa0" for c in shown.out + shown.err)

"""Help, version, completion, start-up, errors, and the small commands."""

import platform
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from console import COMMAND, call, environment, run

from searcher import IndexInvalidError, cli
from searcher.cli.commands import COMMANDS, command
from searcher.cli.options import parameters

# Help, version, completion


def test_help_lists_every_command() -> None:
    shown = run("--help", expect=0).out
    assert all(re.search(rf"^  {name} +\S", shown, re.MULTILINE) for name in COMMANDS)
    assert "..." not in shown.replace("[ARGS]...", "").replace("QUERY...", "")
    assert run("-h", expect=0).out == shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(name: str) -> None:
    shown = call(name, "--help", expect=0).out
    assert shown.startswith(f"Usage: searcher {name} ")
    examples = shown.partition("Examples:\n")[2].splitlines()
    assert examples
    assert all(re.search(rf"searcher ({name}|拜登)", line) for line in examples)
    assert call(name, "-h", expect=0).out == shown


def test_every_option_is_explained() -> None:
    for name in COMMANDS:
        for parameter in parameters(command(name)):
            assert parameter.declaration.help.endswith((".", "]")), parameter


def test_version() -> None:
    first, *others = run("--version", expect=0).out.splitlines()
    assert re.fullmatch(r"searcher \S+", first)
    named = dict(line.split(maxsplit=1) for line in others)
    assert [*named] == ["python", "jieba", "rjieba", "whoosh", "numpy", "native"]
    assert named["python"].startswith(platform.python_version())
    assert named["numpy"] == metadata.version("numpy")
    assert named["native"] in ("yes", "no")
    assert run("-V", expect=0).out == f"{first}\n"


def test_no_command_shows_the_help() -> None:
    answer = call(expect=2)
    assert "Commands:" in answer.out + answer.err


def test_a_mistyped_command() -> None:
    answer = run("serch", "x", expect=2)
    assert "There is no command serch. Did you mean search?" in answer.err
    assert answer.out == ""


def test_a_mistyped_option() -> None:
    assert "--limit" in call("search", "x", "--limt", "3", expect=2).err


@pytest.mark.parametrize(
    ("words", "position", "expected"),
    [
        ("searcher ", "1", {*COMMANDS}),
        ("searcher se", "1", {"search", "segment", "serve"}),
        ("searcher search --so", "2", {"--sort"}),
        ("searcher search --lang ", "3", {"en", "zh_CN", "zh_TW"}),
        ("searcher --la", "1", {"--lang"}),
        ("searcher search --sort ", "3", {"relevance", "newest", "oldest"}),
    ],
)
def test_completion(words: str, position: str, expected: set[str]) -> None:
    asked = {cli.VARIABLE: "complete_bash", "COMP_WORDS": words, "COMP_CWORD": position}
    found = call(env=asked, expect=0).out.split()
    assert expected <= set(found)
    if words.endswith("se"):
        assert expected == set(found)


def test_the_completion_script_asks_with_the_right_variable() -> None:
    assert f"{cli.VARIABLE}=complete_bash" in call(env={cli.VARIABLE: "source_bash"}, expect=0).out


# Start-up


def imported(*arguments: str, cwd: Path) -> set[str]:
    """The modules that are loaded when a command is done."""
    watch = (
        "import sys; from searcher.cli import main; main(); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", watch, *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stderr.splitlines()[-1].split())


NOT_TO_SEARCH = (
    *("typer", "click", "rich", "pydantic", "shellingham", "pygments"),
    *("bs4", "lxml", "html5lib", "markdown_it", "frontmatter", "yaml"),
    *("whoosh", "jieba", "rjieba"),
    *("asyncio", "http", "socket", "ssl", "email", "urllib.request", "multiprocessing"),
    *("subprocess", "tempfile", "shutil", "csv", "logging", "unittest"),
)


def test_a_search_imports_only_what_it_needs(news: Path) -> None:
    loaded = imported("search", "普京", cwd=news)
    assert "searcher.cli.search" in loaded
    unwanted = {
        name for name in loaded for other in NOT_TO_SEARCH if f"{name}.".startswith(f"{other}.")
    }
    assert not unwanted
    assert not loaded & {f"searcher.cli.{name}" for name in COMMANDS if name != "search"}


def test_the_version_imports_neither_typer_nor_the_library(tmp_path: Path) -> None:
    loaded = imported("--version", cwd=tmp_path)
    assert not loaded & {"typer", "numpy", "rich", "searcher.cli.search"}


# Errors


def outcome(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    action: Callable[[], int],
) -> tuple[int, str]:
    monkeypatch.delenv("SEARCHER_TRACEBACK", raising=False)
    monkeypatch.setattr(cli, "_run", lambda _: action())
    code = cli.main([])
    return code, capsys.readouterr().err


def raising(error: BaseException) -> Callable[[], int]:
    def action() -> int:
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (IndexInvalidError("not an index"), 2, "searcher: not an index\n"),
        (IndexInvalidError("bad \x1b[31m name"), 2, "searcher: bad ␛[31m name\n"),
        (KeyboardInterrupt(), 130, "searcher: interrupted\n"),
        (FileNotFoundError(2, "No such file", "x"), 2, "searcher: No such file: x\n"),
    ],
)
def test_errors(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    said: str,
) -> None:
    monkeypatch.setattr(cli, "_drop_output", lambda: None)
    assert outcome(monkeypatch, capsys, raising(error)) == (code, said)


def test_a_mistake_of_ours_is_not_hidden_but_short(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = outcome(monkeypatch, capsys, raising(KeyError("boom")))
    assert code == 2
    first, second = said.splitlines()
    assert "KeyError: 'boom' (searcher.cli, line " in first
    assert "SEARCHER_TRACEBACK=1" in second


def test_a_mistake_of_ours_with_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHER_TRACEBACK", "1")
    monkeypatch.setattr(cli, "_run", lambda _: raising(KeyError("boom"))())
    with pytest.raises(KeyError):
        cli.main([])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(news: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "search", "普京"],
            cwd=news,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "searcher: No space left on device"
    assert "Exception ignored" not in done.stderr


# The small commands


def test_segment() -> None:
    shown = run("segment", "拜登访问北京", expect=0).out
    assert shown == "0\t2\t拜登\n2\t4\t访问\n4\t6\t北京\n"


def test_segment_json_and_standard_input() -> None:
    record = call("segment", "-", "--json", stdin="乔·拜登 17.5万", expect=0).record
    assert (record["format_version"], record["text"]) == (1, "乔·拜登 17.5万")
    assert {"text", "start", "end"} == {*record["tokens"][0]}
    assert call("segment", "乔·拜登", "17.5万", "--json", expect=0).record == record


def test_segment_of_nothing() -> None:
    assert call("segment", "", expect=1).out == ""


def test_check(news: Path) -> None:
    answer = run("check", cwd=news, expect=0)
    first, second = answer.err.splitlines()
    assert (answer.out, first) == ("", "index is sound: 4 articles")
    assert re.fullmatch(r"verified: the checksums of [0-9.]+ MB in 1 segment; that .* fit", second)
    answer = call("check", "--deep", "--sample", "2", cwd=news, expect=0)
    assert "of 2 texts, analysed anew" in answer.err
    assert call("check", "--sample", "2", cwd=news).code == 2


def test_check_of_a_damaged_index(own_news: Path) -> None:
    call("index", cwd=own_news, expect=0)
    (segment,) = (own_news / "index").glob("*.seg")
    content = bytearray(segment.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(byte ^ 255 for byte in content[middle : middle + 64])
    segment.write_bytes(content)
    answer = call("check", cwd=own_news, expect=2)
    assert "damaged" in answer.out
    assert "searcher index --rebuild" in answer.err


def test_stats(news: Path) -> None:
    shown = run("stats", cwd=news, expect=0).out
    rows = [line.split(maxsplit=1) for line in shown.splitlines()]
    assert ["articles", "4"] in rows
    assert ["dates", "2021-12-05 to 2023-04-01"] in rows
    assert ["from", str((news / "corpus").resolve())] in rows
    assert re.search(r"^sources +2  晨光日报$", shown, re.MULTILINE)
    assert re.search(r" 1  体育$", shown, re.MULTILINE)


def test_stats_json(news: Path) -> None:
    record = call("stats", "--json", cwd=news, expect=0).record
    assert (record["format_version"], record["articles"], record["undated"]) == (1, 4, 0)
    assert record["bytes"] > 0
    assert record["sources"][0] == {"name": "晨光日报", "articles": 2}


def test_stats_of_many_categories() -> None:
    from searcher.cli.stats import frequent

    shown = [*frequent([(f"类别{n}", 100 - n) for n in range(20)])]
    assert shown[0] == "    100  类别0"
    assert shown[-1] == f"{sum(100 - n for n in range(12, 20)):7}  in 8 others"


def test_explain_what_is_found(news: Path) -> None:
    shown = run("explain", "拜登 普京", "call.md", cwd=news, expect=0).out
    hit = call("search", "拜登 普京", "--json", cwd=news).record["hits"][0]
    title, score, *matches = shown.splitlines()
    assert title == "拜登与普京举行视频通话"
    assert score.split() == [f"{hit['score']:.3f}", "score"]
    assert {line.split()[1] for line in matches} >= {"拜登", "普京"}


def test_explain_what_is_missing(news: Path) -> None:
    answer = call("explain", "拜登 视频会议", "call.md", cwd=news, expect=1)
    assert "It is not found for: 拜登 视频会议" in answer.out
    assert "missing: 视频会议" in answer.out
    nearest = re.search(r"^nearest: (.*)$", answer.out, re.MULTILINE)
    assert nearest
    assert "视频" in nearest[1]
    assert re.search(r"^cut as:  .*视频 / 通话", answer.out, re.MULTILINE)


def test_explain_json(news: Path) -> None:
    record = call("explain", "拜登 视频会议", "call.md", "--json", cwd=news, expect=1).record
    assert (record["format_version"], record["matched"]) == (1, False)
    assert [missing["term"] for missing in record["missing"]] == ["视频会议"]
    assert sum(match["score"] for match in record["matches"]) == pytest.approx(record["score"])
    loose = call("explain", "拜登 视频会议", "call.md", "--any", "--json", cwd=news, expect=0)
    assert loose.record["matched"]


def test_explain_of_no_article(news: Path) -> None:
    answer = call("explain", "拜登", "zzzzzz", cwd=news, expect=2)
    assert answer.err.startswith("searcher: no article ")

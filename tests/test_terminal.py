"""The console command on a real terminal: colour, progress bar, pager, interrupt."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from console import COMMAND, call, environment

from searcher.cli.render import Page
from searcher.cli.widths import columns

# Makes the terminal on standard input the one that Ctrl-C comes from, then becomes the command.
START = "import os, sys; os.open(os.ttyname(0), os.O_RDWR); os.execv(sys.argv[1], sys.argv[1:])"


class Terminal:
    """A command that runs on a terminal, and what the terminal showed."""

    def __init__(
        self,
        *arguments: str,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        size: tuple[int, int] = (24, 80),
    ) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, *COMMAND, *arguments],
            cwd=cwd,
            env=environment(env),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""

    def type(self, keys: str) -> None:
        """Press keys; ``\\x03`` is Ctrl-C."""
        os.write(self.master, keys.encode())

    def read_until(self, wanted: Callable[[str], bool], seconds: float = 300) -> None:
        """Watch until ``wanted`` holds of all that was shown, or the command ends.

        ``seconds`` only ends the test of a command that hangs.
        """
        end = time.monotonic() + seconds
        pending = b""
        while not wanted(self.shown):
            assert time.monotonic() < end, self.shown
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self.master, 65536)
            except OSError:
                # What Linux says when nobody has the other end open any more.
                break
            if not data:
                break
            pending += data
            self.shown = self.shown + pending.decode(errors="ignore")
            pending = b""

    def finish(self) -> int:
        """Watch to the end; the exit code."""
        self.read_until(lambda _: False)
        os.close(self.master)
        return self.process.wait(timeout=300)

    @property
    def lines(self) -> list[str]:
        """The lines shown, without colours."""
        plain = self.shown
        for style in ("0", "1", "2", "1;31"):
            plain = plain.replace(f"\x1b[{style}m", "")
        return plain.split("\r\n")


def seen(*arguments: str, cwd: Path, **how: object) -> Terminal:
    terminal = Terminal(*arguments, cwd=cwd, **how)  # type: ignore[arg-type]  # passed on
    assert terminal.finish() == 0, terminal.shown
    return terminal


def test_colour(news: Path) -> None:
    shown = seen("search", "拜登", cwd=news).shown
    assert "\x1b[1;31m拜登\x1b[0m" in shown
    assert "1 article in " in shown


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [(["--color", "never"], {}), ([], {"NO_COLOR": "1"}), ([], {"TERM": "dumb"})],
)
def test_no_colour(news: Path, arguments: list[str], variables: dict[str, str]) -> None:
    shown = seen("search", "拜登", *arguments, cwd=news, env=variables).shown
    assert "\x1b" not in shown
    assert "拜登与普京举行视频通话" in shown


def test_colour_on_request_beats_the_variable(news: Path) -> None:
    shown = seen("search", "拜登", "--color=always", cwd=news, env={"NO_COLOR": "1"}).shown
    assert "\x1b[1;31m拜登" in shown


@pytest.mark.parametrize("width", [40, 80])
def test_lines_fit_the_terminal(news: Path, width: int) -> None:
    terminal = seen("show", "call.md", "--query", "普京", cwd=news, size=(50, width))
    assert max(map(columns, terminal.lines)) <= width
    assert len(terminal.lines) > 160 // width


def test_long_output_goes_through_the_pager(news: Path) -> None:
    pager = f"{sys.executable} -c \"import sys; print('PAGER', len(sys.stdin.read()))\""
    small = seen("search", "普京", cwd=news, size=(5, 40), env={"PAGER": pager})
    assert "PAGER " in small.shown
    assert "拜登" not in small.shown
    assert "2 articles in" in small.lines[-2]


def test_what_fits_does_not_need_the_pager(news: Path) -> None:
    shown = seen("search", "普京", cwd=news, size=(50, 80), env={"PAGER": "false"}).shown
    assert "视频通话" in shown


@pytest.mark.parametrize(
    ("arguments", "pager"),
    [(["--no-pager"], "false"), ([], ""), ([], "cat"), ([], "no-such-program-anywhere"), ([], "'")],
)
def test_no_pager(news: Path, arguments: list[str], pager: str) -> None:
    terminal = seen("search", "普京", *arguments, cwd=news, size=(5, 80), env={"PAGER": pager})
    assert "视频通话" in terminal.shown


def test_a_pager_that_is_left_early(news: Path) -> None:
    assert (
        "2 articles in"
        in seen("search", "普京", cwd=news, size=(5, 40), env={"PAGER": "true"}).shown
    )


def test_files_on_a_terminal_are_harmless(own_news: Path) -> None:
    (own_news / "corpus/evil\x1b[31m.txt").write_text("邪恶的文件名", encoding="utf-8")
    call("index", cwd=own_news, expect=0)
    assert "\x1b" not in seen("search", "邪恶", "--files", cwd=own_news).shown


def test_a_path_is_harmless_wherever_it_is_written(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    page = Page()
    page.path("evil\x1b[31m.txt")
    page.on_terminal = True
    page.path("evil\x1b[31m.txt")
    assert capsysbinary.readouterr().out.decode() == "evil␛[31m.txt\n" * 2


def many(folder: Path, articles: int) -> None:
    for number in range(articles):
        text = f"文章{number}\n\n" + "普京访问北京，双方讨论了合作。" * 40
        (folder / f"corpus/{number}.txt").write_text(text, encoding="utf-8")


def test_a_progress_bar(own_news: Path) -> None:
    many(own_news, 100)
    terminal = seen("index", cwd=own_news)
    assert "articles" in terminal.shown
    assert "\x1b[" in terminal.shown
    assert "104 added" in terminal.lines[-2]
    assert terminal.shown.count("\x1b[?25l") == terminal.shown.count("\x1b[?25h") == 1


def test_no_progress_bar_without_a_terminal(own_news: Path) -> None:
    answer = call("index", cwd=own_news, expect=0)
    assert "\r" not in answer.err
    assert "\x1b" not in answer.err


def test_interrupted_while_indexing(own_news: Path) -> None:
    call("index", cwd=own_news, expect=0)
    many(own_news, 1500)
    terminal = Terminal("index", "--jobs", "1", cwd=own_news)
    terminal.read_until(lambda shown: "reading" in shown)
    terminal.type("\x03")
    assert terminal.finish() == 130
    assert "the same command carries on" in terminal.shown
    assert "Traceback" not in terminal.shown
    # The cursor, which a progress bar hides, is there again.
    assert terminal.shown.rfind("\x1b[?25h") > terminal.shown.rfind("\x1b[?25l")
    # The last commit answers, and the next run does what is left to do.
    assert call("search", "普京", "--count", cwd=own_news, expect=0).out == "2\n"
    assert "1500 added" in call("index", cwd=own_news, expect=0).err


def test_interrupted_while_waiting_for_queries(news: Path) -> None:
    terminal = Terminal("batch", "-", cwd=news)
    terminal.type("普京\n")
    terminal.read_until(lambda shown: '"format_version"' in shown)
    terminal.type("\x03")
    assert terminal.finish() == 130
    assert "interrupted" in terminal.lines[-2]
    assert signal.SIGINT.name not in terminal.shown


def test_links_to_the_files(news: Path) -> None:
    known = {"TERM": "xterm-kitty"}
    shown = seen("search", "拜登", cwd=news, env=known).shown
    file = (news / "corpus" / "call.md").resolve().as_uri().removeprefix("file://")
    (link,) = re.findall(r"\x1b\]8;;(file://[^\x1b]*)\x1b\\(call\.md)\x1b\]8;;\x1b\\", shown)
    assert link[0].endswith(file)
    never = seen("search", "拜登", "--hyperlink", "never", cwd=news, env=known).shown
    assert "\x1b]8" not in never
    always = call("search", "拜登", "--hyperlink", "always", cwd=news, expect=0).out
    assert "\x1b]8;;file://" in always
    assert "\x1b]8" not in call("search", "拜登", cwd=news, env=known, expect=0).out


def test_links_do_not_go_through_the_pager(news: Path) -> None:
    pager = f"{sys.executable} -c \"import sys; print('PAGER', '\\x1b]8' in sys.stdin.read())\""
    env = {"PAGER": pager, "TERM": "xterm-kitty"}
    assert "PAGER False" in seen("search", "普京", cwd=news, size=(5, 60), env=env).shown


def test_columns_below_one_another_with_emoji(own_news: Path) -> None:
    """What a terminal shows of a concordance is measured by where the cursor stands."""
    for number, sign in enumerate(("👨\u200d👩\u200d👧", "❤\ufe0f", "🇨🇳", "👍🏽", "好", "é", "한")):
        text = f"# {sign}\n\n{sign * 8}普京{sign * 8}。"
        (own_news / "corpus" / f"emoji{number}.md").write_text(text, "utf-8")
    call("index", cwd=own_news, expect=0)
    shown = call("kwic", "普京", "--width", "15", cwd=own_news, expect=0).out.splitlines()
    places = {columns(line.partition("普京")[0]) for line in shown if "emoji" not in line}
    assert places == {10 + 2 + 10 + 2 + 15 + 1}
    assert len(shown) > 7
    facets = call("facets", "普京", "--by", "people", cwd=own_news, expect=0).out
    assert facets

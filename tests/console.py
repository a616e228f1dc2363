"""The console command for tests, in a folder with some news.

``run`` starts it in a process of its own, as a user does; ``call`` calls it in this one, which is
faster and serves where only its answer matters.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from searcher.cli import main

ARTICLES = {
    "call.md": """
---
title: 拜登与普京举行视频通话
categories:
- 国际
author: 远方通讯社
date: Sun, 05 Dec 2021 11:00:00 GMT
---
<p>克里姆林宫说，美国总统拜登和俄罗斯总统普京将举行视频通话，讨论乌克兰边境的局势。</p>
<p>The call lasted two hours. 双方同意保持接触。</p>
""",
    "sub/games.md": """
---
title: 北京冬奥会[red]开幕[/red]
categories:
- 体育
author: 晨光日报
date: 2022-02-04 20:00:00
---
<p>第二十四届冬季奥运会在北京开幕，俄罗斯总统普京出席了开幕式。</p>
""",
    "rates.md": """
---
title: 央行维持利率不变
categories:
- 财经
author: 晨光日报
date: 2023-03-01
---
<p>中央银行宣布维持基准利率不变，市场反应平静。</p>
""",
    "steering.md": """
---
title: "标题里有\\e[31m控制\\a字符"
date: 2023-04-01
---
<p>正文里也有\x1b]0;pwned\x07控制字符和\x9b31m更多。</p>
""",
}


class Answer(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def record(self) -> Any:
        """The JSON object on standard output."""
        return json.loads(self.out)

    @property
    def records(self) -> list[Any]:
        """The JSON objects on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


COMMAND = (sys.executable, "-m", "searcher")
ROOT = Path(__file__).parent.parent


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables for a command: those of the tests, but none that change how it runs."""
    silent = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PAGER", "LESS", "TERM"}
    silent |= {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "EDITOR", "VISUAL", "BROWSER"}
    silent |= {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "TMUX", "TERM_PROGRAM", "VTE_VERSION"}
    silent |= {"WT_SESSION", "DOMTERM", "KONSOLE_VERSION"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in silent and not name.startswith(("SEARCHER_", "_SEARCHER_"))
    }
    path = os.pathsep.join(filter(None, [str(ROOT), kept.get("PYTHONPATH")]))
    # Whoever runs the tests may have a searcher.toml.
    fixed = {"XDG_CONFIG_HOME": str(ROOT / "no-such-folder"), "PYTHONUTF8": "1", "TERM": "xterm"}
    fixed["LANG"] = "C.UTF-8"
    return {**kept, "PYTHONPATH": path, **fixed, **(changes or {})}


def run(
    *arguments: str,
    cwd: Path | None = None,
    stdin: str | bytes = b"",
    env: Mapping[str, str] | None = None,
    expect: int | None = None,
) -> Answer:
    """``searcher ARGUMENTS…`` from start to end; ``expect`` is the exit code that must come."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=environment(env),
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return _checked(done.returncode, done.stdout, done.stderr, expect)


def call(
    *arguments: str,
    cwd: Path | None = None,
    stdin: str | bytes = b"",
    env: Mapping[str, str] | None = None,
    expect: int | None = None,
) -> Answer:
    """The same as ``run``, but in this process."""
    given, out, err = (
        TextIOWrapper(BytesIO(data), encoding="utf-8")
        for data in (stdin.encode() if isinstance(stdin, str) else stdin, b"", b"")
    )
    before = Path.cwd()
    with (
        patch.multiple(sys, stdin=given, stdout=out, stderr=err),
        patch.dict(os.environ, environment(env), clear=True),
    ):
        os.chdir(cwd or before)
        try:
            code = main(arguments)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        finally:
            os.chdir(before)
    for stream in (out, err):
        stream.flush()
    return _checked(code, out.buffer.getvalue(), err.buffer.getvalue(), expect)


def _checked(code: int, out: bytes, err: bytes, expect: int | None) -> Answer:
    answer = Answer(code, out.decode(), err.decode())
    assert "Traceback" not in answer.err, answer.err
    assert expect is None or answer.code == expect, answer
    return answer


def write_corpus(folder: Path) -> None:
    """The articles, below ``folder``."""
    for name, text in ARTICLES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

"""Every example of a help page can be typed as it stands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from console import ROOT, call, environment

from searcher.cli import evaluate
from searcher.cli.commands import COMMANDS, command
from searcher.cli.help import EXAMPLES as EXAMPLES_OF_ALL

PAGES = {name: import_module(command(name).__module__).EXAMPLES for name in COMMANDS}
PAGES |= {f"eval {name}": text for name, text in evaluate.EXAMPLES.items()}
PAGES[""] = EXAMPLES_OF_ALL

EXAMPLES = [
    line.strip()
    for text in PAGES.values()
    for line in text.partition("Examples:\n")[2].splitlines()
]
# What needs a cluster is run in tests/cluster/.
CLUSTER = [example for example in EXAMPLES if "--part" in example or "opensearch:" in example]
SERVING = [example for example in EXAMPLES if "searcher serve" in example]
"""Examples that run until they are stopped."""

NEEDED = {
    "searcher remove": "searcher add call.md news.jsonl",
    "searcher save putin --remove": "searcher save putin 普京",
}
"""What must have been done before an example, in whatever order they run."""

FILES = {
    "queries.txt": "普京\n奥运\n",
    "queries.csv": "topic,query,since\nwar,普京,2021\nsport,奥运,\n",
    "topics.tsv": "t1\t普京\nt2\t奥运\n",
    "docs.jsonl": '{"id": "d1", "text": "普京访问北京。"}\n{"id": "d2", "text": "奥运会开幕。"}\n',
    "news.jsonl": '{"id": "1", "headline": "新西兰大选", "content": "计票今晚开始。"}\n',
    "queries.jsonl": '{"id": "q1", "query": "普京"}\n{"id": "q2", "query": "奥运会"}\n',
    "qrels.tsv": "q1\t0\td1\t1\nq2\t0\td2\t1\n",
    "today.trec": "q1 Q0 d1 1 2.5 today\nq2 Q0 d2 1 1.5 today\n",
    "yesterday.trec": "q1 Q0 d2 1 2.5 yesterday\nq2 Q0 d2 1 1.5 yesterday\n",
    "pku_test_gold.utf8": "普京  访问  北京  。\n奥运会  开幕  。\n",
}

SEARCHER = f"""#!/bin/sh
exec "{sys.executable}" -m searcher "$@"
"""
JQ = f"""#!/bin/sh
exec "{sys.executable}" -m json.tool --json-lines
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with what the examples name: corpora, an index, collections, the programs."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "corpus", home / "corpus")
    shutil.copytree(ROOT / "corpus" / "2021", home / "news")
    shutil.copytree(ROOT / "corpus" / "2022", home / "more")
    shutil.copytree(ROOT / "corpus", home / "archive")
    shutil.copy(ROOT / "corpus" / "2021" / "biden-putin-video-call.md", home / "call.md")
    for name, text in FILES.items():
        (home / name).write_text(text, encoding="utf-8")
    (home / "d.jsonl").symlink_to("docs.jsonl")
    (home / "q.jsonl").symlink_to("queries.jsonl")
    (home / "q.tsv").symlink_to("qrels.tsv")
    (home / "bin").mkdir()
    programs = {"searcher": SEARCHER} if shutil.which("jq") else {"searcher": SEARCHER, "jq": JQ}
    for name, script in programs.items():
        (home / "bin" / name).write_text(script)
        (home / "bin" / name).chmod(0o755)
    call("index", "--jobs", "1", cwd=home, expect=0)
    for arguments in (["more", "--add"], ["news", "more", "--index", "news.index"]):
        call("index", *arguments, "--jobs", "1", cwd=home, expect=0)
    return home


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each not in SERVING + CLUSTER])
def test_example(example: str, folder: Path) -> None:
    for beginning, needed in NEEDED.items():
        if example.startswith(beginning):
            example = f"{needed} && {example}"
    path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", example],
        cwd=folder,
        env=environment({"PATH": path, "HOME": str(folder), "EDITOR": "cat", "BROWSER": "true"}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done
    assert "Traceback" not in done.stderr
    assert ">" in example or done.stdout or "searcher: " not in done.stderr, done


@pytest.mark.parametrize("example", SERVING)
def test_example_that_serves(example: str, folder: Path) -> None:
    """It says where it listens, and ends well when it is stopped. Any free port will do here."""
    path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
    command = example.partition("#")[0].strip() + " --port 0"
    serving = subprocess.Popen(
        ["bash", "-c", command.replace("searcher serve", "exec searcher serve")],
        cwd=folder,
        env=environment({"PATH": path, "HOME": str(folder), "BROWSER": "true"}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with serving:
        assert serving.stderr is not None
        said = ""
        while "http://" not in said:
            line = serving.stderr.readline()
            assert line, said
            said += line
        serving.terminate()
        said += serving.stderr.read()
    assert serving.returncode == 0, said


def test_every_page_has_some() -> None:
    assert all("Examples:\n" in text for text in PAGES.values())
    assert len(EXAMPLES) > 25

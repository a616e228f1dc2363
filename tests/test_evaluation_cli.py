"""``searcher eval`` from start to end."""

import json
import re
from pathlib import Path

import pytest
from console import call, run

from searcher.cli import evaluate
from searcher.cli.options import parameters

NAMES = [command.__name__ for command in evaluate.COMMANDS]

DOCUMENTS = {
    "d1": "拜登与普京举行视频通话。",
    "d2": "北京冬奥会开幕，普京出席。",
    "d3": "央行维持利率不变，市场平静。",
}

FILES = ("--docs=docs", "--queries=queries")


def in_process(*arguments: str) -> str:
    """What ``searcher eval ARGUMENTS…`` prints, without starting Python for it."""
    return call("eval", *arguments, expect=0).out


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("collection")
    lines = [json.dumps({"id": id_, "text": text}) for id_, text in DOCUMENTS.items()]
    (folder / "docs").write_text("\n".join(lines))
    (folder / "queries").write_text("q1\t利率变了吗？\nq2\t视频通话 普京\n", encoding="utf-8")
    (folder / "qrels").write_text("q1 0 d3 1\nq2 0 d1 1\nq2 0 d2 1\n")
    (folder / "gold").write_text("拜登 和 普京\n中华 人民\n华人\n", encoding="utf-8")
    return folder


def test_run_then_compare(collection: Path) -> None:
    arguments = [*FILES, "--qrels=qrels", "--baseline=jieba", "--run=ours", "--any"]
    answer = run("eval", "run", *arguments, cwd=collection, expect=0)
    assert answer.err == "2 questions, 3 documents\n"
    header, *rows = [line.split() for line in answer.out.splitlines()]
    assert header == ["searcher", "jieba", "difference", "p", "better", "equal", "worse"]
    assert [row[0] for row in rows] == ["nDCG@10", "RR@10", "AP", "R@100"]
    # 普京 alone brings d2: one of the words is enough.
    for row in rows:
        assert row[1:] == ["1.0000", "1.0000", "+0.0000", "1.0000", "0", "2", "0"]
    lines = (collection / "ours").read_text().splitlines()
    assert [line.split()[:4] for line in lines] == [
        ["q1", "Q0", "d3", "1"],
        ["q2", "Q0", "d1", "1"],
        ["q2", "Q0", "d2", "2"],
    ]

    (collection / "theirs").write_text("q1 Q0 d1 1 2 x\nq1 Q0 d3 2 1 x\nq2 Q0 d1 1 1 x\n")
    ours, theirs, qrels = (str(collection / name) for name in ("ours", "theirs", "qrels"))
    record = json.loads(in_process("compare", ours, theirs, "--qrels", qrels, "--json"))
    assert (record["format_version"], record["queries"]) == (1, 2)
    assert record["runs"] == [ours, theirs]
    assert record["measures"]["RR@10"] == [1, 0.75]
    found = record["comparison"]["RR@10"]
    assert (found["difference"], found["better"], found["equal"]) == (0.25, 1, 1)


def test_run_without_a_baseline(collection: Path) -> None:
    (collection / "more").write_text("q2 0 d1 1\nq2 0 d2 1\nq2 0 d9 1\nq9 0 d1 1\n")
    arguments = [*FILES, "--qrels=more", "--strict", "--expand", "--no-aliases"]
    answer = run("eval", "run", *arguments, "--json", cwd=collection, expect=0)
    assert answer.record["runs"] == ["searcher"]
    assert answer.record["measures"]["R@100"] == [round(1 / 3, 6)]
    assert answer.record["comparison"] == {}
    left_out, missing, _ = answer.err.splitlines()
    assert left_out == "left out: 1 judged question that nobody asked"
    assert missing == "not in the collection: 1 relevant document"


def test_depth(collection: Path) -> None:
    files = [f"--{name}={collection / name}" for name in ("docs", "queries", "qrels")]
    record = json.loads(in_process("run", *files, "--depth=1", "--json"))
    assert record["measures"]["R@100"] == [0.75]


@pytest.mark.parametrize(
    ("qrels", "said"), [("q9 0 d1 1", "no query has judgements"), ("q1 0 d9 1", "no relevant doc")]
)
def test_what_does_not_belong_together(collection: Path, qrels: str, said: str) -> None:
    (collection / "strange").write_text(qrels)
    answer = run("eval", "run", *FILES, "--qrels=strange", cwd=collection, expect=2)
    assert answer.err.startswith(f"searcher: {said}")
    assert answer.out == ""


def test_words(collection: Path) -> None:
    answer = run("eval", "words", "gold", "--errors=5", cwd=collection, expect=0)
    assert re.findall(r"^(\w+) +(\S+)$", answer.out, re.MULTILINE)[:3] == [
        ("precision", "1.0000"),
        ("recall", "1.0000"),
        ("f1", "1.0000"),
    ]
    assert answer.err == "5 words, 3 articles; to be found: 5, not to be found: 1\n"
    record = json.loads(in_process("words", str(collection / "gold"), "--json"))
    assert (record["recall"], record["wanted"], record["missed"]) == (1, 5, 0)


def test_literal(collection: Path) -> None:
    answer = run("eval", "literal", "docs", "--samples=30", cwd=collection, expect=0)
    assert answer.out == "precision      1.000000\nrecall         1.000000\nwrong strings  0\n"
    assert answer.err == "30 strings, 3 articles\n"
    arguments = (str(collection / "docs"), "--samples=30", "--seed=2", "--json")
    record = json.loads(in_process("literal", *arguments))
    assert (record["strings"], record["recall"], record["wrong"]) == (30, 1, [])


def test_a_missing_file(tmp_path: Path) -> None:
    answer = run("eval", "words", "nothing", cwd=tmp_path, expect=2)
    assert answer.err == "searcher: nothing cannot be read: No such file or directory\n"


@pytest.mark.parametrize("name", NAMES)
def test_help_has_examples(name: str) -> None:
    shown = in_process(name, "--help")
    assert shown.startswith(f"Usage: searcher eval {name} ")
    examples = shown.partition("Examples:\n")[2].splitlines()
    assert examples
    assert all(f"searcher eval {name}" in line for line in examples)


def test_help_lists_every_command() -> None:
    shown = in_process("--help")
    assert all(re.search(rf"^  {name} +\S", shown, re.MULTILINE) for name in NAMES)
    assert re.search(r"^  eval +\S", run("--help", expect=0).out, re.MULTILINE)


def test_every_option_is_explained() -> None:
    for command in evaluate.COMMANDS:
        for parameter in parameters(command):
            assert parameter.declaration.help.endswith((".", "]")), parameter

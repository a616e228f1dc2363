"""Articles that match as asked and those with only some of the words, told apart everywhere."""

import csv
import io
import json
from pathlib import Path

import pytest
from console import call
from library import article, build

STRICT, RELAXED = "a0000", "a0001"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("strict")
    articles = [
        article(0, "普京会见拜登", "克里姆林宫的会谈"),
        article(1, "拜登拜登拜登", "克里姆林宫 克里姆林宫"),
        # Beside these few articles the words are rare enough to say something.
        *(article(number, "天气", "明天下雨") for number in range(2, 25)),
    ]
    build(folder, articles)
    return folder


BOTH = "普京 拜登 克里姆林宫"
NEITHER = "泽连斯基 拜登 克里姆林宫"


def test_a_line_divides_them_in_a_terminal(folder: Path) -> None:
    answer = call("search", BOTH, cwd=folder, expect=0)
    before, divider, after = answer.out.partition("── only some of the words (1):\n")
    assert divider
    assert STRICT in before
    assert RELAXED in after
    assert "1 article matches as asked; 1 with only some of the words follows" in answer.err


def test_no_article_matches_as_asked(folder: Path) -> None:
    answer = call("search", NEITHER, cwd=folder, expect=0)
    assert answer.out.startswith("── only some of the words (2):\n")
    assert "0 articles match as asked; 2 with only some of the words follow" in answer.err


def test_strict_leaves_the_others_out(folder: Path) -> None:
    answer = call("search", BOTH, "--strict", cwd=folder, expect=0)
    assert "only some" not in answer.out + answer.err
    assert RELAXED not in answer.out
    assert call("search", NEITHER, "--strict", cwd=folder, expect=1).out == ""
    (record,) = call("batch", "-", "--strict", cwd=folder, stdin=NEITHER).records
    assert (record["total"], record["relaxed"], record["hits"]) == (0, 0, [])
    line = json.dumps({"query": NEITHER, "strict": True})
    assert call("batch", "-", cwd=folder, stdin=line).records[0]["hits"] == []


def test_a_count_is_of_those_that_match_as_asked(folder: Path) -> None:
    assert call("search", BOTH, "--count", cwd=folder, expect=0).out == "1\n"
    assert call("search", NEITHER, "--count", cwd=folder, expect=1).out == "0\n"


def test_json_and_files(folder: Path) -> None:
    record = call("search", BOTH, "--json", cwd=folder).record
    assert (record["total"], record["relaxed"]) == (1, 1)
    assert [(hit["id"], hit["relaxed"]) for hit in record["hits"]] == [
        *((STRICT, False), (RELAXED, True))
    ]
    files = call("search", BOTH, "--files", cwd=folder)
    # A program has given the articles, and they are in no file.
    assert files.out == ""
    assert "left out: 1 article that is in no file" in files.err
    assert "left out: 1 article with only some of the words" in files.err


def test_batch(folder: Path) -> None:
    lines = f"q1\t{BOTH}\nq2\t{NEITHER}\nq3\ttitel:天气\n"
    records = call("batch", "-", cwd=folder, stdin=lines).records
    assert [(r["total"], r["relaxed"]) for r in records[:2]] == [(1, 1), (0, 2)]
    assert "did you mean title:?" in records[2]["notes"][0]
    table = call("batch", "-", "--format", "csv", cwd=folder, stdin=lines).out
    rows = [*csv.DictReader(io.StringIO(table))]
    assert [(r["id"], r["total"], r["relaxed"]) for r in rows if r["id"] != "q3"] == [
        *(("q1", "1", "0"), ("q1", "1", "1"), ("q2", "0", "1"), ("q2", "0", "1"))
    ]
    assert "did you mean title:?" in next(r["notes"] for r in rows if r["id"] == "q3")


def test_a_run_marks_them_and_keeps_their_order(folder: Path) -> None:
    out = call("batch", "-", "--format", "trec", cwd=folder, stdin=f"q\t{BOTH}\n").out
    strict, relaxed = (line.split() for line in out.splitlines())
    assert (strict[2], strict[5]) == (STRICT, "searcher")
    assert (relaxed[2], relaxed[5]) == (RELAXED, "searcher-relaxed")
    assert float(strict[4]) > float(relaxed[4])


@pytest.mark.parametrize(
    ("line", "id_", "wrong"),
    [
        ('{"id": [], "query": "普京"}', "1", '"id"'),
        ('{"id": true, "query": "普京"}', "1", '"id"'),
        ('{"id": "x", "query": 5}', "x", '"query"'),
        ('{"id": "x"}', "x", 'no "query"'),
        ('{"id": "x", "query": "普京", "bogus": 1}', "x", "'bogus'"),
        ('{"id": "x", "query": "普京", "limit": "many"}', "x", "limit must be"),
    ],
)
def test_an_error_names_the_field(folder: Path, line: str, id_: str, wrong: str) -> None:
    answer = call("batch", "-", cwd=folder, stdin=line, expect=2)
    (record,) = answer.records
    assert record["id"] == id_
    assert wrong in record["error"]
    assert "__init__" not in answer.out + answer.err


def test_an_id_of_null_is_none(folder: Path) -> None:
    (record,) = call("batch", "-", cwd=folder, stdin='{"id": null, "query": "普京"}').records
    assert (record["id"], record["total"]) == ("1", 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["-普京", "拜登"],
        ["拜登", "-普京"],
        ["--limit", "3", "-普京", "拜登"],
        ["拜登", "-n", "3", "-普京", "--sort", "newest"],
        ["拜登 -普京"],
        ["!普京", "拜登"],
        ["--", "-普京", "拜登"],
        ['-"普京"', "拜登"],
        ["-（普京 会见）", "拜登"],
    ],
)
def test_a_word_is_left_out_wherever_it_stands(folder: Path, arguments: list[str]) -> None:
    answer = call("search", "--json", "--strict", *arguments, cwd=folder, expect=0)
    assert [hit["id"] for hit in answer.record["hits"]] == [RELAXED]


def test_other_commands_take_such_queries(folder: Path) -> None:
    assert call("explain", "-普京", RELAXED, cwd=folder, expect=0).err == ""
    assert call("explain", "-普京", STRICT, cwd=folder, expect=1).err == ""
    assert call("show", STRICT, "-q", "-普京", cwd=folder, expect=0).err == ""
    records = call("batch", "-", cwd=folder, stdin="-普京\n").records
    assert records[0]["total"] == 24


def test_an_evaluation_leaves_empty_queries_out(tmp_path: Path) -> None:
    (tmp_path / "d.tsv").write_text("d1\t普京到访\nd2\t拜登到访\n", "utf-8")
    (tmp_path / "q.jsonl").write_text(
        '{"id": "q1", "query": "普京"}\n{"id": "q2", "query": " "}\n', "utf-8"
    )
    (tmp_path / "r.tsv").write_text("q1 0 d1 1\nq2 0 d2 1\n", "utf-8")
    files = ("--docs", "d.tsv", "--queries", "q.jsonl", "--qrels", "r.tsv")
    answer = call("eval", "run", *files, "--json", cwd=tmp_path, expect=0)
    assert answer.record["queries"] == 1
    assert "q.jsonl, line 2: empty query: left out" in answer.err

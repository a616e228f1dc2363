"""``searcher batch`` in processes of its own, and how it reads its lines."""

import csv
import io
import json
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from console import COMMAND, call, environment, run

from searcher import Hit, QueryError, Results, SearcherError
from searcher.query_lines import Request, answers, requests


def parsed(*lines: str | bytes) -> list[Request]:
    return [*requests(line if isinstance(line, bytes) else line.encode() for line in lines)]


# How lines are read


def test_three_forms_of_a_line() -> None:
    assert parsed("普京 拜登\n", "q7\t普京\r\n", '{"id": "x", "query": "普京", "limit": 3}\n') == [
        Request("1", "普京 拜登", {}),
        Request("q7", "普京", {}),
        Request("x", "普京", {"limit": 3}),
    ]


def test_ids_that_are_missing_are_line_numbers() -> None:
    lines = ("\ufeff普京\n", "\n", "  \n", '{"query": "a"}\n', "\tb\n", '{"id": 7, "query": "c"}')
    assert [(r.id, r.query) for r in parsed(*lines)] == [
        ("1", "普京"),
        ("4", "a"),
        ("5", "b"),
        ("7", "c"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "{不是JSON}",
        '{"id": "x"}',
        '{"query": 5}',
        '{"query": "a", "id": []}',
        '{"query":' + "[" * 100_000,
        b"\xff\xfe\x00",
        b'{"query": "\xff"}',
    ],
)
def test_bad_lines(line: str | bytes) -> None:
    (request,) = parsed(line)
    assert request.id == (
        "x" if b'"x"' in (line if isinstance(line, bytes) else line.encode()) else "1"
    )
    assert request.problem.startswith("line 1 ")
    assert len(request.problem.splitlines()) == 1


class Fake:
    """Answers like an index, and counts how far it has read ahead."""

    def __init__(self) -> None:
        self.read = 0

    def batch(self, queries: Any, **defaults: Any) -> Iterator[Results | SearcherError]:
        for query in queries:
            self.read += 1
            if query["query"] == "bad":
                yield QueryError("no")
            else:
                yield Results([], query=query["query"], total=len(defaults), took=0.0)


def test_answers_keep_their_order() -> None:
    lines = [b"{", b"a", b"bad", b"{", b"{", b"b", b"{"]
    found = [*answers(Fake(), lines, limit=1)]  # type: ignore[arg-type]  # a fake
    assert [request.query for request, _ in found] == [line.decode() for line in lines]
    assert [isinstance(answer, SearcherError) for _, answer in found] == [
        *(True, False, True, True, True, False, True)
    ]


def test_nothing_is_read_ahead() -> None:
    fake = Fake()
    found = answers(fake, (b"a" for _ in range(10**9)))  # type: ignore[arg-type]  # a fake
    for _ in range(3):
        next(found)
    assert fake.read == 3


# The command


def test_jsonl(news: Path) -> None:
    (news / "queries.txt").write_text("普京\nq2\t利率\n", encoding="utf-8")
    answer = run("batch", "queries.txt", cwd=news, expect=0)
    first, second = answer.records
    single = call("search", "普京", "--json", cwd=news).record
    assert [*first] == [
        "format_version",
        "id",
        "query",
        "total",
        "relaxed",
        "took_ms",
        "notes",
        "suggestions",
        "hits",
    ]
    assert (first["id"], second["id"]) == ("1", "q2")
    assert first["hits"] == single["hits"]
    assert second["hits"][0]["path"] == "rates.md"
    assert answer.err == ""


def test_standard_input_and_options(news: Path) -> None:
    lines = [
        '{"id": "a", "query": "普京", "sort": "oldest"}',
        '{"id": "b", "query": "普京", "since": "2022", "limit": 5}',
        "普京",
    ]
    answer = call("batch", "-", "--limit", "1", cwd=news, stdin="\n".join(lines), expect=0)
    a, b, c = answer.records
    assert [hit["path"] for hit in a["hits"]] == ["call.md"]
    assert [hit["path"] for hit in b["hits"]] == ["sub/games.md"]
    assert (c["total"], len(c["hits"])) == (2, 1)


def test_a_bad_query_becomes_an_error_record(news: Path) -> None:
    lines = [
        "普京",
        "{",
        '{"id": "x", "query": "普京", "colour": 3}',
        '{"id": "y", "query": "普京", "limit": "many"}',
        '{"id": "z", "query": "普京", "since": "sometime"}',
        "利率",
    ]
    answer = call("batch", "-", cwd=news, stdin="\n".join(lines), expect=2)
    assert [("error" in record, record["id"]) for record in answer.records] == [
        *((False, "1"), (True, "2"), (True, "x"), (True, "y"), (True, "z"), (False, "6"))
    ]
    assert answer.records[2]["query"] == "普京"
    assert len(answer.err.splitlines()) == 4


def test_trec(news: Path) -> None:
    answer = call(
        "batch", "-", "--format", "trec", cwd=news, stdin="q 1\t普京\n无此词语\n", expect=0
    )
    rows = [line.split() for line in answer.out.splitlines()]
    ids = [hit["id"] for hit in call("search", "普京", "--json", cwd=news).record["hits"]]
    assert [row[:4] for row in rows] == [["q_1", "Q0", ids[0], "1"], ["q_1", "Q0", ids[1], "2"]]
    assert float(rows[0][4]) >= float(rows[1][4])
    assert {row[5] for row in rows} == {"searcher"}


def test_csv(news: Path) -> None:
    answer = call(
        "batch", "-", "--format", "csv", cwd=news, stdin='普京\n"无此词语"\n{\n', expect=2
    )
    rows = [*csv.DictReader(io.StringIO(answer.out))]
    assert [(row["id"], row["total"], row["rank"]) for row in rows] == [
        *(("1", "2", "1"), ("1", "2", "2"), ("2", "0", ""), ("3", "", ""))
    ]
    assert rows[0]["date"].startswith("202")
    call_row = next(row for row in rows if row["path"] == "call.md")
    assert (call_row["source"], call_row["author"]) == ("远方通讯社", "远方通讯社")
    assert (call_row["categories"], call_row["url"], call_row["relaxed"]) == ("国际", "", "0")
    # All that a hit has, but for what takes more than a cell.
    names = {"article" if name == "id" else name for name in Hit._fields}
    assert {*rows[0]} >= names - {"snippets", "explanation"}
    assert rows[3]["error"]


def test_answers_come_while_questions_are_still_asked(news: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "batch", "-"],
        cwd=news,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        for query in ("普京", "利率"):
            process.stdin.write(f"{query}\n".encode())
            process.stdin.flush()
            assert select.select([process.stdout], [], [], 30)[0], "no answer in half a minute"
            assert json.loads(process.stdout.readline())["query"] == query
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def test_no_such_file(news: Path) -> None:
    answer = call("batch", "missing.txt", cwd=news, expect=2)
    assert answer.err == "searcher: No such file or directory: missing.txt\n"


def test_an_empty_file(news: Path) -> None:
    assert call("batch", "-", cwd=news, expect=0).out == ""

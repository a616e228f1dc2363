"""``searcher show`` in processes of its own."""

from pathlib import Path

import pytest
from console import call, run

from searcher.cli.widths import columns


@pytest.fixture(scope="module")
def call_id(news: Path) -> str:
    found: str = call("search", "拜登", "--json", cwd=news).record["hits"][0]["id"]
    return found


def test_by_id_by_its_beginning_and_by_path(news: Path, call_id: str) -> None:
    whole = run("show", call_id, cwd=news, expect=0)
    assert whole.err == ""
    title, details, place, empty, first, *_ = whole.out.splitlines()
    assert title == "拜登与普京举行视频通话"
    assert details == "2021-12-05 11:00 UTC · 远方通讯社 · 国际"
    assert place == f"call.md · {call_id}"
    assert (empty, first[:4]) == ("", "克里姆林")
    assert call("show", call_id[:6], cwd=news, expect=0).out == whole.out
    assert call("show", "call.md", cwd=news, expect=0).out == whole.out


def test_no_such_article(news: Path) -> None:
    answer = call("show", "zzzzzzzzzz", cwd=news, expect=1)
    assert answer.out == ""
    assert answer.err.startswith("searcher: no article ")


def test_json(news: Path, call_id: str) -> None:
    record = call("show", call_id, "--json", cwd=news, expect=0).record
    assert record["format_version"] == 1
    assert (record["id"], record["path"]) == (call_id, "call.md")
    assert record["date"] == "2021-12-05T11:00:00+00:00"
    assert len(record["body"].split("\n")) == 2
    assert "spans" not in record


def test_json_with_a_query(news: Path, call_id: str) -> None:
    record = call("show", call_id, "--json", "--query", "普京", cwd=news, expect=0).record
    for field in ("title", "body"):
        spans = record["spans"][field]
        assert spans
        assert {record[field][start:end] for start, end in spans} == {"普京"}


def test_query_highlights(news: Path, call_id: str) -> None:
    shown = call("show", call_id, "-q", "普京", "--color", "always", cwd=news, expect=0).out
    assert shown.count("\x1b[1;31m普京\x1b[0m") == 2


def test_wrapped_when_asked(news: Path, call_id: str) -> None:
    shown = call("show", call_id, cwd=news, env={"COLUMNS": "30"}, expect=0).out
    lines = shown.splitlines()
    assert max(map(columns, lines)) <= 30
    assert not any(line.startswith(tuple("，。、")) for line in lines)


def test_control_characters_are_shown_as_such(news: Path) -> None:
    shown = call("show", "steering.md", "--color", "always", cwd=news, expect=0).out
    plain = shown.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in plain.replace("\n", ""))
    assert "控制" in plain

"""``searcher search`` in processes of its own."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from console import COMMAND, call, environment, run

from searcher import Hit


def test_hits_for_people(news: Path) -> None:
    answer = run("search", "拜登", "普京", cwd=news, expect=0)
    title, details, *_, empty = answer.out.splitlines()
    assert title == "1. 拜登与普京举行视频通话"
    assert details.startswith("   2021-12-05 · 远方通讯社 · call.md · ")
    assert "美国总统拜登和俄罗斯总统普京" in answer.out
    assert empty == ""
    assert answer.err.startswith("1 article in ")
    assert answer.err.endswith(" ms\n")


def test_json(news: Path) -> None:
    record = call("search", "拜登 普京", "--json", cwd=news, expect=0).record
    assert [*record] == [
        "format_version",
        "query",
        "total",
        "relaxed",
        "took_ms",
        "notes",
        "suggestions",
        "hits",
    ]
    assert (record["format_version"], record["query"], record["total"]) == (1, "拜登 普京", 1)
    assert record["took_ms"] > 0
    (hit,) = record["hits"]
    # All that a hit has; what it explains comes on request.
    assert {*hit} == {*Hit._fields} - {"explanation"}
    assert (hit["rank"], hit["path"], hit["author"]) == (1, "call.md", "远方通讯社")
    assert hit["date"] == "2021-12-05T11:00:00+00:00"
    assert hit["categories"] == ["国际"]
    title, *bodies = hit["snippets"]
    assert title["field"] == "title"
    assert bodies
    for snippet in hit["snippets"]:
        assert {snippet["text"][start:end] for start, end in snippet["spans"]} == {"拜登", "普京"}


def test_json_of_nothing(news: Path) -> None:
    answer = run("search", "没有这个词语啊", "--json", cwd=news, expect=1)
    assert (answer.record["total"], answer.record["hits"]) == (0, [])


def test_nothing_found(news: Path) -> None:
    answer = call("search", '"没有这个词语啊"', cwd=news, expect=1)
    assert answer.out == ""
    assert answer.err.splitlines()[-1] == 'nothing found for: "没有这个词语啊"'


def test_jsonl_is_one_hit_a_line(news: Path) -> None:
    whole = call("search", "普京", "--json", cwd=news).record["hits"]
    assert len(whole) == 2
    assert call("search", "普京", "--jsonl", cwd=news, expect=0).records == whole


def test_count_and_files(news: Path) -> None:
    assert call("search", "普京", "--count", cwd=news, expect=0).out == "2\n"
    assert call("search", '"没有这个词语啊"', "--count", cwd=news, expect=1).out == "0\n"
    files = call("search", "普京", "--files", "--sort", "oldest", cwd=news, expect=0)
    assert files.out == "corpus/call.md\ncorpus/sub/games.md\n"
    assert files.err == ""


def test_only_one_form_of_output(news: Path) -> None:
    answer = call("search", "普京", "--json", "--count", cwd=news, expect=2)
    assert answer.err == (
        "searcher: choose one of --json, --jsonl, --count, --files, --format and --tsv\n"
    )


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        (["--sort", "newest"], ["sub/games.md", "call.md"]),
        (["--sort", "oldest"], ["call.md", "sub/games.md"]),
        (["--sort", "oldest", "--limit", "1"], ["call.md"]),
        (["--sort", "oldest", "-n1", "--offset=1"], ["sub/games.md"]),
        (["--since", "2022"], ["sub/games.md"]),
        (["--until", "2021-12-31"], ["call.md"]),
        (["--category", "体育"], ["sub/games.md"]),
        (["--author", "远方通讯社"], ["call.md"]),
        (["--source", "晨光"], ["sub/games.md"]),
        (["-体育", "-开幕"], ["call.md"]),
        (['-"视频通话"'], ["sub/games.md"]),
    ],
)
def test_options(news: Path, options: list[str], paths: list[str]) -> None:
    answer = call("search", "普京", *options, "--files", cwd=news, expect=0)
    assert answer.out.split() == [f"corpus/{path}" for path in paths]


def test_any(news: Path) -> None:
    found = call("search", "拜登 利率", "--any", "--json", cwd=news, expect=0)
    assert (found.record["total"], found.record["relaxed"]) == (2, 0)
    assert [hit["relaxed"] for hit in found.record["hits"]] == [False, False]
    assert found.err == ""


def test_what_has_only_some_of_the_words_is_shown_and_marked(news: Path) -> None:
    answer = call("search", "拜登 利率", "--json", cwd=news, expect=0)
    assert (answer.record["total"], answer.record["relaxed"]) == (0, 2)
    assert [hit["relaxed"] for hit in answer.record["hits"]] == [True, True]
    assert answer.err == ""
    shown = call("search", "拜登 利率", cwd=news, expect=0)
    assert shown.out.startswith("── only some of the words (2):\n")
    assert shown.err.startswith("0 articles match as asked; 2 with only some of the words follow")
    listed = call("search", "拜登 利率", "--files", cwd=news, expect=1)
    assert listed.out == ""
    assert listed.err == "left out: 2 articles with only some of the words\n"
    assert call("search", "拜登 利率", "--count", cwd=news, expect=1).out == "0\n"


def test_a_query_that_begins_with_a_dash(news: Path) -> None:
    assert (
        call("search", "--files", "--", "-开幕", "普京", cwd=news, expect=0).out
        == "corpus/call.md\n"
    )
    assert call("search", "--files", "-开幕", "普京", cwd=news, expect=0).out == "corpus/call.md\n"


@pytest.mark.parametrize("query", ['"', "(((", "AND OR NOT", "title:", "date:x", "!", "a" * 5000])
def test_no_query_makes_an_error(news: Path, query: str) -> None:
    assert call("search", "--", query, cwd=news).code in (0, 1)


def test_bad_option_values(news: Path) -> None:
    answer = call("search", "普京", "--since", "yesterdayish", cwd=news, expect=2)
    assert answer.err.startswith("searcher: ")
    assert len(answer.err.splitlines()) == 1
    answer = call("search", "普京", "--limit=-1", cwd=news, expect=2)
    assert answer.err == "searcher: limit must be a whole number, 0 or more, not -1\n"
    assert "Invalid value" in call("search", "普京", "--sort", "best", cwd=news, expect=2).err


def test_bytes_that_are_no_text(news: Path) -> None:
    done = subprocess.run(
        [*map(os.fsencode, COMMAND), b"search", b"\xff\xfe", "普京".encode(), b"--json"],
        cwd=news,
        env=environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert json.loads(done.stdout)["query"] == "�� 普京"


def test_explain(news: Path) -> None:
    (hit,) = call("search", "拜登", "--explain", "--json", cwd=news, expect=0).record["hits"]
    shares = [match["score"] for match in hit["explanation"]]
    assert sum(shares) == pytest.approx(hit["score"], abs=1e-3)
    assert any(match["term"] == "拜登" for match in hit["explanation"])
    shown = call("search", "拜登", "--explain", cwd=news, expect=0).out
    assert f"{hit['score']:.3f}  score" in shown


def test_nothing_of_an_article_steers_the_terminal(news: Path) -> None:
    for form in ([], ["--json"], ["--jsonl"], ["--explain"], ["--color", "always"]):
        answer = call("search", "控制", *form, cwd=news, expect=0)
        shown = answer.out.replace("\x1b[0m", "").replace("\x1b[1;31m", "")
        shown = shown.replace("\x1b[1m", "").replace("\x1b[2m", "")
        assert not any(
            ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in shown.replace("\n", "")
        )
    assert "北京冬奥会[red]开幕[/red]" in call("search", "冬奥会", cwd=news).out


def test_nothing_of_a_query_steers_the_terminal(news: Path) -> None:
    query = "普京 \x1b[31m\x9b31m\u202e\x7f"
    answer = call("search", query, "--json", cwd=news)
    assert answer.record["query"] == query
    assert answer.out.rstrip("\n").isprintable()
    assert call("search", f'"{query}"', cwd=news, expect=1).err.replace("\n", "").isprintable()


def test_colour_on_request(news: Path) -> None:
    shown = call("search", "拜登", "--color", "always", cwd=news, expect=0).out
    assert "\x1b[1;31m拜登\x1b[0m\x1b[1m与普京举行视频通话\x1b[0m" in shown
    assert "\x1b" not in call("search", "拜登", cwd=news, expect=0).out


def test_a_closed_pipe_is_quiet(news: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "search", "普京", "--jsonl"],
        cwd=news,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0


def test_no_index_yet(own_news: Path) -> None:
    answer = run("search", "普京", cwd=own_news, expect=2)
    assert answer.err == "searcher: there is no index in 'index' yet; run: searcher index\n"
    answer = call("search", "普京", "--index", "other", cwd=own_news, expect=2)
    assert answer.err.endswith("run: searcher index --index other\n")
    answer = call("search", "普京", cwd=own_news, env={"SEARCHER_CORPUS": "nowhere"}, expect=2)
    assert answer.err.endswith("run: searcher index FOLDER\n")


def test_a_folder_that_is_no_index(own_news: Path) -> None:
    answer = call("search", "普京", "--index", "corpus", cwd=own_news, expect=2)
    assert answer.err.startswith("searcher: ")
    assert len(answer.err.splitlines()) == 1


def test_the_index_may_be_named_by_a_variable(news: Path, tmp_path: Path) -> None:
    where = {"SEARCHER_INDEX": str(news / "index")}
    assert call("search", "普京", "--count", cwd=tmp_path, env=where, expect=0).out == "2\n"


def test_wrapped_to_the_width(news: Path) -> None:
    from searcher.cli.widths import columns

    shown = call("search", "普京", cwd=news, env={"COLUMNS": "40"}, expect=0).out
    assert max(map(columns, shown.splitlines())) <= 40
    assert len(shown.splitlines()) > 8

"""The benchmark's own arithmetic and query sets, on a made-up collection."""

import json
import os
import shutil
import sys
from datetime import date
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any

import pytest

for peer in ("tantivy", "bm25s"):
    pytest.importorskip(peer)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

# After the peers are known to be there.
from bench import child, memory, processes, summary  # noqa: E402 - below the skip
from bench.__main__ import main  # noqa: E402 - below the skip
from bench.documents import Documents, articles, open_documents  # noqa: E402 - below the skip
from bench.engines import (  # noqa: E402 - below the skip
    Cannot,
    Missing,
    Query,
    Took,
    load,
    lucene_jvm,
)
from bench.exact import exact_totals  # noqa: E402 - below the skip
from bench.measure import Asker, interleave, latency, percentile  # noqa: E402 - below the skip
from bench.queries import QuerySet, make_queries  # noqa: E402 - below the skip
from bench.report import Cell, Report, number  # noqa: E402 - below the skip
from bench.segmenting import Timings  # noqa: E402 - below the skip
from bench.vocabulary import scan  # noqa: E402 - below the skip
from bench.words import query_words, spaced  # noqa: E402 - below the skip

PEERS = (
    "tantivy",
    "tantivy+chars",
    "tantivy+re",
    "sqlite",
    "sqlite+trigram",
    "bm25s",
    "lucene",
    "groonga",
)
PLACES = ("北京", "上海", "广州", "成都")
THINGS = ("经济", "教育", "天气", "体育", "科技")
TYPED = ["北京天气", "上海教育", "从来没有的词"]


def skip_where_missing(name: str) -> None:
    """Skip where an engine is not there. No test fetches one: make bench does."""
    if name == "lucene" and not lucene_jvm.is_prepared():
        pytest.skip("make bench has not fetched Lucene")
    if name == "lucene" and os.environ.get("SEARCHER_SLOW") != "1":
        pytest.skip("starting Java takes long; SEARCHER_SLOW=1 runs it")
    if name == "groonga" and shutil.which("groonga") is None:
        pytest.skip("groonga is not installed")


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    records = [
        {
            "id": f"made-{number}",
            "date": f"2024-01-{number % 28 + 1:02}" if number % 7 else None,
            "title": f"{PLACES[number % 4]}{THINGS[number % 5]}",
            "body": f"{PLACES[number % 4]}的{THINGS[number % 3]}发展很快，Wi-Fi 也是。\n记者观察。",
        }
        for number in range(60)
    ]
    file = tmp_path / "made.jsonl"
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    file.write_text("\n".join(lines), encoding="utf-8")
    return open_documents(file, limit=None, work=tmp_path)


def query_sets(documents: Documents, seed: int = 1) -> dict[str, QuerySet]:
    made = make_queries(scan(documents, seed=1), TYPED, seed=seed, size=5)
    return {row.name: row for row in made}


def test_percentiles_lie_between_their_neighbours() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.5
    assert percentile([1.0, 2.0], 0.95) == pytest.approx(1.95)
    assert percentile([7.0], 0.95) == 7.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_a_query_counts_with_the_median_of_its_timings() -> None:
    quick, slow = [Took(0.001, 0.0005), Took(0.9, 0.0005)], [Took(0.003, 0.002)]
    summary = latency([[*quick, quick[0]], slow * 3])
    assert summary.p50 == pytest.approx(2.0)
    assert summary.processor_p50 == pytest.approx(1.25)
    assert summary.rate == pytest.approx(500.0)


def test_waiting_is_no_time_of_the_processor() -> None:
    waiting = Asker[None](lambda _: sleep(0.02)).timed(None)
    assert waiting.wall >= 0.02
    assert waiting.processor < waiting.wall / 2


def test_who_tells_his_own_time_is_believed() -> None:
    asker = Asker[int](lambda _: sleep(0.001), lambda: Took(1e-6, 1e-7))
    times = interleave({"a": asker}, [1, 2], repeat=2)
    assert times == {"a": [[Took(1e-6, 1e-7)] * 2] * 2}


def test_everybody_goes_through_the_questions_by_himself_in_each_round() -> None:
    asked: list[tuple[str, int]] = []
    askers = {name: Asker(partial(lambda name, n: asked.append((name, n)), name)) for name in "abc"}
    seconds = interleave(askers, [1, 2, 3, 4], repeat=9)
    passes = [asked[start : start + 4] for start in range(0, len(asked), 4)]
    assert all([n for _, n in one] == [1, 2, 3, 4] for one in passes)
    names = ["".join(name for name, _ in one) for one in passes]
    rounds = [tuple(names[start : start + 3]) for start in range(0, 27, 3)]
    assert all(sorted(one) == ["aaaa", "bbbb", "cccc"] for one in rounds)
    assert len(set(rounds)) > 2
    assert [len(times) for times in seconds["a"]] == [9, 9, 9, 9]


def test_query_sets_depend_on_the_seed_alone(documents: Documents) -> None:
    assert query_sets(documents) == query_sets(documents)
    assert query_sets(documents) != query_sets(documents, seed=2)


def test_query_sets_are_what_their_names_say(documents: Documents) -> None:
    sets = query_sets(documents)
    for count in (2, 3, 4):
        for query in sets[f"and, {count} words"].queries:
            assert query.form == "all"
            assert len(set(query_words(query.text))) == count
    for query in sets["literal, 4 characters"].queries:
        assert len(query.text) == 4
        assert any(query.text in article.body for article in articles(documents))
    for query in sets["a word in a date range"].queries:
        # Every query of this row has both dates, or this fails.
        assert date(2024, 1, 1) <= query.since <= query.until <= date(2024, 1, 28)  # type: ignore[operator]
    assert sets["a word in a category"].missing
    assert all(query.offset == 90 for query in sets["page 10"].queries)
    assert sets["total only"].measure == "count"


def test_spaced_text_is_the_text_when_the_tabs_are_taken_out() -> None:
    text = "北京的 Wi-Fi，很快。\n好"
    assert "\t" in spaced(text)
    assert spaced(text).replace("\t", "") == text


def test_copies_of_a_collection_have_new_ids(documents: Documents) -> None:
    ids = [article.id for article in articles(documents.times(3))]
    assert len(ids) == len(set(ids)) == 180


def test_shuffled_copies_have_the_sentences_in_another_order(tmp_path: Path) -> None:
    body = "一。二！三？\n四\n五。六"
    (tmp_path / "made.jsonl").write_text(json.dumps({"id": "a", "title": "甲", "body": body}))
    documents = open_documents(tmp_path / "made.jsonl", limit=None, work=tmp_path)
    first, *copies = [each.body for each in articles(documents.times(9, shuffled=True))]
    assert first == body
    assert {"".join(sorted(copy)) for copy in copies} == {"".join(sorted(body))}
    assert all("二！" in copy and "三？\n" in copy for copy in copies)
    assert len({first, *copies}) > 5
    assert copies == [each.body for each in articles(documents.times(9, shuffled=True))][1:]
    assert {each.body for each in articles(documents.times(9))} == {body}


@pytest.mark.parametrize("name", PEERS)
def test_peers_find_what_is_there(name: str, documents: Documents, tmp_path: Path) -> None:
    skip_where_missing(name)
    folder = tmp_path / "index"
    folder.mkdir()
    engine = load(name)
    engine.build(documents, folder, timings := Timings())
    assert timings.seconds["write"] > 0
    engine.open(folder)
    sets = query_sets(documents)
    wanted = [query for row in ("one word, common", "and, 2 words") for query in sets[row].queries]
    exact = exact_totals(documents, wanted)
    for query in wanted:
        try:
            assert engine.count(query) == exact[query]
        except Cannot:
            assert name == "bm25s"
            continue
        hits = engine.search(query)
        assert len(hits) == min(10, exact[query])
    for hit in engine.search(Query("all", "北京")):
        assert "北京" in hit.title
        assert "<b>北京</b>的" in hit.snippet
    engine.close()


def test_exact_literals_cross_the_borders_of_words(documents: Documents, tmp_path: Path) -> None:
    query = Query("literal", "京的")
    found = {}
    for name in ("tantivy", "tantivy+chars"):
        folder = tmp_path / name
        folder.mkdir()
        engine = load(name)
        engine.build(documents, folder, Timings())
        engine.open(folder)
        found[name] = engine.count(query)
    assert found == {"tantivy": 0, "tantivy+chars": exact_totals(documents, [query])[query]}
    assert found["tantivy+chars"] == 15


def test_trigrams_find_strings_from_three_characters_on(
    documents: Documents, tmp_path: Path
) -> None:
    engine = load("sqlite+trigram")
    engine.build(documents, tmp_path, Timings())
    engine.open(tmp_path)
    query = Query("literal", "京的经")
    assert engine.count(query) == exact_totals(documents, [query])[query] > 0
    assert "<b>京的经</b>" in engine.search(query)[0].snippet
    with pytest.raises(Cannot, match="three characters"):
        engine.count(Query("literal", "京的"))
    engine.close()


def test_the_snippet_of_re_is_the_sentence_around_the_first_match(tmp_path: Path) -> None:
    body = f"前一句。{'长' * 90}北京和上海，北京！后一句北京。"
    (tmp_path / "made.jsonl").write_text(json.dumps({"id": "a", "title": "甲", "body": body}))
    documents = open_documents(tmp_path / "made.jsonl", limit=None, work=tmp_path)
    engine = load("tantivy+re")
    engine.build(documents, tmp_path, Timings())
    engine.open(tmp_path)
    [hit] = engine.search(Query("any", "上海 北京"))
    assert hit.snippet == f"{'长' * 75}<b>北京</b>和<b>上海</b>，<b>北京</b>！"
    [hit] = engine.search(Query("literal", "后一句"))
    assert hit.snippet == "<b>后一句</b>北京。"
    [hit] = engine.search(Query("all", "甲"))
    assert hit.snippet.startswith("前一句。")
    engine.close()


@pytest.mark.parametrize(
    ("name", "task"),
    [("searcher", "update_by_listing"), *((name, "update") for name in ("searcher", *PEERS))],
)
def test_a_changed_article_is_found_and_its_file_put_back(
    name: str, task: str, tmp_path: Path
) -> None:
    skip_where_missing(name)
    originals = tmp_path / "articles"
    originals.mkdir()
    for name_of_file in "abcde":
        text = f"title: 第{name_of_file}篇\n\n北京的天气很好。\n"
        (originals / f"{name_of_file}.md").write_text(text, encoding="utf-8")
    documents = open_documents(originals, limit=None, work=tmp_path)
    folder = tmp_path / "index"
    folder.mkdir()
    before = {file.name: file.read_bytes() for file in sorted(originals.iterdir())}
    load(name).build(documents, folder, Timings())
    queries = (Query("all", "上海"), Query("all", "广州"))
    try:
        answer = child.TASKS[task](child.Job(task, name, folder, documents, queries, first=2))
    except Cannot:
        assert name == "bm25s"
        return
    assert answer["seen"] == 2
    assert len(answer["seconds"]) == len(answer["processor"]) == 2
    assert documents.folder is not None
    assert {file.name: file.read_bytes() for file in documents.folder.iterdir()} == before


def test_commands_take_turns_and_are_prepared(tmp_path: Path) -> None:
    file = tmp_path / "turns"
    program = "import sys; print('ready'); open(sys.argv[1], 'a').write(sys.argv[2])"
    lines = {name: [sys.executable, "-c", program, str(file), name] for name in "ab"}
    lines["c"] = [sys.executable, "-c", "raise SystemExit('no such thing')"]
    prepared: list[int] = []
    times = processes.commands(
        lines, repeat=2, expect={"a": b"ready", "b": b"other"}, before=lambda: prepared.append(1)
    )
    assert len(times["a"]) == 2
    assert all(isinstance(took, Took) and took.processor > 0 for took in times["a"])
    assert times["b"] == "failed: no message"
    assert times["c"] == "failed: no such thing"
    # Four turns of one engine, and one of each engine that failed in its first.
    assert len(prepared) == 6
    assert sorted(file.read_text()) == [*"aaaab"]


def test_holes_in_files_are_no_bytes(tmp_path: Path) -> None:
    (tmp_path / "full").write_bytes(b"x" * 10_000)
    with (tmp_path / "hole").open("wb") as file:
        file.write(b"x" * 10_000)
        file.truncate(10_000_000)
    assert 20_000 <= memory.folder_bytes(tmp_path) < 1_000_000


def test_an_engine_whose_program_is_missing_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SEARCHER_BENCH_JDK", str(tmp_path))
    lucene_jvm.java_home.cache_clear()
    with pytest.raises(Missing, match="SEARCHER_BENCH_JDK"):
        load("lucene")
    lucene_jvm.java_home.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="groonga"):
        load("groonga")


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Jobs are done here instead of in new processes; which they were."""
    jobs: list[tuple[str, str]] = []

    def run(job: child.Job, _: Path) -> dict[str, Any]:
        jobs.append((job.task, job.engine))
        return child.TASKS[job.task](job) | {"together": None}

    monkeypatch.setattr(processes, "run", run)
    return jobs


def bench(*arguments: object) -> dict[str, Any]:
    """Run the whole program and return its report."""
    out = Path(str(arguments[1])).with_name("out.json")
    assert main([*map(str, arguments), "--json", str(out)]) == 0
    report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return report


def test_engines_take_turns_in_every_repetition(
    documents: Documents, tmp_path: Path, in_this_process: list[tuple[str, str]]
) -> None:
    del documents  # written to made.jsonl
    report = bench(
        *("--docs", tmp_path / "made.jsonl", "--engines", "tantivy,tantivy+re"),
        *("--rows", "index,opening,queries,update", "--builds", 3, "--size", 3),
        *("--ratio", "tantivy+re,tantivy", "--repeat", 1, "--work", tmp_path / "work"),
    )
    for task in ("build", "first", "update"):
        names = [name for each, name in in_this_process if each == task]
        pairs = [sorted(names[start : start + 2]) for start in range(0, len(names), 2)]
        assert len(pairs) >= 3
        assert all(pair == ["tantivy", "tantivy+re"] for pair in pairs)
    units: dict[str, list[str]] = {}
    for row in report["rows"]:
        units.setdefault(row["name"], []).append(row["unit"])
    assert units["and, 2 words"] == ["ms", "CPU ms", "queries/s"]
    assert units["one article changed, named"] == ["ms", "CPU ms"]
    assert units["open + first query, fresh process"] == ["ms", "CPU ms"]
    assert report["settings"]["builds"] == 3
    rows = [row for row in report["rows"] if row["name"] == "and, 2 words"]
    assert all(cell["values"][0] > 0 for row in rows for cell in row["cells"].values())


def test_growth_of_one_engine_has_a_column_for_each_size(
    documents: Documents, tmp_path: Path, in_this_process: list[tuple[str, str]]
) -> None:
    del documents
    report = bench(
        *("--docs", tmp_path / "made.jsonl", "--engines", "sqlite", "--times", "2,1"),
        *("--size", 3, "--repeat", 1, "--work", tmp_path / "work"),
    )
    rows = {(row["name"], row["unit"]): row for row in report["rows"]}
    for key in (("index", "articles/s"), ("and, 2 words", "ms"), ("and, 2 words", "CPU ms")):
        assert list(rows[key]["cells"]) == ["60", "120"]
        assert list(rows[key]["ratios"]) == ["120 ÷ 60"]
    assert [task for task, _ in in_this_process].count("build") == 2
    again = bench(
        *("--docs", tmp_path / "made.jsonl", "--engines", "sqlite", "--times", "2"),
        *("--size", 3, "--repeat", 1, "--work", tmp_path / "work"),
    )
    assert [task for task, _ in in_this_process].count("build") == 2, "what is there is not built"
    (found,) = [row for row in again["rows"] if row["name"] == "index" and row["unit"] == "s"]
    assert found["cells"]["120"] == rows["index", "s"]["cells"]["120"]


def test_the_summary_takes_its_place_in_the_page(tmp_path: Path) -> None:
    report = Report(
        ["searcher", "tantivy"],
        {"name": "made", "articles": 1234, "text_mb": 5},
        {},
        ratios=[("searcher", "tantivy")],
    )
    name = "literal, 4 characters"
    cells = {"searcher": Cell((1.0, 4.0)), "tantivy": Cell((2.0, 2.0))}
    report.add(name, "ms", "less", cells)
    report.add(name, "CPU ms", "less", cells)
    found = {"searcher": Cell((100.0, 100.0)), "tantivy": Cell((41.0, 30.0))}
    report.add(f"{name}: found ÷ right (right totals)", "%", "", found)
    (tmp_path / "report.json").write_text(report.json(), encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text("# Speed\n\n<!-- bench -->\nold\n<!-- /bench -->\n\nMore.\n", encoding="utf-8")
    assert summary.main([str(tmp_path / "report.json"), "--into", str(page)]) == 0
    start, *rest = page.read_text(encoding="utf-8").splitlines()
    assert (start, rest[1], rest[-3:]) == (
        "# Speed",
        "<!-- bench -->",
        ["<!-- /bench -->", "", "More."],
    )
    assert "made, 1,234 articles" in rest[2]
    assert rest[4] == "| | unit | searcher | tantivy | ÷ tantivy |"
    assert rest[6] == f"| {name} | ms | 1.00 | 2.00 (finds 41 %) | 0.500 |"
    assert len(rest) == 10


def test_growth_is_of_one_engine(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments in (["--engines", "tantivy,sqlite", "--times", "2"], ["--times", "0"]):
        with pytest.raises(SystemExit):
            main(["--docs", str(tmp_path), *arguments])
        assert "--times" in capsys.readouterr().err


def test_a_row_shows_numbers_reasons_and_ratios() -> None:
    ratios = [("searcher", "tantivy"), ("searcher", "whoosh")]
    report = Report(["searcher", "tantivy", "bm25s"], {}, {}, ratios=ratios)
    cells = {"searcher": Cell((1.0, 4.0)), "tantivy": Cell((2.0, 2.0)), "bm25s": Cell(reason="no")}
    report.add("and", "ms", "less", cells)
    head, rule, row = report.table().splitlines()
    assert len(head) == len(rule) == len(row)
    assert "1.00 (4.00)" in row
    assert "0.500 (2.00)" in row
    assert "searcher ÷ tantivy" in head
    assert "whoosh" not in head
    assert json.loads(report.json())["rows"][0]["ratios"] == {"searcher ÷ tantivy": [0.5, 2.0]}
    assert "no" in row
    assert report.rows[0].ratio("tantivy") == (0.5, 2.0)
    assert report.rows[0].ratio("bm25s") == ()
    assert [number(value) for value in (12345.6, 1.2345, 0.012345)] == ["12,346", "1.23", "0.0123"]

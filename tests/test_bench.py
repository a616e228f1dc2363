"""The benchmark's own arithmetic and query sets, on a made-up collection."""

import json
import sys
from datetime import date
from functools import partial
from pathlib import Path
from time import sleep

import pytest

for peer in ("tantivy", "bm25s"):
    pytest.importorskip(peer)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

# After the peers are known to be there.
from bench.documents import Documents, articles, open_documents  # noqa: E402
from bench.engines import Cannot, Query, Took, load  # noqa: E402
from bench.exact import exact_totals  # noqa: E402
from bench.measure import Asker, interleave, latency, percentile  # noqa: E402
from bench.queries import QuerySet, make_queries  # noqa: E402
from bench.report import Cell, Report, number  # noqa: E402
from bench.segmenting import Timings  # noqa: E402
from bench.vocabulary import scan  # noqa: E402
from bench.words import query_words, spaced  # noqa: E402

PLACES = ("北京", "上海", "广州", "成都")
THINGS = ("经济", "教育", "天气", "体育", "科技")
TYPED = ["北京天气", "上海教育", "从来没有的词"]


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
    waiting = Asker(lambda _: sleep(0.02)).timed(None)
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


@pytest.mark.parametrize("name", ["tantivy", "tantivy+chars", "sqlite", "bm25s"])
def test_peers_find_what_is_there(name: str, documents: Documents, tmp_path: Path) -> None:
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


def test_a_row_shows_numbers_reasons_and_ratios() -> None:
    report = Report(["searcher", "tantivy", "bm25s"], {}, {})
    cells = {"searcher": Cell((1.0, 4.0)), "tantivy": Cell((2.0, 2.0)), "bm25s": Cell(reason="no")}
    report.add("and", "ms", "less", cells)
    head, rule, row = report.table().splitlines()
    assert len(head) == len(rule) == len(row)
    assert "1.00 (4.00)" in row
    assert "0.500 (2.00)" in row
    assert "no" in row
    assert report.rows[0].ratio("tantivy") == (0.5, 2.0)
    assert report.rows[0].ratio("bm25s") == ()
    assert [number(value) for value in (12345.6, 1.2345, 0.012345)] == ["12,346", "1.23", "0.0123"]

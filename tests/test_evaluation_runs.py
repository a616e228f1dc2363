"""Writing and reading TREC runs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.errors import EvaluationError
from searcher.evaluation.runs import Run, parse_run, write_run

ids = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=5)
scores = st.integers(0, 3000).map(lambda thousandths: thousandths / 1000)
rankings = st.dictionaries(ids, scores, min_size=1, max_size=6).map(
    lambda found: sorted(found.items(), key=lambda item: -item[1])
)


@given(run=st.dictionaries(ids, rankings, min_size=1, max_size=3))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, run: Run) -> None:
    path = tmp_path_factory.getbasetemp() / "run.trec"
    write_run(path, run)
    assert parse_run(path) == run


def test_the_form(tmp_path: Path) -> None:
    write_run(tmp_path / "run", {"q1": [("d2", 1.5), ("d1", 0.25)], "q2": []}, "ours")
    written = (tmp_path / "run").read_text()
    assert written == "q1 Q0 d2 1 1.500000 ours\nq1 Q0 d1 2 0.250000 ours\n"


def test_the_score_decides_then_the_rank(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("q Q0 c 3 2 x\nq Q0 b 2 1 x\nq Q0 a 1 1e0 x\nq\tQ0\td\t4\t9\tx\n")
    assert parse_run(tmp_path / "run") == {"q": [("d", 9), ("c", 2), ("a", 1), ("b", 1)]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is an empty run"),
        ("q Q0 d 1 2.0", "line 1: not query, Q0, document"),
        ("q Q0 d 1 nan x", "line 1: not query, Q0, document"),
        ("q Q0 d 1 2 x\nq Q0 e one 2 x", "line 2: not query, Q0, document"),
        ("q Q0 d 1 2 x\nq Q0 d 2 1 x", "line 2: query 'q' has document 'd' already"),
    ],
)
def test_runs_that_are_none(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "run").write_text(content)
    with pytest.raises(EvaluationError, match=said):
        parse_run(tmp_path / "run")


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be written: Is a directory"):
        write_run(tmp_path, {})

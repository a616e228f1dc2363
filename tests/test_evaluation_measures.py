"""Measures of small runs, computed by hand."""

import sys
from math import log2

import pytest

from searcher.errors import EvaluationError
from searcher.evaluation.measures import NAMES, Measures

QRELS = {"q": {"a": 1, "b": 1, "c": 1, "bad": 0}, "other": {"a": 2}}


def values(*ranking: str, query: str = "q") -> list[float]:
    run = {query: [(document, 1.0) for document in ranking]}
    found = Measures(QRELS).of(run)
    assert tuple(found) == NAMES
    return [found[name][query] for name in NAMES]


def test_by_hand() -> None:
    gain = 1 / log2(3) + 1 / log2(4)
    expected = [gain / (1 + gain), 1 / 2, (1 / 2 + 2 / 3) / 3, 2 / 3]
    assert values("bad", "a", "b") == pytest.approx(expected)
    assert values("unknown", "a", "b", "bad") == pytest.approx(expected)


def test_all_and_nothing() -> None:
    assert values("c", "b", "a") == [1, 1, 1, 1]
    assert values("bad") == [0, 0, 0, 0]
    assert values() == [0, 0, 0, 0]


def test_cut_offs() -> None:
    late = [*map(str, range(10)), "a"]
    assert values(*late) == pytest.approx([0, 0, 1 / 11 / 3, 1 / 3])
    very_late = [*map(str, range(100)), "a"]
    assert values(*very_late)[3] == 0


def test_the_order_of_the_run_holds_also_between_equal_scores() -> None:
    # trec_eval would take the greater id first, whatever the run says.
    assert values("a", "bad")[1] == 1
    assert values("bad", "a")[1] == 1 / 2


def test_a_query_without_answers_counts_as_0_and_one_without_judgements_not_at_all() -> None:
    found = Measures(QRELS).of({"q": [("a", 2.0)], "unknown": [("a", 2.0)]})
    assert found["RR@10"] == {"q": 1, "other": 0}


def test_what_is_missing_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(EvaluationError, match=r"pip install 'chinese-news-search\[eval\]'"):
        Measures(QRELS)

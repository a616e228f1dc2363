"""The paired test of two runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.errors import EvaluationError
from searcher.evaluation.compare import compare, side_by_side


def by_query(*values: float) -> dict[str, float]:
    return {f"q{number}": value for number, value in enumerate(values)}


def test_counts_and_mean() -> None:
    found = compare(by_query(1, 0.5, 0.5, 0), by_query(0.5, 0.5, 0, 0.2))
    assert (found.better, found.equal, found.worse) == (2, 1, 1)
    assert found.difference == pytest.approx((0.5 + 0.5 - 0.2) / 4)


def test_the_chance_of_all_signs_alike() -> None:
    # Only 2 of the 2⁶ ways to choose signs give as large a mean, however 6 x 0.3 is rounded.
    found = compare(by_query(*[0.3] * 6), by_query(*[0] * 6))
    assert found.p == pytest.approx(2 / 64, abs=0.005)


def test_the_chance_of_one_sign_against_three() -> None:
    # Sums of 1, 1, 1, -1: ±2 or more come from 10 of 16 ways.
    found = compare(by_query(1, 1, 1, 0), by_query(0, 0, 0, 1))
    assert found.p == pytest.approx(10 / 16, abs=0.02)


def test_equal_queries_change_nothing() -> None:
    some = compare(by_query(1, 1, 1, 0), by_query(0, 0, 0, 1))
    more = compare(by_query(1, 1, 1, 0, *[0.5] * 9), by_query(0, 0, 0, 1, *[0.5] * 9))
    assert more.p == some.p


def test_nothing_is_certain() -> None:
    assert compare(by_query(*[1] * 60), by_query(*[0] * 60), rounds=999).p == 1 / 1000
    assert compare(by_query(1, 2), by_query(1, 2)).p == 1


values = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20)


@given(values=values, seed=st.integers(0, 99))
def test_it_is_symmetric_and_repeatable(values: list[tuple[float, float]], seed: int) -> None:
    first, second = by_query(*(a for a, _ in values)), by_query(*(b for _, b in values))
    there = compare(first, second, rounds=50, seed=seed)
    back = compare(second, first, rounds=50, seed=seed)
    assert there == compare(first, second, rounds=50, seed=seed)
    assert (there.difference, there.better, there.p) == (-back.difference, back.worse, back.p)
    assert 0 < there.p <= 1


@pytest.mark.parametrize("second", [{}, {"q0": 1.0}, {"q0": 1.0, "q2": 1.0}])
def test_other_queries_cannot_be_compared(second: dict[str, float]) -> None:
    with pytest.raises(EvaluationError, match="same queries"):
        compare(by_query(1, 1), second)


def test_side_by_side() -> None:
    first, second = {"AP": by_query(1, 0.5)}, {"AP": by_query(0.5, 0.5)}
    (line,) = side_by_side(first, second)
    assert (line.measure, line.means) == ("AP", (0.75, 0.5))
    assert line.comparison == compare(first["AP"], second["AP"])
    (line,) = side_by_side(first)
    assert (line.means, line.comparison) == ((0.75,), None)

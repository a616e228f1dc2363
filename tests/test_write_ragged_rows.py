"""Rows of any length come back as they were appended."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searcher.write.ragged_rows import RaggedRows


@given(st.lists(st.lists(st.integers(-5, 5), max_size=4), min_size=1, max_size=8), st.data())
def test_rows_come_back(rows: list[list[int]], data: st.DataObject) -> None:
    ragged = RaggedRows()
    assert [ragged.append(row) for row in rows] == list(range(len(rows)))
    wanted = data.draw(st.lists(st.integers(0, len(rows) - 1)))
    values, counts = ragged.take(np.array(wanted, np.int64))
    assert values.tolist() == [value for number in wanted for value in rows[number]]
    assert counts.tolist() == [len(rows[number]) for number in wanted]


def test_rows_appended_after_others_were_taken() -> None:
    ragged = RaggedRows()
    ragged.append([1, 2])
    ragged.take(np.array([0]))
    assert ragged.append([]) == 1
    assert ragged.append([3]) == 2
    values, counts = ragged.take(np.array([2, 1, 0]))
    assert (values.tolist(), counts.tolist()) == ([3, 1, 2], [1, 0, 2])

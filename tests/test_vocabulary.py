"""The table of numbers answers as a dict does; rows come back as they were added."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searcher.write.vocabulary import Rows, Table

key = (
    st.integers(1, 2**64 - 1) | st.integers(1, 40) | st.integers(0, 40).map(lambda n: 2**64 - 1 - n)
)


@given(st.lists(st.lists(key, unique=True, max_size=40), max_size=6), st.lists(key, max_size=40))
def test_a_table_is_a_dict(groups: list[list[int]], asked: list[int]) -> None:
    table, known = Table(), dict[int, int]()
    for group in groups:
        new = [key for key in group if key not in known]
        numbers = range(len(known), len(known) + len(new))
        known.update(zip(new, numbers, strict=True))
        table.add(np.array(new, np.uint64), np.array(numbers, np.int64))
    asked += known
    found = table.find(np.array(asked, np.uint64))
    assert found.tolist() == [known.get(key, -1) for key in asked]


def test_a_table_grows_and_resolves_what_meets_in_a_slot() -> None:
    # The inverse of the factor makes keys whose first slots are all the last one.
    inverse = pow(0x9E3779B97F4A7C15, -1, 2**64)
    meeting = [(2**64 - 1 - n) * inverse % 2**64 for n in range(300)]
    others = list(range(1, 20_000))
    keys = np.array([*meeting, *others], np.uint64)
    table = Table()
    for start in range(0, len(keys), 1000):
        numbers = np.arange(start, min(start + 1000, len(keys)))
        table.add(keys[numbers], numbers)
    assert (table.find(keys) == np.arange(len(keys))).all()
    assert table.find(keys[::-1] + np.uint64(1 << 63)).max() == -1


@given(st.lists(st.lists(st.integers(-5, 5), max_size=4), min_size=1, max_size=8), st.data())
def test_rows_come_back(rows: list[list[int]], data: st.DataObject) -> None:
    kept = Rows()
    assert [kept.append(row) for row in rows] == list(range(len(rows)))
    wanted = data.draw(st.lists(st.integers(0, len(rows) - 1)))
    values, counts = kept.take(np.array(wanted, np.int64))
    assert values.tolist() == [value for number in wanted for value in rows[number]]
    assert counts.tolist() == [len(rows[number]) for number in wanted]

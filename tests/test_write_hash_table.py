"""The hash table answers as a dict does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searcher.write.hash_table import HashTable

key = (
    st.integers(1, 2**64 - 1) | st.integers(1, 40) | st.integers(0, 40).map(lambda n: 2**64 - 1 - n)
)


@given(st.lists(st.lists(key, unique=True, max_size=40), max_size=6), st.lists(key, max_size=40))
def test_a_table_is_a_dict(groups: list[list[int]], asked: list[int]) -> None:
    table, expected = HashTable(), dict[int, int]()
    for group in groups:
        new = [key for key in group if key not in expected]
        values = range(len(expected), len(expected) + len(new))
        expected.update(zip(new, values, strict=True))
        table.add(np.array(new, np.uint64), np.array(values, np.int64))
    asked += expected
    found = table.find(np.array(asked, np.uint64))
    assert found.tolist() == [expected.get(key, -1) for key in asked]


def test_a_table_grows_and_resolves_collisions() -> None:
    # The inverse of the factor makes keys whose first slots are all the last one.
    inverse = pow(0x9E3779B97F4A7C15, -1, 2**64)
    colliding = [(2**64 - 1 - n) * inverse % 2**64 for n in range(300)]
    keys = np.array([*colliding, *range(1, 20_000)], np.uint64)
    table = HashTable()
    for start in range(0, len(keys), 1000):
        numbers = np.arange(start, min(start + 1000, len(keys)))
        table.add(keys[numbers], numbers)
    assert (table.find(keys) == np.arange(len(keys))).all()
    assert table.find(keys[::-1] + np.uint64(1 << 63)).max() == -1

"""Terms packed into numbers sort and join as the strings do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searcher.store.postings import TermKeys, distinct, pack_all, read_terms, united, unpack

# What is beyond the basic plane is no word, and no text of the index has control characters.
characters = st.characters(min_codepoint=0x20, max_codepoint=0xFFFF, exclude_categories=["Cs"])
term = st.text(characters | st.sampled_from("普京拜登ab"), min_size=1, max_size=7)
some = st.lists(term, max_size=12, unique=True)


def keys(terms: list[str]) -> TermKeys:
    blobs = [term.encode() for term in terms]
    return read_terms(b"".join(blobs), np.cumsum([len(b) for b in blobs], dtype=np.uint32))


@given(some)
def test_terms_come_back_as_they_were(terms: list[str]) -> None:
    assert list(keys(terms)) == terms
    short = [term for term in terms if len(term) <= 4]
    assert unpack(pack_all(short)) == short


@given(some)
def test_packed_terms_sort_as_text(terms: list[str]) -> None:
    short = [term for term in terms if len(term) <= 4]
    assert unpack(np.sort(pack_all(short))) == sorted(short)


@given(st.lists(some, min_size=1, max_size=4))
def test_united_terms_are_those_of_all_parts_in_order(parts: list[list[str]]) -> None:
    terms, places = united([keys(part) for part in parts])
    assert terms == sorted({term for part in parts for term in part})
    for part, mine in zip(parts, places, strict=True):
        assert [terms[place] for place in mine.tolist()] == part


def test_a_term_comes_before_those_that_begin_with_it() -> None:
    # 中华人民 fills its number; 中华人民共和国 has the same beginning and comes after it.
    terms, _ = united([keys(["中华人民共和国", "中华人民银行", "中华人", "中华人民", "中华儿女"])])
    assert terms == ["中华人", "中华人民", "中华人民共和国", "中华人民银行", "中华儿女"]


@given(st.lists(st.integers(0, 9)))
def test_distinct_values_are_in_order_and_once(values: list[int]) -> None:
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))

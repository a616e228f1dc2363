"""Terms packed into numbers sort and join as the strings do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searcher.store.arrays import distinct
from searcher.store.packed_terms import PackedTerms, pack_strings, pack_utf8, unite, unpack

# What is beyond the basic plane is no word, and no text of the index has control characters.
characters = st.characters(min_codepoint=0x20, max_codepoint=0xFFFF, exclude_categories=["Cs"])
term = st.text(characters | st.sampled_from("普京拜登ab"), min_size=1, max_size=7)
some = st.lists(term, max_size=12, unique=True)


def packed(terms: list[str]) -> PackedTerms:
    blobs = [term.encode() for term in terms]
    return pack_utf8(b"".join(blobs), np.cumsum([len(b) for b in blobs], dtype=np.uint32))


@given(some)
def test_terms_come_back_as_they_were(terms: list[str]) -> None:
    assert list(packed(terms)) == terms
    short = [term for term in terms if len(term) <= 4]
    assert unpack(pack_strings(short)) == short


@given(some, st.data())
def test_terms_are_encoded_as_they_were_read(terms: list[str], data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.booleans(), min_size=len(terms), max_size=len(terms)))
    chosen = packed(terms).compress(np.array(kept, bool))
    assert list(chosen) == [term for term, keep in zip(terms, kept, strict=True) if keep]
    assert list(pack_utf8(*chosen.encode())) == list(chosen)


@given(some)
def test_packed_terms_sort_as_text(terms: list[str]) -> None:
    short = [term for term in terms if len(term) <= 4]
    assert unpack(np.sort(pack_strings(short))) == sorted(short)


@given(st.lists(some, min_size=1, max_size=4))
def test_united_terms_are_those_of_all_parts_in_order(parts: list[list[str]]) -> None:
    united, indexes = unite([packed(part) for part in parts])
    terms = list(united)
    assert terms == sorted({term for part in parts for term in part})
    for part, index in zip(parts, indexes, strict=True):
        assert [terms[number] for number in index.tolist()] == part


def test_a_term_comes_before_those_that_begin_with_it() -> None:
    # 中华人民 fills its number; 中华人民共和国 has the same beginning and comes after it.
    terms, _ = unite([packed(["中华人民共和国", "中华人民银行", "中华人", "中华人民", "中华儿女"])])
    assert list(terms) == ["中华人", "中华人民", "中华人民共和国", "中华人民银行", "中华儿女"]


@given(st.lists(st.integers(0, 9)))
def test_distinct_values_are_in_order_and_once(values: list[int]) -> None:
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))

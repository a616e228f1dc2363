"""Native code inverts batches to the arrays that numpy makes of them."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import article, build
from texts import as_indexed, random_text, texts

from searcher._native import extension
from searcher.store.postings import InvertedField
from searcher.text.analyser import Analyser, default_analyser
from searcher.write import native_invert
from searcher.write.invert import Inverter
from searcher.write.native_invert import NativeInverter, make_inverter

Text = tuple[str, str]


@pytest.fixture(scope="module")
def pair(trie: Any) -> tuple[Inverter, NativeInverter]:
    if extension("inverting") is None:
        pytest.skip("needs the native modules")
    additions = default_analyser().segmenter.additions
    native = make_inverter(Analyser(additions=additions, trie=trie))
    assert isinstance(native, NativeInverter)
    return Inverter(Analyser(additions=additions)), native


def by_term(field: InvertedField) -> dict[Any, tuple[bytes, bytes]]:
    postings = field.postings
    ends = np.cumsum(postings.counts).tolist()
    found = {}
    for term, start, end in zip(field.terms, [0, *ends], ends, strict=False):
        freqs = b"" if postings.freqs is None else postings.freqs[start:end].tobytes()
        found[term] = postings.docs[start:end].tobytes(), freqs
    assert len(found) == len(field.terms)
    return found


def check(pair: tuple[Inverter, NativeInverter], batch: list[Text]) -> None:
    expected, got = (inverter.invert(batch) for inverter in pair)
    for name in ("lengths", "title_lengths", "units", "ends", "continues_token"):
        one, other = getattr(expected, name), getattr(got, name)
        assert one.dtype == other.dtype, name
        assert one.tolist() == other.tolist(), name
    assert np.array_equal(np.asarray(expected.bigrams.terms), np.asarray(got.bigrams.terms))
    for name in ("words", "bigrams"):
        one, other = getattr(expected, name), getattr(got, name)
        assert by_term(one) == by_term(other)
        for array in ("counts", "docs", "freqs"):
            mine, theirs = getattr(one.postings, array), getattr(other.postings, array)
            assert (mine is None) == (theirs is None)
            assert mine is None or mine.dtype == theirs.dtype


clean = texts().map(as_indexed)
titles = texts(5).map(lambda text: as_indexed(text).replace("\n", " "))


@given(batch=st.lists(st.tuples(titles, clean), min_size=1, max_size=5))
def test_batches_are_inverted_alike(
    pair: tuple[Inverter, NativeInverter], batch: list[Text]
) -> None:
    check(pair, batch)


# What is in a run, behind one, and joins one to the next.
near = st.text("ab5年月日号度代元时分钟间候万亿%,.-'&_+ 和国", max_size=12)


@given(batch=st.lists(st.tuples(near, near), min_size=1, max_size=4))
def test_runs_are_found_alike(pair: tuple[Inverter, NativeInverter], batch: list[Text]) -> None:
    check(pair, batch)


def test_longer_texts_are_inverted_alike(pair: tuple[Inverter, NativeInverter]) -> None:
    chance = random.Random(17)
    for _ in range(10):
        check(pair, [("标题", as_indexed(random_text(chance, 200))) for _ in range(20)])


def test_long_words_are_cut_to_pieces_alike(pair: tuple[Inverter, NativeInverter]) -> None:
    long = ["a" * 250, "a" * 251, "5" * 251, "a5" * 400, "5," * 300, "a-" * 300, "5.5" * 200]
    check(pair, [("", text) for text in long])


def test_counts_are_capped_alike(pair: tuple[Inverter, NativeInverter]) -> None:
    check(pair, [("普京" * 5, "普京，" * 100), ("国防部长", "国防部长" * 70), ("", "")])


@pytest.mark.parametrize("size", [1, 7, 40])
def test_texts_are_cut_off_alike(
    trie: Any,
    pair: tuple[Inverter, NativeInverter],
    monkeypatch: pytest.MonkeyPatch,
    size: int,
) -> None:
    monkeypatch.setattr("searcher.write.invert.MAX_ANALYSED", size)
    monkeypatch.setattr(native_invert, "MAX_ANALYSED", size)
    monkeypatch.setattr(native_invert, "UNITS_OF_BIGRAMS", size)
    native = make_inverter(Analyser(additions=default_analyser().segmenter.additions, trie=trie))
    assert isinstance(native, NativeInverter)
    chance = random.Random(18)
    for _ in range(10):
        batch = [(as_indexed(random_text(chance, 6)).replace("\n", " "),
                  as_indexed(random_text(chance, 60))) for _ in range(4)]  # fmt: skip
        check((pair[0], native), batch)


def test_learning_starts_again_when_much_was_learnt(
    pair: tuple[Inverter, NativeInverter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native_invert, "MAX_VOCABULARY", 10)
    batch = [("拜登和普京谈F-35", "2021年12月5日，国防部长在克里姆林宫"), ("", "COVID-19")]
    check(pair, batch)
    check(pair, batch)


def test_words_whose_parts_the_file_does_not_have(
    pair: tuple[Inverter, NativeInverter], trie: Any
) -> None:
    cutting: Any = extension("cutting")
    arrays = [
        memoryview(bytearray(8 * 2)).cast("Q"), memoryview(bytearray(8)).cast("d"),
        memoryview(bytearray(8)).cast("Q"), memoryview(bytearray(2 << 16)).cast("H"),
        memoryview(bytearray(4)).cast("H"), memoryview(bytearray(4)).cast("I"),
    ]  # fmt: skip
    empty = cutting.Trie(*arrays, b"", trie.folding, trie.classes)
    assert empty.cut("普京") == ["普", "京"]
    assert make_inverter(Analyser(trie=empty)).invert([("普", "京")]).lengths.tolist() == [2]


def test_texts_without_the_marks_of_their_ends_are_refused(trie: Any) -> None:
    inverting: Any = extension("inverting")
    native = inverting.BatchInverter(
        trie, trie.folding, trie.classes, lambda _: [], lambda _: [], 100
    )
    for text, texts_ in (("ab", 1), ("a\x01b\x02", 2), ("a\x01\x01\x02", 1), ("a\x02", 1)):
        with pytest.raises(ValueError, match="marks"):
            native.invert(np.frombuffer(text.encode("utf-16-le"), np.uint16), texts_)
    with pytest.raises(ValueError, match="batch"):
        native.invert(np.zeros(0, np.uint16), 1)


def test_an_index_has_the_same_bytes_with_and_without(
    trie: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(19)
    articles = [article(n, body=as_indexed(random_text(chance, 30))) for n in range(520)]
    written = []
    for native in ("1", "0"):
        monkeypatch.setenv("SEARCHER_NATIVE", native)
        build(tmp_path / native, articles)
        files = sorted((tmp_path / native / "index").glob("*.seg"))
        written.append([file.read_bytes() for file in files])
    assert len(written[0]) == 1
    assert written[0] == written[1]

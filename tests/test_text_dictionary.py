"""The two engines behind the segmenter: rjieba and jieba give the same words, parts and tags."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import CORPUS, real_news
from texts import TRADITIONAL, WORDS

from searcher import read_article
from searcher.text import dictionary
from searcher.text.dictionary import (
    Dictionary,
    JiebaDictionary,
    RjiebaDictionary,
    load_dictionary,
)
from searcher.text.folding import fold
from searcher.text.lexicon import load_lexicon
from searcher.text.runs import HAN
from searcher.text.segmenter import Segmenter

HAN_RUN = re.compile(f"[{HAN}]+")
ENGINES: list[Callable[[], Dictionary]] = [RjiebaDictionary, JiebaDictionary]


@lru_cache
def segmenter(engine: str) -> Segmenter:
    return Segmenter(load_lexicon(), engine)


def differs(text: str) -> bool:
    """Whether the engines cut a text into other words.

    最最/最 and 最/最最 have the same probability: each engine may choose its own.
    """
    words, reference = (segmenter(engine).cut(text) for engine in ("rjieba", "jieba"))
    if words == reference:
        return False
    return sorted(words) != sorted(reference) or not re.search(r"(.)\1\1", text)


# One engine


@pytest.mark.parametrize("engine", ENGINES)
def test_words_frequencies_and_tags(engine: Callable[[], Dictionary]) -> None:
    words = engine()
    assert words.cut("北京和上海") == ["北京", "和", "上海"]
    assert words.has("北京")
    assert not words.has("京和")
    assert words.frequency("北京") == 34488 + 1, "as in jieba's dict.txt, rounded up"
    assert (words.tag("北京"), words.tag("讨论")) == ("ns", "v")


@pytest.mark.parametrize("engine", ENGINES)
def test_han_beyond_the_first_block_and_what_is_not_han(engine: Callable[[], Dictionary]) -> None:
    words = engine()
    words.add("㐀㐁", 10, "n")  # Extension A
    words.add("鿎鿏", 10, "n")  # above U+9FD5
    assert words.cut("㐀㐁人鿎鿏 a") == ["㐀㐁", "人", "鿎鿏", " ", "a"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_word_is_added_replaced_and_taken_out(engine: Callable[[], Dictionary]) -> None:
    words = engine()
    words.add("北京和", 1_000_000, "x")
    assert words.cut("北京和上海") == ["北京和", "上海"]
    assert (words.frequency("北京和"), words.tag("北京和")) == (1_000_000, "x")
    words.add("北京和", 0, "x")
    assert words.cut("北京和上海") == ["北京", "和", "上海"]


def test_adding_a_word_again_leaves_both_engines_equal() -> None:
    """Probabilities depend on the total of all frequencies, which jieba counts otherwise."""
    engines = [engine() for engine in ENGINES]
    for words in engines:
        for _ in range(50):
            words.add("北京", 60_000_000, "ns")
    # Unknown words show the total: their frequency follows from it.
    rjieba, jieba = (words.frequency("北京上海") for words in engines)
    assert rjieba == jieba


def test_the_engine_is_the_one_asked_for_or_the_fastest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(load_dictionary("jieba"), JiebaDictionary)
    assert isinstance(load_dictionary("rjieba"), RjiebaDictionary)
    assert isinstance(load_dictionary(), RjiebaDictionary)

    def missing() -> Any:
        raise ImportError

    monkeypatch.setattr(dictionary, "_rjieba_extension", missing)
    assert isinstance(load_dictionary(), JiebaDictionary)
    with pytest.raises(ImportError):
        load_dictionary("rjieba")


def test_one_dictionary_is_loaded_and_others_may_load_theirs() -> None:
    # The package loads a dictionary of its own, which would double start-up time and memory.
    code = """
import sys
from searcher.text.dictionary import RjiebaDictionary

words = RjiebaDictionary()
assert "rjieba" not in sys.modules
import rjieba

assert type(words._jieba) is rjieba.Jieba
words.add("拜登和普京", 100_000, "n")
assert words.cut("拜登和普京") == ["拜登和普京"] != rjieba.cut("拜登和普京", False)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


# Both engines, with the lexicon

han_texts = st.lists(
    st.one_of(
        st.sampled_from([fold(word) for word in (*WORDS, *TRADITIONAL)]),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("々〇㐀䶿龥鿿"),
    ),
    max_size=12,
).map(lambda pieces: fold("".join(pieces)))


@given(han_texts)
def test_words_join_to_the_text_and_both_engines_agree(text: str) -> None:
    words = segmenter("rjieba").cut(text)
    assert "".join(words) == text
    assert all(words)
    assert not differs(text)


@given(han_texts)
def test_both_engines_see_the_same_parts(text: str) -> None:
    for word in segmenter("rjieba").cut(text):
        assert segmenter("jieba").parts(word) == segmenter("rjieba").parts(word)


@pytest.mark.parametrize("name", "邓小平 布林肯 赵丽颖 田壮壮 泽连斯基 新西兰 世界卫生组织".split())
def test_both_engines_see_the_same_parts_in_names(name: str) -> None:
    assert segmenter("jieba").parts(name) == segmenter("rjieba").parts(name)


@pytest.mark.parametrize("engine", ["rjieba", "jieba"])
def test_every_word_of_the_lexicon_is_cut_as_one(engine: str) -> None:
    words = list(load_lexicon().words)
    assert len(words) > 3000
    assert [word for word in words if segmenter(engine).cut(word) != [word]] == []


# Real text


def runs_on_which_both_agree(texts: Iterable[str]) -> int:
    """The number of runs of Han characters, all of which both engines must cut alike."""
    runs = {run for text in texts for run in HAN_RUN.findall(fold(text))}
    assert [run for run in runs if differs(run)] == []
    return len(runs)


def test_both_engines_agree_on_the_sample_corpus() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    articles = (read_article(path, root=CORPUS) for path in files)
    assert runs_on_which_both_agree(f"{a.title}\n{a.body}" for a in articles) > 1000


@pytest.mark.parametrize("name", ["xwlb", "hk"])
def test_both_engines_agree_on_real_news(name: str) -> None:
    """A sample; with SEARCHER_SLOW=1 every article."""
    files = (data.decode("utf-8", "replace") for data in real_news(name, 300, 20211205))
    assert runs_on_which_both_agree(files) > 500

"""Cutting Han text into words, and the words inside words."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import CORPUS, real_news
from texts import TRADITIONAL, WORDS

from searcher import read_article
from searcher.text.folding import fold
from searcher.text.lexicon import load_lexicon
from searcher.text.runs import HAN
from searcher.text.segmenter import Segmenter

HAN_RUN = re.compile(f"[{HAN}]+")


@lru_cache
def segmenter(engine: str = "rjieba") -> Segmenter:
    return Segmenter(load_lexicon(), engine)


def differs(text: str) -> bool:
    """Whether the engines cut a text into other words.

    最最/最 and 最/最最 are exactly as likely: of such ties each engine may take its own.
    """
    ours, reference = (segmenter(engine).cut(text) for engine in ("rjieba", "jieba"))
    if ours == reference:
        return False
    return sorted(ours) != sorted(reference) or not re.search(r"(.)\1\1", text)


def parts(word: str) -> set[str]:
    return {word[start:end] for start, end in segmenter().parts(word)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("拜登和普京", "拜登 和 普京"),
        ("拜登与普京会谈", "拜登 与 普京 会谈"),
        ("向普京总统表示", "向 普京 总统 表示"),
        ("由李强主持", "由 李强 主持"),
        ("克里姆林宫说", "克里姆林宫 说"),
        ("乌克兰和俄罗斯", "乌克兰 和 俄罗斯"),
        ("着名的作家", "着名 的 作家"),
        ("普丁与泽伦斯基通话", "普丁 与 泽伦斯基 通话"),
    ],
)
def test_golden_words(text: str, words: str) -> None:
    assert segmenter().cut(text) == words.split()


@pytest.mark.parametrize(
    ("word", "inside"),
    [
        ("克里姆林宫", "克里姆林"),
        ("国防部长", "国防部 部长 国防"),
        ("中国农业发展银行", "农业 中国 银行 发展"),
        ("中华人民共和国", "中华 人民 共和国"),
        ("邓小平", "小平"),
        ("世界卫生组织", "世界 卫生 组织"),
        ("北京大学", "北京 大学"),
        ("外交部长", "外交部 部长"),
        ("联合国安理会", "联合国 安理会"),
    ],
)
def test_words_that_a_reader_sees_inside(word: str, inside: str) -> None:
    assert set(inside.split()) <= parts(word)


@pytest.mark.parametrize(
    ("word", "not_inside"),
    [
        ("乌克兰", "克兰"),
        ("俄罗斯", "罗斯"),
        ("中华人民共和国", "华人"),
        ("发展中国家", "中国"),
        ("白俄罗斯", "罗斯 俄罗斯"),
        ("克里姆林宫", "林宫 姆林"),
        ("国防部长", "防部"),
        ("邓小平", "邓小"),
        ("巴基斯坦", "斯坦"),
        ("印度尼西亚", "西亚"),
        ("哈萨克斯坦", "萨克 斯坦"),
        ("澳大利亚", "大利 利亚"),
        ("北京", "北 京"),
    ],
)
def test_words_that_nobody_sees_inside(word: str, not_inside: str) -> None:
    assert parts(word) & set(not_inside.split()) == set()


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
    words = segmenter().cut(text)
    assert "".join(words) == text
    assert all(words)
    assert not differs(text)


@given(han_texts)
def test_parts_are_words_inside(text: str) -> None:
    for word in segmenter().cut(text):
        spans = segmenter().parts(word)
        for start, end in spans:
            assert 0 <= start < end <= len(word)
            assert end - start < len(word)
            assert end - start > 1
        assert segmenter("jieba").parts(word) == spans


@given(han_texts)
def test_a_word_is_what_segmentation_gives(text: str) -> None:
    for word in segmenter().cut(text):
        if len(word) > 1:
            assert segmenter().is_word(word)


def test_every_word_of_the_lexicon_is_cut_as_one() -> None:
    words = list(load_lexicon().words)
    assert len(words) > 3000
    assert [word for word in words if segmenter().cut(word) != [word]] == []
    assert [word for word in words if segmenter("jieba").cut(word) != [word]] == []


@pytest.mark.parametrize("name", "邓小平 布林肯 赵丽颖 田壮壮 泽连斯基 新西兰 世界卫生组织".split())
def test_both_engines_see_the_same_parts_in_names(name: str) -> None:
    assert segmenter("jieba").parts(name) == segmenter().parts(name)


def test_blanks_between_texts_change_nothing() -> None:
    """The bulk way feeds many texts at once, blanks between them."""
    texts = ["拜登和普京", "中华人民共和国", "布林肯", "鿿々", "的"]
    words = segmenter().cut("  ".join(texts))
    assert [word for word in words if word.strip()] == [
        word for text in texts for word in segmenter().cut(text)
    ]


# Real text


def hand_over(texts: Iterator[str]) -> int:
    """Hold both engines equal over texts; how many runs of Han characters there were."""
    runs = {run for text in texts for run in HAN_RUN.findall(fold(text))}
    assert [run for run in runs if differs(run)] == []
    return len(runs)


def test_both_engines_agree_on_the_sample_corpus() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    articles = (read_article(path, root=CORPUS) for path in files)
    assert hand_over(f"{a.title}\n{a.body}" for a in articles) > 1000


@pytest.mark.parametrize("name", ["xwlb", "hk"])
def test_both_engines_agree_on_real_news(name: str) -> None:
    """A sample; with SEARCHER_SLOW=1 every article."""
    files = (data.decode("utf-8", "replace") for data in real_news(name, 300, 20211205))
    assert hand_over(files) > 500


def test_one_dictionary_is_loaded_and_others_may_load_theirs() -> None:
    # The package makes a dictionary of its own, which would double start-up time and memory.
    code = """
import sys
from searcher.text.segmenter import Segmenter

mine = Segmenter(engine="rjieba")
assert "rjieba" not in sys.modules
import rjieba

assert type(mine._tokenizer) is rjieba.Jieba
mine._tokenizer.add_word("拜登和普京", 100_000, "n")
assert mine.cut("拜登和普京") == ["拜登和普京"] != rjieba.cut("拜登和普京", False)
"""
    subprocess.run([sys.executable, "-c", code], check=True)

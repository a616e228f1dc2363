"""Folding: one character for one; widths, letter case, traditional characters, variants."""

import sys

import pytest
from hypothesis import given
from texts import texts

from searcher.text.folding import _VARIANTS_FILE, fold, folding_table

ALL = "".join(map(chr, range(sys.maxunicode + 1)))


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_folding_keeps_the_length_in_characters_and_in_utf_16() -> None:
    folded = fold(ALL)
    assert len(folded) == len(ALL)
    assert [c for c, f in zip(ALL, folded, strict=True) if (c > "\uffff") != (f > "\uffff")] == []


def test_folding_twice_is_folding_once() -> None:
    folded = fold(ALL)
    assert [c for c, f, g in zip(ALL, folded, fold(folded), strict=True) if f != g] == []


def test_the_table_for_buffers_folds_the_same() -> None:
    table = folding_table()
    assert table.shape == (0x10000,)
    different = [c for c in ALL[:0x10000] if chr(table[ord(c)]) != fold(c)]
    assert different == ["\x01", "\x02"], "end marks of the index, which no article contains"


def test_what_a_character_is_folded_to_is_not_folded_itself() -> None:
    lines = _VARIANTS_FILE.read_text("utf-8").splitlines()
    pairs = [line for line in lines if line[0] != "#"]
    assert [pair for pair in pairs if fold(pair[0]) != pair[1] or fold(pair[1]) != pair[1]] == []
    assert len({pair[0] for pair in pairs}) == len(pairs)


def test_nothing_beyond_the_basic_plane_changes() -> None:
    assert fold(ALL[0x10000:]) == ALL[0x10000:]


def test_surrogates_and_private_use_stay() -> None:
    assert fold(ALL[0xD800:0xF900]) == ALL[0xD800:0xF900]


def test_full_width_is_half_width() -> None:
    half = "".join(map(chr, range(0x21, 0x7F)))
    full = "".join(chr(ord(c) + 0xFEE0) for c in half)
    assert fold(full) == fold(half)
    assert fold("\u3000") == " "


def test_letter_case_is_folded_in_every_script() -> None:
    for upper, lower in zip("AZÀÉÖĀŽΑΩАЯԱՖ", "azàéöāžαωаяաֆ", strict=True):
        assert fold(upper) == fold(lower) == lower


@given(texts())
def test_a_text_folds_character_by_character(text: str) -> None:
    folded = fold(text)
    assert folded == "".join(map(fold, text))
    assert len(folded) == len(text)
    assert units(folded) == units(text)


@pytest.mark.parametrize(
    ("written", "folded", "reason"),
    [
        ("５Ｇ", "5g", "width and case"),
        ("澤連斯基", "泽连斯基", "traditional to simplified"),
        ("裏裡里", "里里里", "variants of one character"),
        ("著名着", "着名着", "著 is compared as 着, in 著名 as well: one character for one"),
        ("臺灣台湾", "台湾台湾", "the two forms of 台"),
        ("甚麼什么", "什么什么", "甚 is compared as 什, in 甚至 as well"),
        ("瞭解藉口計畫彷彿屋邨", "了解借口计划仿佛屋村", "pairs that conversion of words has"),
        ("想像答覆傢俱深沈項鍊", "想象答复家具深沉项链", "the same, where both are common"),
        ("祇姪痺逕敍塲", "只侄痹径叙场", "further variants"),
        ("戸広黒関売駅円", "户广黑关卖驿圆", "Japanese forms"),
        ("後后", "后后", "后 is the simplified form of both"),
        ("乾隆干", "干隆干", "one simplified character stands for several"),
        (
            "乔·拜登 乔•拜登 乔・拜登 乔‧拜登 乔･拜登",
            "乔·拜登 乔·拜登 乔·拜登 乔·拜登 乔·拜登",
            "middle dots",
        ),
        ("“中”「中」『中』«中»＂中＂", '"中""中""中""中""中"', "double quotation marks"),
        ("﹁中﹂﹃中﹄｢中｣", '"中""中""中"', "the same, upright and half width"),
        ("‘a’＇a＇", "'a''a'", "single quotation marks"),
        ("2021–2023—2024−1－2﹘3", "2021-2023-2024-1-2-3", "every dash"),
        ("５～６〜７", "5~6~7", "both waves"),
        ("，。！？；：（）", ",。!?;:()", "。 has no half-width form among the ASCII characters"),
        ("①²Ⅳ", "12ⅳ", "numbers in circles and raised"),
        ("㎏ﬁ½", "㎏ﬁ½", "what would need more than one character stays"),
        ("ßſİ", "ßsİ", "as does ß, and İ whose small form has two characters"),
        ("𠮷😀", "𠮷😀", "beyond the basic plane"),
        ("ｱあア", "アあア", "half-width kana"),
        ("\ufa19\uf9dd", "神利", "compatibility Han"),
        ("a\tb\u00a0c\u2003d", "a b c d", "white space other than line ends"),
        ("a\x01b\x1fc\x85d", "a b c d", "control characters are blanks in articles, too"),
        ("a\nb", "a\nb", "paragraphs stay apart"),
    ],
)
def test_golden(written: str, folded: str, reason: str) -> None:
    assert fold(written) == folded, reason

"""The segmenter: which words a text is cut into, and which shorter words are seen in a word.

Expected values of real words come from jieba 0.42.1's dictionary alone, so that they do not change
with the lexicon. Invented words are written with capital letters, which stand for Han characters
that occur in no dictionary word: all that is known of them is what a test adds.
"""

from collections.abc import Iterable
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import TRADITIONAL, WORDS

from searcher.text.folded_words import read_folded_words
from searcher.text.folding import fold
from searcher.text.lexicon import Lexicon, Word, load_lexicon
from searcher.text.segmenter import Additions, Segmenter

_HAN_OF_LETTER = {ord("A") + n: chr(0x3400 + n) for n in range(8)}
_LETTER_OF_HAN = {ord(han): chr(letter) for letter, han in _HAN_OF_LETTER.items()}


@lru_cache
def plain() -> Segmenter:
    """With jieba's dictionary and its corrections only."""
    return Segmenter()


@lru_cache
def with_names() -> Segmenter:
    """With the lexicon that comes with the program."""
    return Segmenter(load_lexicon())


def lexicon_of(*entries: str) -> Lexicon:
    """A lexicon of entries ``word [frequency] tag``."""
    words = {}
    for entry in entries:
        word, *frequency, tag = entry.split()
        words[word.translate(_HAN_OF_LETTER)] = Word(int(frequency[0]) if frequency else None, tag)
    return Lexicon(words, {}, "")


def parts(word: str, *entries: str, spelt_by_sound: Iterable[str] = ()) -> str:
    """The parts of a word, sorted, separated by blanks; the entries are added to the dictionary."""
    segmenter = plain()
    word = word.translate(_HAN_OF_LETTER)
    if entries or spelt_by_sound:
        split = (entry.translate(_HAN_OF_LETTER).split() for entry in entries)
        segmenter = Segmenter(
            additions=Additions(
                tuple((added, int(frequency), tag) for added, frequency, tag in split),
                frozenset(added.translate(_HAN_OF_LETTER) for added in spelt_by_sound),
            )
        )
    found = sorted(segmenter.parts(word))
    assert all(0 <= start < end <= len(word) for start, end in found)
    return " ".join(word[start:end] for start, end in found).translate(_LETTER_OF_HAN)


# Words of a text


@pytest.mark.parametrize(
    ("text", "words", "reason"),
    [
        ("拜登和普京", "拜登 和 普京", "jieba's HMM would give 和普京"),
        ("拜登与普京会谈", "拜登 与 普京 会谈", "the same with another preposition"),
        ("向普京总统表示", "向 普京 总统 表示", "names are cut the same everywhere"),
        ("由李强主持", "由 李强 主持", "the dictionary has 由李强 as a word"),
        ("克里姆林宫说", "克里姆林宫 说", "the longest word"),
        ("着名的作家", "着名 的 作家", "著名 is folded to 着名, which the dictionary lacks"),
        ("普丁与泽伦斯基通话", "普丁 与 泽伦斯基 通话", "names of the lexicon"),
        ("布林肯说", "布林肯 说", "a name of the lexicon"),
    ],
)
def test_golden_words(text: str, words: str, reason: str) -> None:
    assert with_names().cut(text) == words.split(), reason


def test_blanks_between_texts_change_nothing() -> None:
    """Indexing cuts many texts at once, with blanks between them."""
    texts = ["拜登和普京", "中华人民共和国", "布林肯", "鿿々", "的"]
    words = with_names().cut("  ".join(texts))
    assert [word for word in words if word.strip()] == [
        word for text in texts for word in with_names().cut(text)
    ]


# What a lexicon adds


def test_corrections_of_the_dictionary_come_first() -> None:
    assert plain().additions.words == tuple(read_folded_words())
    assert plain().additions.transliterated == frozenset()


def test_an_unknown_word_is_added_with_the_least_frequency_that_keeps_it_whole() -> None:
    segmenter = Segmenter(lexicon_of("布林肯 nrf", "甲城 ns"))
    assert segmenter.cut("布林肯访问甲城") == ["布林肯", "访问", "甲城"]
    added = segmenter.additions.words[len(plain().additions.words) :]
    assert [(word, tag) for word, _, tag in added] == [("布林肯", "nrf"), ("甲城", "ns")]
    assert all(0 < frequency < 1000 for _, frequency, _ in added)
    # So rare a word stays out of common ones: 甲城 does not take 城市 apart.
    assert segmenter.cut("甲城市") == ["甲", "城市"]


def test_a_word_that_is_cut_as_one_keeps_its_frequency() -> None:
    lexicon = lexicon_of("北京 ns")
    assert Segmenter(lexicon).additions == plain().additions
    assert ("北京", 7, "ns") in Segmenter(lexicon_of("北京 7 ns")).additions.words


def test_a_word_with_a_frequency_is_added_with_it() -> None:
    segmenter = Segmenter(lexicon_of("甲城 1000000 ns"))
    assert segmenter.additions.words[-1] == ("甲城", 1_000_000, "ns")
    assert segmenter.cut("甲城市") == ["甲城", "市"]


def test_a_word_of_a_preposition_and_a_name_is_taken_out() -> None:
    assert plain().cut("由李强主持") == ["由李强", "主持"]
    segmenter = Segmenter(lexicon_of("李强 nr"))
    assert segmenter.cut("由李强主持") == ["由", "李强", "主持"]
    assert segmenter.additions.words[-1] == ("由李强", 0, "x")
    assert not segmenter.is_word("由李强")


def test_what_is_spelt_by_sound_is_remembered() -> None:
    segmenter = Segmenter(lexicon_of("乌克兰 nsf", "普京 nrf", "北京 ns"))
    assert segmenter.additions.transliterated == {"乌克兰", "普京"}


def test_additions_of_another_segmenter_give_the_same_words_and_parts() -> None:
    first = Segmenter(lexicon_of("布林肯 nrf", "乌克兰 nsf", "李强 nr", "甲城 1000000 ns"))
    second = Segmenter(additions=first.additions)
    assert second.additions is first.additions
    text = "由李强和布林肯主持的乌克兰甲城市着名会议"
    assert second.cut(text) == first.cut(text)
    assert second.parts("乌克兰") == first.parts("乌克兰") == frozenset()
    assert plain().parts("乌克兰") != frozenset()


# What is a word


@pytest.mark.parametrize(
    ("text", "is_word", "reason"),
    [
        ("北京", True, "in the dictionary and cut as one"),
        ("㐀", True, "any single character"),
        ("京和", False, "not in the dictionary"),
        ("和普京", False, "taken out of the dictionary"),
        ("名相", False, "in the dictionary, but so rare that it is cut apart"),
        ("北京上海", False, "two words"),
    ],
)
def test_what_is_a_word(text: str, is_word: bool, reason: str) -> None:
    assert plain().is_word(text) is is_word, reason


# Shorter words in a word


@pytest.mark.parametrize(
    ("word", "expected", "reason"),
    [
        ("北京", "", "single characters are no parts"),
        ("国防部", "国防", "防部 crosses 国防, which is far more frequent"),
        ("国防部长", "国防 国防部 部长", "first and last words, and parts of these"),
        ("外交部长", "外交 外交部 部长", "the same"),
        ("大西洋", "大西 西洋", "crossing words of similar frequency both stay"),
        ("中央军事委员会", "中央 军事 委员 委员会", "no 中央军: 事 would be left over"),
        ("发展中国家", "国家", "中国 is only in one of the segmentations"),
        ("人工智能", "人工 智能", "nothing across the two words"),
        (
            "中国农业发展银行",
            "中国 农业 农业发展银行 发展 银行",
            "农业 and 发展 are inside, whichever end is cut off",
        ),
        (
            "中华人民共和国",
            "中华 中华人民 人民 人民共和国 共和 共和国",
            "no 华人: 人民 begins after 中华",
        ),
        ("世界卫生组织", "世界 世界卫生 卫生 卫生组织 组织", "words of every length"),
    ],
)
def test_golden_parts(word: str, expected: str, reason: str) -> None:
    assert parts(word) == expected, reason


@pytest.mark.parametrize(
    ("word", "tag", "expected", "reason"),
    [
        ("邓小平", "nr", "小平", "surname and given name"),
        ("欧阳修", "nr", "欧阳", "欧 is none of the surnames, so the usual rules hold"),
        ("王AB", "nr", "AB", "an unknown given name, too"),
        ("王AB", "n", "", "no name of a person"),
        ("A王B", "nr", "", "no surname in front"),
        ("王ABC", "nr", "", "not three characters"),
        ("AB王", "nr", "", "a surname at the end"),
    ],
)
def test_given_names(word: str, tag: str, expected: str, reason: str) -> None:
    assert parts(word, f"{word} 1000 {tag}") == expected, reason


@pytest.mark.parametrize(
    ("word", "expected", "reason"),
    [
        ("ABC", "", "AB and BC are words, but chance ones in a name spelt by sound"),
        ("AB国", "AB", "what is left without a generic ending; the ending is too short"),
        ("AB共和国", "AB 共和国", "an ending of two characters or more is a part itself"),
        ("AB大学", "AB 大学", "the same"),
        ("AB国大学", "AB国 大学", "only one ending is taken off"),
        ("AD国", "", "AD is no word"),
        ("A大学", "", "what is left is a single character"),
        ("国AB", "", "国 is no ending here"),
    ],
)
def test_names_spelt_by_sound(word: str, expected: str, reason: str) -> None:
    entries = ["AB 1000 n", "BC 1000 n", "AB国 1000 n"]
    own = [f"{word} 1000 ns"] if word != "AB国" else []
    assert parts(word, *entries, *own, spelt_by_sound=[word]) == expected, reason
    tagged = [f"{word} 1000 nrt", *(entry for entry in entries if not entry.startswith(word))]
    assert parts(word, *tagged) == expected, "the tag nrt says the same"


def test_the_tag_of_the_dictionary_says_what_is_spelt_by_sound() -> None:
    assert parts("哈萨克斯坦") == "", "nrt, so no 斯坦"
    assert parts("克里姆林宫") == "克里姆林"
    assert parts("巴基斯坦") != "", "ns, so it takes an entry of the lexicon"
    assert with_names().parts("巴基斯坦") == frozenset()


def test_first_and_last_words_and_their_parts_in_turn() -> None:
    words = ["ABCD 1000 n", "ABC 1000 n", "AB 1000 n"]
    assert parts("ABCDE", "ABCDE 1000 n", *words) == "AB ABC ABCD"
    words = ["BCDE 1000 n", "CDE 1000 n", "DE 1000 n"]
    assert parts("ABCDE", "ABCDE 1000 n", *words) == "BCDE CDE DE"


def test_a_first_word_is_followed_by_a_word_or_one_last_character() -> None:
    words = ["ABCD 1000 n", "AB 1000 n"]
    assert parts("ABCD", *words) == "", "C would be left over"
    assert parts("ABCD", *words, "CD 1000 n") == "AB CD"
    assert parts("ABC", "ABC 1000 n", "AB 1000 n") == "AB"


def test_an_inner_word_is_seen_from_both_ends() -> None:
    words = ["ABCDEF 1000 n", "AB 1000 n", "CD 1000 n", "EF 1000 n"]
    assert parts("ABCDEF", *words) == "AB CD EF"
    # CDE is CD/E after AB, but ABC is AB/C before DE.
    words = ["ABCDE 1000 n", "AB 1000 n", "CD 2000 n", "DE 1000 n"]
    assert parts("ABCDE", *words) == "AB DE"
    # ABCD is A/BC/D before EF, but CDEF is CD/EF after AB.
    words = ["ABCDEF 1000 n", "AB 100 n", "CD 100 n", "EF 100 n", "BC 100000 n"]
    assert parts("ABCDEF", *words, "A 100000 n", "D 100000 n") == "AB EF"
    # BCD alone would be BC/D, but with A in front it is B/CD.
    words = ["ABCDEF 1000 n", "AB 1000 n", "BC 5000 n", "CD 1000 n", "EF 1000 n"]
    assert parts("ABCDEF", *words) == "AB CD EF"


def test_an_inner_word_needs_no_word_at_the_ends() -> None:
    assert parts("ABCD", "ABCD 1000 n", "BC 1000 n") == "BC"
    # A and C at the ends, B and C alone: nothing of two characters.
    assert parts("ABCD", "ABCD 1000 n") == ""


@pytest.mark.parametrize(
    ("times", "expected"),
    [(1, "AB BC"), (50, "AB BC"), (200, "AB"), (100_000, "AB")],
)
def test_a_part_gives_way_to_one_that_crosses_it_and_is_far_more_frequent(
    times: int, expected: str
) -> None:
    words = ["ABC 1000 n", f"AB {times * 100} n", "BC 100 n"]
    assert parts("ABC", *words) == expected
    mirrored = ["CBA 1000 n", f"BA {times * 100} n", "CB 100 n"]
    assert parts("CBA", *mirrored).split() == [part[::-1] for part in expected.split()][::-1]


@pytest.mark.parametrize(
    ("frequent", "rare", "reason"),
    [
        ("ABC", "AB", "contains it at the beginning"),
        ("AB", "ABC", "is contained at the beginning"),
        ("BCD", "CD", "contains it at the end"),
        ("CD", "BCD", "is contained at the end"),
        ("AB", "CD", "stands before it"),
        ("CD", "AB", "stands after it"),
    ],
)
def test_a_part_does_not_give_way_to_one_that_does_not_cross_it(
    frequent: str, rare: str, reason: str
) -> None:
    found = parts("ABCD", "ABCD 1000 n", f"{frequent} 1000000 n", f"{rare} 100 n")
    assert set(found.split()) == {frequent, rare}, reason


# Laws

han_texts = st.lists(
    st.one_of(
        st.sampled_from([fold(word) for word in (*WORDS, *TRADITIONAL)]),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
    ),
    max_size=12,
).map(lambda pieces: fold("".join(pieces)))


@given(han_texts)
def test_words_join_to_the_text_and_parts_are_inside(text: str) -> None:
    words = with_names().cut(text)
    assert "".join(words) == text
    for word in words:
        assert with_names().is_word(word)
        for start, end in with_names().parts(word):
            assert 0 <= start < end <= len(word)
            assert 2 <= end - start < len(word)

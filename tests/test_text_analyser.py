"""The analyser: the terms, offsets, parts and inner boundaries of tokens."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from library import article, build
from texts import texts

import searcher
from searcher import Token, analyse
from searcher.text.analyser import Analyser, default_analyser, what_is_cut
from searcher.text.folding import fold
from searcher.text.runs import HAN, RUN

HAN_CHARACTERS = frozenset(re.findall(f"[{HAN}]", "".join(map(chr, range(0x10000)))))


def terms(text: str) -> list[str]:
    return [token.term for token in default_analyser().tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("，。！ \n…", []),
        ("拜登和普京谈F-35", ["拜登", "和", "普京", "谈", "f35"]),
        ("澤倫斯基會見拜登", ["泽伦斯基", "会见", "拜登"]),
        ("乔·拜登", ["乔", "拜登"]),
        ("2021年12月5日，俄军集结17.5万人", ["2021年12月5日", "俄军", "集结", "17.5万", "人"]),
        ("三5月", ["三", "5月"]),
        ("５Ｇ网络", ["5g", "网络"]),
        ("中😀国", ["中", "国"]),
        ("𠮷野家", ["野", "家"]),
        ("a😀b", ["a", "b"]),
        ("〇〇七", ["〇", "〇", "七"]),
        ("㐀㐁", ["㐀", "㐁"]),
        ("Привет мир", ["привет", "мир"]),
        ("한국 뉴스", ["한국", "뉴스"]),
        ("トヨタ自動車", ["トヨタ", "自动车"]),
        ("٣٤", ["٣٤"]),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_a_token_has_the_text_as_written_and_offsets_in_characters() -> None:
    text = "😀澤倫斯基Ｆ－３５，好"
    assert analyse(text) == [
        Token("澤倫斯基", 1, 5),
        Token("Ｆ－３５", 5, 9),
        Token("好", 10, 11),
    ]
    assert searcher.analyse is analyse


def test_parts_and_inner_boundaries() -> None:
    day, *_, minister = default_analyser().tokens("2021年12月5日国防部长")
    assert day.parts == ("2021年12月", "12月5日", "2021年", "12月", "5日")
    assert day.inner_boundaries == (5, 8)
    assert {"国防部", "部长"} <= set(minister.parts)
    assert minister.inner_boundaries == ()


@given(texts())
def test_tokens_of_any_text(text: str) -> None:
    tokens = list(default_analyser().tokens(text))
    folded = fold(text)
    at = 0
    for token in tokens:
        assert at <= token.start < token.end <= len(text), "in order, without overlap"
        written = folded[token.start : token.end]
        assert token.term
        assert not any(c.isspace() for c in written)
        if not RUN.fullmatch(written):
            assert token.term == written
            assert all(part in written for part in token.parts)
        assert token.term not in token.parts
        assert all(token.start < offset < token.end for offset in token.inner_boundaries)
        assert all(c < "\U00010000" for c in token.term)
        at = token.end
    covered = {offset for token in tokens for offset in range(token.start, token.end)}
    left = [c for offset, c in enumerate(folded) if offset not in covered]
    han = HAN_CHARACTERS.intersection(left)
    assert not han, "every Han character of the basic plane is in a token"


@given(texts())
def test_folding_first_changes_nothing(text: str) -> None:
    assert list(default_analyser().tokens(fold(text))) == list(default_analyser().tokens(text))


@given(texts(6), texts(6))
def test_paragraphs_are_cut_apart(first: str, second: str) -> None:
    whole = terms(f"{first}\n{second}")
    assert whole == terms(first) + terms(second)


def test_an_analyser_of_another_lexicon() -> None:
    from searcher.text.lexicon import Lexicon, Word

    lexicon = Lexicon({"布林肯说": Word(None, "n")}, {}, "0")
    assert [token.term for token in Analyser(lexicon).tokens("布林肯说")] == ["布林肯说"]


def test_what_is_cut_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searcher.text.analyser.MAX_ANALYSED", 10)
    assert what_is_cut("普京" * 5) == []
    (message,) = what_is_cut("普京" * 5 + "。")
    assert "only the first 10 characters" in message
    assert what_is_cut("😀" * 5) == []
    assert len(what_is_cut("😀" * 6)) == 1


@pytest.mark.parametrize(("text", "messages"), [("a1" * 125, 0), ("a1" * 126, 1), ("a " * 999, 0)])
def test_a_long_word_is_told(text: str, messages: int) -> None:
    assert len(what_is_cut(text)) == messages


def test_a_report_says_what_is_cut(tmp_path: Path) -> None:
    report = build(tmp_path, [article(1, "图片", "a" * 1000)])
    assert [problem.message for problem in report.problems] == [
        "a word is longer than 250 characters and was cut to pieces"
    ]

"""Queries that are sentences, told from words typed one by one."""

import pytest

from searcher.query import syntax
from searcher.query.parser import parse
from searcher.search.sentence import Sentence, is_natural, is_question, sentence_of


def tree_of(query: str) -> syntax.Node:
    tree = parse(query).tree
    assert tree is not None
    return tree


@pytest.mark.parametrize(
    ("text", "bigrams"),
    [
        ("普京会晤", ["普京", "京会", "会晤"]),
        ("普京，会晤", ["普京", "会晤"]),
        ("普京 f35", ["普京", "f3", "35"]),
        ("京", []),
        ("普京普京", ["普京", "京普"]),
        ("普京什么时候访华", ["普京", "时候", "候访", "访华"]),
        ("总统的和会", ["总统", "统的", "的和", "和会"]),
        ("总统的和会?", ["总统", "统的", "和会"]),
    ],
)
def test_pairs_of_a_sentence(text: str, bigrams: list[str]) -> None:
    assert Sentence(text, is_question(text)).bigrams() == bigrams


def test_questions() -> None:
    for text in ("谁当选", "普京来吗", "什么时候", "有多少人", "why?"):
        assert is_question(text), text
    for text in ("普京会晤拜登", "多边会谈", ""):
        assert not is_question(text), text


EIGHT, SEVENTEEN = "美国总统会晤普京", "美国总统拜登在日内瓦会晤俄罗斯总统"


@pytest.mark.parametrize(
    ("query", "expected", "why"),
    [
        (EIGHT, True, "eight characters in a row"),
        (EIGHT[1:], False, "seven"),
        (f"a1{EIGHT[1:]}", False, "letters and digits do not count"),
        ("美国总统 会晤普京", False, "nor what stands apart"),
        (f"title:{EIGHT}", True, "in the title"),
        (f"author:{EIGHT}", False, "but not in a field of keywords"),
        (f"拜登 {EIGHT}", True, "beside other words"),
        (f"拜登 OR {EIGHT}", False, "but not as an alternative"),
        (f"拜登 -{EIGHT}", False, "but not excluded"),
        (f'"{EIGHT}"', False, "nor in quotation marks"),
        (f'{EIGHT}："{EIGHT}"', True, "but a headline may have some"),
        ("美国总统会晤 今天普京", True, "five characters a part"),
        ("美国总统 会晤普京 今天", False, "keywords are shorter"),
    ],
)
def test_what_is_a_sentence(query: str, expected: bool, why: str) -> None:
    assert (sentence_of(tree_of(query)) is not None) is expected, why


@pytest.mark.parametrize(
    ("query", "expected", "why"),
    [
        (SEVENTEEN, False, "seventeen characters"),
        (f"{SEVENTEEN}说", True, "eighteen"),
        (f"{SEVENTEEN[:9]} {SEVENTEEN[9:]}说", True, "in one run or several"),
        ("谁是总统", True, "a question"),
        ("总统 什么", True, "with a question word anywhere"),
        ("总统 author:谁", False, "but not in a filter"),
        (f"{SEVENTEEN} category:国际", False, "which does not make a query long either"),
        (f"title:{SEVENTEEN} 说", True, "but the title does"),
        (f"快讯：{EIGHT}", True, "a headline: it has punctuation"),
        (EIGHT, False, "one phrase is none"),
    ],
)
def test_what_is_natural_language(query: str, expected: bool, why: str) -> None:
    assert is_natural(tree_of(query)) is expected, why


@pytest.mark.parametrize(
    ("query", "expected", "why"),
    [
        ("快讯：美国总统会晤普京", True, "punctuation"),
        ("美国总统拜登 会晤俄罗斯总统", True, "a blank between its parts"),
        ("美国总统会晤普京", False, "typed without any"),
        ("美国总统何时会晤普京？", False, "a question"),
    ],
)
def test_what_is_a_headline(query: str, expected: bool, why: str) -> None:
    sentence = sentence_of(tree_of(query))
    assert sentence is not None
    assert sentence.is_headline is expected, why


def test_characters_of_a_sentence() -> None:
    assert Sentence("普京会见普京 f35", False).characters() == set("普京会见")

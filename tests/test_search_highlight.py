"""The highlighter: where patterns occur in texts, as what, and how near to each other.

Texts are cut into tokens by bars, so that no dictionary has a part in what is found.
"""

from collections.abc import Sequence

import numpy as np
import pytest
from library import article
from naive_document import NaiveDocument
from stub_analyser import stub_analyser

from searcher.search.highlight import Highlighter, Occurrences
from searcher.search.patterns import ANYWHERE, AS_TOKEN, BOUNDARIES, START, Anchor, Pattern
from searcher.search.texts import Texts
from searcher.text.folding import folding_table

PARTS = {"国防部长": ["国防部", "部长"], "中国人": ["中国"]}
ANALYSER = stub_analyser(parts=PARTS)


def texts_of(*cuts: tuple[str, str]) -> Texts:
    """Texts of (title, body), each cut into tokens by bars."""
    stored = []
    for number, (title, body) in enumerate(cuts):
        made = article(number, title.replace("|", ""), body.replace("|", ""))
        document = NaiveDocument(made, stub_analyser(title, body, parts=PARTS))
        stored.append(document.stored[:2])
    return Texts(stored, folding_table().data)


def pattern(
    units: str,
    anchor: Anchor = AS_TOKEN,
    *,
    leaf: int = 0,
    weight: float = 1.0,
    title_only: bool = False,
) -> Pattern:
    return Pattern(units, anchor, title_only, leaf, weight)


def find(patterns: Sequence[Pattern], *cuts: tuple[str, str], max_judged: int = 9) -> Occurrences:
    return Highlighter(patterns, ANALYSER.spans, max_judged).find(texts_of(*cuts))


def spans(patterns: Sequence[Pattern], body: str, title: str = "") -> list[tuple[int, int]]:
    """The spans in the body alone, from its beginning."""
    base = len(title.replace("|", "")) + 1
    return [(start - base, end - base) for start, end in find(patterns, (title, body)).spans]


# How a pattern must stand


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        (AS_TOKEN, [(0, 2), (9, 11)]),
        (BOUNDARIES, [(0, 2), (9, 11)]),
        (START, [(0, 2), (3, 5), (9, 11)]),
        (ANYWHERE, [(0, 2), (3, 5), (7, 9), (9, 11)]),
    ],
)
def test_anchors(anchor: Anchor, expected: list[tuple[int, int]]) -> None:
    assert spans([pattern("普京", anchor)], "普京|，|普京宫|在普京|普京") == expected


def test_boundaries_may_hold_several_tokens() -> None:
    assert spans([pattern("乔·拜登", BOUNDARIES)], "乔|·|拜登|，|乔|·|拜登家") == [(0, 4)]
    assert spans([pattern("拜登", BOUNDARIES)], "大拜登|拜登") == [(3, 5)]


def test_occurrences_may_overlap() -> None:
    assert spans([pattern("京京", ANYWHERE)], "京京京") == [(0, 2), (1, 3)]


def test_the_text_is_folded() -> None:
    assert spans([pattern("总统")], "總統") == [(0, 2)]


def test_only_in_the_title() -> None:
    patterns = [pattern("普京", title_only=True)]
    found = find(patterns, ("普京|说", "普京"), ("说", "普京"), ("说|普京", ""))
    assert found.spans == [(0, 2), (found.texts.bases[2] + 1, found.texts.bases[2] + 3)]
    mixed = [pattern("普京", title_only=True), pattern("拜登", leaf=1)]
    assert find(mixed, ("拜登", "普京|和|拜登")).spans == [(0, 2), (6, 8)]


# Parts of longer tokens


def test_a_part_counts_where_the_text_has_no_such_token() -> None:
    assert spans([pattern("部长")], "国防部长|来") == [(2, 4)]
    assert spans([pattern("国防部")], "国防部长|来") == [(0, 3)]
    assert spans([pattern("防部")], "国防部长|来") == [], "no part of it"
    assert spans([pattern("部长")], "国防部长|和|部长") == [(5, 7)], "the token itself is there"
    assert spans([pattern("民主")], "人民|主席") == [], "it reaches across tokens"


def test_each_text_is_judged_by_itself() -> None:
    found = find([pattern("部长")], ("", "部长|，|国防部长"), ("", "国防部长"))
    base = found.texts.bases[1]
    assert found.spans == [(1, 3), (base + 3, base + 5)]


def test_a_synonym_that_stands_by_itself_spares_judging() -> None:
    patterns = [pattern("部长", leaf=3), pattern("大臣", leaf=3)]
    assert spans(patterns, "国防部长|和|大臣") == [(5, 7)]
    other = [pattern("部长", leaf=3), pattern("大臣", leaf=4)]
    assert spans(other, "国防部长|和|大臣") == [(2, 4), (5, 7)]


def test_parts_that_were_not_judged_are_judged_where_they_are_shown() -> None:
    found = find([pattern("部长")], ("", "部长|，|国防部长|，|小部长|，|国防部长"))
    assert found.spans == [(1, 3)]
    assert found.parts_between(0, 100) == [(6, 8), (15, 17)], "小部长 has no such part"
    assert found.parts_between(0, 8) == [(6, 8)]
    assert found.parts_between(7, 100) == [(15, 17)]
    assert found.parts_between(0, 7) == [], "a span that is cut is not shown"
    assert found.parts_between(9, 12) == []


def test_only_so_many_are_judged() -> None:
    body = "小部长|，|大部长|，|国防部长"
    assert find([pattern("部长")], ("", body), max_judged=3).spans == [(11, 13)]
    assert find([pattern("部长")], ("", body), max_judged=2).spans == []
    # They are counted for each text.
    two = find([pattern("部长")], ("", "小部长"), ("", "国防部长"), max_judged=1)
    assert len(two.spans) == 1
    shown = find([pattern("部长")], ("", f"部长|{'|国防部长' * 5}"), max_judged=2)
    assert len(shown.parts_between(0, 100)) == 2


def test_only_words_have_parts() -> None:
    for anchor in (BOUNDARIES, START):
        assert spans([pattern("部长", anchor)], "国防部长") == []


# Runs


def test_runs_are_found_however_they_are_joined() -> None:
    body = "F-35|和|F35|和|f'35|和|af-35"
    assert spans([pattern("f35")], body) == [(0, 4), (5, 8), (9, 13)]
    assert spans([pattern("普京"), pattern("f35", leaf=1)], "普京|的|F-35") == [(0, 2), (3, 7)]
    assert spans([pattern("f35", ANYWHERE)], "F-35|和|F35") == [(5, 8)], "a string is written so"
    assert spans([pattern("普京")], "普-京") == [], "Han words have no joiners"
    assert spans([pattern("f3")], "F-3") == [(0, 3)]
    assert spans([pattern("f")], "F-35|和|F") == [(5, 6)], "a single letter has none either"


# What occurrences are


def test_occurrences_say_what_they_are() -> None:
    patterns = [
        pattern("部长", leaf=1),
        pattern("新冠", START, leaf=2),
        pattern("防部", ANYWHERE, leaf=5),
        pattern("来", BOUNDARIES, leaf=7),
    ]
    found = find(patterns, ("", "国防部长|来|新冠肺炎"))
    assert [tuple(occurrence) for occurrence in found.occurrences()] == [
        (2, 4, 5, "literal"),
        (3, 5, 1, "part"),
        (5, 6, 7, "word"),
        (6, 8, 2, "prefix"),
    ]


def test_offsets_count_units() -> None:
    found = find([pattern("\ud83d\ude00", ANYWHERE), pattern("普京", leaf=1)], ("", "😀|普京|😀"))
    assert found.spans == [(1, 3), (3, 5), (5, 7)]
    assert found.texts.substring(3, 5) == "普京"


# Weights and proximity


def test_a_leaf_weighs_once() -> None:
    patterns = [
        pattern("a", leaf=4, weight=2.0),
        pattern("b", leaf=4, weight=2.0),
        pattern("c", leaf=9, weight=0.5),
    ]
    highlighter = Highlighter(patterns, ANALYSER.spans)
    assert highlighter.leaves == [4, 9]
    assert highlighter.all_leaves == 0b11
    assert [highlighter.weight_of(leaves) for leaves in range(4)] == [0, 2.0, 0.5, 2.5]
    assert highlighter.weight == 2.5


ONE, TWO, THREE = (
    pattern("一"),
    pattern("二", leaf=1, weight=2.0),
    pattern("三", leaf=2, weight=4.0),
)


@pytest.mark.parametrize(
    ("body", "expected", "why"),
    [
        ("一|和|二", 3, "one sentence"),
        ("一|。|二", 2, "the best of two sentences"),
        ("一|！|二|和|三|？|一|和|三|；|一|和|二", 6, "of several"),
        ("一|…|二", 2, "an ellipsis ends a sentence"),
        ("一|\n|二", 2, "so does the end of a line"),
        ("一|. |二", 2, "and a point before a blank"),
        ("一|.|二", 3, "but no other point"),
        ("一|，|二|、|三", 7, "a comma does not"),
        ("一|一|一", 1, "a leaf counts once"),
        ("四", 0, "nothing"),
    ],
)
def test_proximity_is_the_weight_of_the_best_sentence(body: str, expected: float, why: str) -> None:
    assert find([ONE, TWO, THREE], ("", body)).proximity() == [expected], why


def test_proximity_of_several_texts() -> None:
    cuts = [("一", "二"), ("四", "四"), ("一|二", "三"), ("", "三|。|一"), ("四", "四")]
    assert find([ONE, TWO, THREE], *cuts).proximity() == [2, 0, 4, 4, 0]
    assert find([ONE, TWO, THREE], *reversed(cuts)).proximity() == [0, 4, 4, 0, 2]


def test_one_leaf_is_as_near_to_itself_everywhere() -> None:
    assert find([TWO], ("", "二|和|二")).proximity() == [0]
    assert find([TWO, pattern("两", leaf=1)], ("", "二|和|两")).proximity() == [0]


def test_a_string_over_the_end_of_a_sentence_joins_it_with_the_next() -> None:
    string = pattern("束。双", ANYWHERE, leaf=5, weight=8.0)
    assert find([ONE, TWO, string], ("", "一|结束|。|双方|二")).proximity() == [11]
    assert find([ONE, TWO, string], ("", "一|结束|。|双方|。|二")).proximity() == [9]
    assert find([ONE, TWO, string], ("", "一|。|二|结束|。|双方")).proximity() == [10]


def test_sentences_hold_their_leaves() -> None:
    found = find([ONE, TWO], ("", "二|。|四|。|一|二|。"))
    ends = found.sentence_ends
    assert [found.texts.string[end] for end in ends[:4]] == ["\x01", "。", "。", "。"]
    assert found.sentences == {1: 0b10, 3: 0b11}


def test_nothing_is_found_in_no_texts() -> None:
    found = Highlighter([ONE, TWO], ANALYSER.spans).find(Texts([], folding_table().data))
    assert found.spans == []
    assert found.occurrences() == []


def test_the_spans_of_a_token_are_asked_for_once() -> None:
    asked: list[str] = []

    def parts(token: str) -> list[tuple[int, int]]:
        asked.append(token)
        return [(2, 4)]

    highlighter = Highlighter([pattern("部长"), pattern("防部", leaf=1)], parts)
    texts = texts_of(("", "国防部长|来"), ("", "国防部长|去"))
    assert np.array(highlighter.find(texts).spans).shape == (2, 2)
    highlighter.find(texts)
    assert asked == ["国防部长"]

"""What an unquoted run comes to, given what the index knows and how the run is segmented."""

from collections.abc import Sequence

import pytest
from stub_analyser import stub_analyser

from searcher.query.clauses import LiteralClause, TermClause
from searcher.search.bm25 import STOP_WEIGHT, SUBWORD_WEIGHT
from searcher.search.run_clauses import RunAnalysis
from searcher.text.analyser import Analyser

PUTIN = ("普京", "普丁", "弗拉基米尔·普京", "Putin")
WHO = ("世卫组织", "World Health Organization", "WHO")
COVID = ("COVID-19", "新冠")
GROUPS = {
    **dict.fromkeys(("普京", "普丁", "弗拉基米尔·普京", "putin"), PUTIN),
    **dict.fromkeys(("世卫组织", "world health organization", "who"), WHO),
    **dict.fromkeys(("covid-19", "covid19", "新冠"), COVID),
    "空": ("空", " ", ""),
}
TOKENS = stub_analyser(
    "谁|是|总统",
    "布|林肯",
    "布|林肯|说",
    "普京|会见|布|林|肯",
    "普京|说",
    "说|普京",
    "甲|乙",
    "普京|和|拜登",
    "乔|·|拜登",
    "财政部|·|全国|人大|常委会",
    "和|的",
    "国防部长|讲话",
    "普丁|讲话",
    "甲|乙|，|丙|丁|普京",
    "a|.|b|c|d|e|f|g|h",
    "…",
    parts={"国防部长": ["国防部", "部长"], "讲话": []},
)


def analysis(*known: str, analyser: Analyser = TOKENS) -> RunAnalysis:
    return RunAnalysis(known.__contains__, lambda name: GROUPS.get(name, ()), lambda: analyser)


def units(run: str, *, every_word: bool = False) -> Sequence[TermClause | LiteralClause]:
    return [*analysis().units(run, None, every_word=every_word)]


# Runs that need not be segmented


def test_a_known_word_is_a_term_with_its_synonyms() -> None:
    assert analysis("国防部长").as_one("国防部长", None) == TermClause("国防部长")
    assert analysis("普京").as_one("普京", "title") == TermClause(
        "普京", "title", ("普丁", "putin")
    )


def test_an_unknown_word_has_to_be_segmented() -> None:
    assert analysis().as_one("国防部长", None) is None
    assert analysis().as_one("普京", None) is None, "a name of one word is a word like others"


def test_a_single_character_is_a_string_wherever_it_is() -> None:
    assert analysis("京").as_one("京", "title") == LiteralClause("京", "title")
    assert analysis().as_one("😀", None) == LiteralClause("😀")
    assert analysis("a").as_one("a", None) == TermClause("a"), "but a Latin letter is a word"
    assert analysis().as_one("a", None) is None


def test_an_unknown_name_of_several_words_is_a_string_between_token_boundaries() -> None:
    clause = analysis().as_one("world health organization", "title")
    assert clause == LiteralClause(
        "world health organization", "title", at_boundaries=True, synonyms=("世卫组织", "who")
    )
    assert analysis().as_one("health organization", None) is None


# Synonyms


@pytest.mark.parametrize(
    ("name", "synonyms", "why"),
    [
        ("普京", ("普丁", "putin"), "the full name holds 普京 and adds nothing"),
        ("putin", ("普京", "普丁"), "the full name holds another name of the group"),
        ("弗拉基米尔·普京", ("普京", "普丁", "putin"), "the short names add to the full one"),
        ("who", ("世卫组织", "world health organization"), "no word of it is a name by itself"),
        ("新冠", ("covid19",), "as the term that the index has"),
        ("covid19", ("新冠",), "a name is no synonym of its own term"),
        ("covid-19", ("新冠",), "nor its term one of it"),
        ("空", (), "names of blanks alone are left out"),
        ("拜登", (), "no group"),
    ],
)
def test_synonyms(name: str, synonyms: tuple[str, ...], why: str) -> None:
    assert analysis().synonyms(name) == synonyms, why


# Runs that are segmented


@pytest.mark.parametrize(
    ("run", "expected", "why"),
    [
        ("…", [LiteralClause("…")], "nothing that is a token: as it is written"),
        ("拜登", [TermClause("拜登")], "one token"),
        ("f-35", [TermClause("f35")], "one token, by its term"),
        ("和的", [TermClause("和"), TermClause("的")], "stop words alone are what is asked for"),
        ("谁是总统", [TermClause("总统")], "stop words are left out"),
        (
            "普京和拜登",
            [TermClause("普京", synonyms=("普丁", "putin")), TermClause("拜登")],
            "words",
        ),
        ("布林肯", [LiteralClause("布林肯", at_boundaries=True)], "a short name that is no word"),
        ("甲乙", [LiteralClause("甲乙", at_boundaries=True)], "single characters alone"),
        ("说普京", [LiteralClause("说普京", at_boundaries=True)], "three characters, one single"),
        ("普京说", [LiteralClause("普京说", at_boundaries=True)], "wherever the single one is"),
        ("乔·拜登", [LiteralClause("乔·拜登", at_boundaries=True)], "joined by a dot"),
        (
            "布林肯说",
            [LiteralClause("布林肯说", at_boundaries=True)],
            "four characters are still one name",
        ),
        (
            "普京会见布林肯",
            [
                TermClause("普京", synonyms=("普丁", "putin")),
                TermClause("会见"),
                LiteralClause("布林肯", at_boundaries=True),
            ],
            "neighbouring single characters are one string",
        ),
        (
            "甲乙，丙丁普京",
            [
                LiteralClause("甲乙", at_boundaries=True),
                LiteralClause("丙丁", at_boundaries=True),
                TermClause("普京", synonyms=("普丁", "putin")),
            ],
            "but not across what stands between them",
        ),
        (
            "财政部·全国人大常委会",
            [TermClause("财政部"), TermClause("全国"), TermClause("人大"), TermClause("常委会")],
            "too long on either side of the dot for one name",
        ),
    ],
)
def test_units(run: str, expected: list[TermClause | LiteralClause], why: str) -> None:
    assert units(run) == expected, why


def test_a_single_character_among_words_only_adds_to_the_score() -> None:
    analyser = stub_analyser("俄罗斯|总统|说", "俄罗斯总统|，|说")
    runs = analysis(analyser=analyser)
    words = [*runs.units("俄罗斯总统说", None, every_word=False)]
    assert words == [
        TermClause("俄罗斯"),
        TermClause("总统"),
        TermClause("说", weight=STOP_WEIGHT),
    ]
    words = [*runs.units("俄罗斯总统，说", None, every_word=False)]
    assert words == [TermClause("俄罗斯总统"), TermClause("说", weight=STOP_WEIGHT)]
    # The one word beside stop words decides, be it a single character.
    alone = analysis(analyser=stub_analyser("谁|是|京"))
    assert [*alone.units("谁是京", None, every_word=False)] == [TermClause("京")]


def test_the_field_goes_with_every_clause() -> None:
    for run in ("…", "拜登", "和的", "普京和拜登", "布林肯", "普京会见布林肯"):
        for every_word in (False, True):
            clauses = analysis().units(run, "title", every_word=every_word)
            assert {clause.field for clause in clauses} == {"title"}, run


def test_joiners_make_one_name_of_short_parts_only() -> None:
    def is_one(cut: str) -> bool:
        runs = analysis(analyser=stub_analyser(cut))
        text = cut.replace("|", "")
        return [*runs.units(text, None, every_word=False)] == [
            LiteralClause(text, at_boundaries=True)
        ]

    for joiner in "·-./:_@~'&+#":
        assert is_one(f"乔治|{joiner}|布什"), joiner
    for other in "，、!?=":
        assert not is_one(f"乔治|{other}|布什"), other
    assert is_one("弗拉基|米尔|·|普京"), "six characters, in all five"
    assert is_one("一二三|四五六|·|普京"), "six characters"
    assert not is_one("一二三四|五六七|·|普京"), "seven characters are no part of a name"
    assert is_one("a|.|verylongword|-|b"), "Latin parts may be long"
    assert not is_one("乔治|·|布什|，|拜登"), "every gap must be a joiner"
    assert not is_one("普京|拜登"), "two words without a joiner are two words"
    assert not is_one("甲|乙丙|丁戊"), "five characters are no short name"


def test_any_word_takes_each_token_and_its_parts() -> None:
    assert units("国防部长讲话", every_word=True) == [
        TermClause("国防部长"),
        TermClause("讲话"),
        TermClause("国防部", weight=SUBWORD_WEIGHT),
        TermClause("部长", weight=SUBWORD_WEIGHT),
    ]
    assert units("谁是总统", every_word=True) == [
        TermClause("谁", weight=STOP_WEIGHT),
        TermClause("是", weight=STOP_WEIGHT),
        TermClause("总统"),
    ]
    assert units("布林肯", every_word=True) == [LiteralClause("布林肯", at_boundaries=True)]
    assert units("和的", every_word=True) == [TermClause("和"), TermClause("的")]


# Pairs of characters across token boundaries


@pytest.mark.parametrize(
    ("run", "bigrams", "why"),
    [
        ("国防部长讲话", ("长讲",), "the last character of a token and the first of the next"),
        ("普京会见布林肯", ("京会", "见布", "布林", "林肯"), "at every boundary"),
        ("谁是总统", (), "not beside what only asks"),
        ("普京和拜登", ("京和", "和拜"), "other stop words do count"),
        ("乔·拜登", (), "not across what stands between"),
        ("拜登", (), "one token has no boundary"),
    ],
)
def test_bigrams(run: str, bigrams: tuple[str, ...], why: str) -> None:
    assert analysis().bigrams(run) == bigrams, why


def test_each_pair_counts_once() -> None:
    runs = analysis(analyser=stub_analyser("甲|乙|甲|乙"))
    assert runs.bigrams("甲乙甲乙") == ("甲乙", "乙甲")

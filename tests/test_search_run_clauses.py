"""What an unquoted run comes to, given what the index knows and how the run is segmented."""

import pytest
from stub_analyser import stub_analyser

from searcher.query.clauses import (
    AndClause,
    BigramClause,
    Clause,
    DateRangeClause,
    Leaf,
    LiteralClause,
    OrClause,
    TermClause,
)
from searcher.query.syntax import Field
from searcher.search.bm25 import STOP_WEIGHT, SUBWORD_WEIGHT, WHOLE_WEIGHT
from searcher.search.run_clauses import Run, RunAnalysis, every_word, says_something
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
    "普京|会见|布|林|肯",
    "普京|和|拜登",
    "俄罗斯|总统|说",
    "俄罗斯总统|说",
    "乔|·|拜登",
    "普京|+|德国|总理",
    "德国|总理",
    "2021|-|10|-|07",
    "f-35|/|普京",
    "和|的",
    "国防部长|讲话",
    "台风|杜|苏|芮",
    "杜|苏|芮",
    "！|普京|！",
    "。|京",
    "…",
    parts={"国防部长": ["国防部", "部长"]},
    words=["台风", "台风杜", "国防部"],
)
PUTIN_TERM = TermClause("普京", synonyms=("普丁", "putin"))


def analysis(*known: str, analyser: Analyser = TOKENS) -> RunAnalysis:
    return RunAnalysis(known.__contains__, lambda name: GROUPS.get(name, ()), lambda: analyser)


def run(folded: str, *known: str, field: Field = None, analyser: Analyser = TOKENS) -> Run:
    return analysis(*known, analyser=analyser).run(folded, field)


def string(text: str, *, weight: float = 1.0, synonyms: tuple[str, ...] = ()) -> LiteralClause:
    """A run as the string that it is."""
    return LiteralClause(text, weight=weight, synonyms=synonyms, by_frequency=True)


def words(whole: str, *units: Clause, optional: tuple[Leaf, ...] = ()) -> Run:
    """A run that consists of several words."""
    return Run(string(whole, weight=WHOLE_WEIGHT), units, units, optional)


# Runs that are one thing


@pytest.mark.parametrize(
    ("folded", "known", "whole", "why"),
    [
        ("普京", True, PUTIN_TERM, "a known word is a term, with its synonyms"),
        ("国防部", True, TermClause("国防部"), "of up to three characters"),
        ("国防部长", True, string("国防部长"), "a longer one is a string: it may be cut otherwise"),
        (
            "世卫组织",
            True,
            LiteralClause(
                "世卫组织", synonyms=("world health organization", "who"), by_frequency=True
            ),
            "with its synonyms",
        ),
        ("covid19", True, TermClause("covid19", synonyms=("新冠",)), "Latin terms are terms"),
        ("京", True, LiteralClause("京"), "a single character is a string"),
        ("😀", False, LiteralClause("😀"), "whatever it is"),
        ("a", True, TermClause("a"), "but a Latin letter is a term"),
        ("普丁", False, string("普丁", synonyms=("普京", "putin")), "an unknown word is a string"),
        ("f-35", False, TermClause("f35"), "but for a Latin one, which is its term"),
        ("covid-19", False, TermClause("covid19", synonyms=("新冠",)), "with its synonyms"),
        ("…", False, LiteralClause("…"), "nothing that is a token: as it is written"),
        ("！普京！", False, string("普京"), "without the marks around it"),
        ("。京", False, string("京"), "be it a single character"),
        ("布林肯", False, string("布林肯"), "one word beside a single character, too"),
        ("俄罗斯总统说", False, string("俄罗斯总统说"), "wherever that is"),
        ("和的", False, string("和的"), "nor are stop words"),
        ("乔·拜登", False, string("乔·拜登"), "a name with a lone character between joiners"),
        ("2021-10-07", False, string("2021-10-07"), "numbers alone, though joined"),
    ],
)
def test_one_thing(folded: str, known: bool, whole: TermClause, why: str) -> None:
    found = run(folded, *([folded] if known else []))
    assert found == Run(whole), why
    assert found.clause() == whole


def test_an_unknown_name_of_several_words_is_a_string_between_token_boundaries() -> None:
    clause = LiteralClause(
        "world health organization", at_boundaries=True, synonyms=("世卫组织", "who")
    )
    assert run("world health organization") == Run(clause)
    assert run("world health organization", "world health organization").whole == TermClause(
        "world health organization", synonyms=("世卫组织", "who")
    )


# Runs of several words


@pytest.mark.parametrize(
    ("folded", "expected", "why"),
    [
        (
            "普京和拜登",
            words(
                "普京和拜登",
                PUTIN_TERM,
                TermClause("拜登"),
                optional=(BigramClause(("京和", "和拜")),),
            ),
            "stop words are left out; pairs of characters add to the score",
        ),
        (
            "国防部长讲话",
            words(
                "国防部长讲话",
                TermClause("国防部长"),
                TermClause("讲话"),
                optional=(BigramClause(("长讲",)),),
            ),
            "words",
        ),
        ("谁是总统", words("谁是总统", TermClause("总统")), "a question may ask for one word"),
        (
            "普京会见布林肯",
            words(
                "普京会见布林肯",
                PUTIN_TERM,
                TermClause("会见"),
                LiteralClause("布林肯"),
                optional=(BigramClause(("京会", "见布", "布林", "林肯")),),
            ),
            "neighbouring single characters are one string",
        ),
        (
            "台风杜苏芮",
            words(
                "台风杜苏芮",
                TermClause("台风"),
                LiteralClause("杜苏芮"),
                optional=(BigramClause(("风杜", "杜苏", "苏芮")),),
            ),
            "beside a word, too",
        ),
    ],
)
def test_several_words(folded: str, expected: Run, why: str) -> None:
    assert run(folded) == expected, why


def test_a_single_character_among_words_only_adds_to_the_score() -> None:
    analyser = stub_analyser("俄罗斯|总统|说|话", "俄罗斯|总统|，|说", "俄罗斯|总统|说")
    assert run("俄罗斯总统说", analyser=analyser) == words(
        "俄罗斯总统说",
        TermClause("俄罗斯"),
        TermClause("总统"),
        optional=(TermClause("说", weight=STOP_WEIGHT), BigramClause(("斯总", "统说"))),
    )


def test_characters_on_both_sides_of_a_stop_word_are_no_string() -> None:
    found = run("普京甲的乙丙", analyser=stub_analyser("普京|甲|的|乙|丙"))
    assert found.units == (PUTIN_TERM, LiteralClause("乙丙"))
    assert found.optional[0] == TermClause("甲", weight=STOP_WEIGHT)


def test_a_run_has_the_whole_or_all_of_its_words() -> None:
    whole, *units = string("甲", weight=WHOLE_WEIGHT), TermClause("乙"), TermClause("丙")
    optional = (BigramClause(("乙丙",)),)
    clause = Run(whole, tuple(units), tuple(units), optional).clause()
    assert clause == OrClause((whole, AndClause(tuple(units))), optional)


def test_a_dictionary_word_that_no_document_has_is_taken_apart() -> None:
    analyser = stub_analyser("杜|苏|芮", words=["台风", "台"])
    assert run("台风杜苏芮", analyser=analyser) == words(
        "台风杜苏芮",
        TermClause("台风"),
        LiteralClause("杜苏芮"),
        optional=(BigramClause(("风杜", "杜苏", "苏芮")),),
    )
    longest = stub_analyser(words=["全国", "全国政协"])
    assert run("全国政协委员", analyser=longest).units == (
        TermClause("全国政协"),
        TermClause("委员"),
    ), "where its longest word ends"
    assert run("国防军", analyser=stub_analyser(words=["国", "国防"])) == Run(string("国防军")), (
        "not into a word and a single character"
    )


def test_runs_with_a_joiner_between_them() -> None:
    joined = run("普京+德国总理", "普京")
    inner = words(
        "德国总理", TermClause("德国"), TermClause("总理"), optional=(BigramClause(("国总",)),)
    )
    assert joined == Run(
        string("普京+德国总理", weight=WHOLE_WEIGHT),
        (PUTIN_TERM, inner.clause()),
        (PUTIN_TERM, TermClause("德国"), TermClause("总理")),
        (BigramClause(("国总",)),),
    ), "each is a run by itself, and a relaxed hit may have the words of any"
    assert run("f-35/普京", "普京").units == (TermClause("f35"), PUTIN_TERM)


def test_the_field_goes_with_every_clause() -> None:
    for folded in ("…", "普丁", "f-35", "普京和拜登", "普京会见布林肯", "国防部长讲话", "乔·拜登"):
        found = run(folded, field="title")
        for clause in (found.whole, *found.units, *found.words):
            assert isinstance(clause, TermClause | LiteralClause)
            assert clause.field == "title", folded
        for leaf in found.optional:
            assert isinstance(leaf, BigramClause) or leaf.field == "title"  # type: ignore[union-attr]
    assert run("京", "京", field="title").whole.field == "title"
    assert run("普京", "普京", field="title").whole.field == "title"


# Parts


def test_every_word_and_its_parts() -> None:
    assert [*every_word(TOKENS, "国防部长讲话", "title")] == [
        TermClause("国防部长", "title"),
        TermClause("讲话", "title"),
        TermClause("国防部", "title", weight=SUBWORD_WEIGHT),
        TermClause("部长", "title", weight=SUBWORD_WEIGHT),
    ]
    assert [*every_word(TOKENS, "谁是总统", None)] == [
        TermClause("谁", weight=STOP_WEIGHT),
        TermClause("是", weight=STOP_WEIGHT),
        TermClause("总统"),
    ]


def test_what_says_something() -> None:
    telling: list[Clause] = [
        TermClause("普京"),
        LiteralClause("f35"),
        AndClause((TermClause("京"),)),
        DateRangeClause(None, None),
    ]
    silent: list[Clause] = [
        TermClause("京"),
        LiteralClause("2021"),
        TermClause("17.5"),
        TermClause("我们"),
    ]
    assert [says_something(clause) for clause in telling] == [True] * 4
    assert [says_something(clause) for clause in silent] == [False] * 4


def test_pairs_of_characters() -> None:
    def bigrams(folded: str) -> tuple[str, ...]:
        pairs = [leaf for leaf in run(folded).optional if isinstance(leaf, BigramClause)]
        return pairs[0].bigrams if pairs else ()

    assert bigrams("国防部长讲话") == ("长讲",), "the last of a token and the first of the next"
    assert bigrams("谁是总统") == (), "not beside what only asks"
    assert bigrams("普京和拜登") == ("京和", "和拜"), "other stop words do count"
    twice = stub_analyser("普京|会见|普京|会见")
    found = run("普京会见普京会见", analyser=twice).optional
    assert found == (BigramClause(("京会", "见普")),), "each counts once"


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

"""What an unquoted run comes to, given what the index knows and how the run is segmented."""

import pytest
from stub_analyser import stub_analyser

from searcher.query.clauses import (
    AndClause,
    BigramClause,
    Clause,
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
    "布|林肯|说",
    "普京|会见|布|林|肯",
    "普京|说",
    "说|普京",
    "甲|乙",
    "普京|和|拜登",
    "乔|·|拜登",
    "财政部|·|全国|人大|常委会",
    "全国|人大|常委会",
    "普京|+|会见|德国",
    "会见|德国",
    "17|/|布",
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


def run_of(text: str, *known: str, field: Field = None) -> Run:
    return analysis(*known).run(text, field)


def string(text: str, field: Field = None, *, weight: float = 1.0) -> LiteralClause:
    """A string that is scored like a term."""
    return LiteralClause(text, field, weight=weight, by_frequency=True)


def part(text: str) -> LiteralClause:
    """A string of single characters among words."""
    return LiteralClause(text)


PUTIN_TERM = TermClause("普京", synonyms=("普丁", "putin"))

# Runs that are one thing


def test_a_known_word_is_a_term_with_its_synonyms() -> None:
    assert run_of("部长", "部长") == Run(TermClause("部长"))
    expected = Run(TermClause("普京", "title", ("普丁", "putin")))
    assert run_of("普京", "普京", field="title") == expected


def test_a_long_known_word_is_a_string_too() -> None:
    """What stands before it may have drawn its first characters into another token."""
    assert run_of("国防部长", "国防部长") == Run(string("国防部长"))
    assert run_of("covid19", "covid19") == Run(TermClause("covid19", synonyms=("新冠",)))


def test_an_unknown_word_is_the_string_that_it_is() -> None:
    assert run_of("拜登") == Run(string("拜登"))
    assert run_of("拜登", field="title") == Run(string("拜登", "title"))
    assert run_of("普丁") == Run(
        LiteralClause("普丁", synonyms=("普京", "putin"), by_frequency=True)
    ), "with its synonyms"


def test_a_single_character_is_a_string_wherever_it_is() -> None:
    assert run_of("京", "京", field="title") == Run(LiteralClause("京", "title"))
    assert run_of("😀") == Run(LiteralClause("😀"))
    assert run_of("a", "a") == Run(TermClause("a")), "but a Latin letter is a word"
    assert run_of("a") == Run(TermClause("a")), "known or not"


def test_a_name_with_blanks_is_a_string_between_token_boundaries() -> None:
    assert run_of("world health organization", field="title") == Run(
        LiteralClause(
            "world health organization", "title", at_boundaries=True, synonyms=("世卫组织", "who")
        )
    )


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ("…", LiteralClause("…"), "nothing that is a token: as it is written"),
        ("f-35", TermClause("f35"), "a run by its term"),
        ("和的", string("和的"), "stop words alone are what is asked for"),
        ("布林肯", string("布林肯"), "a name that is no word"),
        ("甲乙", string("甲乙"), "single characters alone"),
        ("说普京", string("说普京"), "one word beside a single character need not be the matter"),
        ("普京说", string("普京说"), "wherever the single one is"),
        ("布林肯说", string("布林肯说"), "be it a stop word or not"),
        ("谁是京", string("谁是京"), "a question without a word"),
        ("乔·拜登", string("乔·拜登"), "joined to a single character"),
        ("17/布", string("17/布"), "joined things of which none says anything"),
    ],
)
def test_runs_that_are_one_thing(text: str, expected: TermClause | LiteralClause, why: str) -> None:
    assert run_of(text) == Run(expected), why
    assert run_of(text).clause() == expected


def test_a_run_has_no_marks_at_its_ends() -> None:
    analyser = stub_analyser("·|普|京|：")
    assert analysis(analyser=analyser).run("·普京：", None).whole.text == "普京"  # type: ignore[union-attr]


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
    ("text", "words", "optional", "why"),
    [
        ("谁是总统", (TermClause("总统"),), (), "stop words of a question are left out"),
        (
            "普京和拜登",
            (PUTIN_TERM, TermClause("拜登")),
            (BigramClause(("京和", "和拜")),),
            "words; pairs of characters across their boundaries add to the score",
        ),
        (
            "普京会见布林肯",
            (PUTIN_TERM, TermClause("会见"), part("布林肯")),
            (BigramClause(("京会", "见布", "布林", "林肯")),),
            "neighbouring single characters are one string",
        ),
        (
            "国防部长讲话",
            (TermClause("国防部长"), TermClause("讲话")),
            (BigramClause(("长讲",)),),
            "parts of words are not asked for",
        ),
        (
            "普丁讲话",
            (TermClause("普丁", synonyms=("普京", "putin")), TermClause("讲话")),
            (BigramClause(("丁讲",)),),
            "words that no document has remain words",
        ),
    ],
)
def test_words_of_a_run(
    text: str, words: tuple[Clause, ...], optional: tuple[Clause, ...], why: str
) -> None:
    run = run_of(text)
    whole = string(text, weight=WHOLE_WEIGHT)
    assert run == Run(whole, words, words, optional), why  # type: ignore[arg-type]
    assert run.clause() == OrClause((whole, AndClause(words)), optional)  # type: ignore[arg-type]


def test_a_single_character_among_words_only_adds_to_the_score() -> None:
    run = analysis(analyser=stub_analyser("俄罗斯|总统|说")).run("俄罗斯总统说", None)
    assert run.units == (TermClause("俄罗斯"), TermClause("总统"))
    assert run.optional[0] == TermClause("说", weight=STOP_WEIGHT)


def test_a_word_of_the_dictionary_that_no_document_has_is_taken_apart() -> None:
    analyser = stub_analyser("台风杜苏芮", "杜|苏|芮", words=["台风", "台"])
    run = analysis("台风", analyser=analyser).run("台风杜苏芮", None)
    assert run.whole == string("台风杜苏芮", weight=WHOLE_WEIGHT)
    assert run.words == (TermClause("台风"), part("杜苏芮"))
    pairs = BigramClause(("风杜", "杜苏", "苏芮"))
    assert run.optional == (pairs,)
    other = analysis(analyser=stub_analyser("台风杜苏芮", words=["台"]))
    assert other.run("台风杜苏芮", None) == Run(string("台风杜苏芮")), "not at a single character"


# Runs with joiners


@pytest.mark.parametrize("joiner", "+&/_·：@－，！")
def test_joined_runs_are_looked_for_one_by_one(joiner: str) -> None:
    analyser = stub_analyser(f"普京|{joiner}|会见|德国", "会见|德国")
    run = analysis("普京", analyser=analyser).run(f"普京{joiner}会见德国", None)
    inner = analysis(analyser=analyser).run("会见德国", None)
    assert run.whole == string(f"普京{joiner}会见德国", weight=WHOLE_WEIGHT)
    assert run.units == (PUTIN_TERM, inner.clause()), "all of them, each as it is by itself"
    assert run.words == (PUTIN_TERM, TermClause("会见"), TermClause("德国"))
    assert run.optional == inner.optional


def test_joined_unknown_names_are_strings() -> None:
    run = run_of("财政部·全国人大常委会")
    assert run.units[0] == string("财政部")
    assert run.words == (
        string("财政部"), TermClause("全国"), TermClause("人大"), TermClause("常委会")
    )  # fmt: skip


def test_the_field_goes_with_every_clause() -> None:
    for text in ("…", "拜登", "和的", "普京和拜登", "布林肯", "普京会见布林肯", "普京+会见德国"):
        run = run_of(text, field="title")
        leaves = [run.whole, *run.words, *run.optional, *every_word(TOKENS, text, "title")]
        fields = {leaf.field for leaf in leaves if isinstance(leaf, TermClause | LiteralClause)}
        assert fields == {"title"}, text


def test_every_word_is_each_token_and_its_parts() -> None:
    assert [*every_word(TOKENS, "国防部长讲话", None)] == [
        TermClause("国防部长"),
        TermClause("讲话"),
        TermClause("国防部", weight=SUBWORD_WEIGHT),
        TermClause("部长", weight=SUBWORD_WEIGHT),
    ]
    assert [*every_word(TOKENS, "谁是总统", None)] == [
        TermClause("谁", weight=STOP_WEIGHT),
        TermClause("是", weight=STOP_WEIGHT),
        TermClause("总统"),
    ]


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (TermClause("普京"), True),
        (string("碳中和"), True),
        (TermClause("f35"), True),
        (TermClause("2021"), False),
        (TermClause("京"), False),
        (LiteralClause("江"), False),
        (TermClause("什么"), False),
        (OrClause((TermClause("普京"),)), True),
    ],
)
def test_what_says_something_by_itself(clause: Clause, expected: bool) -> None:
    assert says_something(clause) is expected


# Pairs of characters across token boundaries


@pytest.mark.parametrize(
    ("cut", "bigrams", "why"),
    [
        ("国防部长|讲话", ("长讲",), "the last character of a token and the first of the next"),
        ("普京|会见|布|林|肯", ("京会", "见布", "布林", "林肯"), "at every boundary"),
        ("谁|是|总统|普京", ("统普",), "not beside what only asks"),
        ("普京|和|拜登", ("京和", "和拜"), "other stop words do count"),
        ("甲|乙|甲|乙|丙丁|戊己", ("甲乙", "乙甲", "乙丙", "丁戊"), "each pair once"),
    ],
)
def test_bigrams(cut: str, bigrams: tuple[str, ...], why: str) -> None:
    run = analysis(analyser=stub_analyser(cut)).run(cut.replace("|", ""), None)
    assert run.optional == (BigramClause(bigrams),), why

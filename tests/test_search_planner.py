"""Golden plans: what each kind of query comes to, and the reason."""

from datetime import date, datetime, timezone

import pytest
from stub_analyser import stub_analyser

from searcher.query import syntax
from searcher.query.clauses import (
    AndClause,
    BigramClause,
    Clause,
    DateRangeClause,
    KeywordClause,
    LiteralClause,
    MatchAllClause,
    OrClause,
    PrefixClause,
    TermClause,
)
from searcher.query.parser import parse
from searcher.query.syntax import Field
from searcher.search.bm25 import STOP_WEIGHT, SUBWORD_WEIGHT, WHOLE_WEIGHT
from searcher.search.planner import Planner, terms_to_look_up

KNOWN = {"普京", "拜登", "的", "和", "谁", "什么", "新冠肺炎", "视频通话", "f35"}
PUTIN = ("普京", "普丁", "Putin")
NEW_YORK = ("纽约", "New York", "New York City")
GROUPS = {
    **dict.fromkeys(("普京", "普丁", "putin"), PUTIN),
    **dict.fromkeys(("纽约", "new york", "new york city"), NEW_YORK),
}
TOKENS = stub_analyser(
    "布|林肯",
    "乔|·|拜登",
    "拜登|会晤|普京",
    "谁|是|总统",
    "国防部长|说|话",
    "国防部长|讲话",
    "部长|的|讲话",
    "美国|总统|会晤|普京",
    parts={"国防部长": ["国防部", "部长"]},
)
PUTIN_TERM = TermClause("普京", synonyms=("普丁", "putin"))
BIDEN = TermClause("拜登")
ALL = MatchAllClause()
PLANNER = Planner(KNOWN.__contains__, lambda name: GROUPS.get(name, ()), lambda: TOKENS)


def plan(query: str, *, any_word: bool = False, aliases: bool = True) -> Clause:
    tree = parse(query).tree
    assert tree is not None
    return PLANNER.plan(tree, any_word=any_word, aliases=aliases)


def unmarked(term: str, weight: float = 1.0) -> TermClause:
    return TermClause(term, weight=weight, highlighted=False)


def seconds(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=timezone.utc).timestamp())


def string(text: str, *, weight: float = 1.0, field: Field = None) -> LiteralClause:
    """An unknown run: the string that it is."""
    return LiteralClause(text, field, weight=weight, by_frequency=True)


def sentence(text: str, *words: Clause, pairs: tuple[str, ...], field: Field = None) -> OrClause:
    """An unknown run of several words: the string that it is, or all of them."""
    whole = string(text, weight=WHOLE_WEIGHT, field=field)
    return OrClause((whole, AndClause(words)), (BigramClause(pairs),) if pairs else ())


NAME, CLINTON = string("布林肯"), string("克林顿")
NEW_YORK_NAME = LiteralClause("new york", at_boundaries=True, synonyms=("纽约", "new york city"))
NEW_YORK_CITY_NAME = LiteralClause(
    "new york city", at_boundaries=True, synonyms=("纽约", "new york")
)

WORDS = [
    ("拜登", BIDEN, "a known word is a term"),
    ("普京", PUTIN_TERM, "other names of the same thing count, too"),
    ("Ｆ35", TermClause("f35"), "the query is folded"),
    ("京", LiteralClause("京"), "a single character is a string"),
    ("克林顿", CLINTON, "an unknown word is the string that it is"),
    (
        "普丁",
        LiteralClause("普丁", synonyms=("普京", "putin"), by_frequency=True),
        "an unknown name has its synonyms",
    ),
    ("布林肯", NAME, "an unknown name is no different"),
    ("乔·拜登", string("乔·拜登"), "joined words are one name"),
    (
        "拜登会晤普京",
        sentence("拜登会晤普京", BIDEN, TermClause("会晤"), PUTIN_TERM, pairs=("登会", "晤普")),
        "a sentence asks for its words; its pairs of characters only add to the score",
    ),
    (
        "美国总统会晤普京",
        sentence(
            "美国总统会晤普京",
            TermClause("美国"),
            TermClause("总统"),
            TermClause("会晤"),
            PUTIN_TERM,
            pairs=("国总", "统会", "晤普"),
        ),
        "be it a long one",
    ),
    (
        "谁是总统",
        sentence("谁是总统", TermClause("总统"), pairs=()),
        "of a question the stop words are left out",
    ),
    (
        "国防部长说话",
        sentence(
            "国防部长说话",
            TermClause("国防部长"),
            LiteralClause("说话"),
            pairs=("长说", "说话"),
        ),
        "single characters side by side are one string",
    ),
    (
        "title:拜登会晤普京",
        sentence(
            "拜登会晤普京",
            TermClause("拜登", "title"),
            TermClause("会晤", "title"),
            TermClause("普京", "title", ("普丁", "putin")),
            pairs=("登会", "晤普"),
            field="title",
        ),
        "the field of a sentence is that of each of its words",
    ),
]

JOINED = [
    ("拜登 普京", AndClause((BIDEN, PUTIN_TERM)), "a space joins by and"),
    ("普京 OR 拜登", OrClause((PUTIN_TERM, BIDEN)), "OR joins by or"),
    (
        "拜登 (普京 OR 克林顿)",
        AndClause((BIDEN, OrClause((PUTIN_TERM, CLINTON)))),
        "an or inside an and stays one clause",
    ),
    (
        "拜登 国防部长讲话",
        AndClause(
            (
                BIDEN,
                sentence(
                    "国防部长讲话", TermClause("国防部长"), TermClause("讲话"), pairs=("长讲",)
                ),
            )
        ),
        "a sentence is one clause beside others",
    ),
    ("-普京", AndClause((ALL,), (PUTIN_TERM,)), "a negation is taken from everything"),
    ("拜登 -普京", AndClause((BIDEN,), (PUTIN_TERM,)), "or from what stands beside it"),
    (
        "拜登 -(普京 克林顿)",
        AndClause((BIDEN,), (AndClause((PUTIN_TERM, CLINTON)),)),
        "a group is negated as one",
    ),
    ("拜登 -布林肯", AndClause((BIDEN,), (NAME,)), "a name is negated as one"),
    (
        "普京 OR -拜登",
        OrClause((PUTIN_TERM, AndClause((ALL,), (BIDEN,)))),
        "a negation that is one of several",
    ),
    (
        "拜登 (普京 -克林顿)",
        AndClause((BIDEN, PUTIN_TERM), (CLINTON,)),
        "brackets within a conjunction change nothing",
    ),
]

STOP = [
    ("的", LiteralClause("的"), "a stop word alone is what was asked for"),
    ("的 和", AndClause((LiteralClause("的"), LiteralClause("和"))), "so are several"),
    (
        "拜登 和 普京",
        AndClause((BIDEN, PUTIN_TERM), (), (LiteralClause("和", weight=STOP_WEIGHT),)),
        "beside other words a stop word only adds to the score",
    ),
    (
        "拜登 什么",
        AndClause((BIDEN,), (), (TermClause("什么", weight=STOP_WEIGHT),)),
        "be it a character or a word",
    ),
    ("什么", TermClause("什么"), "which is a term as any other"),
    (
        "的 author:新华社",
        AndClause((LiteralClause("的"), KeywordClause("新华社", "author"))),
        "beside filters alone it is what was asked for",
    ),
    (
        "的 date:2021",
        AndClause((LiteralClause("的"), DateRangeClause(seconds(2021, 1, 1), seconds(2022, 1, 1)))),
        "a date is a filter",
    ),
    (
        "拜登 的 author:新华社",
        AndClause(
            (BIDEN, KeywordClause("新华社", "author")),
            (),
            (LiteralClause("的", weight=STOP_WEIGHT),),
        ),
        "beside a word and a filter it only adds to the score",
    ),
    (
        "拜登 title:的",
        AndClause((BIDEN, LiteralClause("的", "title"))),
        "whoever asks for it in the title means it",
    ),
    ("拜登 -的", AndClause((BIDEN,), (LiteralClause("的"),)), "or excludes it"),
    ("的 -拜登", AndClause((LiteralClause("的"),), (BIDEN,)), "it remains beside a negation"),
    (
        '"的" 拜登',
        AndClause((LiteralClause("的"), BIDEN)),
        "in quotation marks it is a string like others",
    ),
    ("拜登 OR 的", OrClause((BIDEN, LiteralClause("的"))), "in an or it is one of the words"),
]

NAMES = [
    ("New York", NEW_YORK_NAME, "neighbouring words that are one name are one"),
    ("New York City", NEW_YORK_CITY_NAME, "the longest name counts"),
    ("拜登 New York", AndClause((BIDEN, NEW_YORK_NAME)), "beside other words, too"),
    ("New York 拜登", AndClause((NEW_YORK_NAME, BIDEN)), "before other words"),
    (
        "title:New York",
        AndClause((TermClause("new", "title"), TermClause("york"))),
        "but only in one field",
    ),
    (
        "New -York",
        AndClause((TermClause("new"),), (TermClause("york"),)),
        "and only side by side",
    ),
    ("New OR York", OrClause((TermClause("new"), TermClause("york"))), "not as alternatives"),
    (
        'New "x1" York',
        AndClause(
            (TermClause("new"), LiteralClause("x1"), TermClause("york")), (), (unmarked("x1"),)
        ),
        "nothing may stand between them",
    ),
]

LITERALS = [
    (
        '"视频通话"',
        AndClause((LiteralClause("视频通话"),), (), (unmarked("视频通话"),)),
        "a string that is a known word is scored as that word, too",
    ),
    (
        '"国防部长讲话"',
        AndClause(
            (LiteralClause("国防部长讲话"),),
            (),
            (
                unmarked("国防部长"),
                unmarked("讲话"),
                unmarked("国防部", SUBWORD_WEIGHT),
                unmarked("部长", SUBWORD_WEIGHT),
            ),
        ),
        "other strings are scored by their words and the parts of these",
    ),
    (
        '"部长的讲话"',
        AndClause((LiteralClause("部长的讲话"),), (), (unmarked("部长"), unmarked("讲话"))),
        "of which stop words are left out",
    ),
    ('"京"', LiteralClause("京"), "a single character has no words"),
    (
        'title:"视频通话"',
        AndClause(
            (LiteralClause("视频通话", "title"),),
            (),
            (TermClause("视频通话", "title", highlighted=False),),
        ),
        "the field goes with the string and with its words",
    ),
    (
        '"普京"',
        AndClause((LiteralClause("普京"),), (), (unmarked("普京"),)),
        "a string has no other names",
    ),
    (
        'author:"新华社"',
        KeywordClause("新华社", "author"),
        "of a keyword it is a part of the value",
    ),
]

FIELDS = [
    ("新冠*", PrefixClause("新冠"), "the beginning of terms"),
    ("title:新冠*", PrefixClause("新冠", "title"), "in the title"),
    ("F-3*", PrefixClause("f3"), "of the terms as the index has them"),
    ("F-*", PrefixClause("f"), "without a joiner at the end"),
    ("author:新华*", KeywordClause("新华", "author"), "of a keyword it is a part of the value"),
    ("author:新华", KeywordClause("新华", "author"), "a part of the value"),
    ("category:國際", KeywordClause("国际", "category"), "folded"),
    ("source:Reuters", KeywordClause("reuters", "source"), "folded"),
    (
        "date:2021-12-05",
        DateRangeClause(seconds(2021, 12, 5), seconds(2021, 12, 6)),
        "a day, up to the beginning of the next",
    ),
    (
        "date:2020..2021-02",
        DateRangeClause(seconds(2020, 1, 1), seconds(2021, 3, 1)),
        "both ends are included",
    ),
    ("date:2020..", DateRangeClause(seconds(2020, 1, 1), None), "open at the end"),
    ("date:..1969", DateRangeClause(None, 0), "open at the beginning"),
    ("*", ALL, "everything"),
]


@pytest.mark.parametrize(
    ("query", "expected", "why"), [*WORDS, *JOINED, *STOP, *NAMES, *LITERALS, *FIELDS]
)
def test_plan(query: str, expected: Clause, why: str) -> None:
    assert plan(query) == expected, why


ANY_WORD = [
    ("拜登", BIDEN, "one word is the same either way"),
    ("拜登 普京", OrClause((BIDEN, PUTIN_TERM)), "words are joined by or"),
    (
        "拜登 普京 author:新华社 date:2021",
        AndClause(
            (
                OrClause((BIDEN, PUTIN_TERM)),
                KeywordClause("新华社", "author"),
                DateRangeClause(seconds(2021, 1, 1), seconds(2022, 1, 1)),
            )
        ),
        "but every filter must hold",
    ),
    (
        "拜登 author:新华社",
        AndClause((BIDEN, KeywordClause("新华社", "author"))),
        "also beside one",
    ),
    (
        "author:新华社 category:国际",
        AndClause((KeywordClause("新华社", "author"), KeywordClause("国际", "category"))),
        "filters alone",
    ),
    (
        "拜登 普京 -克林顿",
        AndClause((OrClause((BIDEN, PUTIN_TERM)),), (CLINTON,)),
        "and no negation is lost",
    ),
    (
        "拜登 (普京 OR 克林顿)",
        OrClause((BIDEN, PUTIN_TERM, CLINTON)),
        "an or in it is no clause of its own",
    ),
    (
        "拜登 和 普京",
        OrClause((BIDEN, PUTIN_TERM), (LiteralClause("和", weight=STOP_WEIGHT),)),
        "stop words only add to the score",
    ),
    (
        "拜登 和",
        OrClause((BIDEN,), (LiteralClause("和", weight=STOP_WEIGHT),)),
        "beside a single word, too",
    ),
    (
        "国防部长讲话 拜登",
        OrClause(
            (
                string("国防部长讲话", weight=WHOLE_WEIGHT),
                TermClause("国防部长"),
                TermClause("讲话"),
                BIDEN,
            ),
            (
                TermClause("国防部", weight=SUBWORD_WEIGHT),
                TermClause("部长", weight=SUBWORD_WEIGHT),
                BigramClause(("长讲",)),
            ),
        ),
        "a sentence asks for any of its words; parts of these only add to the score",
    ),
    (
        '"视频通话" 拜登',
        OrClause((AndClause((LiteralClause("视频通话"),), (), (unmarked("视频通话"),)), BIDEN)),
        "a string is one of the words",
    ),
    ("New York", NEW_YORK_NAME, "names stay whole"),
]


@pytest.mark.parametrize(("query", "expected", "why"), ANY_WORD)
def test_plan_with_any_word(query: str, expected: Clause, why: str) -> None:
    assert plan(query, any_word=True) == expected, why


def test_plan_without_aliases() -> None:
    assert plan("普京", aliases=False) == TermClause("普京")
    assert plan("普丁", aliases=False) == string("普丁")
    assert plan("New York", aliases=False) == AndClause((TermClause("new"), TermClause("york")))
    words = BIDEN, TermClause("会晤"), TermClause("普京")
    expected = sentence("拜登会晤普京", *words, pairs=("登会", "晤普"))
    assert plan("拜登会晤普京", aliases=False) == expected


def test_a_name_has_no_more_than_four_words() -> None:
    four, five = "a1 b1 c1 d1", "a1 b1 c1 d1 e1"
    groups = {name: (name, "x1") for name in (four, five)}
    planner = Planner(KNOWN.__contains__, lambda name: groups.get(name, ()), lambda: TOKENS)
    name = LiteralClause(four, at_boundaries=True, synonyms=("x1",))
    expected = {
        four: name,
        five: AndClause((name, TermClause("e1"))),
        f"z1 {four}": AndClause((TermClause("z1"), name)),
        f"{four} {four}": AndClause((name, name)),
    }
    for query, clause in expected.items():
        tree = parse(query).tree
        assert tree is not None
        assert planner.plan(tree) == clause, query


def test_trees_that_the_parser_does_not_make() -> None:
    inner = syntax.And((syntax.Words("普京"), syntax.Not(syntax.Words("克林顿"))))
    negated = AndClause((PUTIN_TERM,), (CLINTON,))
    both = syntax.And((syntax.Words("拜登"), inner))
    assert PLANNER.plan(both) == AndClause((BIDEN, negated))
    assert PLANNER.plan(both, any_word=True) == OrClause((BIDEN, negated))


def test_an_empty_string_is_everything() -> None:
    assert PLANNER.plan(syntax.Literal("")) == ALL
    assert PLANNER.plan(syntax.Literal("", "title")) == ALL
    assert PLANNER.plan(syntax.Literal("", "author")) == KeywordClause("", "author")


def test_the_analyser_is_only_loaded_where_something_is_segmented() -> None:
    def loading() -> None:
        raise AssertionError("loaded")

    planner = Planner(KNOWN.__contains__, lambda name: GROUPS.get(name, ()), loading)  # type: ignore[arg-type]
    for query in ('拜登 普京 -的 "视频通话" "京"', "新冠*", "author:新华社 date:2021", "New York"):
        tree = parse(query).tree
        assert tree is not None
        planner.plan(tree)
    with pytest.raises(AssertionError, match="loaded"):
        planner.plan(syntax.Words("克林顿"))


def test_everything_that_planning_looks_up_is_named_before() -> None:
    """An engine that is asked by requests gets all terms in one."""
    queries = [query for query, _, _ in [*WORDS, *JOINED, *STOP, *NAMES, *LITERALS, *FIELDS]]
    for query in queries:
        asked: set[str] = set()

        def knows(term: str, asked: set[str] = asked) -> bool:
            asked.add(term)
            return term in KNOWN

        tree = parse(query).tree
        assert tree is not None
        planner = Planner(knows, lambda name: GROUPS.get(name, ()), lambda: TOKENS)
        planner.plan(tree)
        planner.relaxed(tree)
        assert asked <= {*terms_to_look_up(tree)}, query


def test_dates_without_end() -> None:
    assert PLANNER.plan(syntax.Dates(None, None)) == DateRangeClause(None, None)
    assert PLANNER.plan(syntax.Dates(date(1, 1, 1), date(9999, 12, 31))) == DateRangeClause(
        seconds(1, 1, 1), seconds(9999, 12, 31) + 86400
    )


# Sentences and natural language


def tree_of(query: str) -> syntax.Node:
    tree = parse(query).tree
    assert tree is not None
    return tree


def test_a_long_question_is_looked_for_as_it_stands() -> None:
    question = "现任美国总统拜登是谁"
    asked = stub_analyser("现任|美国|总统|拜登|是|谁")
    planner = Planner(KNOWN.__contains__, lambda _: (), lambda: asked)
    assert planner.plan(tree_of(question)) == string(question)
    beside = planner.plan(tree_of(f"{question} 拜登"))
    assert beside == AndClause((string(question), BIDEN))
    either = planner.plan(tree_of(question), any_word=True)
    assert isinstance(either, OrClause), "any of its words is enough"
    assert TermClause("美国") in either.should


def test_what_a_relaxed_hit_should_have() -> None:
    literal = AndClause((LiteralClause("视频通话"),), (), (unmarked("视频通话"),))
    query = '拜登 的 "视频通话" 国防部长讲话 新冠* author:新华社 date:2021 -普京'
    relaxed = PLANNER.relaxed(tree_of(query))
    assert relaxed is not None
    assert relaxed.should == (
        BIDEN,
        literal,
        TermClause("国防部长"),
        TermClause("讲话"),
        PrefixClause("新冠"),
    ), "every word, also those of a sentence"
    assert relaxed.must == (
        KeywordClause("新华社", "author"),
        DateRangeClause(seconds(2021, 1, 1), seconds(2022, 1, 1)),
    )
    assert relaxed.must_not == (PUTIN_TERM,)
    assert relaxed.optional == (
        BigramClause(("长讲",)),
        TermClause("国防部", weight=SUBWORD_WEIGHT),
        TermClause("部长", weight=SUBWORD_WEIGHT),
    )
    without = PLANNER.relaxed(tree_of("普京 拜登"), aliases=False)
    assert without is not None
    assert without.should == (TermClause("普京"), BIDEN)


@pytest.mark.parametrize(
    "query", ["拜登", '"视频通话"', "拜登 OR 普京", "拜登 -普京", "拜登 date:2021"]
)
def test_one_thing_cannot_be_relaxed(query: str) -> None:
    assert PLANNER.relaxed(tree_of(query)) is None

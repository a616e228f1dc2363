"""Patterns: the strings that the leaves of a plan are looked for by."""

from searcher.backends.base import WeightedPlan
from searcher.query.clauses import (
    BigramClause,
    KeywordClause,
    Leaf,
    LiteralClause,
    MatchAllClause,
    PrefixClause,
    TermClause,
)
from searcher.search.patterns import (
    ANYWHERE,
    AS_TOKEN,
    BOUNDARIES,
    START,
    Pattern,
    patterns_of,
)


def patterns(*leaves: Leaf, unmarked: bool = False) -> list[Pattern]:
    """The patterns of leaves with the weights 1, 2, 3 ..."""
    weights = [float(number) for number, _ in enumerate(leaves, 1)]
    return patterns_of(WeightedPlan(MatchAllClause(), leaves, weights, {}), unmarked=unmarked)


def test_how_each_leaf_must_stand() -> None:
    assert patterns(
        TermClause("普京"),
        LiteralClause("普京和"),
        LiteralClause("布林肯", at_boundaries=True),
        PrefixClause("新冠"),
    ) == [
        Pattern("普京", AS_TOKEN, False, 0, 1.0),
        Pattern("普京和", ANYWHERE, False, 1, 2.0),
        Pattern("布林肯", BOUNDARIES, False, 2, 3.0),
        Pattern("新冠", START, False, 3, 4.0),
    ]


def test_what_is_in_no_text_has_no_pattern_but_keeps_its_number() -> None:
    found = patterns(
        KeywordClause("新华社", "author"),
        MatchAllClause(),
        BigramClause(("京和",)),
        TermClause("普京"),
    )
    assert found == [Pattern("普京", AS_TOKEN, False, 3, 4.0)]


def test_the_title_alone() -> None:
    leaves = TermClause("a1", "title"), LiteralClause("b1", "title"), PrefixClause("c1", "title")
    assert [pattern.title_only for pattern in patterns(*leaves)] == [True] * 3


def test_synonyms_share_the_leaf_and_its_weight() -> None:
    assert patterns(TermClause("拜登"), TermClause("普京", synonyms=("普丁", "putin"))) == [
        Pattern("拜登", AS_TOKEN, False, 0, 1.0),
        Pattern("普京", AS_TOKEN, False, 1, 2.0),
        Pattern("普丁", AS_TOKEN, False, 1, 2.0),
        Pattern("putin", AS_TOKEN, False, 1, 2.0),
    ]


def test_a_synonym_of_a_string_is_a_word() -> None:
    (own, other) = patterns(LiteralClause("纽约", synonyms=("new york",)))
    assert (own.anchor, other.anchor) == (ANYWHERE, AS_TOKEN)
    names = patterns(LiteralClause("new york", at_boundaries=True, synonyms=("纽约",)))
    assert [pattern.anchor for pattern in names] == [BOUNDARIES, BOUNDARIES]


def test_a_string_asked_for_twice_belongs_to_the_first() -> None:
    assert patterns(TermClause("普京"), LiteralClause("普京"), PrefixClause("普京", "title")) == [
        Pattern("普京", AS_TOKEN, False, 0, 1.0)
    ]


def test_what_only_adds_to_the_score_is_not_marked() -> None:
    leaves = TermClause("普京", highlighted=False), LiteralClause("普京和")
    assert [pattern.units for pattern in patterns(*leaves)] == ["普京和"]
    assert [pattern.units for pattern in patterns(*leaves, unmarked=True)] == ["普京", "普京和"]


def test_characters_of_two_units() -> None:
    (pattern,) = patterns(LiteralClause("a😀"))
    assert pattern.units == "a\ud83d\ude00"

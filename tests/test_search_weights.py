"""The weights of a plan: the inverse document frequency of each leaf, times its own weight."""

from collections.abc import Iterable

from searcher.backends.base import WeightedPlan
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
    ThresholdClause,
    scoring_leaves,
)
from searcher.search.bm25 import BIGRAM_WEIGHT, idf
from searcher.search.weights import clause_weight, weigh

DOCUMENTS = 100


class StubStatistics:
    """Frequencies of a few terms; strings and pairs of characters have others than terms."""

    documents = DOCUMENTS

    def term_df(self, term: str) -> int:
        return {"普京": 10, "普丁": 5, "拜登": 20, "的": 100, "新闻": 90, "报道": 80}.get(term, 0)

    def literal_df(self, clause: LiteralClause) -> int:
        by_frequency = 40 * clause.by_frequency
        return 7 + 10 * clause.at_boundaries + 20 * (clause.field == "title") + by_frequency

    def look_up(self, clauses: Iterable[Clause] = (), bigrams: Iterable[str] = ()) -> None:
        pass

    def bigram_df(self, bigram: str) -> int:
        return {"京和": 3}.get(bigram, 0)


def weights(plan: Clause) -> list[float]:
    return list(weigh(plan, StubStatistics()).weights)


def test_the_rarer_weighs_more() -> None:
    assert weights(TermClause("普京")) == [idf(10, DOCUMENTS)]
    assert weights(TermClause("拜登")) < weights(TermClause("普京"))
    assert weights(TermClause("普京", weight=0.25)) == [0.25 * idf(10, DOCUMENTS)]
    assert weights(TermClause("nowhere")) == [idf(0, DOCUMENTS)]


def test_a_thing_is_as_frequent_as_all_its_names_together() -> None:
    assert weights(TermClause("普京", synonyms=("普丁", "nowhere"))) == [idf(15, DOCUMENTS)]
    common = TermClause("新闻", synonyms=("报道",))
    assert weights(common) == [idf(DOCUMENTS, DOCUMENTS)], "but in no more than all documents"


def test_a_string_is_counted_as_it_is_matched() -> None:
    assert weights(LiteralClause("普京和")) == [idf(7, DOCUMENTS)]
    assert weights(LiteralClause("普京和", at_boundaries=True)) == [idf(17, DOCUMENTS)]
    assert weights(LiteralClause("普京和", "title")) == [idf(27, DOCUMENTS)]
    assert weights(LiteralClause("普京和", by_frequency=True)) == [idf(47, DOCUMENTS)]
    both = LiteralClause("普京和", "title", True, weight=0.5, synonyms=("普京",))
    assert weights(both) == [0.5 * idf(37, DOCUMENTS)], "without its other names"


def test_filters_are_not_weighed() -> None:
    filters = (
        PrefixClause("普"),
        KeywordClause("新华社", "author"),
        DateRangeClause(0, None),
        MatchAllClause(),
    )
    assert weights(AndClause(filters)) == [1.0] * 4


def test_pairs_of_characters_are_weighed_by_themselves() -> None:
    plan = AndClause((TermClause("普京"),), (), (BigramClause(("京和", "和拜")),))
    weighted = weigh(plan, StubStatistics())
    assert list(weighted.weights) == [idf(10, DOCUMENTS), 1.0]
    assert weighted.bigram_weights == {
        "京和": BIGRAM_WEIGHT * idf(3, DOCUMENTS),
        "和拜": BIGRAM_WEIGHT * idf(0, DOCUMENTS),
    }


def test_leaves_are_numbered_from_left_to_right_without_negations() -> None:
    one, two, three, four, five = (TermClause(name) for name in "12345")
    plan = AndClause(
        (one, OrClause((two, AndClause((three,), (TermClause("no"),))), (four,))),
        (TermClause("nor"),),
        (five,),
    )
    assert scoring_leaves(plan) == [one, two, three, four, five]
    filtered = AndClause((plan, ThresholdClause((one, two), (1.0, 1.0), 0.5)))
    assert scoring_leaves(filtered) == [one, two, three, four, five], "a threshold only filters"
    weighted = weigh(plan, StubStatistics())
    assert weighted == WeightedPlan(plan, [one, two, three, four, five], [idf(0, 100)] * 5, {})


def test_what_a_clause_weighs_in_a_query() -> None:
    def weight(clause: Clause) -> float:
        return clause_weight(clause, StubStatistics())

    putin, biden = TermClause("普京"), TermClause("拜登")
    assert weight(putin) == idf(10, DOCUMENTS)
    assert weight(AndClause((putin, biden), (TermClause("新闻"),), (TermClause("报道"),))) == (
        idf(10, DOCUMENTS) + idf(20, DOCUMENTS)
    ), "all that must match"
    assert weight(OrClause((biden, putin), (TermClause("nowhere"),))) == idf(10, DOCUMENTS)
    assert weight(ThresholdClause((biden, putin), (1.0, 1.0), 0.5)) == idf(10, DOCUMENTS)
    assert weight(OrClause(())) == 0.0
    assert weight(KeywordClause("新华社", "author")) == 1.0

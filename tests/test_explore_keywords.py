"""Keywords and collocates against a plain computation over the tokens of the articles."""

import math
from collections import Counter

import numpy as np
import pytest
from exploring import build_in_segments, matching, random_queries
from hypothesis import given
from hypothesis import strategies as st
from library import SLOW

from searcher import Article, Index, Keyword, QueryError
from searcher.explore import vocabulary
from searcher.explore.keyness import log_likelihood, log_ratio
from searcher.explore.vocabulary import Vocabulary
from searcher.text.analyser import default_analyser
from searcher.text.stopwords import STOP_WORDS

QUERIES = random_queries(200 if SLOW else 40, seed=4)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return build_in_segments(tmp_path_factory.mktemp("keywords"))


@pytest.fixture(scope="module")
def terms(index: Index) -> dict[str, set[str]]:
    """The terms of each article by its id, parts of tokens too."""
    found: dict[str, set[str]] = {}
    for article in index:
        tokens = [
            token
            for text in (article.title, article.body)
            for token in default_analyser().tokens(text)
        ]
        found[article.id] = {term for token in tokens for term in (token.term, *token.parts)}
    return found


def plain_likelihood(a: int, b: int, c: int, d: int) -> float:
    cells = [(a, c, a + b), (b, d, a + b), (c - a, c, c + d - a - b), (d - b, d, c + d - a - b)]
    return 2 * sum(
        observed * math.log(observed * (c + d) / (row * column))
        for observed, row, column in cells
        if observed
    )


def plain_ratio(a: int, b: int, c: int, d: int) -> float:
    return math.log2((a / c) / ((b or 0.5) / d))


def check(found: Keyword, counts: Counter[str], others: Counter[str], c: int, d: int) -> None:
    a, b = counts[found.term], others[found.term]
    assert (found.here, found.elsewhere) == (a, b)
    assert found.log_likelihood == pytest.approx(plain_likelihood(a, b, c, d), abs=1e-6)
    assert found.log_ratio == pytest.approx(plain_ratio(a, b, c, d), abs=1e-6)


@pytest.mark.parametrize("query", QUERIES)
def test_equal_to_a_plain_computation(index: Index, terms: dict[str, set[str]], query: str) -> None:
    ids = {article.id for article in matching(index, query)}
    here = Counter(term for id_ in ids for term in terms[id_])
    elsewhere = Counter(term for id_ in terms.keys() - ids for term in terms[id_])
    c, d = len(ids), len(terms) - len(ids)
    keywords = index.keywords(query, top=1000, least=1)
    assert (keywords.total, keywords.size_here, keywords.size_elsewhere) == (c, c, d)
    for found in (keywords.words, keywords.names):
        for word in found:
            check(word, here, elsewhere, c, d)
        likelihoods = [word.log_likelihood for word in found]
        assert likelihoods == sorted(likelihoods, reverse=True)
    listed = {word.term for word in (*keywords.words, *keywords.names)}
    more = {term for term, a in here.items() if d and a * d > elsewhere[term] * c}
    for term in more - listed:
        a, b = here[term], elsewhere[term]
        longer = [t for t in listed if term in t and (here[t], elsewhere[t]) == (a, b)]
        is_left_out = len(term) < 2 or term in STOP_WORDS or not any(map(str.isalpha, term))
        assert is_left_out or longer, term
    assert listed <= more


def test_names_are_apart(index: Index) -> None:
    keywords = index.keywords("普京 OR 视频", least=1)
    assert "普京" in {name.term for name in keywords.names if name.kind == "people"}
    assert "视频" in {word.term for word in keywords.words if word.kind == "word"}
    assert {word.kind for word in keywords.words} == {"word"}
    assert "word" not in {name.kind for name in keywords.names}


def test_top_and_least(index: Index) -> None:
    whole = index.keywords("普京", top=1000, least=1)
    some = index.keywords("普京", top=3, least=1)
    assert some.words == whole.words[:3]
    assert some.names == whole.names[:3]
    frequent = index.keywords("普京", top=1000, least=5)
    assert all(word.here >= 5 for word in (*frequent.words, *frequent.names))


@pytest.mark.parametrize("share", [1, 10_000])
def test_by_documents_and_by_postings(
    index: Index, share: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways of counting give the same, and so does the second question."""
    monkeypatch.setattr(vocabulary, "FORWARD_SHARE", share)
    counter = Vocabulary(index._backend)
    for query in QUERIES:
        matches = index._matches(query, {})
        first, second = counter.counts(matches), counter.counts(matches)
        assert np.array_equal(first, second)
        assert np.array_equal(first, Vocabulary(index._backend).counts(matches))


def tokens_with_distance(article: Article, index: Index, query: str) -> list[tuple[str, float]]:
    """Each token that is no match, and how far its far end is from the nearest match."""
    found = []
    for text in (article.title, article.body):
        spans = index.highlight(query, text)
        for token in default_analyser().tokens(text):
            if any(start < token.end and token.start < end for start, end in spans):
                continue
            far = [
                token.end - end if end <= token.start else start - token.start
                for start, end in spans
            ]
            found.append((token.term, min(far, default=math.inf)))
    return found


@pytest.mark.parametrize("near", [3, 5, 12])
@pytest.mark.parametrize("query", ['"普京"', '"拜登" OR "总统"', '"没有的词语"'])
def test_collocates(index: Index, query: str, near: int) -> None:
    here: Counter[str] = Counter()
    elsewhere: Counter[str] = Counter()
    for article in matching(index, query):
        for term, far in tokens_with_distance(article, index, query):
            (here if far <= near else elsewhere)[term] += 1
    keywords = index.keywords(query, near=near, top=1000, least=1)
    # A date is cut into its year, month and day; there is none in these texts.
    assert keywords.size_here == here.total()
    assert keywords.size_elsewhere == elsewhere.total()
    assert keywords.words or query == '"没有的词语"'
    for word in (*keywords.words, *keywords.names):
        check(word, here, elsewhere, here.total(), elsewhere.total())


counts = st.integers(0, 50)


@given(st.integers(1, 50), counts, counts, counts)
def test_any_table(a: int, b: int, more_here: int, more_elsewhere: int) -> None:
    c, d = a + more_here, b + more_elsewhere
    arrays = np.array([a]), np.array([b])
    likelihood = float(log_likelihood(*arrays, c, d)[0])
    assert likelihood == pytest.approx(plain_likelihood(a, b, c, d), abs=1e-6)
    if d:
        assert float(log_ratio(*arrays, c, d)[0]) == pytest.approx(plain_ratio(a, b, c, d))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"top": -1}, "top must be a whole number"),
        ({"least": "2"}, "least must be a whole number"),
        ({"near": 0}, "near must be a whole number, 1 or more"),
    ],
)
def test_wrong_arguments(index: Index, options: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        index.keywords("普京", **options)  # type: ignore[arg-type]

"""Addresses, documents and queries of an index on OpenSearch, without a cluster."""

import json
from datetime import datetime, timezone

import numpy as np
import pytest

from searcher import Article, QueryError, open_index
from searcher.backends.base import TopRequest
from searcher.backends.opensearch import packed
from searcher.backends.opensearch.address import parse_address
from searcher.backends.opensearch.documents import DocumentMaker
from searcher.backends.opensearch.ids import id_of, signed, unsigned
from searcher.backends.opensearch.kept import decode_state, encode_state
from searcher.backends.opensearch.query import MATCH_NONE, Filters, any_of, string
from searcher.backends.opensearch.ranked import ranked_query
from searcher.backends.opensearch.shares import Component, constant
from searcher.backends.opensearch.strings import escaped, phrase, position_text
from searcher.backends.writing import Document, IndexSettings, IndexState, Skipped
from searcher.engines import engine_of, is_folder
from searcher.errors import IndexInvalidError
from searcher.query.clauses import (
    AndClause,
    DateRangeClause,
    KeywordClause,
    LiteralClause,
    MatchAllClause,
    PrefixClause,
    TermClause,
    ThresholdClause,
)
from searcher.sources import Source
from searcher.store.stored_documents import DocumentDecoder
from searcher.text.analyser import default_analyser

KNOWN = {"普京", "拜登"}
FILTERS = Filters(KNOWN.__contains__, lambda _: ["a"])


@pytest.mark.parametrize(
    "text",
    [
        "opensearch://host", "opensearch:///news", "opensearch://host/", "opensearch://h/News",
        "opensearch://host:0/news", "opensearch://host:99999/news", "opensearch://a b/news",
        "opensearch://host/a/b", "opensearch://host/_all", "opensearch://host/a*",
        "opensearch://host\r\nX: y/news", "http://host/news",
    ],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(QueryError):
        parse_address(text)


def test_addresses() -> None:
    address = parse_address("opensearch+https://one:1,[::1]:2,three/news.2024")
    assert [str(node) for node in address.nodes] == ["one:1", "[::1]:2", "three:9200"]
    assert (address.name, address.secure) == ("news.2024", True)
    assert str(address) == "opensearch+https://one:1,[::1]:2,three:9200/news.2024"
    with pytest.raises(QueryError, match="SEARCHER_OPENSEARCH_USER") as refused:
        parse_address("opensearch://me:geheim@host/news")
    assert "geheim" not in str(refused.value)
    assert is_folder("index")
    assert not is_folder("opensearch://host/news")
    assert engine_of("ftp://host/news") is None
    with pytest.raises(QueryError):
        open_index("opensearch://host")


def test_strings_are_pairs_with_positions() -> None:
    units = np.array([ord(c) for c in "普京\x01访 华\x02"], np.uint16)
    inside = np.array([0, 1, 0, 0, 0, 0, 0], bool)
    end, stop, blank = map(escaped, "\x01\x02 ")
    text = f"^ 普京 _ 京{end} ^ _ ^ 访{blank} ^ {blank}华 ^ 华{stop} ^"
    assert position_text(units, inside) == text
    assert phrase("普京访华") == "普京 _ _ _ 访华"
    assert phrase("普京访") == "普京 _ 京访"
    assert phrase("普京", at_boundaries=True) == "^ 普京 _ _ ^"
    # No text makes a token of ours.
    assert not {"^", "_"} & set(escaped("a^b_c"))
    assert escaped("\ud83d") == "\U0001d83d"


def test_a_document_has_what_a_search_needs() -> None:
    date = datetime(1969, 12, 31, 20, tzinfo=timezone.utc)
    article = Article(
        "i" * 600,
        "a/b.md",
        "普京访华",
        "普京说F-35。",
        date,
        "张三",
        "CCTV",
        ("国际",),
        "https://N.cn/",
    )
    (line,) = DocumentMaker(default_analyser(), b"")([Document(article, article.id, 7, 8, 9)])
    body = json.loads(line.data)
    words = dict(word.split("|") for word in body["words"].split())
    assert (words["普京"], words["f35"]) == ("130", "2")
    assert body["title_words"].split() == ["普京", "访华"]
    assert (body["date"], body["author"], body["host"]) == (-14400, ["张三"], ["n.cn"])
    assert (body["publisher"], body["path"], body["id"]) == (["cctv"], "a/b.md", article.id)
    assert (body["revision"], body["contents"], body["origin"]) == (7, 8, 9)
    assert unsigned(signed(line.key)) == line.key
    assert line.id == id_of(article.id) != article.id
    stored = packed.unpack(body["raw"], DocumentDecoder(b""))
    assert (stored.title_length, stored.date, stored.length) == (4, -14400, body["length"])
    for damaged in (body["raw"][:-8], "!", body["raw"][8:], ""):
        with pytest.raises(IndexInvalidError):
            packed.unpack(damaged, DocumentDecoder(b""))


def test_clauses_become_filters() -> None:
    of = FILTERS.of
    assert of(TermClause("普京")) == {"term": {"words": "普京"}}
    assert of(TermClause("普京", "title")) == {"term": {"title_words": "普京"}}
    # What is no term of one token is a string between boundaries.
    assert of(TermClause("new york")) == string("new york", None, at_boundaries=True)
    both = of(TermClause("普京", synonyms=("拜登", "x")))
    assert both == {"terms": {"words": ["普京", "拜登"]}}
    assert of(LiteralClause("普")) == {"prefix": {"text": {"value": "普"}}}
    assert of(LiteralClause("普京", "title")) == {"term": {"title": "普京"}}
    assert of(LiteralClause("𠮷")) == {"term": {"text": escaped("\ud842\udfb7")}}
    assert of(PrefixClause("a.", more=2))["regexp"]["words"]["value"] == "a\\..{2}"
    assert of(KeywordClause("a*b", "source")) == {
        "wildcard": {"source_folded": {"value": "*a\\*b*"}}
    }
    assert of(DateRangeClause(None, 5)) == {"range": {"local": {"lt": 5}}}
    assert of(AndClause((MatchAllClause(),), (TermClause("普京"),)))["bool"]["must_not"]
    assert any_of([MATCH_NONE]) == MATCH_NONE
    site = of(KeywordClause("cctv.com", "site"))["bool"]["should"]
    assert {"wildcard": {"host": {"value": "*.cctv.com"}}} in site


def test_a_threshold_takes_functions_which_are_no_clauses() -> None:
    words = tuple(TermClause(word) for word in ("普京", "拜登"))
    query = FILTERS.of(ThresholdClause(words, (1.0, 3.0), 0.5))["function_score"]
    assert [function["weight"] for function in query["functions"]] == [1.0, 3.0]
    assert 1.99 < query["min_score"] < 2
    assert FILTERS.of(ThresholdClause(words, (1.0, 1.0), 0.5)) == {
        "terms": {"words": ["普京", "拜登"]}
    }
    assert FILTERS.of(ThresholdClause(words, (0.0, 0.0), 0.5)) == MATCH_NONE


def test_many_shares_stay_below_what_a_node_takes() -> None:
    parts = [
        Component("ab", "pair", constant({"term": {"text": f"{at}"}}, 1.0)) for at in range(2000)
    ]
    query = ranked_query({"match_all": {}}, parts, TopRequest(10), 0.0)["bool"]
    assert len(query["should"]) == 1
    assert len(query["should"][0]["function_score"]["functions"]) == 2000


def test_a_state_is_read_back() -> None:
    settings = IndexSettings("1", "2", "3")
    source = Source(3, "n", "folder", "/n", fields=(("title", "headline"),), state="s")
    state = IndexState(
        settings, ("/l",), (source,), frozenset({1, 1 << 63}), (Skipped("p\udc80", 1, 3, "m"),)
    )
    assert decode_state(encode_state(state), settings) == state
    for damaged in ("", "[]", "{}", '{"sources": 1}'):
        with pytest.raises(IndexInvalidError):
            decode_state(damaged, settings)
